# SPDX-License-Identifier: EUPL-1.2
"""The words of messages: in two languages, with a version, and without anything about a person."""
import re


def test_templates_are_listed_with_their_version(as_role):
    found = as_role('tenant_admin').get('/message-templates').json['items']
    assert [one['code'] for one in found] == sorted(one['code'] for one in found) and {'notice', 'reminder', 'digest'} <= {one['code'] for one in found}
    assert all(one['version'] >= 1 and one['subjectNl'] != one['subjectEn'] for one in found)


def test_a_preview_shows_every_word(as_role):
    client = as_role('tenant_admin')
    for one in client.get('/message-templates').json['items']:
        seen = client.get(f'/message-templates/{one["code"]}/preview').json
        assert seen['version'] == one['version'] and 'Gemeente Maasdrecht' in seen['bodyNl'] + seen['subjectNl']
        for words in (seen['bodyNl'], seen['bodyEn']):
            assert re.search(r'\nhttps?://\S+/messages/[0-9a-f-]{36}\n', words) and not re.search(r'[{}–]', words)
    assert client.get('/message-templates/nothing/preview').status == 404
