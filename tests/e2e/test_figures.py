# SPDX-License-Identifier: EUPL-1.2
"""Figures: each has a definition, and what is counted can be worked out by hand."""


def test_every_figure_has_a_definition_in_both_languages(as_role):
    analyst = as_role('analyst')
    dutch = analyst.get('/figures?pageSize=100').json['items']
    english = analyst.call('GET', '/figures?pageSize=100', headers={'Accept-Language': 'en'}).json['items']
    assert [f['code'] for f in dutch] == [f['code'] for f in english] and len(dutch) >= 11
    assert all(d['definition'] != e['definition'] and d['name'] != e['name'] for d, e in zip(dutch, english))
    assert {f['code'] for f in analyst.get('/figures?measure=stock').json['items']} == {'open_vacancies', 'open_candidates'}
