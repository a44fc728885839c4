# SPDX-License-Identifier: EUPL-1.2
"""The short form of `make chaos JOB=main`: a few vacancies, every kind of fault at least once."""
import json
import subprocess

import pytest

from chaos_mail import chaos_mail
from chaos_main import ROOT, chaos_main
from chaos_notifications import chaos_notifications
from chaos_operators import chaos_operators
from chaos_placements import chaos_placements
from chaos_queue import chaos_queue
from chaos_reminders import chaos_reminders


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


def test_no_mail_arrives_twice_and_none_is_lost():
    outcome = chaos_mail(ROOT / 'build/release/bin', 200, 6, 7)
    assert outcome['ok'], json.dumps(outcome)


def test_each_hears_of_a_decision_once():
    outcome = chaos_notifications(ROOT / 'build/release/bin', 20, 25, 7)
    assert outcome['ok'], json.dumps(outcome)


# the night in which summer time begins, New Year, and a leap day
SPANS = [('2027-03-26', 3, 110), ('2027-12-30', 3, 80), ('2028-02-27', 3, 110)]


def test_every_reminder_is_told_once_or_dropped_and_none_comes_at_night():
    outcome = chaos_reminders(ROOT / 'build/release/bin', 3, SPANS, 5)
    assert outcome['ok'], json.dumps(outcome)


@pytest.mark.parametrize('harm,found', [
    ("create or replace function calendar.after_quiet_hours(at timestamptz) returns timestamptz language plpgsql stable strict as "
     "$$ begin return at; end $$; create or replace function calendar.in_quiet_hours(at timestamptz) returns boolean language plpgsql "
     "stable strict as $$ begin return false; end $$", 'digests in quiet hours'),
    ('drop trigger replan on app.task', 'jobs left')], ids=['no quiet hours', 'a change plans nothing'])
def test_the_judgement_catches_reminders_that_are_wrong(harm, found):
    outcome = chaos_reminders(ROOT / 'build/release/bin', 3, [('2027-03-26', 3, 110)], 6, harm)
    assert found in outcome['wrong'], json.dumps(outcome)


def test_each_contact_of_a_placement_is_asked_once_and_a_case_that_ended_asks_nothing():
    outcome = chaos_placements(ROOT / 'build/release/bin', 50, 230, 7)
    assert outcome['ok'], json.dumps(outcome)


def test_a_case_that_ended_and_still_asks_is_found():
    outcome = chaos_placements(ROOT / 'build/release/bin', 20, 225, 7, 'drop trigger placement_ends on app.placement')
    assert any('has ended and asks' in wrong for wrong in outcome['wrong']), json.dumps(outcome)
