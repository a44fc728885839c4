# SPDX-License-Identifier: EUPL-1.2
"""Signals: who sends them, what a sender sees of one, and who passes the wall."""
import os
import threading
import uuid

import pytest

from region import Client
from test_appointments import cohort, group, leader, marked, moment, move  # noqa: F401 fixtures

ROUNDS = int(os.environ.get('ROUNDS', '3'))


@pytest.fixture
def tell(as_role, candidate):
    """Sends a signal: the answer."""
    def send(client=None, **more):
        return (client or as_role('team_lead')).post('/signals', {'candidateId': candidate.json['id'], 'kind': 'no_show', **more})
    return send


def test_staff_tell_what_they_saw(as_role, tell, candidate, region):
    lead = as_role('team_lead')
    made = tell(as_role('consultant'), seenBy='Karin de Vries (docent)', words='Nam de telefoon niet op.')
    assert made.status == 201 and made.json['state'] == 'received' and set(made.json) == {
        '_links', 'id', 'candidateId', 'kind', 'state', 'seenBy', 'seenAt', 'receivedAt', 'actions', 'version', 'changedAt'}
    seen = lead.get(f'/signals/{made.json["id"]}').json
    assert seen['madeBy'] and seen['candidateId'] == candidate.json['id']
    assert [s['id'] for s in lead.get(f'/signals?candidateId={candidate.json["id"]}').json['items']] == [seen['id']]
    assert region.sql('select wall, purpose from app.note where subject_id = %s', (seen['id'],)) == [('measure', 'file')]


def test_a_signal_is_about_somebody_whom_the_sender_has(as_role, tell):
    nobody = str(uuid.uuid4())
    assert tell(candidateId=None).json['errors'][0]['pointer'] == '/candidateId'
    assert tell(candidateId=nobody).json['errors'][0] == {**tell(candidateId=nobody).json['errors'][0], 'pointer': '/candidateId', 'code': 'reference'}
    assert tell(placementId=nobody).json['errors'][0]['pointer'] == '/placementId'
    assert tell(vacancyId=nobody).json['errors'][0]['pointer'] == '/vacancyId'
    assert tell(seenAt='2099-01-01T00:00:00Z').json['errors'][0]['pointer'] == '/seenAt'
    for role in ('field_officer', 'firm', 'course_leader', 'coach'):
        assert tell(as_role(role)).json['errors'][0]['pointer'] == '/candidateId', role


def test_the_sender_sees_that_it_was_handled_and_nothing_else(as_role, tell):
    sender, lead = as_role('consultant'), as_role('team_lead')
    place = f'/signals/{tell(sender).json["id"]}'
    handled = lead.post(f'{place}/handlings', {'outcome': 'excused', 'duty': 'h'}).json
    assert (handled['state'], handled['outcome'], handled['duty']) == ('handled', 'excused', 'h')
    shown = sender.get(place).json
    assert shown['state'] == 'handled' and not {'outcome', 'duty', 'handledAt', 'lookedIntoAt', 'madeBy'} & set(shown)
    assert lead.post(f'{place}/handlings', {'outcome': 'excused'}).problem == 'state'


def test_what_happened_to_a_signal_is_for_those_inside(as_role, tell):
    sender, lead = as_role('consultant'), as_role('team_lead')
    made = tell(sender, kind='refusal').json['id']
    ends(lead, check_of(as_role, made), 'refused')
    assert lead.post(f'/signals/{made}/handlings', {'outcome': 'not_excused'}).status == 200
    for client in (lead, as_role('case_manager')):
        shown = client.get(f'/signals/{made}/transitions')
        assert [(t['fromState'], t['event'], t['toState']) for t in shown.json['items']] == [('received', 'look_into', 'looked_into'), ('looked_into', 'handle', 'handled')], shown.text
    assert sender.get(f'/signals/{made}/transitions').status == 403


def test_a_sender_takes_it_back(as_role, tell):
    sender, lead = as_role('consultant'), as_role('team_lead')
    place = f'/signals/{tell(sender).json["id"]}'
    assert lead.post(f'{place}/withdrawals').status == 403
    assert sender.post(f'{place}/withdrawals').json['state'] == 'withdrawn'
    assert lead.get(place).json['state'] == 'withdrawn' and sender.post(f'{place}/withdrawals').problem == 'state'


def test_who_is_outside_the_wall_sees_no_signal(as_role, tell, person):
    made = tell().json['id']
    outside = {role: as_role(role) for role in ('consultant', 'coach', 'firm', 'agency', 'employer', 'course_leader', 'field_officer')}
    outside.update({role: person(role)[1](role) for role in ('case_manager', 'tenant_admin')})
    for role, client in outside.items():
        assert client.get(f'/signals/{made}').status == 404, role
        assert made not in [s['id'] for s in client.get('/signals?pageSize=100').json['items']], role
    assert as_role('candidate').get(f'/signals/{made}').status == 403
    assert as_role('team_lead', 'gm9902').get(f'/signals/{made}').status == 404


def test_who_decides_and_who_watches_over_privacy_see_it(as_role, tell, person):
    made = tell().json['id']
    for role, power, may in (('case_manager', 'decider', 200), ('tenant_admin', 'privacy_officer', 403)):
        client = person(role, attributes=[power])[1](role)
        assert client.get(f'/signals/{made}').json['madeBy'], role
        assert client.post(f'/signals/{made}/handlings', {'outcome': 'unknown'}).status == may, role
        made = tell().json['id']


# ------------------------------------------------------------------------------------------------- looked into

def check_of(as_role, signal):
    """The task that is open about a signal."""
    task, = as_role('team_lead').get(f'/tasks?subjectId={signal}&kind=check&state=open').json['items']
    return task


