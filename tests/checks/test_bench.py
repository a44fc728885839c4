# SPDX-License-Identifier: EUPL-1.2
"""What make bench-queue counts, and what the reference of make bench binds."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tests'), str(ROOT / 'tests/bench'), str(ROOT / 'openapi')]
from generator import sql  # noqa: E402
from gopeer import BOUND, numbered  # noqa: E402
from lines import cpu_s  # noqa: E402

BURN = "python3 -c 'import time\nwhile time.process_time() < 0.3: pass'"


def test_cpu_is_that_of_a_program_and_what_it_started_and_of_nobody_else():
    busy = subprocess.Popen(['sh', '-c', f'{BURN}; echo; read line'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    idle = subprocess.Popen(['sh', '-c', 'read line'], stdin=subprocess.PIPE)
    busy.stdout.readline()      # what burned has ended
    used = cpu_s(busy.pid), cpu_s(idle.pid), cpu_s(busy.pid, idle.pid)
    for process in (busy, idle):
        process.communicate()
    assert used[0] >= 0.25
    assert used[1] < 0.2
    assert used[2] >= used[0]


def test_the_reference_in_go_binds_the_parameters_of_our_statements():
    queries = {query.name: query for queries in sql.read(ROOT / 'sql/queries').values() for query in queries}
    for name, order in BOUND.items():
        text = numbered(queries[name], order.split())
        assert all(f'${i}' in text for i in range(1, 1 + len(order.split())))


def test_parameters_are_numbered_in_the_order_of_the_reference():
    query = sql.Query('one', 'one.sql', 'things')
    query.rows = 'one'
    query.finish(['select :b, @a, :b'], {})
    assert numbered(query, ['a', 'b']) == 'select $2, $1::text, $2'
