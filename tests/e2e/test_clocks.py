# SPDX-License-Identifier: EUPL-1.2
"""The clocks of nouns: which event of a vacancy or a round of proposals opens, ends or moves which task (sql/clocks)."""
import pytest

from region import day, until


@pytest.fixture
def tasks(region):
    """tasks(noun, id): {kind: (state, outcome, hours from its clock to its due moment)} of the tasks that clocks opened about a row."""
    def read(subject, kind=None):
        rows = region.sql("select kind, state, outcome, extract(epoch from due_at - clock_from) / 3600 from app.task "
                          "where subject_id = %s and cause = 'clock' order by made_at, id", (subject,))
        return {k: (state, outcome, round(float(hours), 2)) for k, state, outcome, hours in rows}
    return read


def states(found):
    return {kind: state for kind, (state, *_) in found.items()}


def test_a_report_starts_two_clocks(as_role, new_vacancy, tasks, world):
    vacancy = new_vacancy().json
    found = tasks(vacancy['id'])
    assert states(found) == {'screen': 'open', 'answer': 'open'} and found['answer'][2] == 72
    assert vacancy['dueAt'] > vacancy['reportedAt'] and 'answeredAt' not in vacancy


def test_a_verdict_ends_the_screening_and_another_one_begins_it(as_role, new_vacancy, tasks):
    consultant = as_role('consultant')
    vacancy = new_vacancy().json['id']
    consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'})
    assert tasks(vacancy)['screen'][:2] == ('done', 'decided')
    read = consultant.get(f'/vacancies/{vacancy}')
    assert as_role('employer').patch(f'/vacancies/{vacancy}', {'kind': 'temp'}, read.headers['etag']).status == 200
    assert states(tasks(vacancy))['screen'] == 'open'


def test_the_last_day_has_a_clock_that_moves_with_it(as_role, region, new_vacancy, tasks):
    consultant = as_role('consultant')
    vacancy = new_vacancy(neededBy=day(20)).json['id']
    assert 'last_day' not in tasks(vacancy)
    consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'})

    def last_day():
        return region.sql("select (due_at at time zone 'Europe/Amsterdam')::text from app.task where subject_id = %s and kind = 'last_day' "
                          "and state = 'open'", (vacancy,))

    def move(to):
        read = consultant.get(f'/vacancies/{vacancy}')
        assert as_role('employer').patch(f'/vacancies/{vacancy}', {'neededBy': to}, read.headers['etag']).status == 200
    assert last_day() == [(f'{day(20)} 23:59:59',)]
    move(day(30))
    assert last_day() == [(f'{day(30)} 23:59:59',)]
    move(None)
    assert last_day() == []
    move(day(10))
    assert last_day() == [(f'{day(10)} 23:59:59',)]
    consultant.post(f'/vacancies/{vacancy}/endings', {'how': 'close'})
    assert last_day() == []


def test_whoever_handles_a_vacancy_has_its_tasks(as_role, region, new_vacancy, world):
    consultant = as_role('consultant')
    vacancy = new_vacancy().json['id']

    def owners():
        return {str(o) for o, in region.sql("select owner_user_id from app.task where subject_id = %s and state = 'open'", (vacancy,))}
    assert owners() == {'None'}
    read = consultant.get(f'/vacancies/{vacancy}')
    consultant.patch(f'/vacancies/{vacancy}', {'assigneeId': world['consultant']}, read.headers['etag'])
    assert owners() == {world['consultant']}


def test_a_moment_that_changes_moves_the_task_and_the_vacancy(as_role, region, new_vacancy):
    consultant = as_role('consultant')
    vacancy = new_vacancy().json
    region.sql("select set_config('app.tenant', tenant_id::text, false), set_config('app.role', 'system', false) from ref.tenant where code = 'gm9901'; "
               "update app.vacancy set reported_at = reported_at - interval '10 hours' where id = %s", (vacancy['id'],))
    task, read = (region.sql("select due_at = (select answer_due_at from app.vacancy where id = %s) from app.task "
                             "where subject_id = %s and kind = 'answer'", (vacancy['id'],) * 2)[0][0],
                  consultant.get(f'/vacancies/{vacancy["id"]}').json)
    assert task and read['dueAt'] < vacancy['dueAt']


