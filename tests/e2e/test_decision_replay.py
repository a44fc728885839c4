# SPDX-License-Identifier: EUPL-1.2
"""Decisions are reckoned again years later, byte for byte: 2,000 of them over five versions of the rules, and what somebody tampered with is found.
`make replay` does it with programs that other compilers built."""
import copy
import hashlib
import itertools
import json
import os
import random
import subprocess
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
import reckoned
from region import ROOT, SANITIZED

BUILDS = [SANITIZED, *(ROOT / built for built in os.environ.get('REPLAY_ALSO', '').split())]
MANY = 2000
# SHA-256 of what method 1 made of these 2,000 when it was written. It never changes: whoever lets the product reckon otherwise adds method 2.
METHOD_1 = '523f10e6bef188de1ce702e9172984eb1a1927f8aa8ec2e3360de9533be0aea9'
LAW = [{'id': str(uuid.UUID(int=1)), 'code': 'measure.uniform', 'source': 'Participatiewet 18', 'value': {
    'duties': [{'duty': duty, 'obligation': 'provision' if duty == 'h' else 'work'} for duty in 'abcdefgh'], 'percentage': 100, 'least_months': 1,
    'most_months': 3, 'again_months': 12, 'spread_months': 3, 'first_part': 3}},
       {'id': str(uuid.UUID(int=2)), 'code': 'measure.exemption', 'source': 'Participatiewet 9, 9a', 'value': {'exemptions': [
           {'code': 'urgent_reasons', 'article': 'Participatiewet 9 lid 2', 'obligations': ['work', 'return_service']},
           {'code': 'young_child', 'article': 'Participatiewet 9a', 'obligations': ['work']}]}}]
# what changed in the ordinance from one version to the next
VERSIONS = [{}, {'spread': True}, {'starts': 'notification', 'concurrence': 'consecutive'}, {'uniform': {'months': 2, 'again_months': 3}, 'together': 'sum'},
            {'concurrence': 'sum', 'household': 'share', 'too_old_months': 6,
             'repetition': {**reckoned.ORDINANCE['repetition'], 'again': 'each', 'percentage_times': 2, 'counts': 'any'}}]


def ordinances():
    made = copy.deepcopy(reckoned.ORDINANCE)
    for number, change in enumerate(VERSIONS):
        made = {**made, **change}
        yield {'id': str(uuid.UUID(int=10 + number)), 'code': 'measure.ordinance', 'source': f'Verordening, versie {number + 1}', 'value': made}


def facts(rng, rules):
    """Inputs of a decision that nobody chose."""
    decided = date(2027, 1, 1) + timedelta(days=rng.randrange(2200))
    made = {'kind': rng.choice(['lowering'] * 7 + ['warning', 'ending', 'consequence']), 'decided_on': str(decided), 'conduct_on': str(decided - timedelta(days=rng.randrange(200))),
            'rules': rules, 'blame': rng.choice(['full', 'full', 'full', 'reduced', 'none']), 'benefit': rng.choice(['granted'] * 9 + ['applied']),
            'benefit_cents': rng.randrange(30000, 200000), 'persons': rng.randrange(1, 5), 'history': [], 'exemptions': []}
    made |= {'duty': rng.choice('abcdefgh')} if rng.random() < .5 else {'category': rng.choice(reckoned.ORDINANCE['categories'])['code']}
    for number in range(rng.randrange(3)):
        before = decided - timedelta(days=rng.randrange(1, 500))
        made['history'].append({'id': str(uuid.UUID(int=1000 + number)), 'kind': 'lowering', 'decided_on': str(before), 'duty': rng.choice('abcdefgh'), 'step': rng.randrange(1, 4),
                                'percentage': 100, 'months': rng.randrange(1, 4), 'from': str(before), 'until': str(before + timedelta(days=rng.randrange(27, 90)))})
    if rng.random() < .2:
        made['circumstances'] = {'percentage': rng.choice([0, 5, 25, 50]), 'reason': 'debts', 'urgent': rng.random() < .5}
    if rng.random() < .2:
        made['exemptions'] = [{'code': rng.choice(['urgent_reasons', 'young_child']), 'from': str(decided - timedelta(days=400))}]
    if rng.random() < .3:
        made['spread'] = rng.choice([[1, 1, 1], [2, 1, 1], [1, 1], [1, 1, 2]])
    if made['kind'] == 'ending':
        made['from_day'] = str(decided)
    return made


@pytest.fixture(scope='module')
def decisions(region):
    """The decisions, as rows. Their triggers are about people, and people did not make these."""
    rng = random.Random(14)
    rules = list(ordinances())
    given = [{'id': str(uuid.UUID(int=10 ** 6 + number)), 'inputs': facts(rng, LAW + [version])} for number, version in zip(range(MANY), itertools.cycle(rules))]
    region.sql("""set session_replication_role = replica;
        insert into app.decision (tenant_id, id, candidate_id, kind, state, conduct_on, inputs, calculation, method, hash, concurrent, drafted_at, drafted_logins,
                                  decided_at, decided_by, decided_logins, version, changed_at, changed_in)
        select t.tenant_id, g.id, c.id, g.inputs ->> 'kind', 'ended', (g.inputs ->> 'conduct_on')::date, g.inputs, r.made, 1,
               sha256(convert_to(g.inputs::text || E'\\n' || r.made::text, 'UTF8')), true, clock.now(), '{}', clock.now(), gen_random_uuid(), '{}', 1, clock.now(), pg_current_xact_id()
        from jsonb_to_recordset(%s) as g (id uuid, inputs jsonb) cross join lateral app.decision_reckon(1, g.inputs) as r (made)
        join ref.tenant t on t.code = 'gm9901' cross join lateral (select q.id from app.candidate q where q.tenant_id = t.tenant_id limit 1) c""", (json.dumps(given),))
    return [one['id'] for one in given]


