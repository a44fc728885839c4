# SPDX-License-Identifier: EUPL-1.2
"""Who is told of a decision: the person by letter, whoever pays the benefit, the case manager; each once, and nobody else. When the letter counts as sent, the decision is
notified."""
import json
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from receivers import Receiver  # noqa: E402
from region import day as days, until  # noqa: E402
from test_decisions import act, decided, draft, heard, law, obliged  # noqa: E402, F401: fixtures
from test_notifications import CONTEXT, are, sending  # noqa: E402, F401: fixtures
from test_receivers import DROP, SECRET, WEBHOOK, receiving  # noqa: E402, F401: fixtures

TOLD = """select coalesce(purpose, case when to_candidate_id is not null then 'person' else 'user' end), id::text, channel, template from app.message
    where subject_id = %s order by 1"""


def told(region, decision):
    return {who: (message, channel, template) for who, message, channel, template in region.sql(TOLD, (decision,))}


@pytest.fixture
def reachable(region, obliged):  # noqa: F811
    region.sql(f"{CONTEXT} update app.candidate set address_lines = 'Dorpsstraat 12\n5012 AB Maasdrecht' where id = %s", (obliged,))
    return obliged


def test_each_recipient_is_told_once_and_the_letter_notifies(region, sending, receiving, reachable, decided, as_role):  # noqa: F811
    with Receiver.started() as server, sending(**server.settings):
        server.key('sleutel', SECRET)
        receiving(**WEBHOOK, address=server.address)
        receiving(**DROP)
        made = decided()
        people = told(region, made['id'])
        assert {who: (channel, template) for who, (_, channel, template) in people.items()} == {'person': ('letter', 'decision'), 'user': ('e_mail', 'notice')}
        region.sql(f"{CONTEXT} select app.decision_notify(%s)", (made['id'],))
        are(region, [people['person'][0]], 'handed', None)
        lead = as_role('team_lead')
        assert lead.get(f'/decisions/{made["id"]}').json['state'] == 'decided'
        assert told(region, made['id']) == people and not server.got        # nobody proved yet that the person was told
        letter = server.drop('drukker').letters()[f'1.{people["person"][0]}']['letter.pdf']
        words = subprocess.run(['pdftotext', '-layout', '-', '-'], input=letter, capture_output=True, check=True).stdout.decode()
        words = ' '.join(words.split())
        assert 'bezwaar' in words and 'voorlopige voorziening' in words and f'{made["percentage"]} procent' in words and made['id'] in words
        server.drop('drukker').acknowledge(**{f'1.{people["person"][0]}': 'taken'})
        until(lambda: lead.get(f'/decisions/{made["id"]}').json['state'] in ('notified', 'in_force'))
        both = told(region, made['id'])
        assert both['benefits_payment'][1:] == ('webhook', 'decision_decided') and {**both, **people} == both
        are(region, [both['benefits_payment'][0]], 'sent', None)
        (_, _, body), = server.got
        assert set(json.loads(body)['data']) == {'message', 'noun', 'id'}
    seen = lead.get(f'/decisions/{made["id"]}').json
    assert seen['notifiedOn'] == region.sql('select clock.today()')[0][0].isoformat()
    data = as_role('benefits_payment').get(f'/messages/{both["benefits_payment"][0]}').json['data']
    assert data['percentage'] == made['percentage'] and data['candidate'] == reachable and data['situation'] == 'decided'
    named = lead.get(f'/candidates/{reachable}').json
    assert data['person'] == {name: named[name] for name in ('firstName', 'lastName', 'birthDate') if name in named} and data['person'], data
    assert data['spread'] and all('basisPoints' in part and 'basis_points' not in part for part in data['spread'])


def test_seen_builder_a_payment_that_did_not_arrive_is_work_of_somebody(region, sending, receiving, reachable, decided, as_role):  # noqa: F811
    """Whoever pays refused the message, and nobody heard of it: the benefit would have stayed as it was."""
    lead = as_role('team_lead')
    with Receiver.started('400') as server, sending(**server.settings):
        server.key('sleutel', SECRET)
        receiving(**WEBHOOK, address=server.address)
        made = decided()
        act(region, "select app.decision_notified(%s, clock.today())", (made['id'],))
        message = told(region, made['id'])['benefits_payment'][0]
        are(region, [message], 'failed', 'refused')
        task, = lead.get(f'/tasks?subjectId={made["id"]}&kind=undelivered').json['items']
        assert task['state'] == 'open' and task['ownerUserId'] == lead.get(f'/candidates/{reachable}').json['caseManagerId'], task
        assert as_role('consultant').get(f'/tasks?subjectId={made["id"]}').json['items'] == []
        server.plan = '204'
        assert lead.post(f'/messages/{message}/resends').status == 200
        are(region, [message], 'sent', None)
    assert lead.get(f'/tasks/{task["id"]}').json['state'] == 'done'


def test_what_is_taken_back_is_told_to_the_same(region, reachable, decided, as_role):  # noqa: F811
    made = decided()
    act(region, "select app.decision_notified(%s, clock.today())", (made['id'],))
    taken = as_role('team_lead').post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'})
    assert taken.status == 200, taken.text
    kinds = region.sql("select template, count(*) from app.message where subject_id = %s and purpose is not null group by 1 order by 1", (made['id'],))
    assert kinds == [('decision_decided', 1), ('decision_withdrawn', 1)]
    assert region.sql("select count(*) from app.message where subject_id = %s and to_candidate_id is not null", (made['id'],)) == [(2,)]


