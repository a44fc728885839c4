# SPDX-License-Identifier: EUPL-1.2
"""Occupations are found."""


def test_an_occupation_is_found_while_typing(as_role):
    found = as_role('employer').get('/occupations?labelPrefix=WAREhouse').json['items']
    assert [o['label'] for o in found] == ['warehouse worker']


def test_wildcards_of_sql_mean_nothing(as_role):
    client = as_role('employer')
    assert client.get('/occupations?labelPrefix=%25house').json['items'] == []
    assert client.get('/occupations?labelPrefix=________%25worker').json['items'] == []
    assert [o['label'] for o in client.get('/occupations?labelPrefix=ware%25house').json['items']] == ['warehouse worker']


def test_occupations_of_a_group(as_role):
    assert {o['isco'] for o in as_role('coach').get('/occupations?isco=9333').json['items']} == {'9333'}
