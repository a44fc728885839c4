# SPDX-License-Identifier: EUPL-1.2
"""Veghel: the pilot of one wholesaler. Twenty-one people begin a pre-training of six weeks, fifteen start a year of work experience, seven stay for good;
twenty leave their benefit, twelve of them for regular work. The numbers are those of the study; its year is moved. Marked A is what the study does not say."""
ENROLLED, STARTED, PERMANENT, TO_WORK, OFF = 21, 15, 7, 12, 20      # those of the study; too few to take a tenth of
YEAR = 2030
CONDITIONS = ('Wij kiezen zelf.', 'Wij praten mee over de training.', 'De gemeente helpt met schulden, huisvesting, vergunningen en belasting.',
              'Vanaf de drempel zijn het onze mensen.', 'Een verklaring omtrent het gedrag in plaats van een strafblad.', 'Een beetje Nederlands.',
              'Het werk is lichamelijk zwaar.', 'Geen bezwaar tegen varkensvlees en alcohol.')
OTHER_REASONS = ('moved', 'studies', 'relationship', 'other_benefit', 'other_income', 'no_information', 'own_request', 'other')     # A: the study gives none
DROPPED = ('health', 'functioning', 'requirements', 'other_employer')     # A: one of each; how many the study does not say


def wholesaler(story):
    story.on(f'{YEAR - 1}-12-03')
    desk = employer_and_project(story)
    vacancy = report(story, desk)
    people = enrol(story, desk, vacancy)
    cohort = train(story, desk, people)
    placements = start(story, desk, vacancy, people)
    guide(story, people, placements)
    stay(story, people, placements)
    afterwards(story, desk)
    story.count()
    story.step(17, 'PA reads the figures')
    story.figure('proposed', YEAR - 1, ENROLLED, 'proposed to the wholesaler, and chosen by him', projectId=desk['project'])
    for words, code, number, asked in (
            ('started after the pre-training', 'started_after_cohort', STARTED, {'projectId': cohort}),
            ('placed in work experience', 'placed', STARTED, {'projectId': desk['project'], 'kind': 'work_experience'}),
            ('dropped out (A: 3; the fourth went to another employer)', 'drop_out', 3, {'projectId': desk['project']}),
            ('converted to a regular job', 'converted', PERMANENT, {'projectId': desk['project'], 'kind': 'regular'}),
            ('permanent contracts', 'permanent', PERMANENT, {'projectId': desk['project']}),
            ('off benefit', 'outflow', OFF, {}), ('off benefit to regular work', 'outflow', TO_WORK, {'kind': 'work'})):
        story.figure(code, YEAR, number, words, **asked)
    story.say('       no figure counts who is enrolled and who attended: the sessions of the cohort tell it (step 7)')
    story.waiting(17, 'issue 7', 'measures and premiums by kind; cost per outflow')
    closed_to_the_employer(story, desk, people, placements)


def employer_and_project(story):
    made = story.new('account_manager', '/employers', {'name': 'Groothandel Veghel', 'sector': '4639', 'sizeClass': 'large', 'pc4': '5012', 'riskCover': True, 'experiences': [
        {'date': f'{YEAR - 2}-03-01', 'kind': 'bad', 'note': 'Een eerder project bracht niemand die bleef.'}]})
    for text in CONDITIONS:
        story.new('account_manager', f'/employers/{made["id"]}/conditions', {'text': text})
    listed = story.by('account_manager').get(f'/employers/{made["id"]}/conditions?pageSize=100').json['items']
    assert len(listed) == len(CONDITIONS), listed
    story.step(1, f'AM registers the employer with a bad experience, and its {len(listed)} conditions')
    project = story.new('account_manager', '/projects', {'kind': 'pilot', 'title': 'Proef bij de groothandel', 'startsOn': f'{YEAR - 1}-12-01', 'endsOn': f'{YEAR}-12-31',
                                                         'summary': 'Eén A4: wie wat doet.'})['id']
    story.new('account_manager', f'/projects/{project}/participations', {'participantKind': 'employer', 'participantId': made['id'], 'capacity': 'signatory',
                                                                         'tasks': 'Kiest zelf en begeleidt op de werkplek.'})
    story.act('account_manager', f'/projects/{project}/moves', {'event': 'start'})
    story.step(2, 'AM begins the pilot on one A4; the employer signs as a party')
    story.waiting(3, 'issue 7', 'a table of measures and premiums of the project, and ✗ its use before it is adopted')
    _, employer = story.user('employer', 'Hoofd P&O', organisationId=made['id'])
    return {'id': made['id'], 'project': project, 'employer': employer}