def test_outside_the_wall_nobody_sees_that_there_is_a_message(region, reachable, decided, as_role):  # noqa: F811
    made = decided()
    for role in ('consultant', 'account_manager', 'coach', 'tenant_admin', 'analyst', 'hub', 'employer', 'firm'):
        answer = as_role(role).get(f'/messages?aboutId={made["id"]}')
        assert answer.json['items'] == [], role


def test_seen_practitioner_whoever_pays_hears_what_a_heavier_measure_replaces(region, reachable, decided, as_role):  # noqa: F811
    light = decided(duty=None, category='search')
    heavy = decided(duty='h')
    act(region, "select app.decision_notified(%s, clock.today())", (heavy['id'],))
    data, = region.sql("select data from app.message where subject_id = %s and purpose = 'benefits_payment'", (heavy['id'],))[0]
    assert data['replaces'] == [light['id']] and 'shortens' not in data


def test_seen_practitioner_what_was_taken_back_before_it_went_is_not_told(region, reachable, decided, as_role):  # noqa: F811
    """A decision is taken back before the person was told. Then the person gets no letter that it does not hold any more."""
    made = decided()
    assert as_role('team_lead').post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'}).status == 200
    assert region.sql("select template, state from app.message where subject_id = %s and (to_candidate_id is not null or purpose is not null) order by 1", (made['id'],)) == [
        ('decision', 'withdrawn')]


def test_seen_practitioner_whoever_pays_hears_nothing_before_the_person(region, sending, receiving, reachable, decided, as_role):  # noqa: F811
    """What was not notified has no effect (Awb 3:40): also when its letter cannot go, or comes back, and whether or not a court suspended it meanwhile."""
    payments = lambda d: [t for t, in region.sql("select template from app.message where subject_id = %s and purpose is not null order by planned_at, id", (d['id'],))]  # noqa: E731
    made = decided()
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        message = told(region, made['id'])['person'][0]
        are(region, [message], 'handed', None)
        server.drop('drukker').acknowledge(**{f'1.{message}': 'returned'})
        are(region, [message], 'undelivered', 'bounced')
    assert payments(made) == [] and as_role('team_lead').get(f'/decisions/{made["id"]}').json['state'] == 'decided'
    case = as_role('case_manager')
    objection = case.post('/objections', {'decisionId': made['id'], 'channel': 'letter', 'receivedOn': days(0), 'grounds': 'Ik hoorde het.'})
    assert objection.status == 201 and case.post(f'/objections/{objection.json["id"]}/injunctions', {'fromDay': days(0)}).status == 200, objection.text
    assert payments(made) == []
    act(region, 'select app.decision_notified(%s, clock.today())', (made['id'],))
    assert sorted(payments(made)) == ['decision_decided', 'decision_suspended']


def test_seen_practitioner_who_left_gets_the_decision(region, sending, receiving, reachable, decided, as_role):  # noqa: F811
    """The file is closed on the day of a decision that ends the benefit. The letter still goes: without it the decision would have no effect (Awb 3:40)."""
    made = decided(kind='ending', startsOn=days(1), endReason='moved')
    place = f'/candidates/{reachable}'
    left = as_role('case_manager').patch(place, {'status': 'left'}, as_role('case_manager').get(place).headers['etag'])
    assert left.status == 200, left.text
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        are(region, [told(region, made['id'])['person'][0]], 'handed', None)


def test_seen_practitioner_a_letter_says_where_the_person_lives_when_it_goes(region, sending, receiving, reachable, decided, as_role, later):  # noqa: F811
    """The person moves, or the printer is closed for days: the pages have the address and the day on which they go, from which the term counts that they name."""
    case = as_role('case_manager')
    made = decided()
    first = region.sql('select document_id::text from app.message where subject_id = %s and to_candidate_id is not null', (made['id'],))[0][0]
    until(lambda: region.sql('select state from app.document where id = %s', (first,)) == [('made',)])
    place = f'/candidates/{reachable}'
    assert case.patch(place, {'addressLines': 'Nieuweweg 1\n5013 AA Maasdrecht', 'lastName': 'Şahin-‘t Hooft'}, case.get(place).headers['etag']).status == 200
    with later(2), Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        message = told(region, made['id'])['person'][0]
        are(region, [message], 'handed', None)
        letter = server.drop('drukker').letters()[f'1.{message}']
        words = subprocess.run(['pdftotext', '-layout', '-', '-'], input=letter['letter.pdf'], capture_output=True, check=True).stdout.decode()
        today, = region.sql('select calendar.in_words(clock.today())')[0]
        assert 'Nieuweweg 1' in words and 'Dorpsstraat' not in words and f'Datum: {today}' in words and 'Şahin-‘t Hooft' in words, words
        assert json.loads(letter['index.json'])['address'][1:] == ['Nieuweweg 1', '5013 AA Maasdrecht']
    assert region.sql('select state from app.document where id = %s', (first,)) == [('withdrawn',)]


def test_seen_practitioner_what_replaces_a_decision_says_so(region, reachable, decided, as_role):  # noqa: F811
    light = decided(duty=None, category='search')
    heavy = decided(duty='h')
    day, = region.sql('select calendar.in_words(clock.today())')[0]
    words = region.sql("select parameters -> 'paragraphs' from app.document where subject_id = %s and template = 'decision'", (heavy['id'],))[0][0]
    assert f'Dit besluit komt in de plaats van ons besluit van {day}.' in words, (words, light)


