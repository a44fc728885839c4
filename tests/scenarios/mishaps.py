# SPDX-License-Identifier: EUPL-1.2
"""What goes wrong when people do the main job, and what the product makes of it: a hire that was entered by mistake, somebody who
left, a vacancy that nobody filled in time. Leaves the demo region as it found it."""

from region import Client, day
from scenarios.main_job import Transcript, clean_up, expect, report, shortlist_of


def hire_by_mistake(employer, consultant, transcript, sent):
    """A hire is entered for the wrong one, and undone within the term."""
    one, here = sent['proposals'][0], sent['vacancyId']
    expect(employer.post(f'/proposals/{one["id"]}/answers', {'answer': 'hire'}), 200)
    hired = expect(consultant.get(f'/vacancies/{here}'), 200)
    placed = expect(consultant.get(f'/candidates/{one["candidateId"]}'), 200)
    assert (hired['state'], hired['positionsTaken'], placed['status']) == ('partly_filled', 1, 'placed')
    undone = expect(consultant.post(f'/proposals/{one["id"]}/hire-reversals', {'reason': 'wrong_candidate'}), 200)
    after = expect(consultant.get(f'/vacancies/{here}'), 200)
    back = expect(consultant.get(f'/candidates/{one["candidateId"]}'), 200)
    assert (after['positionsTaken'], back['status']) == (0, 'active')
    assert 'card' not in expect(employer.get(f'/proposals/{one["id"]}'), 200)
    transcript.step(f'the employer hires the wrong one: the vacancy is {hired["state"]}, the candidate {placed["status"]}')
    steps = [s['event'] for s in expect(consultant.get(f'/vacancies/{here}/transitions'), 200)['items']]
    transcript.step(f'the consultant undoes the hire ({undone["undoReason"]}): the vacancy is {after["state"]}, the candidate {back["status"]}; '
                    f'its trail: {", ".join(steps)}')


def somebody_leaves(region, consultant, transcript, here, one):
    """On the list, and gone: the list is only advice."""
    lead, place = Client(region, 'team_lead'), f'/candidates/{one["candidateId"]}'

    def become(status):
        expect(lead.patch(place, {'status': status}, lead.get(place).headers['etag']), 200)
    become('left')
    refused = consultant.post(f'/vacancies/{here}/proposal-rounds', {'candidateIds': [one['candidateId']], 'shortfallReason': 'phased'})
    assert refused.status == 409 and refused.json['currentState'] == 'left', refused.text
    become('active')
    transcript.step(f'{one["alias"]} was on the list, and left: proposing is refused, {refused.status} {refused.problem}: {refused.json["currentState"]}')


def last_day_passes(region, employer, consultant, transcript):
    """A vacancy that nobody filled in time: a day is taken from its last day, and the sweep of the night comes."""
    _, late = report(employer, 1, neededBy=day())
    expect(consultant.post(f'/vacancies/{late["id"]}/screenings', {'verdict': 'suitable'}), 201)
    region.sql('set session_replication_role = replica; update app.vacancy set needed_by = needed_by - 1 where id = %s', (late['id'],))
    refused = consultant.post(f'/vacancies/{late["id"]}/proposal-rounds', {'candidateIds': [late['id']]})
    assert refused.status == 409 and refused.json['currentState'] == 'expired', refused.text
    region.sql("select queue.enqueue('expire', t.tenant_id) from ref.tenant t where t.code = 'gm9901'")
    shown = consultant.wait_for(f'/vacancies/{late["id"]}', lambda r: r.json['state'] == 'expired').json
    assert shown['state'] == 'expired', shown
    transcript.step(f'the last day of a vacancy has passed: nobody is proposed for it any more, and the sweep of the night makes it {shown["state"]}')


def mishaps(region, say):
    """Raises AssertionError when one of them ended otherwise."""
    employer, consultant = Client(region, 'employer'), Client(region, 'consultant')
    transcript = Transcript(say)
    _, vacancy = report(employer, 2)
    here = vacancy['id']
    expect(consultant.post(f'/vacancies/{here}/screenings', {'verdict': 'suitable'}), 201)
    free = [i for i in shortlist_of(consultant, here)['items'] if i.get('openProposals', 0) < 2]
    sent = expect(consultant.post(f'/vacancies/{here}/proposal-rounds', {'candidateIds': [i['candidateId'] for i in free[:2]]}), 201)
    transcript.step('a consultant proposes two candidates')
    hire_by_mistake(employer, consultant, transcript, sent)
    somebody_leaves(region, consultant, transcript, here, free[2])
    last_day_passes(region, employer, consultant, transcript)
    clean_up(employer, consultant, here, sent['proposals'])
    transcript.step('everything withdrawn and closed again: the demo region is as it was')
