# SPDX-License-Identifier: EUPL-1.2
"""The shortlist explains itself and follows what changes."""


def test_the_shortlist_explains_itself(shortlisted):
    _, listed = shortlisted(candidatesWanted=4)
    assert listed['asked'] == 4 and len(listed['items']) == min(14, listed['suitable'])
    assert listed['considered'] == listed['suitable'] + sum(listed['excluded'].values())
    scores = [i['score'] for i in listed['items']]
    assert scores == sorted(scores, reverse=True) and [i['rank'] for i in listed['items']] == list(range(1, len(scores) + 1))
    for item in listed['items']:
        assert sum(c['points'] for c in item['explanation']['contributions']) == item['score']
        assert {h['result'] for h in item['explanation']['hard']} <= {'yes', 'verify'}


def test_the_matched_vacancy_is_shortlisted(as_role, shortlisted):
    vacancy, _ = shortlisted()
    assert as_role('consultant').get(f'/vacancies/{vacancy}').json['state'] == 'shortlisted'
    steps = as_role('consultant').get(f'/vacancies/{vacancy}/transitions?sort=at').json['items']
    assert [s['event'] for s in steps] == ['approve', 'shortlist'] and steps[-1]['role'] == 'system'


def test_an_unknown_condition_is_to_be_verified_never_a_reason_to_refuse(shortlisted, region):
    _, listed = shortlisted(conditions=[{'condition': 'heights', 'hard': True}], candidatesWanted=100)
    met = {row[0] for row in region.sql("select candidate_id::text from app.candidate_condition "
                                        "where condition = 'heights' and met")}
    failed = {row[0] for row in region.sql("select candidate_id::text from app.candidate_condition "
                                           "where condition = 'heights' and not met")}
    for item in listed['items']:
        assert item['candidateId'] not in failed
        assert item['explanation']['hard'][0]['result'] == ('yes' if item['candidateId'] in met else 'verify')


def test_a_change_makes_a_new_list(as_role, shortlisted):
    vacancy, first = shortlisted()
    client = as_role('consultant')
    etag = client.get(f'/vacancies/{vacancy}').headers['etag']
    assert client.patch(f'/vacancies/{vacancy}', {'candidatesWanted': 6}, etag).status == 200
    second = client.wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: r.json['asked'] == 6).json
    assert second['matchVersion'] > first['matchVersion'] and second['current']


def test_a_changed_candidate_touches_his_lists(as_role, shortlisted):
    vacancy, first = shortlisted()
    client, best = as_role('consultant'), first['items'][0]['candidateId']
    etag = client.get(f'/candidates/{best}').headers['etag']
    assert client.patch(f'/candidates/{best}', {'status': 'paused'}, etag).status == 200
    second = client.wait_for(f'/vacancies/{vacancy}/shortlist',
                             lambda r: best not in {i['candidateId'] for i in r.json['items']}).json
    assert best not in {i['candidateId'] for i in second['items']}


def test_a_competence_that_was_added_later_has_its_name(shortlisted, world, region):
    """The worker knew only the names of its first job, and explained later ones without."""
    shortlisted()
    region.sql("insert into ref.competence (id, uri, kind, label, label_search, taxonomy) select '0198c0de-0000-7000-8000-00000000c0de', "
               "'urn:later', 'skill', 'Later added', 'later added', taxonomy from ref.competence limit 1")
    asked = [{'competenceId': world['competences'][0], 'need': 'must'},
             {'competenceId': '0198c0de-0000-7000-8000-00000000c0de', 'need': 'nice'}]
    _, listed = shortlisted(competences=asked)
    assert listed['items']
    for item in listed['items']:
        assert 'Later added' in {c.get('label') for c in item['explanation']['contributions']}


def test_b6_not_yet_is_not_never(as_role, new_vacancy, region):
    """Of what does not exist there is no shortlist; of what is not open, or was opened just now, there is one without people."""
    client, made = as_role('consultant'), new_vacancy()
    place = f'/vacancies/{made.json["id"]}/shortlist'
    reported = client.get(place)
    assert (reported.status, reported.json['status'], reported.json['items']) == (200, 'not_open', [])
    assert 'retry-after' not in reported.headers and client.get(place, **{'If-None-Match': reported.headers['etag']}).status == 304
    assert client.get('/vacancies/01920000-0000-7000-8000-00000000dead/shortlist').status == 404
    pause = "update queue.tenant_setting set paused_until = clock.now() + interval '1 minute' where tenant = 1"
    region.sql("insert into queue.tenant_setting (tenant) values (1) on conflict do nothing; " + pause)
    try:
        assert client.post(f'/vacancies/{made.json["id"]}/screenings', {'verdict': 'suitable'}).status == 201
        assert client.get(place).json['status'] == 'paused'
    finally:
        region.sql('update queue.tenant_setting set paused_until = null where tenant = 1')
    waiting = client.get(place)
    assert waiting.json['status'] == 'ready' or (waiting.json['status'], waiting.headers['retry-after']) == ('pending', '1')
    assert 'etag' in waiting.headers
    assert client.wait_for(place).json['status'] == 'ready'
    changed = client.patch(f'/vacancies/{made.json["id"]}', {'candidatesWanted': 4}, '*')
    assert changed.status == 200 and client.wait_for(place).json['asked'] == 4


