# SPDX-License-Identifier: EUPL-1.2
"""Reminders: who hears of a task, when, and when nobody does. The clock of the database stands at moments of 2031 and later, in Amsterdam;
the dispatcher and the worker follow it."""
import uuid
from contextlib import contextmanager

import pytest

from region import until

CONTEXT = ("select set_config('app.tenant', tenant_id::text, false), set_config('app.role', 'system', false), "
           "set_config('app.scope', 'tenant', false) from ref.tenant where code = 'gm9901'; ")


@pytest.fixture
def act(region):
    """act(statement, values): as the municipality itself."""
    return lambda text, values=(): region.sql(CONTEXT + text, values)


@pytest.fixture
def somebody(region, act):
    """somebody(role): a new user who works for the municipality, or for an organisation."""
    def make(role='consultant', organisation=None):
        made = str(uuid.uuid4())
        act('insert into app.user_account (tenant_id, id, name, email, role, organisation_id) values (app.tenant(), %s, %s, %s, %s, %s)',
            (made, 'Iemand', f'{made[:18]}@maasdrecht.example', role, organisation))
        return made
    return make


@pytest.fixture
def task(region, act):
    """task(owner, due, kind): a task about an employer that is due then."""
    def make(owner=None, due='2031-03-07 12:00', kind='promise', organisation=None, **owners):
        about = region.sql("select id from app.employer where tenant_id = (select tenant_id from ref.tenant where code = 'gm9901') order by id limit 1")
        made = act("select app.task_open(%s, 'employer', %s, %s, %s, %s, clock.now(), %s::timestamp at time zone 'Europe/Amsterdam')",
                   (kind, about[0][0], owner, organisation, str(uuid.uuid4()), due))[0][0]
        for column, value in owners.items():
            act(f'update app.task set owner_{column}_id = %s where id = %s', (value, made))
        return made
    return make


@pytest.fixture
def reminders(region):
    """reminders(task): [(receiver, reader, state)], in the order in which they came."""
    return lambda wanted: [(receiver, str(reader), state) for receiver, reader, state in region.sql(
        'select receiver, reader_id, fate from app.reminder where task_id = %s order by rung_at, receiver, reader_id', (wanted,))]


def messages(region, reader, template=None):
    """The local times at which messages were made for a user."""
    return [when for when, in region.sql("select to_char(planned_at at time zone 'Europe/Amsterdam', 'YYYY-MM-DD HH24:MI') from app.message "
                                         'where to_user_id = %s and template = coalesce(%s, template) order by planned_at', (reader, template))]


def planned(region, wanted):
    return [(when, n) for when, n in region.sql("select to_char(run_at at time zone 'Europe/Amsterdam', 'YYYY-MM-DD HH24:MI'), prio "
                                                'from queue.future where subject = %s order by run_at', (f'task:{wanted}',))]


def test_the_owner_is_reminded_before_and_when_it_is_due_and_then_the_team_lead_is(region, at, somebody, task, reminders):
    at('2031-03-03 09:00')
    owner = somebody()
    made = task(owner)
    assert planned(region, made) == [('2031-03-06 12:00', 1)]
    at('2031-03-06 11:59')
    assert reminders(made) == []
    at('2031-03-06 12:01')
    assert reminders(made) == [('owner', owner, 'waiting')] and messages(region, owner) == []
    assert planned(region, made) == [('2031-03-07 12:00', 1)]
    at('2031-03-07 08:01')
    assert reminders(made) == [('owner', owner, 'sent')] and messages(region, owner) == ['2031-03-07 08:01']
    at('2031-03-07 12:01')
    at('2031-03-08 12:01')
    told = reminders(made)
    leads = {reader for receiver, reader, _ in told if receiver == 'team_lead'}
    assert [r for r in told if r[0] == 'owner'] == [('owner', owner, 'sent')] * 2
    assert leads == {str(u) for u, in region.sql("select user_id from entry.hat h join ref.tenant t using (tenant_id) "
                                                 "where code = 'gm9901' and role = 'team_lead'")} and leads
    assert planned(region, made) == []
    at('2031-03-09 08:01')
    assert all(state == 'sent' for *_, state in reminders(made)), reminders(made)


