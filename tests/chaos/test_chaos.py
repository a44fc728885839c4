# SPDX-License-Identifier: EUPL-1.2
"""The short form of `make chaos JOB=main`: a few vacancies, every kind of fault at least once."""
import json
import subprocess

import pytest

from chaos_main import ROOT, chaos_main
from chaos_operators import chaos_operators
from chaos_queue import chaos_queue


@pytest.fixture(scope='module', autouse=True)
def preloaded():
    subprocess.run(['make', '-s', 'build/release/flaky.so'], cwd=ROOT, check=True)


def test_nothing_is_lost_and_nothing_happens_twice():
    outcome = chaos_main(ROOT / 'build/release/bin', 60, 12, 7)
    assert outcome['ok'], json.dumps(outcome, default=float)


def test_jobs_are_done_once_in_order_and_only_poison_dies():
    outcome = chaos_queue(ROOT / 'build/release/bin', 20000, 25, 11, most_s=120)
    assert outcome['ok'], json.dumps(outcome, default=float)


def test_a_bad_network_loses_and_doubles_nothing():
    outcome = chaos_queue(ROOT / 'build/release/bin', 2000, 8, 5, poison=4, harm={'FLAKY': '300'})
    assert outcome['ok'], json.dumps(outcome, default=float)


def test_without_memory_programs_end_and_nothing_is_lost():
    outcome = chaos_queue(ROOT / 'build/release/bin', 2000, 8, 5, poison=4, harm={'NOMEM': '5000'})
    assert outcome['ok'] and outcome['faults'].get('no_memory'), json.dumps(outcome, default=float)


def test_operators_at_work_in_a_storm_leave_everything_consistent_and_audited():
    outcome = chaos_operators(ROOT / 'build/release/bin', 4000, 10, 7, poison=4)
    assert outcome['ok'], json.dumps(outcome, default=float)
