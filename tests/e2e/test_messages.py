# SPDX-License-Identifier: EUPL-1.2
"""Messages: queued, attempted, accepted or not; who sees them, what is proved, and what a person does. The functions of the worker are called
here one by one; test_notifications.py has the worker itself."""
import hashlib
from types import SimpleNamespace

import pytest

CONTEXT = ("select set_config('app.tenant', '1', false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false), "
           "set_config('app.actor', '', false); ")
BYTES = 'Subject: Er staat een bericht voor u klaar\r\n\r\nTekst\r\n'


@pytest.fixture
def system(region):
    """system('f(%s)', values): what a function answers to a worker of the municipality: its first row."""
    return lambda call, *values: (region.sql(f'{CONTEXT} select * from {call}', values) or [None])[0]


@pytest.fixture
def queued(region, system, new_vacancy, as_role):
    """A message to the consultant, about a vacancy; its job is taken out of the queue, so that no worker has it."""
    def make(template='notice', urgent=True, vacancy=None, to=None):
        vacancy = vacancy or new_vacancy().json['id']
        to = to or as_role('consultant').get('/user-profile').json['id']
        region.pause('send_message')
        message, = system('app.message_queue(%s, %s, %s, %s, %s)', template, to, 'vacancy', vacancy, urgent)
        job, prio = region.sql("delete from queue.job where kind = 'send_message' and payload -> 'messages' ->> 0 = %s returning id, prio", (message,))[0]
        return SimpleNamespace(id=message, vacancy=vacancy, job=job, prio=prio, to=to, place=f'/messages/{message}')
    return make


@pytest.fixture
def attempt(region, system):
    """An attempt to send it: up to its begin, to the handing over, or with its end."""
    def make(message, how=None, code=None, status=None, bad_address=False, hand_over=True):
        begun = system("app.messages_begin(jsonb_build_object('messages', array[%s]), %s, null, %s)", message.id, message.job, 'https://portal.example')
        begun = begun and begun[1:]
        if begun and hand_over:
            assert system('app.message_hand_over(%s, %s, %s, 1, %s)', message.id, begun[0], begun[1], BYTES) == (True,)
        if begun and how:
            system('app.message_end(%s, %s, %s, %s, %s, %s, %s, %s, null)', message.id, begun[0], begun[1], how, code, status, None, bad_address)
        return begun
    return make


def state(client, message):
    return client.get(message.place).json['state']


def test_a_message_is_sent_and_can_be_proved(as_role, queued, attempt):
    message, client = queued(), as_role('team_lead')
    assert client.get(message.place).json['state'] == 'queued'
    begun = attempt(message, 'accepted', 250, '2.0.0')
    assert begun[2].endswith('.example') and begun[8] == 'Er staat een bericht voor u klaar' and f'/messages/{message.id}' in begun[9]
    seen = client.get(message.place).json
    assert seen['state'] == 'sent' and seen['sentAt'] and seen['templateVersion'] == 1 and 'fault' not in seen and 'nextAt' not in seen
    assert seen['contentHash'] == hashlib.sha256(BYTES.encode()).hexdigest() and seen['sentText'] == BYTES
    only, = seen['attempts']
    assert (only['number'], only['outcome'], only['replyCode'], only['status']) == (1, 'accepted', 250, '2.0.0')
    assert only['contentHash'] == seen['contentHash'] and only['begunAt'] <= only['handedAt'] <= only['endedAt']
    assert seen['aboutNoun'] == 'vacancy' and seen['aboutId'] == message.vacancy and seen['aboutLabel'] == 'Magazijnmedewerker'
    assert attempt(message) is None     # nothing is sent twice


def test_a_message_is_in_dutch_unless_somebody_says_english(region, as_role, system, attempt):
    me = as_role('consultant').get('/user-profile').json['id']
    made, = system("app.message_queue('notice', %s, null, null, true, '{\"language\": \"en\"}')", me)
    job, = region.sql("delete from queue.job where payload -> 'messages' ->> 0 = %s returning id", (made,))[0]
    begun = attempt(SimpleNamespace(id=made, job=job))
    assert begun[5] == 'en' and begun[8] == 'There is a message for you' and as_role('consultant').get(f'/messages/{made}').json['language'] == 'en'


