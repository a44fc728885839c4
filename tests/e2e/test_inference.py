# SPDX-License-Identifier: EUPL-1.2
"""Whether somebody has a measure cannot be inferred: everything that anybody outside the wall of measures reads of a person is, byte for byte, what was read before there was
one. The same person with and without leaves nothing to neutralise but the moment of the answer: no identifier, no version and no instant of a row may differ."""
import base64
import email
import email.policy
import json
import os
import re
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from test_decisions import act, days, law, obliged  # noqa: F401: fixtures
from test_decisions import WEIGHED

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from inference import INSIDE, RANDOM, SERVED, Reader, Things, answered, picture, reads, writes  # noqa: E402
from receivers import Receiver, verified_v1  # noqa: E402
from region import BIN, Client, Region, roles, until  # noqa: E402

# What the person and who pays the benefit are told of a decision, they read; everything else of them stays as it was.
TOLD = {'benefits_payment': {'listMessages', 'getMessage', 'listMessageTransitions'}}


SECRETS = {purpose: 'whsec_' + base64.b64encode(bytes(range(at, at + 32))).decode() for at, purpose in enumerate(('benefits_payment', 'events'))}


@pytest.fixture(scope='session')
def receiver():
    """Whoever pays benefits, and whoever gets events, by signed webhooks."""
    with Receiver.started() as server:
        for purpose, secret in SECRETS.items():
            server.key(purpose, secret)
        yield server


@pytest.fixture(scope='session')
def region(receiver):
    """Programs without sanitizers: it is asked some eighty thousand times, and asks nothing of memory."""
    with Region.started('inference', BIN, candidates=420) as made:
        made.env['MAATWERK_THREADS'] = '2'
        made.env.update(receiver.settings)
        made.start_programs()
        made.wait_until_idle()
        admin = Client(made, 'tenant_admin')
        for item in admin.get('/endpoints?pageSize=100').json['items']:
            assert admin.patch(f'/endpoints/{item["id"]}', {'paused': True}, '*').status == 200
        for purpose in SECRETS:
            answer = admin.post('/endpoints', {'purpose': purpose, 'kind': 'webhook', 'secret': purpose, 'address': f'{receiver.address}/{purpose}'})
            assert answer.status == 201, answer.text
        yield made


@pytest.fixture
def world_of(region, as_role, person, candidate, obliged, world):  # noqa: F811
    """A person about whom everybody outside has something: an account, a coach, a firm with a mandate, a placement with an instrument, appointments, tasks, notes, a card."""
    lead, consultant, who = as_role('team_lead'), as_role('consultant'), candidate.json['id']
    coach, himself = person('coach'), person('candidate')
    file = lead.get(f'/candidates/{who}')
    assert lead.patch(f'/candidates/{who}', {'coachId': coach[0], 'userId': himself[0]}, file.headers['etag']).status == 200
    project = as_role('account_manager').post('/projects', {'kind': 'cohort', 'title': 'Groep', 'startsOn': '2026-09-01'}).json['id']

    def made(client, path, **body):
        answer = client.post(path, body)
        assert answer.status in (200, 201), (path, answer.text)
        return answer.json.get('id')
    made(consultant, '/candidate-participations', candidateId=who, projectId=project)
    for kind, participant in (('employer', world['employer']), ('organisation', world['firm'])):
        made(as_role('account_manager'), f'/projects/{project}/participations', participantKind=kind, participantId=participant, capacity='partner')
    made(lead, '/mandates', purpose='mediation', scope='person', candidateId=who, granteeOrganisationId=world['firm'], untilAt='2098-01-01T00:00:00Z')
    course = made(consultant, '/trajectories', candidateId=who, kind='course', projectId=project)
    for subject in ({'kind': 'introduction'}, {'kind': 'introduction', 'trajectoryId': course}):
        made(consultant, '/appointments', candidateId=who, startsAt=f'{days(9)}T09:00:00Z', **subject)
    placement = made(consultant, '/placements', candidateId=who, kind='regular', origin='self_found', employerId=world['employer'], hours=24, contract='fixed_term')
    for step in ('acceptances', 'starts'):
        made(consultant, f'/placements/{placement}/{step}')
    made(consultant, '/instruments', placementId=placement, kind='job_coach', fromDay=days(30), untilDay=days(90), amountCents=5000)
    for noun, subject in (('candidate', who), ('placement', placement), ('trajectory', course)):
        made(consultant, '/notes', noun=noun, subjectId=subject, text='Gesproken.')
        made(consultant, '/tasks', kind='question', noun=noun, subjectId=subject, dueDay=days(20))
    assert consultant.post(f'/candidates/{who}/card-documents').status in (200, 201, 202)
    region.wait_until_idle()
    clients = {role: as_role(role) for role in roles() if role not in INSIDE}
    clients.update(coach=coach[1]('coach'), candidate=himself[1]('candidate'), case_manager=person('case_manager')[1]('case_manager'), tenant_admin=person('tenant_admin')[1]('tenant_admin'))
    readers = [(role, Reader(region, role, client.token)) for role, client in clients.items()]
    readers += [(role, Reader(region, f'{role} with power', person(role, attributes=[power])[1](role).token)) for role, power in (('consultant', 'decider'),)]
    readers.append(('team_lead', Reader(region, 'team_lead of another municipality', as_role('team_lead', 'gm9902').token)))
    for role, reader in readers:
        reader.agenda = None
        if role in SERVED['paths']['/calendar-feeds']['post']['x-rights']:
            owner = Client(region, None)
            owner.token = reader.token
            feed = owner.post('/calendar-feeds', {'name': 'Telefoon'})
            assert feed.status == 201, feed.text
            reader.agenda = feed.json['address']
    return who, readers


