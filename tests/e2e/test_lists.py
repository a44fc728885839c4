# SPDX-License-Identifier: EUPL-1.2
"""What every list does: pages, fields, cursors."""
import json
import re

import pytest

from region import ROOT

PATHS = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())['paths']
# every list without parameters in its path; what the queue holds changes while it is looked at
LISTS = [path for path, item in PATHS.items()
         if '{' not in path and not path.startswith('/queue/') and any(p.get('name') == 'cursor' for p in item.get('get', {}).get('parameters', []))]
READ = [path for path in LISTS if any(re.fullmatch(rf'{path}/{{\w+}}', other) and 'get' in item for other, item in PATHS.items())]


def who_may(*paths):
    """A role that may read all of these, of as much as there is."""
    rights = [PATHS[path]['get']['x-rights'] for path in paths]
    return next(role for role in rights[0] if all(right.get(role) == 'tenant' for right in rights))


@pytest.mark.parametrize('path', LISTS)
def test_lists_come_in_pages_without_gaps_or_doubles(as_role, path):
    client = as_role(who_may(path))
    whole = client.get(f'{path}?pageSize=100').json['items'][:30]
    seen, next_page = [], f'{path}?pageSize=4'
    while next_page and len(seen) < len(whole):
        page = client.get(next_page).json
        assert len(page['items']) <= 4
        seen += page['items']
        next_page = page['_links'].get('next', {}).get('href')
    assert seen[:len(whole)] == whole


@pytest.mark.parametrize('path', READ)
def test_what_is_listed_can_be_read(as_role, path):
    client = as_role(who_may(path, next(other for other in PATHS if re.fullmatch(rf'{path}/{{\w+}}', other))))
    for item in client.get(f'{path}?pageSize=3').json['items']:
        assert client.get(item['_links']['self']['href']).json['id'] == item['id']


@pytest.mark.parametrize('role,path', [('employer', '/employers?fields=id,riskCover'), ('consultant', '/proposals?fields=id,card')],
                         ids=['not visible', 'only when one is read'])
def test_what_is_not_in_the_answer_cannot_be_selected(as_role, role, path):
    answer = as_role(role).get(path)
    assert answer.status == 400 and answer.json['errors'][0]['code'] == 'unknown-field'


def test_sparse_fields(as_role, contract):
    """What is required is there, whatever is asked: clients that are made of the contract can read every answer."""
    item = as_role('consultant').get('/employers?fields=id,pc4&pageSize=1').json['items'][0]
    assert set(item) == {*contract.document['components']['schemas']['Employer']['required'], 'pc4', '_links'}


def test_a_cursor_belongs_to_its_question(as_role):
    client = as_role('consultant')
    following = client.get('/employers?pageSize=2').json['_links']['next']['href']
    assert client.get(following).status == 200
    for wrong in (following + '&sort=-name', following + '&sector=4639', following[:-3] + 'AAA'):
        answer = client.get(wrong)
        assert answer.status == 400 and answer.json['errors'][0]['code'] == 'cursor'
