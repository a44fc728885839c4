# SPDX-License-Identifier: EUPL-1.2
"""The contract: what it must say of every operation and property, and the official lint rules."""
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
OPERATIONS = [(path, method, op) for path, item in CONTRACT['paths'].items() for method, op in item.items()
              if method != 'parameters']

WITHOUT_RIGHTS = {'getCalendar': 'an agenda can only fetch an address, so the token of the feed is in it',
                  'readSigning': 'whoever has a link has no login', 'signWithLink': 'the same'}


@pytest.mark.parametrize('path,method,op', OPERATIONS, ids=[op['operationId'] for _, _, op in OPERATIONS])
def test_operation_is_described_and_exemplified(path, method, op):
    assert op['summary'] and op['description'] and op['tags']
    assert op.get('x-rights') or op['operationId'] in WITHOUT_RIGHTS, 'who may call it'
    success = next(iter(op['responses'].values()))
    for content in success.get('content', {}).values():
        assert content['example']
    for content in op.get('requestBody', {}).get('content', {}).values():
        assert CONTRACT['components']['schemas'][content['schema']['$ref'].rsplit('/', 1)[1]]['example']


@pytest.mark.parametrize('name', sorted(CONTRACT['components']['schemas']))
def test_schema_has_its_dutch_term_and_bounds(name):
    schema = CONTRACT['components']['schemas'][name]
    assert schema['description'] and 'x-nl' in schema
    for prop, raw in schema.get('properties', {}).items():
        if raw.get('type') == 'string' and 'enum' not in raw and 'allOf' not in raw and 'format' not in raw:
            assert 'maxLength' in raw, prop
        if raw.get('type') == 'integer':
            assert 'minimum' in raw and 'maximum' in raw, prop
        if raw.get('type') == 'array':
            assert 'maxItems' in raw, prop


def test_seen_builder_people_read_words_for_what_was_chosen():
    """Every portal kept a table of its own for reasons and outcomes, and each said something else."""
    labels, served = CONTRACT['x-labels'], json.dumps(CONTRACT['components'])
    assert labels['TaskOutcome']['at_risk'] == {'nl': 'dreigt mis te gaan', 'en': 'at risk'} and len(labels['PlacementEndReason']) == 11
    for name, schema in CONTRACT['components']['schemas'].items():
        assert name not in labels or list(labels[name]) == schema['enum']
    grown = {tuple(prop['x-extensible-enum']): prop.get('x-labels-of') for schema in CONTRACT['components']['schemas'].values()
             for prop in schema.get('properties', {}).values() if 'x-extensible-enum' in prop}
    assert all(list(labels[name]) == list(values) for values, name in grown.items() if name) and '"x-labels-of": "TrajectoryStopReason"' in served


NAMED = {'Task.ownerUserId': 'ownerName', 'WorkItem.ownerUserId': 'ownerName', 'SignalCheck.ownerUserId': 'ownerName', 'HandOver.fromUserId': 'fromName', 'HandOver.toUserId': 'toName',
         'Mandate.granteeUserId': 'granteeName', 'Signatory.signedBy': 'signedName', 'Candidate.userId': 'lastName',
         # not named: an operator looks after many municipalities, and the rest names no user
         'QueueAct.actorId': None, 'Decision.revisedById': None, 'Occupation.replacedById': None, 'Competence.replacedById': None}


def test_seen_builder_a_user_is_named_beside_the_identifier():
    """Who asked, decided, noted or spoke was an identifier, and each screen looked the names up."""
    users = {f'{name}.{prop}': (prop.removesuffix('Id') + 'Name', schema['properties']) for name, schema in CONTRACT['components']['schemas'].items() if 'readOnly' not in schema
             for prop, raw in schema.get('properties', {}).items() if raw.get('format') == 'uuid' and re.search(r'(By|serId|ById|coachId|caseManagerId|assigneeId|leaderId|accountManagerId|authorId|actorId)$', prop)
             if 'id' in schema['properties'] or name in ('SignalCheck', 'Signatory', 'WorkItem')}
    assert [where for where, (name, shown) in users.items() if NAMED.get(where, name) not in (None, *shown)] == [] and set(NAMED) <= set(users)


def test_properties_of_persons_have_a_data_class():
    from sys import path
    path.insert(0, str(ROOT / 'openapi'))
    from generator.contract import Contract
    contract = Contract(ROOT / 'openapi')
    missing = [f'{name}.{prop}' for name, schema in contract.schemas.items() if schema.get('x-person')
               for prop, raw in schema['properties'].items() if 'x-data-class' not in raw and '$ref' not in raw]
    assert not missing


def test_official_lint_rules():
    rules = os.environ.get('ADR_RULESET')
    if not rules or not shutil.which('npx'):
        pytest.skip('no ADR_RULESET, or no npx')
    tools = ROOT / 'build/lint'
    tools.mkdir(parents=True, exist_ok=True)
    for name in ('package.json', 'package-lock.json'):
        if (ROOT / 'tests/lint' / name).exists():
            shutil.copy(ROOT / 'tests/lint' / name, tools / name)
    if not (tools / 'node_modules/.bin/spectral').exists():
        done = subprocess.run(['npm', 'ci', '--silent', '--no-audit', '--no-fund'], cwd=tools, capture_output=True)
        if done.returncode:
            pytest.skip('npm cannot install the linter here')
    report = tools / 'report.json'          # standard output also carries a sentence when there is nothing to report
    report.unlink(missing_ok=True)
    done = subprocess.run([tools / 'node_modules/.bin/spectral', 'lint', '--ruleset', rules, '--format', 'json', '--output', report,
                           ROOT / 'openapi/gen/openapi.json'], text=True, capture_output=True)
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(report.read_text())
    assert not [f'{f["code"]}: {".".join(map(str, f["path"]))}' for f in found if f['severity'] <= 1]