def ends(client, task, outcome):
    answer = client.post(f'/tasks/{task["id"]}/completions', {'outcome': outcome})
    assert answer.status == 200, answer.text
    return answer.json


@pytest.fixture
def on_duty(as_role, region):
    """Puts a user on duty for checks, these hours from now."""
    made = []

    def put(user, since=-1, until=2):
        at = [region.sql("select app.json_instant(clock.now() + make_interval(hours => %s))", (hours,))[0][0] for hours in (since, until)]
        made.append(as_role('team_lead').post('/on-calls', {'userId': user, 'duty': 'checks', 'fromAt': at[0], 'untilAt': at[1]}))
        assert made[-1].status == 201, made[-1].text
    yield put
    for duty in made:
        as_role('team_lead').delete(duty.headers['location'], duty.headers['etag'])


@pytest.fixture
def absence(as_role, candidate, region):
    """An appointment of today to which the person was invited in person, and did not come: the signal."""
    def make(**more):
        client = as_role('consultant')
        made = client.post('/appointments', {'candidateId': candidate.json['id'], 'kind': 'introduction', 'startsAt': moment(region), **more}).json['id']
        move(client, made, 'invite', channel='in_person')
        assert move(client, made, 'miss').status == 200
        signal, = as_role('team_lead').get(f'/signals?appointmentId={made}').json['items']
        return signal
    return make


@pytest.mark.parametrize('kind,how', [('no_show', 'home_visit'), ('sick', 'sick_report'), ('refusal', 'call'), ('misconduct', 'call'), ('no_search', 'call'), ('other', 'call')])
def test_a_signal_opens_one_check_for_today(as_role, tell, region, kind, how):
    made = tell(as_role('consultant'), kind=kind).json['id']
    task = check_of(as_role, made)
    assert task['ownerUserId'] == as_role('case_manager').get('/user-profile').json['id'] and task['urgent'] and task['topic'] == how
    assert task['dueAt'] == region.sql("select app.json_instant(calendar.moment(clock.today() + time '23:59:59'))")[0][0]


def test_whoever_is_on_duty_checks_and_sees_what_that_takes(as_role, tell, person, on_duty, candidate):
    user, officer = person('field_officer')
    on_duty(user)
    made = tell(as_role('consultant')).json['id']
    task = check_of(as_role, made)
    assert task['ownerUserId'] == user
    mine = officer('field_officer')
    seen = mine.get(f'/signals/{made}').json
    assert seen['person']['firstName'] == 'Roos' and [c['how'] for c in seen['checks']] == ['home_visit'] and not {'madeBy', 'outcome', 'rulesKnownOn'} & set(seen)
    assert mine.get(f'/candidates/{candidate.json["id"]}').status == 403
    assert mine.get(f'/tasks/{task["id"]}').json['topic'] == 'home_visit'
    ends(mine, task, 'absent')
    assert mine.get(f'/signals/{made}').status == 404
    shown = as_role('team_lead').get(f'/signals/{made}').json
    assert shown['state'] == 'looked_into' and shown['lookedIntoAt'] and [c['outcome'] for c in shown['checks']] == ['absent']


def test_seen_builder_the_screen_of_whoever_is_on_duty(as_role, tell, person, on_duty, candidate):
    """The own work list said neither who nor how, no list who it was about, and the roster was closed to those on it."""
    case = as_role('case_manager')
    place = f'/candidates/{candidate.json["id"]}'
    changed = case.patch(place, {'addressLines': 'Dorpsstraat 12\n5012 AB Maasdrecht'}, case.get(place).headers['etag'])
    assert changed.status == 200, changed.text
    user, officer = person('field_officer')
    mine = officer('field_officer')
    on_duty(user)
    duty, = [one for one in mine.get('/on-calls?duty=checks').json['items'] if one['userId'] == user]
    assert duty['userName'] == mine.get('/user-profile').json['name']
    made = tell(as_role('consultant')).json['id']
    row, = [one for one in mine.get('/work-list?kind=check').json['items'] if one['subjectId'] == made]
    assert row['topic'] == 'home_visit' and mine.get(f'/signals/{made}').json['person']['addressLines'].startswith('Dorpsstraat 12')
    for client in (mine, as_role('team_lead'), case):
        seen, = [one for one in client.get('/signals').json['items'] if one['id'] == made]
        assert seen['candidateAlias'] == candidate.json['alias']
    assert all('candidateAlias' not in one for one in as_role('consultant').get('/signals').json['items'])


def test_seen_builder_a_signal_says_what_can_be_done_with_it(as_role, tell):
    """An app had to try: which of the four calls is open, and for whom, stood nowhere. What is offered is done, and what is not is refused."""
    bodies = {'handleSignal': ('handlings', {'outcome': 'excused'}), 'correctHandling': ('corrections', {'outcome': 'ill', 'reason': 'De melding lag bij de balie.'}),
              'orderCheck': ('checks', {'how': 'call'}), 'withdrawSignal': ('withdrawals', None)}
    offered = {}
    for sender in ('consultant', 'team_lead'):
        for step in ('received', 'handled', 'withdrawn'):
            for operation, (place, body) in bodies.items():
                for role in ('consultant', 'team_lead', 'case_manager', 'tenant_admin'):
                    made = tell(as_role(sender)).json
                    at = f'/signals/{made["id"]}'
                    if step == 'handled':
                        assert as_role('team_lead').post(f'{at}/handlings', {'outcome': 'not_excused'}).status == 200
                    elif step == 'withdrawn':
                        assert as_role(sender).post(f'{at}/withdrawals').status == 200
                    shown = as_role(role).get(at)
                    if shown.status == 200:
                        offers = {a['operation']: a for a in shown.json['actions']}
                        listed, = [one['actions'] for one in as_role(role).get('/signals?pageSize=100').json['items'] if one['id'] == made['id']]
                        assert listed == shown.json['actions']
                        done = as_role(role).post(f'{at}/{place}', body)
                        assert (done.status == 200) == (operation in offers), (sender, step, operation, role, offers, done.text)
                        assert operation not in offers or offers[operation]['href'] == f'/v1{at}/{place}'
                        offered.setdefault((sender == role, step, role), set()).update(offers)
    assert offered[True, 'received', 'consultant'] == {'withdrawSignal'} and offered[False, 'received', 'case_manager'] == {'handleSignal', 'orderCheck'}
    assert offered[True, 'received', 'team_lead'] == {'handleSignal', 'orderCheck', 'withdrawSignal'} and offered[False, 'handled', 'team_lead'] == {'correctHandling'}
    assert offered[False, 'received', 'tenant_admin'] == set() == offered[True, 'withdrawn', 'consultant']


