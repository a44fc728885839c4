# SPDX-License-Identifier: EUPL-1.2
"""The short forms of `make gates`: what must be exact is; bounds of time and rate are wide, for a machine that is busy. One that missed
only such a bound may try again."""
import json
import subprocess

import pytest

from gate import ROOT, is_of_time

SLACK, TRIES = 20, 3
SHORT = {       # the longest first
    'recovery': {'times': 1}, 'scheduler': {'future': 20000, 'burst': 5000, 'races': 500, 'seconds': 1}, 'poison': {'jobs': 200},
    'fairness': {'backlog': 200000, 'quiet': 50, 'seconds': 1, 'rounds': 1},
    'ordering': {'lanes': 60, 'each': 20, 'seconds': 4, 'programs': 2, 'children': 4}, 'priority': {'seconds': 3},
    'unique': {'clients': 8, 'keys': 60, 'seconds': 6}, 'drain': {'times': 5},
}


@pytest.mark.parametrize('gate', SHORT)
def test_the_gate_opens(gate):
    subprocess.run(['make', '-s', 'build/release/clock_shift.so'], cwd=ROOT, check=True)
    for _ in range(TRIES):
        outcome = getattr(__import__(gate), gate)(**SHORT[gate], chance=7, slack=SLACK)
        if not outcome['missed'] or not all(is_of_time(name) for name in outcome['missed']):
            break
    assert outcome['ok'], json.dumps(outcome, default=float)
