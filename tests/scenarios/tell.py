#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make scenarios: real ways of working, step by step over HTTP on an installation of its own, and the figures that come out of them. TENTH=1 does a tenth
of what is many, ONLY=8 one of them. The test clock moves through the years; the later scenario begins after the earlier one, so that a calendar year is of one of them."""
import os
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from receivers import Receiver  # noqa: E402
from region import ROOT, Region  # noqa: E402
from scenarios.city_unit import city_unit  # noqa: E402
from scenarios.first_work import first_work  # noqa: E402
from scenarios.promise import clock  # noqa: E402
from scenarios.story import Story  # noqa: E402
from scenarios.wholesaler import wholesaler  # noqa: E402

SCENARIOS = {'8 · Veghel: one wholesaler\'s pilot': wholesaler, '1 · Tilburg: matching unit with a project target': city_unit,
             '7 · Heiloo: work before benefit, with a temp agency': first_work}


def say(words):
    print(words, flush=True)


def run():
    failed, wanted = 0, {title: told for title, told in SCENARIOS.items() if os.environ.get('ONLY', title[0]) == title[0]}
    with Region.started('scenarios', ROOT / 'build/release/bin', candidates=60) as region, Receiver.started() as receiver:
        region.env.update(receiver.settings)
        region.start_programs()
        region.wait_until_idle()
        with clock(region) as set_clock:
            for title, scenario in wanted.items():
                begun = time.monotonic()
                say(f'\n{title}\n')
                story = Story(region, say, set_clock, os.environ.get('TENTH') == '1', receiver)
                try:
                    scenario(story)
                except AssertionError as error:
                    failed += 1
                    say(f'  FAILED after {story.ran} steps: {error}\n{"".join(traceback.format_tb(error.__traceback__)[-3:])}')
                story.close()
                say(f'  {time.monotonic() - begun:.0f} s')
            region.wait_until_idle()
    say(f'\nscenarios: {len(wanted) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(run())