def test_proposals_answer_the_vacancy_and_wait_for_the_employer(as_role, region, proposed, tasks):
    employer = as_role('employer')
    vacancy, proposals = proposed()
    found = tasks(vacancy)
    assert found['answer'][:2] == ('done', 'contacted')
    assert 'answeredAt' in as_role('consultant').get(f'/vacancies/{vacancy}').json
    waits, = {r for r, in region.sql('select round_id from app.proposal where vacancy_id = %s', (vacancy,))}
    owner = region.sql("select owner_employer_id::text, wall from app.task where subject_id = %s and state = 'open'", (waits,))
    assert states(tasks(waits)) == {'answer_proposal': 'open'}
    assert owner == [(employer.get('/user-profile').json['organisationId'], 'employer')]
    for proposal in proposals[1:]:
        assert employer.post(f'/proposals/{proposal}/answers', {'answer': 'reject', 'reason': 'travel'}).status < 300
        assert states(tasks(waits)) == {'answer_proposal': 'open'}
    employer.post(f'/proposals/{proposals[0]}/answers', {'answer': 'invite'})
    assert tasks(waits)['answer_proposal'][:2] == ('done', 'answered')


def test_a_draft_is_finished_or_lapses(as_role, region, shortlisted, tasks, later):
    consultant = as_role('consultant')

    def drafted():
        vacancy, listed = shortlisted(candidatesWanted=1)
        free = [i['candidateId'] for i in listed['items'] if i.get('openProposals', 0) < 2][:1]
        made = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': free, 'draft': True})
        assert made.status == 201, made.text
        return vacancy, made.json['id']
    vacancy, sent = drafted()
    assert states(tasks(sent)) == {'expire': 'open'} and tasks(vacancy)['answer'][0] == 'open'
    assert consultant.post(f'/proposal-rounds/{sent}/dispatches').status < 300
    assert tasks(sent)['expire'][:2] == ('done', 'finished') and states(tasks(sent))['answer_proposal'] == 'open'
    other, forgotten = drafted()
    with later(15):
        until(lambda: tasks(forgotten)['expire'][:2] == ('failed', 'lapsed'), say=lambda: tasks(forgotten))
    with later(31):
        until(lambda: tasks(sent)['answer_proposal'][:2] == ('failed', 'not_answered'), say=lambda: tasks(sent))
    for ended in (vacancy, other):
        consultant.post(f'/vacancies/{ended}/endings', {'how': 'close'})


def test_a_vacancy_that_expires_ends_its_clocks(as_role, new_vacancy, tasks, later):
    vacancy = new_vacancy(neededBy=day(1)).json['id']
    with later(2):      # at 72 hours the answer would be overdue, and be taken up
        until(lambda: states(tasks(vacancy)) == {'screen': 'failed', 'answer': 'failed'}, say=lambda: tasks(vacancy))
    assert tasks(vacancy)['answer'][1] == 'not_contacted'


def test_every_row_of_the_table_is_about_what_there_is(region):
    """A clock that names an event, a column or an outcome that is not there would never ring."""
    rows = region.sql("select noun, event, effect, kind, outcome, owner_user, owner_employer, promised_to, runs_from, due from ref.noun_clock")
    assert len(rows) > 35
    moves = {(n, e) for n, e in region.sql('select noun, event from ref.state_move')}
    columns = {(t, c) for t, c in region.sql("select relname, attname from pg_attribute a join pg_class c on c.oid = a.attrelid "
                                             "where relnamespace = 'app'::regnamespace and attnum > 0")}
    outcomes = {k: set(o) for k, o in region.sql('select kind, outcomes || failures from ref.task_kind')}
    ruled = {c for c, in region.sql("select code from ref.rule where code like 'clock.%'")}
    said = {('vacancy', 'answered'), ('vacancy', 'not_at_short_notice')}
    said |= {('proposal_round', e) for e in ('draft', 'send', 'answer', 'expire_drafted', 'expire_sent', 'end_drafted', 'end_sent')}
    for noun, event, effect, kind, outcome, *used in rows:
        place = event.removeprefix('change:')
        assert event == 'create' or (noun, event) in moves | said or (place != event and (noun, place) in columns) or event == f'escalate:{kind}' \
            or event.removeprefix('escalate:') in outcomes, (noun, event)
        assert all(c in (None, 'case_manager') or (noun, c) in columns for c in used), (noun, event, used)
        assert outcome is None or outcome in outcomes[kind], (kind, outcome)
        assert f'clock.{kind}' in ruled, kind
