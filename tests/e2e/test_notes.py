# SPDX-License-Identifier: EUPL-1.2
"""Notes: written about something, read by those who may see it, and corrected by the author."""
import pytest

NOBODY = '01920000-0000-7000-8000-0000000000ff'


@pytest.fixture
def person(as_role):
    """A candidate in the caseload of the case manager and the coach, whom a firm guides."""
    return as_role('case_manager').get('/candidates').json['items'][0]['id']


def write(client, noun, about, text='Belt liever in de middag.', **more):
    return client.post('/notes', {'noun': noun, 'subjectId': about, 'text': text, **more})


def reads(client, about):
    return [item['text'] for item in client.get(f'/notes?subjectId={about}').json['items']]


def test_a_note_is_read_by_those_who_see_what_it_is_about(as_role, world):
    note = write(as_role('account_manager'), 'employer', world['employer'], 'Zoekt een tweede ploeg.')
    assert note.status == 201
    shown = as_role('consultant').get(f'/notes/{note.json["id"]}').json
    assert shown['text'] == 'Zoekt een tweede ploeg.' and shown['subjectLabel'] and shown['authorName'] and shown['employerId'] == world['employer']
    assert 'Zoekt een tweede ploeg.' in reads(as_role('team_lead'), world['employer'])
    assert as_role('employer').get(f'/notes?subjectId={world["employer"]}').status == 403
    assert as_role('consultant', 'gm9902').get(f'/notes/{note.json["id"]}').status == 404
    found = as_role('consultant').get(f'/notes?employerId={world["employer"]}').json['items']
    assert note.json['id'] in [item['id'] for item in found]


def test_what_is_for_the_file_is_for_the_case_manager(as_role, person):
    case_manager, consultant = as_role('case_manager'), as_role('consultant')
    for purpose, text in (('file', 'Alleen voor het dossier.'), ('mediation', 'Voor de bemiddeling.')):
        assert write(case_manager, 'candidate', person, text, purpose=purpose).status == 201
    assert {'Alleen voor het dossier.', 'Voor de bemiddeling.'} <= set(reads(as_role('team_lead'), person))
    assert 'Voor de bemiddeling.' in reads(consultant, person) and 'Alleen voor het dossier.' not in reads(consultant, person)
    assert reads(as_role('account_manager'), person) == []


def test_nobody_writes_about_what_he_does_not_see(as_role, person, world):
    assert write(as_role('account_manager'), 'candidate', person).status == 400
    assert write(as_role('consultant', 'gm9902'), 'candidate', person).status == 400
    assert write(as_role('consultant'), 'candidate', NOBODY).status == 400
    assert write(as_role('consultant'), 'vacancy', world['employer']).status == 400         # it is an employer, and no vacancy
    assert write(as_role('consultant'), 'nothing', person).json['errors'][0]['pointer'] == '/noun'
    assert write(as_role('consultant'), 'candidate', person, '   ').status == 400


def test_the_author_corrects_and_a_team_lead_removes(as_role, world):
    account_manager, consultant, lead = as_role('account_manager'), as_role('consultant'), as_role('team_lead')
    made = write(account_manager, 'employer', world['employer'], 'Belt om 9 uur.')
    place, etag = f'/notes/{made.json["id"]}', account_manager.get(f'/notes/{made.json["id"]}').headers['etag']
    assert consultant.patch(place, {'text': 'Iets anders.'}, '*').status == 403
    assert consultant.call('DELETE', place, None, {'If-Match': '*'}).status == 403
    changed = account_manager.patch(place, {'text': 'Belt om 10 uur.'}, etag)
    assert changed.status == 200 and changed.json['text'] == 'Belt om 10 uur.' and changed.json['version'] == 2
    assert account_manager.patch(place, {'text': 'Te laat.'}, etag).status == 412
    assert lead.call('DELETE', place, None, {'If-Match': '*'}).status == 204
    assert account_manager.get(place).status == 404


def test_the_words_of_a_note_are_in_no_trail(as_role, region, person):
    text = 'Woorden die nergens anders staan.'
    note = write(as_role('case_manager'), 'candidate', person, text).json['id']
    assert region.sql('select count(*) from audit.entry where subject_id = %s', (note,))[0][0] == 1
    assert region.sql("select count(*) from audit.entry e where e::text like %s", (f'%{text[:12]}%',)) == [(0,)]
    assert region.sql("select count(*) from app.event e where e::text like %s", (f'%{text[:12]}%',)) == [(0,)]


def test_who_read_a_note_about_a_person_is_in_the_log(as_role, region, person):
    note = write(as_role('case_manager'), 'candidate', person).json['id']
    before, = region.sql("select count(*) from audit.look where candidate_id = %s and operation = 'getNote'", (person,))[0]
    assert as_role('consultant').get(f'/notes/{note}').status == 200
    after, = region.sql("select count(*) from audit.look where candidate_id = %s and operation = 'getNote'", (person,))[0]
    assert after == before + 1


def test_a_worker_writes_what_happened(region, person):
    region.sql("select set_config('app.tenant', '1', false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false); "
               "select app.note_put('candidate', %s, 'De e-mail kwam niet aan.')", (person,))
    assert region.sql("select author_id, purpose from app.note where candidate_id = %s and text = 'De e-mail kwam niet aan.'", (person,)) == [(None, 'file')]


def test_seen_attacker_what_is_about_a_note_stands_behind_its_wall(as_role, person):
    """A task or a note about a note of a file: the words stay in the note, and who does not see the person sees nothing."""
    note = write(as_role('team_lead'), 'candidate', person, 'Woorden uit een dossier.', purpose='file').json['id']
    task = as_role('team_lead').post('/tasks', {'kind': 'promise', 'noun': 'note', 'subjectId': note})
    assert task.status == 201 and task.json['candidateId'] == person and 'Woorden' not in task.text, task.text
    second = write(as_role('team_lead'), 'note', note, 'Over de notitie.').json['id']
    for role in ('hub', 'account_manager', 'tenant_admin', 'sector_coach', 'consultant'):
        client, may = as_role(role), role == 'consultant'
        assert client.get(f'/tasks/{task.json["id"]}').status == (200 if may else 404), role
        assert 'Woorden' not in client.get(f'/tasks?subjectId={note}').text + client.get('/work-list?whose=team').text
    assert as_role('account_manager').get(f'/notes/{second}').status == 404
    assert as_role('consultant').get(f'/notes/{second}').json['candidateId'] == person
    about = write(as_role('account_manager'), 'employer', as_role('employer').get('/user-profile').json['organisationId'], 'Zoekt een ploeg.').json['id']
    named = as_role('account_manager').post('/tasks', {'kind': 'promise', 'noun': 'note', 'subjectId': about})
    assert named.json['subjectLabel'] == 'Zoekt een ploeg.'
