#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Letters per second through the documents worker, and the memory that the worker and LibreOffice take at most. LETTERS=400."""
import os
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from letters import ask, wait  # noqa: E402
from lines import line, misses  # noqa: E402
from region import BIN, Region, children  # noqa: E402

GOAL, WARM = 8, 8


def memory(pid):
    """MB that a process has for itself, with its share of what it has together with others; 0 when it has ended."""
    try:
        return next(int(row.split()[1]) for row in Path(f'/proc/{pid}/smaps_rollup').read_text().splitlines() if row.startswith('Pss:')) / 1024
    except (OSError, StopIteration):
        return 0


class Look(threading.Thread):
    """The most that the worker, with its children, and what those started had."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.worker, self.office, self.over = process, 0, 0, threading.Event()

    def run(self):
        while not self.over.wait(0.1):
            own = children(self.process)
            self.worker = max(self.worker, sum(map(memory, [self.process.pid, *own])))
            started = [int(pid) for child in own for pid in Path(f'/proc/{child}/task/{child}/children').read_text().split() if Path(f'/proc/{child}').exists()]
            self.office = max(self.office, sum(map(memory, started)))


def main():
    letters = int(os.environ.get('LETTERS', '400'))
    with Region.started('bench', BIN, candidates=420) as region:
        for name in ('dispatcher', 'documents'):
            region.start(name, MAATWERK_CHILDREN='2')
        wait(region, ask(region, 'decision', WARM))
        look = Look(region.processes['documents'])
        look.start()
        from_s = time.monotonic()
        wait(region, ask(region, 'decision', letters), 600)
        rate = letters / (time.monotonic() - from_s)
        look.over.set()
        look.join()
    line('letters_per_s', rate, goal=f'>={GOAL}', good=rate >= GOAL)
    line('documents_worker_mb', look.worker)
    line('soffice_mb', look.office)
    return 1 if misses else 0


if __name__ == '__main__':
    sys.exit(main())
