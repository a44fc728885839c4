# SPDX-License-Identifier: EUPL-1.2
"""Documents: who reads which, and what of them."""
import hashlib
import json
import re
import subprocess
import unicodedata

import pytest

CARD = '01920000-0000-7000-8000-00000000dc01'
CANDIDATE = '01920000-0000-7000-8000-000000000c01'


@pytest.fixture
def ask(region):
    """Asks for a document as a function of another noun does; returns its id."""
    def make(template, noun, subject, **values):
        return str(region.sql("""select set_config('app.tenant', '1', true), set_config('app.role', 'system', true), set_config('app.scope', 'tenant', true);
            select app.document_request(%s, %s, %s::uuid, %s::jsonb)""", (template, noun, subject, json.dumps(values)))[0][0])
    return make


def test_a_document_is_read_with_its_pages(as_role):
    client = as_role('consultant')
    card = client.get(f'/documents/{CARD}')
    assert card.status == 200, card.text
    card = card.json
    assert (card['template'], card['state'], card['audience'], card['candidateId']) == ('card', 'made', 'mediation', CANDIDATE)
    assert CARD in [d['id'] for d in client.get(f'/documents?candidateId={CANDIDATE}&template=card&state=made').json['items']]
    assert client.get(f'/documents?subjectId={CANDIDATE}&state=failed').json['items'] == []
    pages = client.get(f'/documents/{CARD}/content', Accept='application/pdf')
    assert pages.headers['content-type'] == 'application/pdf' and pages.body.startswith(b'%PDF-') and len(pages.body) == card['size']
    assert client.get(f'/documents/{CARD}/content', Accept='application/json').status == 406


def test_others_do_not_read_it(as_role):
    for role, tenant in (('account_manager', 'gm9901'), ('employer', 'gm9901'), ('consultant', 'gm9902')):
        client = as_role(role, tenant)
        assert client.get(f'/documents/{CARD}').status == client.get(f'/documents/{CARD}/content').status == 404
        assert CARD not in [d['id'] for d in client.get('/documents').json['items']]
    assert as_role('candidate').get(f'/documents/{CARD}').status == 200


LETTER = {'municipality': 'Gemeente Maasdrecht', 'name': 'Şükrü Ångström-Łukasz', 'address': ['Dorpsstraat 1', '5012 AB Maasdrecht'], 'date': '29 november 2026',
          'reference': 'W-2026-17', 'rights': ['Wij helpen u bij het zoeken.', 'U hebt één vaste contactpersoon.'], 'duties': ['U zoekt werk.'],
          'contact': 'Bel ons: 14 013.', 'sender': 'Samira de Wit'}


def shown(pages, tmp_path, *options):
    (tmp_path / 'page.pdf').write_bytes(pages)
    return ' '.join(subprocess.run(['pdftotext', *options, str(tmp_path / 'page.pdf'), '-'], capture_output=True, text=True, check=True).stdout.split())


