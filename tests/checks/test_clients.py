# SPDX-License-Identifier: EUPL-1.2
"""What keeps clients that are generated from the contract well: each rule refuses what breaks them."""
import copy
import json
import sys

import pytest

import tiny
from generator import clients, sql  # noqa: E402
from generator.wrong import Wrong  # noqa: E402

sys.path.insert(0, str(tiny.ROOT / 'tests/clients'))
from answers import Answers, same  # noqa: E402

SERVED = json.loads((tiny.ROOT / 'openapi/gen/openapi.json').read_text())
TEXT = {'type': 'string', 'maxLength': 40, 'description': 'Text.'}
NUMBER = {'type': 'integer', 'minimum': 0, 'description': 'A number.'}


def schema_ref(name):
    return {'$ref': f'#/components/schemas/{name}'}


def enum(values, **more):
    return {'type': 'string', 'x-nl': 'keuze', 'description': 'A choice.', 'enum': values, **more}


def add_property(name, prop, raw):
    return lambda document: document['components']['schemas'][name]['properties'].update({prop: raw})


def add_schema(name, schema):
    return lambda document: document['components']['schemas'].update({name: schema})


def add_parameter(raw):
    return lambda document: document['paths']['/vacancies']['get']['parameters'].append(raw)


def set_of(*path, value):
    def change(document):
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value
    return change


VACANCY = ('components', 'schemas', 'Vacancy')
BODY = ('paths', '/vacancies/{vacancyId}', 'patch', 'requestBody', 'content', 'application/merge-patch+json', 'schema')
BREAKS = {
    'a number of 53 bits without its format': (
        add_property('Vacancy', 'big', {**NUMBER, 'format': 'int32', 'maximum': 2 ** 53 - 1}), 'Vacancy.big: its format'),
    'a number without format': (add_property('Vacancy', 'big', {**NUMBER, 'maximum': 7}), 'Vacancy.big: its format'),
    'numbers of a list without format': (add_property('Vacancy', 'few', {'type': 'array', 'items': {**NUMBER, 'maximum': 7}}), r'few\[\]'),
    'an enum of a property': (add_property('Vacancy', 'colour', {**TEXT, 'enum': ['red', 'blue']}), 'Vacancy.colour: an enum without a name'),
    'an enum of items': (add_property('Vacancy', 'colours', {'type': 'array', 'items': {**TEXT, 'enum': ['red']}}), 'enum without a name'),
    'an enum of a parameter': (add_parameter({'name': 'colour', 'in': 'query', 'schema': {**TEXT, 'enum': ['red']}}), 'parameter colour'),
    'a schema of a property': (add_property('Vacancy', 'inner', {'type': 'object', 'properties': {'a': TEXT}}), 'a schema without a name'),
    'a choice of schemas': (add_property('Vacancy', 'inner', {'oneOf': [schema_ref('Link'), schema_ref('Place')]}), 'a schema without a name'),
    'an object without schema': (add_property('Vacancy', 'inner', {'type': 'object'}), 'an object without a schema'),
    'a body without name': (set_of(*BODY, value={'type': 'object', 'properties': {'a': TEXT}}), 'updateVacancy: a body or answer'),
    'values that join': (add_schema('Colour', enum(['light-blue', 'light_blue'])), 'Colour: each value needs a name'),
    'a value with a sign': (add_schema('Colour', enum(['-red'])), 'Colour: value -red'),
    'a value that Kotlin has': (add_schema('Colour', enum(['name'])), 'Colour: value name'),
    'fewer names than values': (add_schema('Colour', enum(['red', '-red'], **{'x-enum-varnames': ['RED']})), 'Colour: each value'),
    'an enum with a default': (add_schema('Colour', enum(['red'], default='red')), 'Colour: a default is in words'),
    'a value that is called like a schema': (add_schema('Colour', enum(['vacancy'])), 'Colour: value vacancy and a schema'),
    'schemas that join': (add_schema('Vacancylist', enum(['red'])), 'Vacancylist and VacancyList are one name'),
    'a property that joins': (add_schema('ScreeningAdvice', enum(['red'])), 'Screening.advice and ScreeningAdvice are one name'),
    'an operation that joins': (add_schema('ListVacanciesParams', enum(['red'])), 'listVacanciesParams and ListVacanciesParams'),
    'an answer that is strict': (set_of(*VACANCY, 'additionalProperties', value=False), 'Vacancy: what is written is strict'),
    'a body that is open': (lambda d: d['components']['schemas']['VacancyNew'].pop('additionalProperties'), 'VacancyNew: what is written is'),
    'an answer that does not say that it is open': (lambda d: d['components']['schemas']['Vacancy'].pop('additionalProperties'), 'is open'),
    'both in one': (add_property('VacancyNew', 'inner', schema_ref('VacancyCompetence')), 'VacancyCompetence: clients both read and write it'),
    'nobody\'s': (add_schema('Orphan', {'type': 'object', 'properties': {}}), 'Orphan: nothing refers to it'),
    'a PATCH that takes what a POST takes': (set_of(*BODY, value=schema_ref('VacancyNew')), 'VacancyNew is not a …Change'),
    'a change that requires': (set_of('components', 'schemas', 'VacancyChange', 'required', value=['title']), 'VacancyChange is not a …Change'),
    'a reserved word': (add_property('Supply', 'pass', TEXT), 'Supply.pass: pass is a reserved word in Python'),
    'a name that models of Python have': (add_property('Supply', 'copy', TEXT), 'Supply.copy: copy is a reserved word in the models of Python'),
    'a reserved parameter': (add_parameter({'name': 'in', 'in': 'query', 'schema': TEXT}), 'in is a reserved word'),
}


