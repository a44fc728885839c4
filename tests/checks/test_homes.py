# SPDX-License-Identifier: EUPL-1.2
"""A noun has one home per layer and one name: who knows the noun knows every path."""
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'openapi'))
from generator import sql, states  # noqa: E402
from generator.contract import Contract  # noqa: E402

CONTRACT = Contract(ROOT / 'openapi')


def plural(noun):
    return noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'


def noun_of(file):
    """openapi/vacancies.yaml is the contract of vacancy."""
    return file[:-3] + 'y' if file.endswith('ies') else file.removesuffix('s')


SERVICES = {operation.service for operation in CONTRACT.operations}
NOUNS = {noun_of(operation.file.removesuffix('.yaml')): operation.service for operation in CONTRACT.operations}
STATEMENTS = sql.read(ROOT / 'sql/queries')
states.log_queries(CONTRACT, STATEMENTS, set())
QUERIES = [query for program, found in STATEMENTS.items() if program in SERVICES for query in found]


@pytest.mark.parametrize('noun', [noun for noun in NOUNS if noun != 'queue'])
def test_a_noun_has_its_files(noun):
    assert (ROOT / f'openapi/{plural(noun)}.yaml').exists()
    assert (ROOT / f'sql/queries/{noun}.sql').exists()
    assert (ROOT / f'tests/e2e/test_{plural(noun)}.py').exists()


@pytest.mark.parametrize('query', QUERIES, ids=[query.name for query in QUERIES])
def test_a_query_is_in_the_file_of_its_noun_and_begins_with_it(query):
    noun = query.file.removesuffix('.sql')
    assert NOUNS.get(noun) == query.program
    assert query.name.startswith(f'{noun}_')


def test_an_operation_runs_statements_of_its_own_service():
    files = {query.name: query.file.removesuffix('.sql') for query in QUERIES}
    for operation in CONTRACT.operations:
        assert {NOUNS[files[name]] for name, _ in operation.plan} <= {operation.service}


@pytest.mark.parametrize('service', sorted(SERVICES))
def test_a_service_has_files_of_its_nouns_only(service):
    own = {noun for noun, home in NOUNS.items() if home == service}
    found = {file.stem.removesuffix('_http') for file in (ROOT / 'services' / service).glob('*.[ch]')}
    assert found - {'main'} <= own
    assert {file.stem for file in (ROOT / 'tests/unit' / service).glob('*.c')} <= {f'test_{noun}' for noun in own}


# what is in sql/functions beside nouns of the contract: what every noun stands on
GROUND = {'access', 'agreement_region', 'audit', 'base', 'calendar', 'clock', 'day', 'entry', 'idempotency', 'instrument', 'notify', 'noun_clock', 'reference', 'state', 'subject'}


def owner_of(stem):
    """The noun of a file; one that would be too long is in parts: candidate.sql, candidate_merge.sql."""
    return stem if stem in NOUNS else next((noun for noun in NOUNS if stem.startswith(f'{noun}_')), stem)


@pytest.mark.parametrize('folder', ['functions', 'states'])
def test_sql_is_in_the_file_of_its_noun(folder):
    found = {file.stem for file in (ROOT / 'sql' / folder).glob('*.sql')}
    assert {name for name in found if owner_of(name) not in NOUNS} <= GROUND


@pytest.mark.parametrize('file', [file for file in sorted((ROOT / 'sql/functions').glob('*.sql')) if file.stem not in GROUND],
                         ids=lambda file: file.stem)
def test_a_function_is_in_the_file_of_its_noun(file):
    """app.proposal_answer(), app.proposals_open_of() and app.sees_proposal() are in proposal.sql; what is of the queue is in queue*.sql."""
    noun = owner_of(file.stem)
    assert noun in NOUNS
    name = rf'{noun}\.\w+' if noun in ('queue', 'region') else rf'(?:app|region)\.((sees_|changes_)?{noun}|{plural(noun)})(_\w+)?'
    made = re.findall(r'^create (?:function|procedure|view) ([\w.]+)', file.read_text(), re.M)
    assert made and not [one for one in made if not re.fullmatch(name, one)]
