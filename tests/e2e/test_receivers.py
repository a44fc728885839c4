# SPDX-License-Identifier: EUPL-1.2
"""Messages through webhooks, folders and APIs of receivers, by the worker itself: each arrives once, or it is uncertain and a person sees it."""
import base64
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from receivers import Receiver, claims_of, verified_v1, verified_v1a  # noqa: E402
from region import children, until  # noqa: E402
from test_notifications import CONTEXT, are, sending, states  # noqa: E402, F401: fixtures

SECRET = 'whsec_' + base64.b64encode(bytes(range(32))).decode()
SEED = bytes(range(100, 132))
SERVICE, API_SECRET = str(uuid.uuid4()), str(uuid.uuid4())
WEBHOOK, DROP = {'purpose': 'benefits_payment', 'kind': 'webhook', 'secret': 'sleutel'}, {'purpose': 'print', 'kind': 'drop', 'address': 'drukker'}
API = {'purpose': 'notify_api', 'kind': 'api', 'secret': 'notify', 'emailTemplate': str(uuid.uuid4()), 'smsTemplate': str(uuid.uuid4())}


@pytest.fixture
def receiving(as_role):
    """receiving(**endpoint) is added, and the only one that receives; at the end none does."""
    admin, made = as_role('tenant_admin'), []

    def pause():
        for item in admin.get('/endpoints?pageSize=100').json['items']:
            if not item['paused']:
                place = f'/endpoints/{item["id"]}'
                assert admin.patch(place, {'paused': True}, admin.get(place).headers['etag']).status == 200

    def make(**endpoint):
        answer = admin.post('/endpoints', endpoint)
        assert answer.status == 201, answer.text
        made.append(answer)
        return answer
    pause()
    yield make
    pause()


@pytest.fixture
def told(region, candidate):
    """told(purpose) tells the receiver something about a candidate."""
    def make(purpose='benefits_payment', data='{"percentage": 100}', kind='benefit_lowered'):
        return region.sql(f"{CONTEXT} select app.notify_endpoint(%s, %s, 'candidate', %s, %s)::text", (purpose, kind, candidate.json['id'], data))[0][0]
    return make


@pytest.fixture
def reached(region, candidate):
    """reached(digital, …) is a candidate with these addresses."""
    def make(email=None, phone=None, address='Dorpsstraat 12\n5012 AB Maasdrecht', digital=False):
        region.sql(f"{CONTEXT} update app.candidate set email = %s, phone = %s, address_lines = %s, digital_chosen_at = case when %s then clock.now() end, last_name = 'Ádám' where id = %s",
                   (email, phone, address, digital, candidate.json['id']))
        return candidate.json['id']
    return make


def written(region, candidate, template='notice', parameters='{}', occasion=None):
    """The message with which this person gets a letter."""
    return region.sql(f"{CONTEXT} select app.notify_person(%s, %s, 'candidate', %s, %s, %s)::text", (template, candidate, candidate, parameters, occasion))[0][0]


def ended(region, message):
    return until(lambda: region.sql('select 1 from app.message_attempt where message_id = %s and outcome is not null', (message,)))


# ------------------------------------------------------------------------------------------------------------ webhooks

def library(folder):
    """The library of Standard Webhooks, when a registry has it."""
    done = subprocess.run([sys.executable, '-m', 'pip', 'install', '-q', '--no-deps', '--target', str(folder), 'standardwebhooks==1.0.0'], capture_output=True)
    if done.returncode:
        return None
    sys.path.insert(0, str(folder))
    try:
        import standardwebhooks.webhooks as found
        return found.Webhook
    except ImportError:
        return None