ENDINGS = {
    'done': "select app.task_settle(t.noun, t.subject_id, t.kind, 'kept') from app.task t where t.id = %s",
    'withdrawn': 'select app.task_drop(t.noun, t.subject_id, t.kind) from app.task t where t.id = %s',
    'moved': "update app.task set due_at = due_at + interval '1 year' where id = %s",
    'given to somebody else': "update app.task set owner_user_id = (select user_id from entry.hat where tenant_id = app.tenant() and role = 'coach' limit 1) where id = %s",
    'held': 'update app.task set held_since = clock.now() where id = %s',
}


@pytest.mark.parametrize('change', ENDINGS)
def test_what_is_not_asked_any_more_reminds_nobody(region, at, act, somebody, task, reminders, change):
    """The change cancels the job and what waits for a digest, in its own transaction."""
    at('2031-04-07 09:00')
    owner = somebody()
    early, late = task(owner, '2031-04-08 10:00'), task(owner, '2031-04-10 12:00')
    at('2031-04-07 10:01')
    assert reminders(early) == [('owner', owner, 'waiting')] and planned(region, late) == [('2031-04-09 12:00', 1)]
    for one in (early, late):
        act(ENDINGS[change], (one,))
    assert reminders(early) == [('owner', owner, 'dropped')]
    assert all(when > '2031-04-08' for when, _ in planned(region, early))
    at('2031-04-08 10:05')
    at('2031-04-11 12:05')
    assert messages(region, owner) == []


def test_the_evaluation_mail_of_the_first_and_the_reminder_of_the_tenth(region, at, act, somebody, task, reminders):
    """The first mail is sent on the 1st, the task is withdrawn on the 9th, a reminder is due on the 10th: no mail goes out."""
    at('2031-03-31 09:00')
    owner = somebody()
    made = task(owner, '2031-04-11 12:00', kind='evaluate')
    act("update app.task set due_at = '2031-04-08 07:00'::timestamp at time zone 'Europe/Amsterdam' where id = %s", (made,))
    at('2031-04-01 07:01')      # seven days before
    at('2031-04-01 08:01')
    assert messages(region, owner) == ['2031-04-01 08:01']
    act("update app.task set due_at = '2031-04-10 10:00'::timestamp at time zone 'Europe/Amsterdam' where id = %s", (made,))
    at('2031-04-04 08:01')
    at('2031-04-09 12:00')
    before = messages(region, owner)
    act(ENDINGS['withdrawn'], (made,))
    at('2031-04-10 10:01')
    at('2031-04-12 10:01')
    assert messages(region, owner) == before and before[0] == '2031-04-01 08:01'


def test_a_wake_up_of_an_earlier_plan_is_silent(region, at, act, somebody, task, reminders):
    at('2031-05-05 09:00')
    made = task(somebody(), '2031-05-06 10:00')
    stamp = region.sql('select stamp from app.reminder_plan where task_id = %s', (made,))[0][0]
    act("update app.task set due_at = due_at + interval '1 hour' where id = %s", (made,))
    region.sql("insert into clock.shift (shift) select shift + interval '2 hours' from clock.shift on conflict (one) do update set shift = excluded.shift")
    act('select app.reminders_fire(array[%s::uuid], array[%s::bigint])', (made, stamp))
    assert region.sql('select stamp from app.reminder_plan where task_id = %s', (made,))[0][0] > stamp
    assert region.sql('select count(*) from app.reminder where task_id = %s and stamp = %s', (made, stamp)) == [(0,)]


def test_a_job_that_comes_too_early_is_planned_again(region, at, act, somebody, task, reminders):
    at('2031-05-12 09:00')
    made = task(somebody(), '2031-05-16 10:00')
    stamp = region.sql('select stamp from app.reminder_plan where task_id = %s', (made,))[0][0]
    act('select app.reminders_fire(array[%s::uuid], array[%s::bigint])', (made, stamp))
    assert reminders(made) == [] and planned(region, made) == [('2031-05-15 10:00', 1)]


