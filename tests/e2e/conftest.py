# SPDX-License-Identifier: EUPL-1.2
"""One region for all end-to-end tests: real PostgreSQL, Redis, services and workers, built with sanitizers. Every
answer that a client gets is checked against the contract as it is served."""
import re
import sys
import uuid
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from region import SANITIZED, Client, Region, until  # noqa: E402

from contract import Contract  # noqa: E402


class CheckedClient(Client):
    """Every answer is held against the contract. What the contract says of 304 is tried with each operation until it comes."""

    def __init__(self, region, contract, role, tenant, **options):
        super().__init__(region, role, tenant, seen=contract.check, **options)
        self.contract = contract

    def call(self, method, path, body=None, headers=None, raw=None):
        response = super().call(method, path, body, headers, raw)
        if method == 'GET' and response.status == 200 and self.contract.awaits_304(path):
            super().call(method, path, None, {**(headers or {}), 'If-None-Match': response.headers['etag']})
        return response


@pytest.fixture(scope='session')
def region():
    with Region.started('e2e', SANITIZED, candidates=420) as made:
        made.env['MAATWERK_THREADS'] = '2'
        made.start_programs()
        made.wait_until_idle()
        yield made
        statuses = made.stop_programs()
        assert set(statuses.values()) == {0}, statuses
        for name in statuses:
            assert 'sql-error' not in made.log(name), made.log(name)[-3000:]


@pytest.fixture
def later(region):
    """`with later(days):` the clock of the database is that many days on, and the sweep of each night comes when it is due."""
    @contextmanager
    def move(days):
        region.sql("select queue.plan_daily('expire')")
        region.sql('insert into clock.shift (shift) values (%s)', (f'{days} days',))
        until(lambda: not region.sql("select 1 from queue.future where kind = 'expire' and run_at <= clock.now()"))      # the sweep is a job now
        try:
            yield
        finally:
            region.wait_until_idle()
            region.sql('delete from clock.shift')
    return move


@pytest.fixture
def at(region):
    """at('2031-03-03 09:00'): it is then, and what was due has been done."""
    def set_clock(moment):
        region.sql("insert into clock.shift (shift) values (%s::timestamp at time zone 'Europe/Amsterdam' - clock_timestamp()) "
                   'on conflict (one) do update set shift = excluded.shift', (moment,))
        until(lambda: not region.sql("select count(*) from queue.future where kind like 'remind%%' and run_at <= clock.now() "
                                     "union all select count(*) from queue.job where kind like 'remind%%' order by 1 desc")[0][0], 15,
              lambda: region.sql("select kind, state, attempt, last_error, run_at from queue.job where kind like 'remind%%' union all "
                                 "select kind, 'ready', 0, subject, run_at from queue.future where kind like 'remind%%' and run_at <= clock.now() limit 5"))
    yield set_clock
    region.sql('delete from clock.shift')


@pytest.fixture
def nothing_changes(region):
    """What users change leaves a trail in the audit; workers go on meanwhile, with a role of their own."""
    def picture():
        return region.sql("select (select count(*) from audit.entry where role is distinct from 'system'), "
                          "(select count(*) from app.employer), (select count(*) from app.vacancy)")
    before = picture()
    yield
    assert picture() == before


@pytest.fixture(scope='session')
def contract(region):
    return Contract(Client(region, None).get('/openapi.json').json)


@pytest.fixture(scope='session')
def as_role(region, contract):
    """as_role('consultant') is a client whose answers are checked."""
    made = {}

    def client(role, tenant='gm9901', **options):
        key = (role, tenant, tuple(sorted(options.items())))
        if key not in made:
            made[key] = CheckedClient(region, contract, role, tenant, **options)
        return made[key]
    return client


@pytest.fixture(scope='session')
def world(as_role):
    """What most tests need: an occupation with its competences, an employer, users."""
    consultant, employer = as_role('consultant'), as_role('employer')
    occupation = consultant.get('/occupations?labelPrefix=warehouse%20worker').json['items'][0]['id']
    competences = consultant.get(f'/occupations/{occupation}').json['competences']
    return {'occupation': occupation, 'competences': [c['competenceId'] for c in competences],
            'employer': employer.get('/user-profile').json['organisationId'],
            'firm': as_role('firm').get('/user-profile').json['organisationId'],
            'consultant': consultant.get('/user-profile').json['id']}


@pytest.fixture
def person(as_role):
    """A new user of a role, and clients of that user: (id, client(role='', **options)); without a role the token leaves the hat to the user."""
    def make(role, tenant='gm9901', **more):
        made = as_role('tenant_admin', tenant).post('/users', {'name': 'Noor Pet', 'email': f'{uuid.uuid4()}@pet.example', 'role': role, **more})
        assert made.status == 201, made.text
        user = made.json['id']
        return user, lambda role='', **options: as_role(role or '', tenant, user=user, **options)
    return make


@pytest.fixture
def new_vacancy(as_role, world):
    def make(client=None, **changes):
        body = {'employerId': world['employer'], 'title': 'Magazijnmedewerker', 'kind': 'regular',
                'occupationId': world['occupation'], 'hoursMin': 12, 'hoursMax': 36, 'pc4': '5012', 'positions': 2,
                'candidatesWanted': 3,
                'competences': [{'competenceId': c, 'need': 'must', 'weight': 2} for c in world['competences'][:2]]}
        body.update(changes)
        return (client or as_role('employer')).post('/vacancies', {k: v for k, v in body.items() if v is not None})
    return make


@pytest.fixture
def shortlisted(as_role, new_vacancy):
    """An open vacancy with its shortlist: (vacancy id, shortlist)."""
    def make(**changes):
        consultant = as_role('consultant')
        vacancy = new_vacancy(**changes).json['id']
        assert consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
        found = consultant.wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: r.json['status'] == 'ready')
        assert found.status == 200
        return vacancy, found.json
    return make


