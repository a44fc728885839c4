# SPDX-License-Identifier: EUPL-1.2
"""Conditions are a fixed list."""


def test_a_condition_has_its_words_in_two_languages(as_role):
    found = {c['code']: c for c in as_role('employer').get('/conditions?pageSize=100').json['items']}
    assert found['dutch_a2']['labelNl'] and found['dutch_a2']['labelEn'] != found['dutch_a2']['labelNl']
