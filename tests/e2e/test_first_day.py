# SPDX-License-Identifier: EUPL-1.2
"""The first day of each role in the demo region: docs/test-data.md says what it finds."""
import re

import pytest

from region import ROOT, roles

PAGE = (ROOT / 'docs/test-data.md').read_text()
# what each role finds: lists that are not empty, numbers of the summary that are not zero
FINDS = {
    'case_manager': ('/candidates?status=active', '/proposals?state=sent', 'activeCandidates', 'proposalsToAnswer'),
    'team_lead': ('/vacancies', '/candidates', '/proposals', '/users', 'toScreen', 'activeCandidates'),
    'consultant': ('/vacancies?state=reported,screening', '/vacancies?assignedToMe=true', '/proposals?state=sent', 'toScreen', 'assignedToMe', 'proposalsToAnswer'),
    'account_manager': ('/employers?assignedToMe=true', '/vacancies?assignedToMe=true', 'assignedToMe'),
    'coach': ('/candidates', '/candidates?assignedToMe=true', '/proposals?state=sent', 'activeCandidates', 'proposalsToAnswer'),
    'field_officer': ('/colleagues',),
    'sector_coach': ('/vacancies', '/employers', 'reported'),
    'firm': ('/candidates', '/vacancies?state=open,shortlisted', '/proposals', 'activeCandidates', 'proposalsToAnswer'),
    'agency': ('/candidates', '/vacancies?state=open,shortlisted', '/proposals', 'activeCandidates', 'proposalsToAnswer'),
    'hub': ('/vacancies?dueBefore=2099-01-01T00:00:00Z&state=reported,screening', 'overdue'),
    'employer': ('/vacancies', '/proposals?state=sent', 'proposalsToAnswer'),
    'tenant_admin': ('/users', '/organisations', '/queue/kinds'),
    'course_leader': (), 'partner': (), 'candidate': ('/proposals',), 'analyst': (), 'alderman': (), 'labour_expert': (), 'benefits_payment': (),
}


def test_b11_every_role_has_a_row():
    listed = {role for cells in re.findall(r'^\| ([a-z_, ]+) \|', PAGE, re.M) for role in cells.split(', ')} - {'role', 'number'}
    assert set(FINDS) == set(roles()) == listed


@pytest.mark.parametrize('role', FINDS)
def test_b11_a_first_day(as_role, role):
    client = as_role(role)
    profile = client.get('/user-profile').json
    assert profile['name'] and profile['permissions'] and client.get('/occupations?labelPrefix=magazijn').json['items']
    summary = client.get('/work-summary').json if 'getWorkSummary' in profile['permissions'] else {}
    for found in FINDS[role]:
        if found.startswith('/'):
            assert client.get(found).json['items'], found
        else:
            assert summary[found] > 0, found


def test_b11_the_numbers_of_the_page_are_those_of_the_region(as_role):
    rows = dict(re.findall(r'^\| (\d{9}) \| (.*) \|$', PAGE, re.M))
    client = as_role('consultant')
    for number, who in rows.items():
        answer = client.post('/candidates/_search', {'bsn': number, 'purpose': 'intake'})
        if 'eleven' in who:
            assert answer.status == 400 and answer.json['errors'][0]['code'] == 'eleven-test'
            continue
        found = answer.json['items']
        assert bool(found) == ('nobody' not in who), number
        assert not re.search('[0-9a-f-]{36}', who) or found[0]['id'] in who