def test_a_webhook_is_signed_and_carries_identifiers_only(region, sending, receiving, told, as_role, candidate):  # noqa: F811
    with Receiver.started() as server, sending(**server.settings):
        server.key('sleutel', SECRET)
        server.key('sleutel-v1a', 'whsk_' + base64.b64encode(SEED).decode())
        receiving(**WEBHOOK, address=server.address + '/berichten')
        message = told()
        are(region, [message], 'sent', None)
        (path, headers, body), = server.got
        event = json.loads(body)
        assert path == '/berichten' and headers['Content-Type'].startswith('application/cloudevents+json') and headers['webhook-id'] == message == event['id']
        assert event['specversion'] == '1.0' and event['type'] == 'nl.maatwerk.benefit_lowered' and event['source'] == '/tenants/gm9901'
        assert event['data'] == {'message': message, 'noun': 'candidate', 'id': candidate.json['id']}      # no percentage
        headers = {name.lower(): value for name, value in headers.items()}
        assert verified_v1(SECRET, headers, body) and not verified_v1('whsec_' + base64.b64encode(bytes(32)).decode(), headers, body)
        assert verified_v1a(SEED, headers, body, server.folder) and not verified_v1a(SEED, {**headers, 'webhook-id': 'x'}, body, server.folder)
        webhook = library(server.folder / 'library')
        if webhook:
            assert webhook(SECRET).verify(body, headers)['id'] == message
    seen = as_role('team_lead').get(f'/messages/{message}').json
    assert seen['channel'] == 'webhook' and seen['data'] == {'percentage': 100} and seen['attempts'][0]['replyCode'] == 204
    assert as_role('tenant_admin').get(f'/messages/{message}').status == 404


FAULTS = [('500', ('queued', None), 'deferred', 0), ('404', ('queued', None), 'deferred', 0), ('302', ('queued', None), 'deferred', 0), ('408', ('queued', None), 'deferred', 0),
          ('409', ('queued', None), 'deferred', 0), ('425', ('queued', None), 'deferred', 0), ('429', ('queued', None), 'deferred', 0), ('410', ('failed', 'refused'), 'refused', 0),
          ('422', ('failed', 'refused'), 'refused', 0), ('504', ('uncertain', 'not_known'), 'uncertain', 0), ('die', ('uncertain', 'not_known'), 'uncertain', 0),
          ('+die', ('uncertain', 'not_known'), 'uncertain', 1), ('+hang', ('uncertain', 'not_known'), 'uncertain', 1)]


@pytest.mark.parametrize('plan,state,outcome,kept', FAULTS, ids=[fault[0] for fault in FAULTS])
def test_whatever_a_webhook_does_it_gets_a_message_at_most_once(region, sending, receiving, told, plan, state, outcome, kept):  # noqa: F811
    with Receiver.started(plan) as server, sending(**server.settings):
        server.key('sleutel', SECRET)
        receiving(**WEBHOOK, address=server.address)
        message = told()
        ended(region, message)
        assert states(region, [message]) == [state] and len(server.got) == kept and server.seen == 1
        assert region.sql('select outcome from app.message_attempt where message_id = %s', (message,)) == [(outcome,)]
        if state[0] == 'queued':
            server.plan = '200'
            region.sql(f"delete from app.endpoint_rest; {CONTEXT} select app.messages_enqueue(array[%s]::uuid[], true, clock.now())", (message,))
            are(region, [message], 'sent', None)
            assert [json.loads(body)['id'] for _, _, body in server.got] == [message]


@pytest.mark.parametrize('plan,waits', [('429/7200', 7200), ('503/1', None), ('429/9999999', 86400), ('429/soon', None)])
def test_a_webhook_that_asks_to_wait_is_left_alone_so_long(region, sending, receiving, told, plan, waits):  # noqa: F811
    """At least as long as the ladder of its channel says, and at most a day."""
    with Receiver.started(plan) as server, sending(**server.settings):
        server.key('sleutel', SECRET)
        receiving(**WEBHOOK, address=server.address)
        message = told()
        ended(region, message)
        first, = region.sql("select extract(epoch from wait)::int from ref.retry_ladder where channel = 'webhook' and attempt = 1")[0]
        wait, = region.sql('select round(extract(epoch from m.next_at - a.ended_at))::int from app.message m join app.message_attempt a on a.message_id = m.id where m.id = %s', (message,))[0]
        assert wait == (waits or first) and first < 7200


