#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make bench-reads: every read of the contract, by its example, beside pgbench with the same statements and values, in turns; lines as in lines.py.
The statements are those that the service sent: PostgreSQL writes them down once. ONLY=a part of an operation's or a tag's name."""
import json
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lines import line, misses  # noqa: E402
from region import BIN, ROOT, Client, Region, programs, until  # noqa: E402

ROUNDS, SECONDS, GOAL = 3, 1, 0.75
SERVED = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
SERVICES = {f'maatwerk_{name}' for name in programs('service')}
ROLES = ('consultant', 'team_lead', 'case_manager', 'tenant_admin', 'coach')       # who asks: the first that sees it


def address(path, item, operation):
    known = SERVED['components']['parameters']
    parameters = [known[raw['$ref'].rsplit('/', 1)[1]] if '$ref' in raw else raw for raw in item.get('parameters', []) + operation.get('parameters', [])]
    examples = {parameter['name']: str(parameter.get('example')) for parameter in parameters}
    asked = '&'.join(f'{p["name"]}={p["example"]}' for p in parameters if p['in'] == 'query' and p.get('required'))
    return re.sub(r'\{(\w+)\}', lambda name: examples[name[1]], path) + ('?' + asked if asked else '')


def reads():
    only = os.environ.get('ONLY', '').lower()
    for path, item in SERVED['paths'].items():
        operation = item.get('get', {})
        roles = [role for role in ROLES if role in operation.get('x-rights', {})]
        if roles and only in (operation['operationId'] + ' ' + ' '.join(operation['tags'])).lower():
            yield operation, roles, address(path, item, operation)


class Log:
    """What PostgreSQL writes down of the statements of services."""

    def __init__(self, region):
        self.region = region
        self.path = next(p for p in (region.folder / 'log').resolve().parent.glob('**/postgres*.log'))
        for setting in ("log_line_prefix = '@%p %u@ '", 'log_parameter_max_length = -1', "log_error_verbosity = 'default'"):
            region.sql(f'alter system set {setting}')
        region.sql('select pg_reload_conf()')

    def statements(self, act):
        """[(text, values)] of one request."""
        self.region.sql("alter system set log_statement = 'all'")
        self.region.sql('select pg_reload_conf()')
        until(lambda: self.region.sql('show log_statement')[0][0] == 'all')
        begin = self.path.stat().st_size
        act()
        self.region.sql('alter system reset log_statement')
        self.region.sql('select pg_reload_conf()')
        text = self.path.read_bytes()[begin:].decode(errors='replace')
        entries = re.split(r'^@(\d+) (\w*)@ ', text, flags=re.M)[1:]
        found, last = [], None
        for _, user, entry in zip(entries[::3], entries[1::3], entries[2::3]):
            if user not in SERVICES:        # workers go on meanwhile
                continue
            kind, words = entry.split(':  ', 1)
            if kind == 'LOG' and words.startswith('execute '):
                last = [words.split(': ', 1)[1].strip(), {}, user]
                found.append(last)
            elif kind == 'DETAIL' and last:
                last[1] = dict(re.findall(r"\$(\d+) = (NULL|'(?:[^']|'')*')", words))
        return found


def script(statements):
    """The statements as pgbench takes them, and the values of its variables."""
    texts, variables = [], {}
    logged = any('audit.look' in text for text, _, _ in statements)      # the service logs in a transaction of its own, here it is one
    for place, (text, values, _) in enumerate(statements):
        if logged and 'transaction_read_only' in text:
            values = {number: "'off'" if value == "'on'" else value for number, value in values.items()}
        for number in sorted(map(int, values), reverse=True):
            value, name = values[str(number)], f'v{place}_{number}'
            text = re.sub(rf'\${number}(?!\d)', lambda _, v=value, n=name: {'NULL': 'null', "''": "''"}.get(v, f':{n}'), text)
            if value not in ('NULL', "''"):
                variables[name] = value[1:-1].replace("''", "'")
        texts.append(text.replace('\n\t', '\n') + ';\n')
    return '\\startpipeline\n' + ''.join(texts) + '\\endpipeline\n', variables


def pgbench(region, user, text, variables):
    file = Path(region.folder).resolve() / 'reads.sql'
    file.write_text(text)
    words = [word for name, value in variables.items() for word in ('-D', f'{name}={value}')]
    host = re.search(r'host=(\S+)', region.env['MAATWERK_PG']).group(1)
    done = subprocess.run(['/usr/lib/postgresql/15/bin/pgbench', '-n', '-M', 'prepared', '-c', '4', '-j', '2', '-T', str(SECONDS), '-f', file, '-h', host,
                           '-U', user, *words, 'maatwerk'], text=True, capture_output=True,
                          env={**os.environ, 'PGOPTIONS': '-c jit=off -c plan_cache_mode=force_generic_plan'})
    found = re.search(r'tps = ([\d.]+)', done.stdout)
    if not found or 'aborted' in done.stderr:
        raise RuntimeError(re.search(r"ERROR.*|$", done.stderr)[0])
    return float(found.group(1))


def wrk(region, client, path):
    text = subprocess.run(['wrk', '-t1', '-c32', f'-d{SECONDS}', '-H', f'Authorization: Bearer {client.token}', f'http://127.0.0.1:{region.port}/v1{path}'],
                          text=True, capture_output=True).stdout
    assert 'Non-2xx' not in text, text
    return float(re.search(r'Requests/sec: +([\d.]+)', text).group(1))


def measure(region, log, operation, roles, path):
    name = operation['operationId']
    client = next((client for client in (Client(region, role) for role in roles) if client.get(path).status == 200), None)
    if not client:
        return print(f'# {name}: not measured, nobody of {roles} sees it', flush=True)
    statements = log.statements(lambda: client.get(path))
    text, variables = script(statements)
    try:
        rounds = [(wrk(region, client, path), pgbench(region, statements[0][2], text, variables)) for _ in range(1 + ROUNDS)][1:]
    except (RuntimeError, AssertionError) as why:
        return print(f'# {name}: not measured, {str(why)[:300]}', flush=True)
    ratio = statistics.median(ours / theirs for ours, theirs in rounds)
    ours, theirs = (statistics.median(column) for column in zip(*rounds))
    line(f'{name}_per_s', ours, theirs, f'>={GOAL}', ratio >= GOAL, ratio)


def main():
    with Region.started('bench-reads', BIN, candidates=5600) as region:
        for (user,) in region.sql("select rolname from pg_roles where rolname like 'maatwerk%%' and rolconnlimit >= 0"):
            region.sql(f'alter role {user} connection limit 100')
        region.start_programs()
        region.wait_until_idle()
        log = Log(region)
        for operation, roles, path in reads():
            measure(region, log, operation, roles, path)
    print(f'# {len(misses)} below the goal')
    return 1 if misses else 0


if __name__ == '__main__':
    sys.exit(main())