def test_an_urgent_message_goes_before_the_others(queued):
    assert queued().prio == 0 and queued(urgent=False).prio == 1


def test_the_copy_has_an_address_and_is_for_few(as_role, queued, attempt):
    message = queued()
    attempt(message, 'accepted', 250, '2.0.0')
    assert 'sentText' not in as_role('consultant').get(message.place).json


def test_a_server_that_asks_to_come_back_is_tried_by_the_ladder(region, as_role, queued, attempt):
    message, client = queued(), as_role('team_lead')
    ladder = [wait for wait, in region.sql("select extract(epoch from wait)::int from ref.retry_ladder where channel = 'e_mail' order by attempt")]
    assert ladder == sorted(ladder) and sum(ladder) > 4 * 86400
    for number, wait in enumerate(ladder, 1):
        before, = region.sql('select clock.now()')[0]
        attempt(message, 'deferred', 451, '4.3.0')
        seen = client.get(message.place).json
        assert seen['state'] == 'queued' and len(seen['attempts']) == number
        message.job, planned = region.sql("delete from queue.job where payload -> 'messages' ->> 0 = %s returning id, extract(epoch from run_at - %s)",
                                          (message.id, before))[0]
        assert wait <= planned < wait + 60
    attempt(message, 'deferred', 451, '4.3.0')
    seen = client.get(message.place).json
    assert (seen['state'], seen['fault']) == ('failed', 'exhausted') and 'nextAt' not in seen
    assert client.post(f'{message.place}/resends').json['state'] == 'queued'
    message.job, = region.sql("delete from queue.job where payload -> 'messages' ->> 0 = %s returning id", (message.id,))[0]
    attempt(message, 'deferred', 451, '4.3.0')
    assert state(client, message) == 'queued'       # the ladder begins anew


def test_nothing_goes_out_to_or_about_somebody_who_died(region, as_role, system, candidate, attempt):
    lead, who = as_role('team_lead'), candidate.json['id']
    to, = system("app.message_queue_candidate('notice', %s, 'candidate', %s, true)", who, who)
    about, = system("app.message_queue('notice', %s, 'candidate', %s, true)", as_role('consultant').get('/user-profile').json['id'], who)
    assert lead.post(f'/candidates/{who}/deaths', {'diedOn': region.sql('select clock.today()')[0][0].isoformat()}).status in (200, 201)
    for message, fault in ((to, 'gone'), (about, 'ended')):
        job, = region.sql("delete from queue.job where payload -> 'messages' ->> 0 = %s returning id", (message,))[0]
        assert attempt(SimpleNamespace(id=message, job=job)) is None
        seen = lead.get(f'/messages/{message}').json
        assert (seen['state'], seen['fault']) == ('withdrawn', fault)


def test_seen_attacker_a_message_does_not_tell_that_somebody_died(region, as_role, system, candidate, attempt):
    """An employer, who does not read who died, got a message about the person that did not go any more: the person had left or died, it said."""
    employer, who = as_role('employer'), candidate.json['id']
    message, = system("app.message_queue('notice', %s, 'candidate', %s, true)", employer.get('/user-profile').json['id'], who)
    assert as_role('team_lead').post(f'/candidates/{who}/deaths', {'diedOn': region.sql('select clock.today()')[0][0].isoformat()}).status == 200
    job, = region.sql("delete from queue.job where payload -> 'messages' ->> 0 = %s returning id", (message,))[0]
    assert attempt(SimpleNamespace(id=message, job=job)) is None
    assert [employer.get(f'/messages/{message}').json[name] for name in ('state', 'fault')] == ['withdrawn', 'ended']


