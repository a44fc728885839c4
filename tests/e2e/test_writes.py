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


def test_b9_a_refused_change_shows_the_tag_of_what_is_there(as_role, employer):
    """The very tag that a GET would show, so that the client need not read to try again."""
    client, place = as_role('account_manager'), employer.headers['location']
    assert client.patch(place, {'sector': '4639'}, employer.headers['etag']).status == 200
    stale = client.patch(place, {'sector': '1071'}, employer.headers['etag'])
    assert stale.status == 412 and stale.headers['etag'] == client.get(place).headers['etag'] != employer.headers['etag']
    assert client.patch(place, {'sector': '1071'}, stale.headers['etag']).status == 200
    contact = client.post(f'{place}/contacts', {'name': 'Iemand'})
    gone = client.delete(contact.headers['location'], '"7"')
    assert gone.status == 412 and gone.headers['etag'].startswith('"1') and client.delete(contact.headers['location'], gone.headers['etag']).status == 204


def test_b9_the_version_of_an_item_is_its_tag(as_role, employer):
    client = as_role('account_manager')
    item = next(e for e in client.get('/employers?namePrefix=Drukkerij&pageSize=100').json['items'] if e['id'] == employer.json['id'])
    assert client.patch(f'/employers/{item["id"]}', {'riskCover': False}, f'"{item["version"]}"').status == 200
    assert client.patch(f'/employers/{item["id"]}', {'riskCover': True}, f'"{item["version"]}"').status == 412


def test_b9_one_competence_or_condition_of_a_candidate(as_role, candidate, world):
    client, place = as_role('case_manager'), candidate.headers['location']
    known, other = candidate.json['competences'][0]['competenceId'], world['competences'][1]
    more = client.put(f'{place}/competences/{other}', {'level': 3, 'evidence': 'cursus'}, candidate.headers['etag'])
    assert more.status == 200 and {c['competenceId']: c['level'] for c in more.json['competences']} == {known: 2, other: 3}
    assert client.put(f'{place}/competences/{other}', {}, candidate.headers['etag']).status == 412
    changed = client.put(f'{place}/competences/{other}', {'level': 1}, more.headers['etag'])
    assert [{name: value for name, value in c.items() if name != 'label'} for c in changed.json['competences'] if c['competenceId'] == other] == [
        {'competenceId': other, 'level': 1}]
    fewer = client.delete(f'{place}/competences/{known}', changed.headers['etag'])
    assert fewer.status == 200 and [c['competenceId'] for c in fewer.json['competences']] == [other]
    met = client.put(f'{place}/conditions/driving_licence_b', {'met': False}, fewer.headers['etag'])
    assert {c['condition']: c['met'] for c in met.json['conditions']} == {'dutch_a2': True, 'driving_licence_b': False}
    unknown = client.delete(f'{place}/conditions/dutch_a2', met.headers['etag'])
    assert [c['condition'] for c in unknown.json['conditions']] == ['driving_licence_b']
    again = client.delete(f'{place}/conditions/dutch_a2', unknown.headers['etag'])
    assert again.status == 200 and again.headers['etag'] == unknown.headers['etag']
    wrong = client.put(f'{place}/competences/01920000-0000-7000-8000-00000000dead', {}, again.headers['etag'])
    assert wrong.status == 404
    assert client.put(f'{place}/conditions/heights', {}, again.headers['etag']).json['errors'][0]['pointer'] == '/met'
    assert as_role('coach').put(f'{place}/competences/{other}', {}, '*').status == 403


def test_b9_one_competence_or_condition_of_a_vacancy(as_role, new_vacancy, world):
    employer, made = as_role('employer'), new_vacancy()
    place, (first, second) = made.headers['location'], world['competences'][:2]
    changed = employer.put(f'{place}/competences/{second}', {'need': 'nice'}, made.headers['etag'])
    assert {c['competenceId']: c['need'] for c in changed.json['competences']} == {first: 'must', second: 'nice'}
    asked = employer.put(f'{place}/conditions/dutch_a2', {'hard': True}, changed.headers['etag'])
    assert asked.json['conditions'] == [{'condition': 'dutch_a2', 'hard': True}]
    fewer = employer.delete(f'{place}/competences/{first}', asked.headers['etag'])
    assert [c['competenceId'] for c in fewer.json['competences']] == [second]
    none = employer.delete(f'{place}/conditions/dutch_a2', fewer.headers['etag'])
    assert none.status == 200 and 'conditions' not in none.json
    assert as_role('consultant').get(place).json['matchVersion'] > 1
    assert as_role('firm').put(f'{place}/competences/{first}', {'need': 'must'}, '*').status == 403
    assert as_role('employer', 'gm9902').put(f'{place}/competences/{first}', {'need': 'must'}, '*').status == 404


def test_b9_a_list_of_parts_has_an_end(as_role, new_vacancy, region):
    ids = [str(row[0]) for row in region.sql("select id from ref.competence where status = 'released' order by id limit 41")]
    made = new_vacancy(competences=[{'competenceId': c, 'need': 'nice'} for c in ids[:40]])
    refused = as_role('employer').put(f'{made.headers["location"]}/competences/{ids[40]}', {'need': 'nice'}, made.headers['etag'])
    assert refused.problem == 'list-full' and refused.json['limit'] == 40
    assert as_role('employer').put(f'{made.headers["location"]}/competences/{ids[0]}', {'need': 'must'}, made.headers['etag']).status == 200