@pytest.fixture(scope='module')
def small(law):  # noqa: F811
    """Suppression admits nothing here."""
    law['put']('figure.smallest_cell', {'count': 50})


def by_token(region, address):
    with urllib.request.urlopen(f'http://127.0.0.1:{region.port}{address}') as answer:
        return answer.read()


def everything(readers, things, leave_out=()):
    """Three ask at the same time: each reader on a connection of its own. Also the agenda of each, by its token."""
    asked = [one for one in readers if one[0] not in leave_out]
    with ThreadPoolExecutor(3) as pool:
        found = {key: answers for part in pool.map(lambda one: picture(one[1], one[0], things), asked) for key, answers in part.items()}
    for _, reader in asked:
        if reader.agenda:
            found[reader.name, 'getCalendar', 'by its token'] = {repr(by_token(things.region, reader.agenda))}
    return found


def differs(before, after):
    """Two sets of answers in words: of each what the other lacks, from where the first two begin to differ."""
    gone, come = sorted(before - after), sorted(after - before)
    texts = gone, come
    same = len(os.path.commonprefix([*texts[0][:1], *texts[1][:1]])) if gone and come else 0
    return ' | '.join(f'{sign}{text[max(same - 80, 0):same + 160]}' for sign, some in zip('-+', texts) for text in some)


def differences(before, after, told):
    """Who reads what otherwise than before."""
    return [f'{who} {operation} {address} {differs(before[who, operation, address], answers)}'
            for (who, operation, address), answers in after.items() if answers != before[who, operation, address] and operation not in told.get(who, ())]


# A wall with a hole, and an operation by which the comparison sees it: it can fail.
HOLES = {('app.sees_measure', 'return case role', "return role = 'consultant' or case role"): 'listSignals',
         ('app.figure_is_secret', 'RETURN ', 'RETURN false AND '): 'getFigure'}


@contextmanager
def hole_in(region, function, sound, broken):
    text, = region.sql('select pg_get_functiondef(p.oid) from pg_proc p where p.oid = %s::regproc', (function,))[0]
    assert sound in text
    region.sql(text.replace(sound, broken))
    yield
    region.sql(text)


def done(answer):
    assert answer.status in (200, 201), answer.text
    return answer.json


def count_figures(region):
    act(region, 'select app.figures_count()')


def mails(region):
    return set((Path(region.folder) / 'mail').glob('*/*'))


def readers_of(mail):
    return email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)['to']