@pytest.fixture
def proposed(as_role, shortlisted):
    """A vacancy with proposals sent to the employer: (vacancy id, [proposal id]). It closes after the test, so that whom it had proposed
    can be proposed by the next one."""
    vacancies = []

    def make(**changes):
        consent = changes.pop('consent', None)
        vacancy, listed = shortlisted(**changes)
        vacancies.append(vacancy)
        free = [i['candidateId'] for i in listed['items'] if i.get('openProposals', 0) < 2][:listed['asked']]
        body = {'candidateIds': free, **({'consent': consent} if consent else {})}
        made = as_role('consultant').post(f'/vacancies/{vacancy}/proposal-rounds', body)
        assert made.status == 201, made.text
        return vacancy, [p['id'] for p in made.json['proposals']]
    yield make
    for vacancy in vacancies:
        as_role('consultant').post(f'/vacancies/{vacancy}/endings', {'how': 'close'})


@pytest.fixture
def statements(region):
    """statements(call) is what it answers, and the names of the statements about these nouns that it needed."""
    log = region.folder / 'log/postgres.log'

    def count(call):
        region.sql("alter system set log_statement = 'all'")
        region.sql('select pg_reload_conf()')
        until(lambda: region.sql("select 1 from pg_settings where name = 'log_statement' and setting = 'all'"))
        begin = log.stat().st_size
        answer = call()
        region.sql('alter system reset log_statement')
        region.sql('select pg_reload_conf()')
        with open(log, 'rb') as file:
            file.seek(begin)
            names = re.findall(rb'execute ((?:vacancy|proposal|employer|occupation|screening|candidate|card)\w*)', file.read())
        return answer, sorted(name.decode() for name in names)
    return count


@pytest.fixture
def new_employer():
    """What an account manager says of a new employer."""
    return {'name': 'Drukkerij Zuid', 'sector': '1812', 'sizeClass': 'small', 'riskCover': True,
            'internalNote': 'belt liever', 'pc4': '5013'}


@pytest.fixture
def employer(as_role, new_employer):
    made = as_role('account_manager').post('/employers', new_employer)
    assert made.status == 201
    return made


@pytest.fixture
def candidate(as_role, world):
    made = as_role('case_manager').post('/candidates', {
        'alias': 'Kandidaat Roos', 'firstName': 'Roos', 'lastName': 'Geheim', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 32,
        'birthDate': '1990-02-28', 'benefit': 'assistance',
        'competences': [{'competenceId': world['competences'][0], 'level': 2, 'evidence': 'werk'}],
        'conditions': [{'condition': 'dutch_a2', 'met': True}], 'languages': [{'language': 'nl', 'level': 'b1'}],
        'occupations': [{'occupationId': world['occupation'], 'years': 2}]})
    assert made.status == 201, made.text
    return made


@pytest.fixture
def placement(as_role):
    """placement(kind, …): a placement of a person of its own at an employer of its own, that runs since 2031."""
    def make(kind='temp', person=None, employer=None, **more):
        consultant = as_role('consultant')
        employer = employer or as_role('account_manager').post('/employers', {'name': f'Werk {uuid.uuid4()}', 'sector': '1812', 'pc4': '5013'}).json['id']
        person = person or as_role('case_manager').post('/candidates', {'alias': 'Kandidaat Els', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 40}).json['id']
        made = consultant.post('/placements', {'candidateId': person, 'kind': kind, 'origin': 'self_found', 'employerId': employer, 'hours': 24, 'startsOn': '2031-01-06',
                                               'contract': 'none' if kind == 'trial' else 'fixed_term', **more})
        assert made.status == 201, made.text
        return made.json
    return make


@pytest.fixture
def cared(as_role, person, world):
    """cared(hours=…): (address of a placement that has started, the coach's client, the candidate)."""
    user, client = person('coach')

    def make(start=True, keeper=None, **more):
        kept = {'caseManagerId': keeper} if keeper else {}
        one = as_role('team_lead').post('/candidates', {**kept, 'alias': 'Kandidaat Vlier', 'firstName': 'Vera', 'phone': '0655500998', 'pc4': '5012', 'hoursMin': 8,
                                                        'hoursMax': 40, 'coachId': user}).json['id']
        body = {'candidateId': one, 'kind': 'regular', 'origin': 'self_found', 'employerId': world['employer'], 'hours': 24, **more}
        made = as_role('consultant').post('/placements', body)
        assert made.status == 201, made.text
        place = made.headers['location'].removeprefix('/v1')
        for step in ('acceptances', 'starts')[:1 + start]:
            done = as_role('consultant').post(f'{place}/{step}', {})
            assert done.status == 200, done.text
        return place, client(), one
    return make


@pytest.fixture
def himself(as_role, candidate, person):
    """The candidate of the test, with an account: a client with the role candidate."""
    user, client = person('candidate')
    lead = as_role('team_lead')
    file = lead.get(f'/candidates/{candidate.json["id"]}')
    assert lead.patch(f'/candidates/{candidate.json["id"]}', {'userId': user}, file.headers['etag']).status == 200
    return client('candidate')


@pytest.fixture(scope='module')
def scratch(region):
    """`with scratch() as cursor:` a transaction of the municipality itself, of which nothing is kept."""
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')

    @contextmanager
    def transaction():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.tenant', tenant_id::text, true), set_config('app.role', 'system', true), "
                           "set_config('app.scope', 'tenant', true), set_config('app.actor', '', true) from ref.tenant where code = 'gm9901'")
            try:
                yield cursor
            finally:
                connection.rollback()
    yield transaction
    connection.close()
