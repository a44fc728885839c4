# SPDX-License-Identifier: EUPL-1.2
"""Sheets and quotes: offered as one text, signed by users and with links, void when the text changes."""
import hashlib
import os
import subprocess
import threading

import pytest

ROUNDS = int(os.environ.get('ROUNDS', '4'))
WORDS = {'gets': 'U krijgt werk voor 24 uur per week.', 'does': 'U begint om acht uur.', 'costs': 'Het kost u niets.', 'fromDay': '2031-01-06', 'untilDay': '2031-07-05'}


@pytest.fixture(scope='module')
def nobody(region, contract):
    """Whoever has a link has no login."""
    from conftest import CheckedClient
    return CheckedClient(region, contract, None, None)


@pytest.fixture
def drafted(as_role, new_vacancy):
    """A placement sheet about a vacancy of its own: the employer and the municipality sign."""
    def make(**more):
        made = as_role('consultant').post('/agreements', {'kind': 'placement_sheet', 'noun': 'vacancy', 'subjectId': new_vacancy().json['id'], **WORDS, **more})
        assert made.status == 201, made.text
        return made.json
    return make


@pytest.fixture
def offered(as_role, drafted):
    def make(**more):
        moved = as_role('consultant').post(f'/agreements/{drafted(**more)["id"]}/moves', {'event': 'offer'})
        assert moved.status == 200, moved.text
        return moved.json
    return make


def signatory(agreement, party):
    return next(s for s in agreement['signatories'] if s['party'] == party)


def link(client, agreement, party):
    made = client.post(f'/signatories/{signatory(agreement, party)["id"]}/signing-links')
    assert made.status == 200, made.text
    return made.json['token']


def read(client, place):
    return client.get(f'/agreements/{place["id"]}').json


def test_a_sheet_is_offered_signed_and_running(as_role, nobody, offered, region):
    client = as_role('consultant')
    sheet = offered()
    assert sheet['state'] == 'offered' and hashlib.sha256(sheet['text'].encode()).hexdigest() == sheet['textHash']
    assert {s['party'] for s in sheet['signatories']} == {'employer', 'municipality'}
    for words in ('U krijgt werk voor 24 uur per week.', 'Vanaf: 6 januari 2031', 'Tot en met: 5 juli 2031'):
        assert words in sheet['text']
    token = link(client, sheet, 'employer')
    shown = nobody.post('/signing-readings', {'token': token})
    assert shown.status == 200 and shown.json['text'] == sheet['text'] and shown.json['hash'] == sheet['textHash']
    assert shown.json['partyName'] == signatory(sheet, 'employer')['partyName']
    proof = nobody.post('/signing-signatures', {'token': token, 'hash': shown.json['hash'], 'name': 'Els de Boer'})
    assert proof.status == 200 and proof.json['hash'] == sheet['textHash']
    assert nobody.post('/signing-signatures', {'token': token, 'hash': shown.json['hash'], 'name': 'Iemand anders'}).problem == 'link-used'
    assert nobody.post('/signing-readings', {'token': token}).problem == 'link-used'
    half = read(client, sheet)
    assert half['state'] == 'offered' and signatory(half, 'employer')['signedName'] == 'Els de Boer' and 'signedBy' not in signatory(half, 'employer')
    signed = client.post(f'/agreements/{sheet["id"]}/signatures', {'hash': sheet['textHash'], 'name': 'Samira de Wit'})
    assert signed.json['state'] == 'agreed' and signatory(signed.json, 'municipality')['signedBy']
    assert client.patch(f'/agreements/{sheet["id"]}', {'gets': 'Iets anders.'}, '*').problem == 'state'
    assert [client.post(f'/agreements/{sheet["id"]}/moves', {'event': event}).json['state'] for event in ('start', 'end')] == ['running', 'ended']
    assert region.sql('select count(*) from entry.signing_link where hash = %s', (token.encode(),))[0][0] == 0      # only hashes are there
    document = client.wait_for(f'/documents/{sheet["documentId"]}', lambda r: r.json['state'] != 'asked').json
    assert document['state'] == 'made' and document['template'] == 'placement_sheet' and document['pages'] == 1