def test_inference_nobody_outside_the_wall_reads_another_byte(region, as_role, person, world_of, small):  # noqa: F811
    who, readers = world_of
    case, lead, other = as_role('case_manager'), as_role('team_lead'), person('team_lead', attributes=['decider'])[1]('team_lead')
    count_figures(region)
    things, mailed = Things(region, who), mails(region)
    before = everything(readers, things)
    assert {operation for _, operation, _ in before} - {'getCalendar'} == {item['get']['operationId'] for item in SERVED['paths'].values()
                                                         if set(item.get('get', {}).get('x-rights', {})) - {'system'}}

    def nothing_differs(stage, leave_out=(), told={}):
        region.wait_until_idle()
        count_figures(region)
        found = differences(before, everything(readers, things, leave_out), told)
        assert not found, f'{stage}: {len(found)} answers differ, such as\n' + '\n'.join(found[:12])
    signal = done(case.post('/signals', {'candidateId': who, 'kind': 'refusal', 'words': 'Weigerde het werk.'}))['id']
    done(case.post('/notes', {'noun': 'signal', 'subjectId': signal, 'text': 'Gesproken.'}))
    decision = done(case.post('/decisions', {'candidateId': who, 'kind': 'lowering', 'duty': 'h', 'conductOn': days(-3), 'signalIds': [signal], **WEIGHED}))['id']
    nothing_differs('a signal is checked, and a decision drafted')
    task, = lead.get(f'/tasks?subjectId={signal}&kind=check&state=open').json['items']
    done(lead.post(f'/tasks/{task["id"]}/completions', {'outcome': 'refused'}))
    done(case.post(f'/signals/{signal}/handlings', {'outcome': 'not_excused', 'duty': 'a'}))
    for outcome in ('ill', 'not_excused'):
        done(case.post(f'/signals/{signal}/corrections', {'outcome': outcome, 'reason': 'Vergissing.'}))
    done(case.post(f'/decisions/{decision}/view-requests', {'channel': 'letter'}))
    done(case.post(f'/decisions/{decision}/views', {'text': 'Het spijt me.'}))
    done(lead.post(f'/decisions/{decision}/determinations'))
    act(region, "select app.message_fire(m, 'fail', 'no_address') from app.message m where m.subject_id = %s and m.to_candidate_id is not null and m.template = 'decision'", (decision,))
    nothing_differs('a decision is made, and its letter does not arrive', {'candidate'}, TOLD)
    done(case.post(f'/decisions/{decision}/hand-outs', {'receipt': 'signed'}))
    objection = done(case.post('/objections', {'decisionId': decision, 'grounds': 'Ik had me afgemeld.'}))['id']
    done(case.post(f'/objections/{objection}/injunctions', {'fromDay': days(0)}))
    nothing_differs('the letter is out, and a court suspends', {'candidate'}, TOLD)
    done(other.post(f'/objections/{objection}/outcomes', {'outcome': 'upheld', 'text': 'U had zich afgemeld.'}))
    region.wait_until_idle()
    inside = {email for email, in region.sql("select email from app.user_account where role in ('case_manager', 'team_lead')")}
    assert {readers_of(mail) for mail in mails(region) - mailed} <= inside
    for hole, operation in HOLES.items():
        reader = next(reader for role, reader in readers if role == 'consultant')
        sound = picture(reader, 'consultant', things)
        with hole_in(region, *hole):
            assert operation in {line.split()[1] for line in differences(sound, picture(reader, 'consultant', things), {})}, hole


@pytest.fixture
def told(region, as_role, person, world_of):
    """told(**draft): a decision that is drafted, about which the person is heard, that somebody else makes, and whose letter is handed out."""
    case, lead, (who, _) = as_role('case_manager'), as_role('team_lead'), world_of

    def make(**more):
        signal = done(case.post('/signals', {'candidateId': who, 'kind': 'refusal', 'words': 'Weigerde het werk.'}))['id']
        done(case.post(f'/signals/{signal}/handlings', {'outcome': 'not_excused', 'duty': 'a'}))
        decision = done(case.post('/decisions', {'candidateId': who, 'conductOn': days(-3), 'signalIds': [signal], **WEIGHED, **more}))['id']
        done(case.post(f'/decisions/{decision}/view-requests', {'channel': 'in_person'}))
        done(case.post(f'/decisions/{decision}/views', {'text': 'Het spijt me.'}))
        done(lead.post(f'/decisions/{decision}/determinations'))
        done(case.post(f'/decisions/{decision}/hand-outs', {'receipt': 'signed'}))
        return decision
    return make


def event_of(receiver, decision):
    """What whoever pays got of a decision: signed, and once. Whoever gets events has nothing."""
    until(lambda: any(decision.encode() in body for _, _, body in receiver.got))
    (path, headers, body), = [got for got in receiver.got if decision.encode() in got[2]]
    assert path == '/benefits_payment' and verified_v1(SECRETS['benefits_payment'], {name.lower(): value for name, value in headers.items()}, body)
    assert not [path for path, _, _ in receiver.got if path == '/events']
    return json.loads(body)


