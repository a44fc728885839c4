#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make attack: every attack that a program can run, on an installation of its own, over loopback; ONLY=word runs those whose name has
it, SHORT=1 those of `make test`. Each is held, or got through; ends with: N held, 0 got through."""
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import inside  # noqa: E402,F401
import people  # noqa: E402,F401
import wire  # noqa: E402,F401
from frame import World, attacks, run  # noqa: E402
from region import BIN, Region  # noqa: E402


def main():
    only, short = os.environ.get('ONLY', ''), os.environ.get('SHORT') == '1'
    wanted = [one for one in attacks(short) if only in one.__name__]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    counts = [0, 0]
    with Region.started('attack', BIN, candidates=420) as region:
        region.env['MAATWERK_THREADS'] = '2'
        region.start_programs()
        region.wait_until_idle()
        world = World(region)
        for one in wanted:
            good, line = run(one, world)
            counts[not good] += 1
            print(line, flush=True)
            for name, process in region.processes.items():
                if process.poll() is not None:
                    counts[1] += 1
                    print(f'GOT THROUGH  {name} ended with {process.returncode}')
                    region.start(name)
                    region.wait_ready()
    print(f'{counts[0]} held, {counts[1]} got through', flush=True)
    return 1 if counts[1] or not counts[0] else 0


if __name__ == '__main__':
    sys.exit(main())