def test_an_edit_makes_signatures_void_and_says_so(as_role, nobody, offered):
    client = as_role('consultant')
    sheet = offered()
    early, token = sheet['textHash'], link(client, sheet, 'employer')
    assert client.post(f'/agreements/{sheet["id"]}/signatures', {'hash': early, 'name': 'Samira de Wit'}).status == 200
    same = client.patch(f'/agreements/{sheet["id"]}', {'gets': WORDS['gets']}, '*')
    assert same.json['textHash'] == early and signatory(same.json, 'municipality')['signedAt']
    changed = client.patch(f'/agreements/{sheet["id"]}', {'gets': 'U krijgt werk voor 32 uur per week.'}, '*').json
    mine = signatory(changed, 'municipality')
    assert changed['state'] == 'offered' and changed['textHash'] != early and mine['voidedAt'] and 'signedAt' not in mine
    assert changed['documentId'] != sheet['documentId']
    assert nobody.post('/signing-signatures', {'token': token, 'hash': early, 'name': 'Els de Boer'}).problem == 'text-changed'
    assert client.post(f'/agreements/{sheet["id"]}/signatures', {'hash': early, 'name': 'Samira de Wit'}).problem == 'text-changed'
    again = nobody.post('/signing-readings', {'token': token}).json
    assert '32 uur' in again['text'] and nobody.post('/signing-signatures', {'token': token, 'hash': again['hash'], 'name': 'Els de Boer'}).status == 200
    assert client.post(f'/agreements/{sheet["id"]}/moves', {'event': 'withdraw'}).json['state'] == 'draft'
    assert signatory(read(client, sheet), 'employer')['voidedAt']


def test_the_text_that_was_signed_is_kept(as_role, offered, region):
    client, sheet = as_role('consultant'), offered()
    client.patch(f'/agreements/{sheet["id"]}', {'costs': 'De gemeente betaalt de reis.'}, '*')
    kept = region.sql("select encode(hash, 'hex'), text from app.offered_text where agreement_id = %s order by offered_at", (sheet['id'],))
    assert (sheet['textHash'], sheet['text']) in kept and len(kept) == 2
    assert all(hashlib.sha256(text.encode()).hexdigest() == known for known, text in kept)


def test_a_new_version_is_a_draft_that_says_what_it_revises(as_role, offered):
    client, sheet = as_role('consultant'), offered()
    revised = client.post(f'/agreements/{sheet["id"]}/revisions')
    assert revised.status == 201 and revised.json['state'] == 'draft' and revised.json['revisesId'] == sheet['id'] and revised.json['gets'] == sheet['gets']
    assert read(client, sheet)['state'] == 'offered'


def test_seen_builder_the_page_of_a_link_calls_a_quote_a_quote(as_role, nobody, world):
    consultant = as_role('consultant')
    quote = consultant.post('/agreements', {'kind': 'quote', 'noun': 'employer', 'subjectId': world['employer'], 'gets': 'Drie kandidaten', 'does': 'Een gesprek', 'costs': 'Niets',
                                            'fromDay': '2031-01-06', 'validUntil': '2031-02-03'}).json
    offered = consultant.post(f'/agreements/{quote["id"]}/moves', {'event': 'offer'}).json
    link = consultant.post(f'/signatories/{signatory(offered, "employer")["id"]}/signing-links').json
    page = nobody.post('/signing-readings', {'token': link['token']}).json
    assert page['title'] == 'Offerte' == page['text'].split('\n')[0]