def test_a_worker_makes_what_was_asked_and_says_what_it_cannot(as_role, region, ask, tmp_path):
    """All in one start of LibreOffice: what one asks for in a moment is made together."""
    region.pause('make_document')
    long_street = 'Bijzonderlangestraatnaamlaan ' * 10 + 'tot driehonderd'
    asked = {
        'plain': ask('rules_letter', 'candidate', CANDIDATE, **LETTER),
        'search': ask('rules_letter', 'candidate', CANDIDATE, **LETTER, search_until='27 december 2026'),
        'right to left': ask('rules_letter', 'candidate', CANDIDATE, **{**LETTER, 'name': 'محمد عبد الله'}),
        'hebrew': ask('rules_letter', 'candidate', CANDIDATE, **{**LETTER, 'name': 'דוד לוי'}),
        'markup': ask('rules_letter', 'candidate', CANDIDATE, **{**LETTER, 'name': '</text:p>&{{sender}}<!--end-->"'}),
        'long street': ask('rules_letter', 'candidate', CANDIDATE, **{**LETTER, 'address': [long_street]}),
        'one long word': ask('rules_letter', 'candidate', CANDIDATE, **{**LETTER, 'address': ['x' * 300]}),
        'emoji': ask('rules_letter', 'candidate', CANDIDATE, **{**LETTER, 'name': 'Zon 🌞'}),
        'turned': ask('rules_letter', 'candidate', CANDIDATE, **{**LETTER, 'name': 'Jan \u202enerdraag'}),
        'absent': ask('rules_letter', 'candidate', CANDIDATE, **{k: v for k, v in LETTER.items() if k != 'name'}),
        'too long': ask('rules_letter', 'candidate', CANDIDATE, **{**LETTER, 'duties': ['U zoekt werk. ' * 20] * 60}),
    }
    region.resume('make_document')
    lead = as_role('team_lead')
    for document in asked.values():
        lead.wait_for(f'/documents/{document}', lambda r: r.json['state'] != 'asked')
    known = {name: lead.get(f'/documents/{document}').json for name, document in asked.items()}
    assert {name: one.get('fault') for name, one in known.items()} == {
        **dict.fromkeys(('plain', 'search', 'right to left', 'hebrew', 'markup', 'long street', 'one long word')), 'emoji': 'characters', 'turned': 'characters',
        'absent': 'values', 'too long': 'too_long'}
    texts = {}
    for name, one in known.items():
        if one['state'] == 'made':
            pages = lead.get(f'/documents/{one["id"]}/content').body
            assert hashlib.sha256(pages).hexdigest() == one['hash'] and one['pages'] == 1
            texts[name] = shown(pages, tmp_path)
    assert 'Beste Şükrü Ångström-Łukasz,' in texts['plain'] and 'Eerst zelf zoeken' not in texts['plain']
    assert 'tot en met 27 december 2026' in texts['search']
    assert 'محمد' in unicodedata.normalize('NFKC', texts['right to left']) and 'דוד' in texts['hebrew']
    assert 'Beste </text:p>&{{sender}}<!--end-->",' in texts['markup']
    assert texts['long street'].count('Bijzonderlangestraatnaamlaan') == 10
    assert texts['one long word'].count('x') - texts['plain'].count('x') == 300
    assert region.sql("select count(*) from app.document d where state = 'made' and parameters <> '{}' and not exists (select from app.message m where m.document_id = d.id)")[0][0] == 0
    assert as_role('consultant').get(f'/documents/{asked["plain"]}').status == 404        # a letter is for the file
    (tmp_path / 'plain.pdf').write_bytes(lead.get(f'/documents/{asked["plain"]}/content').body)
    info = subprocess.run(['pdfinfo', str(tmp_path / 'plain.pdf')], capture_output=True, text=True, check=True).stdout
    assert re.search(r'Title: +Uw uitkering: rechten en plichten\n', info) and re.search(r'Tagged: +yes\n', info) and 'Author' not in info and 'JavaScript:      no' in info


def test_the_letter_with_the_rules_and_the_card_are_made_of_the_file(as_role, region, tmp_path):
    """Not of what a test gives: what the product itself asks for has everything that its page needs."""
    lead, consultant = as_role('team_lead'), as_role('consultant')
    person = lead.post('/candidates', {'alias': 'Kandidaat Eik', 'firstName': 'Zoë', 'lastName': 'van der Müller', 'pc4': '5012', 'hoursMin': 16, 'hoursMax': 24, 'wishes': 'Buiten werken',
                                       'shifts': ['day', 'evening'], 'occupations': [{'occupationId': lead.get('/occupations?labelPrefix=warehouse').json['items'][0]['id'], 'wanted': True}]})
    assert person.status == 201, person.text
    person = person.json['id']
    intake = lead.post('/trajectories', {'candidateId': person, 'kind': 'intake', 'startsOn': '2026-11-02', 'searchUntil': '2031-03-01'}).json['id']
    letter = lead.post(f'/trajectories/{intake}/rules-letters', {'channel': 'in_person'}).json['rulesDocumentId']
    card = consultant.post(f'/candidates/{person}/card-documents')
    assert card.status == 201 and card.json['template'] == 'card', card.text
    for document in (letter, card.json['id']):
        made = lead.wait_for(f'/documents/{document}', lambda r: r.json['state'] != 'asked').json
        assert made['state'] == 'made', made
    words = shown(lead.get(f'/documents/{letter}/content').body, tmp_path)
    assert 'Beste Zoë van der Müller,' in words and 'tot en met 1 maart 2031' in words and 'U zoekt werk en u neemt passend werk aan.' in words
    words = shown(consultant.get(f'/documents/{card.json["id"]}/content').body, tmp_path)
    assert 'Kandidaat Eik' in words and '16 tot 24 uur' in words and 'overdag, in de avond' in words and 'Zoë' not in words and 'Müller' not in words
    assert as_role('employer').post(f'/candidates/{person}/card-documents').status == 403
    assert as_role('consultant', 'gm9902').post(f'/candidates/{person}/card-documents').status == 404
    assert lead.post(f'/candidates/{person}/consent-withdrawals', {'channel': 'conversation'}).status in (200, 201)
    assert consultant.get(f'/documents/{card.json["id"]}').json['state'] == 'withdrawn' and consultant.get(f'/documents/{card.json["id"]}/content').status == 404
    assert consultant.post(f'/candidates/{person}/card-documents').problem == 'consent-withdrawn'