def test_seen_practitioner_a_letter_that_came_back_goes_to_the_new_address(region, sending, receiving, reachable, decided, as_role):  # noqa: F811
    """The pages that were sent are kept as proof. They are erased on the same day as the letter."""
    case, lead, made = as_role('case_manager'), as_role('team_lead'), decided()
    message, place = told(region, made['id'])['person'][0], f'/candidates/{reachable}'
    pages = lambda: region.sql("select d.state, c.bytes is not null, d.parameters <> '{}' from app.document d left join app.document_content c on c.document_id = d.id "  # noqa: E731
                               "where d.subject_id = %s and d.template = 'decision' order by d.asked_at", (made['id'],))
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        are(region, [message], 'handed', None)
        drop = server.drop('drukker')
        drop.acknowledge(**{f'1.{message}': 'returned'})
        are(region, [message], 'undelivered', 'bounced')
        (drop.folder / 'new' / f'1.{message}').rename(server.folder / 'collected')
        assert case.patch(place, {'addressLines': 'Nieuweweg 1\n5013 AA Maasdrecht'}, case.get(place).headers['etag']).status == 200
        assert lead.post(f'/messages/{message}/resends').status == 200
        are(region, [message], 'handed', None)
        letter = drop.letters()[f'1.{message}']
        words = subprocess.run(['pdftotext', '-layout', '-', '-'], input=letter['letter.pdf'], capture_output=True, check=True).stdout.decode()
        assert 'Nieuweweg 1' in words and 'Dorpsstraat' not in words
    assert pages() == [('made', True, True), ('made', True, True)]
    region.sql("set session_replication_role = replica; update app.message set keep_until = clock.today() - 1 where id = %s", (message,))
    act(region, 'select app.messages_erase()')
    assert pages() == [('made', False, False), ('made', False, False)]


def test_seen_practitioner_whoever_pays_cannot_deal_with_it_and_somebody_hears_that(region, sending, receiving, reachable, decided, as_role):  # noqa: F811
    """When the payer refuses a message, somebody gets a task. Else the benefit is paid as if nothing was decided."""
    lead, pay, made = as_role('team_lead'), as_role('benefits_payment'), decided()
    act(region, "select app.decision_notified(%s, clock.today())", (made['id'],))
    message = told(region, made['id'])['benefits_payment'][0]
    task = lambda: region.sql("select t.state, t.wall, t.owner_user_id = c.case_manager_id from app.task t join app.candidate c on c.id = t.candidate_id "  # noqa: E731
                              "where t.subject_id = %s and t.kind = 'undelivered'", (made['id'],))
    with Receiver.started() as server, sending(**server.settings):
        server.key('sleutel', SECRET)
        receiving(**WEBHOOK, address=server.address)
        are(region, [message], 'sent', None)
        assert task() == [] and pay.post(f'/messages/{message}/acknowledgements', {'event': 'reject', 'reference': 'onbekend'}).status == 200
        assert task() == [('open', 'measure', True)]
        assert lead.post(f'/messages/{message}/resends').status == 200
        are(region, [message], 'sent', None)
    assert task() == [('done', 'measure', True)]


# --------------------------------------------------------------------------------------------------- the end of a month

@pytest.fixture
def january(region, decided):
    """january(**inputs): as if it was decided on 29 January 2031 and begins on 1 February; what it was reckoned from is as it would have been."""
    def make(spread=None, starts='next_month'):
        made = decided()
        inputs = region.sql("select inputs from app.decision where id = %s", (made['id'],))[0][0]
        inputs |= {'decided_on': '2031-01-29', 'conduct_on': '2031-01-20', 'history': [], 'benefit_cents': 120000, **({'spread': spread} if spread else {})}
        for rule in inputs['rules']:
            rule.pop('from', None)
            rule['value'] |= {'spread': True, 'starts': starts} if rule['code'] == 'measure.ordinance' else {}
        region.sql("""set session_replication_role = replica; update app.decision d set inputs = i, calculation = c, hash = sha256(convert_to(i::text || E'\\n' || c::text, 'UTF8')), spread = %s,
            decided_at = '2031-01-29 10:00+01', conduct_on = '2031-01-20', from_day = (c ->> 'from')::date, until_day = (c ->> 'until')::date
            from (select i, app.decision_reckon(1, i) c from (select %s::jsonb i) x) y where d.id = %s""", (spread, json.dumps(inputs), made['id']))
        return made['id']
    return make


def tell(region, decision, day):
    act(region, 'select app.decision_notified(%s, %s)', (decision, day))


@pytest.mark.parametrize('starts,spread,told_on,first,last,months', [
    ('next_month', None, '2031-01-31', '2031-02-01', '2031-02-28', [('2031-02', 120000)]),
    ('next_month', None, '2031-02-02', '2031-03-01', '2031-03-31', [('2031-03', 120000)]),
    ('next_month', [1, 1, 1], '2031-02-01', '2031-03-01', '2031-05-31', [('2031-03', 40000), ('2031-04', 40000), ('2031-05', 40000)]),
    ('next_month', [2, 1], '2031-12-31', '2032-01-01', '2032-02-29', [('2032-01', 80000), ('2032-02', 40000)]),
    # 27 of the 28 days of February (115,714 whole cents of 120,000) and 1 of the 31 of March
    ('notification', None, '2031-02-02', '2031-02-02', '2031-03-01', [('2031-02', 115714), ('2031-03', 3870)])])