def test_in_quiet_hours_only_urgent_messages_go_out(region, as_role, queued, attempt):
    local = "(clock.now() at time zone 'Europe/Amsterdam')"
    night, = region.sql(f"select date_trunc('day', {local}) + interval '1 day 3 hours' - {local}")[0]
    urgent, message = queued(), queued(urgent=False)
    region.sql('insert into clock.shift (shift) values (%s)', (night,))
    try:
        assert attempt(urgent, 'accepted', 250, '2.0.0') and attempt(message) is None
        seen = as_role('team_lead').get(message.place).json
        assert seen['state'] == 'queued' and seen['attempts'] == []
        message.job, at, = region.sql("delete from queue.job where payload -> 'messages' ->> 0 = %s returning id, (run_at at time zone 'Europe/Amsterdam')::time::text",
                                      (message.id,))[0]
        assert at == '07:00:00'
        region.sql("update clock.shift set shift = shift + interval '4 hours 10 minutes'")
        assert attempt(message, 'accepted', 250, '2.0.0')
    finally:
        region.sql('delete from clock.shift')


def test_a_refusal_fails_at_once(as_role, queued, attempt):
    message, client = queued(), as_role('team_lead')
    attempt(message, 'refused', 554, '5.7.1', hand_over=False)
    seen = client.get(message.place).json
    assert (seen['state'], seen['fault'], seen['attempts'][0]['replyCode']) == ('failed', 'refused', 554)


def test_what_was_handed_over_and_never_answered_is_uncertain_and_stays_so(region, as_role, queued, attempt):
    message, client = queued(), as_role('consultant')
    attempt(message)
    assert state(client, message) == 'queued'
    assert attempt(message) is None     # the worker died; another one has the job
    seen = client.get(message.place).json
    assert (seen['state'], seen['fault'], seen['attempts'][0]['outcome']) == ('uncertain', 'not_known', 'uncertain')
    assert not region.sql("select from queue.job where payload -> 'messages' ->> 0 = %s", (message.id,))
    assert message.id in [m['id'] for m in client.get(f'/messages?state=uncertain,failed&aboutId={message.vacancy}').json['items']]


def test_what_was_not_handed_over_is_begun_again_and_the_first_worker_can_do_nothing_more(system, queued, attempt):
    message = queued()
    first = attempt(message, hand_over=False)
    second = attempt(message, hand_over=False)
    assert (first[0], second[0]) == (1, 1) and second[1] == first[1] + 1
    assert system('app.message_hand_over(%s, %s, %s, 1, %s)', message.id, first[0], first[1], BYTES) == (False,)
    assert system('app.message_hand_over(%s, %s, %s, 1, %s)', message.id, second[0], second[1], BYTES) == (True,)
    assert system('app.message_hand_over(%s, %s, %s, 1, %s)', message.id, second[0], second[1], BYTES) == (False,)


def test_a_job_that_is_buried_leaves_no_message_behind(region, as_role, queued, attempt):
    begun, handed, client = queued(), queued(), as_role('team_lead')
    attempt(begun, hand_over=False)
    attempt(handed)
    for message in (begun, handed):
        region.sql("insert into queue.dead (id, tenant, prio, kind, attempt, crash, reason, created_at, died_at, payload) "
                   "values (%s, 1, 1, 'send_message', 1, 4, 'poison', clock.now(), clock.now(), jsonb_build_object('message', %s))",
                   (message.job, message.id))
    assert [client.get(message.place).json['fault'] for message in (begun, handed)] == ['exhausted', 'not_known']
    assert state(client, handed) == 'uncertain'


def test_a_message_that_comes_back_stops_that_address(region, as_role, system, queued, attempt, later):
    message, client = queued(), as_role('consultant')
    attempt(message, 'accepted', 250, '2.0.0')
    assert system("app.message_reported(%s, 'soft', 'delayed', '4.4.1')", message.id) == (True,)
    assert state(client, message) == 'sent'
    assert system("app.message_reported(%s, 'hard', 'failed', '5.1.1')", message.id) == (True,)
    assert system("app.message_reported(%s, 'hard', 'failed', '5.1.1')", message.id) == (False,)     # each report once
    seen = client.get(message.place).json
    assert (seen['state'], seen['fault']) == ('undelivered', 'bounced')
    next_one = queued(vacancy=message.vacancy)
    assert attempt(next_one) is None
    assert client.get(next_one.place).json['fault'] == 'stopped'
    # a person lets the address be written to again
    assert client.post(f'{message.place}/resends').json['state'] == 'queued'
    third = queued(vacancy=message.vacancy)
    assert attempt(third, 'accepted', 250, '2.0.0')