def test_inference_time_passes_and_nobody_outside_the_wall_reads_another_byte(region, as_role, world_of, small, told, later, receiver):  # noqa: F811
    """What is read two months later, when there was no measure. Then, two months before: a lowering. It begins and it ends, its terms pass and are reminded of, and two months later the same is read."""
    who, readers = world_of
    things = Things(region, who)
    with later(62):
        region.wait_until_idle()
        count_figures(region)
        before = everything(readers, things, {'candidate'})
    decision, draft = told(kind='lowering', duty='h'), done(as_role('case_manager').post('/decisions', {'candidateId': who, 'kind': 'warning', 'conductOn': days(-3)}))['id']
    assert set(event_of(receiver, decision)['data']) == {'message', 'noun', 'id'}
    with later(62):
        until(lambda: as_role('team_lead').get(f'/decisions/{decision}').json['state'] == 'ended')
        region.wait_until_idle()
        count_figures(region)
        found = differences(before, everything(readers, things, {'candidate'}), TOLD)
        assert not found, f'{len(found)} answers differ, such as\n' + '\n'.join(found[:12])
    with later(370):
        until(lambda: as_role('team_lead').get(f'/decisions/{draft}').json['state'] == 'lapsed')
    assert region.sql("select 1 from app.message where noun in ('decision', 'task') and wall = 'measure' and candidate_id = %s and to_user_id is not null", (who,)), 'nobody inside was reminded'


def test_inference_a_benefit_that_a_decision_ended_is_seen_by_who_sees_benefits(region, as_role, world_of, small, told, receiver):  # noqa: F811
    who, readers = world_of
    region.wait_until_idle()        # lists of before are made
    count_figures(region)
    things = Things(region, who)
    before = everything(readers, things)
    decision = told(kind='ending', startsOn=days(0), endReason='no_information')
    assert set(event_of(receiver, decision)['data']) == {'message', 'noun', 'id'}
    region.wait_until_idle()
    count_figures(region)
    found = [one for one in differences(before, everything(readers, things, {'candidate'}), TOLD) if ' getFigure /figures/outflow' not in one]      # suppression admits that somebody left the benefit
    assert not found, f'{len(found)} answers differ, such as\n' + '\n'.join(found[:12])
    benefit, = as_role('team_lead').get(f'/benefits?candidateId={who}').json['items']
    himself, = [reader for role, reader in readers if role == 'candidate']
    himself.connection.close()
    for status, _, body in (himself.get(f'/benefits/{benefit["id"]}'), himself.get(f'/candidates/{who}')):
        assert status == 200 and decision.encode() not in body
    assert benefit['state'] == 'ended' and json.loads(himself.get(f'/benefits/{benefit["id"]}')[2])['state'] == 'ended' and json.loads(himself.get(f'/candidates/{who}')[2])['benefit'] == 'none'


@pytest.fixture
def twin(as_role, person, world):
    """twin(): somebody with everything that somebody has, alike for each: {table: [id]}. `twin.coach` has them all."""
    lead, consultant = as_role('team_lead'), as_role('consultant')

    def made(client, path, **body):
        return done(client.post(path, body))['id']

    def somebody():
        who = made(lead, '/candidates', alias='Tweeling', pc4='5012', hoursMin=8, hoursMax=32, coachId=somebody.coach[0])
        about = {'candidate': who, 'benefit': made(lead, '/benefits', candidateId=who, kind='assistance', appliedOn='2026-01-01'),
                 'trajectory': made(consultant, '/trajectories', candidateId=who, kind='course'),
                 'appointment': made(consultant, '/appointments', candidateId=who, kind='introduction', startsAt=f'{days(9)}T09:00:00Z'),
                 'mandate': made(lead, '/mandates', purpose='mediation', scope='person', candidateId=who, granteeOrganisationId=world['firm'], untilAt='2098-01-01T00:00:00Z'),
                 'placement': made(consultant, '/placements', candidateId=who, kind='regular', origin='self_found', employerId=world['employer'], hours=24, contract='fixed_term'),
                 'task': made(consultant, '/tasks', kind='question', noun='candidate', subjectId=who, dueDay=days(20)),
                 'note': made(consultant, '/notes', noun='candidate', subjectId=who, text='Gesproken.')}
        return {table: [one] for table, one in about.items()}
    somebody.coach = person('coach')
    return somebody


