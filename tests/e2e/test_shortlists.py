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
        shown = as_role('consultant').get(f'/candidates/{item["candidateId"]}').json
        assert {name: item.get(name) for name in ('firstName', 'lastName', 'phone', 'caseManagerName')} \
            == {name: shown.get(name) for name in ('firstName', 'lastName', 'phone', 'caseManagerName')}
        assert item['phone']
