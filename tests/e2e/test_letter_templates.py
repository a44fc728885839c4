# SPDX-License-Identifier: EUPL-1.2
"""Letters as a municipality writes them: read, refused with the reason, shown as a page, and used; one that is bad stops nobody else's letters."""
import base64
import io
import json
import re
import subprocess
import zipfile

import pytest
from test_notifications import CONTEXT  # noqa: F401

from region import ROOT, until

OURS = (ROOT / 'workers/documents/templates/notice.fodt').read_text()
ROOT_TAG = re.search(r'<office:document (.*?) office:mimetype', OURS, re.S).group(1)
TEXT = '<text:p>{{name}}</text:p><text:p>{{address}}</text:p><text:p>Onze eigen brief van {{municipality}}, {{day}}. <text:a xlink:href="https://www.maasdrecht.example/">Meer</text:a></text:p>'


def odt(text=TEXT, files=(), scripts='', drop=()):
    """An OpenDocument text with this body, as LibreOffice would write it."""
    space = ROOT_TAG + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
    styles = re.search(r'<office:font-face-decls>.*</office:master-styles>', OURS, re.S).group(0)
    parts = {'mimetype': 'application/vnd.oasis.opendocument.text',
             'content.xml': f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {space}>{scripts}<office:automatic-styles/><office:body><office:text>{text}</office:text></office:body></office:document-content>',
             'styles.xml': f'<?xml version="1.0" encoding="UTF-8"?><office:document-styles {space}>{styles}</office:document-styles>',
             'META-INF/manifest.xml': '<x/>', **dict(files)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            if name not in drop:
                archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def sent(as_role):
    """sent(file): the version, once a worker has read it."""
    def make(file, template='notice', role='team_lead'):
        client = as_role(role)
        made = client.post('/letter-templates', {'template': template, 'content': base64.b64encode(file).decode()})
        assert made.status == 201 and made.json['state'] == 'uploaded', made.text
        return client.wait_for(made.headers['location'], lambda r: r.json['state'] != 'uploaded').json
    return make


def test_a_letter_is_sent_in_looked_at_and_used(region, as_role, sent, candidate):
    lead = as_role('team_lead')
    first = sent(odt())
    assert first['state'] == 'ready' and first['number'] >= 1, first
    page = lead.get(f'/documents/{first["previewId"]}/content')
    words = subprocess.run(['pdftotext', '-layout', '-', '-'], input=page.body, capture_output=True, check=True).stdout.decode()
    assert 'Onze eigen brief van Gemeente Maasdrecht' in words and 'Roos Voorbeeld' in words
    assert lead.post(f'/letter-templates/{first["id"]}/uses').json['state'] == 'in_use'
    assert lead.post(f'/letter-templates/{first["id"]}/uses').problem == 'state'
    made = region.sql(f"{CONTEXT} select app.document_request('notice', 'candidate', %s, app.letter_values(c))::text from app.candidate c where c.id = %s", (candidate.json['id'],) * 2)[0][0]
    until(lambda: lead.get(f'/documents/{made}').json['state'] != 'asked')
    assert region.sql('select letter_template_id::text from app.document where id = %s', (made,)) == [(first['id'],)]
    second = sent(odt(TEXT.replace('eigen', 'nieuwe')))
    assert second['number'] > first['number']
    assert lead.post(f'/letter-templates/{second["id"]}/uses').status == 200 and lead.get(f'/letter-templates/{first["id"]}').json['state'] == 'ready'
    assert {item['id'] for item in lead.get('/letter-templates?template=notice').json['items']} >= {first['id'], second['id']}
    region.sql("set session_replication_role = replica; update app.letter_template set state = 'ready' where state = 'in_use'")


def picture(attribute):
    return odt(f'{TEXT}<text:p><draw:frame><draw:image {attribute}/></draw:frame></text:p>')


def drawn(name, data):
    return odt(f'{TEXT}<text:p><draw:frame><draw:image xlink:href="Pictures/{name}"/></draw:frame></text:p>', files={f'Pictures/{name}': data})


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"><image x:href="file:///etc/x.png"/></svg>'
UTF16 = odt(files={'content.xml': '<office:text><!-- x -->'.encode() + '<office:text>{{name}}{{address}}'.encode('utf-16')})
# what a reader takes for the same, and a search for words does not find: a file of the machine was drawn on the page
BAD = {
    'spaces around =': (picture('xlink:href = "file:///etc/x.png"'), 'not_odt'), 'a line before =': (picture('xlink:href\n="file:///etc/x.png"'), 'not_odt'),
    'single quotes': (picture("xlink:href='file:///etc/x.png'"), 'not_odt'), 'another prefix': (picture('l:href="file:///etc/x.png"'), 'links'), 'no prefix': (picture('href="file:///etc/x.png"'), 'links'),
    'a reference to a character': (picture('xlink:href="&#102;ile:///etc/x.png"'), 'links'), 'above the folder': (picture('xlink:href="Pictures/../../x.png"'), 'links'),
    'a section under another prefix': (odt(TEXT + '<t:section-source l:href="x"/>'), 'links'), 'a frame under another prefix': (odt(TEXT + '<d:floating-frame l:href="x"/>'), 'objects'),
    'a listener under another prefix': (odt(scripts='<o:scripts><s:event-listener s:language="ooo:script"/></o:scripts>'), 'macros'), 'data of forms': (odt(TEXT + '<xforms:model/>'), 'objects'),
    'a drawing that names a file': (drawn('a.svg', SVG), 'objects'), 'a drawing that is called PNG': (drawn('a.png', SVG), 'objects'), 'a picture in the text': (odt(TEXT + '<office:binary-data>eA==</office:binary-data>'), 'objects'),
    'another character set': (UTF16, 'not_odt'), 'another encoding': (odt(files={'content.xml': '<?xml version="1.0" encoding="utf-7"?><office:text>'}), 'not_odt'),
    'a comment': (odt(TEXT + '<!-- -->'), 'not_odt'), 'raw text': (odt(TEXT + '<![CDATA[x]]>'), 'not_odt'), 'an instruction': (odt(TEXT + '<?x y?>'), 'not_odt'),
    'no zip': (b'PK nothing', 'not_odt'), 'no text': (odt(drop=('content.xml',)), 'not_odt'), 'a document type': (odt('<!DOCTYPE x>'), 'not_odt'),
    'macros': (odt(files={'Basic/Standard/Module1.xml': '<x/>'}), 'macros'), 'scripts': (odt(files={'Scripts/python/x.py': 'x'}), 'macros'),
    'a listener': (odt(scripts='<office:scripts><script:event-listener script:language="ooo:script"/></office:scripts>'), 'macros'),
    'an object': (odt('<draw:object xlink:href="./Object 1"/>'), 'objects'), 'an object file': (odt(files={'Object 1/content.xml': '<x/>'}), 'objects'),
    'a picture elsewhere': (odt('<draw:image xlink:href="https://elders.example/x.png"/>'), 'links'), 'a file': (odt('<draw:image xlink:href="file:///etc/passwd"/>'), 'links'),
    'a section elsewhere': (odt('<text:section-source xlink:href="http://elders.example/"/>'), 'links'),
    'a script link': (odt('<text:a xlink:href="vnd.sun.star.script:x">x</text:a>'), 'links'),
    'an unknown mark': (odt(TEXT + '<text:p>{{onbekend}}</text:p>'), 'values'), 'a bomb': (odt('<text:p>' + 'x' * 8_000_000 + '</text:p>'), 'too_large'),
    'a paragraph without an end': (odt('<text:p>' + 'a b ' * 200_000 + '</text:p>'), 'too_large'),
    'too long': (odt(TEXT + '<text:p>x</text:p>' * 400), 'too_long'), 'nobody it is for': (odt('<text:p>Beste lezer</text:p>'), 'marks'),
    'a mark of other letters': (odt(TEXT + '<text:p>{{remedies}}</text:p>'), 'values'),
}


@pytest.mark.parametrize('bad', BAD)
def test_what_cannot_be_used_says_why(as_role, sent, bad):
    file, fault = BAD[bad]
    seen = sent(file)
    assert (seen['state'], seen.get('fault')) == ('refused', fault)
    assert as_role('team_lead').post(f'/letter-templates/{seen["id"]}/uses').problem == 'state'


def test_a_poisoned_letter_in_use_stops_the_letters_of_its_kind_and_municipality_only(region, sent):
    """A letter in use was checked before, so this one is broken afterwards. At the same moment other letters are asked for: another kind, and another municipality."""
    seen = sent(odt())
    region.sql("set session_replication_role = replica; update app.letter_template set state = 'in_use', content = convert_to('PK' || repeat('x', 500), 'UTF8') where id = %s", (seen['id'],))
    region.pause('make_document')
    asked = {}
    for tenant, template in ((1, 'notice'), (1, 'appointment'), (2, 'notice'), (1, 'notice'), (2, 'appointment')):
        made = region.sql(f"{CONTEXT} select set_config('app.tenant', %s, false); select app.document_request(%s, 'candidate', c.id, app.letter_values(c) || %s::jsonb)::text "
                          "from app.candidate c where c.tenant_id = %s and c.merged_into is null and c.died_on is null order by c.id limit 1",
                          (str(tenant), template, json.dumps({'when': '01-02-2027 10:00', 'where': 'Stadhuis'}), tenant))[0][0]
        asked.setdefault((tenant, template), []).append(made)
    region.resume('make_document')
    flat = [one for some in asked.values() for one in some]
    until(lambda: not region.sql("select 1 from app.document where id = any (%s::uuid[]) and state = 'asked'", (flat,)), 120)
    came = {key: region.sql('select distinct state, fault from app.document where id = any (%s::uuid[])', (some,)) for key, some in asked.items()}
    assert came == {(1, 'notice'): [('failed', 'not_odt')], (1, 'appointment'): [('made', None)], (2, 'notice'): [('made', None)], (2, 'appointment'): [('made', None)]}
    region.sql("set session_replication_role = replica; update app.letter_template set state = 'refused' where id = %s", (seen['id'],))


def test_a_picture_of_20_mb_never_gets_in(as_role):
    answer = as_role('team_lead').post('/letter-templates', {'template': 'notice', 'content': 'A' * 66_000})
    assert answer.status == 413


def test_another_municipality_sees_and_uses_none_of_it(as_role, sent):
    seen = sent(odt())
    other = as_role('team_lead', 'gm9902')
    assert other.get(f'/letter-templates/{seen["id"]}').status == 404 and other.post(f'/letter-templates/{seen["id"]}/uses').status == 404


def test_seen_builder_whoever_sends_a_letter_in_sees_its_page(as_role, sent):
    admin, seen = as_role('tenant_admin'), sent(odt(), role='tenant_admin')
    assert admin.get(f'/documents/{seen["previewId"]}').json['state'] == 'made' and admin.get(f'/documents/{seen["previewId"]}/content').status == 200
    for document in as_role('team_lead').get('/documents?pageSize=100').json['items']:
        assert document['noun'] == 'letter_template' or admin.get(f'/documents/{document["id"]}').status == 404, document


LETTER = TEXT + '<text:p>{{paragraphs}}</text:p><text:p>{{reasons}}</text:p><text:p>{{remedies}}</text:p>'


@pytest.mark.parametrize('without', ['name', 'address', 'day', 'paragraphs', 'reasons', 'remedies'])
def test_seen_practitioner_a_decision_says_what_why_and_how_to_object(sent, without):
    """Awb 3:45 to 3:47: a letter without its remedies is not used for a decision."""
    assert sent(odt(LETTER.replace('{{%s}}' % without, '')), 'decision').get('fault') == 'marks'


def test_seen_practitioner_a_mark_that_a_word_processor_cut_is_read(as_role, sent):
    """A word processor can cut a mark in pieces, and nobody sees that: for spelling, a colour or a bookmark. No person ever gets a letter with such a mark."""
    for text in ('<text:p>{{na<text:span text:style-name="T1">me}}</text:span></text:p>', '<text:p>{<text:span>{name}</text:span>}</text:p>',
                 '<text:p>“{{\u00a0name }}”</text:p>', '<text:p>{{na<text:bookmark text:name="x"/>me}}</text:p>'):
        seen = sent(odt(TEXT.replace('<text:p>{{name}}</text:p>', text)))
        assert seen['state'] == 'ready', (text, seen)
        page = as_role('team_lead').get(f'/documents/{seen["previewId"]}/content')
        words = subprocess.run(['pdftotext', '-layout', '-', '-'], input=page.body, capture_output=True, check=True).stdout.decode()
        assert 'Roos Voorbeeld' in words and '{' not in words, words
    assert sent(odt(LETTER), 'decision')['state'] == 'ready'


def test_seen_practitioner_a_letter_of_each_kind_has_the_marks_of_ours(region, as_role, sent):
    """What its page shows is what real ones have: a letter that was looked at does not fail afterwards because a place, or a last day, is absent."""
    for file in sorted((ROOT / 'workers/documents/templates').glob('*.fodt')):
        ours = set(re.findall(r'{{([a-z_]+)}}|<!--each ([a-z_]+)', file.read_text())) - {('title', '')}
        always, perhaps, needs = region.sql('select m.* from app.letter_template_marks(%s) m', (file.stem,))[0]
        assert {one or other for one, other in ours} <= set(always) | set(perhaps) and set(needs) <= set(always) | set(perhaps), file.stem
        seen = sent(odt(''.join('<text:p>{{%s}}</text:p>' % mark for mark in always + perhaps)), file.stem)
        assert seen['state'] == 'ready', (file.stem, seen)
    assert sent(odt(TEXT), 'card')['fault'] == sent(odt(TEXT), 'rules_letter')['fault'] == sent(odt(TEXT), 'appointment')['fault'] == 'marks'


def test_seen_practitioner_a_place_that_nobody_named_stays_empty(region, as_role, sent, candidate):
    lead = as_role('team_lead')
    made = sent(odt(TEXT + '<text:p>{{when}} {{where}}.</text:p>'), 'appointment')
    assert lead.post(f'/letter-templates/{made["id"]}/uses').status == 200
    real = region.sql(f"{CONTEXT} select app.document_request('appointment', 'candidate', %s, app.letter_values(c) || '{{\"when\": \"01-12-2026 09:00\"}}')::text from app.candidate c where c.id = %s",
                      (candidate.json['id'],) * 2)[0][0]
    until(lambda: lead.get(f'/documents/{real}').json['state'] == 'made', say=lambda: lead.get(f'/documents/{real}').json)
    region.sql("set session_replication_role = replica; update app.letter_template set state = 'ready' where state = 'in_use'")