def test_quiet_hours_hold_except_for_what_is_urgent(region, at, somebody, task, reminders):
    at('2031-06-02 09:00')
    owner, hurried = somebody(), somebody()
    calm, urgent = task(owner, '2031-06-03 23:00'), task(hurried, '2031-06-03 23:00', kind='urgent_follow_up')
    at('2031-06-02 23:01')
    assert reminders(calm) == [] and planned(region, calm) == [('2031-06-03 07:00', 1)]
    at('2031-06-03 07:01')
    assert reminders(calm) == [('owner', owner, 'waiting')]
    at('2031-06-03 22:01')
    assert messages(region, hurried) == ['2031-06-03 22:01'] and planned(region, urgent)[0][1] == 0
    at('2031-06-03 23:01')
    assert messages(region, hurried) == ['2031-06-03 22:01', '2031-06-03 23:01'] and len(reminders(calm)) == 1
    assert all(state == 'sent' for *_, state in reminders(urgent))


def test_a_worker_that_comes_late_tells_each_reader_the_last_rung_only(region, at, somebody, task, reminders):
    at('2031-06-09 09:00')
    owner = somebody()
    made = task(owner, '2031-06-12 12:00')
    at('2031-06-20 10:00')
    told = reminders(made)
    assert [r for r in told if r[0] == 'owner'] == [('owner', owner, 'waiting')] and any(r[0] == 'team_lead' for r in told)
    assert region.sql('select rung from app.reminder where task_id = %s and receiver = %s', (made, 'owner')) == [(1,)]


def test_one_digest_a_day_at_the_time_that_the_reader_chose(region, at, act, somebody, task):
    at('2031-07-07 09:00')
    early, off = somebody(), somebody()
    act("insert into app.reminder_preference (tenant_id, id, digest, digest_at) values (app.tenant(), %s, true, '06:15'), (app.tenant(), %s, false, null)", (early, off))
    tasks = [task(owner, f'2031-07-{d} {h}:00') for owner in (early, off) for d in ('09', '10', '11') for h in ('10', '11')]
    for d in range(8, 13):
        for h in ('07:01', '11:30', '15:00'):
            at(f'2031-07-{d:02} {h}')
    assert messages(region, early) == [f'2031-07-{d:02} 07:01' for d in (9, 10, 11, 12)]    # 06:15 is in quiet hours: after them
    assert messages(region, off) == []
    counted = region.sql("select parameters from app.message where to_user_id = %s order by planned_at", (early,))
    assert [c['open'] for c, in counted][0] == 2, counted
    assert len(tasks) == 12


@pytest.mark.parametrize('night,before,after', [('2032-03-28', '01:40', '03:40'), ('2032-10-31', '02:20', '02:40')])
def test_a_digest_at_half_past_two_goes_once_in_the_nights_in_which_the_clock_changes(region, at, act, somebody, task, night, before, after):
    """Quiet hours are off. In one night there is no half past two, in the other there are two."""
    at(f'{night[:7]}-20 09:00')
    reader = somebody()
    act("insert into app.rule (tenant_id, id, code, scope, state, value, source, adopted_at, from_at) select app.tenant(), gen_random_uuid(), "
        "'calendar.quiet_hours', 'tenant', 'adopted', '{\"quiet\": false, \"from\": \"21:00\", \"until\": \"07:00\"}', 'test', clock.now(), clock.now() "
        "where not exists (select from app.rule where code = 'calendar.quiet_hours')")
    try:
        act("insert into app.reminder_preference (tenant_id, id, digest, digest_at) values (app.tenant(), %s, true, '02:30')", (reader,))
        eve = f'{night[:8]}{int(night[8:]) - 1}'
        task(reader, f'{night} 10:00')
        task(reader, f'{night} 22:00')
        at(f'{eve} 22:30')
        for step in ('00:30', before, after, '04:10', '12:00', '22:30'):
            at(f'{night} {step}')
        assert [m[:10] for m in messages(region, reader)] == [night]
    finally:
        act("delete from app.rule where code = 'calendar.quiet_hours'")