def test_b7_a_shortlist_says_whom_to_call(as_role, shortlisted):
    _, listed = shortlisted()
    for item in listed['items'][:5]:
        shown = as_role('consultant').get(f'/candidates/{item["candidateId"]}?names=true').json
        assert {name: item.get(name) for name in ('firstName', 'lastName', 'phone', 'caseManagerName')} \
            == {name: shown.get(name) for name in ('firstName', 'lastName', 'phone', 'caseManagerName')}
        assert item['phone']


def person(as_role, world, **more):
    """Somebody next door who can do all that the vacancies of these tests ask: near the top of every list, unless something speaks against."""
    made = as_role('team_lead').post('/candidates', {
        'alias': 'Kandidaat Top', 'pc4': '5012', 'hoursMin': 12, 'hoursMax': 36, 'shifts': ['day'],
        'competences': [{'competenceId': c, 'level': 3} for c in world['competences']],
        'occupations': [{'occupationId': world['occupation'], 'wanted': True, 'years': 3}], **more})
    assert made.status == 201, made.text
    return made.json['id']


def points(item):
    return {c['code']: c['points'] for c in item['explanation']['contributions'] if c['code'] not in ('must', 'nice')}


def test_case_18_what_somebody_did_is_experience_and_no_wish(as_role, shortlisted, world):
    done = person(as_role, world, occupations=[{'occupationId': world['occupation'], 'wanted': False, 'years': 6}])
    again, both = person(as_role, world), ('occupation', 'wish')
    _, listed = shortlisted(candidatesWanted=100)
    items = {item['candidateId']: item for item in listed['items']}
    assert {code: points(items[done])[code] for code in both} == {'occupation': 1000, 'wish': 0}
    assert {code: points(items[again])[code] for code in both} == {'occupation': 1000, 'wish': 500}
    assert items[again]['score'] - items[done]['score'] == 500 and items[done]['score'] < 10000


def test_seen_beside_who_comes_in_2199_is_not_there_now(as_role, shortlisted, world):
    """A vacancy without a date is for now, and so is one whose first day has come."""
    later, now = person(as_role, world, availableFrom='2199-01-01'), person(as_role, world, availableFrom='2020-01-01')
    for dates in ({}, {'startDate': '2020-01-01'}):
        _, listed = shortlisted(candidatesWanted=100, **dates)
        found = {item['candidateId'] for item in listed['items']}
        assert now in found and later not in found and listed['excluded']['availability'] > 0


def test_seen_beside_hours_that_are_worked_are_taken_off(as_role, shortlisted, world):
    free, half, full = (person(as_role, world, hoursWorked=hours) for hours in (0, 20, 36))
    _, listed = shortlisted(candidatesWanted=100, hoursMin=16, hoursMax=24)
    items = {item['candidateId']: item for item in listed['items']}
    assert full not in items and points(items[free])['hours'] == 500 and points(items[half])['hours'] == 500 * 1 // 5
    assert next(c for c in items[half]['explanation']['contributions'] if c['code'] == 'hours')['value'] == 16


def test_seen_beside_a_condition_that_both_ask_counts_once(as_role, employer, shortlisted, world):
    """Hard when one of them says so."""
    manager, place = as_role('account_manager'), f'{employer.headers["location"]}/conditions'
    for condition, hard in (('vca', True), ('heights', False), ('outdoor_work', True)):
        assert manager.post(place, {'condition': condition, 'hard': hard}).status == 201
    client = as_role('consultant')
    asked = [{'condition': 'vca', 'hard': True}, {'condition': 'outdoor_work', 'hard': False}]
    body = {'employerId': employer.json['id'], 'title': 'Dakdekker', 'kind': 'regular', 'occupationId': world['occupation'], 'hoursMin': 12,
            'hoursMax': 36, 'pc4': '5012', 'positions': 1, 'candidatesWanted': 20, 'conditions': asked,
            'competences': [{'competenceId': c, 'need': 'must'} for c in world['competences'][:2]]}
    vacancy = client.post('/vacancies', body).json['id']
    rules = {r['code']: r['number'] for r in client.get(f'/vacancies/{vacancy}/screening-advice').json['rules']}
    assert rules['hard_conditions'] == 2 and rules['hard_certificates'] == 1
    own = client.post('/vacancies', {**body, 'conditions': []}).json['id']
    rules = {r['code']: r['number'] for r in client.get(f'/vacancies/{own}/screening-advice').json['rules']}
    assert rules['hard_conditions'] == 2 and rules['hard_certificates'] == 1      # the employer's own
    who = person(as_role, world, conditions=[{'condition': 'heights', 'met': False}])
    assert client.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
    listed = client.wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: r.status == 200 and r.json.get('current')).json
    item = next(i for i in listed['items'] if i['candidateId'] == who)
    assert sorted(h['condition'] for h in item['explanation']['hard']) == ['outdoor_work', 'vca']
    assert [m for m in item['explanation']['missing'] if m['code'] == 'condition'] == [{'code': 'condition', 'label': 'heights', 'points': 0}]


