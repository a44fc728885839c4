# SPDX-License-Identifier: EUPL-1.2
"""Veghel: the pilot of one wholesaler. Twenty-one people begin a pre-training of six weeks, fifteen start a year of work experience, seven stay for good;
twenty leave their benefit, twelve of them for regular work. The numbers are those of the study; its year is moved. Marked A is what the study does not say."""
from scenarios.duties import WEIGHED, Duties

ENROLLED, STARTED, PERMANENT, TO_WORK, OFF = 21, 15, 7, 12, 20      # those of the study; too few to take a tenth of
YEAR = 2030
FINISHED = 3        # A: how many parts of the training were finished with a premium
TABLE = {'categories': [{'code': 'absence', 'obligation': 'provision', 'percentage': 80, 'months': 1, 'article': 'Tabel van de proef, rij 1'}]}      # A: the raised row
PREMIUMS = {'amounts': [{'code': 'part', 'cents': 22500}]}
CONDITIONS = ('Wij kiezen zelf.', 'Wij praten mee over de training.', 'De gemeente helpt met schulden, huisvesting, vergunningen en belasting.',
              'Vanaf de drempel zijn het onze mensen.', 'Een verklaring omtrent het gedrag in plaats van een strafblad.', 'Een beetje Nederlands.',
              'Het werk is lichamelijk zwaar.', 'Geen bezwaar tegen varkensvlees en alcohol.')
OTHER_REASONS = ('moved', 'studies', 'relationship', 'other_benefit', 'other_income', 'no_information', 'own_request', 'other')     # A: the study gives none
DROPPED = ('health', 'functioning', 'requirements', 'other_employer')     # A: one of each; how many the study does not say


def wholesaler(story):
    story.on(f'{YEAR - 1}-12-03')
    duties = Duties(story)
    desk = employer_and_project(story, duties)
    vacancy = report(story, desk)
    people = enrol(story, desk, vacancy)
    cohort, measure = train(story, desk, duties, people)
    placements = start(story, desk, vacancy, people)
    in_force(story, measure)
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
    for words, code, year, number, asked in (
            ('signals', 'signals', YEAR - 1, 2, {'projectId': cohort}), ('looked into the same day, per mille', 'signals_same_day', YEAR - 1, 1000, {'projectId': cohort}),
            ('lowerings', 'measures', YEAR - 1, 1, {'projectId': desk['project'], 'kind': 'lowering'}),
            ('lowerings of the first step', 'measures_step', YEAR - 1, 1, {'projectId': desk['project'], 'kind': 'step_1'}),
            ('premiums that were paid', 'premiums', YEAR, FINISHED, {'projectId': desk['project'], 'kind': 'premium'})):
        story.figure(code, year, number, words, **asked)
    story.waiting(17, 'issue 9', 'cost per outflow')
    closed_to_the_employer(story, desk, people, placements)
    duties.closed_to(17, desk['employer'], 'EM', measure['decision'], measure['signal'])
    figure = desk['employer'].get(f'/figures/measures?projectId={desk["project"]}')
    story.refused(17, 'EM reads how many measures there were', figure, 404, 'not-found')


def employer_and_project(story, duties):
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
    table(story, duties, project)
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


def train(story, desk, duties, people):
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
    signal, measure = attend(story, duties, desk, cohort, people)
    premiums(story, duties, desk, people)
    return cohort, {'decision': measure, 'signal': signal}


def table(story, duties, project):
    """The project raises what the ordinance says, and has premiums of its own. A table that is a draft is not used."""
    duties.ordinance()
    rules = [duties.rule('measure.project', TABLE, project, adopt=False), duties.rule('premium.project', PREMIUMS, project, adopt=False)]
    one = story.new('case_manager', '/candidates', {'alias': 'Kandidaat voor de proef', 'pc4': '5012'})['id']
    early = story.new('case_manager', '/decisions', {'candidateId': one, 'kind': 'premium', 'category': 'part', 'projectId': project, 'reasons': 'Een deel is af.'})
    refused = story.by('team_lead').post(f'/decisions/{early["id"]}/determinations')
    story.refused(3, f'a premium of a table that is not adopted ({", ".join(refused.json.get("missing", []))})', refused, 409, 'requirements')
    story.act('case_manager', f'/decisions/{early["id"]}/withdrawals', {'reason': 'mistaken'})
    for rule in rules:
        duties.adopt(rule)
    story.step(3, 'B&W adopts the table of the project: measures that are raised, and premiums for each part of the training')


