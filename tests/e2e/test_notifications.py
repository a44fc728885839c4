# SPDX-License-Identifier: EUPL-1.2
"""The worker that sends messages: through a real mail server, and through one that does everything wrong. Each mail arrives once, or it is
uncertain and a person sees it."""
import email.policy
import hashlib
import os
import re
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from mail import Aiosmtpd, Exim, Faulty  # noqa: E402
from region import children, until, until_ready  # noqa: E402

CONTEXT = ("select set_config('app.tenant', '1', false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false), "
           "set_config('app.actor', '', false); ")
GO = "update queue.kind set paused_until = null where kind = 'send_message'"
STATE = "select m.state, m.fault from app.message m where m.id = any (%s::uuid[]) order by m.id"


@pytest.fixture
def sending(region):
    """`with sending(settings):` the worker sends with these settings, at any hour: there are no quiet hours meanwhile."""
    @contextmanager
    def running(**settings):
        def stop():
            process = region.processes.pop('notifications')
            until_ready(process)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        stop()
        region.start('notifications', **settings)
        try:
            with region.awake():
                yield region.processes['notifications']
        finally:
            if 'notifications' in region.processes:
                stop()
            region.sql("delete from queue.job where kind = 'send_message'")
            region.start('notifications')
            until_ready(region.processes['notifications'])
    return running


@pytest.fixture
def asked(region, as_role, world):
    """asked(n) asks for n messages to the consultant, and returns their identifiers."""
    def make(many=1, to=None, urgent=True):
        to = to or world['consultant']
        return sorted(m for m, in region.sql(f"{CONTEXT} select app.message_queue('notice', %s, 'employer', %s, %s)::text from generate_series(1, %s)",
                                             (to, world['employer'], urgent, many)))
    return make


def states(region, messages):
    return [tuple(row) for row in region.sql(STATE, (messages,))]


def are(region, messages, *wanted):
    return until(lambda: states(region, messages) == [wanted] * len(messages), say=lambda: states(region, messages))


def numbers(mails):
    """The identifiers of the messages, sorted."""
    return sorted(re.fullmatch(r'<1\.([0-9a-f-]{36})@post\.example>', mail if isinstance(mail, str) else mail['Message-ID']).group(1) for mail in mails)


# ----------------------------------------------------------------------------------------------------- a real server

@pytest.mark.parametrize('how', ['plain', 'starttls', 'implicit'])
def test_each_mail_arrives_once(region, sending, asked, as_role, how):
    with Exim.started() as server, sending(MAATWERK_CHILDREN='2', **server.settings(how)):
        messages = asked(12)
        are(region, messages, 'sent', None)
        until(lambda: len(server.box('arrived').all()) >= 12)
        assert numbers(server.box('arrived').all()) == messages
        log = (server.folder / 'mainlog').read_text()
        assert ('P=esmtps' in log) == (how != 'plain')
        file = server.box('arrived').files()[0].read_bytes()
    mail = email.message_from_bytes(file, policy=email.policy.default)
    message, = numbers([mail])
    seen = as_role('team_lead').get(f'/messages/{message}').json
    assert mail['Auto-Submitted'] == 'auto-generated' and mail['From'].addresses[0].display_name == 'Gemeente Maasdrecht'
    assert 'Date' in mail and mail['Subject'] == 'Er staat een bericht voor u klaar' and mail['Content-Language'] == 'nl'
    assert f'/messages/{message}\n' in mail.get_content()
    assert file.replace(b'\r\n', b'\n').endswith(seen['sentText'].replace('\r\n', '\n').encode())
    assert seen['contentHash'] == hashlib.sha256(seen['sentText'].encode()).hexdigest()
    assert seen['attempts'][0]['receipt'].startswith('OK id=')


def test_a_server_of_another_make_takes_each_mail_once(region, sending, asked):
    with Aiosmtpd.started() as server, sending(MAATWERK_CHILDREN='2', **server.settings()):
        messages = asked(12)
        are(region, messages, 'sent', None)
        assert len(server.taken()) == 12 and {message for _, message in server.taken()} == set(messages)


def test_a_mail_says_that_something_is_there_and_not_what(region, sending, asked, as_role, world):
    with Faulty.started() as server, sending(**server.settings):
        message, = asked()
        are(region, [message], 'sent', None)
    copy = as_role('team_lead').get(f'/messages/{message}').json['sentText']
    employer = as_role('consultant').get(f'/employers/{world["employer"]}').json
    person = region.sql('select name from app.user_account where id = %s', (world['consultant'],))[0][0]
    assert not [word for word in (employer['name'], employer['id'], person, 'employer') if word in copy]


