# SPDX-License-Identifier: EUPL-1.2
"""The contract breaks no client of the last release; and what would break one is found."""
import copy
import json

import pytest

import tiny
from generator import compare  # noqa: E402

SERVED = json.loads((tiny.ROOT / 'openapi/gen/openapi.json').read_text())
RELEASED = json.loads((tiny.ROOT / 'openapi/released.json').read_text())
TEXT = {'type': 'string', 'maxLength': 40}


def test_a15_nothing_that_is_released_breaks():
    """What must break has a new major version, before 1.0 a new minor one; `make release` then makes it the released contract."""
    found = compare.breaks(RELEASED, SERVED)
    assert not found or compare.may_break(RELEASED['info']['version'], SERVED['info']['version']), \
        'keep what clients use, or raise `version` in openapi/openapi.yaml (before 1.0 its middle number) and `make release`'


def schema(name):
    return lambda document: document['components']['schemas'][name]


def prop(name, member):
    return lambda document: document['components']['schemas'][name]['properties'][member]


def operation(path, method):
    return lambda document: document['paths'][path][method]


def change(find, act):
    return lambda document: act(find(document))


def drop(key):
    return lambda node: node.pop(key)


def put(**values):
    return lambda node: node.update(values)


def parameter(name):
    return lambda document: next(p for p in document['paths']['/vacancies']['get']['parameters'] if p.get('name') == name)


def add_parameter(**raw):
    return change(operation('/vacancies', 'get'), lambda node: node['parameters'].append({'name': 'late', 'in': 'query', 'schema': TEXT, **raw}))


def lose(values):
    return lambda node: node[values].pop()


def gain(values, value):
    return lambda node: node[values].append(value)


