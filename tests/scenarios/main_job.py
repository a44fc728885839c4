# SPDX-License-Identifier: EUPL-1.2
"""The main job, live through HTTP: an employer reports a vacancy, it is screened and matched, a consultant proposes,
the employer chooses; and what the next shortlist looks like. Leaves the demo region as it found it."""
import time

from region import Client


class Transcript:
    def __init__(self, say):
        self.say, self.at = say, time.monotonic()

    def step(self, words, *lines):
        now = time.monotonic()
        self.say(f'{(now - self.at) * 1000:7.1f} ms  {words}')
        for line in lines:
            self.say(f'             {line}')
        self.at = time.monotonic()


def expect(response, status):
    if response.status != status:
        raise AssertionError(f'{response.status} instead of {status}: {response.text[:500]}')
    return response.json


def report(employer, wanted, **more):
    own = expect(employer.get('/user-profile'), 200)['organisationId']
    home = expect(employer.get(f'/employers/{own}'), 200)
    occupation = expect(employer.get('/occupations?labelPrefix=warehouse%20worker&pageSize=1'), 200)['items'][0]
    competences = expect(employer.get(f'/occupations/{occupation["id"]}'), 200)['competences']
    asked = [{'competenceId': c['competenceId'], 'need': 'must' if i < 2 else 'nice', 'level': 1, 'weight': 5 - min(i, 4)}
             for i, c in enumerate(competences[:5])]
    return occupation, expect(employer.post('/vacancies', {
        'employerId': own, 'title': 'Orderpicker in een koele hal', 'kind': 'regular', 'occupationId': occupation['id'],
        'competences': asked, 'conditions': [{'condition': 'dutch_a1', 'hard': True}],
        'hoursMin': 16, 'hoursMax': 36, 'pc4': home['pc4'], 'positions': 2, 'candidatesWanted': wanted, **more}), 201)


def name_points(item):
    best = sorted(item['explanation']['contributions'], key=lambda c: -c['points'])[:3]
    return ', '.join(f'{c.get("label") or c["code"]} {c["points"]}/{c["of"]}' for c in best)


def shortlist_of(consultant, vacancy, after=0):
    found = consultant.wait_for(f'/vacancies/{vacancy}/shortlist',
                                lambda r: r.status == 200 and r.json['status'] == 'ready' and r.json['matchVersion'] > after)
    return expect(found, 200)


def answer(employer, transcript, proposals):
    first, second = proposals[0]['id'], proposals[1]['id']
    expect(employer.post(f'/proposals/{first}/answers', {'answer': 'invite'}), 200)
    expect(employer.post(f'/proposals/{second}/answers',
                         {'answer': 'reject', 'reason': 'hours_do_not_fit', 'reasonShared': True}), 200)
    transcript.step('the employer answers: one invited, one rejected with a reason that may be shared')


def clean_up(employer, consultant, vacancy, proposals):
    for proposal in proposals:
        now = expect(consultant.get(f'/proposals/{proposal["id"]}'), 200)
        if now['state'] in ('sent', 'invited', 'drafted'):
            expect(consultant.post(f'/proposals/{proposal["id"]}/withdrawals'), 200)
    expect(consultant.post(f'/vacancies/{vacancy}/endings', {'how': 'close'}), 200)


def main_job(region, say, wanted=5):
    """Raises AssertionError when the job was not really done."""
    employer, consultant = Client(region, 'employer'), Client(region, 'consultant')
    transcript = Transcript(say)
    occupation, vacancy = report(employer, wanted)
    here = vacancy['id']
    transcript.step(f'an employer reports a vacancy: {vacancy["title"]} ({occupation["label"]}), wants to see {wanted}')
    advice = expect(consultant.wait_for(f'/vacancies/{here}/screening-advice',
                                        lambda r: r.status != 200 or 'supply' in r.json), 200)
    transcript.step(f'the rules advise: {advice["advice"]}; {advice["supply"]["passing"]} of {advice["supply"]["active"]} '
                    'people pass the hard conditions')
    expect(consultant.post(f'/vacancies/{here}/screenings', {'verdict': 'suitable'}), 201)
    transcript.step('a consultant gives the verdict: suitable; the vacancy opens')
    listed = shortlist_of(consultant, here)
    transcript.step(f'the matching worker stored the shortlist: {listed["suitable"]} suitable of {listed["considered"]}',
                    *[f'{i["rank"]:2}. {i["alias"]:24} {i["score"]:5} points: {name_points(i)}'
                      for i in listed['items'][:wanted]])
    chosen = [i['candidateId'] for i in listed['items'] if i.get('openProposals', 0) < 2][:wanted]
    assert len(chosen) == wanted, 'too few on the shortlist'
    sent = expect(consultant.post(f'/vacancies/{here}/proposal-rounds', {'candidateIds': chosen}), 201)
    transcript.step(f'the consultant proposes {sent["proposed"]}: exactly what was asked')
    seen = expect(employer.get(f'/proposals?vacancyId={here}&pageSize=100'), 200)['items']
    assert len(seen) == wanted and all('candidateId' not in p for p in seen)
    card = expect(employer.get(f'/proposals/{seen[0]["id"]}'), 200)['card']
    assert 'firstName' not in card
    transcript.step(f'the employer sees {len(seen)} cards, without names: {card["alias"]}, '
                    f'{card["hoursMin"]}–{card["hoursMax"]} hours, {len(card["competences"])} competences')
    answer(employer, transcript, seen)
    again = shortlist_of(consultant, here, listed['matchVersion'])
    ids = {i['candidateId'] for i in again['items']}
    assert not ids & set(chosen), 'who was proposed or rejected does not come back'
    transcript.step(f'the next shortlist: {len(again["items"])} others, none of them proposed before; first '
                    f'{again["items"][0]["alias"]} with {again["items"][0]["score"]} points')
    clean_up(employer, consultant, here, sent['proposals'])
    transcript.step('everything withdrawn and closed again: the demo region is as it was')
