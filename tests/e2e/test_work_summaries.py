# SPDX-License-Identifier: EUPL-1.2
"""What waits for whom."""
import pytest


def total(client, path):
    return client.get(f'{path}{"&" if "?" in path else "?"}count=true&pageSize=1').json['total']


def test_b2_the_summary_counts_what_the_lists_have(as_role, new_vacancy, proposed, world):
    new_vacancy(as_role('consultant'), assigneeId=world['consultant'])
    proposed()
    for role in ('consultant', 'employer'):
        client = as_role(role)
        summary = client.get('/work-summary').json
        assert summary['reported'] == total(client, '/vacancies?state=reported') > 0
        assert summary['toScreen'] == total(client, '/vacancies?state=reported,screening') >= summary['reported']
        assert summary['proposalsToAnswer'] == total(client, '/proposals?state=sent') > 0
        assert summary['interviews'] == total(client, '/proposals?state=invited')
    assert as_role('consultant').get('/work-summary').json['assignedToMe'] \
        == total(as_role('consultant'), '/vacancies?assignedToMe=true&state=reported,screening,open,shortlisted,partly_filled') > 0


def test_b2_what_is_overdue_is_counted(as_role, region, new_vacancy):
    client = as_role('consultant')
    before = client.get('/work-summary').json['overdue']
    made = new_vacancy().json['id']
    region.sql("set session_replication_role = replica; update app.vacancy set reported_at = reported_at - interval '73 hours', answer_due_at = answer_due_at - interval '73 hours' where id = %s", (made,))
    assert client.get('/work-summary').json['overdue'] == before + 1
    now = region.sql("select to_char(clock.now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")[0][0]
    due = client.get(f'/vacancies?state=reported,screening&dueBefore={now}&pageSize=100').json['items']
    assert made in {v['id'] for v in due} and len(due) == before + 1 and all(v['dueAt'] < now for v in due)
    assert made not in {v['id'] for v in client.get(f'/vacancies?reportedBefore=2026-01-01T00:00:00Z').json['items']}


@pytest.mark.parametrize('role', ['case_manager', 'coach', 'firm', 'agency'])
def test_b2_the_summary_of_the_own_people(as_role, role):
    client = as_role(role)
    summary = client.get('/work-summary').json
    assert summary['activeCandidates'] == total(client, '/candidates?status=active') > 0
    assert summary['candidatesWithoutProposal'] <= summary['activeCandidates']
    assert 'assignedToMe' not in summary and ('reported' in summary) == (role in ('firm', 'agency'))


@pytest.mark.parametrize('path', ['/vacancies', '/vacancies?state=reported,open', '/candidates?status=active', '/users?active=true', '/competences',
                                  '/occupations?labelPrefix=ma', '/employers?assignedToMe=false'])
def test_b2_a_list_says_how_many_there_are(as_role, path):
    client, role = as_role('team_lead'), '&' if '?' in path else '?'
    page = client.get(f'{path}{role}count=true&pageSize=1').json
    seen, following = 0, f'{path}{role}pageSize=100'
    while following:
        answer = client.get(following).json
        assert 'total' not in answer
        seen, following = seen + len(answer['items']), answer['_links'].get('next', {}).get('href')
    assert (page['total'], page['totalIsExact']) == (seen, True)
    if '_links' in page and 'next' in page['_links']:
        assert client.get(page['_links']['next']['href']).json['total'] == seen


def test_b2_counting_stops(as_role, region):
    """The count reads one row more than the limit at most, and says that there are more."""
    many = """set session_replication_role = replica; insert into app.colleague (tenant_id, id, name, role, active)
        select t.tenant_id, gen_random_uuid(), 'Veel ' || n, 'analyst', true from ref.tenant t, generate_series(1, %s) n where t.code = 'gm9903'"""
    client = as_role('consultant', 'gm9903')
    there = client.get('/colleagues?count=true').json['total']
    try:
        for more, total, exact in ((10000 - there, 10000, True), (1, 10000, False)):
            region.sql(many, (more,))
            page = client.get('/colleagues?count=true&pageSize=1').json
            assert (page['total'], page['totalIsExact'], len(page['items'])) == (total, exact, 1)
    finally:
        region.sql("set session_replication_role = replica; delete from app.colleague where name like 'Veel %%' and role = %s", ('analyst',))
    assert client.get('/colleagues?count=yes').json['errors'][0]['name'] == 'count'