def replay(region, built, *words):
    return subprocess.run([Path(built) / 'maatwerk', 'decisions', 'replay', *words], env=region.env, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture
def stored(region):
    """How many decisions a municipality has, those of the demo too."""
    return lambda *codes: region.sql('select count(*) from app.decision d join ref.tenant t on t.tenant_id = d.tenant_id where d.hash is not null and t.code = any (%s)', (list(codes),))[0][0]


@pytest.mark.parametrize('built', BUILDS, ids=[built.parent.name for built in BUILDS])
def test_every_decision_comes_out_the_same(region, decisions, stored, built):
    done = replay(region, built, '--tenant', 'gm9901')
    assert (done.stdout, done.stderr, done.returncode) == (f'{stored("gm9901")} same, 0 different\n', '', 0)
    everywhere = replay(region, built)
    assert everywhere.returncode == 0 and int(everywhere.stdout.split()[0]) >= MANY


def test_the_method_reckons_as_it_did_when_it_was_written(region, decisions):
    """Of what was stored and not of this run: another version of the product, of PostgreSQL or of the machine would show here."""
    rows = region.sql('select calculation::text from app.decision where id = any (%s::uuid[]) order by id', (decisions,))
    made = [json.loads(text) for text, in rows]
    assert len(rows) == MANY and len({text for text, in rows}) > MANY / 2
    assert {one.get('step') for one in made} >= {1, 2, 3, 4} and {reason for one in made for reason in one['reasons']} >= {'repetition', 'consecutive', 'together', 'urgent_reasons'}
    assert hashlib.sha256('\n'.join(text for text, in rows).encode()).hexdigest() == METHOD_1


TAMPERED = {
    'comes out otherwise': "calculation = jsonb_set(calculation, '{percentage}', '1')",
    'is not what its hash says': "inputs = inputs || '{\"note\": 1}'",
    'cannot be reckoned again': 'method = 99',
}

def change(region, decision, what):
    region.sql(f'set session_replication_role = replica; update app.decision set {what} where id = %s', (decision,))


@pytest.mark.parametrize('built', BUILDS, ids=[built.parent.name for built in BUILDS])
@pytest.mark.parametrize('said', TAMPERED)
def test_what_was_tampered_with_is_found(region, decisions, stored, built, said):
    one = next(str(found) for found, in region.sql("select id from app.decision where id = any (%s::uuid[]) and (calculation ->> 'percentage')::int > 1 order by id", (decisions,)))
    before = region.sql('select method, inputs::text, calculation::text from app.decision where id = %s', (one,))[0]
    try:
        change(region, one, TAMPERED[said])
        done = replay(region, built, '--tenant', 'gm9901')
        assert (done.stdout, done.returncode) == (f'gm9901\t{one}\t{said}\n{stored("gm9901") - 1} same, 1 different\n', 1)
    finally:
        region.sql('set session_replication_role = replica; update app.decision set method = %s, inputs = %s, calculation = %s where id = %s', (*before, one))
    assert replay(region, built, '--tenant', 'gm9901').returncode == 0


def test_who_makes_a_new_hash_is_found_by_what_comes_out(region, decisions, stored):
    one = next(str(found) for found, in region.sql("select id from app.decision where id = any (%s::uuid[]) and inputs ->> 'blame' = 'none' and kind = 'lowering' order by id", (decisions,)))
    before = region.sql("select inputs::text, calculation::text, encode(hash, 'hex') from app.decision where id = %s", (one,))[0]
    try:
        change(region, one, "calculation = calculation || '{\"percentage\": 100}', hash = sha256(convert_to(inputs::text || E'\\n' || (calculation || '{\"percentage\": 100}')::text, 'UTF8'))")
        done = replay(region, SANITIZED, '--tenant', 'gm9901')
        assert (done.stdout, done.returncode) == (f'gm9901\t{one}\tcomes out otherwise\n{stored("gm9901") - 1} same, 1 different\n', 1)
    finally:
        region.sql("set session_replication_role = replica; update app.decision set inputs = %s, calculation = %s, hash = decode(%s, 'hex') where id = %s", (*before, one))


def test_another_municipality_and_none(region, decisions, stored):
    other = replay(region, SANITIZED, '--tenant', 'gm9902')
    assert (other.stdout, other.returncode) == (f'{stored("gm9902")} same, 0 different\n', 0)
    nobody = replay(region, SANITIZED, '--tenant', 'gm0000')
    assert (nobody.stdout, nobody.stderr, nobody.returncode) == ('', 'maatwerk: there is no municipality gm0000\n', 1)
