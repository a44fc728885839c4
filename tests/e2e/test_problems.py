# SPDX-License-Identifier: EUPL-1.2
"""Problems: each says what it is about, in the language that was asked, and nothing about a person."""
import sys

import pytest
from region import ROOT
from test_candidates import bsn_of

sys.path.insert(0, str(ROOT / 'openapi'))
from generator.contract import Contract, column_of  # noqa: E402
from generator.problems import Problems  # noqa: E402


def faults(answer):
    return {(fault['pointer'], fault['code']) for fault in answer.json['errors']}


def a_user(email):
    return {'name': 'Dubbel', 'email': email, 'role': 'consultant'}


def duplicates(as_role, world):
    """(role, path, body that may be there once, pointer)"""
    employer = f'/employers/{world["employer"]}'
    yield 'tenant_admin', '/users', a_user('dubbel@maasdrecht.example'), '/email'
    yield 'tenant_admin', '/organisations', {'kind': 'firm', 'name': 'Dubbel', 'kvkNumber': '90000091'}, '/kvkNumber'
    yield 'account_manager', '/employers', {'name': 'Dubbel', 'sector': '4639', 'sizeClass': 'small', 'kvkNumber': '90000092'}, '/kvkNumber'
    yield 'consultant', '/candidates', {'alias': 'Dubbel', 'pc4': '5012', 'bsn': bsn_of(999720000)}, '/bsn'
    yield 'account_manager', f'{employer}/contacts', {'name': 'Dubbel', 'preferred': True}, '/preferred'
    yield 'account_manager', f'{employer}/conditions', {'condition': 'forklift', 'hard': False}, '/condition'


@pytest.mark.parametrize('number', range(6))
def test_a10_a_duplicate_names_its_property(as_role, world, number):
    role, path, body, pointer = list(duplicates(as_role, world))[number]
    client = as_role(role)
    first = client.post(path, body)
    assert first.status == 201 or first.problem == 'duplicate', first.text
    again = client.post(path, body)
    assert again.status == 409 and again.problem == 'duplicate' and faults(again) == {(pointer, 'unique')}
    assert not [value for value in body.values() if isinstance(value, str) and value != 'firm' and value in again.text]


def test_a10_an_employer_that_is_not_his_own_is_named(as_role, new_vacancy, world):
    other = next(e['id'] for e in as_role('consultant').get('/employers').json['items'] if e['id'] != world['employer'])
    answer = new_vacancy(employerId=other)
    assert answer.status == 403 and answer.problem == 'forbidden' and faults(answer) == {('/employerId', 'not-yours')}


def test_a10_a_caseload_that_is_not_the_own_is_named(as_role, world):
    answer = as_role('case_manager').post('/candidates', {'alias': 'Elders', 'pc4': '5012', 'caseManagerId': world['consultant']})
    assert answer.status == 403 and faults(answer) == {('/caseManagerId', 'not-yours')}


def test_a10_what_is_named_twice_is_no_duplicate_of_others(as_role, world):
    """It was 409, as if somebody else had it. What the contract cannot see (the same id in other letters), the database sees."""
    one, client = world['competences'][0], as_role('case_manager')
    for other, where in ((one, '/competences/1'), (one.upper(), '/competences')):
        twice = [{'competenceId': one, 'level': 1}, {'competenceId': other, 'level': 1}]
        answer = client.post('/candidates', {'competences': twice, 'pc4': '5012', 'alias': 'Twee keer'})
        assert answer.status == 400 and faults(answer) == {(where, 'repeated')}


def test_a10_what_is_not_there_is_named_where_it_stands(as_role, world):
    """The pointer of a competence was /competenceId, where the body has nothing."""
    nothing = '01920000-0000-7000-8000-00000000dead'
    answer = as_role('case_manager').post('/candidates', {'alias': 'Niets', 'pc4': '5012', 'competences': [
        {'competenceId': nothing, 'level': 1}]})
    assert answer.status == 400 and faults(answer) == {('/competences', 'reference')}
    answer = as_role('case_manager').post('/candidates', {'alias': 'Niets', 'pc4': '9998'})
    assert answer.status == 400 and faults(answer) == {('/pc4', 'reference')}


@pytest.mark.parametrize('language,words', [('nl', ('Niet gevonden', 'bestaat niet')), ('en', ('Not found', 'does not exist'))])
def test_a10_a_problem_always_has_a_detail(as_role, language, words):
    answer = as_role('consultant').get('/vacancies/01920000-0000-7000-8000-00000000dead', **{'Accept-Language': language})
    assert answer.json['title'] == words[0] and words[1] in answer.json['detail']


CONSTRAINTS = """select c.relname, k.conname, k.contype::text,
       array(select a.attname::text from unnest(k.conkey) x join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x)
from pg_constraint k join pg_class c on c.oid = k.conrelid where c.relnamespace = 'app'::regnamespace and k.contype <> 't'
union select c.relname, n.relname, 'u', array[]::text[]
from pg_index i join pg_class n on n.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
where c.relnamespace = 'app'::regnamespace and i.indisunique and not exists (select from pg_constraint k where k.conindid = n.oid)"""
ENDS = {'f': '_fkey', 'c': '_check', 'u': '_key'}


def test_a10_each_constraint_has_its_answer(region):
    """Whoever adds a constraint says in openapi/problems.yaml what a client gets that violates it, unless it is of one column that
    a body or a path has: then lib/http/problem.c finds the property by the name that PostgreSQL made."""
    contract = Contract(ROOT / 'openapi')
    problems = Problems(ROOT / 'openapi/problems.yaml')
    columns = {column_of(name, raw) for schema in contract.reachable([o.body for o in contract.operations if o.body])
               for name, raw in contract.schemas[schema].get('properties', {}).items()}
    paths = {column_of(p['name'], p['schema']) for o in contract.operations for p in o.path_parameters}
    found, without = set(), []
    for table, name, kind, named in region.sql(CONSTRAINTS):
        found.add(name)
        own = [column for column in named if column != 'tenant_id']
        made = '_'.join([table, *named]) + ENDS.get(kind, '')
        derived = name == made and len(own) == 1 and own[0] in columns | (paths if kind == 'f' else set())
        ours = not own if kind == 'f' else kind == 'p' and own == ['id']     # the municipality and identifiers are made here
        if not (derived or ours or name in problems.constraints or name in problems.unreachable):
            without.append(name)
    assert not without
    assert not (set(problems.constraints) | problems.unreachable) - found, 'there is no such constraint'
    assert not set(problems.constraints) & problems.unreachable