@pytest.mark.parametrize('plan,state', [('hang', ('uncertain', 'not_known')), ('503/2', ('queued', None))])
def test_seen_attacker_a_receiver_that_does_not_answer_holds_up_nobody(region, sending, receiving, told, as_role, plan, state):  # noqa: F811
    """Every call to one that hangs takes as long as a call may. So one message finds it out, and the others wait without a call."""
    with Receiver.started(plan) as server, sending(**server.settings):
        server.key('sleutel', SECRET)
        place = receiving(**WEBHOOK, address=server.address).headers['location']
        message = told()
        ended(region, message)
        assert states(region, [message]) == [state]
        others = [told() for _ in range(3)]
        until(lambda: region.sql('select 1 from app.message where id = any (%s::uuid[]) and deferred = 1 having count(*) = 3', (others,)))
        assert server.seen == 1 and region.sql('select 1 from app.message_attempt where message_id = any (%s::uuid[])', (others,)) == []
        rest, = region.sql('select until from app.endpoint_rest')[0]
        assert all(at >= rest for at, in region.sql('select next_at from app.message where id = any (%s::uuid[])', (others,)))
        server.plan = '204'
        admin = as_role('tenant_admin')
        assert admin.patch(place, {'address': server.address + '/anders'}, admin.get(place).headers['etag']).status == 200     # a changed one is called again
        assert region.sql('select 1 from app.endpoint_rest') == []
        region.sql(f"{CONTEXT} select app.messages_enqueue(%s::uuid[], true, clock.now())", (others,))
        are(region, others, 'sent', None)
        assert {path for path, _, _ in server.got} == {'/anders'}


def test_a_webhook_that_is_gone_is_paused_and_what_follows_waits(region, sending, receiving, told, as_role):  # noqa: F811
    admin = as_role('tenant_admin')
    with Receiver.started('410') as server, sending(**server.settings):
        server.key('sleutel', SECRET)
        place = receiving(**WEBHOOK, address=server.address).headers['location']
        message = told()
        are(region, [message], 'failed', 'refused')
        assert admin.get(place).json['paused'] is True
        server.plan = '204'
        other = told()
        until(lambda: region.sql('select 1 from app.message where id = %s and next_at is null', (other,)))
        assert server.seen == 1
        assert admin.patch(place, {'paused': False}, admin.get(place).headers['etag']).status == 200
        are(region, [other], 'sent', None)


@pytest.mark.parametrize('host', ['127.0.0.1', '10.0.0.1', '192.168.1.1', '169.254.169.254', '0.0.0.0', '2130706433', '0x7f.1', 'localhost'])
def test_a_webhook_is_never_within_the_installation(region, sending, receiving, told, host):  # noqa: F811
    with Receiver.started() as server, sending(**{**server.settings, 'MAATWERK_RECEIVER_LOOPBACK': 'refused'}):
        server.key('sleutel', SECRET)
        receiving(**WEBHOOK, address=f'https://{host}:{server.server_address[1]}/')
        message = told()
        ended(region, message)
        assert states(region, [message]) == [('queued', None)] and server.seen == 0 and server.got == []


def test_a_worker_that_is_killed_tells_a_webhook_once(region, sending, receiving, told):  # noqa: F811
    with Receiver.started('+hang') as server, sending(**{**server.settings, 'MAATWERK_RECEIVER_TIMEOUT_MS': '60000'}) as worker:
        server.key('sleutel', SECRET)
        receiving(**WEBHOOK, address=server.address)
        message = told()
        until(lambda: server.got)
        server.plan = '204'
        for pid in children(worker):
            os.kill(pid, signal.SIGKILL)
        are(region, [message], 'uncertain', 'not_known')
        assert len(server.got) == 1