def test_the_next_duty_of_today_has_it_and_nobody_outside_the_wall(as_role, tell, person, on_duty, region):
    later_today, consultant = person('field_officer')[0], person('consultant')[0]
    region.sql("insert into clock.shift (shift) values (calendar.moment(clock.today() + time '08:00') - clock_timestamp()) on conflict (one) do update set shift = excluded.shift")
    try:
        on_duty(consultant)                                         # does not pass the wall
        on_duty(later_today, 5, 8)
        assert check_of(as_role, tell().json['id'])['ownerUserId'] == later_today
    finally:
        region.sql('delete from clock.shift')


def test_without_anybody_it_lies_with_the_municipality(as_role, tell, candidate, person):
    """A case manager who left, and no duty: the attendance list and the signal go on."""
    user, _ = person('consultant')
    lead = as_role('team_lead')
    twin = lead.post('/candidates', {'alias': 'Zonder', 'pc4': '5012', 'caseManagerId': None}).json['id']
    assert 'ownerUserId' not in check_of(as_role, tell(candidateId=twin).json['id'])


def test_nobody_answers_so_somebody_goes_and_an_illness_is_checked(as_role, tell):
    lead = as_role('team_lead')
    made = tell(kind='refusal').json['id']
    ends(lead, check_of(as_role, made), 'not_reached')
    assert lead.get(f'/signals/{made}').json['state'] == 'received'
    visit = check_of(as_role, made)
    assert visit['topic'] == 'home_visit'
    ends(lead, visit, 'ill')
    assert lead.get(f'/signals/{made}').json['state'] == 'looked_into'
    ends(lead, check_of(as_role, made), 'ill')
    assert [(c['how'], c['outcome']) for c in lead.get(f'/signals/{made}').json['checks']] == [('call', 'not_reached'), ('home_visit', 'ill'), ('sick_report', 'ill')]


def test_another_check_takes_the_place_of_the_open_one(as_role, tell, person):
    lead = as_role('team_lead')
    user, _ = person('field_officer')
    made = tell(kind='other').json['id']
    assert lead.post(f'/signals/{made}/checks', {'how': 'home_visit', 'ownerUserId': user}).status == 200
    task = check_of(as_role, made)
    assert (task['topic'], task['ownerUserId']) == ('home_visit', user)
    assert lead.post(f'/signals/{made}/checks', {'how': 'call', 'ownerUserId': as_role('consultant').get('/user-profile').json['id']}).problem == 'owner-may-not-see'
    assert check_of(as_role, made)['id'] == task['id']


def test_a_check_that_is_late_goes_to_the_team_lead(as_role, tell, region, at):
    made = tell().json['id']
    task = check_of(as_role, made)['id']
    at(region.sql("select to_char(clock.today() + 1, 'YYYY-MM-DD') || ' 09:00'")[0][0])
    assert as_role('team_lead').wait_for(f'/tasks/{task}', lambda r: r.json['escalated']).json['escalated']


def test_a_handled_signal_is_checked_no_more_and_its_sender_hears_that(as_role, tell, region):
    sender = as_role('consultant')
    made = tell(sender).json['id']
    assert as_role('team_lead').post(f'/signals/{made}/handlings', {'outcome': 'excused'}).status == 200
    assert as_role('team_lead').get(f'/tasks?subjectId={made}&kind=check&state=open').json['items'] == []
    me = sender.get('/user-profile').json['id']
    assert region.sql('select template, to_user_id::text, parameters from app.message where subject_id = %s', (made,)) == [('notice', me, {})]
    region.sql("select set_config('app.tenant', '1', true); select app.notify_user(%s, 'signal', %s, app.occasion('signal', %s, 'handled'))", (me, made, made))
    assert len(region.sql('select 1 from app.message where subject_id = %s', (made,))) == 1         # also when a decision about it is told
    own = tell().json['id']                                         # whoever passes the wall sees it there
    assert as_role('case_manager').post(f'/signals/{own}/handlings', {'outcome': 'ill'}).status == 200
    assert region.sql('select 1 from app.message where subject_id = %s', (own,)) == []


# ---------------------------------------------------------------------------------------------------- attendance

