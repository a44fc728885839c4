# SPDX-License-Identifier: EUPL-1.2
"""Vacancies: reported, screened, opened, ended."""

import pytest

from region import day, until

MIDDLE = day(40)      # some of the demo region are needed before, and some after


def test_five_candidates_when_the_employer_does_not_say(new_vacancy):
    assert new_vacancy(candidatesWanted=None).json['candidatesWanted'] == 5


def test_a_vacancy_is_reported_and_read_with_its_parts(as_role, new_vacancy, world):
    made = new_vacancy(conditions=[{'condition': 'dutch_a2', 'hard': True}], internalNote=None)
    assert made.status == 201 and made.json['state'] == 'reported' and made.json['source'] == 'employer'
    read = as_role('employer').get(made.headers['location']).json
    assert read['conditions'] == [{'condition': 'dutch_a2', 'hard': True}]
    assert {c['competenceId'] for c in read['competences']} == set(world['competences'][:2])
    assert read['positionsTaken'] == 0


def test_an_employer_reports_for_himself_only(as_role, new_vacancy, world):
    other = next(e['id'] for e in as_role('consultant').get('/employers').json['items'] if e['id'] != world['employer'])
    assert new_vacancy(employerId=other).status == 403


def test_a_firm_reports_and_sees_its_own(as_role, new_vacancy):
    firm = as_role('firm')
    made = new_vacancy(client=firm)
    assert made.status == 201 and made.json['source'] == 'firm'
    assert firm.get(made.headers['location']).status == 200
    assert as_role('agency').get(made.headers['location']).status == 404


@pytest.mark.parametrize('role,source', [
    ('employer', 'employer'), ('firm', 'firm'), ('agency', 'agency'), ('hub', 'hub'), ('account_manager', 'account_manager'),
    ('consultant', 'account_manager')])
def test_the_source_of_a_vacancy_is_who_reports_it(as_role, new_vacancy, role, source):
    assert new_vacancy(client=as_role(role)).json['source'] == source


def test_what_is_named_twice_is_told_where(new_vacancy, world):
    competence = {'competenceId': world['competences'][0], 'need': 'must'}
    answer = new_vacancy(competences=[competence, {**competence, 'need': 'nice'}], shifts=['day', 'night', 'day'])
    assert {(f['pointer'], f['code']) for f in answer.json['errors']} == {('/competences/1', 'repeated'), ('/shifts/2', 'repeated')}


def test_all_faults_come_together(new_vacancy):
    answer = new_vacancy(hoursMin=40, hoursMax=20, startDate='2027-02-01', neededBy='2027-01-01')
    assert {(f['pointer'], f['code']) for f in answer.json['errors']} == {('/hoursMin', 'order'), ('/startDate', 'order')}


def test_what_is_not_there_is_named(new_vacancy):
    answer = new_vacancy(occupationId='01920000-0000-7000-8000-00000000dead')
    assert answer.status == 400 and answer.json['errors'][0] == {
        'place': 'body', 'pointer': '/occupationId', 'code': 'reference', 'detail': 'Verwijst naar iets dat er niet is'}
    assert new_vacancy(pc4='9999').json['errors'][0]['pointer'] == '/pc4'


def test_a_change_replaces_lists_and_makes_a_new_input(as_role, new_vacancy):
    made = new_vacancy(conditions=[{'condition': 'dutch_a2', 'hard': True}])
    changed = as_role('consultant').patch(made.headers['location'], {'conditions': [], 'hoursMin': 8},
                                          made.headers['etag'])
    assert changed.status == 200 and 'conditions' not in changed.json and changed.json['matchVersion'] == 2
    titled = as_role('consultant').patch(made.headers['location'], {'title': 'Anders'}, changed.headers['etag'])
    assert titled.json['matchVersion'] == 2


def test_a_stale_change_replaces_nothing(as_role, new_vacancy):
    made = new_vacancy(conditions=[{'condition': 'dutch_a2', 'hard': True}])
    as_role('consultant').patch(made.headers['location'], {'title': 'Nieuw'}, made.headers['etag'])
    stale = as_role('consultant').patch(made.headers['location'], {'conditions': []}, made.headers['etag'])
    assert stale.status == 412
    assert as_role('consultant').get(made.headers['location']).json['conditions']