def test_another_address_is_not_stopped(as_role, system, queued, attempt, region):
    admin = as_role('tenant_admin')
    made = admin.post('/users', {'name': 'Bea Terug', 'email': 'bea.terug@maasdrecht.example', 'role': 'consultant'})
    message = queued(to=made.json['id'])
    attempt(message, 'refused', 550, '5.1.1', bad_address=True, hand_over=False)
    assert attempt(queued(to=made.json['id'], vacancy=message.vacancy)) is None
    tasks = "select state from app.task where kind = 'undelivered' and subject_id = %s"
    assert region.sql(tasks, (made.json['id'],)) == [('open',)]       # one, however many messages there are
    place = made.headers['location']
    assert admin.patch(place, {'email': 'bea.goed@maasdrecht.example'}, admin.get(place).headers['etag']).status == 200
    assert region.sql(tasks, (made.json['id'],)) == [('done',)]
    assert attempt(queued(to=made.json['id'], vacancy=message.vacancy))[2] == 'bea.goed@maasdrecht.example'
    assert admin.patch(place, {'active': False}, admin.get(place).headers['etag']).status == 200
    gone = queued(to=made.json['id'], vacancy=message.vacancy)
    assert attempt(gone) is None and as_role('team_lead').get(gone.place).json['fault'] == 'gone'


def test_a_report_of_delivery_is_noted(as_role, system, queued, attempt):
    message = queued()
    attempt(message, 'uncertain')
    system("app.message_reported(%s, 'good', 'delivered', '2.0.0')", message.id)
    assert state(as_role('team_lead'), message) == 'delivered'


def test_a_message_that_nobody_needs_any_more_is_withdrawn(as_role, system, queued, attempt):
    message, client = queued(), as_role('team_lead')
    handed = queued(vacancy=message.vacancy)
    attempt(message, hand_over=False)
    attempt(handed)
    assert system("app.message_withdraw('vacancy', %s)", message.vacancy) == (1,)
    assert (state(client, message), state(client, handed)) == ('withdrawn', 'queued')
    assert attempt(message) is None
    assert client.post(f'{message.place}/resends').problem == 'state'


def test_only_what_did_not_arrive_is_sent_again(as_role, queued, attempt):
    message, client = queued(), as_role('team_lead')
    refused = client.post(f'{message.place}/resends')
    assert refused.problem == 'state' and refused.json['currentState'] == 'queued'
    attempt(message, 'accepted', 250, '2.0.0')
    assert client.post(f'{message.place}/resends').problem == 'state'


def test_messages_are_listed_by_whom_they_concern(as_role, queued, candidate, system, world):
    message = queued()
    consultant = as_role('consultant')
    assert message.id in [m['id'] for m in consultant.get('/messages?toMe=true').json['items']]
    assert message.id in [m['id'] for m in consultant.get(f'/messages?employerId={world["employer"]}').json['items']]
    about, = system("app.message_queue_candidate('notice', %s, 'candidate', %s)", candidate.json['id'], candidate.json['id'])
    found = consultant.get(f'/messages?candidateId={candidate.json["id"]}').json['items']
    assert [m['id'] for m in found] == [about] and found[0]['aboutLabel'] == 'Kandidaat Roos'
    assert about not in [m['id'] for m in as_role('account_manager').get('/messages').json['items']]
    assert as_role('account_manager').get(f'/messages/{about}').status == 404


def test_a_contact_person_gets_a_message(as_role, system, employer, attempt, region):
    contact = as_role('account_manager').post(f'/employers/{employer.json["id"]}/contacts', {'name': 'Ton Drukker', 'email': 'ton@drukkerij.example'})
    made, = system("app.message_queue_contact('notice', %s, 'employer', %s, true)", contact.json['id'], employer.json['id'])
    job, = region.sql("delete from queue.job where payload -> 'messages' ->> 0 = %s returning id", (made,))[0]
    assert attempt(SimpleNamespace(id=made, job=job))[2] == 'ton@drukkerij.example'