def report(story, desk):
    occupation = story.by('consultant').get('/occupations?labelPrefix=warehouse%20worker&pageSize=1').json['items'][0]['id']
    vacancy = story.new(desk['employer'], '/vacancies', {
        'employerId': desk['id'], 'title': 'Leerplaats in het magazijn', 'kind': 'work_experience', 'occupationId': occupation, 'hoursMin': 24, 'hoursMax': 36, 'pc4': '5012',
        'positions': STARTED, 'candidatesWanted': ENROLLED, 'projectId': desk['project'], 'conditions': [{'condition': 'dutch_a1', 'hard': True}]})['id']
    story.new('consultant', f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'})
    story.step(4, f'EM reports {STARTED} places of a year (A); MC finds them suitable')
    return vacancy


def enrol(story, desk, vacancy):
    def person(n):
        one = story.new('case_manager', '/candidates', {'alias': f'Kandidaat Veghel {n + 1}', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 36,
                                                        'conditions': [{'condition': 'dutch_a1', 'met': True}]})['id']
        benefit = story.new('case_manager', '/benefits', {'candidateId': one, 'kind': 'assistance', 'appliedOn': f'{YEAR - 1}-11-01'})['id']
        story.act('case_manager', f'/benefits/{benefit}/moves', {'event': 'grant'})
        return {'id': one, 'benefit': benefit}
    people = story.each(person, range(ENROLLED + 1))
    place = f'/vacancies/{vacancy}/proposal-rounds'
    asked = {'candidateIds': [p['id'] for p in people], 'unlistedReason': 'employer_asked'}
    story.refused(5, f'MC proposes {ENROLLED + 1}, and {ENROLLED} were asked', story.by('consultant').post(place, asked), 409, 'number-asked-reached')
    people.pop()
    sent = story.new('consultant', place, {**asked, 'candidateIds': [p['id'] for p in people]})
    proposals = {p['candidateId']: p['id'] for p in sent['proposals']}
    for one in people:
        one['proposal'] = proposals[one['id']]
        story.act(desk['employer'], f'/proposals/{one["proposal"]}/answers', {'answer': 'invite'})
    story.step(5, f'MC proposes {sent["proposed"]} people of whom the condition is known; EM selects them itself')
    return people


def train(story, desk, people):
    cohort = story.new('account_manager', '/projects', {'kind': 'cohort', 'title': 'Vooropleiding groothandel', 'parentId': desk['project'], 'startsOn': f'{YEAR - 1}-12-01'})['id']
    for one in people:
        one['participation'] = story.new('case_manager', '/candidate-participations', {'candidateId': one['id'], 'projectId': cohort, 'fromDay': f'{YEAR - 1}-12-03'})['id']
        one['trajectory'] = story.new('case_manager', '/trajectories', {'candidateId': one['id'], 'kind': 'preparation', 'projectId': cohort})['id']
        story.act('case_manager', f'/trajectories/{one["trajectory"]}/rules-letters', {'channel': 'in_person'})
        story.act('case_manager', f'/trajectories/{one["trajectory"]}/rules-receipts')
        story.act('case_manager', f'/trajectories/{one["trajectory"]}/moves', {'event': 'start'})
    listed = story.by('consultant').get(f'/candidate-participations?projectId={cohort}&pageSize=1&count=true').json
    assert listed.get('total', ENROLLED) == ENROLLED, listed
    story.step(6, f'CM enrols {ENROLLED} people in a cohort of six weeks, each with a trajectory, the letter with the rules and its receipt')
    attend(story, cohort, people)
    story.waiting(9, 'issue 7', 'draft, view, decision by another person, notification, effect; the payment message once')
    story.waiting(10, 'issue 7', 'a premium for each part of the training that is finished')
    return cohort


def attend(story, cohort, people):
    """Six sessions, each with the list of the whole group in one call of the course leader."""
    user, leader = story.user('course_leader', 'Cursusleider')
    story.new('team_lead', '/mandates', {'scope': 'cohort', 'scopeId': cohort, 'purpose': 'mediation', 'granteeUserId': user})
    planned = story.act('case_manager', f'/projects/{cohort}/sessions', {'startsAt': f'{YEAR - 1}-12-06T09:00:00Z', 'count': 6, 'channel': 'in_person'})['sessions']
    absent, here = people[0]['id'], f'/projects/{cohort}/sessions'
    early = leader.put(f'{here}/1/attendance', {'items': [{'candidateId': absent, 'attendance': 'present'}]}, '*')
    story.refused(7, 'CL sends a list before the day', early, 409, 'attendance-early')
    for session in planned:
        story.on(session['startsAt'][:10])
        marks = [{'candidateId': p['id'], 'attendance': 'absent' if session['number'] == 2 and p['id'] == absent else 'present'} for p in people]
        marks[1:2] = [{'candidateId': people[1]['id'], 'attendance': 'excused', 'reason': 'ill'}] if session['number'] == 2 else marks[1:2]
        sent = leader.put(f'{here}/{session["number"]}/attendance', {'items': marks}, '*')
        assert sent.status == 200, sent.text
        if session['number'] == 2:
            check(story, absent)
    told = story.by('consultant').get(here).json['sessions']
    assert [s['people'] for s in told] == [ENROLLED] * 6 and (told[1]['absent'], told[1]['excused']) == (1, 1), told
    story.step(7, f'CL sends the list of {len(told)} sessions, {ENROLLED} people each, in one call on the day')
    story.step(8, 'who was absent is looked into the same day; who was ill is excused, and nothing follows')


def check(story, absent):
    found = story.by('team_lead').get(f'/tasks?candidateId={absent}&kind=check&pageSize=100').json['items']
    assert len(found) == 1, found
    story.act('case_manager', f'/tasks/{found[0]["id"]}/completions', {'outcome': 'ill'})


def start(story, desk, vacancy, people):
    story.on(f'{YEAR}-01-17')
    for one in people[STARTED:]:
        story.act(desk['employer'], f'/proposals/{one["proposal"]}/answers', {'answer': 'reject', 'reason': 'lacking_competences'})
        story.act('case_manager', f'/trajectories/{one["trajectory"]}/moves', {'event': 'stop', 'reason': 'not_suitable'})
    for one in people[:STARTED]:
        story.act(desk['employer'], f'/proposals/{one["proposal"]}/answers', {'answer': 'hire'})
        story.act('case_manager', f'/trajectories/{one["trajectory"]}/moves', {'event': 'finish', 'outcome': 'at_work', 'workOrigin': 'proposal'})
    placements = {p['candidateId']: p['id'] for p in story.by('consultant').get(f'/placements?vacancyId={vacancy}&pageSize=100').json['items']}
    assert len(placements) == STARTED, placements
    story.refused(11, 'a sixteenth is hired on fifteen places', story.by('consultant').post('/placements', {
        'candidateId': people[-1]['id'], 'kind': 'work_experience', 'origin': 'other', 'vacancyId': vacancy, 'hours': 32}), 409, 'state')
    for placement in placements.values():
        story.act(desk['employer'], f'/placements/{placement}/starts')
    story.step(11, f'{ENROLLED - STARTED} do not start; EM starts the work of {STARTED}')
    return [placements[p['id']] for p in people[:STARTED]]


def guide(story, people, placements):
    barrier = story.new('case_manager', '/tasks', {'kind': 'barrier', 'noun': 'candidate', 'subjectId': people[0]['id']})['id']
    story.act('case_manager', f'/tasks/{barrier}/completions', {'outcome': 'removed'})
    contacts = story.by('team_lead').get(f'/tasks?subjectId={placements[0]}&kind=follow_up&pageSize=100').json['items']
    assert contacts, 'after-care asks no contact'
    story.step(12, f'EM guides at the workplace; CM keeps the social guidance: a barrier is opened and removed; after-care asks {len(contacts)} contacts')
    for n, (day, reason) in enumerate(zip((f'{YEAR}-02-04', f'{YEAR}-03-11', f'{YEAR}-06-10', f'{YEAR}-09-02'), DROPPED)):
        story.on(day)
        ended = story.act('case_manager', f'/placements/{placements[-1 - n]}/endings', {'reason': reason})
        story.say(f'       {reason}: {ended["endPhase"]}')
    story.step(13, f'{len(DROPPED)} stop, each with a phase and a reason (A)')


def stay(story, people, placements):
    story.on(f'{YEAR}-12-16')
    for placement in placements[:PERMANENT]:
        story.act('case_manager', f'/placements/{placement}/conversions', {'kind': 'regular', 'contract': 'permanent'})
    story.step(14, f'EM offers {PERMANENT} permanent contracts, and they are accepted (A): the work goes on as a regular job')
    for one, reason in zip(people, ('work',) * TO_WORK + OTHER_REASONS):
        story.act('case_manager', f'/benefits/{one["benefit"]}/moves', {'event': 'end', 'endReason': reason})
    story.step(15, f'CM records the benefits that ended: {TO_WORK} for work, {OFF - TO_WORK} for other reasons (A), and {ENROLLED - OFF} goes on')


def afterwards(story, desk):
    project = story.new('account_manager', '/projects', {'kind': 'pilot', 'title': 'Tweede project, voor nieuwkomers', 'startsOn': f'{YEAR}-12-16'})['id']
    others = [story.new('account_manager', '/employers', {'name': f'Volger {n + 1}', 'sector': '4639', 'sizeClass': 'medium', 'pc4': '5012'})['id'] for n in range(7)]
    for employer in (desk['id'], *others):
        story.new('account_manager', f'/projects/{project}/participations', {'participantKind': 'employer', 'participantId': employer, 'capacity': 'partner'})
    listed = story.by('account_manager').get(f'/projects/{project}/participations?pageSize=100').json['items']
    story.step(16, f'{len(listed)} employers join a second project; the study gives no number of people')


def closed_to_the_employer(story, desk, people, placements):
    employer, one = desk['employer'], people[0]
    for words, path in (('a benefit', f'/benefits/{one["benefit"]}'), ('the file of a candidate', f'/candidates/{one["id"]}'),
                        ('a trajectory', f'/trajectories/{one["trajectory"]}'), ('notes', f'/notes?subjectId={one["id"]}')):
        story.refused(17, f'EM reads {words}', employer.get(path), 403, 'forbidden')
    unshared = employer.get(f'/trajectories/{one["trajectory"]}/progress')
    story.refused(17, 'EM reads progress that the candidate does not share', unshared, 404, 'not-found')
    seen = employer.get('/tasks?pageSize=100').json['items']
    assert not [t for t in seen if t['kind'] in ('check', 'barrier')], seen
    shown = employer.get(f'/placements/{placements[0]}')
    assert shown.status == 200 and 'benefit' not in shown.text, shown.text
    story.say('       EM finds no check and no barrier among its tasks, and no benefit in its placements')
    story.waiting(17, 'issue 7', '✗ EM reads a measure or a premium')