def test_a_list_makes_a_signal_of_each_absence_in_the_same_transaction(as_role, group, person, region):  # noqa: F811
    here, project, who = group(3, channel='letter')
    client = leader(person, as_role, project)
    for _ in range(2):
        assert client.put(here, marked(who, 'present', 'absent', 'absent'), '*').status == 200
    found = as_role('team_lead').get(f'/signals?projectId={project}').json['items']
    assert {(s['candidateId'], s['kind'], s['state']) for s in found} == {(who[1], 'no_show', 'received'), (who[2], 'no_show', 'received')}
    together = region.sql("select count(distinct s.changed_in), bool_and(s.changed_in = a.changed_in) from app.signal s join app.appointment a on a.id = s.appointment_id "
                          'where s.project_id = %s', (project,))
    assert together == [(1, True)]
    assert {s['id'] for s in client.get('/signals').json['items']} == {s['id'] for s in found}       # the course leader sent them
    shown = client.get(f'/signals/{found[0]["id"]}').json
    assert not {'projectId', 'madeBy', 'checks', 'person', 'listed'} & set(shown)


def test_a_corrected_list_takes_a_signal_back_and_a_handled_one_is_looked_at_again(as_role, group, region):  # noqa: F811
    here, project, who = group(2, channel='letter')
    lead = as_role('team_lead')
    lead.put(here, marked(who, 'absent', 'absent'), '*')
    first, second = (next(s['id'] for s in lead.get(f'/signals?candidateId={c}').json['items']) for c in who)
    lead.post(f'/signals/{second}/handlings', {'outcome': 'not_excused'})
    assert lead.put(here, marked(who, 'present', 'excused'), '*').status == 200
    assert (lead.get(f'/signals/{first}').json['state'], lead.get(f'/signals/{first}').json['outcome']) == ('withdrawn', 'present')
    kept = lead.get(f'/signals/{second}').json
    assert kept['state'] == 'handled' and kept['outcome'] == 'not_excused' and kept['correctedAt']
    assert [t['kind'] for t in lead.get(f'/tasks?subjectId={second}&state=open').json['items']] == ['question']


def test_nobody_has_to_come_to_a_hearing(as_role, candidate, region):
    lead = as_role('team_lead')
    made = lead.post('/appointments', {'candidateId': candidate.json['id'], 'kind': 'hearing', 'startsAt': moment(region)}).json['id']
    assert move(lead, made, 'miss').status == 200
    assert lead.get(f'/signals?appointmentId={made}').json['items'] == []


def test_what_two_tell_is_looked_into_once(as_role, absence, tell):
    """The second one is told nothing of the first; when the first is taken back, the second stands by itself."""
    lead, manager = as_role('team_lead'), as_role('case_manager')
    first = absence()
    again = as_role('consultant').post('/signals', {'appointmentId': first['appointmentId'], 'kind': 'no_show'})
    assert again.status == 409 and again.problem == 'duplicate' and again.json['existing'].endswith(first['id'])
    second = manager.post('/signals', {'appointmentId': first['appointmentId'], 'kind': 'no_show'}).json
    assert second['doublesId'] == first['id']
    assert lead.get(f'/tasks?subjectId={second["id"]}').json['items'] == []
    assert as_role('consultant').post(f'/signals/{first["id"]}/withdrawals').status == 200
    assert 'doublesId' not in lead.get(f'/signals/{second["id"]}').json and check_of(as_role, second['id'])


def test_what_told_the_same_is_handled_with_it(as_role, absence):
    first = absence()
    second = as_role('case_manager').post('/signals', {'appointmentId': first['appointmentId'], 'kind': 'no_show'}).json
    ends(as_role('team_lead'), check_of(as_role, first['id']), 'present')
    assert as_role('team_lead').post(f'/signals/{second["id"]}/handlings', {'outcome': 'mistaken'}).status == 200
    assert {as_role('team_lead').get(f'/signals/{s["id"]}').json['state'] for s in (first, second)} == {'handled'}


