# SPDX-License-Identifier: EUPL-1.2
"""Organisations that work with a municipality."""
from concurrent.futures import ThreadPoolExecutor


def test_an_organisation_is_registered_changed_and_ended(as_role):
    admin = as_role('tenant_admin')
    made = admin.post('/organisations', {'kind': 'firm', 'name': 'Nieuwe Weg', 'kvkNumber': '99912345'})
    assert made.status == 201 and made.headers['location'] == made.json['_links']['self']['href']
    changed = admin.patch(made.headers['location'], {'active': False, 'kvkNumber': None}, made.headers['etag'])
    assert changed.status == 200 and changed.json['active'] is False and 'kvkNumber' not in changed.json
    assert changed.json['version'] == 2
    ids = [o['id'] for o in admin.get('/organisations?active=false&kind=firm&pageSize=100').json['items']]
    assert made.json['id'] in ids


def test_the_same_register_number_twice_is_refused(as_role):
    admin = as_role('tenant_admin')
    assert admin.post('/organisations', {'kind': 'firm', 'name': 'A', 'kvkNumber': '99955555'}).status == 201
    again = admin.post('/organisations', {'kind': 'agency', 'name': 'B', 'kvkNumber': '99955555'})
    assert again.status == 409 and again.problem == 'duplicate'


def made(client, kind, name, **more):
    answer = client.post('/organisations', {'kind': kind, 'name': name, **more})
    assert answer.status == 201, answer.text
    return answer


def test_every_kind_is_registered_and_found(as_role):
    admin = as_role('tenant_admin')
    kinds = admin.get('/openapi.json').json['components']['schemas']['OrganisationKind']['enum']
    assert {'unit', 'service_point', 'desk', 'department', 'school', 'association', 'park', 'platform', 'corporation', 'sector_body', 'fund',
            'council', 'employment_service', 'sheltered_work', 'centre'} < set(kinds)
    for kind in kinds:
        one = made(admin, kind, f'Soort {kind}').json['id']
        assert one in [o['id'] for o in admin.get(f'/organisations?kind={kind}&pageSize=100').json['items']]
    assert admin.post('/organisations', {'kind': 'tower', 'name': 'X'}).status == 400


def test_a_desk_is_a_part_of_a_department_since_a_day(as_role):
    admin = as_role('tenant_admin')
    department = made(admin, 'department', 'Afdeling Werk', startDate='2026-02-01')
    desk = made(admin, 'desk', 'Loket', parentId=department.json['id'])
    assert department.json['startDate'] == '2026-02-01' and desk.json['parentId'] == department.json['id']
    assert [o['id'] for o in admin.get(f'/organisations?parentId={department.json["id"]}').json['items']] == [desk.json['id']]
    alone = admin.patch(desk.headers['location'], {'parentId': None}, desk.headers['etag'])
    assert alone.status == 200 and 'parentId' not in alone.json
    assert admin.post('/organisations', {'kind': 'desk', 'name': 'L', 'parentId': '01920000-0000-7000-8000-00000000dead'}).json['errors'][0]['code'] == 'reference'


def test_no_organisation_is_a_part_of_itself(as_role):
    admin = as_role('tenant_admin')
    first = made(admin, 'department', 'Kring 1')
    second = made(admin, 'department', 'Kring 2', parentId=first.json['id'])
    third = made(admin, 'desk', 'Kring 3', parentId=second.json['id'])
    for child in (first, second, third):
        refused = admin.patch(first.headers['location'], {'parentId': child.json['id']}, admin.get(first.headers['location']).headers['etag'])
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/parentId', child.json['name']
    assert 'parentId' not in admin.get(first.headers['location']).json


def test_a_chain_has_six_links_at_most(as_role):
    admin = as_role('tenant_admin')
    chain = [made(admin, 'department', 'Keten 1')]
    for number in range(2, 7):
        chain.append(made(admin, 'department', f'Keten {number}', parentId=chain[-1].json['id']))
    assert admin.post('/organisations', {'kind': 'desk', 'name': 'Keten 7', 'parentId': chain[-1].json['id']}).status == 400
    above = made(admin, 'department', 'Keten 0')
    refused = admin.patch(chain[0].headers['location'], {'parentId': above.json['id']}, chain[0].headers['etag'])
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/parentId'


def test_two_who_make_each_other_a_part_at_the_same_moment(as_role):
    """One of the two is refused, whoever is first: never a circle."""
    admin = as_role('tenant_admin')
    for number in range(5):
        pair = [made(admin, 'department', f'Paar {number} {side}') for side in 'ab']
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda two: admin.patch(two[0].headers['location'], {'parentId': two[1].json['id']}, two[0].headers['etag']),
                                    [pair, pair[::-1]]))
        assert sorted(answer.status for answer in answers) == [200, 400]


def test_a_role_works_for_the_kinds_that_fit(as_role):
    admin = as_role('tenant_admin')
    one = {kind: made(admin, kind, f'Voor {kind}').json['id'] for kind in
           ('desk', 'sheltered_work', 'school', 'association', 'employment_service', 'agency')}
    fits = {('consultant', 'desk'), ('consultant', 'employment_service'), ('case_manager', 'desk'), ('firm', 'sheltered_work'),
            ('coach', 'sheltered_work'), ('course_leader', 'school'), ('partner', 'association'), ('partner', 'school'), ('agency', 'agency'),
            ('coach', 'desk'), ('coach', 'employment_service')}
    for role in ('consultant', 'case_manager', 'firm', 'coach', 'course_leader', 'partner', 'agency'):
        for kind, organisation in one.items():
            answer = admin.post('/users', {'name': 'Iemand', 'email': f'{role}.{kind}@soort.example', 'role': role, 'organisationId': organisation})
            assert answer.status == (201 if (role, kind) in fits else 400), (role, kind, answer.text)