def test_seen_practitioner_a_lowering_never_begins_before_the_person_was_told(region, reachable, january, as_role, starts, spread, told_on, first, last, months):
    """Awb 3:40, worked out by hand. Decided on 29 January; the payer hears the days that hold, and the person, whose letter said others, gets one about them."""
    made, lead = january(spread, starts), as_role('team_lead')
    before = lead.get(f'/decisions/{made}').json
    tell(region, made, told_on)
    seen = lead.get(f'/decisions/{made}').json
    assert (seen['fromDay'], seen['untilDay'], seen['notifiedOn'], seen['percentage']) == (first, last, told_on, 100)
    assert [(m['month'], m['cents']) for m in seen['calculation']['spread']] == months
    data, = region.sql("select data from app.message where subject_id = %s and purpose = 'benefits_payment'", (made,))[0]
    assert (data['fromDay'], data['untilDay'], [(m['month'], m['cents']) for m in data['spread']]) == (first, last, months)
    again = region.sql("select app.decision_reckon_again(method, inputs) = calculation::text and hash = sha256(convert_to(inputs::text || E'\\n' || calculation::text, 'UTF8')) "
                       'from app.decision where id = %s', (made,))
    assert again == [(True,)]
    letters = [p for p, in region.sql("select parameters from app.document where subject_id = %s and template = 'decision' order by asked_at, id", (made,))]
    day = lambda text: region.sql('select calendar.in_words(%s)', (text,))[0][0]  # noqa: E731
    if before['fromDay'] == first:
        assert len(letters) == 1
    else:
        assert f'Dat doen wij van {day(first)} tot en met {day(last)}.' in letters[-1]['paragraphs'] and f'uiterlijk op {day(seen["objectionUntil"])}' in letters[-1]['remedies'], letters
        assert len(letters) == 2 and before['fromDay'] < first


def test_seen_practitioner_a_lowering_that_cannot_be_put_off_has_no_effect(region, reachable, january, decided, as_role):
    """Another one holds in March already: somebody has to correct it, and until then nothing is lowered."""
    lead = as_role('team_lead')
    other = decided(duty=None, category='search')
    region.sql("set session_replication_role = replica; update app.decision set from_day = '2031-03-01', until_day = '2031-03-31' where id = %s", (other['id'],))
    made = january()
    tell(region, made, '2031-02-02')
    seen = lead.get(f'/decisions/{made}').json
    assert (seen['state'], seen['fromDay']) == ('decided', '2031-02-01') and 'benefits_payment' not in told(region, made)
    task = lambda: region.sql("select t.state, t.wall, t.owner_user_id = c.case_manager_id from app.task t join app.candidate c on c.id = t.candidate_id where t.subject_id = %s and t.cause = 'notification'", (made,))  # noqa: E731
    assert task() == [('open', 'measure', True)]
    assert lead.post(f'/decisions/{made}/withdrawals', {'reason': 'mistaken'}).status == 200 and [s for s, *_ in task()] != ['open']


def test_seen_practitioner_a_letter_says_the_days_that_hold_when_it_goes(region, sending, receiving, reachable, decided, as_role, later):  # noqa: F811
    """The printer is closed until the second of the next month: the pages that go, the decision and the message to whoever pays begin a month later."""
    lead, made = as_role('team_lead'), decided()
    days_on, first = region.sql("select date_trunc('month', clock.today() + interval '1 month')::date + 1 - clock.today(), (date_trunc('month', clock.today()) + interval '2 months')::date::text")[0]
    with later(days_on), Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        message = told(region, made['id'])['person'][0]
        are(region, [message], 'handed', None)
        seen = lead.get(f'/decisions/{made["id"]}').json
        assert (seen['state'], seen['fromDay']) == ('decided', first) and made['fromDay'] < first
        letter = server.drop('drukker').letters()[f'1.{message}']['letter.pdf']
        words = ' '.join(subprocess.run(['pdftotext', '-layout', '-', '-'], input=letter, capture_output=True, check=True).stdout.decode().split())
        day, = region.sql('select calendar.in_words(%s)', (first,))[0]
        assert f'Dat doen wij van {day}' in words, words
        server.drop('drukker').acknowledge(**{f'1.{message}': 'taken'})
        until(lambda: lead.get(f'/decisions/{made["id"]}').json['state'] == 'notified')
    assert region.sql("select data ->> 'fromDay' from app.message where subject_id = %s and purpose = 'benefits_payment'", (made['id'],)) == [(first,)]
    assert region.sql("select count(*) from app.message where subject_id = %s and to_candidate_id is not null", (made['id'],)) == [(1,)]       # it said so already


def hand(client, decision, **more):
    return client.post(f'/decisions/{decision}/hand-outs', {'receipt': 'signed', **more})


def test_seen_practitioner_a_letter_that_is_handed_out_tells_the_person(region, sending, receiving, reachable, decided, as_role):  # noqa: F811
    """Awb 3:41 and 6:8: handed out is told. The letter that waits does not go any more, whoever pays is told after it, and the term begins on the day after."""
    case, lead, made = as_role('case_manager'), as_role('team_lead'), decided()
    officer = region.sql("select id::text from app.user_account where tenant_id = 1 and role = 'field_officer' and active order by id limit 1")[0][0]
    done = hand(case, made['id'], receipt='witnessed', handedOutBy=officer)
    assert done.status == 200 and (done.json['notifiedOn'], done.json['receipt'], done.json['handedOutBy']) == (days(0), 'witnessed', officer), done.text
    assert done.json['objectionUntil'] == act(region, "select app.decision_last_day(%s, app.rule('term.objection'))::text", (days(0),))[0][0] >= days(42)
    assert {(m, s) for m, s in region.sql("""select coalesce(purpose, case when to_candidate_id is not null then 'person' else 'user' end), state from app.message
        where subject_id = %s""", (made['id'],))} == {('person', 'withdrawn'), ('user', 'queued'), ('benefits_payment', 'queued')}
    open_terms = region.sql("select cause from app.task where subject_id = %s and kind = 'term' and state = 'open' order by 1", (made['id'],))
    assert open_terms == [('objection',), ('reconsideration',)]
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        are(region, [told(region, made['id'])['person'][0]], 'withdrawn', 'ended')
        assert not server.drop('drukker').letters()
    again = hand(lead, made['id'])
    assert again.status == 409 and again.problem == 'state' and again.json['currentState'] == done.json['state'], again.text
    assert [t for t, in region.sql("select template from app.message where subject_id = %s and purpose is not null", (made['id'],))] == ['decision_decided']
    events = [t['event'] for t in lead.get(f'/decisions/{made["id"]}/transitions').json['items']]
    assert events.count('notify') == 1