def test_without_a_receiver_it_waits_and_with_a_sandbox_it_goes_there(region, sending, receiving, told, as_role):  # noqa: F811
    with Receiver.started() as server, sending(**server.settings):
        server.key('sleutel', SECRET)
        message = told()
        until(lambda: region.sql('select 1 from app.message where id = %s and next_at is null', (message,)))
        receiving(**WEBHOOK, address='https://uitkeringen.maasdrecht.example/', sandboxAddress=server.address + '/proef')
        are(region, [message], 'sent', None)
        assert [path for path, _, _ in server.got] == ['/proef']
    assert as_role('team_lead').get(f'/messages/{message}').json['attempts'][0]['sandbox'] is True


def test_whoever_pays_benefits_reads_and_acknowledges_it(region, sending, receiving, told, as_role):  # noqa: F811
    with Receiver.started() as server, sending(**server.settings):
        server.key('sleutel', SECRET)
        receiving(**WEBHOOK, address=server.address)
        message, other = told(), told('events')
        are(region, [message], 'sent', None)
    payer = as_role('benefits_payment')
    seen = payer.get(f'/messages/{message}')
    assert seen.json['data'] == {'percentage': 100} and payer.get(f'/messages/{other}').status == 404
    done = payer.post(f'/messages/{message}/acknowledgements', {'event': 'acknowledge', 'reference': 'U-1'})
    assert done.status == 200 and done.json['state'] == 'delivered' and done.json['attempts'][-1]['receipt'] == 'U-1', done.text
    assert payer.post(f'/messages/{message}/acknowledgements', {'event': 'acknowledge'}).problem == 'state'
    assert as_role('team_lead').post(f'/messages/{message}/acknowledgements', {'event': 'acknowledge'}).status == 403


# ------------------------------------------------------------------------------------------------------- letters, folders

def test_a_letter_lies_in_the_folder_and_counts_as_sent_when_it_is_acknowledged(region, sending, receiving, reached, as_role):  # noqa: F811
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        message = written(region, reached())
        number = f'1.{message}'
        are(region, [message], 'handed', None)
        letter = server.drop('drukker').letters()[number]
        index = json.loads(letter['index.json'])
        assert index['address'][0].endswith('Ádám') and index['address'][1:] == ['Dorpsstraat 12', '5012 AB Maasdrecht'] and letter['letter.pdf'].startswith(b'%PDF-')
        seen = as_role('team_lead').get(f'/messages/{message}').json
        assert seen['channel'] == 'letter' and seen['handedAt'] and 'sentAt' not in seen and seen['documentId']
        server.drop('drukker').acknowledge(**{number: 'already'})
        are(region, [message], 'sent', None)
        server.drop('drukker').acknowledge(**{number: 'done'})
        are(region, [message], 'delivered', None)
        server.drop('drukker').acknowledge(**{number: 'returned'})
        are(region, [message], 'undelivered', 'bounced')
    assert as_role('team_lead').get(f'/messages/{message}').json['attempts'][0]['receipt'] == 'P-1'


def test_what_a_folder_says_of_others_is_not_believed(region, sending, receiving, reached):  # noqa: F811
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        message = written(region, reached())
        are(region, [message], 'handed', None)
        foreign = server.folder / 'drops/gm9902/drukker'
        for part in ('ack/tmp', 'ack/new', 'ack/cur'):
            (foreign / part).mkdir(parents=True)
        drop = server.drop('drukker')
        drop.folder = foreign
        drop.acknowledge(**{f'1.{message}': 'done'})
        for raw in (b'', b'{', b'[]', b'\x00' * 500, b'{"acknowledgements": [{"message": 3}, {"message": "1.x", "status": "done"}]}', b'x' * 400_000):
            drop.acknowledge(raw=raw)
        (foreign / 'ack/new/link').symlink_to('/etc/passwd')
        until(lambda: not list((foreign / 'ack/new').iterdir()))
        assert states(region, [message]) == [('handed', None)]