def test_seen_builder_a_quote_is_offered_until_a_day(as_role, world):
    """A quote that said no last day for signing was a 500 when it was offered."""
    client = as_role('consultant')
    quote = client.post('/agreements', {'kind': 'quote', 'noun': 'employer', 'subjectId': world['employer'], 'gets': 'Drie kandidaten', 'does': 'Een gesprek', 'costs': 'Niets', 'fromDay': '2031-01-06'}).json
    place = f'/agreements/{quote["id"]}'
    refused = client.post(f'{place}/moves', {'event': 'offer'})
    assert refused.status == 400 and [(e['pointer'], e['code']) for e in refused.json['errors']] == [('/validUntil', 'required')]
    assert client.patch(place, {'validUntil': '2031-02-03'}, '*').status == 200
    assert client.post(f'{place}/moves', {'event': 'offer'}).json['state'] == 'offered'
    taken = client.patch(place, {'validUntil': None}, '*')
    assert taken.status == 400 and taken.json['errors'][0]['pointer'] == '/validUntil', taken.text


def test_seen_builder_days_of_an_agreement_in_order(as_role, drafted):
    """One of the two days alone, which the body cannot be held against."""
    client, made = as_role('consultant'), drafted()
    for change, pointer in (({'untilDay': '2031-01-05'}, '/untilDay'), ({'fromDay': '2031-07-06'}, '/fromDay')):
        refused = client.patch(f'/agreements/{made["id"]}', change, '*')
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] in ('/untilDay', pointer), refused.text


def test_seen_builder_a_quote_has_a_page_of_its_own(as_role, new_vacancy, tmp_path):
    """The page of a quote was headed "Afspraken over de plaatsing", and said neither for which vacancy it is nor until when somebody may sign."""
    consultant, vacancy = as_role('consultant'), new_vacancy().json
    quote = consultant.post('/agreements', {'kind': 'quote', 'noun': 'vacancy', 'subjectId': vacancy['id'], 'gets': 'Wij stellen drie kandidaten voor.', 'does': 'U spreekt met hen.',
                                            'costs': 'U betaalt niets.', 'fromDay': '2031-01-06', 'untilDay': '2031-07-05', 'validUntil': '2031-02-03'}).json
    offered = consultant.post(f'/agreements/{quote["id"]}/moves', {'event': 'offer'}).json
    assert 'Tekenen kan tot en met: 3 februari 2031' in offered['text'].split('\n')
    document = consultant.wait_for(f'/documents/{offered["documentId"]}', lambda r: r.json['state'] != 'asked').json
    assert (document['state'], document['template'], document['title'], document['pages']) == ('made', 'quote', 'Offerte', 1)
    (tmp_path / 'page.pdf').write_bytes(consultant.get(f'/documents/{document["id"]}/content').body)
    page = ' '.join(subprocess.run(['pdftotext', str(tmp_path / 'page.pdf'), '-'], capture_output=True, text=True, check=True).stdout.split())
    parties = ' '.join(f'• {s["partyName"]} ({name})' for s in offered['signatories'] for name in [{'employer': 'werkgever', 'municipality': 'gemeente'}[s['party']]])
    assert page.startswith('Offerte In deze offerte staat wat wij u aanbieden. De offerte is voor: ' + parties + f' Het gaat om de vacature {vacancy["title"]}. Ons aanbod begint op '
                           '6 januari 2031. De laatste dag is 5 juli 2031. U kunt tekenen tot en met 3 februari 2031. Daarna geldt deze offerte niet meer. Wat krijgt u? Wij stellen drie '
                           'kandidaten voor. Wat doet u? U spreekt met hen. Wat kost het? U betaalt niets. Tekenen Bent u het eens met deze offerte? Dan tekent u.'), page
    later = consultant.patch(f'/agreements/{quote["id"]}', {'validUntil': '2031-03-03'}, '*').json       # the text says it, so it is another text
    assert later['textHash'] != offered['textHash'] and later['documentId'] != offered['documentId']


