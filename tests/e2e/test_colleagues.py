# SPDX-License-Identifier: EUPL-1.2
"""Names beside identifiers, and who is who."""
import pytest


def test_b3_colleagues_have_names_and_telephones(as_role, world):
    found = as_role('account_manager').get('/colleagues?pageSize=100&count=true').json
    one = next(c for c in found['items'] if c['id'] == world['consultant'])
    assert one['name'] and one['role'] == 'consultant' and one['phone'].startswith('+31')
    assert found['total'] > 40 and not {c['role'] for c in found['items']} & {'employer', 'firm', 'agency', 'partner', 'candidate'}


@pytest.mark.parametrize('role', ['employer', 'firm', 'agency', 'candidate', 'partner', 'analyst', 'course_leader'])
def test_b3_the_list_of_colleagues_is_for_colleagues(as_role, role):
    assert as_role(role).get('/colleagues').status == 403


def test_b3_colleagues_are_those_of_the_own_municipality(as_role, region):
    ours, theirs = ({c['id'] for c in as_role('coach', tenant).get('/colleagues?pageSize=100').json['items']} for tenant in ('gm9901', 'gm9902'))
    assert ours and theirs and not ours & theirs
    assert {row[0] for row in region.sql("select count(*) from app.colleague c join ref.tenant t using (tenant_id) where t.code = 'gm9901' "
                                         "and c.id = any (%s::uuid[])", (list(theirs),))} == {0}


def test_b3_colleagues_follow_their_accounts(as_role):
    admin = as_role('tenant_admin')
    made = admin.post('/users', {'name': 'Xandrä Qvist', 'email': 'xandra.qvist@maasdrecht.example', 'role': 'coach', 'phone': '013 555 0199'})
    assert made.status == 201 and made.json['phone'] == '+31135550199'
    listed = as_role('consultant').get('/colleagues?namePrefix=xandra').json['items']
    assert [(c['name'], c['role'], c['phone']) for c in listed] == [('Xandrä Qvist', 'coach', '+31135550199')]
    changed = admin.patch(made.headers['location'], {'name': 'Xandrä Anders'}, made.headers['etag'])
    assert [c['name'] for c in as_role('consultant').get('/colleagues?namePrefix=xandra%20anders&role=coach,consultant').json['items']] == ['Xandrä Anders']
    admin.patch(made.headers['location'], {'active': False}, changed.headers['etag'])
    assert as_role('consultant').get('/colleagues?namePrefix=xandra').json['items'] == []


def test_b3_names_stand_beside_identifiers(as_role, new_vacancy, candidate, world):
    names = {c['id']: c for role in ('account_manager', 'case_manager', 'coach', 'consultant')
             for c in as_role('consultant').get(f'/colleagues?pageSize=100&role={role}').json['items']}
    for place in ('/employers?pageSize=5', f'/employers/{world["employer"]}'):
        shown = as_role('employer').get(place).json
        employer = shown.get('items', [shown])[0]
        assert employer['accountManagerName'] == names[employer['accountManagerId']]['name']
        assert employer['accountManagerPhone'] == names[employer['accountManagerId']]['phone']
    coach = as_role('coach').get('/user-profile').json
    changed = as_role('case_manager').patch(candidate.headers['location'], {'coachId': coach['id']}, candidate.headers['etag']).json
    listed = next(c for c in as_role('coach').get('/candidates?pageSize=100').json['items'] if c['id'] == changed['id'])
    read = as_role('coach').get(f'{candidate.headers["location"]}?names=true').json
    for shown in (read, listed):
        assert shown['coachName'] == coach['name'] and shown['caseManagerName'] == names[shown['caseManagerId']]['name']
    vacancy = new_vacancy().json['id']
    given = as_role('consultant').post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).json
    assert given['screenedByName'] == names[world['consultant']]['name']