def test_seen_practitioner_a_letter_that_is_handed_out_later_says_no_last_day_that_is_too_soon(region, reachable, decided, as_role, later):  # noqa: F811
    """It was made on Monday and handed out on Friday. It said that one objects within six weeks after the date of the letter, which is four days less than the law gives (Awb 6:8)."""
    made = decided(kind='ending', startsOn=days(30), endReason='moved')
    words, = region.sql("select parameters ->> 'remedies' from app.document where subject_id = %s and template = 'decision'", (made['id'],))[0]
    with later(4):
        done = hand(as_role('case_manager'), made['id'])
        assert done.status == 200 and done.json['notifiedOn'] == days(4) and done.json['objectionUntil'] >= days(4 + 42), done.text
    assert 'datum van deze brief' not in words and 'binnen zes weken nadat wij u deze brief stuurden of gaven' in words, words


def test_seen_practitioner_a_letter_that_is_handed_out_is_not_sent_already(region, sending, receiving, reachable, decided, as_role):  # noqa: F811
    """A letter that the printer has is on its way, and one that was sent has told the person. One that came back can be handed out."""
    case, sent, back = as_role('case_manager'), decided(), None
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        message = told(region, sent['id'])['person'][0]
        are(region, [message], 'handed', None)
        refused = hand(case, sent['id'])
        assert refused.status == 409 and refused.problem == 'letter-sent' and case.get(f'/decisions/{sent["id"]}').json['state'] == 'decided', refused.text
        server.drop('drukker').acknowledge(**{f'1.{message}': 'taken'})
        until(lambda: case.get(f'/decisions/{sent["id"]}').json['state'] in ('notified', 'in_force'))
        before = case.get(f'/decisions/{sent["id"]}').json
        assert hand(case, sent['id']).problem == 'letter-sent' and case.get(f'/decisions/{sent["id"]}').json == before and 'receipt' not in before
        assert as_role('team_lead').post(f'/decisions/{sent["id"]}/withdrawals', {'reason': 'mistaken'}).status == 200
        assert hand(case, sent['id']).problem == 'state'
        back = decided()
        message = told(region, back['id'])['person'][0]
        are(region, [message], 'handed', None)
        server.drop('drukker').acknowledge(**{f'1.{message}': 'returned'})
        are(region, [message], 'undelivered', 'bounced')
    done = hand(case, back['id'])
    assert done.status == 200 and done.json['notifiedOn'] == days(0), done.text


def test_seen_practitioner_a_letter_that_is_handed_out_has_a_day_that_can_be(region, reachable, decided, draft, as_role):  # noqa: F811
    case, made = as_role('case_manager'), decided()
    for day in (days(1), days(-1)):
        wrong = hand(case, made['id'], day=day)
        assert wrong.status == 400 and [(e['pointer'], e['code']) for e in wrong.json['errors']] == [('/day', 'range')], wrong.text
    outside = region.sql("select min(id::text) from app.user_account where tenant_id = 1 and role in ('firm', 'agency', 'course_leader', 'hub', 'employer', 'partner', 'candidate') group by role")
    for who in ('01920000-0000-7000-8000-0000000000ff', region.sql('select id::text from app.user_account where tenant_id = 2 limit 1')[0][0], *(one for one, in outside)):
        wrong = hand(case, made['id'], handedOutBy=who)
        assert wrong.status == 400 and wrong.json['errors'][0]['pointer'] == '/handedOutBy', wrong.text
    assert case.post(f'/decisions/{made["id"]}/hand-outs', {}).json['errors'][0]['pointer'] == '/receipt'
    assert hand(case, draft(duty=None, category='search')['id']).problem == 'state'
    assert hand(as_role('consultant'), made['id']).status in (403, 404) and hand(as_role('benefits_payment'), made['id']).status in (403, 404)
    assert case.get(f'/decisions/{made["id"]}').json['state'] == 'decided' and [s for s, in region.sql(
        "select state from app.message where subject_id = %s and to_candidate_id is not null", (made['id'],))] == ['queued']


def test_seen_attacker_a_hand_out_of_long_ago_is_noted_by_a_team_lead(reachable, decided, as_role, later):  # noqa: F811
    """A case manager could note it so far back that the term to object had passed already, and whoever objects was late."""
    made = decided()
    with later(60):
        for day in (days(1), days(56)):
            refused = hand(as_role('case_manager'), made['id'], day=day)
            assert refused.status == 400 and [(e['pointer'], e['code']) for e in refused.json['errors']] == [('/day', 'range')], refused.text
        done = hand(as_role('team_lead'), made['id'], day=days(56))
        assert done.status == 200 and done.json['notifiedOn'] == days(56), done.text