def test_who_reads_and_who_signs(as_role, drafted, offered, nobody):
    draft, sheet = drafted(), offered()
    employer = as_role('employer')
    assert employer.get(f'/agreements/{draft["id"]}').status == 404 and employer.get(f'/agreements/{sheet["id"]}').status == 200
    assert as_role('consultant', 'gm9902').get(f'/agreements/{sheet["id"]}').status == 404
    assert as_role('candidate').get(f'/agreements/{sheet["id"]}').status == 404
    signed = employer.post(f'/agreements/{sheet["id"]}/signatures', {'hash': sheet['textHash'], 'name': 'Els de Boer'})
    assert signed.status == 200 and signatory(signed.json, 'employer')['signedAt']
    assert employer.post(f'/agreements/{sheet["id"]}/signatures', {'hash': sheet['textHash'], 'name': 'Els de Boer'}).problem == 'signed-already'
    assert employer.post(f'/agreements/{sheet["id"]}/moves', {'event': 'refuse'}).json['state'] == 'refused'
    assert nobody.post('/signing-readings', {'token': 'A' * 43}).status == 404
    assert nobody.post('/signing-signatures', {'token': 'A' * 43, 'hash': sheet['textHash'], 'name': 'Iemand'}).status == 404


def test_what_is_not_whole_is_not_offered(as_role, drafted):
    draft = drafted()
    client = as_role('consultant')
    client.patch(f'/agreements/{draft["id"]}', {'costs': None}, '*')
    refused = client.post(f'/agreements/{draft["id"]}/moves', {'event': 'offer'})
    assert refused.status == 400 and refused.json['errors'][0]['code'] == 'required'
    wrong = client.post('/agreements', {'kind': 'project_sheet', 'noun': 'vacancy', 'subjectId': draft['subjectId'], **WORDS})
    assert wrong.status == 400 and wrong.json['errors'][0]['pointer'] == '/noun'


def test_a_project_sheet_is_signed_by_who_takes_part(as_role, world):
    client = as_role('account_manager')
    project = client.post('/projects', {'kind': 'campaign', 'title': 'Samen aan de slag', 'startsOn': '2030-09-01'}).json['id']
    for kind, who in (('organisation', world['firm']), ('employer', world['employer'])):
        assert client.post(f'/projects/{project}/participations', {'participantKind': kind, 'participantId': who, 'capacity': 'partner'}).status == 201
    made = client.post('/agreements', {'kind': 'project_sheet', 'noun': 'project', 'subjectId': project, **WORDS})
    assert made.status == 201 and [s['party'] for s in made.json['signatories']] in (['employer', 'organisation', 'municipality'], ['organisation', 'employer', 'municipality'])
    sheet = client.post(f'/agreements/{made.json["id"]}/moves', {'event': 'offer'}).json
    assert sheet['text'].startswith('Afspraken over het project')
    for party in ('employer', 'organisation'):
        assert link(client, sheet, party)


def test_links_end_and_offers_lapse(as_role, nobody, offered, later):
    client, sheet = as_role('consultant'), offered(validUntil='2030-12-31')
    token = link(client, sheet, 'employer')
    second = link(client, sheet, 'employer')
    assert nobody.post('/signing-readings', {'token': token}).status == 404       # a new link ends the earlier one
    with later(15):
        assert nobody.post('/signing-readings', {'token': second}).status == 404
    assert nobody.post('/signing-readings', {'token': second}).status == 200


def test_a_link_is_read_so_often(as_role, nobody, offered, region):
    client, sheet = as_role('consultant'), offered()
    token = link(client, sheet, 'employer')
    region.sql("update entry.quota set most = 3 where what = 'signing'")
    try:
        answers = [nobody.post('/signing-readings', {'token': token}).status for _ in range(5)]
    finally:
        region.sql("update entry.quota set most = 60 where what = 'signing'")
    assert answers == [200, 200, 200, 429, 429]