def test_seen_builder_the_letter_that_is_handed_over_is_made(as_role, candidate, world, tmp_path):
    """The function that asks for it named the values otherwise than the template does; and what was withdrawn was never made anew."""
    lead, one = as_role('team_lead'), candidate.json['id']
    made = lead.post('/trajectories', {'candidateId': one, 'kind': 'intake', 'organisationId': world['firm'], 'searchUntil': '2031-03-01', 'registerBy': '2031-02-03'})
    assert made.status == 201, made.text
    handed = lead.post(f'/trajectories/{made.json["id"]}/rules-letters', {'channel': 'in_person'}).json
    letter = lead.wait_for(f'/documents/{handed["rulesDocumentId"]}', lambda r: r.json['state'] != 'asked').json
    assert (letter['state'], letter['pages']) == ('made', 1), letter
    text = shown(lead.get(f'/documents/{letter["id"]}/content').body, tmp_path)
    assert 'tot en met 1 maart 2031' in text and 'uiterlijk op 3 februari 2031' in text and '{{' not in text
    assert lead.post(f'/trajectories/{made.json["id"]}/rules-letters', {'channel': 'mail'}).json['rulesDocumentId'] == letter['id']
    assert lead.post(f'/documents/{letter["id"]}/withdrawals').status == 200
    assert lead.post(f'/trajectories/{made.json["id"]}/rules-letters', {'channel': 'mail'}).json['rulesDocumentId'] != letter['id']


def test_a_document_that_should_not_be_there_is_withdrawn_once(as_role, ask):
    lead = as_role('team_lead')
    document = ask('rules_letter', 'candidate', CANDIDATE, **LETTER)
    assert lead.wait_for(f'/documents/{document}', lambda r: r.json['state'] != 'asked').json['state'] == 'made'
    assert as_role('employer').post(f'/documents/{document}/withdrawals').status == 403
    gone = lead.post(f'/documents/{document}/withdrawals')
    assert gone.status == 200 and gone.json['state'] == 'withdrawn', gone.text
    assert lead.get(f'/documents/{document}/content').status == 404
    assert lead.post(f'/documents/{document}/withdrawals').problem == 'state'


def test_what_a_dead_worker_claimed_is_made_by_another(as_role, region, ask):
    """Seen when workers were killed: others waited so long for a claim that nobody had any more that their jobs were buried."""
    region.pause('make_document')
    document = ask('rules_letter', 'candidate', CANDIDATE, **LETTER)
    region.sql("select set_config('app.tenant', '1', true), set_config('app.role', 'system', true); update app.document set claimed_by = -1, claimed_until = clock.now() + interval '1 hour' where id = %s", (document,))
    region.resume('make_document')
    assert as_role('team_lead').wait_for(f'/documents/{document}', lambda r: r.json['state'] != 'asked').json['state'] == 'made'


def test_a_document_whose_job_was_buried_cannot_be_made(as_role, region, ask):
    """Nothing waits for ever: what waits for its pages hears that there are none."""
    region.pause('make_document')
    document = ask('rules_letter', 'candidate', CANDIDATE, **LETTER)
    assert region.sql("select queue.kill(j.id, 'exhausted', 'no-office') from queue.job j where j.payload ->> 'document' = %s", (document,))
    region.resume('make_document')
    known = as_role('team_lead').get(f'/documents/{document}').json
    assert (known['state'], known['fault']) == ('failed', 'not_made')