def test_a_server_wants_a_login_and_a_certificate_is_believed(region, sending, asked):
    secrets = region.folder / 'mail-secrets'
    secrets.mkdir(exist_ok=True)
    (secrets / 'smtp').write_text('geheim\n')
    login = {'MAATWERK_SMTP_USER': 'maatwerk', 'MAATWERK_SMTP_SECRETS': str(secrets)}
    with Exim.started(login=True) as server:
        right = server.settings('starttls')
        message = asked()
        for wrong in (right, {**right, **login, 'MAATWERK_SMTP_USER': 'somebody'}, {**right, **login, 'MAATWERK_SMTP_CA': ''}):
            with sending(**wrong):
                again = asked()
                until(lambda: region.sql("select 1 from queue.job where payload -> 'messages' ->> 0 = %s and last_error in ('sender-refused', 'login', 'tls')", (again[0],)))
                assert states(region, again) == [('queued', None)]     # nothing is lost: it waits
        with sending(**right, **login):
            message = asked()
            are(region, message, 'sent', None)
            until(lambda: server.box('arrived').all())
            assert numbers(server.box('arrived').all()) == message


def test_a_mail_that_comes_back_is_undelivered_and_stops_that_address(region, sending, asked, as_role):
    made = as_role('tenant_admin').post('/users', {'name': 'Ono Bekend', 'email': 'unknown@maasdrecht.example', 'role': 'consultant'})
    with Exim.started() as server, sending(**server.settings('plain')):
        message = asked(to=made.json['id'])
        are(region, message, 'undelivered', 'bounced')
        until(lambda: server.box('drop').files('cur') and not server.box('drop').files('new'))
        again = asked(to=made.json['id'])
        are(region, again, 'failed', 'stopped')
        assert server.box('arrived').all() == []
        assert region.sql('select action, status from app.message_report where message_id = %s', (message[0],)) == [('failed', '5.0.0')]
    undelivered = as_role('team_lead').get('/messages?state=undelivered,failed&toMe=false').json['items']
    assert {message[0], again[0]} <= {m['id'] for m in undelivered}



def test_the_mail_of_the_first_of_april_that_came_back(region, sending, as_role, at, world):
    """Undelivered, one task for whoever keeps the address, no mail on the tenth, and a note says what did not arrive."""
    admin = as_role('tenant_admin')
    owner = admin.post('/users', {'name': 'Ono Bekend', 'email': 'unknown.april@maasdrecht.example', 'role': 'consultant'}).json['id']
    state = lambda: region.sql('select state, fault from app.message where to_user_id = %s order by planned_at', (owner,))  # noqa: E731
    with Exim.started() as server, sending(**server.settings('plain')):
        at('2031-03-31 12:00')
        made = region.sql(f"{CONTEXT} select app.task_open('evaluate', 'employer', %s, %s, null, 'story', clock.now(), "
                          "'2031-04-02 07:30'::timestamp at time zone 'Europe/Amsterdam')::text", (world['employer'], owner))[0][0]
        region.sql(f"{CONTEXT} update app.task set due_at = '2031-04-08 07:00'::timestamp at time zone 'Europe/Amsterdam' where id = %s", (made,))
        at('2031-04-01 07:01')      # seven days before
        at('2031-04-01 08:01')      # with the digest
        until(lambda: state() == [('undelivered', 'bounced')], say=state)
        region.sql(f"{CONTEXT} update app.task set due_at = '2031-04-10 10:00'::timestamp at time zone 'Europe/Amsterdam' where id = %s", (made,))
        at('2031-04-10 10:01')
        at('2031-04-11 08:31')
        until(lambda: len(state()) > 1 and not region.sql("select 1 from queue.job where kind = 'send_message'"), say=state)
        assert set(state()[1:]) == {('failed', 'stopped')}
        assert not [mail for mail in server.box('arrived').all() if 'unknown' in str(mail['To'])]       # others heard of other things
    tasks = region.sql("select state from app.task where kind = 'undelivered' and subject_id = %s", (owner,))
    assert tasks == [('open',)]
    notes = as_role('team_lead').get(f'/notes?subjectId={owner}').json['items']
    assert [n['text'] for n in notes if n['text'].startswith('Niet aangekomen: e-mail van 01-04-2031')], notes


