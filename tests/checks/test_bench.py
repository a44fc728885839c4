# SPDX-License-Identifier: EUPL-1.2
"""What make bench-queue counts."""
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'bench'))
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
