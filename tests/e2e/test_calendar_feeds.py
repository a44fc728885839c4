# SPDX-License-Identifier: EUPL-1.2
"""The work list in an agenda: an address with a token of its own, that opens one feed, names nobody and is taken away."""
import re
import uuid

import pytest

from region import Client


@pytest.fixture(scope='module')
def nobody(region, contract):
    """A calendar has no token in a header."""
    from conftest import CheckedClient
    return CheckedClient(region, contract, None, None)


@pytest.fixture
def feed(as_role):
    client = as_role('consultant')
    made = client.post('/calendar-feeds', {'name': 'Telefoon'})
    assert made.status == 201, made.text
    yield made
    client.delete(made.headers['location'], made.headers['etag'])


@pytest.fixture
def task(as_role, world):
    def make(role='consultant', **changes):
        made = as_role(role).post('/tasks', {'kind': 'promise', 'noun': 'employer', 'subjectId': world['employer'], 'dueDay': '2031-03-03', **changes})
        assert made.status == 201, made.text
        return made.json
    return make


def events(text):
    """The events of a calendar, as RFC 5545 says to read them: unfolded, then by name."""
    assert text.startswith('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n') and text.endswith('END:VCALENDAR\r\n') and '\n' not in text.replace('\r\n', '')
    assert all(len(line.encode()) <= 75 for line in text.split('\r\n'))
    found = []
    for block in re.findall(r'BEGIN:VEVENT\r\n(.*?)END:VEVENT\r\n', text.replace('\r\n ', ''), re.S):
        found.append(dict(line.split(':', 1) for line in block.strip().split('\r\n')))
    return found


def test_an_agenda_gets_my_open_tasks(as_role, nobody, feed, task):
    by_day = task()
    moment = as_role('consultant').post('/tasks', {'kind': 'question', 'noun': 'employer', 'subjectId': by_day['subjectId'], 'dueAt': '2031-03-04T11:00:00Z'}).json
    answer = nobody.get(feed.json['address'])
    assert answer.status == 200 and answer.headers['content-type'] == 'text/calendar'
    mine = {event['UID']: event for event in events(answer.text)}
    first, second = mine[f'{by_day["id"]}@maatwerk'], mine[f'{moment["id"]}@maatwerk']
    assert (first['DTSTART;VALUE=DATE'], first['SUMMARY']) == ('20310303', 'Toezegging nakomen')
    assert (second['DTSTART'], second['SUMMARY'], second['TRANSP']) == ('20310304T110000Z', 'Vraag beantwoorden', 'TRANSPARENT')
    assert all(re.fullmatch(r'\d{8}T\d{6}Z', event['DTSTAMP']) and event['SEQUENCE'] == '0' for event in (first, second))
    english = {event['UID']: event for event in events(nobody.get(feed.json['address'], **{'Accept-Language': 'en'}).text)}
    assert english[f'{by_day["id"]}@maatwerk']['SUMMARY'] == 'Keep a promise'
    as_role('consultant').post(f'/tasks/{by_day["id"]}/completions', {'outcome': 'kept'})
    assert f'{by_day["id"]}@maatwerk' not in nobody.get(feed.json['address']).text


def test_the_tag_changes_with_the_list_and_with_nothing_else(as_role, nobody, feed, task):
    made = task()
    first = nobody.get(feed.json['address'])
    assert nobody.get(feed.json['address'], **{'If-None-Match': first.headers['etag']}).status == 304
    as_role('consultant').post(f'/tasks/{made["id"]}/replannings', {'dueDay': '2031-04-04', 'agreedBy': 'employer', 'reason': 'other'})
    second = nobody.get(feed.json['address'], **{'If-None-Match': first.headers['etag']})
    event = next(e for e in events(second.text) if e['UID'].startswith(made['id']))
    assert second.status == 200 and event['DTSTART;VALUE=DATE'] == '20310404' and event['SEQUENCE'] == '1'


def test_it_names_nobody(as_role, nobody, feed, task, world, region):
    name = as_role('consultant').get(f'/employers/{world["employer"]}').json['name']
    task(summary='Vergunning', promisedToEmployerId=world['employer'])
    text = nobody.get(feed.json['address']).text
    assert name not in text and 'Vergunning' not in text and world['employer'] not in text and 'Samira' not in text
    assert set(re.findall(r'^([A-Z-]+)', text, re.M)) <= {'BEGIN', 'END', 'VERSION', 'PRODID', 'CALSCALE', 'REFRESH-INTERVAL', 'UID', 'DTSTAMP', 'LAST-MODIFIED',
                                                           'SEQUENCE', 'DTSTART', 'SUMMARY', 'PRIORITY', 'CLASS', 'TRANSP', 'NAME', 'X-WR-CALNAME'}


@pytest.mark.parametrize('accept, status', [('application/problem+json', 200), ('text/calendar, application/problem+json', 200), ('*/*', 200), (None, 200),
                                            ('text/html', 406), ('text/calendar;q=0, application/problem+json', 406)])
def test_seen_builder_a_client_that_asks_for_a_problem_gets_the_calendar(nobody, feed, accept, status):
    """Generated clients for Python ask for the first form that is JSON, which is that of a problem: they got 406 from every feed."""
    answer = nobody.get(feed.json['address'], Accept=accept)
    assert (answer.status, answer.headers['content-type'].split(';')[0]) == (status, 'text/calendar' if status == 200 else 'application/problem+json'), answer.text