def test_an_ended_vacancy_is_over(as_role, new_vacancy):
    made = new_vacancy()
    place = made.headers['location']
    ended = as_role('employer').post(f'{place}/endings', {'how': 'withdraw'})
    assert ended.status == 200 and ended.json['state'] == 'withdrawn'
    assert as_role('employer').post(f'{place}/endings', {'how': 'withdraw'}).problem == 'state'
    assert as_role('employer').post(f'{place}/endings', {'how': 'close'}).status in (403, 409)
    steps = as_role('employer').get(f'{place}/transitions').json['items']
    assert [(s['fromState'], s['event'], s['toState']) for s in steps] == [('reported', 'withdraw', 'withdrawn')]


@pytest.mark.parametrize('query,holds', [
    ('state=reported', lambda v: v['state'] == 'reported'),
    ('kind=temp', lambda v: v['kind'] == 'temp'),
    (f'neededByFrom={MIDDLE}', lambda v: v['neededBy'] >= MIDDLE),
    (f'neededByTo={MIDDLE}', lambda v: v['neededBy'] <= MIDDLE),
])
def test_filters(as_role, query, holds):
    items = as_role('consultant').get(f'/vacancies?{query}&pageSize=100').json['items']
    assert items and all(holds(v) for v in items)


def test_filters_by_employer_and_occupation(as_role, new_vacancy, world):
    new_vacancy()
    client = as_role('consultant')
    assert {v['employerId'] for v in client.get(f'/vacancies?employerId={world["employer"]}').json['items']} \
        == {world['employer']}
    assert {v['occupationId'] for v in client.get(f'/vacancies?occupationId={world["occupation"]}').json['items']} \
        == {world['occupation']}


@pytest.mark.parametrize('sort', ['reportedAt', '-reportedAt', 'changedAt', '-changedAt', 'title', '-title'])
def test_sorting_and_paging(as_role, sort):
    client, seen = as_role('consultant'), []
    following = f'/vacancies?sort={sort}&pageSize=7'
    for _ in range(6):
        page = client.get(following).json
        seen += page['items']
        following = page['_links'].get('next', {}).get('href')
        if not following:
            break
    values = [v[sort.strip('-')] for v in seen]
    assert values == sorted(values, reverse=sort.startswith('-'))
    assert len({v['id'] for v in seen}) == len(seen)


def test_an_internal_note_stays_inside(as_role, new_vacancy):
    made = as_role('consultant').get(new_vacancy(as_role('consultant'), internalNote='let op').headers['location'])
    assert made.json['internalNote'] == 'let op'
    shown = as_role('employer').get(f'/vacancies/{made.json["id"]}').json
    assert 'internalNote' not in shown and 'matchVersion' not in shown


@pytest.mark.parametrize('note', ['van mij', None])
def test_attack_02_an_employer_writes_no_internal_note(as_role, new_vacancy, note):
    assert new_vacancy(as_role('employer'), internalNote='van mij').status == 403
    consultant, employer = as_role('consultant'), as_role('employer')
    made = new_vacancy(consultant, internalNote='let op').headers['location']
    refused = employer.patch(made, {'internalNote': note}, employer.get(made).headers['etag'])
    assert refused.status == 403 and refused.json['errors'][0]['pointer'] == '/internalNote'
    assert consultant.get(made).json['internalNote'] == 'let op'


# --------------------------------------------------------------------------------------------- what states decide

def change(client, vacancy, **given):
    place = f'/vacancies/{vacancy}'
    return client.patch(place, given, client.get(place).headers['etag'])


def state_of(client, vacancy):
    shown = client.get(f'/vacancies/{vacancy}').json
    return shown['state'], shown['positions'], shown['positionsTaken']


def test_case_14_places_against_hires(as_role, proposed):
    """Positions three, two hired: one is fewer than hired; two fill the vacancy, and open proposals become obsolete."""
    employer, consultant = as_role('employer'), as_role('consultant')
    vacancy, proposals = proposed(positions=3, candidatesWanted=3)
    for one in proposals[:2]:
        assert employer.post(f'/proposals/{one}/answers', {'answer': 'hire'}).status == 200
    refused = change(employer, vacancy, positions=1)
    assert refused.problem == 'fewer-than-taken' and (refused.json['pointer'], refused.json['taken'], refused.json['given']) == ('/positions', 2, 1)
    assert state_of(employer, vacancy) == ('partly_filled', 3, 2)
    assert change(employer, vacancy, positions=2).json['state'] == 'filled'
    assert consultant.get(f'/proposals/{proposals[2]}').json['state'] == 'obsolete'
    assert consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [vacancy]}).problem == 'state'


