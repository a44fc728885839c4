# SPDX-License-Identifier: EUPL-1.2
"""Placements: offered, accepted and started are three facts; a hire opens one; hours add up; an end, a conversion, a return. ROUNDS=1000 is the long form of
the races."""
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

ROUNDS = int(os.environ.get('ROUNDS', 4))


@pytest.fixture
def someone(as_role):
    """A file of the case manager: somebody who can work 36 hours a week."""
    def make(hours=36, **more):
        made = as_role('team_lead').post('/candidates', {'alias': 'Kandidaat Vlier', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': hours, **more})
        assert made.status == 201, made.text
        return made.json['id']
    return make


@pytest.fixture
def offer(as_role, world, someone):
    """offer(hours=16): the answer to an offer of self-found work."""
    def make(candidate=None, client=None, **more):
        body = {'candidateId': candidate or someone(), 'kind': 'regular', 'origin': 'self_found', 'employerId': world['employer'], 'hours': 32, **more}
        return (client or as_role('consultant')).post('/placements', {k: v for k, v in body.items() if v is not None})
    return make


@pytest.fixture
def at_work(as_role, offer):
    """The address of a placement that has started."""
    def make(candidate=None, **more):
        made = offer(candidate, **more)
        assert made.status == 201, made.text
        place = made.headers['location'].removeprefix('/v1')
        for step in ('acceptances', 'starts'):
            done = as_role('consultant').post(f'{place}/{step}', {})
            assert done.status == 200, done.text
        return place
    return make


def state(client, place):
    return client.get(place).json['state']


@pytest.mark.parametrize('year', [1926, 2062])
def test_seen_practitioner_a_year_that_was_mistyped_is_no_day_of_anything(as_role, offer, someone, world, year):
    """Sixty years of placements counted in figures, and what was planned for 2062 was asked of nobody."""
    lead, wrong, who = as_role('team_lead'), f'{year}-05-04', someone()
    work, project = offer(who).json['id'], lead.post('/projects', {'kind': 'cohort', 'title': 'Groep', 'startsOn': '2026-09-01'}).json['id']
    lead.post(f'/placements/{work}/acceptances', {})
    benefit = lead.post('/benefits', {'candidateId': who, 'kind': 'ww', 'appliedOn': '2026-11-02'}).json['id']
    bodies = [('/placements', {'candidateId': who, 'kind': 'regular', 'origin': 'self_found', 'employerId': world['employer'], 'hours': 4}, ('startsOn',)),
              (f'/placements/{work}/starts', {}, ('day',)),
              ('/trajectories', {'candidateId': who, 'kind': 'course'}, ('startsOn',)),
              ('/trajectories', {'candidateId': who, 'kind': 'intake'}, ('searchUntil',) * (year > 2026)),
              ('/benefits', {'candidateId': who, 'kind': 'ioaw'}, ('appliedOn', 'fromDay')),
              (f'/benefits/{benefit}/moves', {'event': 'grant'}, ('day',)),
              ('/candidate-participations', {'candidateId': who, 'projectId': project}, ('fromDay',)),
              ('/instruments', {'placementId': work, 'kind': 'travel_costs', 'amountCents': 100, 'untilDay': '2062-12-31'}, ('fromDay',)),
              ('/wage-values', {'placementId': work, 'percentage': 50, 'method': 'x'}, ('measuredOn',)),
              ('/projects', {'kind': 'campaign', 'title': 'Proef'}, ('startsOn',)),
              ('/agreements', {'kind': 'project_sheet', 'noun': 'project', 'subjectId': project, 'untilDay': '2062-12-31'}, ('fromDay',)),
              ('/stated-figures', {'code': 'hired', 'nature': 'target', 'projectId': project, 'value': 5}, ('day',)),
              ('/tasks', {'kind': 'promise', 'noun': 'candidate', 'subjectId': who}, ('dueDay',))]
    for path, body, names in bodies:
        for name in names:
            refused = lead.post(path, {**body, name: wrong})
            assert (refused.status, [e['pointer'] for e in refused.json.get('errors', [])]) == (400, [f'/{name}']), (path, name, refused.text)
    session = lead.post(f'/projects/{project}/sessions', {'startsAt': f'{wrong}T09:00:00Z'})
    assert session.status in (400, 409), session.text


def test_seen_practitioner_a_day_that_is_long_ago_or_far_ahead_and_right_is_taken(as_role, offer, someone):
    lead, who = as_role('team_lead'), someone()
    long_ago = lead.post('/benefits', {'candidateId': who, 'kind': 'wia', 'appliedOn': '1996-03-04', 'fromDay': '1996-03-04'}).json['id']
    assert lead.post(f'/benefits/{long_ago}/moves', {'event': 'grant'}).status == 200
    refused = lead.post(f'/benefits/{long_ago}/moves', {'event': 'end', 'endReason': 'work', 'day': '2063-01-31'})
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/day', refused.text
    pension = lead.post(f'/benefits/{long_ago}/moves', {'event': 'end', 'endReason': 'pension_age', 'day': '2063-01-31'})
    assert pension.status == 200 and pension.json['untilDay'] == '2063-01-31', pension.text
    assert offer(someone(), startsOn='1988-09-01', endsOn='2041-12-31').status == 201


def test_offered_accepted_and_started_are_three_facts(as_role, offer, someone):
    consultant, one = as_role('consultant'), someone()
    made = offer(one)
    place = made.headers['location']
    assert made.status == 201 and made.json['state'] == 'offered' and made.json['offeredOn'] and made.json['candidateAlias'] == 'Kandidaat Vlier'
    assert consultant.get(f'/candidates/{one}').json['status'] == 'active'
    assert consultant.post(f'{place}/starts', {}).problem == 'state'
    accepted = consultant.post(f'{place}/acceptances', {}).json
    assert accepted['state'] == 'accepted' and accepted['acceptedOn'] and 'startedOn' not in accepted
    assert consultant.get(f'/candidates/{one}').json['status'] == 'placed'
    started = consultant.post(f'{place}/starts', {}).json
    assert started['state'] == 'started' and started['startedOn']
    assert consultant.post(f'{place}/acceptances', {}).problem == 'state'


def test_an_offer_is_refused_with_a_reason(as_role, offer):
    consultant, made = as_role('consultant'), offer()
    place = made.headers['location']
    assert consultant.post(f'{place}/refusals', {}).json['errors'][0]['pointer'] == '/reason'
    refused = consultant.post(f'{place}/refusals', {'reason': 'conditions'}).json
    assert (refused['state'], refused['declineReason']) == ('declined', 'conditions')
    assert consultant.get(f'/candidates/{made.json["candidateId"]}').json['status'] == 'active'


def test_somebody_at_an_employer_of_whom_nobody_keeps_a_file_or_with_a_business_of_his_own(as_role, offer):
    bare = offer(employerId=None, employerName='Kapsalon Lokken')
    assert bare.status == 201 and bare.json['employerName'] == 'Kapsalon Lokken'
    assert offer(employerId=None).json['errors'][0]['pointer'] == '/employerId'
    assert offer(employerId=None, kind='own_business', origin='other').status == 201


def test_a_secondment_has_a_formal_employer_and_a_workplace(as_role, offer, employer, world):
    made = offer(kind='secondment', formalEmployerId=employer.json['id'])
    assert made.status == 201 and (made.json['employerId'], made.json['formalEmployerId']) == (world['employer'], employer.json['id'])
    both = offer(kind='secondment', formalEmployerId=employer.json['id'], formalOrganisationId=world['firm'])
    assert both.json['errors'][0]['pointer'] == '/formalOrganisationId'


@pytest.mark.parametrize('second,status', [(12, 201), (20, 201), (24, 409), (21, 409)])
def test_the_hours_of_two_placements_add_up_to_no_more_than_the_person_can_work(as_role, someone, at_work, offer, second, status):
    one = someone(36)
    at_work(one, hours=16)
    made = offer(one, hours=second)
    assert made.status == status
    if status == 409:
        assert made.problem == 'hours' and (made.json['limit'], made.json['taken']) == (36, 16)


def test_only_days_on_which_both_run_add_up(as_role, someone, offer):
    one = someone(36)
    assert offer(one, hours=20, startsOn='2031-01-06', endsOn='2031-01-31').status == 201
    assert offer(one, hours=20, startsOn='2031-02-03', endsOn='2031-02-28').status == 201
    assert offer(one, hours=16, startsOn='2031-01-06', endsOn='2031-02-28').status == 201      # 36 on each of the days
    assert offer(one, hours=1, startsOn='2031-02-28').problem == 'hours'
    assert offer(one, hours=1, startsOn='2031-03-01').status == 201


def test_two_full_placements_never_overlap(region, someone, at_work, offer):
    one = someone(48)
    at_work(one, hours=32)
    refused = offer(one, hours=32)
    assert refused.problem == 'placements-overlap' and refused.json['existing'].startswith('/v1/placements/')
    copied = """set session_replication_role = replica; insert into app.placement select (jsonb_populate_record(null::app.placement,
        to_jsonb(p) || jsonb_build_object('id', gen_random_uuid()))).* from app.placement p where p.candidate_id = '%s'""" % one
    with pytest.raises(Exception, match='placement_full_once'):      # by construction: also when nobody looks
        region.sql(copied)


def test_whoever_works_part_time_and_looks_on_stays_on_lists(as_role, offer):
    consultant, made = as_role('consultant'), offer(hours=12)
    assert consultant.post(f'{made.headers["location"]}/acceptances', {'stillLooking': True}).status == 200
    assert consultant.get(f'/candidates/{made.json["candidateId"]}').json['status'] == 'active'


def test_an_end_has_a_reason_and_ends_the_tasks_and_whoever_has_no_other_work_looks_again(as_role, region, someone, at_work):
    consultant, one = as_role('consultant'), someone()
    first, second = at_work(one, hours=12), at_work(one, hours=12)
    task = consultant.post('/tasks', {'kind': 'promise', 'noun': 'placement', 'subjectId': first.rsplit('/', 1)[1]})
    assert task.status == 201, task.text
    assert consultant.post(f'{first}/endings', {}).json['errors'][0]['pointer'] == '/reason'
    ended = consultant.post(f'{first}/endings', {'reason': 'health'}).json
    assert (ended['state'], ended['endReason'], ended['endPhase']) == ('ended', 'health', 'first_month') and ended['endedOn']
    assert consultant.get(f'/tasks/{task.json["id"]}').json['state'] == 'withdrawn'
    assert consultant.get(f'/candidates/{one}').json['status'] == 'placed'
    consultant.post(f'{second}/endings', {'reason': 'end_of_term'})
    assert consultant.get(f'/candidates/{one}').json['status'] == 'active'
    assert consultant.post(f'{second}/endings', {'reason': 'end_of_term'}).problem == 'state'


def test_whoever_found_other_work_does_not_look(as_role, someone, at_work):
    one = someone()
    as_role('consultant').post(f'{at_work(one)}/endings', {'reason': 'other_employer'})
    assert as_role('consultant').get(f'/candidates/{one}').json['status'] == 'placed'


def test_what_has_not_started_falls_through(as_role, offer):
    consultant, made = as_role('consultant'), offer()
    place = made.headers['location']
    consultant.post(f'{place}/acceptances', {})
    fell = consultant.post(f'{place}/endings', {'reason': 'requirements'}).json
    assert (fell['state'], fell['endPhase']) == ('withdrawn', 'before_start')
    assert consultant.get(f'/candidates/{made.json["candidateId"]}').json['status'] == 'active'


def test_a_secondment_becomes_a_regular_placement(as_role, employer, someone, at_work):
    consultant, one = as_role('consultant'), someone()
    place = at_work(one, kind='secondment', formalEmployerId=employer.json['id'], hours=32, wageCents=1500, wagePer='hour')
    ended = consultant.post(f'{place}/conversions', {'kind': 'regular', 'contract': 'permanent'})
    assert ended.status == 200, ended.text
    assert (ended.json['state'], ended.json['endReason']) == ('ended', 'converted')
    on = consultant.get(f'/placements/{ended.json["convertedToId"]}').json
    assert (on['state'], on['kind'], on['contract'], on['hours'], on['wageCents'], on['convertsId']) == ('started', 'regular', 'permanent', 32, 1500, place.rsplit('/', 1)[1])
    assert 'formalEmployerId' not in on and consultant.get(f'/candidates/{one}').json['status'] == 'placed'


def test_a_hire_opens_a_placement_and_undoing_it_undoes_that_too(as_role, region, proposed):
    """One act: proposal, vacancy, positions, candidate and placement follow, with who and why."""
    consultant = as_role('consultant')
    for undo in ('proposal', 'placement'):
        vacancy, (proposal, *_) = proposed(positions=1)
        assert as_role('employer').post(f'/proposals/{proposal}/answers', {'answer': 'hire'}).status == 200
        made, = consultant.get(f'/placements?vacancyId={vacancy}').json['items']
        assert (made['state'], made['origin'], made['proposalId'], made['kind']) == ('accepted', 'proposal', proposal, 'regular')
        assert consultant.get(f'/vacancies/{vacancy}').json['state'] == 'filled' and 12 <= made['hours'] <= 36
        place = f'/proposals/{proposal}/hire-reversals' if undo == 'proposal' else f'/placements/{made["id"]}/undoings'
        assert consultant.post(place, {'reason': 'wrong_candidate'}).status == 200
        shown = consultant.get(f'/placements/{made["id"]}').json
        assert (shown['state'], shown['undoReason']) == ('undone', 'wrong_candidate') and shown['undoneAt']
        assert consultant.get(f'/proposals/{proposal}').json['state'] == 'undone'
        vacant = consultant.get(f'/vacancies/{vacancy}').json
        assert (vacant['positionsTaken'], vacant['state'] in ('open', 'shortlisted')) == (0, True)
        assert consultant.get(f'/candidates/{made["candidateId"]}').json['status'] == 'active'
        assert region.sql('select undone_by is not null from app.placement where id = %s', (made['id'],)) == [(True,)]


def test_a_placement_without_a_hire_is_undone_within_the_term(as_role, offer, later):
    consultant, soon, late = as_role('consultant'), offer(), offer()
    assert consultant.post(f'{soon.headers["location"]}/undoings', {'reason': 'entered_by_mistake'}).json['state'] == 'undone'
    with later(16):
        assert consultant.post(f'{late.headers["location"]}/undoings', {'reason': 'entered_by_mistake'}).problem == 'term-passed'


def test_a_return_with_a_replacement_frees_the_position_and_who_comes_next_stands_for_it(as_role, proposed):
    consultant, employer = as_role('consultant'), as_role('employer')
    vacancy, (first, second, *_) = proposed(positions=2)
    assert employer.post(f'/proposals/{first}/answers', {'answer': 'hire'}).status == 200
    back, = consultant.get(f'/placements?vacancyId={vacancy}').json['items']
    place = f'/placements/{back["id"]}'
    assert consultant.post(f'{place}/starts', {}).status == 200
    returned = employer.post(f'{place}/returns', {'reason': 'does_not_fit', 'replacement': True})
    assert returned.status == 200, returned.text
    assert (returned.json['state'], returned.json['returnReason']) == ('ended', 'does_not_fit') and 'endReason' not in returned.json
    assert consultant.get(f'/vacancies/{vacancy}').json['positionsTaken'] == 0
    assert consultant.get(f'/candidates/{back["candidateId"]}').json['status'] == 'active'
    assert employer.post(f'/proposals/{second}/answers', {'answer': 'hire'}).status == 200
    hired = next(p for p in consultant.get(f'/placements?vacancyId={vacancy}').json['items'] if p['state'] == 'accepted')
    assert hired['replacementForId'] == back['id']


def test_a_placement_without_a_proposal_takes_a_position(as_role, someone, offer, shortlisted):
    consultant = as_role('consultant')
    vacancy, _ = shortlisted(positions=1)
    made = offer(vacancyId=vacancy, employerId=None, origin='firm')
    assert made.status == 201, made.text
    assert consultant.get(f'/vacancies/{vacancy}').json['state'] == 'filled'
    assert offer(vacancyId=vacancy, employerId=None, origin='firm').problem == 'state'
    consultant.post(f'{made.headers["location"]}/refusals', {'reason': 'candidate_declines'})
    vacant = consultant.get(f'/vacancies/{vacancy}').json
    assert (vacant['positionsTaken'], vacant['state'] in ('open', 'shortlisted')) == (0, True)
    consultant.post(f'/vacancies/{vacancy}/endings', {'how': 'close'})


def test_the_gate_names_everything_that_stops_a_start(as_role, offer):
    consultant, made = as_role('consultant'), offer()
    place = made.headers['location']
    consultant.post(f'{place}/acceptances', {})
    tasks = [consultant.post('/tasks', {'kind': kind, 'noun': noun, 'subjectId': about, 'blocks': 'start'}).json['id'] for kind, noun, about in (
        ('barrier', 'candidate', made.json['candidateId']), ('step', 'placement', made.json['id']))]
    gate = consultant.get(f'{place}/gate?step=start').json
    assert gate['may'] is False and {t['id'] for t in gate['tasks']} == set(tasks) and {s['noun'] for s in gate['states']} == {'placement', 'candidate'}
    refused = consultant.post(f'{place}/starts', {})
    assert refused.problem == 'blocked' and set(refused.json['tasks']) == set(tasks)
    for task, outcome in zip(tasks, ('removed', 'finished')):
        assert consultant.post(f'/tasks/{task}/completions', {'outcome': outcome}).status == 200
    assert consultant.get(f'{place}/gate?step=start').json['may'] is True
    assert consultant.post(f'{place}/starts', {}).json['state'] == 'started'


def test_what_is_agreed_changes_until_the_work_has_started(as_role, offer, someone):
    consultant, one = as_role('consultant'), someone(36)
    made = offer(one, hours=16)
    place, etag = made.headers['location'], made.headers['etag']
    changed = consultant.patch(place, {'hours': 20, 'mentor': 'Roos Kruik', 'endsOn': '2031-06-30'}, etag)
    assert changed.status == 200 and (changed.json['hours'], changed.json['mentor']) == (20, 'Roos Kruik')
    assert consultant.patch(place, {'hours': 40}, changed.headers['etag']).problem == 'hours'
    for step in ('acceptances', 'starts'):
        consultant.post(f'{place}/{step}', {})
    etag = consultant.get(place).headers['etag']
    assert consultant.patch(place, {'hours': 12}, etag).problem == 'state'
    assert consultant.patch(place, {'mentor': None}, etag).status == 200


def test_a_day_of_the_future_is_no_fact(as_role, offer):
    consultant, place = as_role('consultant'), offer().headers['location']
    assert consultant.post(f'{place}/acceptances', {'day': '2099-01-01'}).json['errors'][0]['pointer'] == '/day'


def test_whoever_died_works_nowhere(as_role, someone, at_work):
    one = someone()
    place = at_work(one)
    assert as_role('team_lead').post(f'/candidates/{one}/deaths', {'diedOn': '2026-11-02'}).status == 200
    shown = as_role('consultant').get(place).json
    assert (shown['state'], shown['endReason']) == ('ended', 'died')


def test_an_employer_sees_its_placements_without_the_file(as_role, offer, employer):
    own, foreign = offer(), offer(employerId=employer.json['id'])
    shown = as_role('employer').get(own.headers['location']).json
    assert shown['candidateAlias'] and not {'candidateId', 'trajectoryId', 'projectId', 'endReason'} & set(shown)
    assert as_role('employer').get(foreign.headers['location']).status == 404
    assert as_role('employer').post(f'{own.headers["location"]}/acceptances', {}).status == 403


def test_a_file_that_becomes_a_part_of_another_takes_its_placements_along(as_role, someone, offer):
    kept, other = someone(), someone()
    place = offer(other, hours=12).headers['location']
    merged = as_role('team_lead').post(f'/candidates/{kept}/merge', {'otherId': other})
    assert merged.status == 200, merged.text
    assert as_role('consultant').get(place).json['candidateId'] == kept


# ------------------------------------------------------------------------------------------------------ races

@pytest.fixture(scope='module')
def clients(as_role):
    return [as_role('consultant'), as_role('team_lead')] * 4


def raced(calls):
    with ThreadPoolExecutor(len(calls)) as threads:
        return [answer.result() for answer in [threads.submit(call) for call in calls]]


def offered(client, world, candidate, hours, **more):
    return client.post('/placements', {'candidateId': candidate, 'kind': 'regular', 'origin': 'self_found', 'employerId': world['employer'], 'hours': hours, **more})


def test_race_for_one_position(as_role, clients, world, someone, new_vacancy):
    """Eight place somebody for the one position of a vacancy in the same moment."""
    for _ in range(ROUNDS):
        vacancy = new_vacancy(positions=1).json['id']
        as_role('consultant').post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'})
        people = [someone() for _ in clients]
        answers = raced([lambda c=c, one=one: offered(c, world, one, 24, vacancyId=vacancy) for c, one in zip(clients, people)])
        assert sorted(a.status for a in answers) == [201] + [409] * 7, [a.text for a in answers]
        assert as_role('consultant').get(f'/vacancies/{vacancy}').json['positionsTaken'] == 1
        as_role('consultant').post(f'/vacancies/{vacancy}/endings', {'how': 'close'})


def test_race_for_the_second_seat_of_somebody(as_role, clients, world, someone, at_work):
    """Somebody who can work 36 hours works 16; eight offer 20 more in the same moment."""
    for _ in range(ROUNDS):
        one = someone(36)
        at_work(one, hours=16)
        answers = raced([lambda c=c: offered(c, world, one, 20) for c in clients])
        assert sorted(a.status for a in answers) == [201] + [409] * 7, [a.text for a in answers]
        assert {a.problem for a in answers if a.status == 409} == {'hours'}
        assert sum(p['hours'] for p in as_role('consultant').get(f'/placements?candidateId={one}').json['items']) == 36


def test_race_of_full_placements_that_overlap(as_role, clients, world, someone):
    for _ in range(ROUNDS):
        one = someone(48)
        answers = raced([lambda c=c, n=n: offered(c, world, one, 32, startsOn=f'2031-01-{n + 1:02}') for n, c in enumerate(clients)])
        assert sorted(a.status for a in answers) == [201] + [409] * 7, [a.text for a in answers]
        assert {a.problem for a in answers if a.status == 409} <= {'hours', 'placements-overlap'}


def test_seen_builder_names_stand_beside_identifiers(as_role, region, cared):
    """A list of placements, instruments or wage values was a list of identifiers: the formal employer, the employer of an instrument, whose wage value it is and where, who spoke."""
    place, coach, _ = cared()
    lead, firm = as_role('team_lead'), as_role('team_lead').get('/organisations?kind=agency').json['items'][0]
    assert lead.patch(place, {'formalOrganisationId': firm['id']}, lead.get(place).headers['etag']).status == 200
    shown = lead.get(place).json
    listed, = [one for one in lead.get(f'/placements?candidateId={shown["candidateId"]}').json['items'] if one['id'] == shown['id']]
    names = {'candidateAlias', 'employerName', 'formalOrganisationName'}
    assert shown['formalOrganisationName'] == firm['name'] and {name: shown[name] for name in names} == {name: listed[name] for name in names}
    spoke = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine'}).json
    assert spoke['heldByName'] == coach.get('/user-profile').json['name'] == lead.get(f'{place}/contacts').json['items'][0]['heldByName']
    asked = lead.post('/instruments', {'placementId': shown['id'], 'kind': 'course_costs', 'fromDay': shown['startedOn'], 'amountCents': 10000})
    noted = lead.post('/wage-values', {'placementId': shown['id'], 'measuredOn': str(region.sql('select clock.today()')[0][0]), 'percentage': 60, 'method': 'Uniforme methodiek'})
    for made in (asked, noted):
        assert made.status == 201 and (made.json['candidateAlias'], made.json['employerName']) == (shown['candidateAlias'], shown['employerName']), made.text
        other = [one for one in lead.get(f'{made.headers["location"].rsplit("/", 1)[0]}?candidateId={shown["candidateId"]}').json['items'] if one['id'] == made.json['id']]
        assert [(one['candidateAlias'], one['employerName']) for one in other] == [(shown['candidateAlias'], shown['employerName'])]
    sheet = lead.post('/agreements', {'kind': 'quote', 'noun': 'employer', 'subjectId': shown['employerId'], 'gets': 'x', 'does': 'x', 'costs': 'x', 'fromDay': '2031-01-06', 'validUntil': '2031-02-03'}).json
    page = lead.post(f'/agreements/{sheet["id"]}/moves', {'event': 'offer'}).json['documentId']
    named = [lead.get(f'/documents/{page}').json, *(one for path in ('agreements', 'documents') for one in lead.get(f'/{path}?employerId={shown["employerId"]}').json['items'])]
    assert len(named) >= 3 and {one['employerName'] for one in named} == {shown['employerName']} and named[0]['subjectLabel'] == shown['employerName']
    assert all(one['userName'] == lead.get(f'/users/{one["userId"]}').json['name'] for one in lead.get('/hats?pageSize=3').json['items'])
    mandate = lead.get('/mandates?pageSize=1').json['items'][0]
    assert mandate['decidedByName'] == lead.get(f'/users/{mandate["decidedBy"]}').json['name']


def test_the_person_accepts_and_calls(as_role, person, someone, offer):
    """In the own file, and nowhere else."""
    user, client = person('candidate')
    own, foreign = offer(someone(userId=user)), offer()
    place = own.headers['location']
    assert [p['id'] for p in client().get('/placements').json['items']] == [own.json['id']]
    assert client().post(f'{place}/acceptances', {}).json['state'] == 'accepted'
    assert client().post(f'{place}/calls').status == 200
    assert client().post(f'{foreign.headers["location"]}/acceptances', {}).status == 404
    assert client().post(f'{place}/endings', {'reason': 'other'}).status == 403


# ------------------------------------------------------------------------------------------------ second thoughts

@pytest.fixture
def hired(as_role, proposed):
    """Somebody who works after a hire: (vacancy, proposal, address of the placement)."""
    def make(positions=1):
        vacancy, (proposal, *_) = proposed(positions=positions)
        assert as_role('employer').post(f'/proposals/{proposal}/answers', {'answer': 'hire'}).status == 200
        made, = as_role('consultant').get(f'/placements?vacancyId={vacancy}').json['items']
        assert as_role('consultant').post(f'/placements/{made["id"]}/starts', {}).status == 200
        return vacancy, proposal, f'/placements/{made["id"]}'
    return make


def converted(client, place, kind='temp'):
    return f'/placements/{client.post(f"{place}/conversions", {"kind": kind}).json["convertedToId"]}'


def test_seen_practitioner_what_goes_on_as_another_kind_keeps_its_position(as_role, hired):
    vacancy, _, place = hired()
    converted(as_role('consultant'), place)
    shown = as_role('consultant').get(f'/vacancies/{vacancy}').json
    assert (shown['state'], shown['positionsTaken']) == ('filled', 1)


def test_seen_practitioner_a_conversion_that_is_undone_leaves_nobody_without_work(as_role, region, hired):
    consultant, (vacancy, _, place) = as_role('consultant'), hired()
    first = converted(consultant, place)
    second = converted(consultant, first, 'regular')
    assert consultant.post(f'{first}/undoings', {'reason': 'entered_by_mistake'}).status == 200
    assert [state(consultant, p) for p in (place, first, second)] == ['started', 'undone', 'undone']
    shown = consultant.get(place).json
    assert not {'endedOn', 'endReason', 'endPhase', 'convertedToId'} & set(shown)
    assert consultant.get(f'/vacancies/{vacancy}').json['positionsTaken'] == 1
    assert consultant.get(f'/candidates/{shown["candidateId"]}').json['status'] == 'placed'
    assert region.sql("select count(*) > 0 from app.task where subject_id = %s and kind = 'follow_up' and state = 'open'", (shown['id'],)) == [(True,)]
    assert consultant.post(f'{place}/endings', {'reason': 'end_of_term'}).json['state'] == 'ended'      # as any other one


def test_seen_practitioner_a_hire_is_undone_with_what_it_went_on_as(as_role, hired):
    consultant, (vacancy, proposal, place) = as_role('consultant'), hired()
    next_one = converted(consultant, place)
    assert consultant.post(f'/proposals/{proposal}/hire-reversals', {'reason': 'wrong_candidate'}).status == 200
    assert (state(consultant, place), state(consultant, next_one)) == ('undone', 'undone')
    shown = consultant.get(f'/vacancies/{vacancy}').json
    assert (shown['positionsTaken'], shown['state'] in ('open', 'shortlisted')) == (0, True)
    assert consultant.get(f'/candidates/{consultant.get(place).json["candidateId"]}').json['status'] == 'active'


def test_seen_practitioner_a_first_day_that_was_mistyped_is_corrected(as_role, region, someone, offer):
    consultant, made = as_role('consultant'), offer()
    place = made.headers['location']
    consultant.post(f'{place}/acceptances', {})
    assert consultant.post(f'{place}/starts', {'day': '2006-11-02'}).json['startedOn'] == '2006-11-02'
    assert consultant.post(f'{place}/starts', {}).problem == 'state'
    assert as_role('employer').post(f'{place}/starts', {'day': '2026-11-02'}).status in (403, 409)
    assert consultant.post(f'{place}/starts', {'day': '2099-01-01'}).status == 400
    today = str(region.sql('select clock.today()')[0][0])
    assert consultant.post(f'{place}/starts', {'day': today}).json['startedOn'] == today
    asked = region.sql("select count(*) from app.task where subject_id = %s and kind = 'follow_up' and cause like 'day%%' and state = 'open'", (made.json['id'],))
    assert asked == [(20,)]


def test_seen_practitioner_who_did_not_come_on_the_first_day_is_returned_by_the_employer(as_role, proposed):
    consultant, employer = as_role('consultant'), as_role('employer')
    vacancy, (first, second, *_) = proposed(positions=2)
    assert employer.post(f'/proposals/{first}/answers', {'answer': 'hire'}).status == 200
    away, = consultant.get(f'/placements?vacancyId={vacancy}').json['items']
    told = employer.post(f'/placements/{away["id"]}/returns', {'reason': 'did_not_come', 'replacement': True})
    assert (told.json['state'], told.json['returnReason'], told.json['endPhase']) == ('withdrawn', 'did_not_come', 'before_start'), told.text
    assert consultant.get(f'/vacancies/{vacancy}').json['positionsTaken'] == 0
    assert consultant.get(f'/candidates/{away["candidateId"]}').json['status'] == 'active'
    assert employer.post(f'/proposals/{second}/answers', {'answer': 'hire'}).status == 200
    comes = next(p for p in consultant.get(f'/placements?vacancyId={vacancy}').json['items'] if p['state'] == 'accepted')
    assert comes['replacementForId'] == away['id']


def test_seen_attacker_a_placement_takes_no_position_of_another_employer(as_role, offer, employer, new_vacancy, world):
    vacancy = new_vacancy().json['id']
    refused = offer(vacancyId=vacancy, employerId=employer.json['id'])
    assert (refused.status, refused.json['errors'][0]['pointer']) == (400, '/employerId')
    assert as_role('consultant').get(f'/vacancies/{vacancy}').json['positionsTaken'] == 0
    assert as_role('consultant').post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
    lent = offer(vacancyId=vacancy, employerId=employer.json['id'], kind='secondment', formalEmployerId=world['employer'])
    assert lent.status == 201, lent.text


def test_seen_attacker_whoever_died_had_one_placement_and_an_offer_for_another(as_role, region, someone, employer):
    """One ends and the other falls through: the log knew one event of the two, and refused the death with a conflict that named nothing."""
    one, consultant, states = someone(), as_role('consultant'), ('started', 'accepted', 'offered')
    made = []
    for steps in (('acceptances', 'starts'), ('acceptances',), ()):
        answer = consultant.post('/placements', {'candidateId': one, 'kind': 'regular', 'origin': 'self_found', 'employerId': employer.json['id'], 'hours': 4, 'contract': 'fixed_term'})
        assert answer.status == 201, answer.text
        made.append(answer.json['id'])
        assert all(consultant.post(f'/placements/{made[-1]}/{step}', {}).status == 200 for step in steps)
    assert [consultant.get(f'/placements/{place}').json['state'] for place in made] == list(states)
    died = as_role('team_lead').post(f'/candidates/{one}/deaths', {'diedOn': '2026-11-02'})
    assert died.status == 200, died.text
    shown = [consultant.get(f'/placements/{place}').json for place in made]
    assert [(p['state'], p['endReason']) for p in shown] == [('ended', 'died'), ('withdrawn', 'died'), ('withdrawn', 'died')]
    last = "select event from app.transition where subject_id = %s order by seq desc limit 1"
    assert [region.sql(last, (place,)) for place in made] == [[('end',)], [('withdraw',)], [('withdraw',)]]


# -------------------------------------------------------------------------------------- an end that was noted wrong

def correct(client, place, **what):
    return client.post(f'{place}/end-corrections', {'correction': 'heard_later', **what})


def day_of(region, n):
    return region.sql('select (clock.today() + %s)::text', (n,))[0][0]


def test_seen_practitioner_the_end_of_a_placement_is_corrected_by_a_team_lead_after_the_term(as_role, region, at_work, someone, later):
    """After fourteen days nobody could correct a wrong last day: retention counted it for ever."""
    lead, consultant, one = as_role('team_lead'), as_role('consultant'), someone()
    place = at_work(one)
    instrument = lead.post('/instruments', {'placementId': place.rsplit('/', 1)[1], 'kind': 'job_coach', 'fromDay': day_of(region, 0), 'untilDay': day_of(region, 300), 'amountCents': 1000}).json
    assert lead.post(f'/instruments/{instrument["id"]}/grants').status in (200, 409)
    with later(60):
        assert correct(lead, place, day=day_of(region, -1)).problem == 'state', 'it goes on'
        assert consultant.post(f'{place}/endings', {'reason': 'functioning'}).json['endPhase'] == 'first_quarter'
    granted = lead.get(f'/instruments/{instrument["id"]}').json['state'] == 'ended'
    with later(100):
        first = day_of(region, -85)
        for who in ('consultant', 'case_manager', 'coach', 'employer'):
            assert correct(as_role(who), place, day=first).status == 403
        assert [correct(lead, place, **b).status for b in ({}, {'day': day_of(region, 1)}, {'day': day_of(region, -101)}, {'reason': 'converted'})] == [400] * 4
        fixed = correct(lead, place, day=first, reason='health')
        assert fixed.status == 200, fixed.text
        fixed = fixed.json
        assert [fixed[k] for k in ('state', 'endedOn', 'endReason', 'endPhase', 'endCorrection')] == ['ended', first, 'health', 'first_month', 'heard_later']
        assert fixed['endCorrectedAt'] and fixed['endCorrectedById'] == lead.get('/user-profile').json['id']
        if granted:
            assert lead.get(f'/instruments/{instrument["id"]}').json['endedOn'] == first
        for same, pointer in (({'day': first}, '/day'), ({'reason': 'health'}, '/reason'), ({'day': first, 'reason': 'health'}, '/day')):      # it says so already
            assert correct(lead, place, **same).json['errors'][0]['pointer'] == pointer
        assert correct(lead, place, reason='other', correction='wrong_reason').json['endReason'] == 'other'
        assert as_role('consultant').get(place).json['endedOn'] == first


def test_a_later_end_is_refused_when_the_person_worked_elsewhere(as_role, region, at_work, someone, later):
    lead, consultant, one = as_role('team_lead'), as_role('consultant'), someone()
    place = at_work(one)
    with later(10):
        assert consultant.post(f'{place}/endings', {'reason': 'other'}).status == 200
        at_work(one)
    with later(30):
        assert correct(lead, place, day=day_of(region, -5)).status == 409
        assert correct(lead, place, day=day_of(region, -25)).json['endedOn'] == day_of(region, -25)


def test_an_end_that_follows_from_something_else_is_not_corrected(as_role, at_work):
    lead = as_role('team_lead')
    converted, returned = at_work(), at_work()
    assert lead.post(f'{converted}/conversions', {'kind': 'temp'}).status == 200
    assert lead.post(f'{returned}/returns', {'reason': 'conduct'}).status == 200
    assert correct(lead, converted, reason='other').problem == correct(lead, returned, reason='other').problem == 'end-follows'