def mend(client, decision, **more):
    return client.post(f'/decisions/{decision}/hand-out-corrections', {'reason': 'Hoort bij een ander besluit.', **more})


def test_seen_attacker_a_hand_out_that_was_noted_for_the_wrong_decision_is_taken_back(region, sending, receiving, reachable, decided, as_role, person):  # noqa: F811
    """It stayed: the person was never told, and the term to object ran. Whoever noted it does not take it back alone; the letter goes after all, and whoever pays hears each step."""
    case, lead, made = as_role('case_manager'), as_role('team_lead'), decided()
    assert mend(lead, made['id']).problem == 'state'
    assert hand(case, made['id']).status == 200
    assert mend(case, made['id']).json['missing'] == ['second_person'] and mend(lead, made['id'], reason=None).status == 400
    assert mend(lead, made['id'], day=days(0)).json['errors'][0]['pointer'] == '/day', 'it says so already'
    assert mend(as_role('consultant'), made['id']).status == 403
    region.sql("set session_replication_role = replica; update app.message set state = 'sent', sent_at = clock.now() where subject_id = %s and purpose is not null", (made['id'],))
    back = mend(lead, made['id'])
    assert back.status == 200 and back.json['state'] == 'decided' and not {'notifiedOn', 'receipt', 'handedOutBy', 'objectionUntil'} & set(back.json), back.text
    assert region.sql("select cause from app.task where subject_id = %s and kind = 'term' and state = 'open'", (made['id'],)) == []
    assert region.sql("select text::text, wall from app.note where subject_id = %s", (made['id'],)) == [('Hoort bij een ander besluit.', 'measure')]
    states = "select coalesce(purpose, 'person'), template, state from app.message where subject_id = %s and (purpose is not null or to_candidate_id is not null) order by id"
    paid, waits = ('benefits_payment', 'decision_decided', 'sent'), ('person', 'decision', 'queued')
    assert sorted(region.sql(states, (made['id'],))) == sorted([('person', 'decision', 'withdrawn'), paid, ('benefits_payment', 'decision_withdrawn', 'queued'), waits])
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        letter, = region.sql("select id::text from app.message where subject_id = %s and to_candidate_id is not null and state <> 'withdrawn'", (made['id'],))[0]
        are(region, [letter], 'handed', None)
        server.drop('drukker').acknowledge(**{f'1.{letter}': 'taken'})
        until(lambda: lead.get(f'/decisions/{made["id"]}').json['state'] in ('notified', 'in_force'))
    seen = lead.get(f'/decisions/{made["id"]}').json
    assert seen['notifiedOn'] == days(0) and 'receipt' not in seen
    assert sorted(t for _, t, _ in region.sql(states, (made['id'],)) if t != 'decision') == ['decision_decided', 'decision_decided', 'decision_withdrawn']
    assert mend(lead, made['id']).problem == 'state', 'a letter told the person'


def test_seen_attacker_a_hand_out_that_was_noted_for_the_wrong_day_has_the_right_one(region, reachable, decided, as_role, later):  # noqa: F811
    """The benefit that an ending ended, the terms and the reconsideration follow."""
    case, lead = as_role('case_manager'), as_role('team_lead')
    for more in ({}, {'kind': 'ending', 'startsOn': days(2), 'endReason': 'no_information'}):
        made = decided(**more)
        with later(2):
            assert hand(case, made['id'], receipt='witnessed').status == 200
            before = lead.get(f'/decisions/{made["id"]}').json
            for day in (days(3), days(-1)):
                refused = mend(lead, made['id'], day=day)
                assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/day', refused.text
            assert lead.get(f'/decisions/{made["id"]}').json == before
            done = mend(lead, made['id'], day=days(1))
            assert done.status == 200 and (done.json['state'], done.json['notifiedOn'], done.json['receipt'], done.json['handedOutBy']) == (before['state'], days(1), 'witnessed', before['handedOutBy']), done.text
            last = act(region, "select app.decision_last_day(%s, app.rule('term.objection'))::text", (days(1),))[0][0]
            assert done.json['objectionUntil'] == last
            assert sorted(region.sql("select cause, (due_at at time zone 'Europe/Amsterdam')::date::text from app.task where subject_id = %s and kind = 'term' and state = 'open'", (made['id'],)))[0] == ('objection', last)
            assert {r.get('outcome') for r in done.json.get('reviews', [])} == (set() if more else {'void', None})
            if more:
                assert lead.get(f'/benefits/{made["benefitId"]}').json['state'] == 'ended'


def test_race_of_eight_who_correct_one_hand_out_one_letter_goes(region, reachable, decided, as_role):  # noqa: F811
    lead, made = as_role('team_lead'), decided()
    assert hand(as_role('case_manager'), made['id']).status == 200
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: mend(lead, made['id']), range(8)))
    assert sorted(one.status for one in answers) == [200] + [409] * 7, [one.text for one in answers]
    assert region.sql("select count(*)::int from app.message where subject_id = %s and to_candidate_id is not null and state = 'queued'", (made['id'],)) == [(1,)]