def test_whoever_has_left_is_not_written_to_and_the_team_lead_is(region, at, act, somebody, task, reminders):
    at('2031-08-04 09:00')
    owner = somebody()
    waits, comes = task(owner, '2031-08-06 10:00'), task(owner, '2031-08-08 12:00')
    at('2031-08-05 10:01')
    assert reminders(waits) == [('owner', owner, 'waiting')]
    act('update app.user_account set active = false where id = %s', (owner,))
    at('2031-08-06 08:01')
    at('2031-08-07 12:01')
    leads = {str(u) for u, in region.sql("select user_id from entry.hat h join ref.tenant t using (tenant_id) where code = 'gm9901' and role = 'team_lead'")}
    assert {r for _, r, state in reminders(waits) if state != 'dropped'} == leads, reminders(waits)
    assert {r for _, r, _ in reminders(comes)} == leads and messages(region, owner) == []


def test_nobody_is_reminded_of_somebody_who_died(region, at, act, somebody, task, reminders):
    at('2031-09-01 09:00')
    owner = somebody('case_manager')
    person = region.sql("select id from app.candidate where tenant_id = (select tenant_id from ref.tenant where code = 'gm9901') "
                        'and email is not null order by id limit 1')[0][0]
    made = act("select app.task_open('step', 'candidate', %s, %s, null, 'test', clock.now(), '2031-09-04 10:00')", (person, owner))[0][0]
    assert planned(region, made)
    act("update app.candidate set died_on = '2031-09-01' where id = %s", (person,))
    assert planned(region, made) == []
    at('2031-09-08 10:00')
    assert reminders(made) == [] and messages(region, owner) == []
    act('update app.candidate set died_on = null where id = %s', (person,))


def test_a_desk_an_employer_and_a_candidate_are_reminded_where_they_are(region, at, act, somebody, task, reminders):
    at('2031-10-06 09:00')
    desk, = region.sql("select id from app.organisation where kind = 'firm' and tenant_id = (select tenant_id from ref.tenant where code = 'gm9901') order by id limit 1")[0]
    staff = {str(u) for u, in region.sql('select user_id from entry.hat where organisation_id = %s', (desk,))}
    of_desk = task(None, '2031-10-08 10:00', organisation=desk)
    employer, contact = region.sql("select employer_id, id from app.contact where email is not null and employer_id is not null order by employer_id limit 1")[0]
    of_employer = task(None, '2031-10-08 10:00', employer=employer)
    at('2031-10-07 10:01')
    at('2031-10-08 08:01')
    assert {(r, s) for _, r, s in reminders(of_desk)} == {(u, 'sent') for u in staff} and staff
    assert reminders(of_employer) == [('owner', str(contact), 'sent')]
    assert region.sql('select count(*) from app.message where to_contact_id = %s', (contact,)) == [(1,)]


def test_an_answer_that_nobody_gave_in_72_hours_is_escalated_to_the_hub(region, at, as_role, new_vacancy, reminders):
    at('2031-11-03 10:00')
    vacancy = new_vacancy().json['id']
    answer, = region.sql("select id from app.task where subject_id = %s and kind = 'answer'", (vacancy,))[0]
    assert planned(region, answer) == [('2031-11-05 10:00', 1)]      # at 48 hours
    at('2031-11-05 10:01')
    assert planned(region, answer) == [('2031-11-06 07:00', 1)]      # T - 4 h is 06:00, in quiet hours
    at('2031-11-06 07:01')
    at('2031-11-06 10:01')
    hub = {str(u) for u, in region.sql("select user_id from entry.hat h join ref.tenant t using (tenant_id) where code = 'gm9901' and role = 'hub'")}
    assert hub == {r for to, r, _ in reminders(answer) if to == 'hub'} and hub
    kept = region.sql("select escalated_at is not null, state from app.task where id = %s", (answer,))
    taken = region.sql("select state from app.task where subject_id = %s and kind = 'take_up'", (vacancy,))
    assert kept == [(True, 'open')] and taken == [('open',)]
    as_role('consultant').post(f'/vacancies/{vacancy}/endings', {'how': 'withdraw'})
    at('2031-11-07 08:01')
    assert {state for to, _, state in reminders(answer) if to == 'hub'} == {'dropped'}, reminders(answer)
    assert 'waiting' not in {state for *_, state in reminders(answer)}, reminders(answer)


