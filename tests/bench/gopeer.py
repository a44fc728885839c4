# SPDX-License-Identifier: EUPL-1.2
"""The reference of `make bench` that is written in Go (gopeer/): builds it, gives it our statements, starts it."""
import json
import os
import re
import subprocess
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path

from region import ROOT, free_port, port_is_free

# The parameters of our statements, in the order in which it binds them.
BOUND = {
    'context_set': 'tenant actor organisation role hat version scope call read_only',
    'idempotency_begin': 'route key fingerprint status resource',
    'idempotency_outcome': 'route key',
    'vacancy_get': 'id',
    'vacancy_insert': 'id employer_id title description kind occupation_id hours_min hours_max shifts postcode4 positions '
                      'candidates_wanted start_date needed_by wage_text internal_note assignee_id competences conditions '
                      'neighbourhood site_id hand_over_date first_look_until off_season off_season_months residence_neighbourhood '
                      'client_employer_id client_organisation_id carved_from_id source project_id',
}


def numbered(query, order):
    """The text of a statement with its parameters in this order."""
    names = [argument[1] for argument in query.arguments]
    if sorted(names) != sorted(order):
        raise RuntimeError(f'{query.name} has other parameters than gopeer binds: {names}')
    return re.sub(r'\$(\d+)', lambda match: f'${order.index(names[int(match.group(1)) - 1]) + 1}', query.text)


class Peer:
    """A Client calls it as it calls a region: it knows the same tokens."""

    def __init__(self, region, queries):
        """Raises OSError or CalledProcessError when there is no Go, or no module proxy."""
        self.region, self.token, self.port, self.program = region, region.token, free_port(), ROOT / 'build/gopeer'
        self.sql = json.dumps({name: numbered(queries[name], order.split()) for name, order in BOUND.items()})
        version = subprocess.run(['go', 'version'], text=True, capture_output=True, check=True).stdout.strip()
        subprocess.run(['go', 'build', '-o', self.program, '.'], cwd=ROOT / 'tests/bench/gopeer', check=True)
        print(f'# {version}, pgx: tests/bench/gopeer', flush=True)

    @contextmanager
    def started(self, connections):
        """Runs with this many connections to PostgreSQL."""
        env = {**self.region.env, 'GOPEER_LISTEN': f'127.0.0.1:{self.port}', 'GOPEER_SQL': self.sql,
               'GOPEER_PG': f'{self.region.env["MAATWERK_PG"]} user=maatwerk_employers pool_max_conns={connections}',
               'GOPEER_REDIS': self.region.env['MAATWERK_REDIS'].removeprefix('unix:'),
               'GOPEER_REDIS_SECRET': (Path(self.region.env['MAATWERK_REDIS_SECRETS']) / 'employers').read_text()}
        process = subprocess.Popen([self.program], env=env, stdin=subprocess.DEVNULL)
        try:
            self.wait_ready(process)
            yield self
        finally:
            process.terminate()
            process.wait()

    def wait_ready(self, process):
        while port_is_free(self.port):
            if process.poll() is not None:
                raise RuntimeError(f'gopeer ended with {process.returncode}')
            time.sleep(0.01)


def try_peer(region, queries):
    """The peer, or None when it cannot be built here: the lines that compare with it are then MISS."""
    try:
        return Peer(region, queries)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f'# no reference in Go: {error}', flush=True)
        return None


def started(peer, connections):
    """The peer while it runs, or None when there is none. The best of 4, 8, 16 and 32 connections is 8 for reads and 16 for
    creates, as many as our services have."""
    return peer.started(connections) if peer else nullcontext()


def same_vacancy(ours, theirs):
    """Both answered the same, but for what is new in each."""
    new = {'id', 'reportedAt', 'dueAt', 'changedAt', '_links'} if ours.status == 201 else set()
    assert ours.status == theirs.status and ours.status in (200, 201), (ours.text, theirs.text)
    assert {**ours.json, **dict.fromkeys(new)} == {**theirs.json, **dict.fromkeys(new)}, (ours.text, theirs.text)