def test_a_receiver_that_the_server_does_not_know_fails_at_once(region, sending, asked, as_role):
    made = as_role('tenant_admin').post('/users', {'name': 'Nie Mand', 'email': 'nobody.here@maasdrecht.example', 'role': 'consultant'})
    with Exim.started() as server, sending(**server.settings('plain')):
        message = asked(to=made.json['id'])
        are(region, message, 'failed', 'refused')
        again = asked(to=made.json['id'])
        are(region, again, 'failed', 'stopped')
    attempt, = as_role('team_lead').get(f'/messages/{message[0]}').json['attempts']
    assert (attempt['outcome'], attempt['replyCode'], attempt.get('receipt')) == ('refused', 550, None)


def test_a_sandbox_of_the_installation_gets_everything(region, sending, asked, world):
    with Exim.started() as server, sending(**server.settings('plain'), MAATWERK_MAIL_SANDBOX='proef@maatwerk.example'):
        message = asked()
        are(region, message, 'sent', None)
        until(lambda: server.box('arrived').all())
        mail, = server.box('arrived').all()
        assert mail['Envelope-to'] == 'proef@maatwerk.example' and mail['X-Maatwerk-Recipient'] == f'user {world["consultant"]}'
        address, = region.sql('select email from app.user_account where id = %s', (world['consultant'],))[0]
        assert address not in mail.as_string()


# -------------------------------------------------------------------------------------------------- a faulty server

FAULTS = [
    # what the server does, what becomes of the message, of its attempt, and whether the server has it
    ({'rcpt': '451 4.2.0 later'}, ('queued', None), 'deferred', 0),
    ({'rcpt': '550 5.7.1 not from you'}, ('failed', 'refused'), 'refused', 0),
    ({'data': '452 4.3.1 full'}, ('queued', None), 'deferred', 0),
    ({'data': '554 5.3.0 no'}, ('failed', 'refused'), 'refused', 0),
    ({'dot': '452 4.3.1 full'}, ('queued', None), 'deferred', 0),
    ({'dot': '554 5.6.0 no'}, ('failed', 'refused'), 'refused', 0),
    ({'mail': 'hang'}, ('queued', None), 'deferred', 0),
    ({'rcpt': 'hang'}, ('queued', None), 'deferred', 0),
    ({'rcpt': 'die'}, ('queued', None), 'deferred', 0),
    ({'data': 'die'}, ('queued', None), 'deferred', 0),
    ({'dot': 'die'}, ('uncertain', 'not_known'), 'uncertain', 0),
    ({'dot': '+die'}, ('uncertain', 'not_known'), 'uncertain', 1),
    ({'dot': 'hang'}, ('uncertain', 'not_known'), 'uncertain', 0),
    ({'dot': '+hang'}, ('uncertain', 'not_known'), 'uncertain', 1),
    # no server that takes messages from us: that is no attempt
    ({'greeting': '421 4.3.2 closing'}, ('queued', None), None, 0),
    ({'greeting': '554 5.3.2 no service'}, ('queued', None), None, 0),
    ({'greeting': 'die'}, ('queued', None), None, 0),
    ({'greeting': 'hang'}, ('queued', None), None, 0),
    ({'hello': 'die'}, ('queued', None), None, 0),
    ({'mail': '530 5.7.0 log in first'}, ('queued', None), None, 0),
    ({'starttls': 'die'}, ('queued', None), None, 0),
    ({'starttls': '220 but this is no TLS'}, ('queued', None), None, 0),
]


