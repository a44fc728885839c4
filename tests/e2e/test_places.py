# SPDX-License-Identifier: EUPL-1.2
"""Places are found."""


def test_places_of_a_municipality(as_role):
    assert {p['municipality'] for p in as_role('coach').get('/places?municipality=Veenhoven').json['items']} == {'Veenhoven'}
