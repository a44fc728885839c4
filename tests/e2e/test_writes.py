# SPDX-License-Identifier: EUPL-1.2
"""What every write does: keys, versions, and 304 when nothing changed."""


import pytest

GETS = ('/employers?pageSize=2', '/user-profile', '/vacancies?fields=id,title', '/regions', '/organisations')


def test_nothing_changed_gives_304(as_role, employer):
    client = as_role('consultant')
    etag = client.get(employer.headers['location']).headers['etag']
    assert client.get(employer.headers['location'], **{'If-None-Match': etag}).status == 304


def test_a_change_on_an_older_version_is_refused(as_role, employer):
    client, place, etag = as_role('account_manager'), employer.headers['location'], employer.headers['etag']
    assert client.patch(place, {'name': 'Eerste'}, etag).status == 200
    second = client.patch(place, {'name': 'Tweede'}, etag)
    assert second.status == 412 and second.problem == 'stale'
    assert client.get(place).json['name'] == 'Eerste'


def test_a_change_without_a_version_is_refused(as_role, employer):
    answer = as_role('account_manager').patch(employer.headers['location'], {'name': 'X'}, None)
    assert answer.status == 428 and answer.problem == 'match-required'


def test_a_retry_with_the_same_key_does_nothing_twice(as_role, region, new_employer):
    client, key = as_role('account_manager'), '01920000-0000-7000-8000-00000000abcd'
    first = client.post('/employers', {**new_employer, 'name': 'Een keer'}, key=key)
    again = client.post('/employers', {**new_employer, 'name': 'Een keer'}, key=key)
    assert first.status == again.status == 201 and again.headers['idempotency-replayed'] == 'true'
    assert first.json == again.json and first.headers['location'] == again.headers['location']
    assert region.sql("select count(*) from app.employer where name = 'Een keer'")[0][0] == 1


def test_a_key_belongs_to_one_request(as_role, new_employer):
    client, key = as_role('account_manager'), '01920000-0000-7000-8000-00000000abce'
    assert client.post('/employers', {**new_employer, 'name': 'Een'}, key=key).status == 201
    other = client.post('/employers', {**new_employer, 'name': 'Twee'}, key=key)
    assert other.status == 422 and other.problem == 'idempotency-key-reused'


def test_a8_what_if_match_takes(as_role, employer):
    """A list, any version, the version alone, and a tag that a proxy made weak; a tag of somebody else is stale, not malformed."""
    client, place = as_role('account_manager'), employer.headers['location']
    version = employer.json['version']
    for number, form in enumerate(('{tag}', '"0-x", {tag}', '"x" ,, W/{tag}', 'W/{tag}', '"{version}"', '*')):
        tag = client.get(place).headers['etag']
        assert tag.startswith(f'"{version + number}-')
        for wrong in ('"abc"', f'"{version + number + 1}"', '"7-x", "8-x"', f'"{version + number - 1}-x"', '""'):
            answer = client.patch(place, {'name': 'Nee'}, wrong)
            assert answer.status == 412 and answer.problem == 'stale', wrong
        changed = client.patch(place, {'name': f'Naam {number}'}, form.format(tag=tag, version=version + number))
        assert changed.status == 200 and changed.json['name'] == f'Naam {number}', form


def test_a8_what_if_none_match_takes(as_role, employer):
    client, place = as_role('consultant'), employer.headers['location']
    tag = client.get(place).headers['etag']
    for same in (tag, f'W/{tag}', f'"x", {tag}', f'"x",W/{tag} , "y"', '*'):
        answer = client.get(place, **{'If-None-Match': same})
        assert answer.status == 304 and answer.headers['etag'] == tag, same
    for other in ('"x"', f'"{employer.json["version"]}"', tag[:-2] + '"', '"x", "y"'):
        assert client.get(place, **{'If-None-Match': other}).status == 200, other


@pytest.mark.parametrize('path', GETS)
def test_a8_whatever_is_read_has_a_tag(as_role, path):
    """Lists and the profile had none, and the contract offered If-None-Match for them."""
    client = as_role('consultant')
    first = client.get(path)
    tag = {'If-None-Match': first.headers['etag']}
    assert first.status == 200 and client.get(path, **tag).status == 304
    if 'fields=' not in path:
        assert client.get(path + ('&' if '?' in path else '?') + 'fields=id', **tag).status == 200


def test_a8_what_else_is_shown_changes_the_tag(as_role, region, shortlisted):
    """The card of a draft changes with the candidate, the version of the proposal does not: 304 was wrong."""
    consultant = as_role('consultant')
    vacancy, listed = shortlisted(candidatesWanted=1)
    made = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [listed['items'][0]['candidateId']], 'draft': True})
    place = f'/proposals/{made.json["proposals"][0]["id"]}'
    before = consultant.get(place)
    candidate = f'/candidates/{before.json["candidateId"]}'
    tag = consultant.get(candidate).headers['etag']
    assert consultant.patch(candidate, {'introduction': 'Werkt graag buiten, en dat is nieuw.'}, tag).status == 200
    after = consultant.get(place, **{'If-None-Match': before.headers['etag']})
    assert after.status == 200 and after.json['version'] == before.json['version'] and after.json['card'] != before.json['card']


def test_a9_a_key_with_quotes_is_the_same_key(as_role, region, new_employer):
    """The draft of the IETF has a String in quotes; who sends it bare means the same."""
    client, key = as_role('account_manager'), 'aa-quoted-or-not'
    first = client.post('/employers', {**new_employer, 'name': 'Met quotes'}, key=f'"{key}"')
    again = client.post('/employers', {**new_employer, 'name': 'Met quotes'}, key=key)
    assert first.status == again.status == 201 and again.headers['idempotency-replayed'] == 'true' and first.json == again.json