def test_seen_practitioner_a_letter_that_is_handed_out_after_the_month_says_other_days(region, reachable, january, decided, as_role, later):
    """Decided on 29 January and handed out on 2 February: it begins in March, the person gets a letter with those days, and whoever pays hears them. Where it would be another
    decision then, it is refused with what stands in the way, and nothing changes."""
    lead = as_role('team_lead')
    blocked = january()
    other = decided(duty=None, category='search')
    region.sql("set session_replication_role = replica; update app.decision set from_day = '2031-03-01', until_day = '2031-03-31' where id = %s", (other['id'],))
    on = region.sql("select '2031-02-02'::date - clock.today()")[0][0]
    with later(on):
        refused = hand(lead, blocked)
        assert refused.status == 409 and refused.problem == 'requirements' and 'overlap' in refused.json['missing'], refused.text
        assert lead.get(f'/decisions/{blocked}').json['state'] == 'decided' and 'benefits_payment' not in told(region, blocked)
        region.sql("set session_replication_role = replica; update app.decision set from_day = '2031-05-01', until_day = '2031-05-31' where id = %s", (other['id'],))
        done = hand(lead, blocked)
        assert done.status == 200 and (done.json['fromDay'], done.json['untilDay'], done.json['notifiedOn']) == ('2031-03-01', '2031-03-31', '2031-02-02'), done.text
        data, = region.sql("select data from app.message where subject_id = %s and purpose = 'benefits_payment'", (blocked,))[0]
        assert (data['fromDay'], data['untilDay']) == ('2031-03-01', '2031-03-31')
        assert region.sql("select state, count(*)::int from app.message where subject_id = %s and to_candidate_id is not null group by 1 order by 1", (blocked,)) == [('queued', 1), ('withdrawn', 1)]


def test_seen_attacker_a_sender_cannot_tell_who_handled_a_signal(region, reachable, heard, as_role):  # noqa: F811
    """The message that a signal was handled said who asked for it: the case manager, or whoever decided a measure. So a firm that knew its case manager knew that there was one."""
    sender, case, lead, read = as_role('consultant'), as_role('case_manager'), as_role('team_lead'), {}
    for who in ('case_manager', 'decider'):
        signal = sender.post('/signals', {'candidateId': reachable, 'kind': 'refusal'}).json['id']
        task, = lead.get(f'/tasks?subjectId={signal}&kind=check&state=open').json['items']
        assert lead.post(f'/tasks/{task["id"]}/completions', {'outcome': 'refused'}).status == 200
        done = case.post(f'/signals/{signal}/handlings', {'outcome': 'ill'}) if who == 'case_manager' else lead.post(f'/decisions/{heard(signalIds=[signal])["id"]}/determinations')
        assert done.status == 200 and lead.get(f'/signals/{signal}').json['state'] == 'handled', done.text
        region.wait_until_idle()
        message, = sender.get(f'/messages?aboutId={signal}').json['items']
        assert lead.get(f'/messages/{message["id"]}').json['askedBy'] == (case if who == 'case_manager' else lead).get('/user-profile').json['id']
        read[who] = {name: value for shown in (message, sender.get(f'/messages/{message["id"]}').json) for name, value in shown.items()
                     if name not in ('id', '_links', 'aboutId', 'contentHash', 'attempts') and not name.endswith('At')}
    assert read['case_manager'] == read['decider'] and read['decider']['aboutNoun'] == 'signal'


def fails(region, message, fault):
    """The letter did not arrive."""
    act(region, 'select app.message_fire(m, %s, %s) from app.message m where m.id = %s', ('bounce' if fault == 'bounced' else 'fail', fault, message))


@pytest.mark.parametrize('fault', ['no_address', 'refused', 'bounced'])
def test_seen_attacker_a_letter_that_did_not_arrive_is_no_task_outside_the_wall(region, reachable, decided, as_role, person, fault):  # noqa: F811
    """Letters go about measures only, and the task to find another address was about the person: everybody who sees the file saw it."""
    coach, lead, place = person('coach'), as_role('team_lead'), f'/candidates/{reachable}'
    assert lead.patch(place, {'coachId': coach[0]}, lead.get(place).headers['etag']).status == 200
    outside = [as_role('consultant'), coach[1]('coach')]
    made = decided()
    if fault == 'bounced':
        act(region, "select app.message_fire(m, 'hand') from app.message m where m.id = %s", (told(region, made['id'])['person'][0],))
    fails(region, told(region, made['id'])['person'][0], fault)
    assert [client.get(f'/tasks?candidateId={reachable}&count=true').json['total'] for client in outside] == [0, 0]
    task, = lead.get(f'/tasks?candidateId={reachable}&kind=undelivered').json['items']
    assert (task['state'], task['subjectId'], task['ownerUserId']) == ('open', made['id'], lead.get(place).json['caseManagerId'])
    region.sql(f"{CONTEXT} update app.candidate set address_lines = 'Nieuwstraat 1\n5012 AB Maasdrecht' where id = %s", (reachable,))
    assert lead.get(f'/tasks/{task["id"]}').json['state'] == 'done'


@pytest.mark.parametrize('how', ['handed out', 'taken back'])
def test_seen_attacker_a_letter_that_does_not_hold_any_more_is_not_sent_again(region, reachable, decided, as_role, how):  # noqa: F811
    """The letter failed, and the decision was handed out or taken back. Sent again, the letter named another term to object, or a measure that is none; and whoever pays would have lowered the benefit."""
    lead, made = as_role('team_lead'), decided()
    over = [told(region, made['id'])['person'][0]]
    fails(region, over[0], 'exhausted')
    if how == 'handed out':
        assert hand(as_role('case_manager'), made['id']).status == 200
    else:
        act(region, 'select app.decision_notified(%s, clock.today())', (made['id'],))
        over += [told(region, made['id'])['benefits_payment'][0]]
        fails(region, over[1], 'refused')
        assert lead.post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'}).status == 200
    for message in over:
        again = lead.post(f'/messages/{message}/resends')
        assert again.status == 409 and again.problem == 'state' and lead.get(f'/messages/{message}').json['state'] == 'failed', again.text
    new, = region.sql('select id::text from app.message where subject_id = %s and purpose is not null and id <> all (%s::uuid[])', (made['id'], over))[0]
    fails(region, new, 'refused')
    assert lead.post(f'/messages/{new}/resends').status == 200, 'what was told last holds'