def test_a_job_that_the_database_refuses_is_tried_again_and_stops_no_other(region, at, act, somebody, task, reminders):
    """A job whose statement failed first of all in a session could not be put off: it came again at once, for ever."""
    at('2031-11-24 09:00')
    made = task(somebody(), '2031-11-26 10:00')
    act("select queue.enqueue('remind', app.tenant(), '{\"task\": \"nobody\", \"stamp\": \"1\"}')")
    until(lambda: region.sql("select state from queue.job where kind = 'remind'") == [('waiting',)])
    region.sql("delete from queue.job where kind = 'remind'")
    at('2031-11-25 10:01')
    assert len(reminders(made)) == 1


def test_reminders_may_be_years_ahead(region, at, somebody, task, reminders):
    at('2031-12-01 09:00')
    owner = somebody()
    made = task(owner, '2036-02-29 12:00', kind='renew')
    assert planned(region, made) == [('2036-01-30 12:00', 1)]
    at('2036-01-30 12:01')
    assert reminders(made) == [('owner', owner, 'waiting')]


def test_what_was_told_is_kept_for_a_year(region, at, act, somebody, task, reminders):
    at('2032-05-03 09:00')
    owner = somebody()
    made = task(owner, '2032-05-05 10:00')
    at('2032-05-04 10:01')
    at('2032-05-05 08:01')
    assert reminders(made) == [('owner', owner, 'sent')]
    at('2033-05-04 08:00')
    act('select app.reminders_sweep()')
    kept = len(reminders(made))
    at('2033-05-06 08:00')
    act('select app.reminders_sweep()')
    assert kept > len(reminders(made))


def test_users_choose_when_they_are_reminded(as_role, region):
    hub = as_role('hub')
    first = hub.get('/user-profile/reminders')
    assert first.json == {'digest': True, 'digestAt': '08:00', 'chosen': False, 'version': 1}
    chosen = hub.put('/user-profile/reminders', {'digest': True, 'digestAt': '17:45'}, first.headers['etag'])
    assert chosen.json == {'digest': True, 'digestAt': '17:45', 'chosen': True, 'version': 2}
    assert hub.put('/user-profile/reminders', {'digest': False}, first.headers['etag']).status == 412
    off = hub.put('/user-profile/reminders', {'digest': False}, chosen.headers['etag'])
    assert off.json == {'digest': False, 'digestAt': '08:00', 'chosen': False, 'version': 3}
    assert as_role('coach').get('/user-profile/reminders').json['chosen'] is False
    for wrong in ('24:00', '9:00', '08:60', '29:59'):
        refused = hub.put('/user-profile/reminders', {'digest': True, 'digestAt': wrong}, off.headers['etag'])
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/digestAt', wrong


def test_a_digest_that_is_planned_moves_with_the_choice(region, at, act, somebody, task):
    at('2032-01-12 09:00')
    reader = somebody()
    task(reader, '2032-01-13 10:00')
    at('2032-01-12 10:01')

    def digest():
        return [w for w, in region.sql("select to_char(f.run_at at time zone 'Europe/Amsterdam', 'YYYY-MM-DD HH24:MI') from app.reminder_digest d join queue.future f "
                                       "on f.subject = format('digests:%%s:%%s', d.tenant_id, extract(epoch from d.planned_at)) where d.reader_id = %s", (reader,))]
    assert digest() == ['2032-01-13 08:00']
    act("insert into app.reminder_preference (tenant_id, id, digest, digest_at) values (app.tenant(), %s, true, '16:30')", (reader,))
    assert digest() == ['2032-01-12 16:30']
    at('2032-01-12 16:31')
    assert messages(region, reader) == ['2032-01-12 16:31']