def test_case_13_more_positions_reopen_a_filled_vacancy(as_role, proposed):
    """And people are matched and proposed for it again."""
    employer, consultant = as_role('employer'), as_role('consultant')
    vacancy, (one,) = proposed(positions=1, candidatesWanted=1)
    employer.post(f'/proposals/{one}/answers', {'answer': 'hire'})
    assert state_of(employer, vacancy) == ('filled', 1, 1)
    assert change(employer, vacancy, title='Anders').problem == 'state'
    assert change(employer, vacancy, positions=2).json['state'] == 'partly_filled'
    listed = consultant.wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: r.json['current']).json['items']
    free = next(i['candidateId'] for i in listed if i['openProposals'] == 0)
    again = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [free]})
    assert again.status == 201
    assert employer.post(f'/proposals/{again.json["proposals"][0]["id"]}/answers', {'answer': 'hire'}).status == 200
    assert state_of(employer, vacancy) == ('filled', 2, 2)


def test_case_14_no_fewer_candidates_than_are_with_the_employer(as_role, proposed):
    vacancy, _ = proposed(candidatesWanted=3)
    refused = change(as_role('employer'), vacancy, candidatesWanted=2)
    assert refused.problem == 'fewer-than-taken' and refused.json['pointer'] == '/candidatesWanted' and refused.json['taken'] == 3
    assert change(as_role('employer'), vacancy, candidatesWanted=4).status == 200


def test_case_15_open_after_its_date(as_role, region, shortlisted, later):
    """It is over the day after, whether the sweep has come or not; then it expires with its open proposals."""
    employer, consultant = as_role('employer'), as_role('consultant')
    vacancy, listed = shortlisted(candidatesWanted=2, neededBy=day(1))
    one, two = [i['candidateId'] for i in listed['items'] if i['openProposals'] == 0][:2]
    made = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [one], 'shortfallReason': 'phased'}).json
    proposal = made['proposals'][0]['id']
    region.pause('expire')
    with later(3):
        for call in (lambda: consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [two], 'shortfallReason': 'phased'}),
                     lambda: employer.post(f'/proposals/{proposal}/answers', {'answer': 'hire'}),
                     lambda: change(employer, vacancy, neededBy=day(99)),
                     lambda: consultant.post(f'/vacancies/{vacancy}/endings', {'how': 'close'})):
            refused = call()
            assert refused.problem == 'state' and refused.json['currentState'] == 'expired'
        region.resume('expire')
        until(lambda: state_of(employer, vacancy)[0] == 'expired')
    shown = employer.get(f'/proposals/{proposal}').json
    assert shown['state'] == 'expired' and 'card' not in shown
    steps = consultant.get(f'/vacancies/{vacancy}/transitions').json['items']
    assert ('expire', 'expired', 'system') in {(s['event'], s['toState'], s['role']) for s in steps}
    assert vacancy not in {v['id'] for v in as_role('firm').get('/vacancies?state=shortlisted&pageSize=100').json['items']}


def test_case_15_a_day_that_has_passed_is_refused(as_role, new_vacancy):
    for past in ('2020-01-01', day(-1)):
        refused = new_vacancy(neededBy=past)
        assert refused.status == 400 and [(f['pointer'], f['code']) for f in refused.json['errors']] == [('/neededBy', 'range')]
    made = new_vacancy(neededBy=day(0))
    assert made.status == 201
    refused = change(as_role('employer'), made.json['id'], neededBy='2020-01-01')
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/neededBy'


@pytest.mark.parametrize('given', [{'kind': 'temp'}, {'occupationId': None}, {'pc4': '5038'}, {'positions': 3},
                                   {'conditions': [{'condition': 'dutch_a1', 'hard': True}]}],
                         ids=['kind', 'occupation', 'place of work', 'places', 'conditions'])