def test_seen_attacker_a_letter_that_is_being_written_down_as_sent_is_sent(region, reachable, decided, as_role):  # noqa: F811
    """The worker writes down that the letter has gone, and waits for the decision, which somebody has who hands it out. They waited for each other, PostgreSQL ended the worker, and nobody knew any more
    that the letter had gone."""
    region.sql(f"{CONTEXT} update app.candidate set email = 'linde@post.example', digital_chosen_at = clock.now() where id = %s", (reachable,))
    region.pause('send_message')
    made = decided()
    message = told(region, made['id'])['person'][0]
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    try:
        with connection.cursor() as cursor, region.awake():
            cursor.execute(CONTEXT + 'select from app.decision where id = %s for no key update', (made['id'],))
            region.resume('send_message')
            until(lambda: region.sql("select 1 from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.usename = 'maatwerk_notifications'"))
            with pytest.raises(psycopg2.Error) as refused:
                cursor.execute("select app.decision_hand_out(%s, null, (select id from app.user_account where tenant_id = 1 and role = 'case_manager' limit 1), 'signed')", (made['id'],))
            assert (refused.value.pgcode, refused.value.diag.message_primary) == ('MW409', 'letter-sent')
    finally:
        connection.close()
        region.resume('send_message')
    are(region, [message], 'sent', None)
    assert as_role('team_lead').get(f'/decisions/{made["id"]}').json['notifiedOn'] == days(0)


def test_race_of_eight_who_hand_out_one_letter_one_does(region, reachable, decided, as_role):  # noqa: F811
    """Withstood: each of the others hears that it was done, and whoever pays is told once; also when four send the same key."""
    case, lead, made, key = as_role('case_manager'), as_role('team_lead'), decided(), str(uuid.uuid4())
    place, body = f'/decisions/{made["id"]}/hand-outs', {'receipt': 'signed'}
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(case.post, place, body) for _ in range(4)] + [pool.submit(lead.post, place, body, key) for _ in range(4)]
        answers = [one.result() for one in asked]
    assert {one.status for one in answers} == {200, 409} and {one.problem for one in answers if one.status == 409} <= {'state', 'idempotency-busy'}, [one.text for one in answers]
    assert len([one for one in answers[:4] if one.status == 200]) <= 1
    assert [t['event'] for t in lead.get(f'/decisions/{made["id"]}/transitions').json['items']].count('notify') == 1
    assert region.sql("select count(*) from app.message where subject_id = %s and purpose is not null", (made['id'],)) == [(1,)]
    for client, tenant in ((as_role('case_manager', 'gm9902'), 404), (as_role('consultant'), 403)):
        assert client.post(place, body, key).status == tenant, 'the key of somebody else opens nothing'


def test_seen_operator_a_letter_whose_job_was_buried_is_made_when_it_is_sent_again(region, sending, receiving, reachable, decided, as_role):  # noqa: F811
    """Workers that a busy machine kills again and again die with a good letter: it is buried, and the message fails. Sent again on the same day it failed at once, for want of the same pages."""
    region.pause('make_document')
    with Receiver.started() as server, sending(**server.settings):
        receiving(**DROP)
        made = decided()
        message = told(region, made['id'])['person'][0]
        assert region.sql("select queue.kill(j.id, 'poison', 'a worker died with it four times') from queue.job j join app.message m on j.payload ->> 'document' = m.document_id::text where m.id = %s", (message,))
        region.resume('make_document')
        are(region, [message], 'failed', 'no_pages')
        sent = as_role('team_lead').post(f'/messages/{message}/resends')
        assert sent.status == 200, sent.text
        are(region, [message], 'handed', None)
        assert f'1.{message}' in server.drop('drukker').letters()


def test_seen_attacker_an_e_mail_waits_for_its_pages(region, sending, reachable, decided, as_role):  # noqa: F811
    """Who is reached digitally was told of a decision by an e-mail about pages that were not there, and never came: nobody heard that, and it could not be sent again."""
    region.pause('make_document')
    with Receiver.started() as server, sending(**server.settings):
        region.sql(f"{CONTEXT} update app.candidate set email = 'roos@post.example', digital_chosen_at = clock.now() where id = %s", (reachable,))
        made, lead = decided(), as_role('team_lead')
        message, channel, _ = told(region, made['id'])['person']
        until(lambda: region.sql("select from app.message where id = %s and state = 'queued' and next_at is null", (message,)))
        assert channel == 'e_mail' and lead.get(f'/decisions/{made["id"]}').json['state'] == 'decided'
        region.sql("select queue.kill(j.id, 'poison', 'a worker died with it four times') from queue.job j join app.message m on j.payload ->> 'document' = m.document_id::text where m.id = %s", (message,))
        region.resume('make_document')
        are(region, [message], 'failed', 'no_pages')
        assert lead.post(f'/messages/{message}/resends').status == 200
        are(region, [message], 'sent', None)
        until(lambda: lead.get(f'/decisions/{made["id"]}').json['state'] == 'notified')
