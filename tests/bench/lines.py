# SPDX-License-Identifier: EUPL-1.2
"""What the programs of `make bench` and `make bench-queue` share: their lines, and CPU of what they started.
Lines: name=… ours=… ref=… ratio=… goal=… ok|MISS"""
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

misses = []


def line(name, ours, ref=None, goal='-', good=True, ratio=None):
    """`ratio`: when it is not that of these two figures."""
    if not good:
        misses.append(name)
    shown = f'{ratio or ours / ref:.2f}' if ref else '-'
    print(f'name={name} ours={ours:g} ref={ref or 0:g} ratio={shown} goal={goal} {"ok" if good else "MISS"}', flush=True)


def cpu_s(*roots):
    """Seconds of CPU of these processes and all that descend from them, those that ended and were waited for included."""
    parents, used = {}, {}
    for stat in Path('/proc').glob('[0-9]*/stat'):
        try:
            fields = stat.read_text().rsplit(') ', 1)[1].split()
        except (OSError, IndexError):
            continue        # it has just ended
        pid = int(stat.parent.name)
        parents.setdefault(int(fields[1]), []).append(pid)
        used[pid] = sum(map(int, fields[11:15]))        # own and of ended children, each in user and system mode
    total, todo = 0, list(roots)
    while todo:
        pid = todo.pop()
        total += used.get(pid, 0)
        todo += parents.get(pid, [])
    return total / os.sysconf('SC_CLK_TCK')


def postgres_pid(region):
    return int((Path(region.folder) / 'postgres/postmaster.pid').read_text().split()[0])