def test_attack_14_what_the_verdict_was_about_changes(as_role, world, proposed, given):
    """Nobody is proposed or hired for it before a new verdict; what was sent stays, and can be rejected."""
    employer, consultant = as_role('employer'), as_role('consultant')
    if 'occupationId' in given:
        given = {'occupationId': next(o['id'] for o in consultant.get('/occupations?pageSize=50').json['items'] if o['id'] != world['occupation'])}
    vacancy, (one, two) = proposed(candidatesWanted=2)
    assert change(employer, vacancy, **given).json['state'] == 'screening'
    refused = employer.post(f'/proposals/{one}/answers', {'answer': 'hire'})
    assert refused.problem == 'state' and refused.json['currentState'] == 'screening'
    advice = consultant.wait_for(f'/vacancies/{vacancy}/screening-advice', lambda r: 'supply' in r.json)
    assert advice.json['supply']['active'] > 0                          # whoever gives the new verdict sees what the rules say
    assert employer.post(f'/proposals/{one}/answers', {'answer': 'reject', 'reason': 'other'}).status == 200
    assert consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [vacancy]}).json['currentState'] == 'screening'
    assert consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
    assert employer.post(f'/proposals/{two}/answers', {'answer': 'hire'}).status == 200


def test_attack_14_a_new_verdict_keeps_hires(as_role, proposed):
    """Somebody is hired already: the vacancy is partly filled again; and with a verdict that it is unsuitable, nobody is with the employer."""
    employer, consultant = as_role('employer'), as_role('consultant')
    vacancy, (hired, other) = proposed(candidatesWanted=2, positions=2)
    employer.post(f'/proposals/{hired}/answers', {'answer': 'hire'})
    assert change(employer, vacancy, kind='temp').json['state'] == 'screening'
    consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'})
    assert state_of(employer, vacancy) == ('partly_filled', 2, 1)
    assert change(employer, vacancy, kind='event').json['state'] == 'screening'
    consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'unsuitable', 'reason': 'past niet'})
    assert state_of(employer, vacancy) == ('unsuitable', 2, 1)
    assert consultant.get(f'/proposals/{other}').json['state'] == 'obsolete'
    assert change(employer, vacancy, kind='regular').json['state'] == 'screening'


def test_attack_14_a_closed_vacancy_accepts_no_change(as_role, new_vacancy):
    consultant = as_role('consultant')
    vacancy = new_vacancy().json['id']
    consultant.post(f'/vacancies/{vacancy}/endings', {'how': 'withdraw'})
    for given in ({'title': 'Anders'}, {'internalNote': 'Anders'}, {'positions': 9}, {'conditions': [{'condition': 'dutch_a1', 'hard': True}]}):
        refused = change(consultant, vacancy, **given)
        assert refused.problem == 'state' and (refused.json['currentState'], refused.json['allowed']) == ('withdrawn', [])


def test_b1_the_work_list_costs_one_call(as_role, new_vacancy, world, region, statements):
    """Twenty vacancies, with the employer, the occupation, the advice, the moment and the places that are taken: one call, and one statement
    after the context. It was 61 calls."""
    for _ in range(9):
        new_vacancy()
    consultant = as_role('consultant')
    consultant.wait_for('/vacancies?state=reported&pageSize=3', lambda r: all('advice' in v for v in r.json['items']))
    page, sent = statements(lambda: consultant.get('/vacancies?state=reported,screening&pageSize=20'))
    assert page.status == 200 and len(page.json['items']) == 20 and sent == ['vacancy_list']
    employers = {e['id']: e['name'] for e in region_rows(region, 'app.employer', 'name')}
    for item in page.json['items']:
        assert item['employerName'] == employers[item['employerId']] and item['occupationLabel'] and 0 <= item['positionsTaken'] <= item['positions']
        assert item['advice'] in ('suitable', 'suitable_with_adjustment', 'unsuitable') and item['dueAt'] > item['reportedAt']
    one = next(v for v in page.json['items'] if v['occupationId'] == world['occupation'])
    assert one['occupationLabel'] == 'magazijnmedewerker'
    assert consultant.get(f'/vacancies/{one["id"]}/screening-advice').json['advice'] == one['advice']
    english = consultant.get('/vacancies?state=reported&pageSize=20&fields=occupationLabel', **{'Accept-Language': 'en'}).json['items']
    assert 'warehouse worker' in {v['occupationLabel'] for v in english} and 'employerName' not in english[0]


def region_rows(region, table, column):
    return [{'id': str(row[0]), column: row[1]} for row in region.sql(f'select id, {column} from {table}')]


