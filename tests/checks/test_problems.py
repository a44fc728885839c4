# SPDX-License-Identifier: EUPL-1.2
"""openapi/problems.yaml against what raises: a code that one side knows and the other does not ends `make gen`."""
import copy
import json

import pytest
import yaml

import tiny
from generator import emit_proxy
from generator.contract import Contract
from generator.problems import Problems
from generator.wrong import Wrong

FILE = tiny.ROOT / 'openapi/problems.yaml'
REAL = yaml.safe_load(FILE.read_text())
NOUNS = Contract(tiny.ROOT / 'openapi')
CONTRACT = json.loads((tiny.ROOT / 'openapi/gen/openapi.json').read_text())


@pytest.fixture
def house(tmp_path):
    """house(change, sql=…) checks a copy of the file, with a function of SQL more."""
    for folder in ('lib', 'services', 'workers', 'sql'):
        (tmp_path / folder).symlink_to(tiny.ROOT / folder)

    def check(change=lambda raw: None, sql=None):
        raw = copy.deepcopy(REAL)
        change(raw)
        (tmp_path / 'problems.yaml').write_text(yaml.dump(raw, sort_keys=False, allow_unicode=True))
        if sql:
            (tmp_path / 'sql').unlink()
            (tmp_path / 'sql').mkdir()
            (tmp_path / 'sql/more.sql').write_text(f'begin\n    if true then\n        {sql};\n    end if;\nend')
            for real in (tiny.ROOT / 'sql').rglob('*.sql'):
                (tmp_path / 'sql' / '-'.join(real.relative_to(tiny.ROOT).parts)).symlink_to(real)
        problems = Problems(tmp_path / 'problems.yaml')
        problems.check(tmp_path, NOUNS)
        return problems
    return check


def test_the_real_file_fits(house):
    house()


@pytest.mark.parametrize('sql', [
    "raise exception using errcode = 'MW409', message = 'never-heard-of'",
    "raise exception using errcode = 'MW404', message = 'idempotency-busy'",
    "raise exception\n            using errcode = 'MW409',\n            message = 'nope'", "RAISE EXCEPTION 'in words'",
    "raise exception 'in words' using errcode = 'MW409', message = 'duplicate'",
    "raise exception using message = 'duplicate', errcode = 'MW409'",
    "raise exception using errcode = 'MW409', message = 'duplicate', detail = json_build_object('taken', 1)::text"],
    ids=['unknown', 'another status', 'lines', 'words', 'words before', 'order', 'members'])
def test_what_sql_raises_is_in_the_file(house, sql):
    with pytest.raises(Wrong, match='more.sql'):
        house(sql=sql)


def a_problem(raw, **more):
    raw['problems']['new'] = {'status': 409, 'when': 'write', 'do': 'Nothing.', 'title': {'nl': 'Nieuw', 'en': 'New'},
                              'detail': {'nl': 'Iets nieuws.', 'en': 'Something new.'}, **more}


@pytest.mark.parametrize('change,match', [
    (lambda raw: a_problem(raw), 'nothing raises new'), (lambda raw: a_problem(raw, when='often'), 'often'),
    (lambda raw: a_problem(raw, statuss=1), 'statuss'), (lambda raw: a_problem(raw, err='NEVER'), 'ERR_NEVER'),
    (lambda raw: a_problem(raw, title={'en': 'New'}), 'Dutch'), (lambda raw: a_problem(raw, members=['nothing']), 'nothing'),
    (lambda raw: a_problem(raw, constraints={'x_check': {'pointer': '/nowhere', 'fault': 'order'}}, sqlstate=['XX']), '/nowhere'),
    (lambda raw: a_problem(raw, constraints={'x_check': {'pointer': '/name', 'fault': 'bad'}}, sqlstate=['XX']), 'bad'),
    (lambda raw: a_problem(raw, constraints={'x_check': {'pointer': '/name', 'fault': 'value'}}, sqlstate=['XX']), 'does not say what is allowed'),
    (lambda raw: raw['faults'].update(new={'nl': 'Nieuw', 'en': 'New'}), 'nothing notes the fault new'),
    (lambda raw: raw['signals'].update({'MW499 new': 'x'}), 'signals'),
    (lambda raw: raw['problems'].pop('not-shortlisted'), 'not-shortlisted')],
    ids=['raised by nobody', 'when', 'a slip', 'no error', 'one language', 'member', 'pointer', 'fault', 'no reason', 'fault of nobody', 'signal',
         'gone'])
def test_what_is_in_the_file_is_raised(house, change, match):
    with pytest.raises(Wrong, match=match):
        house(change)


def test_a_page_for_each_status_of_the_proxy(house):
    problems = house(lambda raw: raw['problems']['internal'].update(proxy=False))
    with pytest.raises(Wrong, match='front proxy'):
        emit_proxy.errors(problems, [])


def test_the_contract_has_the_catalogue():
    schemas = CONTRACT['components']['schemas']
    assert schemas['ProblemType']['x-extensible-enum'] == [f'urn:maatwerk:problem:{code}' for code in REAL['problems']]
    assert schemas['FaultCode']['x-extensible-enum'] == list(REAL['faults'])
    assert 'detail' in schemas['Problem']['required']


def test_each_operation_has_the_problems_that_it_can_answer():
    """A8, A10: 414, 431, 408, 502 were nowhere; what needs a body, a key or a version is where that is."""
    for path, item in CONTRACT['paths'].items():
        for method, operation in item.items():
            if method == 'parameters':
                continue
            where, said = operation['operationId'], set(operation['responses'])
            assert {'400', '401', '403', '404', '405', '406', '408', '414', '431', '500', '502', '503', '504'} <= said, where
            assert ('413' in said) == ('415' in said) == ('requestBody' in operation), where
            assert ({'412', '428'} <= said) == (method in ('put', 'patch', 'delete')), where
            assert '429' in said and '501' not in said, where
