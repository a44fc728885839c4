# SPDX-License-Identifier: EUPL-1.2
"""Competences are found."""


def test_competences_of_a_kind(as_role):
    assert {c['kind'] for c in as_role('coach').get('/competences?kind=knowledge').json['items']} == {'knowledge'}


def test_a_competence_is_found_while_typing(as_role):
    found = as_role('coach').get('/competences?labelPrefix=PICK').json['items']
    assert found and all(c['label'].lower().startswith('pick') for c in found)