def test_eight_clients_sign_with_one_link_and_one_wins(as_role, region, offered, nobody):
    from region import Client
    client = as_role('consultant')
    for _ in range(ROUNDS):
        sheet = offered()
        token, won = link(client, sheet, 'employer'), []
        clients = [Client(region, None) for _ in range(8)]
        ready = threading.Barrier(8)

        def sign(n):
            ready.wait()
            won.append((clients[n].post('/signing-signatures', {'token': token, 'hash': sheet['textHash'], 'name': f'Tekenaar {n}'}).status, n))
        threads = [threading.Thread(target=sign, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(status for status, _ in won) == [200] + [409] * 7, won
        winner = next(n for status, n in won if status == 200)
        assert signatory(read(client, sheet), 'employer')['signedName'] == f'Tekenaar {winner}'


def test_seen_attacker_what_is_about_an_agreement_stands_behind_its_wall(as_role, region):
    """A sheet about a person: whoever does not see the person reads no note and no task about the sheet."""
    client = as_role('consultant')
    proposal, person = region.sql("select id::text, candidate_id::text from app.proposal where tenant_id = 1 and state = 'sent' order by id limit 1")[0]
    sheet = client.post('/agreements', {'kind': 'placement_sheet', 'noun': 'proposal', 'subjectId': proposal, **WORDS}).json['id']
    note = client.post('/notes', {'noun': 'agreement', 'subjectId': sheet, 'text': 'Mevrouw heeft schulden.'})
    task = client.post('/tasks', {'kind': 'promise', 'noun': 'agreement', 'subjectId': sheet})
    assert note.json['candidateId'] == task.json['candidateId'] == person
    for role in ('hub', 'account_manager', 'tenant_admin', 'sector_coach'):
        assert as_role(role).get(f'/tasks/{task.json["id"]}').status == 404, role
    assert as_role('account_manager').get(f'/notes/{note.json["id"]}').status == 404


def test_seen_attacker_nobody_signs_for_the_municipality_who_may_not_offer(as_role, region):
    """A coach sees the sheet of a person of the own caseload."""
    client, coach = as_role('consultant'), as_role('coach')
    me = coach.get('/user-profile').json['id']
    proposal, = region.sql("select p.id::text from app.proposal p join app.access a on a.candidate_id = p.candidate_id and a.grantee_id = %s where p.state = 'sent' limit 1", (me,))[0]
    sheet = client.post('/agreements', {'kind': 'placement_sheet', 'noun': 'proposal', 'subjectId': proposal, **WORDS}).json
    sheet = client.post(f'/agreements/{sheet["id"]}/moves', {'event': 'offer'}).json
    assert coach.get(f'/agreements/{sheet["id"]}').status == 200
    assert coach.post(f'/agreements/{sheet["id"]}/signatures', {'hash': sheet['textHash'], 'name': 'Kim Peters'}).status == 403
    assert 'signedAt' not in signatory(read(client, sheet), 'municipality')


def test_seen_attacker_what_was_valid_until_yesterday_is_not_signed(as_role, nobody, offered, drafted, region):
    """Before the sweep of the night has come, too."""
    client, day = as_role('consultant'), region.sql('select (clock.today() + 1)::text, (clock.today() - 1)::text')[0]
    sheet = offered(validUntil=day[0])
    token = link(client, sheet, 'employer')
    region.sql("insert into clock.shift (shift) values ('2 days')")
    try:
        assert nobody.post('/signing-readings', {'token': token}).status == 404
        assert nobody.post('/signing-signatures', {'token': token, 'hash': sheet['textHash'], 'name': 'Els de Boer'}).problem == 'state'
        assert client.post(f'/agreements/{sheet["id"]}/signatures', {'hash': sheet['textHash'], 'name': 'Samira de Wit'}).problem == 'state'
        assert client.post(f'/signatories/{signatory(sheet, "employer")["id"]}/signing-links').problem == 'state'
    finally:
        region.sql('delete from clock.shift')
    late = client.post(f'/agreements/{drafted(validUntil=day[1])["id"]}/moves', {'event': 'offer'})
    assert (late.status, late.json['errors'][0]['pointer']) == (400, '/validUntil')


def test_seen_attacker_who_made_a_link_is_known(as_role, nobody, offered, region, world):
    """With a link somebody inside could sign for somebody else: the trail says who made one, and for which party."""
    sheet = offered()
    link(as_role('consultant'), sheet, 'employer')
    assert region.sql("select actor::text, columns from audit.entry where subject_id = %s and operation = 'makeSigningLink'", (sheet['id'],)) == [
        (world['consultant'], ['signing_link', 'employer', signatory(sheet, 'employer')['id']])]


def test_seen_attacker_a_page_that_is_offered_no_more_is_not_read(as_role, offered):
    client, employer, sheet = as_role('consultant'), as_role('employer'), offered()
    page = f'/documents/{sheet["documentId"]}'
    assert client.wait_for(page, lambda r: r.json['state'] != 'asked').json['state'] == 'made'
    assert employer.get(f'{page}/content', Accept='application/pdf').status == 200
    back = client.post(f'/agreements/{sheet["id"]}/moves', {'event': 'withdraw'})
    assert back.json['state'] == 'draft' and 'text' not in back.json and 'documentId' not in back.json
    assert employer.get(f'{page}/content', Accept='application/pdf').status == 404 and client.get(page).json['state'] == 'withdrawn'
    again = client.post(f'/agreements/{sheet["id"]}/moves', {'event': 'offer'}).json
    assert again['textHash'] == sheet['textHash'] and again['documentId'] != sheet['documentId']


def test_seen_attacker_a_project_with_many_parties_is_offered(as_role, region):
    """What they are called is part of the text; when there are more than a sheet has room for, that is told."""
    client = as_role('account_manager')
    project = client.post('/projects', {'kind': 'campaign', 'title': 'Iedereen doet mee', 'startsOn': '2030-09-01'}).json['id']
    for n in range(45):
        made = as_role('account_manager').post('/employers', {'name': f'{n:02} {"Ω" * 190}', 'sector': '1812', 'pc4': '5013'}).json['id']
        assert client.post(f'/projects/{project}/participations', {'participantKind': 'employer', 'participantId': made, 'capacity': 'partner'}).status == 201
    made = client.post('/agreements', {'kind': 'project_sheet', 'noun': 'project', 'subjectId': project, **WORDS})
    sheet = client.post(f'/agreements/{made.json["id"]}/moves', {'event': 'offer'})
    assert sheet.status == 200 and len(sheet.json['text']) > 8000 and len(sheet.json['signatories']) == 46
    region.sql("""set session_replication_role = replica;
        insert into region.participation (region_id, id, tenant_id, project_id, participant_kind, participant_id, participant_name, capacity, version, changed_at, changed_in)
        select p.region_id, gen_random_uuid(), 1, p.id, 'employer', e.id, e.name, 'partner', 1, now(), pg_current_xact_id() from region.project p, app.employer e where p.id = %s and e.tenant_id = 1
        and e.id not in (select participant_id from region.participation where project_id = p.id) limit 55""", (project,))
    full = client.post('/agreements', {'kind': 'project_sheet', 'noun': 'project', 'subjectId': project, **WORDS})
    assert (full.status, full.problem, full.json['limit']) == (409, 'list-full', 100)


def test_seen_builder_who_signs_again_after_a_time_out_gets_the_same_answer(as_role, nobody, offered):
    """The page of a link lost the answer, and all that it could show was that the link had been used."""
    client, sheet = as_role('consultant'), offered()
    token = link(client, sheet, 'employer')
    body = {'token': token, 'hash': sheet['textHash'], 'name': 'Els de Boer'}
    first, again = (nobody.post('/signing-signatures', body) for _ in range(2))
    assert (first.status, again.status) == (200, 200) and first.json == again.json
    assert nobody.post('/signing-signatures', {**body, 'name': 'Iemand anders'}).problem == 'link-used'
    assert nobody.post('/signing-signatures', {**body, 'hash': '0' * 64}).problem == 'link-used'
    client.patch(f'/agreements/{sheet["id"]}', {'costs': 'Honderd euro.'}, '*')
    assert nobody.post('/signing-signatures', body).problem == 'link-used'        # what was signed is void


def test_seen_builder_a_list_says_what_and_who_signs(as_role, offered):
    sheet = offered()
    for client in (as_role('consultant'), as_role('employer')):
        row = next(a for a in client.get('/agreements?state=offered&pageSize=100').json['items'] if a['id'] == sheet['id'])
        assert row['subjectLabel'] == read(client, sheet)['subjectLabel'] and [s['party'] for s in row['signatories']] == [s['party'] for s in sheet['signatories']]


def test_seen_builder_what_is_missing_of_an_offer_is_told_at_once(as_role, drafted):
    client, draft = as_role('consultant'), drafted()
    client.patch(f'/agreements/{draft["id"]}', {'gets': None, 'costs': None, 'fromDay': None}, '*')
    refused = client.post(f'/agreements/{draft["id"]}/moves', {'event': 'offer'})
    assert (refused.status, [(e['pointer'], e['code']) for e in refused.json['errors']]) == (400, [('/gets', 'required'), ('/costs', 'required'), ('/fromDay', 'required')])


def test_a_sheet_about_a_proposal_that_is_withdrawn_lapses_and_its_links_are_closed(as_role, nobody, proposed, region):
    """It stayed open: somebody signed an agreement about a proposal that was nothing any more."""
    client, (_, proposals) = as_role('consultant'), proposed()
    sheet, draft = [client.post('/agreements', {'kind': 'placement_sheet', 'noun': 'proposal', 'subjectId': proposals[0], **WORDS}).json for _ in range(2)]
    assert client.post(f'/agreements/{sheet["id"]}/moves', {'event': 'offer'}).status == 200
    sheet = read(client, sheet)
    token = link(client, sheet, 'employer')
    assert nobody.post('/signing-readings', {'token': token}).status == 200
    assert client.post(f'/proposals/{proposals[0]}/withdrawals').status == 200
    assert read(client, sheet)['state'] == 'lapsed'
    assert client.post(f'/agreements/{sheet["id"]}/signatures', {'hash': sheet['textHash'], 'name': 'Samira de Wit'}).problem == 'state'
    assert client.post(f'/signatories/{signatory(sheet, "employer")["id"]}/signing-links').problem == 'state'
    assert nobody.post('/signing-readings', {'token': token}).status == nobody.post('/signing-signatures', {'token': token, 'hash': sheet['textHash'], 'name': 'Els'}).status == 404
    assert client.post(f'/agreements/{draft["id"]}/moves', {'event': 'offer'}).problem == 'subject-ended'
    assert [e for e, in region.sql("select event from app.transition where subject_id = %s order by seq", (sheet['id'],))] == ['offer', 'lapse']


def test_what_is_offered_about_a_vacancy_that_is_withdrawn_lapses(as_role, offered):
    client, sheet = as_role('consultant'), offered()
    assert client.post(f'/vacancies/{sheet["subjectId"]}/endings', {'how': 'withdraw'}).status == 200
    assert read(client, sheet)['state'] == 'lapsed'


def test_links_of_what_was_refused_open_nothing(as_role, nobody, offered):
    client, sheet = as_role('consultant'), offered()
    token = link(client, sheet, 'employer')
    assert client.post(f'/agreements/{sheet["id"]}/moves', {'event': 'refuse'}).json['state'] == 'refused'
    assert nobody.post('/signing-readings', {'token': token}).status == 404