def test_seen_attacker_a_link_leads_no_letter_and_no_acknowledgement_to_the_folder_of_somebody_else(region, sending, receiving, reached):  # noqa: F811
    """Whoever prints for one municipality had what the printer of another one wrote moved into the own folder, and letters written into that of the other."""
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        are(region, [written(region, reached())], 'handed', None)
        own, other = server.folder / 'drops/gm9901/drukker', server.folder / 'drops/gm9902/drukker'
        for part in ('new', 'ack/tmp', 'ack/new', 'ack/cur'):
            (other / part).mkdir(parents=True)
        (other / 'ack').rename(other / 'waits')      # nobody reads it here
        (other / 'waits/new/1').write_bytes(b'{}')
        for name, leads in (('ack/new', other / 'waits/new'), ('ack', other / 'waits'), ('new', other / 'new')):
            (own / name).rename(own / f'was-{name.replace("/", "-")}')
            (own / name).symlink_to(leads)
            if name == 'ack/new':
                (own / 'ack/cur').rename(own / 'ack/old')
                (own / 'ack/cur').symlink_to(other / 'waits/cur')
            time.sleep(2.5)
            assert [file.name for file in (other / 'waits/new').iterdir()] == ['1'], name
        message = written(region, reached())
        until(lambda: region.sql('select 1 from app.message where id = %s and deferred = 1', (message,)))
        assert not list((other / 'new').iterdir()) and states(region, [message]) == [('queued', None)]


def test_a_letter_that_nobody_acknowledges_is_uncertain(region, sending, receiving, reached):  # noqa: F811
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        message = written(region, reached())
        are(region, [message], 'handed', None)
        region.sql("set session_replication_role = replica; update app.message set handed_at = handed_at - interval '6 days' where id = %s", (message,))
        region.sql(f"{CONTEXT} select app.messages_enqueue(array[%s]::uuid[], true, clock.now())", (message,))
        are(region, [message], 'uncertain', 'silent')
        server.drop('drukker').acknowledge(**{f'1.{message}': 'taken'})
        are(region, [message], 'sent', None)


def test_a_folder_that_has_it_already_gets_it_once(region, sending, receiving, reached):  # noqa: F811
    """As after a worker that was killed when it had written the letter, and before it could say so."""
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        message = written(region, reached())
        are(region, [message], 'handed', None)
        drop = server.drop('drukker')
        before = drop.letters()
        region.sql("set session_replication_role = replica; update app.message set state = 'queued', handed_at = null, next_at = clock.now() where id = %s; "
                   "update app.message_attempt set outcome = null, ended_at = null where message_id = %s", (message, message))
        region.sql(f"{CONTEXT} select app.messages_enqueue(array[%s]::uuid[], true, clock.now())", (message,))
        are(region, [message], 'handed', None)
        assert drop.letters() == before and not list((drop.folder / 'tmp').iterdir())
        assert region.sql('select receipt, begun from app.message_attempt where message_id = %s', (message,)) == [('already', 2)]


def test_a_machine_message_in_a_folder_has_all_of_it(region, sending, receiving, told):  # noqa: F811
    with Receiver.started() as server, sending(**server.settings):
        receiving(**{**DROP, 'purpose': 'benefits_payment'})
        message = told()
        are(region, [message], 'handed', None)
        event = json.loads(server.drop('drukker').letters()[f'1.{message}']['message.json'])
        assert event['data']['percentage'] == 100
        server.drop('drukker').acknowledge(**{f'1.{message}': 'done'})
        are(region, [message], 'delivered', None)


def test_nobody_who_died_gets_a_letter_and_of_one_occasion_there_is_one(region, sending, receiving, reached, as_role):  # noqa: F811
    who, occasion = reached(), str(uuid.uuid4())
    first = written(region, who, occasion=occasion)
    assert first and written(region, who, occasion=occasion) is None
    day = region.sql('select clock.today()')[0][0].isoformat()
    assert as_role('team_lead').post(f'/candidates/{who}/deaths', {'diedOn': day}).status in (200, 201)
    assert written(region, who) is None
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        are(region, [first], 'withdrawn', 'gone')
        assert not server.drop('drukker').new()