def test_the_contract_keeps_to_the_rules():
    clients.check(SERVED)


@pytest.mark.parametrize('change,words', BREAKS.values(), ids=BREAKS)
def test_what_breaks_clients_is_refused(change, words):
    document = copy.deepcopy(SERVED)
    change(document)
    with pytest.raises(Wrong, match=words):
        clients.check(document)


def test_what_a_list_leaves_out_is_not_required(tmp_path):
    (tmp_path / 'sql').mkdir()
    (tmp_path / 'sql/thing.sql').write_text('-- program: things\n\n-- query: thing_1\n-- rows: many\n-- sort: id t.id uuid id\n-- key: t.id\n'
                                            'select t.id from app.thing t where true\n')
    contract = tiny.contract(
        tmp_path / 'openapi', {'Thing': tiny.schema({'id': tiny.text(), 'name': tiny.text()}, required=['id', 'name']),
                               'ThingList': {'x-list-of': 'Thing', 'x-nl': 'dingen'}},
        {'a': {'/things': tiny.operation(1, response='ThingList')}})
    with pytest.raises(Wrong, match='a.yaml: get /things: its query gives no name, which Thing requires'):
        clients.check_lists(contract, sql.by_name(sql.read(tmp_path / 'sql')))


LATER = Answers(SERVED).value(SERVED['components']['schemas']['Proposal'], True)


@pytest.mark.parametrize('loss', [{'version': 2 ** 53 - 2}, {'state': 'sent'}, {'card': None}, {'sentAt': '2026-11-23T09:30:01Z'}],
                         ids=['number', 'value', 'object', 'moment'])
def test_a_client_that_loses_something_is_found(loss):
    """`make clients` compares what a client read with what was sent."""
    assert same(LATER, {**LATER, 'sentAt': '2026-11-23T09:30:00+00:00'}) and not same(LATER, {**LATER, **loss})


# what hurt clients, row by row

def values():
    """(where, raw) of each property, parameter and item of the served contract"""
    for name, schema in SERVED['components']['schemas'].items():
        for prop, raw in schema.get('properties', {}).items():
            yield f'{name}.{prop}', raw
            if 'items' in raw:
                yield f'{name}.{prop}[]', raw['items']
    for parameter in clients.parameters(SERVED):
        yield parameter['name'], parameter['schema']


def test_a1_a_number_of_more_than_31_bits_is_an_int64():
    big = [raw for _, raw in values() if raw.get('type') == 'integer' and raw['maximum'] >= 2 ** 31]
    assert len(big) > 20 and {raw['format'] for raw in big} == {'int64'}


def test_a2_every_enum_has_a_name_and_its_values_have_names():
    assert not [where for where, raw in values() if 'enum' in raw]
    sorts = [schema for name, schema in SERVED['components']['schemas'].items() if name.endswith('Sort')]
    assert sorts and all(len(schema['x-enum-varnames']) == len(schema['enum']) for schema in sorts)


def test_a3_no_two_names_join_to_one():
    clients.check_joined(SERVED)
    assert 'ScreeningAdvice' not in SERVED['components']['schemas']


def test_a4_requests_are_strict_and_answers_are_open():
    clients.check_open(SERVED)
    assert 'x-extensible-enum' in SERVED['components']['schemas']['Vacancy']['properties']['kind']


def test_a6_a_patch_demands_nothing():
    clients.check_changes(SERVED)
    bodies = [item['patch'] for item in SERVED['paths'].values() if 'patch' in item]
    assert len(bodies) > 5


def test_a7_links_are_one_class_and_no_member_is_a_keyword():
    links = [raw for where, raw in values() if where.endswith('._links')]
    assert links and all(raw['additionalProperties'] == schema_ref('Link') for raw in links)
    names = {where.split('.')[1].removesuffix('[]') for where, _ in values() if '.' in where}
    assert names & set(clients.KEYWORDS) <= {prop for _, prop in clients.KEPT}
    assert SERVED['components']['schemas']['ShortlistItem']['properties']['explanation']['$ref']


def test_a14_the_text_of_the_list_says_how_somebody_is_found():
    text, search = (SERVED['paths'][path][method] for path, method in (('/candidates', 'get'), ('/candidates/_search', 'post')))
    assert 'name and day of birth' in text['description'] and 'name and day of birth' in search['description']
    assert {'bsn', 'name', 'birthDate'} <= set(SERVED['components']['schemas']['CandidateSearch']['properties'])