LIST = ('/vacancies', 'get')
BREAKS = {
    'the address is another': (lambda d: d['servers'][0].update(url='/v2'), 'servers: are others'),
    'an operation is gone': (lambda d: d['paths']['/vacancies'].pop('post'), 'post /vacancies: is gone'),
    'a path is gone': (lambda d: d['paths'].pop('/places'), 'get /places: is gone'),
    'an operation has another name': (change(operation(*LIST), put(operationId='allVacancies')), 'is called allVacancies now'),
    'a role may no longer': (change(operation(*LIST), lambda node: node['x-rights'].pop('hub')), 'hub may no longer'),
    'a role sees less': (change(operation(*LIST), lambda node: node['x-rights'].update(hub='organisation')), 'hub may no longer'),
    'a tag is another': (change(operation(*LIST), put(tags=['Other'])), 'has other tags'),
    'a status is gone': (change(operation(*LIST), lambda node: node['responses'].pop('304')), 'status 304 is gone'),
    'success is another status': (
        change(operation('/vacancies', 'post'), lambda node: node['responses'].update({'202': node['responses'].pop('201')})), 'status 202 is new'),
    'a header is gone': (change(operation(*LIST), lambda node: node['responses']['200']['headers'].pop('ETag')), 'header ETag of 200 is gone'),
    'a medium is gone': (change(operation(*LIST), lambda node: node['responses']['200'].pop('content')), 'application/json is gone'),
    'an answer is another schema': (
        change(operation(*LIST), lambda node: node['responses']['200']['content']['application/json'].update(
            schema={'$ref': '#/components/schemas/EmployerList'})), 'is EmployerList now, was VacancyList'),
    'a parameter is gone': (change(operation(*LIST), lambda node: node['parameters'].pop(0)), 'parameter state is gone'),
    'a new parameter is required': (add_parameter(required=True), 'parameter late is new and required'),
    'a parameter is required': (change(parameter('employerId'), put(required=True)), 'parameter employerId is required now'),
    'a parameter takes less': (change(parameter('pageSize'), lambda node: node['schema'].update(maximum=50)), 'pageSize: maximum is 50 now'),
    'what is read has no property any more': (change(schema('Vacancy'), lambda node: node['properties'].pop('title')), 'Vacancy: title is gone'),
    'what is read may lack a property': (change(schema('Vacancy'), lambda node: node['required'].remove('title')), 'title is no longer always there'),
    'what is read may be null': (change(prop('Vacancy', 'title'), put(nullable=True)), 'Vacancy.title: may be null now'),
    'what is read has another type': (change(prop('Vacancy', 'hoursMin'), put(type='string')), 'Vacancy.hoursMin: type is string now'),
    'what is read is larger': (change(prop('Vacancy', 'hoursMin'), put(format='int64')), 'Vacancy.hoursMin: format is int64 now'),
    'what is read is longer': (change(prop('Vacancy', 'title'), put(maxLength=999)), 'Vacancy.title: maxLength is 999 now'),
    'what is read is hidden': (change(prop('Vacancy', 'title'), lambda node: node.update({'x-visible-to': ['hub']})),
                               'Vacancy.title: is no longer visible to everybody'),
    'a list has other items': (change(prop('Vacancy', 'competences'), put(items={'$ref': '#/components/schemas/VacancyCondition'})),
                               'is VacancyCondition now, was VacancyCompetence'),
    'what is written has no property any more': (
        change(schema('VacancyNew'), lambda node: node['properties'].pop('wageText')), 'VacancyNew: wageText is gone'),
    'what is written needs a property': (change(schema('VacancyNew'), lambda node: node['required'].append('wageText')), 'wageText is required now'),
    'what is written needs a new property': (
        change(schema('VacancyNew'), lambda node: (node['properties'].update(late=TEXT), node['required'].append('late'))), 'late is required now'),
    'what is written may not be null': (change(prop('VacancyNew', 'wageText'), drop('nullable')), 'VacancyNew.wageText: may no longer be null'),
    'what is written is shorter': (change(prop('VacancyNew', 'title'), put(maxLength=60)), 'VacancyNew.title: maxLength is 60 now'),
    'what is written is more at least': (change(prop('VacancyNew', 'positions'), put(minimum=2)), 'VacancyNew.positions: minimum is 2 now'),
    'what is written has a new pattern': (change(prop('VacancyNew', 'title'), put(pattern='^[a-z]+$')), 'VacancyNew.title: pattern is'),
    'what is written may not repeat': (change(prop('VacancyNew', 'conditions'), put(uniqueItems=True)), 'VacancyNew.conditions: uniqueItems is True now'),
    'a value cannot be written any more': (change(schema('VacancyKind'), lose('enum')), 'VacancyKind: redeployment is no value any more'),
    'a fixed value is new': (change(schema('Shift'), gain('enum', 'dawn')), 'Shift: dawn is a new value'),
    'a value has another name': (
        change(schema('ListVacanciesSort'), lambda node: node['x-enum-varnames'].__setitem__(0, 'OTHER')), 'the name of value reportedAt is another'),
    'values that may grow are fixed': (
        change(prop('Vacancy', 'state'), lambda node: node.update(enum=node.pop('x-extensible-enum'))), 'Vacancy.state: is another kind of enum'),
    'a map has other values': (change(prop('QueueJob', 'ids'), put(additionalProperties=False)), 'additionalProperties is another'),
}
GOES_ON = {
    'a new operation': lambda d: d['paths'].update({'/late': {'get': d['paths']['/places']['get']}}),
    'a new role': change(operation(*LIST), lambda node: node['x-rights'].update(analyst='tenant')),
    'a new parameter': add_parameter(),
    'a new problem': change(operation(*LIST), lambda node: node['responses'].update({'425': node['responses']['400']})),
    'a new property is read': change(schema('Vacancy'), lambda node: node['properties'].update(late=TEXT)),
    'a property is always there': change(schema('Vacancy'), lambda node: node['required'].append('source')),
    'a new value is read': change(prop('Vacancy', 'state'), gain('x-extensible-enum', 'late')),
    'what is read is shorter': change(prop('Vacancy', 'title'), put(maxLength=60)),
    'more see it': change(prop('Vacancy', 'internalNote'), lambda node: node['x-visible-to'].append('hub')),
    'a new property may be written': change(schema('VacancyNew'), lambda node: node['properties'].update(late=TEXT)),
    'what is written may lack a property': change(schema('VacancyNew'), lambda node: node['required'].remove('positions')),
    'what is written may be null': change(prop('VacancyNew', 'title'), put(nullable=True)),
    'what is written is longer': change(prop('VacancyNew', 'title'), put(maxLength=999)),
    'a new value may be written': change(schema('VacancyKind'), gain('enum', 'late')),
    'other words': change(prop('Vacancy', 'title'), put(description='Other words.', example='Other')),
}


def changed(act):
    document = copy.deepcopy(SERVED)
    act(document)
    return document


@pytest.mark.parametrize('act,words', BREAKS.values(), ids=BREAKS)
def test_a15_what_breaks_clients_is_found(act, words):
    found = compare.breaks(compare.plain(SERVED), compare.plain(changed(act)))
    assert any(words in line for line in found), found


@pytest.mark.parametrize('act', GOES_ON.values(), ids=GOES_ON)
def test_what_breaks_nobody_is_not(act):
    assert compare.breaks(compare.plain(SERVED), compare.plain(changed(act))) == []


@pytest.mark.parametrize('old,new,may', [('0.1.0', '0.1.1', False), ('0.1.0', '0.2.0', True), ('0.9.0', '1.0.0', True), ('1.2.0', '1.3.0', False),
                                         ('1.2.0', '2.0.0', True), ('2.0.0', '1.9.0', False)])
def test_the_version_says_what_may_break(old, new, may):
    assert compare.may_break(old, new) is may
