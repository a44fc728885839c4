# SPDX-License-Identifier: EUPL-1.2
"""The card of a candidate."""


def test_the_card_has_no_name(as_role, candidate):
    card = as_role('consultant').get(f'{candidate.headers["location"]}/card').json
    assert card['alias'] == 'Kandidaat Roos' and 'firstName' not in card and card['competences'][0]['level'] == 2