def test_b1_names_are_for_those_who_may_know_them(as_role, new_vacancy, world):
    made = new_vacancy(as_role('consultant'), assigneeId=world['consultant']).json
    shown = {role: next(v for v in as_role(role).get(f'/vacancies?employerId={world["employer"]}&pageSize=100').json['items'] if v['id'] == made['id'])
             for role in ('consultant', 'employer', 'coach')}
    assert shown['consultant']['assigneeName'] and shown['coach']['assigneeName'] and 'assigneeName' not in shown['employer']
    assert shown['employer']['employerName'] and 'advice' not in shown['employer'] and 'advice' not in shown['coach']
    for item in as_role('firm').get('/vacancies?state=open,shortlisted').json['items']:
        assert 'employerName' not in item and item['occupationLabel']
    assert as_role('firm').get('/vacancies?fields=employerName').status == 400
    assert as_role('employer').get(f'/vacancies?assigneeId={world["consultant"]}').status == 400


def test_b8_mine_and_the_rest(as_role, new_vacancy, world):
    mine = new_vacancy(as_role('consultant'), assigneeId=world['consultant']).json['id']
    other = new_vacancy(as_role('consultant')).json['id']
    client = as_role('consultant')
    own = {v['id'] for v in client.get('/vacancies?assignedToMe=true&pageSize=100').json['items']}
    rest = {v['id'] for v in client.get('/vacancies?assignedToMe=false&pageSize=100').json['items']}
    assert mine in own and other in rest and not own & rest
    assert mine not in {v['id'] for v in as_role('team_lead').get('/vacancies?assignedToMe=true').json['items']}
    refused = new_vacancy(as_role('consultant'), assigneeId=as_role('case_manager').get('/user-profile').json['id'])
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/assigneeId'


def test_seen_builder_one_vacancy_is_one_call(as_role, new_vacancy, world, statements):
    """The page of a vacancy asked for the employer, the occupation, the colleague and each competence."""
    made = new_vacancy(as_role('consultant'), assigneeId=world['consultant'], conditions=[{'condition': 'dutch_a2', 'hard': True}])
    consultant, place = as_role('consultant'), made.headers['location']
    named = f'{place}?names=true'
    consultant.wait_for(named, lambda r: 'advice' in r.json)
    read, sent = statements(lambda: consultant.get(named))
    assert sent == ['vacancy_get_named']
    plain, sent = statements(lambda: consultant.get(place))
    assert sent == ['vacancy_get'] and not {'employerName', 'occupationLabel', 'advice'} & set(plain.json), 'names cost, so they are asked for'
    listed = next(v for v in consultant.get('/vacancies?pageSize=100').json['items'] if v['id'] == made.json['id'])
    assert {name: read.json.get(name) for name in listed} == listed, 'what a list shows, one shows too'
    assert read.json['occupationLabel'] == 'magazijnmedewerker' and read.json['employerName'] and read.json['assigneeName']
    english = consultant.get(named, **{'Accept-Language': 'en'}).json
    for language, shown in (('nl', read.json), ('en', english)):
        for asked in shown['competences']:
            known = consultant.get(f'/competences/{asked["competenceId"]}', **{'Accept-Language': language}).json
            assert asked['label'] == known['label'], language
    assert [shown['conditions'][0]['label'] for shown in (read.json, english)] == ['Nederlands A2', 'Dutch A2']
    assert {'employerName', 'assigneeName', 'advice'} & set(as_role('coach').get(named).json) == {'employerName', 'assigneeName'}


def test_seen_builder_what_was_reported_is_what_is_read(as_role, new_vacancy):
    """The answer of the report had no competences and no conditions, and the answer of its repetition had them."""
    made = new_vacancy(as_role('employer'), conditions=[{'condition': 'dutch_a2', 'hard': True}])
    assert made.json == as_role('employer').get(made.headers['location']).json and len(made.json['competences']) == 2


def test_seen_builder_parts_that_were_read_can_be_sent_back(as_role, new_vacancy):
    made = new_vacancy(as_role('consultant'), conditions=[{'condition': 'dutch_a2', 'hard': True}])
    named = f'{made.headers["location"]}?names=true'
    parts = {name: as_role('consultant').get(named).json[name] for name in ('competences', 'conditions')}
    parts['conditions'][0]['label'] = 'whatever a client thinks of it'
    parts['competences'][0]['label'] = None
    changed = as_role('consultant').patch(made.headers['location'], {**parts, 'title': 'Anders'}, made.headers['etag'])
    assert changed.status == 200, changed.text
    read = as_role('consultant').get(named).json
    assert read['conditions'][0]['label'] == 'Nederlands A2' and all(c['label'] for c in read['competences'])


# --------------------------------------------------------------------------------------------------- what the field asks