@pytest.mark.parametrize('plan,state,outcome,kept', FAULTS, ids=[' '.join(f'{k}-{v[:3]}' for k, v in f[0].items()) for f in FAULTS])
def test_whatever_the_server_does_a_mail_is_sent_at_most_once(region, sending, asked, plan, state, outcome, kept):
    with Faulty.started(**plan) as server, \
            sending(**{**server.settings, 'MAATWERK_SMTP_TLS': 'required' if 'starttls' in plan else 'off', 'MAATWERK_SMTP_TIMEOUT_MS': '700'}):
        message = asked()
        if outcome:
            until(lambda: region.sql('select 1 from app.message_attempt where message_id = %s and outcome is not null', (message[0],)))
        else:
            until(lambda: region.sql("select 1 from queue.job where payload -> 'messages' ->> 0 = %s and last_error is not null", (message[0],)))
        assert states(region, message) == [state]
        found = region.sql('select outcome from app.message_attempt where message_id = %s', (message[0],))
        assert found == [(outcome,)] and len(server.kept) == kept
        if state[0] == 'uncertain':
            assert not region.sql("select from queue.job where payload -> 'messages' ->> 0 = %s", (message[0],))
        elif state[0] == 'queued':      # later, when the server works again
            server.plan = {'starttls': '454 4.7.0 not now'} if 'starttls' in plan else {}
    if state[0] == 'queued':
        with Faulty.started() as server, sending(**server.settings):
            region.sql(f"{CONTEXT} select app.messages_enqueue(array[%s]::uuid[], true, clock.now())", (message[0],))
            are(region, message, 'sent', None)
            assert numbers(server.kept) == message


def test_a_server_that_dies_in_the_text_has_not_got_it(region, sending, asked):
    """When that is noticed before the last byte it is sent later, else it is uncertain."""
    with Faulty.started(body='die') as server, sending(**server.settings):
        message = asked()
        until(lambda: region.sql('select 1 from app.message_attempt where message_id = %s and outcome is not null', (message[0],)))
        assert states(region, message)[0] in (('queued', None), ('uncertain', 'not_known')) and server.kept == []


# ------------------------------------------------------------------------------------------------------ a killed worker

@pytest.mark.parametrize('step', ['greeting', 'hello', 'mail', 'rcpt', 'data', 'dot'])
def test_a_worker_that_is_killed_at_any_step_sends_nothing_twice(region, sending, asked, step):
    with Faulty.started(**{step: '+hang' if step == 'dot' else 'hang'}) as server, sending(**server.settings) as worker:
        message = asked()
        until(lambda: step in server.begun)
        if step == 'dot':
            until(lambda: region.sql('select 1 from app.message_attempt where message_id = %s and handed_at is not null', (message[0],)))
        server.plan = {}
        for pid in children(worker):
            os.kill(pid, signal.SIGKILL)
        if step == 'dot':
            are(region, message, 'uncertain', 'not_known')
        else:
            are(region, message, 'sent', None)
        assert numbers(server.kept) == message


@pytest.fixture
def together(region, asked):
    """together(n) asks for n messages in one job. The job waits until `region.sql(GO)`, so the worker of before does not send them."""
    def make(many):
        region.pause('send_message')
        messages = asked(many)
        region.sql(f"{CONTEXT} delete from queue.job where kind = 'send_message'; select app.messages_enqueue(%s::uuid[], true, clock.now())", (messages,))
        return messages
    yield make
    region.sql(GO)


def test_many_messages_of_one_job_are_sent_and_what_comes_in_between_hurts_no_other(region, sending, together):
    """A job has five messages. The second is withdrawn while the first is being sent. The other three are sent by jobs of their own."""
    messages = together(5)

    def withdraw(step, usual):
        if step == 'dot' and not server.kept:
            region.sql(f"{CONTEXT} update app.message set state = app.move('message', state, 'withdraw') where id = %s", (messages[1],))
        return usual
    with Faulty.started() as server:
        server.wanted = withdraw
        with sending(**server.settings):
            region.sql(GO)
            until(lambda: not region.sql("select 1 from app.message where id = any (%s::uuid[]) and state = 'queued'", (messages,)))
        assert numbers(server.kept) == sorted([messages[0], *messages[2:]]), (messages, states(region, messages), server.begun)
    assert [state for state, _ in states(region, messages)] == ['sent', 'withdrawn', 'sent', 'sent', 'sent']
    proved = region.sql("select count(*), count(distinct m.content_hash), bool_and(m.content_hash = a.content_hash and m.template_version = a.template_version and m.keep_until is not null) "
                        "from app.message m join app.message_attempt a on a.message_id = m.id and a.outcome = 'accepted' where m.id = any (%s::uuid[])", (messages,))
    assert proved == [(4, 4, True)]


def test_of_many_messages_one_is_refused_and_the_others_arrive(region, sending, together):
    messages = together(4)
    with Faulty.started() as server:
        server.wanted = lambda step, usual: '550 5.6.0 not this one' if step == 'dot' and server.begun.count('dot') == 2 else usual
        with sending(**server.settings):
            region.sql(GO)
            until(lambda: not region.sql("select 1 from app.message where id = any (%s::uuid[]) and state = 'queued'", (messages,)))
        assert len(server.kept) == 3
    assert sorted(states(region, messages)) == [('failed', 'refused'), *[('sent', None)] * 3]