def measures_of(lead, who):
    """A signal that is checked, and a decision about which the person is asked by letter."""
    signal = done(lead.post('/signals', {'candidateId': who, 'kind': 'refusal', 'words': 'Weigerde.'}))['id']
    decision = done(lead.post('/decisions', {'candidateId': who, 'kind': 'warning', 'conductOn': days(-3), 'signalIds': [signal], **WEIGHED}))['id']
    done(lead.post(f'/decisions/{decision}/view-requests', {'channel': 'letter'}))
    return decision


def outside(region, person, coach):
    clients = {role: Client(region, role) for role in roles() if role not in INSIDE | {'candidate'}}
    clients.update({role: Client(region, role, user=person(role)[0]) for role in ('case_manager', 'tenant_admin')}, coach=Client(region, 'coach', user=coach[0]))
    return clients


def test_inference_a_write_is_answered_the_same(region, as_role, person, twin):
    """Two people who differ in nothing but a signal, its check, and a decision about which one was asked by letter: everything that anybody outside may write, by the examples of the
    contract, is answered alike. What one call changes, it changes for both, so that also what follows is comparable."""
    lead, coach = as_role('team_lead'), twin.coach
    plain, measured = twin(), twin()
    measures_of(lead, measured['candidate'][0])
    region.wait_until_idle()
    clients = outside(region, person, coach)
    compared, found = 0, []
    for role, client in clients.items():
        for one, other in zip(writes(role, plain), writes(role, measured), strict=True):
            compared += 1
            answers = [answered(client, *write[1:]) for write in (one, other)]
            if answers[0] != answers[1]:
                found.append((role, one[0], *answers))
    assert compared > 200 and not found, (compared, found[:5])


def test_inference_after_a_death_everything_is_read_alike(region, as_role, person, twin):
    """Two people who differ in nothing but measures die: signals end, and drafts and a decision that nobody told of lapse. Everything that anybody outside reads of the one is read of the other: versions,
    states and counts. Identifiers, numbers and moments are of each row."""
    number = re.compile('"id":[0-9]+')
    lead, other, (plain, measured) = as_role('team_lead'), person('team_lead', attributes=['decider'])[1]('team_lead'), (twin(), twin())
    decisions = [measures_of(lead, measured['candidate'][0]) for _ in range(2)]
    done(lead.post(f'/decisions/{decisions[0]}/view-waivers', {'ground': 'awb_4_11_b', 'text': 'Al gehoord.'}))
    signal, = {signal for signal in lead.get(f'/decisions/{decisions[0]}').json['signalIds']}
    done(lead.post(f'/signals/{signal}/handlings', {'outcome': 'not_excused'}))
    region.sql("set session_replication_role = replica; update app.decision set state = 'decided', decided_at = clock.now(), decided_by = gen_random_uuid(), decided_logins = '{x}' where id = %s", (decisions[0],))
    region.wait_until_idle()
    for one in (plain, measured):
        done(other.post(f'/candidates/{one["candidate"][0]}/deaths', {'diedOn': days(0)}))
    region.wait_until_idle()
    assert [state for state, in region.sql('select state from app.decision where id = any (%s::uuid[])', (decisions,))] == ['lapsed', 'lapsed']
    gaps = [region.sql("select max(seq) - min(seq) from app.transition where subject_id = any (%s::uuid[]) and event in ('cancel', 'die')", ([ids[0] for ids in one.values()],)) for one in (plain, measured)]
    assert gaps[0] == gaps[1], 'the numbers of what happened tell how much else happened'
    compared, found = 0, []
    for role, client in outside(region, person, twin.coach).items():
        reader, pictures = Reader(region, role, client.token), []
        for one in (plain, measured):
            things = Things(region, one['candidate'][0])
            things.known = one
            own = [(operation, address) for operation, address in reads(role, things) if '~' not in address and any(ids[0] in address for ids in one.values())]
            pictures.append([(operation, RANDOM.sub('', address), number.sub('', RANDOM.sub('', repr(reader.read(address))))) for operation, address in own])
        compared += len(pictures[0])
        found += [(role, one[:2], differs({one[2]}, {two[2]})) for one, two in zip(*pictures, strict=True) if one != two]
    assert compared > 100 and not found, f'{compared} ' + '\n'.join(map(str, found[:12]))
