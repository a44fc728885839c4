# SPDX-License-Identifier: EUPL-1.2
"""Occupations are found."""
from urllib.parse import quote

import pytest


def test_an_occupation_is_found_while_typing(as_role):
    found = as_role('employer').get('/occupations?labelPrefix=WAREhouse', **{'Accept-Language': 'en'}).json['items']
    assert [o['label'] for o in found] == ['team leader in a warehouse', 'warehouse worker']


@pytest.mark.parametrize('typed', ['%', '_', '%house', '________%worker', 'ware%house', '\\', "'", '&', ':*', '!'])
def test_case_17_wildcards_are_text(as_role, typed):
    assert as_role('employer').get(f'/occupations?labelPrefix={quote(typed)}').json['items'] == []


@pytest.mark.parametrize('typed', ['WAREhouse', 'worker', 'wor ware', 'W\u00e1rehouse', 'ware-wor', 'warehouse worker'])
def test_case_17_words_are_found_as_people_type(as_role, typed):
    found = as_role('coach').get(f'/occupations?labelPrefix={quote(typed)}', **{'Accept-Language': 'en'}).json['items']
    assert 'warehouse worker' in [o['label'] for o in found]


def test_case_17_labels_are_found_by_an_index(region):
    """With the few rows of the sample a scan would be cheaper: it is switched off."""
    for table in ('occupation', 'competence'):
        plan = region.sql(f"set enable_seqscan = off; explain select {table}_id from ref.{table}_label where words @@ app.asked('ware')")
        assert f'{table}_label_by_word' in str(plan)


def test_occupations_of_a_group(as_role):
    assert {o['isco'] for o in as_role('coach').get('/occupations?isco=9333').json['items']} == {'9333'}


@pytest.mark.parametrize('typed', ['magazijn', 'MAGAZIJNMEDE', 'medewerker mag', 'inpakk', 'warehouse work'])
def test_b4_a_dutch_word_or_a_synonym_finds(as_role, typed):
    """In Dutch, by the preferred label, by what people also say, and by the label of the other language."""
    found = as_role('employer').get(f'/occupations?labelPrefix={quote(typed)}').json['items']
    assert 'magazijnmedewerker' in [o['label'] for o in found]
    one = next(o for o in found if o['label'] == 'magazijnmedewerker')
    assert 'medewerker magazijn' in one['alternativeLabels']


@pytest.mark.parametrize('language,label,competence', [('nl', 'magazijnmedewerker', 'orders verzamelen'), ('en', 'warehouse worker', 'pick orders'),
                                                       ('de, en;q=0.5', 'warehouse worker', 'pick orders'), ('fr', 'magazijnmedewerker', 'orders verzamelen')])
def test_b4_the_language_decides_the_label(as_role, world, language, label, competence):
    client = as_role('coach')
    shown = client.get(f'/occupations/{world["occupation"]}', **{'Accept-Language': language}).json
    assert shown['label'] == label and competence in {c['label'] for c in shown['competences']}
    listed = client.get('/occupations?isco=9333', **{'Accept-Language': language}).json['items']
    assert label in [o['label'] for o in listed]
    names = [o['label'].lower() for o in client.get('/occupations?pageSize=100', **{'Accept-Language': language}).json['items']]
    assert names == sorted(names)


def test_b4_a_page_goes_on_in_its_language(as_role):
    client, seen, following = as_role('coach'), [], '/occupations?pageSize=7'
    while following:
        page = client.get(following, **{'Accept-Language': 'en'}).json
        seen += [o['label'] for o in page['items']]
        following = page['_links'].get('next', {}).get('href')
    assert len(seen) == len(set(seen)) == client.get('/occupations?count=true').json['total']
    other = client.get('/occupations?pageSize=7', **{'Accept-Language': 'en'}).json['_links']['next']['href']
    assert client.get(other, **{'Accept-Language': 'nl'}).json['errors'][0]['code'] == 'cursor'
