# SPDX-License-Identifier: EUPL-1.2
"""Documents: who reads which, and what of them."""
import json

import pytest

CARD = '01920000-0000-7000-8000-00000000dc01'
CANDIDATE = '01920000-0000-7000-8000-000000000c01'


@pytest.fixture
def ask(region):
    """Asks for a document as a function of another noun does; returns its id."""
    def make(template, noun, subject, **values):
        return str(region.sql("""begin; select set_config('app.tenant', '1', true), set_config('app.role', 'system', true), set_config('app.scope', 'tenant', true);
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