def test_the_token_is_shown_once_kept_as_a_hash_and_logged_nowhere(region, as_role, nobody, feed):
    token = feed.json['address'].rsplit('/', 1)[1]
    shown = as_role('consultant').get(feed.headers['location'])
    assert shown.status == 200 and 'address' not in shown.json and token not in as_role('consultant').get('/calendar-feeds').text
    nobody.get(feed.json['address'])
    assert region.sql("select count(*) from entry.calendar_token where hash = sha256(convert_to(%s, 'UTF8'))", (token,)) == [(1,)]
    for table in ('entry.calendar_token', 'app.calendar_feed', 'audit.entry', 'app.event', 'idempotency.key', 'audit.denial'):
        assert region.sql(f'select count(*) from {table} t where t::text like %s', (f'%{token}%',)) == [(0,)], table
    assert all(token not in log.read_text(errors='replace') for log in (region.folder / 'log').glob('*.log'))


def test_seen_builder_a_feed_has_the_name_that_its_user_gave_it(as_role, nobody):
    """Two feeds of one user were an identifier and a moment each, and an agenda called both by their address."""
    client = as_role('coach')
    made = [client.post('/calendar-feeds', {'name': name}) for name in ('Telefoon', 'Outlook, kantoor; ' + 'é' * 40)]
    assert [m.json['name'] for m in made] == [f['name'] for m in made for f in client.get('/calendar-feeds?pageSize=100').json['items'] if f['id'] == m.json['id']]
    text = nobody.get(made[1].json['address']).text
    assert events(text) is not None and text.replace('\r\n ', '').split('\r\n')[5:7] == [f'{word}:Outlook\\, kantoor\\; ' + 'é' * 40 for word in ('NAME', 'X-WR-CALNAME')]
    assert client.post('/calendar-feeds', {}).json['errors'][0]['pointer'] == '/name'
    for one in made:
        client.delete(one.headers['location'], one.headers['etag'])


def test_it_is_taken_away(as_role, nobody):
    client = as_role('consultant')
    made = client.post('/calendar-feeds', {'name': 'Telefoon'})
    assert nobody.get(made.json['address']).status == 200
    assert made.json['id'] in client.get('/calendar-feeds?pageSize=100').text
    assert client.delete(made.headers['location'], made.headers['etag']).status == 204
    assert nobody.get(made.json['address']).status == 404 and client.get(made.headers['location']).status == 404


def test_seen_attacker_an_address_stays_closed_when_somebody_comes_back(as_role, person, nobody):
    """Nobody knows after two years in which telephones the address is: it opened again with its user. Whoever is back makes a new feed."""
    admin, (made, client) = as_role('tenant_admin'), person('consultant')
    user, client = f'/users/{made}', client()
    address = client.post('/calendar-feeds', {'name': 'Telefoon'}).json['address']
    for active in (False, True):
        assert nobody.get(address).status == (404 if active else 200)
        assert admin.patch(user, {'active': active}, admin.get(user).headers['etag']).status == 200
    assert nobody.get(address).status == 404 and client.get('/calendar-feeds').json['items'] == []
    assert nobody.get(client.post('/calendar-feeds', {'name': 'Telefoon'}).json['address']).status == 200


def test_seen_attacker_an_address_is_closed_with_the_organisation_of_its_user(as_role, person, nobody):
    """The user stays active, but has no hat any more: the feed went on."""
    admin = as_role('tenant_admin')
    firm = admin.post('/organisations', {'kind': 'firm', 'name': f'Agenda {uuid.uuid4().hex[:8]}'})
    client = person('firm', organisationId=firm.json['id'])[1]()
    address = client.post('/calendar-feeds', {'name': 'Telefoon'}).json['address']
    for active in (False, True):
        assert nobody.get(address).status == (404 if active else 200)
        assert admin.patch(firm.headers['location'], {'active': active}, admin.get(firm.headers['location']).headers['etag']).status == 200
    assert nobody.get(address).status == 404 and client.get('/calendar-feeds').json['items'] == []


def test_a_feed_is_of_whoever_made_it(as_role, nobody, feed, task):
    assert as_role('account_manager').get(feed.headers['location']).status == 404
    assert as_role('account_manager').delete(feed.headers['location'], feed.headers['etag']).status in (404, 412)
    hers = task('account_manager')
    assert hers['id'] not in nobody.get(feed.json['address']).text


def test_a_token_that_is_none_opens_nothing(region, nobody):
    assert nobody.get(f'/calendars/{"A" * 43}').status == 404
    assert nobody.get('/calendars/short').status in (400, 404)
    for other in ('text/html', 'application/json'):
        assert Client(region, None).get(f'/calendars/{"A" * 43}', Accept=other).status == 406
    assert Client(region, None).get(f'/calendars/{"A" * 43}', Accept='text/calendar').status == 404


@pytest.mark.parametrize('line', ['SUMMARY:' + 'x' * 300, 'SUMMARY:' + 'é' * 80, 'SUMMARY:' + '€' * 80, 'SUMMARY:kort', 'SUMMARY:' + 'x' * 67, 'SUMMARY:' + 'x' * 68])
def test_lines_are_folded_between_characters(region, line):
    folded = region.sql('select app.calendar_feed_line(%s)', (line,))[0][0]
    parts = folded.encode().split(b'\r\n')
    assert parts.pop() == b'' and all(len(part) <= 75 for part in parts) and all(part.decode() for part in parts)
    assert folded.replace('\r\n ', '') == line + '\r\n' and all(part.startswith(b' ') for part in parts[1:])


def test_text_is_escaped(region):
    assert region.sql('select app.calendar_feed_text(%s)', ('a,b;c\\d\ne',)) == [('a\\,b\\;c\\\\d\\ne',)]