def test_the_list_says_in_words_what_a_consultant_needs(as_role, shortlisted, world):
    """Reasons, what to verify, what is lacking, in the language that was asked; without a call for each row."""
    asked = [{'competenceId': c, 'need': 'must'} for c in world['competences'][:2]]
    who = person(as_role, world, pc4='5013', competences=[{'competenceId': world['competences'][0], 'level': 3}],
                 occupations=[{'occupationId': world['occupation'], 'wanted': False, 'years': 6}],
                 conditions=[{'condition': 'heights', 'met': False}], maxDistanceKm=20)
    vacancy, _ = shortlisted(candidatesWanted=100, competences=asked, conditions=[
        {'condition': 'vca', 'hard': True}, {'condition': 'heights', 'hard': False}])

    def told(language):
        def get(path):
            return as_role('consultant').call('GET', path, headers={'Accept-Language': language}).json
        return (next(i for i in get(f'/vacancies/{vacancy}/shortlist')['items'] if i['candidateId'] == who),
                *(get(f'/competences/{c}')['label'] for c in world['competences'][:2]), get(f'/occupations/{world["occupation"]}')['label'])
    item, first, second, work = told('nl')
    assert f'Heeft 1 van de 2 gevraagde competenties: {first}' in item['reasons'] and f'Ervaring: {work}, 6 jaar' in item['reasons']
    assert any('km' in reason or 'kilometer' in reason for reason in item['reasons']) and 'Kan 36 van de hoogstens 36 gevraagde uren werken' in item['reasons']
    assert item['verify'] == ['VCA-certificaat'] and item['elsewhere'] == []
    assert item['lacks'] == [second, 'Wil en kan op hoogte werken', f'Deed dit werk of werk dat erop lijkt, en zoekt het niet: {work}']
    item, first, second, work = told('en')
    assert f'Has 1 of 2 competences that are asked: {first}' in item['reasons'] and f'Experience: {work}, 6 year(s)' in item['reasons']
    assert item['verify'] == ['VCA safety certificate'] and 'Will and can work at heights' in item['lacks']
    assert {c['code']: c.get('label') for c in item['explanation']['contributions']}['occupation'] == work
    assert sum(c['points'] for c in item['explanation']['contributions']) == item['score']
    assert not [word for word in ('None', 'null', '%s') if any(word in text for text in item['reasons'] + item['lacks'])]


def test_the_list_says_who_is_proposed_elsewhere_and_by_whom(as_role, shortlisted, new_vacancy, world):
    who = person(as_role, world)
    client = as_role('consultant')
    first, listed = shortlisted(candidatesWanted=100, title='Eerste plek')
    made = client.post(f'/vacancies/{first}/proposal-rounds', {'candidateIds': [who], 'shortfallReason': 'phased'})
    assert made.status == 201, made.text
    second, listed = shortlisted(candidatesWanted=100)
    item = next(i for i in listed['items'] if i['candidateId'] == who)
    proposal = made.json['proposals'][0]['id']
    sent = client.get(f'/proposals/{proposal}').json
    assert item['elsewhere'] == [{
        'proposalId': proposal, 'vacancyId': first, 'vacancyTitle': 'Eerste plek', 'state': 'sent', 'since': sent['sentAt'],
        'employerName': client.get(f'/employers/{world["employer"]}').json['name'], 'byName': client.get('/user-profile').json['name']}]
    assert item['openProposals'] == 1


def test_who_becomes_available_is_listed_on_that_day(as_role, region, shortlisted, world, later):
    """Nobody touches the file on that day."""
    tomorrow, = region.sql('select (clock.today() + 1)::text')[0]
    who = person(as_role, world, availableFrom=tomorrow)
    vacancy, listed = shortlisted(candidatesWanted=100)
    assert who not in {item['candidateId'] for item in listed['items']}
    with later(1):
        found = as_role('consultant').wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: who in {i['candidateId'] for i in r.json['items']})
    assert who in {item['candidateId'] for item in found.json['items']}