# ------------------------------------------------------------------------------------------------------ what it must not say

def test_nobody_is_named_in_logs_jobs_or_redis(region, sending, asked, world):
    with Faulty.started(rcpt='451 4.2.0 <consultant.1@maasdrecht.example> later') as server, sending(**server.settings):
        message = asked()
        until(lambda: region.sql('select 1 from app.message_attempt where message_id = %s and outcome is not null', (message[0],)))
        payloads = region.sql("select payload from queue.job where kind = 'send_message'")
        assert payloads == [({'messages': [message[0]]},)]
        redis = region.redis()
        entries = [redis.xrange(key) for key in redis.keys('*') if redis.type(key) == b'stream']
        assert 'maasdrecht' not in repr(entries)
    assert '@' not in re.sub(r'maatwerk-\S+@\S+', '', region.log('notifications'))
    assert 'maasdrecht' not in str(region.sql('select receipt, status from app.message_attempt where message_id = %s', (message[0],)))


@pytest.mark.parametrize('name,value', [('MAATWERK_SMTP', 'http://x'), ('MAATWERK_SMTP_TLS', 'perhaps'), ('MAATWERK_MAIL_FROM', 'x'),
                                        ('MAATWERK_MAIL_SANDBOX', 'a@b\r\nc'), ('MAATWERK_SMTP_TIMEOUT_MS', '0'), ('MAATWERK_PORTAL', 'ftp://x')])
def test_a_setting_that_cannot_be_used_is_named(region, sending, name, value):
    with sending(**{name: value}):
        until(lambda: f'"setting-refused","name":"{name}"' in region.log('notifications'))


def test_seen_attacker_what_is_no_mail_holds_up_no_report(region, sending):
    """Links, folders and pipes in the drop: nobody waits for them, and they leave the way free."""
    drop = region.folder / 'hostile-drop'
    for part in ('new', 'cur', 'tmp'):
        (drop / part).mkdir(parents=True)
    for number in range(60):
        (drop / 'new' / f'link{number}').symlink_to('/etc/passwd')
    (drop / 'new/folder').mkdir()
    os.mkfifo(drop / 'new/pipe')
    with sending(MAATWERK_MAIL_DROP=str(drop)):
        (drop / 'new/later').write_bytes(b'no report')
        until(lambda: not list((drop / 'new').iterdir()))


def test_seen_attacker_a_report_proves_that_it_answers_a_mail_of_ours(region, sending, asked, as_role):
    """Whoever knows the number of a message, and not the address to which its mail server reports, says nothing about it."""
    made = as_role('tenant_admin').post('/users', {'name': 'Ono Bekend', 'email': 'unknown.proof@maasdrecht.example', 'role': 'consultant'})
    secrets = region.folder / 'bounce-secrets'
    secrets.mkdir()
    (secrets / 'bounces').write_text('a key of this installation\n')
    with Exim.started() as server, sending(**{**server.settings('plain'), 'MAATWERK_SMTP_SECRETS': str(secrets), 'MAATWERK_MAIL_BOUNCES': 'bounces+*@post.example'}):
        message, = asked()
        are(region, [message], 'sent', None)
        back = asked(to=made.json['id'])
        are(region, back, 'undelivered', 'bounced')     # the server itself knows the address
        new = server.folder / 'mail/drop/new'
        for n, address in enumerate(('bounces', f'bounces+1.{message}', f'bounces+1.{message}.0123456789ab')):
            (new / f'forged{n}').write_text(
                f'To: {address}@post.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n'
                '--b\nContent-Type: message/delivery-status\n\nx: y\n\nAction: failed\nStatus: 5.1.1\n\n'
                f'--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <1.{message}@post.example>\n--b--\n')
        until(lambda: not list(new.iterdir()))
        assert states(region, [message]) == [('sent', None)] and not region.sql('select from app.message_report where message_id = %s', (message,))
    with sending(MAATWERK_SMTP_SECRETS=str(secrets)):      # a key without a place for the proof
        until(lambda: '"setting-refused","name":"MAATWERK_MAIL_BOUNCES"' in region.log('notifications'))
