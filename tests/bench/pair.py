#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make bench-pair OLD=<folder of another checkout, built>: what requests cost in this tree beside the other one, in turns, so that a
busy neighbour meets both. The cost is CPU of the service and of PostgreSQL for each request; lines as in lines.py.

Each tree starts its own installation with its own tests/region.py; this program only asks."""
import json
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lines import cpu_s, line, misses  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, SECONDS, NOISE = 7, 2, 1.08
SERVE = """
import json, sys
sys.path.insert(0, 'tests')
from pathlib import Path
from region import BIN, Client, Region
with Region.started('pair', BIN, candidates=2000) as region:
    region.start_programs()
    region.wait_until_idle()
    client = Client(region, 'consultant')
    vacancy = client.get('/vacancies?state=shortlisted').json['items'][0]['id']
    candidate = client.get('/candidates?status=active').json['items'][0]['id']
    postgres = int((Path(region.folder) / 'postgres/postmaster.pid').read_text().split()[0])
    print(json.dumps({'port': region.port, 'token': client.token, 'vacancy': vacancy, 'candidate': candidate,
                      'pids': [region.processes['all'].pid, postgres]}), flush=True)
    sys.stdin.read()
"""
PATHS = {'vacancy_read': '/v1/vacancies/{vacancy}', 'vacancy_list': '/v1/vacancies', 'vacancy_list_shortlisted': '/v1/vacancies?state=shortlisted',
         'candidate_read': '/v1/candidates/{candidate}', 'candidate_list': '/v1/candidates'}


class Tree:
    def __init__(self, folder):
        environment = {name: value for name, value in os.environ.items() if name != 'MAATWERK_BIN'}
        self.process = subprocess.Popen(['/usr/bin/python3', '-c', SERVE], cwd=folder, env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for text in self.process.stdout:
            if text.startswith('{"port"'):
                self.there = json.loads(text)
                return
        raise SystemExit(f'{folder}: its installation did not start')

    def cost_us(self, path):
        before = cpu_s(*self.there['pids'])
        text = subprocess.run(['wrk', '-t1', '-c32', f'-d{SECONDS}', '-H', f'Authorization: Bearer {self.there["token"]}',
                               f'http://127.0.0.1:{self.there["port"]}{path.format(**self.there)}'], text=True, capture_output=True).stdout
        if 'Non-2xx' in text:
            raise SystemExit(f'{path}: {text}')
        return (cpu_s(*self.there['pids']) - before) * 1e6 / int(re.search(r'(\d+) requests in', text).group(1))

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def main(other):
    old, new = Tree(other), Tree(ROOT)
    try:
        for name, path in PATHS.items():
            rounds = [(new.cost_us(path), old.cost_us(path)) for _ in range(1 + ROUNDS)][1:]
            ratio = statistics.median(ours / theirs for ours, theirs in rounds)
            line(f'{name}_cpu_us', statistics.median(ours for ours, _ in rounds), statistics.median(theirs for _, theirs in rounds),
                 f'<={NOISE}', ratio <= NOISE, ratio)
    finally:
        old.stop()
        new.stop()
    return bool(misses)


sys.exit(main(sys.argv[1]))