def test_race_eight_tell_the_same_and_one_check_is_opened(as_role, candidate, region):
    made = as_role('consultant').post('/appointments', {'candidateId': candidate.json['id'], 'kind': 'talk', 'startsAt': moment(region)}).json['id']
    answers, roles = [], ('consultant', 'case_manager', 'team_lead', 'coach') * 2
    clients = [Client(region, role, 'gm9901') for role in roles]
    threads = [threading.Thread(target=lambda c=c: answers.append(c.post('/signals', {'appointmentId': made, 'kind': 'no_show'}).status)) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(201) == 3, answers     # of each sender one; the person is not in the caseload of the coach
    assert region.sql("select count(*) from app.task where kind = 'check' and candidate_id = %s", (candidate.json['id'],)) == [(1,)]


def test_six_signals_of_one_day_are_looked_into_by_one_check(as_role, tell, person, on_duty, region, candidate, later):
    """Each of six opened a check of its own, so somebody called, or went, six times. Another kind is another check, and so is what is told after it, or the day after."""
    lead, (user, officer) = as_role('team_lead'), person('field_officer')
    on_duty(user)
    senders = [as_role('consultant'), person('consultant')[1]('consultant')]
    six = [tell(senders[n % 2], kind='refusal').json['id'] for n in range(6)]
    task = check_of(as_role, six[0])
    assert [lead.get(f'/signals/{one}').json.get('checkedWithId') for one in six] == [None] + [six[0]] * 5
    assert all(lead.get(f'/tasks?subjectId={one}').json['items'] == [] for one in six[1:])
    mine = officer('field_officer')
    assert {s['id'] for s in mine.get('/signals?pageSize=100').json['items']} >= set(six)       # whoever checks sees all that the check is about
    assert [c['taskId'] for c in mine.get(f'/signals/{six[3]}').json['checks']] == [task['id']]
    apart = tell(kind='misconduct').json['id']
    assert check_of(as_role, apart)['id'] != task['id']
    ends(mine, task, 'refused')
    looked = [lead.get(f'/signals/{one}').json for one in six]
    assert {(s['state'], s['checks'][0]['taskId']) for s in looked} == {('looked_into', task['id'])} and lead.get(f'/signals/{apart}').json['state'] == 'received'
    assert act_figures(region, candidate) == [(7, 6)]
    assert 'checkedWithId' not in lead.get(f'/signals/{tell(kind="refusal").json["id"]}').json
    with later(1):
        other = tell(kind='misconduct').json['id']
        assert check_of(as_role, other)['id'] != check_of(as_role, apart)['id']
    for one in six:
        assert lead.post(f'/signals/{one}/handlings', {'outcome': 'not_excused'}).status == 200
    heard = region.sql("select subject_id::text, count(*) from app.message where subject_id = any (%s::uuid[]) and template = 'notice' group by 1", (six,))
    assert sorted(heard) == sorted((one, 1) for one in six), 'each sender hears of each once'


def act_figures(region, candidate):
    """How many signals of this person the figures count, and how many were looked into the same day."""
    return region.sql("select set_config('app.tenant', '1', true), set_config('app.role', 'system', true), set_config('app.scope', 'tenant', true); "
                      "select count(*)::int, sum(amount)::int from app.figure_measure_records('signals_same_day', clock.now() - interval '1 day', clock.now() + interval '1 day') where candidate_id = %s",
                      (candidate.json['id'],))


def test_what_is_checked_together_is_checked_on_when_the_first_ends(as_role, tell, person):
    lead, user = as_role('team_lead'), person('field_officer')[0]
    first, second, third = [tell(as_role('consultant'), kind='other').json['id'] for _ in range(3)]
    assert lead.post(f'/signals/{third}/checks', {'how': 'home_visit', 'ownerUserId': user}).status == 200        # of all three
    assert check_of(as_role, first)['topic'] == 'home_visit'
    assert as_role('consultant').post(f'/signals/{first}/withdrawals').status == 200
    task = check_of(as_role, second)
    assert (task['topic'], task['ownerUserId']) == ('home_visit', user)
    assert lead.get(f'/signals/{third}').json['checkedWithId'] == second and 'checkedWithId' not in lead.get(f'/signals/{second}').json
    assert lead.post(f'/signals/{second}/handlings', {'outcome': 'excused'}).status == 200
    assert check_of(as_role, third)['topic'] == 'home_visit'
    ends(lead, check_of(as_role, third), 'present')
    assert lead.get(f'/signals/{third}').json['state'] == 'looked_into'


def test_race_a_signal_that_comes_as_the_check_ends_is_looked_into_by_it_or_by_its_own(as_role, candidate, region):
    lead = as_role('team_lead')
    tells, ending = Client(region, 'consultant'), Client(region, 'team_lead')
    for _ in range(ROUNDS):
        first = lead.post('/signals', {'candidateId': candidate.json['id'], 'kind': 'misconduct'}).json['id']
        task = check_of(as_role, first)
        threads = [threading.Thread(target=one) for one in (lambda: tells.post('/signals', {'candidateId': candidate.json['id'], 'kind': 'misconduct'}),
                                                           lambda: ending.post(f'/tasks/{task["id"]}/completions', {'outcome': 'present'}))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        waiting = region.sql("""select s.id from app.signal s where s.candidate_id = %s and s.state = 'received' and not exists (select from app.task t where t.subject_id = coalesce(s.checked_with_id, s.id)
            and t.kind = 'check' and t.state = 'open')""", (candidate.json['id'],))
        assert waiting == []
        for one in lead.get(f'/signals?candidateId={candidate.json["id"]}&state=received').json['items']:
            assert lead.post(f'/signals/{one["id"]}/handlings', {'outcome': 'unknown'}).status == 200


@pytest.mark.parametrize('done,told', [(False, [('no_search', 'received')]), (True, [])])
def test_whoever_did_not_search_in_time_is_told_of_by_the_sweep_once(as_role, candidate, region, later, done, told):
    lead, day = as_role('team_lead'), region.sql("select (clock.today() + 1)::text")[0][0]
    made = lead.post('/trajectories', {'candidateId': candidate.json['id'], 'kind': 'intake', 'searchUntil': day})
    assert made.status == 201, made.text
    if done:
        task, = lead.get(f'/tasks?subjectId={made.json["id"]}&kind=search').json['items']
        ends(lead, task, 'met')
    for days in (2, 3):
        with later(days):
            region.wait_until_idle()
            found = lead.get(f'/signals?candidateId={candidate.json["id"]}').json['items']
    assert [(s['kind'], s['state']) for s in found] == told and all('madeBy' not in s and s['trajectoryId'] == made.json['id'] for s in found)


# ------------------------------------------------------------------------------------------------------- senders

def test_an_employer_tells_of_whoever_works_there(as_role, world, candidate, region):
    placed = as_role('consultant').post('/placements', {'candidateId': candidate.json['id'], 'kind': 'regular', 'origin': 'self_found', 'employerId': world['employer'], 'hours': 8})
    assert placed.status == 201, placed.text
    employer = as_role('employer')
    made = employer.post('/signals', {'kind': 'no_show', 'placementId': placed.json['id'], 'words': 'Eerste dag, niet verschenen.'})
    assert made.status == 201 and 'candidateId' not in made.json and made.json['placementId'] == placed.json['id']
    seen = as_role('team_lead').get(f'/signals/{made.json["id"]}').json
    assert seen['candidateId'] == candidate.json['id'] and seen['employerId'] == world['employer']
    elsewhere = as_role('consultant').post('/placements', {'candidateId': candidate.json['id'], 'kind': 'regular', 'origin': 'self_found', 'employerName': 'Elders', 'hours': 8}).json['id']
    assert employer.post('/signals', {'kind': 'no_show', 'placementId': elsewhere}).json['errors'][0]['pointer'] == '/placementId'


def test_a_firm_tells_of_its_own_people(as_role, world):
    firm = as_role('firm')
    own = firm.get('/candidates?pageSize=1&status=active').json['items'][0]['id']
    made = firm.post('/signals', {'kind': 'refusal', 'candidateId': own})
    assert made.status == 201 and made.json['candidateId'] == own
    assert as_role('team_lead').get(f'/signals/{made.json["id"]}').json['organisationId'] == world['firm']
    key = str(uuid.uuid4())
    again = [firm.post('/signals', {'kind': 'refusal', 'candidateId': own}, key=key) for _ in range(2)]
    assert again[0].status == 201 and again[1].json == again[0].json


def test_a_field_officer_tells_of_whoever_was_to_be_checked(as_role, tell, person, on_duty, candidate):
    user, officer = person('field_officer')
    mine = officer('field_officer')
    assert tell(mine).status == 400
    on_duty(user)
    tell()
    made = tell(mine, kind='misconduct')
    assert made.status == 201 and mine.get(f'/signals/{made.json["id"]}').status == 200


def test_it_follows_the_person(as_role, tell, candidate):
    lead, made = as_role('team_lead'), tell().json['id']
    twin = lead.post('/candidates', {'alias': 'Kandidaat Roos', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 32}).json['id']
    merged = lead.post(f'/candidates/{twin}/merge', {'otherId': candidate.json['id'], 'take': [], 'keep': []})
    if merged.status == 409:
        merged = lead.post(f'/candidates/{twin}/merge', {'otherId': candidate.json['id'], 'keep': merged.json['properties']})
    assert merged.status == 200, merged.text
    assert lead.get(f'/signals/{made}').json['candidateId'] == twin


def test_nothing_is_looked_into_after_a_death(as_role, tell, candidate, region):
    lead, made = as_role('team_lead'), tell().json['id']
    today = region.sql('select clock.today()::text')[0][0]
    assert lead.post(f'/candidates/{candidate.json["id"]}/deaths', {'diedOn': today}).status == 200
    assert lead.get(f'/signals/{made}').json['state'] == 'withdrawn'
    assert lead.get(f'/tasks?subjectId={made}&state=open').json['items'] == []
    assert tell().problem == 'state'


@pytest.mark.parametrize('received,on_day,known', [('2026-10-05', '2026-10-06', '2026-10-05'), ('2026-10-05', '2026-10-05', None), (None, '2026-10-06', None)])
def test_the_rules_are_known_from_the_day_after_the_receipt(as_role, candidate, region, received, on_day, known):
    made = as_role('team_lead').post('/trajectories', {'candidateId': candidate.json['id'], 'kind': 'course'}).json['id']
    region.sql('set session_replication_role = replica; update app.trajectory set rules_handed_on = %s, rules_channel = %s, rules_received_on = %s where id = %s',
               ('2026-10-01', 'mail', received, made))
    assert region.sql("select set_config('app.tenant', '1', false); select app.rules_known(%s, %s::date)::text", (candidate.json['id'], on_day)) == [(known,)]


# ---------------------------------------------------------------------------------------------------- the wall

def picture(region, as_role, candidate):
    """Everything that somebody outside the wall sees of a person, with the headers that tell a version."""
    found = {}
    who = {'consultant': ('/candidates/{c}', '/tasks?candidateId={c}', '/messages?candidateId={c}', '/appointments?candidateId={c}', '/trajectories?candidateId={c}',
                          '/notes?subjectId={c}', '/candidates/{c}/card', '/candidates/{c}/gate', '/placements?candidateId={c}',
                          '/work-list?whose=me', '/work-summary', '/signals?candidateId={c}', '/candidates/{c}/transitions', '/instruments?candidateId={c}'),
           'coach': ('/tasks?candidateId={c}', '/signals?candidateId={c}'), 'field_officer': ('/tasks', '/signals', '/work-list?whose=me'),
           'firm': ('/tasks?candidateId={c}', '/signals?candidateId={c}'), 'employer': ('/signals', '/tasks'), 'course_leader': ('/signals', '/tasks')}
    for role, paths in who.items():
        for path in paths:
            answer = as_role(role).get(path.format(c=candidate))
            shown = {k: v for k, v in answer.json.items() if k not in ('instance', 'position')}     # how far a follower is: any change of the municipality moves it
            found[role, path] = (answer.status, answer.headers.get('etag') if 'position' not in answer.json else None, shown)
    return found


def test_inference_nothing_outside_the_wall_differs(as_role, candidate, region):
    """A person is told of, checked and handled by those behind the wall, and at each step everybody outside reads what was read before."""
    lead, who = as_role('team_lead'), candidate.json['id']
    before = picture(region, as_role, who)
    refused = {asked: status for asked, (status, _, _) in before.items() if status != 200}
    assert refused == {}, refused
    made = lead.post('/signals', {'candidateId': who, 'kind': 'refusal', 'words': 'Weigerde het werk.'}).json['id']
    assert picture(region, as_role, who) == before
    ends(lead, check_of(as_role, made), 'refused')
    assert picture(region, as_role, who) == before
    lead.post('/notes', {'noun': 'signal', 'subjectId': made, 'text': 'Gesproken.'})
    assert lead.post(f'/signals/{made}/handlings', {'outcome': 'not_excused', 'duty': 'a'}).status == 200
    assert picture(region, as_role, who) == before


def test_inference_the_person_is_not_told_who_told(as_role, region):
    """A signal, its check, and its handling change nothing in what the person reads of the own file."""
    mine, lead = as_role('candidate'), as_role('team_lead')
    who, = region.sql('select id::text from app.candidate where user_id = %s', (mine.get('/user-profile').json['id'],))[0]

    def reads():
        answers = [mine.get(path) for path in (f'/candidates/{who}', f'/candidates/{who}/card', '/tasks', '/messages', '/appointments', '/trajectories', '/proposals', '/work-list?whose=me')]
        assert {a.status for a in answers} <= {200, 403}, [(a.status, a.text) for a in answers]
        return [{k: v for k, v in a.json.items() if k not in ('instance', 'position')} for a in answers]
    before = reads()
    made = lead.post('/signals', {'candidateId': who, 'kind': 'misconduct', 'words': 'Schold.'}).json['id']
    assert reads() == before
    ends(lead, check_of(as_role, made), 'present')
    assert lead.post(f'/signals/{made}/handlings', {'outcome': 'mistaken'}).status == 200
    assert reads() == before and mine.get(f'/signals/{made}').status == 403


def test_inference_a_sender_cannot_tell_whether_it_was_looked_into(as_role, tell):
    """Byte for byte, with its ETag, and also whoever tries to take it back."""
    sender, lead = as_role('consultant'), as_role('team_lead')
    one, other = tell(sender).json['id'], tell(sender, kind='refusal').json['id']
    before = sender.get(f'/signals/{one}')
    listed = sender.get('/signals?state=received')
    ends(lead, check_of(as_role, one), 'absent')
    after = sender.get(f'/signals/{one}')
    assert (after.text, after.headers['etag']) == (before.text, before.headers['etag'])
    assert sender.get('/signals?state=received').json == listed.json and sender.get('/signals?state=looked_into').json['items'] == []
    taken = [sender.post(f'/signals/{made}/withdrawals').json for made in (one, other)]
    assert {(t['state'], t['version']) for t in taken} == {('withdrawn', 2)}
    assert [lead.get(f'/signals/{made}').json['state'] for made in (one, other)] == ['looked_into', 'withdrawn']
    assert sender.get(f'/notes?subjectId={one}').json['items'] == []


def test_inference_words_and_events_tell_nobody(region, tell, as_role):
    made = tell(as_role('consultant'), words='Zei dat hij niet wil.').json['id']
    as_role('team_lead').post(f'/signals/{made}/handlings', {'outcome': 'not_excused'})
    events = region.sql('select type, noun, version from app.event where subject_id = %s order by version', (made,))
    assert {noun for _, noun, _ in events} == {'signal'}
    assert region.sql("select 1 from app.message where parameters::text like '%%wil%%' or subject_id = %s and template <> 'notice'", (made,)) == []
    for role in ('consultant', 'firm', 'employer'):
        assert as_role(role).post('/notes', {'noun': 'signal', 'subjectId': made, 'text': 'x'}).status in (400, 403), role


# ------------------------------------------------------------------------------------------------------- figures

def test_the_share_looked_into_the_same_day_is_for_the_partners_of_a_project(as_role, group, region, world):  # noqa: F811
    """Six signals, of which three were looked into the same day and one two days later; and a project with four, which is too few to show."""
    lead, employer, projects = as_role('team_lead'), as_role('employer'), []
    for many in (6, 4):
        here, project, who = group(many, channel='letter')
        projects.append(project)
        assert lead.put(here, marked(who, *['absent'] * many), '*').status == 200
        found = [s['id'] for s in lead.get(f'/signals?projectId={project}').json['items']]
        assert len(found) == many
        for signal in found[:3]:
            ends(lead, check_of(as_role, signal), 'present')
        region.sql("set session_replication_role = replica; update app.signal set looked_into_at = received_at + interval '2 days', state = 'looked_into' where id = %s", (found[3],))
        assert as_role('account_manager').post(f'/projects/{project}/participations', {
            'participantKind': 'employer', 'participantId': world['employer'], 'capacity': 'partner'}).status == 201
    region.sql("select set_config('app.tenant', '1', true), set_config('app.role', 'system', true), set_config('app.scope', 'tenant', true); select app.figures_count()")

    def numbers(client, project):
        shown = [client.get(f'/figures/{code}?projectId={project}').json['totals'][-1] for code in ('signals', 'signals_same_day')]
        return [(one.get('value'), one['suppressed']) for one in shown]
    assert [numbers(lead, project) for project in projects] == [[(6, False), (500, False)], [(4, False), (750, False)]]
    assert [numbers(employer, project) for project in projects] == [[(6, False), (500, False)], [(None, True), (None, True)]]
    assert [numbers(as_role('analyst'), project) for project in projects][1] == [(None, True), (None, True)]
    assert as_role('consultant').get(f'/figures/signals/months/{region.sql("select clock.today()::text")[0][0]}/records').status == 403


def test_seen_attacker_few_and_none_look_the_same(as_role, group, region, world):  # noqa: F811
    """A partner of a project of one person read 0, and then that a number was hidden: so that person had a signal."""
    lead, projects = as_role('team_lead'), []
    for marks in (['absent'], ['present']):
        here, project, who = group(1, channel='letter')
        projects.append(project)
        assert lead.put(here, marked(who, *marks), '*').status == 200
        assert as_role('account_manager').post(f'/projects/{project}/participations', {
            'participantKind': 'employer', 'participantId': world['employer'], 'capacity': 'partner'}).status == 201
    region.sql("select set_config('app.tenant', '1', true), set_config('app.role', 'system', true), set_config('app.scope', 'tenant', true); select app.figures_count()")
    assert [lead.get(f'/figures/signals?projectId={project}').json['totals'] for project in projects][0][0]['value'] == 1

    def shown(role, code, project, more=''):
        answer = as_role(role).get(f'/figures/{code}?projectId={project}{more}').json
        return answer['points'], answer['totals']
    for role in ('employer', 'analyst', 'consultant'):
        for code in ('signals', 'signals_same_day'):
            for more in ('', '&kind=no_show', '&groupBy=kind'):
                one, none = (shown(role, code, project, more) for project in projects)
                assert one == none, (role, code, more)
    assert shown('consultant', 'tasks_kept', projects[0], '&kind=check') == shown('consultant', 'tasks_kept', projects[1], '&kind=check')


def test_seen_practitioner_what_is_told_on_monday_was_on_friday(as_role, tell, candidate, region, later):
    """Whoever tells of an appointment tells of its day, on which rules, exemptions and repetition rest, and not of the day of telling."""
    case = as_role('case_manager')
    begins = region.sql("select to_char(date_trunc('minute', clock.now()) + interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")[0][0]
    made = case.post('/appointments', {'candidateId': candidate.json['id'], 'kind': 'talk', 'startsAt': begins})
    assert made.status == 201, made.text
    with later(3):
        seen = tell(appointmentId=made.json['id'])
    assert seen.status == 201 and seen.json['seenAt'] == begins.replace('Z', '.000Z'), seen.text


def correct(client, signal, **more):
    return client.post(f'/signals/{signal}/corrections', {'outcome': 'ill', 'reason': 'De ziekmelding lag bij de balie.', **more})


def test_seen_practitioner_a_wrong_outcome_is_corrected_and_its_sender_hears_nothing_more(as_role, absence, region):
    """With what was handled with it. The sender was told once that it was handled, and reads the same bytes as before."""
    lead, sender = as_role('team_lead'), as_role('consultant')
    first = absence()
    second = as_role('case_manager').post('/signals', {'appointmentId': first['appointmentId'], 'kind': 'no_show'}).json
    assert correct(lead, first['id']).problem == 'state'
    assert lead.post(f'/signals/{first["id"]}/handlings', {'outcome': 'not_excused', 'duty': 'h'}).status == 200
    before, heard = sender.get(f'/signals/{first["id"]}'), region.sql('select count(*) from app.message where subject_id in (%s, %s)', (first['id'], second['id']))
    assert heard == [(1,)] and correct(sender, first['id']).status == 403 and correct(lead, first['id'], reason=None).status == 400
    done = correct(lead, second['id'])
    assert done.status == 200 and (done.json['state'], done.json['outcome'], done.json['duty']) == ('handled', 'ill', 'h') and done.json['amendedAt'], done.text
    assert lead.get(f'/signals/{first["id"]}').json['outcome'] == 'ill' and correct(lead, first['id'], duty='d').json['duty'] == 'd'
    for same in ({}, {'duty': 'd'}):      # it says so already: a note without a correction
        refused = correct(lead, first['id'], **same)
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/outcome', refused.text
    after = sender.get(f'/signals/{first["id"]}')
    assert (after.text, after.headers['etag']) == (before.text, before.headers['etag'])
    assert region.sql('select count(*) from app.message where subject_id in (%s, %s)', (first['id'], second['id'])) == heard
    assert region.sql('select wall, text::text from app.note where subject_id = %s', (second['id'],)) == [('measure', 'De ziekmelding lag bij de balie.')]
    assert sender.get(f'/notes?subjectId={second["id"]}').json['items'] == []


def test_seen_practitioner_a_wrong_outcome_is_not_corrected_under_a_decision(as_role, absence, region, candidate):
    """A draft is asked by its gate again; under what was decided the outcome stays, until that is taken back."""
    lead, made = as_role('team_lead'), absence()['id']
    assert lead.post(f'/signals/{made}/handlings', {'outcome': 'not_excused', 'duty': 'h'}).status == 200
    draft = as_role('case_manager').post('/decisions', {'candidateId': candidate.json['id'], 'kind': 'warning', 'duty': 'h', 'signalIds': [made]})
    assert draft.status == 201, draft.text
    assert correct(lead, made, outcome='excused').status == 200
    gate = [n['code'] for n in lead.get(f'/decisions/{draft.json["id"]}/gate').json['missing']]
    assert 'signal_excused' in gate
    assert correct(lead, made, outcome='not_excused').status == 200
    become = "set session_replication_role = replica; update app.decision set state = %s, decided_at = clock.now(), decided_by = gen_random_uuid(), decided_logins = '{x}', withdrawn_reason = %s where id = %s"
    for state, reason in (('decided', None), ('ended', None), ('withdrawn', 'mistaken')):
        region.sql(become, (state, reason, draft.json['id']))
        answer = correct(lead, made)
        assert (answer.status, answer.problem if answer.status != 200 else None) == ((200, None) if reason else (409, 'decision-rests-on-it')), (state, answer.text)


def test_seen_practitioner_a_wrong_outcome_answers_the_question_of_a_corrected_list(as_role, group):  # noqa: F811
    here, project, who = group(1, channel='letter')
    lead = as_role('team_lead')
    lead.put(here, marked(who, 'absent'), '*')
    made = lead.get(f'/signals?candidateId={who[0]}').json['items'][0]['id']
    assert lead.post(f'/signals/{made}/handlings', {'outcome': 'not_excused'}).status == 200
    assert lead.put(here, marked(who, 'present'), '*').status == 200
    assert [t['kind'] for t in lead.get(f'/tasks?subjectId={made}&state=open').json['items']] == ['question']
    assert correct(lead, made, outcome='present').status == 200
    assert lead.get(f'/tasks?subjectId={made}&state=open').json['items'] == []
