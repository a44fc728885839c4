# SPDX-License-Identifier: EUPL-1.2
"""Competences are found."""


def test_competences_of_a_kind(as_role):
    assert {c['kind'] for c in as_role('coach').get('/competences?kind=knowledge').json['items']} == {'knowledge'}


def test_a_competence_is_found_while_typing(as_role):
    found = as_role('coach').get('/competences?labelPrefix=PICK', **{'Accept-Language': 'en'}).json['items']
    assert found and all(c['label'].lower().startswith('pick') for c in found)


def test_b4_a_competence_is_found_in_dutch(as_role):
    found = as_role('coach').get('/competences?labelPrefix=orderpick').json['items']
    assert [(c['label'], c['alternativeLabels']) for c in found] == [('orders verzamelen', ['orderpicken'])]
    assert as_role('coach').get(f'/competences/{found[0]["id"]}', **{'Accept-Language': 'en'}).json['label'] == 'pick orders'
