# SPDX-License-Identifier: EUPL-1.2
"""What an employer was told about a vacancy: the clock of 72 hours stops, and the hub takes up what cannot be filled at short notice."""
import pytest


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


def test_an_employer_who_was_told_has_an_answer(as_role, region, new_vacancy, tasks):
    consultant, employer = as_role('consultant'), as_role('employer')
    vacancy = new_vacancy().json['id']
    due = consultant.get('/vacancies?dueBefore=2099-01-01T00:00:00Z&pageSize=100').json['items']
    assert vacancy in {v['id'] for v in due}
    given = consultant.post(f'/vacancies/{vacancy}/answers', {'chance': 'at_short_notice', 'channel': 'call'})
    assert given.status == 201 and given.json['answeredByName'], given.text
    assert tasks(vacancy)['answer'][:2] == ('done', 'contacted') and 'take_up' not in tasks(vacancy)
    first = consultant.get(f'/vacancies/{vacancy}').json['answeredAt']
    consultant.post(f'/vacancies/{vacancy}/answers', {'chance': 'at_short_notice', 'channel': 'e_mail'})
    assert consultant.get(f'/vacancies/{vacancy}').json['answeredAt'] == first
    assert vacancy not in {v['id'] for v in consultant.get('/vacancies?dueBefore=2099-01-01T00:00:00Z&pageSize=100').json['items']}
    read = employer.get(f'/vacancies/{vacancy}/answers').json['items']
    assert [a['channel'] for a in read] == ['e_mail', 'call'] and all('answeredByName' not in a for a in read)
    assert employer.get(f'/vacancy-answers/{given.json["id"]}').json['chance'] == 'at_short_notice'
    assert as_role('firm').get(f'/vacancy-answers/{given.json["id"]}').status == 403
    kept = region.sql("select noun, action from audit.entry where subject_id = %s", (given.json['id'],))
    assert kept == [('vacancy_answer', 'create')]


def test_what_cannot_be_filled_at_short_notice_goes_to_the_hub(as_role, region, new_vacancy, tasks):
    vacancy = new_vacancy().json['id']
    assert as_role('account_manager').post(f'/vacancies/{vacancy}/answers', {'chance': 'not_at_short_notice', 'channel': 'visit'}).status == 201
    assert states(tasks(vacancy)) == {'screen': 'open', 'answer': 'done', 'take_up': 'open'}
    assert region.sql("select o.kind from app.task t join app.organisation o on o.id = t.owner_organisation_id "
                      "where t.subject_id = %s and t.kind = 'take_up'", (vacancy,)) == [('hub',)]
    as_role('employer').post(f'/vacancies/{vacancy}/endings', {'how': 'withdraw'})
    assert states(tasks(vacancy)) == {'screen': 'withdrawn', 'answer': 'done', 'take_up': 'withdrawn'}


def test_an_answer_names_a_contact_of_the_employer(as_role, region, new_vacancy, employer):
    consultant = as_role('consultant')
    vacancy = new_vacancy().json
    own = region.sql('select id from app.contact where employer_id = %s limit 1', (vacancy['employerId'],))[0][0]
    other = region.sql('select id from app.contact where employer_id <> %s limit 1', (vacancy['employerId'],))[0][0]
    body = {'chance': 'at_short_notice', 'channel': 'call', 'contactId': own}
    assert consultant.post(f'/vacancies/{vacancy["id"]}/answers', body).status == 201
    refused = consultant.post(f'/vacancies/{vacancy["id"]}/answers', {**body, 'contactId': other})
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/contactId', refused.text
    as_role('consultant').post(f'/vacancies/{vacancy["id"]}/screenings', {'verdict': 'suitable'})
    assert as_role('consultant').post(f'/vacancies/{vacancy["id"]}/endings', {'how': 'close'}).status < 300
    ended = consultant.post(f'/vacancies/{vacancy["id"]}/answers', body)
    assert ended.status == 409 and ended.problem == 'state'