def test_without_an_address_a_letter_fails_and_somebody_has_a_task(region, sending, receiving, reached):  # noqa: F811
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        who = reached(address=None)
        message = written(region, who)
        are(region, [message], 'failed', 'no_address')
        assert region.sql("select state from app.task where kind = 'undelivered' and subject_id = %s", (who,)) == [('open',)]
        region.sql(f"{CONTEXT} update app.candidate set address_lines = 'Dorpsstraat 12' where id = %s", (who,))
        assert region.sql("select state from app.task where kind = 'undelivered' and subject_id = %s", (who,)) == [('done',)]


# ---------------------------------------------------------------------------------------------------------- the Notify API

def test_letters_texts_and_mail_go_through_an_api(region, sending, receiving, reached):  # noqa: F811
    with Receiver.started('201') as server, sending(**server.settings):
        server.key('notify', f'maatwerk-{SERVICE}-{API_SECRET}')
        receiving(**API, address=server.address)
        receiving(purpose='print', kind='api', secret='notify', address=server.address + '/')
        letter = written(region, reached())
        are(region, [letter], 'sent', None)
        mail = written(region, reached(email='linde@post.example', digital=True))
        are(region, [mail], 'sent', None)
        text, = region.sql(f"{CONTEXT} select app.message_queue_text('appointment', %s, 'candidate', %s, true)::text", (reached(phone='06 5550 0101', digital=True),) * 2)[0]
        are(region, [text], 'sent', None)
        bodies = {path.rsplit('/')[-1]: json.loads(body) for path, _, body in server.got}
        for _, headers, _ in server.got:
            claims = claims_of(headers['Authorization'].removeprefix('Bearer '), API_SECRET)
            assert claims['iss'] == SERVICE and abs(claims['iat'] - time.time()) < 600
    assert base64.b64decode(bodies['letter']['content']).startswith(b'%PDF-') and bodies['letter']['reference'] == f'1.{letter}'
    assert bodies['email']['email_address'] == 'linde@post.example' and bodies['email']['template_id'] == API['emailTemplate'] and bodies['email']['personalisation']['subject']
    assert bodies['sms']['phone_number'] == '06 5550 0101' and bodies['sms']['reference'] == f'1.{text}' and 'Maasdrecht' in bodies['sms']['personalisation']['body']
    assert region.sql('select channel from app.message where id = any (%s::uuid[]) order by channel', ([letter, mail, text],)) == [('api',), ('letter',), ('sms',)]


def test_seen_builder_an_api_gets_the_address_of_staff_too(region, sending, receiving, as_role):  # noqa: F811
    """It got null where the address belongs, of everybody who is no candidate."""
    user = as_role('case_manager').get('/user-profile').json['id']
    address = as_role('tenant_admin').get(f'/users/{user}').json['email']
    with Receiver.started('201') as server, sending(**server.settings):
        server.key('notify', f'maatwerk-{SERVICE}-{API_SECRET}')
        receiving(**API, address=server.address)
        notice, = region.sql(f"{CONTEXT} select app.notify_user(%s::uuid, 'user', %s::uuid, gen_random_uuid())::text", (user, user))[0]
        are(region, [notice], 'sent', None)
        assert [json.loads(body)['email_address'] for _, _, body in server.got] == [address]


@pytest.mark.parametrize('plan,state,took', [('+hang', 'sent', 1), ('hang', 'uncertain', 0)])
def test_a_worker_that_is_killed_asks_the_api_what_it_has(region, sending, receiving, reached, plan, state, took):  # noqa: F811
    with Receiver.started(plan) as server, sending(**{**server.settings, 'MAATWERK_RECEIVER_TIMEOUT_MS': '60000'}) as worker:
        server.key('notify', f'maatwerk-{SERVICE}-{API_SECRET}')
        receiving(**API, address=server.address)
        message = written(region, reached(email='linde@post.example', digital=True))
        until(lambda: region.sql('select 1 from app.message_attempt where message_id = %s and handed_at is not null', (message,)) and server.seen)
        server.plan = '201'
        for pid in children(worker):
            os.kill(pid, signal.SIGKILL)
        until(lambda: states(region, [message])[0][0] == state, say=lambda: states(region, [message]))
        assert len(server.got) == took


