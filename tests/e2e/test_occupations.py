# SPDX-License-Identifier: EUPL-1.2
"""Occupations are found."""
from urllib.parse import quote

import pytest


def test_an_occupation_is_found_while_typing(as_role):
    found = as_role('employer').get('/occupations?labelPrefix=WAREhouse').json['items']
    assert [o['label'] for o in found] == ['team leader in a warehouse', 'warehouse worker']


@pytest.mark.parametrize('typed', ['%', '_', '%house', '________%worker', 'ware%house', '\\', "'", '&', ':*', '!'])
def test_case_17_wildcards_are_text(as_role, typed):
    assert as_role('employer').get(f'/occupations?labelPrefix={quote(typed)}').json['items'] == []


@pytest.mark.parametrize('typed', ['WAREhouse', 'worker', 'wor ware', 'W\u00e1rehouse', 'ware-wor', 'warehouse worker'])
def test_case_17_words_are_found_as_people_type(as_role, typed):
    assert 'warehouse worker' in [o['label'] for o in as_role('coach').get(f'/occupations?labelPrefix={quote(typed)}').json['items']]


def test_case_17_labels_are_found_by_an_index(region):
    """With the few rows of the sample a scan would be cheaper: it is switched off."""
    for table in ('occupation', 'competence'):
        plan = region.sql(f"set enable_seqscan = off; explain select id from ref.{table} where words @@ app.asked('ware')")
        assert f'{table}_by_word' in str(plan)


def test_occupations_of_a_group(as_role):
    assert {o['isco'] for o in as_role('coach').get('/occupations?isco=9333').json['items']} == {'9333'}