MORE = {'neighbourhood': 'BU99010102', 'residenceNeighbourhood': 'BU99010103', 'handOverDate': '2032-06-30', 'offSeason': 'Een cursus in de winter.',
        'offSeasonMonths': ['december', 'january']}
DESK = {'firstLookUntil': '2031-11-30', 'source': 'word_of_mouth'}


def test_each_new_field_is_written_and_read(as_role, new_vacancy, world):
    consultant = as_role('consultant')
    first = new_vacancy().json['id']
    links = {'clientEmployerId': world['employer'], 'carvedFromId': first}
    made = new_vacancy(consultant, **MORE, **DESK, **links)
    assert made.status == 201, made.text
    assert {name: made.json[name] for name in (*MORE, *DESK, *links)} == {**MORE, **DESK, **links}
    assert consultant.get(made.headers['location']).json == made.json
    changed = consultant.patch(made.headers['location'], {'source': 'own_find', 'offSeasonMonths': ['march'], 'carvedFromId': None, 'clientEmployerId': None,
                                                          'clientOrganisationId': world['firm']}, made.headers['etag'])
    assert changed.status == 200 and changed.json['source'] == 'own_find' and changed.json['offSeasonMonths'] == ['march']
    assert 'carvedFromId' not in changed.json and changed.json['clientOrganisationId'] == world['firm']
    cleared = consultant.patch(made.headers['location'], {name: None for name in MORE if name != 'offSeasonMonths'} | {'offSeasonMonths': []}, changed.headers['etag'])
    assert cleared.status == 200 and not set(MORE) & set(cleared.json)
    found = consultant.get('/vacancies?source=own_find&pageSize=100').json['items']
    assert made.json['id'] in [v['id'] for v in found] and {v['source'] for v in found} == {'own_find'}


def test_vacancies_of_a_neighbourhood(as_role, new_vacancy):
    made = new_vacancy(**MORE).json['id']
    found = as_role('consultant').get('/vacancies?neighbourhood=BU99010102&pageSize=100').json['items']
    assert made in [v['id'] for v in found] and {v['neighbourhood'] for v in found} == {'BU99010102'}


def test_what_is_for_the_desk_is_not_for_the_employer(as_role, new_vacancy):
    made = new_vacancy(as_role('consultant'), **MORE, **DESK)
    seen = as_role('employer').get(made.headers['location']).json
    assert 'firstLookUntil' not in seen and seen['source'] == 'word_of_mouth' and set(MORE) <= set(seen)
    for name, value in {**DESK, 'carvedFromId': made.json['id']}.items():
        refused = new_vacancy(**{name: value})
        assert refused.status == 403 and refused.json['errors'][0]['pointer'] == f'/{name}'


@pytest.mark.parametrize('change,pointer', [
    ({'neighbourhood': 'BU00000000'}, '/neighbourhood'), ({'residenceNeighbourhood': 'Oost'}, '/residenceNeighbourhood'), ({'offSeasonMonths': ['spring']}, '/offSeasonMonths/0'),
    ({'offSeasonMonths': ['may', 'may']}, '/offSeasonMonths/1'), ({'offSeason': 'x' * 1001}, '/offSeason'), ({'handOverDate': '2032-02-31'}, '/handOverDate'),
    ({'firstLookUntil': 'morgen'}, '/firstLookUntil'), ({'source': 'dream'}, '/source'), ({'clientEmployerId': '01920000-0000-7000-8000-00000000dead'}, '/clientEmployerId'),
    ({'carvedFromId': '01920000-0000-7000-8000-00000000dead'}, '/carvedFromId')])
def test_values_of_the_new_fields_that_do_not_fit(as_role, new_vacancy, change, pointer):
    refused = new_vacancy(as_role('consultant'), **change)
    assert refused.status == 400 and [f['pointer'] for f in refused.json['errors']] == [pointer]


def test_a_vacancy_is_for_one_client_and_not_carved_from_itself(as_role, new_vacancy, world):
    consultant = as_role('consultant')
    both = new_vacancy(consultant, clientEmployerId=world['employer'], clientOrganisationId=world['firm'])
    assert both.status == 400 and both.json['errors'][0]['pointer'] == '/clientOrganisationId'
    made = new_vacancy(consultant)
    refused = consultant.patch(made.headers['location'], {'carvedFromId': made.json['id']}, made.headers['etag'])
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/carvedFromId'
