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
