# SPDX-License-Identifier: EUPL-1.2
"""A login of an identity provider leads to one user of a municipality."""
import uuid


def test_a_login_leads_to_a_user(as_role, person, region):
    user, _ = person('consultant')
    admin, subject = as_role('tenant_admin'), f'n.pet.{uuid.uuid4().hex[:8]}'
    issuer = region.env.get('MAATWERK_ISSUER', 'https://issuer.maatwerk.example')
    who = as_role('', subject=subject)
    assert who.get('/user-profile').problem == 'not-admitted'
    made = admin.post('/logins', {'userId': user, 'issuer': issuer, 'subject': subject})
    assert made.status == 201, made.text
    assert who.get('/user-profile').json['id'] == user
    far = as_role('', 'gm9902', subject=subject)
    assert far.get('/user-profile').problem == 'not-admitted', 'one user of a municipality; in another one, another'
    again = admin.post('/logins', {'userId': user, 'issuer': issuer, 'subject': subject})
    assert (again.status, again.json['errors'][0]['pointer']) == (409, '/subject')
    assert [one['subject'] for one in admin.get(f'/logins?userId={user}').json['items']] == [subject]
    assert admin.delete(made.headers['location'], made.headers['etag']).status == 204
    assert who.get('/user-profile').problem == 'not-admitted', 'at once'


def test_the_same_person_is_known_by_the_login(as_role, person, region):
    """Whoever drafted something may not decide it, also not as the user of another municipality."""
    one, _ = person('team_lead')
    other, _ = person('team_lead', tenant='gm9902')
    third, _ = person('team_lead')

    def same(a, b):
        return region.sql("select entry.same_login(%s, %s)", (a, b))[0][0]
    assert same(one, one) and not same(one, other) and not same(one, None)
    for tenant, user in (('gm9901', one), ('gm9902', other)):
        made = as_role('tenant_admin', tenant).post('/logins', {'userId': user, 'issuer': 'https://both.example', 'subject': one})
        assert made.status == 201
    assert same(one, other) and same(other, one) and not same(one, third)