def test_seen_practitioner_a_reminder_before_the_moment_comes_before_it(region, at, act, somebody, task, reminders):
    """Four hours before it is due, the digest of the next morning is no reminder any more. Whoever wants no digest finds it in the work list."""
    at('2032-03-01 10:00')
    owner, early, silent = somebody(), somebody(), somebody()
    for reader, digest, when in ((early, True, '06:30'), (silent, False, None)):
        act('insert into app.reminder_preference (tenant_id, id, digest, digest_at) values (app.tenant(), %s, %s, %s)', (reader, digest, when))
    made, other, unheard = (task(reader, '2032-03-04 13:00', kind='answer') for reader in (owner, early, silent))
    at('2032-03-03 13:01')
    assert reminders(made) == [('owner', owner, 'waiting')]
    at('2032-03-04 07:01')
    assert messages(region, early) == ['2032-03-04 07:01']      # half past six lies in quiet hours
    at('2032-03-04 08:01')
    at('2032-03-04 09:01')
    assert messages(region, owner) == ['2032-03-04 08:01', '2032-03-04 09:01'] and messages(region, owner, 'digest') == ['2032-03-04 08:01']
    assert reminders(made) == [('owner', owner, 'sent')] * 2 and messages(region, early, 'reminder') == ['2032-03-04 09:01']
    assert messages(region, silent) == [] and reminders(unheard)[-1] == ('owner', silent, 'waiting')
    at('2032-03-04 13:01')
    assert len(messages(region, owner)) == 2 and ('owner', owner, 'waiting') in reminders(made)     # what is late may wait


def test_seen_practitioner_what_ends_with_the_day_is_reminded_of_within_the_day(region, at, somebody, task):
    at('2032-04-05 09:00')
    owner = somebody()
    task(owner, '2032-04-05 23:59', kind='follow_up')
    at('2032-04-05 16:00')
    assert messages(region, owner, 'reminder') == ['2032-04-05 16:00']


def test_seen_practitioner_a_step_before_the_end_of_a_day_is_within_the_working_day(region):
    assert region.sql("""select r.code, l.step from ref.rule r, jsonb_array_elements(r.value -> 'ladder') l (step) where r.value #>> '{due,unit}' = 'end_of_day'
        and (l.step ->> 'before')::interval between interval '1 second' and interval '6 hours 59 minutes'""") == []


def test_seen_attacker_a_reminder_of_a_measure_stands_behind_its_wall(as_role, act, candidate):
    """Who may not see that somebody is checked does not learn it from a message to whoever checks."""
    person = candidate.json['id']
    officer = as_role('field_officer').get('/user-profile').json['id']
    made = as_role('case_manager').post('/tasks', {'kind': 'check', 'noun': 'candidate', 'subjectId': person, 'ownerUserId': officer})
    assert made.status == 201, made.text
    act("select app.reminder_tell(t, 1, 0::smallint, clock.now(), 'owner', 'user', %s) from app.task t where t.id = %s", (officer, made.json['id']))
    told = act('select m.wall, m.id from app.reminder r join app.message m on m.tenant_id = r.tenant_id and m.id = r.message_id where r.task_id = %s', (made.json['id'],))
    assert {wall for wall, _ in told} == {'measure'}
    message = told[0][1]
    for role, status in (('consultant', 404), ('coach', 404), ('team_lead', 200), ('case_manager', 200), ('field_officer', 200)):
        assert as_role(role).get(f'/messages/{message}').status == status, role
    assert as_role('consultant').get(f'/messages?candidateId={person}').json['items'] == []
    as_role('case_manager').post(f'/tasks/{made.json["id"]}/withdrawals', {'reason': 'no_longer_needed'})
