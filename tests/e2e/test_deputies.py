# SPDX-License-Identifier: EUPL-1.2
"""Deputies: somebody sees to the tasks of a colleague who is away, from day to day, with the own rights and no others."""
import uuid

import pytest

from region import day

CONTEXT = ("select set_config('app.tenant', '1', false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false), "
           "set_config('app.actor', '', false); ")
PLACE = '/user-profile/deputy'


def me(client):
    return client.get('/user-profile').json['id']


def name(client, deputy, first=0, last=7, etag='*'):
    return client.put(PLACE, {'standInId': deputy, **({'fromDay': day(first), 'untilDay': day(last)} if deputy else {})}, etag)


@pytest.fixture
def pair(person):
    """Two consultants: (identifier, client) of each."""
    made = [person('consultant') for _ in range(2)]
    return [(user, client('consultant')) for user, client in made]


@pytest.fixture
def promise(world):
    def make(client, **more):
        made = client.post('/tasks', {'kind': 'promise', 'noun': 'employer', 'subjectId': world['employer'], 'dueDay': day(3), **more})
        assert made.status == 201, made.text
        return made.json['id']
    return make


def work(client, whose='deputised'):
    return [i['id'] for i in client.get(f'/work-list?whose={whose}&pageSize=100').json['items']]


def test_a_deputy_sees_the_tasks_and_acts_on_them_in_these_days_only(pair, promise):
    (away, absent), (stands, deputy) = pair
    task = promise(absent)
    assert 'standInId' not in absent.get(PLACE).json and work(deputy) == []
    assert deputy.post(f'/tasks/{task}/completions', {'outcome': 'kept'}).problem == 'not-your-task'
    named = name(absent, stands)
    assert named.status == 200 and (named.json['standInId'], named.json['fromDay'], named.json['untilDay']) == (stands, day(0), day(7)) and named.json['standInName']
    assert work(deputy) == [task] and work(deputy, 'me') == [] and work(absent, 'me') == [task]
    row, = deputy.get('/work-list?whose=deputised').json['items']
    assert row['ownerUserId'] == away and 'completeTask' in [a['operation'] for a in row['actions']]
    assert name(absent, stands, 2, 7).status == 200 and work(deputy) == [], 'not yet'
    assert name(absent, stands).status == 200
    assert deputy.post(f'/tasks/{task}/completions', {'outcome': 'kept'}).json['state'] == 'done'
    other = promise(absent)
    assert name(absent, None).status == 200 and 'standInId' not in absent.get(PLACE).json and work(deputy) == []
    assert deputy.post(f'/tasks/{other}/completions', {'outcome': 'kept'}).problem == 'not-your-task'


def test_who_may_be_a_deputy(pair, as_role, person):
    (away, absent), (stands, _) = pair
    wrong = ((away, 0, 7, '/standInId'), (str(uuid.uuid4()), 0, 7, '/standInId'), (me(as_role('firm')), 0, 7, '/standInId'), (me(as_role('analyst')), 0, 7, '/standInId'),
             (stands, 7, 0, '/fromDay'), (stands, -9, -1, '/untilDay'))
    for deputy, first, last, pointer in wrong:
        refused = name(absent, deputy, first, last)
        assert (refused.status, refused.json['errors'][0]['pointer']) == (400, pointer), refused.text
    assert absent.put(PLACE, {'standInId': stands}, '*').json['errors'][0]['pointer'] == '/untilDay'
    first = absent.get(PLACE).headers['etag']
    assert name(absent, stands, etag=first).status == 200 and name(absent, stands, etag=first).status == 412


def test_seen_attacker_a_deputy_gets_no_rights(as_role, person, region):
    """A task about a person of the caseload of somebody else stays behind its wall; measures, too."""
    (away, one), (stands, other) = person('case_manager'), person('case_manager')
    absent, deputy = one('case_manager'), other('case_manager')
    made = as_role('team_lead').post('/candidates', {'alias': 'Kandidaat Es', 'pc4': '5012', 'caseManagerId': away}).json['id']
    task = absent.post('/tasks', {'kind': 'promise', 'noun': 'candidate', 'subjectId': made, 'dueDay': day(3)}).json['id']
    assert name(absent, stands).status == 200
    assert work(deputy) == [] and deputy.get(f'/tasks/{task}').status == 404 and deputy.get(f'/candidates/{made}').status == 404
    who = region.sql(CONTEXT + 'select app.deputy_of(t)::text from app.task t where t.id = %s', (task,))[0][0]
    assert who == away, 'who sees it is reminded of it'


def test_the_deputy_is_reminded_instead_in_these_days(pair, promise, region):
    (away, absent), (stands, _) = pair
    task = promise(absent)
    readers = CONTEXT + "select r.kind, r.reader::text from app.task t cross join lateral app.reminder_readers(t, 'owner') r where t.id = %s"
    assert region.sql(readers, (task,)) == [('user', away)]
    assert name(absent, stands).status == 200
    assert region.sql(readers, (task,)) == [('user', stands)]
    region.sql("insert into clock.shift (shift) values ('8 days')")
    try:
        assert region.sql(readers, (task,)) == [('user', away)], 'back again'
    finally:
        region.sql('delete from clock.shift')
    region.sql('set session_replication_role = replica; update app.user_account set active = false where id = %s', (stands,))
    assert region.sql(readers, (task,)) == [('user', away)], 'the deputy has left'


def test_seen_practitioner_the_deputy_of_a_deputy_who_is_away_too_sees_to_it(pair, promise, person, region):
    """Both were on holiday: nobody was reminded, and the third colleague saw the tasks of the second only."""
    (away, absent), (stands, deputy) = pair
    third, made = person('consultant')
    other = made('consultant')
    task = promise(absent)
    reader = CONTEXT + 'select app.deputy_of(t)::text from app.task t where t.id = %s'
    assert name(absent, stands).status == 200 and name(deputy, third).status == 200
    assert work(other) == [task] and region.sql(reader, (task,)) == [(third,)]
    assert name(other, away).status == 200 and region.sql(reader, (task,)) == [(away,)] and work(absent) == [], 'in a circle everybody keeps the own ones'
    assert other.post(f'/tasks/{task}/completions', {'outcome': 'kept'}).json['state'] == 'done'


def test_seen_practitioner_a_deputy_who_left_is_named_no_more(pair, as_role):
    """The profile went on to say that somebody saw to the tasks, and nobody did."""
    (_, absent), (stands, _) = pair
    admin = as_role('tenant_admin')
    assert name(absent, stands).status == 200
    assert admin.patch(f'/users/{stands}', {'active': False}, admin.get(f'/users/{stands}').headers['etag']).status == 200
    now = absent.get(PLACE)
    assert 'standInId' not in now.json and 'untilDay' not in now.json, now.text