def attend(story, duties, desk, cohort, people):
    """Six sessions, each with the list of the whole group in one call of the course leader. In the second one two did not come. The signal of the one without an excuse, and the measure."""
    user, leader = story.user('course_leader', 'Cursusleider')
    story.new('team_lead', '/mandates', {'scope': 'cohort', 'scopeId': cohort, 'purpose': 'mediation', 'granteeUserId': user})
    planned = story.act('case_manager', f'/projects/{cohort}/sessions', {'startsAt': f'{YEAR - 1}-12-06T09:00:00Z', 'count': 6, 'channel': 'in_person'})['sessions']
    (absent, ill), here, signal = (people[0]['id'], people[2]['id']), f'/projects/{cohort}/sessions', None
    early = leader.put(f'{here}/1/attendance', {'items': [{'candidateId': absent, 'attendance': 'present'}]}, '*')
    story.refused(7, 'CL sends a list before the day', early, 409, 'attendance-early')
    for session in planned:
        story.on(session['startsAt'][:10])
        second = session['number'] == 2
        marks = [{'candidateId': p['id'], 'attendance': 'absent' if second and p['id'] in (absent, ill) else 'present'} for p in people]
        marks[1:2] = [{'candidateId': people[1]['id'], 'attendance': 'excused', 'reason': 'ill'}] if second else marks[1:2]
        sent = leader.put(f'{here}/{session["number"]}/attendance', {'items': marks}, '*')
        assert sent.status == 200, sent.text
        if second:
            signal = look_into(story, duties, absent, ill)
        if session['number'] == 3:
            measure = lower(story, duties, desk, people, signal)
    told = story.by('consultant').get(here).json['sessions']
    assert [s['people'] for s in told] == [ENROLLED] * 6 and (told[1]['absent'], told[1]['excused']) == (2, 1), told
    story.step(7, f'CL sends the list of {len(told)} sessions, {ENROLLED} people each, in one call on the day')
    return signal, measure


def look_into(story, duties, absent, ill):
    """Each absence is a signal; both are looked into the same day."""
    lead = story.by('team_lead')
    signals = {one: lead.get(f'/signals?candidateId={one}').json['items'][0]['id'] for one in (absent, ill)}
    duties.check(signals[absent], 'absent')
    duties.check(signals[ill], 'ill')
    report = lead.get(f'/tasks?subjectId={signals[ill]}&kind=check&state=open').json['items']
    assert [t['topic'] for t in report] == ['sick_report'], report
    story.act('case_manager', f'/tasks/{report[0]["id"]}/completions', {'outcome': 'ill'})
    story.act('case_manager', f'/signals/{signals[ill]}/handlings', {'outcome': 'ill'})
    story.step(8, 'two absences are two signals: home visits the same day; one is ill, whose sick report is checked, and is excused')
    excused = story.new('case_manager', '/decisions', {'candidateId': ill, 'kind': 'lowering', 'category': 'absence', 'signalIds': [signals[ill]], **WEIGHED})['id']
    refused = lead.post(f'/decisions/{excused}/determinations')
    assert 'signal_excused' in refused.json['missing'], refused.text
    story.refused(9, 'a measure for somebody who was excused', refused, 409, 'requirements')
    story.act('case_manager', f'/decisions/{excused}/withdrawals', {'reason': 'mistaken'})
    return signals[absent]


def lower(story, duties, desk, people, signal):
    one = people[0]['id']
    duties.lives(one, 1)
    draft = story.new('case_manager', '/decisions', {'candidateId': one, 'kind': 'lowering', 'category': 'absence', 'signalIds': [signal], 'projectId': desk['project'], **WEIGHED})
    assert draft['percentage'] == 80, draft
    lead, here = story.by('team_lead'), f'/decisions/{draft["id"]}'
    refused = lead.post(f'{here}/determinations')
    assert refused.json['missing'] == ['view_not_asked'], refused.text
    story.refused(9, 'a measure without a view', refused, 409, 'requirements')
    story.act('case_manager', f'{here}/view-requests', {'channel': 'in_person'})
    story.act('case_manager', f'{here}/views', {'text': 'Ik was het vergeten.'})
    alone = story.by('case_manager').post(f'{here}/determinations')
    story.refused(9, 'whoever drafted it decides it', alone, alone.status if alone.status == 403 else 409)
    duties.determine(draft['id'])
    seen = lead.get(f'/signals/{signal}').json
    assert (seen['state'], seen['outcome']) == ('handled', 'not_excused'), seen
    told = duties.notify(draft['id'])
    story.step(9, f'not excused: draft of {draft["percentage"]} % by the table of the project, view, decided by somebody else, notified on {told["notifiedOn"]}, one message to whoever pays')
    return draft['id']


def in_force(story, measure):
    place = f'/decisions/{measure["decision"]}'
    found = story.by('team_lead').wait_for(place, lambda r: r.json['state'] == 'in_force').json
    assert found['state'] == 'in_force', found
    story.step(9, f'the measure is in force from {found["fromDay"]} until {found["untilDay"]}')


def premiums(story, duties, desk, people):
    for number, one in enumerate(people[3:3 + FINISHED], 10):
        duties.lives(one['id'], number)
        part = story.new('case_manager', '/tasks', {'kind': 'step', 'noun': 'trajectory', 'subjectId': one['trajectory'], 'topic': 'pre_training'})['id']
        story.act('case_manager', f'/tasks/{part}/completions', {'outcome': 'finished'})
        said = {'category': 'part', 'taskId': part, 'projectId': desk['project'], 'reasons': 'Een deel van de opleiding is af.'}
        made = duties.decide(one['id'], 'premium', **said)
        told = duties.notify(made['id'])
        if told['state'] != 'ended':
            told = story.act('team_lead', f'/decisions/{made["id"]}/payments', {})
        assert told['paidOn'] and told['amountCents'] == 22500, told
    again = story.by('team_lead').post(f'/decisions/{made["id"]}/payments', {})
    story.refused(10, 'a premium is paid twice', again, 409, 'state')
    twice = story.by('case_manager').post('/decisions', {'candidateId': one['id'], 'kind': 'premium', **said})
    story.refused(10, 'a second premium for the same part', twice, 409, 'duplicate')
    story.step(10, f'{FINISHED} parts of the training are finished (A): each is a premium, decided by somebody else, and paid once')


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
