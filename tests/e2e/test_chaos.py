# SPDX-License-Identifier: EUPL-1.2
"""The short form of `make chaos JOB=main`: a few vacancies, every kind of fault at least once."""
import subprocess
import sys

import pytest
from region import ROOT

sys.path.insert(0, str(ROOT / 'tests/chaos'))
from chaos_main import chaos_main  # noqa: E402


@pytest.fixture(scope='module', autouse=True)
def preloaded():
    subprocess.run(['make', '-s', 'build/release/flaky.so'], cwd=ROOT, check=True)


def test_nothing_is_lost_and_nothing_happens_twice():
    outcome = chaos_main(ROOT / 'build/release/bin', 60, 12, 7)
    assert outcome['ok'], outcome


def test_jobs_are_done_once_in_order_and_only_poison_dies():
    from chaos_queue import chaos_queue
    outcome = chaos_queue(ROOT / 'build/release/bin', 20000, 25, 11)
    assert outcome['ok'], outcome


def test_a_bad_network_loses_and_doubles_nothing():
    from chaos_queue import chaos_queue
    outcome = chaos_queue(ROOT / 'build/release/bin', 2000, 8, 5, poison=4, harm={'FLAKY': '300'})
    assert outcome['ok'], outcome


def test_without_memory_programs_end_and_nothing_is_lost():
    from chaos_queue import chaos_queue
    outcome = chaos_queue(ROOT / 'build/release/bin', 2000, 8, 5, poison=4, harm={'NOMEM': '5000'})
    assert outcome['ok'] and outcome['faults'].get('no_memory'), outcome


def test_operators_at_work_in_a_storm_leave_everything_consistent_and_audited():
    from chaos_operators import chaos_operators
    outcome = chaos_operators(ROOT / 'build/release/bin', 4000, 10, 7, poison=4)
    assert outcome['ok'], outcome