def test_a_mail_that_came_back_becomes_a_letter_once(region, sending, receiving, reached):  # noqa: F811
    with Receiver.started('422') as server, sending(**server.settings):
        server.key('notify', f'maatwerk-{SERVICE}-{API_SECRET}')
        receiving(**API, address=server.address)
        receiving(**DROP)
        who = reached(email='weg@post.example', digital=True)
        message = written(region, who)
        are(region, [message], 'failed', 'refused')
        letter = region.sql('select id::text, channel from app.message where fallback_of = %s', (message,))
        assert [channel for _, channel in letter] == ['letter']
        are(region, [letter[0][0]], 'handed', None)
        assert list(server.drop('drukker').letters()) == [f'1.{letter[0][0]}']


# ------------------------------------------------------------------------------------------------------ appointments, copies

def test_a_reminder_of_an_appointment_is_a_text_where_the_person_chose_that(region, receiving, reached, as_role):
    receiving(**API, address='https://notify.maasdrecht.example')
    who = reached(email='linde@post.example', phone='06 5550 0101', digital=True)
    day = {'startsAt': '2031-01-06T09:00:00Z', 'endsAt': '2031-01-06T10:00:00Z'}
    made = as_role('team_lead').post('/appointments', {'candidateId': who, 'kind': 'talk', **day})
    assert made.status == 201, made.text
    channels = lambda: region.sql("select channel from app.message where subject_id = %s and state = 'queued'", (made.json['id'],))  # noqa: E731
    assert channels() == [('sms',)]
    reached(email='linde@post.example', phone='06 5550 0101', digital=False)
    other = as_role('team_lead').post('/appointments', {'candidateId': who, 'kind': 'talk', 'startsAt': '2031-02-06T09:00:00Z', 'endsAt': '2031-02-06T10:00:00Z'})
    assert region.sql("select channel from app.message where subject_id = %s", (other.json['id'],)) == [('e_mail',)]


@pytest.mark.parametrize('sent,last', [('2031-03-29 23:30', '2033-03-29'), ('2031-03-30 00:30', '2033-03-30'), ('2032-02-29 12:00', '2034-02-28'), ('2031-10-26 23:59', '2033-10-26')])
def test_a_copy_is_kept_to_the_day(region, at, told, as_role, sent, last):
    """Days are those of Amsterdam: on the last one it is there, and a minute after midnight it is not, also across a change to summer time."""
    at(sent)
    message = told('events')
    region.sql("delete from queue.job where payload -> 'messages' ->> 0 = %s", (message,))
    kept, = region.sql(f"{CONTEXT} select app.message_kept_until(m, clock.now()) = %s::date + interval '120 months' from app.message m where id = %s", (sent[:10], message))[0]
    assert kept
    region.sql("set session_replication_role = replica; update app.message set keep_until = %s, state = 'sent' where id = %s; insert into app.message_attempt (tenant_id, message_id, number, "
               "job_id, begun_at, handed_at, ended_at, outcome, sandbox, address_hash, copy) values (1, %s, 1, 1, clock.now(), clock.now(), clock.now(), 'accepted', false, '', 'bytes')",
               (last, message, message))
    copy = lambda: as_role('team_lead').get(f'/messages/{message}').json.get('sentText')  # noqa: E731
    erased = lambda: region.sql(f"{CONTEXT} select app.messages_erase()")[0][0]  # noqa: E731
    at(f'{last} 23:59')
    assert copy() == 'bytes' and erased() >= 0 and copy() == 'bytes'
    at(region.sql("select to_char(%s::date + 1, 'YYYY-MM-DD') || ' 00:01'", (last,))[0][0])
    assert copy() is None and erased() >= 0      # the sweep of the night may have been there before
    assert region.sql('select copy from app.message_attempt where message_id = %s', (message,)) == [(None,)]
