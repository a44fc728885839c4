# SPDX-License-Identifier: EUPL-1.2
"""Heiloo: work before benefit, with a temp agency. Ninety-two people are registered with it, thirty-three are at work at the end of September. The study does not say what
became of the other fifty-nine: how they are divided is A, as is everything that is so marked. Its year is moved."""
from region import until
from scenarios.duties import WEIGHED, Duties

YEAR = 2032
REGISTERED, WORK, TEMP = 92, 33, 20         # TEMP is A
REST = {'cannot': 14, 'will_not': 6, 'referred': 9, 'stopped': 12, 'running': 18}      # A; 92 - 33 = 59
STOPPED_BENEFITS = 3                        # A: "several"
CONVERTED = 4                               # A


def first_work(story):
    story.on(f'{YEAR}-02-02')
    duties = Duties(story)
    duties.ordinance()
    agency = story.by('agency')
    desk = {'agency': agency.get('/user-profile').json['organisationId'], 'client': agency, 'project': begin(story)}
    search(story, desk)
    people = register(story, desk)
    introduce(story, desk, people[0])
    placements = work(story, desk, people[:WORK])
    first_day(story, placements)
    story.waiting(5, 'issue 8', 'approach claims at events, and the choice of the employer between temp and direct work')
    measure = absent(story, duties, desk, people[-1])
    endings = stop_benefits(story, duties, desk, people[-1 - STOPPED_BENEFITS:-1])
    displace(story, desk, placements)
    outcomes(story, desk, people)
    story.waiting(13, 'issue 8', 'internal vacancies of the municipality')
    convert(story, placements)
    for who in people[-1 - STOPPED_BENEFITS:-1]:
        until(lambda who=who: story.by('case_manager').get(f'/benefits/{who["benefit"]}').json['state'] == 'ended')
    story.waiting(15, 'issue 8', 'the information meeting and its commitments')
    story.waiting(16, 'issue 9', 'ten other municipalities in one project: figures together, files apart')
    story.on(f'{YEAR}-09-30')
    story.count()
    figures(story, desk)
    for words, client in (('TA', agency), ('EM', story.by('employer'))):
        for decision in (measure['decision'], *endings):
            answer = client.get(f'/decisions/{decision}')
            story.refused(17, f'{words} reads a measure', answer, answer.status if answer.status == 403 else 404)


def begin(story):
    project = story.new('account_manager', '/projects', {'kind': 'programme', 'title': 'Werk voor uitkering', 'startsOn': f'{YEAR}-01-01', 'endsOn': f'{YEAR}-12-31', 'allowedInstruments': [],
                                                         'summary': 'Twee A4: wie wat doet. Geen gesubsidieerd werk.'})['id']
    story.act('account_manager', f'/projects/{project}/moves', {'event': 'start'})
    story.step(1, 'AM begins the project on two sheets; it allows no subsidised work')
    return project


def person(story, name):
    return story.new('case_manager', '/candidates', {'alias': name, 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 36})['id']


def rules(story, trajectory):
    story.act('case_manager', f'/trajectories/{trajectory}/rules-letters', {'channel': 'in_person'})
    story.act('case_manager', f'/trajectories/{trajectory}/rules-receipts')


def search(story, desk):
    """An applicant who has to look for work and to register with the agency himself, and does not."""
    one = person(story, 'Aanvrager Heiloo')
    benefit = story.new('case_manager', '/benefits', {'candidateId': one, 'kind': 'assistance', 'appliedOn': f'{YEAR}-02-02'})['id']
    intake = story.new('case_manager', '/trajectories', {'candidateId': one, 'kind': 'intake', 'benefitId': benefit, 'organisationId': desk['agency'], 'searchUntil': f'{YEAR}-03-01',
                                                         'registerBy': f'{YEAR}-02-09'})['id']
    rules(story, intake)
    story.act('case_manager', f'/trajectories/{intake}/moves', {'event': 'start'})
    story.step(2, 'CWI notes an application: a search period, the duty to register with the agency, the letter with the rules and its receipt')
    story.on(f'{YEAR}-02-10')
    signals = lambda: story.by('team_lead').get(f'/signals?candidateId={one}').json['items']  # noqa: E731
    until(signals, 60)
    assert [(s['kind'], s.get('madeBy'), s.get('trajectoryId')) for s in signals()] == [('no_search', None, intake)], signals()
    signal = signals()[0]['id']
    check, = story.by('team_lead').get(f'/tasks?subjectId={signal}&kind=check&state=open').json['items']
    story.act('case_manager', f'/tasks/{check["id"]}/completions', {'outcome': 'present'})
    draft = story.new('case_manager', '/decisions', {'candidateId': one, 'kind': 'lowering', 'category': 'search', 'signalIds': [signal], 'projectId': desk['project'], **WEIGHED})['id']
    refused = story.by('team_lead').post(f'/decisions/{draft}/determinations')
    story.refused(3, f'the benefit of an applicant is lowered ({", ".join(refused.json.get("missing", []))})', refused, 409, 'requirements')
    story.act('case_manager', f'/decisions/{draft}/withdrawals', {'reason': 'mistaken'})
    story.act('case_manager', f'/signals/{signal}/handlings', {'outcome': 'excused'})
    story.step(3, 'SYS tells the day after that nobody registered: a signal, of which an applicant can get a consequence for the application, and no lowering')


def register(story, desk):
    def one(n):
        made = person(story, f'Kandidaat Heiloo {n + 1}')
        trajectory = story.new('case_manager', '/trajectories', {'candidateId': made, 'kind': 'mediation', 'organisationId': desk['agency'], 'projectId': desk['project']})['id']
        story.new('team_lead', '/mandates', {'scope': 'person', 'candidateId': made, 'purpose': 'mediation', 'granteeOrganisationId': desk['agency']})
        story.act('case_manager', f'/trajectories/{trajectory}/moves', {'event': 'start'})
        return {'id': made, 'trajectory': trajectory}
    people = story.each(one, range(REGISTERED))
    for who in people[-1 - STOPPED_BENEFITS:]:
        rules(story, who['trajectory'])
        who['benefit'] = story.new('case_manager', '/benefits', {'candidateId': who['id'], 'kind': 'assistance', 'appliedOn': f'{YEAR}-01-05'})['id']
        story.act('case_manager', f'/benefits/{who["benefit"]}/moves', {'event': 'grant'})
    story.step(4, f'TA has {len(people)} registrations; what comes of each is open')
    return people


def introduce(story, desk, who):
    """The agency has no call to plan an appointment, so the matching unit does it."""
    meeting = story.new('consultant', '/appointments', {'candidateId': who['id'], 'kind': 'introduction', 'startsAt': f'{YEAR}-02-12T09:00:00+01:00', 'place': 'Bollenbedrijf', 'trajectoryId': who['trajectory'],
                                                        'coachId': story.by('coach').get('/user-profile').json['id']})['id']
    story.act('consultant', f'/appointments/{meeting}/moves', {'event': 'invite', 'channel': 'in_person'})
    barrier = story.new('case_manager', '/tasks', {'kind': 'barrier', 'noun': 'candidate', 'subjectId': who['id'], 'topic': 'transport'})['id']
    stops = lambda: [t['id'] for t in story.by('case_manager').get(f'/candidates/{who["id"]}/gate').json.get('tasks', [])]  # noqa: E731
    assert barrier in stops(), stops()
    costs = story.new('consultant', '/tasks', {'kind': 'cost_request', 'noun': 'trajectory', 'subjectId': who['trajectory'], 'topic': 'transport', 'amountCents': 9000,
                                              'ownerUserId': story.by('case_manager').get('/user-profile').json['id']})
    decided = story.act('case_manager', f'/tasks/{costs["id"]}/completions', {'outcome': 'granted', 'grantedCents': 9000})
    assert decided['endedAt'] <= costs['dueAt'] < f'{YEAR}-02-11T23', decided
    story.on(f'{YEAR}-02-12')
    story.act('consultant', f'/appointments/{meeting}/moves', {'event': 'attend'})
    story.act('case_manager', f'/tasks/{barrier}/completions', {'outcome': 'removed'})
    assert barrier not in stops(), stops()
    story.step(6, 'an introduction with the coach going along; a barrier stops the start, its costs are asked for and granted in time, and it is removed')


def first_day(story, placements):
    asked = story.by('team_lead').get(f'/tasks?subjectId={placements[0]}&kind=follow_up&pageSize=100').json['items']
    days = {task['cause'].split(':')[0]: task for task in asked}
    assert {'start', 'day_1'} & set(days) and len({task['cause'].split(':')[1] for task in asked}) == 2, sorted(days)
    held = story.new('case_manager', f'/placements/{placements[0]}/contacts', {'withWhom': 'candidate', 'channel': 'at_work', 'outcome': 'fine'})
    ended = [task for task in story.by('team_lead').get(f'/tasks?subjectId={placements[0]}&kind=follow_up&state=done').json['items']]
    assert held['outcome'] == 'fine' and ended, ended
    story.step(7, f'after-care asks {len(asked)} contacts, with the person and with the employer, from the first day on; the first is held at work')


def displace(story, desk, placements):
    """The sheltered-work company offers somebody with a subsidy where somebody else works without one."""
    employer = story.by('case_manager').get(f'/placements/{placements[-1]}').json['employerId']
    other = person(story, 'Kandidaat van de sociale werkvoorziening')
    placed = story.new('case_manager', '/placements', {'candidateId': other, 'kind': 'subsidised', 'origin': 'firm', 'employerId': employer, 'hours': 24, 'wageCents': 1500, 'wagePer': 'hour'})['id']
    story.act('case_manager', f'/placements/{placed}/acceptances')
    asked = story.new('case_manager', '/instruments', {'placementId': placed, 'kind': 'wage_supplement', 'fromDay': f'{YEAR}-03-01', 'amountCents': 10000})['id']
    refused = story.by('team_lead').post(f'/instruments/{asked}/grants')
    assert 'displacement' in refused.json['missing'], refused.text
    story.refused(11, f'work with a subsidy beside regular work ({", ".join(refused.json["missing"])})', refused, 409, 'requirements')
    consult, = story.by('team_lead').get(f'/tasks?subjectId={placed}&kind=consult&state=open').json['items']
    story.refused(11, 'its start, as long as nobody consulted', story.by('case_manager').post(f'/placements/{placed}/starts', {}), 409)
    story.act('team_lead', f'/tasks/{consult["id"]}/completions', {'outcome': 'refused'})
    story.act('case_manager', f'/placements/{placed}/endings', {'reason': 'other'})
    story.step(11, 'the consult about displacement is a task about that placement; it is refused, and the placement does not begin')


def work(story, desk, people):
    employer = story.new('account_manager', '/employers', {'name': 'Bollenbedrijf', 'sector': '0119', 'sizeClass': 'medium', 'pc4': '5012'})['id']

    def start(pair):
        n, who = pair
        made = story.new('case_manager', '/placements', {'candidateId': who['id'], 'kind': 'temp' if n < TEMP else 'regular', 'origin': 'firm', 'employerId': employer, 'hours': 32,
                                                         'projectId': desk['project'], 'trajectoryId': who['trajectory']})['id']
        story.act('case_manager', f'/placements/{made}/acceptances')
        story.act('case_manager', f'/placements/{made}/starts')
        return made
    made = story.each(start, enumerate(people))
    subsidy = story.by('case_manager').post('/instruments', {'placementId': made[0], 'kind': 'wage_supplement', 'fromDay': f'{YEAR}-03-01', 'amountCents': 10000})
    if subsidy.status == 201:
        subsidy = story.by('team_lead').post(f'/instruments/{subsidy.json["id"]}/grants')
    story.refused(1, 'subsidised work in this project', subsidy, 409)
    story.step(7, f'{len(made)} people begin to work: {TEMP} by the agency, {WORK - TEMP} directly (A)')
    return made


def absent(story, duties, desk, who):
    """The agency tells that somebody did not come. Its word alone is no ground."""
    story.on(f'{YEAR}-02-16')
    signal = story.new(desk['client'], '/signals', {'kind': 'no_show', 'trajectoryId': who['trajectory'], 'seenBy': 'Intercedent', 'words': 'Kwam niet bij de inlener.'})['id']
    said = {'category': 'absence', 'signalIds': [signal], 'projectId': desk['project'], **WEIGHED}
    draft = story.new('case_manager', '/decisions', {'candidateId': who['id'], 'kind': 'lowering', **said})['id']
    refused = story.by('team_lead').post(f'/decisions/{draft}/determinations')
    assert {'signal_not_looked_into', 'view_not_asked'} <= set(refused.json['missing']), refused.text
    story.refused(8, f'a decision on the word of the agency alone ({", ".join(refused.json["missing"])})', refused, 409, 'requirements')
    story.act('case_manager', f'/decisions/{draft}/withdrawals', {'reason': 'mistaken'})
    duties.check(signal, 'absent')
    duties.lives(who['id'], 20)
    made = duties.decide(who['id'], **said)
    told = duties.notify(made['id'])
    story.step(8, f'CM looks into it the same day; {told["percentage"]} %, after a view, by another person')
    seen = desk['client'].get(f'/signals/{signal}').json
    assert seen['state'] == 'handled' and 'outcome' not in seen, seen
    story.step(9, 'the person gets a letter and whoever pays a message, each once; TA reads "handled" and nothing else')
    return {'decision': made['id'], 'signal': signal}


def stop_benefits(story, duties, desk, people):
    made = []
    for number, who in enumerate(people, 30):
        duties.lives(who['id'], number)
        one = duties.decide(who['id'], 'ending', benefitId=who['benefit'], projectId=desk['project'], conductOn=f'{YEAR}-02-13', startsOn=f'{YEAR}-03-01', endReason='no_information', **WEIGHED)
        duties.notify(one['id'])
        shown = story.by('case_manager').get(f'/benefits/{who["benefit"]}').json
        assert (shown['state'], shown['untilDay']) == ('granted', f'{YEAR}-02-29'), shown
        made.append(one['id'])
    story.step(10, f'{len(made)} benefits are stopped (A): each a decision and a payment message of its own')
    return made


def outcomes(story, desk, people):
    for who in people[:WORK]:
        story.act('case_manager', f'/trajectories/{who["trajectory"]}/moves', {'event': 'finish', 'outcome': 'at_work', 'workOrigin': 'firm'})
    at = WORK
    for outcome, many in REST.items():
        for who in people[at:at + many] if outcome != 'running' else ():
            move = {'event': 'stop', 'reason': 'own_request'} if outcome == 'stopped' else {'event': 'finish', 'outcome': outcome}
            story.act('case_manager', f'/trajectories/{who["trajectory"]}/moves', move)
        at += many
    assert at == REGISTERED, at
    story.step(12, 'of the others: ' + ', '.join(f'{many} {outcome}' for outcome, many in REST.items()) + ' (A: the study does not say)')


def convert(story, placements):
    story.on(f'{YEAR}-07-14')
    talks = [story.by('team_lead').get(f'/tasks?subjectId={placement}&kind=contract').json['items'] for placement in placements[:CONVERTED]]
    assert all(len(found) == 1 and found[0]['state'] == 'open' and found[0]['dueAt'].startswith(f'{YEAR}-07-1') for found in talks), talks
    for found in talks:
        story.act('case_manager', f'/tasks/{found[0]["id"]}/completions', {'outcome': 'extended'})
    story.step(14, 'in the fifth month of each temporary job a task asks about the contract')
    story.on(f'{YEAR}-08-16')
    for placement in placements[:CONVERTED]:
        story.act('case_manager', f'/placements/{placement}/conversions', {'kind': 'regular', 'contract': 'fixed_term'})
    story.step(14, f'after half a year {CONVERTED} go on as regular work (A)')


def figures(story, desk):
    story.step(17, 'PA reads the figures of the end of September')
    of = {'projectId': desk['project']}
    for words, code, number, asked in (
            ('registered', 'registered', REGISTERED, of), ('of these at work', 'registered', WORK, {**of, 'kind': 'at_work'}),
            *((f'of these {kind}', 'registered', many, {**of, 'kind': kind}) for kind, many in REST.items()),
            ('placed', 'placed', WORK, of), ('by the agency', 'placed', TEMP, {**of, 'kind': 'temp'}), ('directly', 'placed', WORK - TEMP, {**of, 'kind': 'regular'}),
            ('converted after half a year', 'converted', CONVERTED, {**of, 'kind': 'regular'}),
            ('lowerings', 'measures', 1, {**of, 'kind': 'lowering'}), ('benefits that were stopped', 'measures', STOPPED_BENEFITS, {**of, 'kind': 'ending'}),
            ('days from a draft to a decision, the middle', 'time_per_phase', 0, {**of, 'kind': 'decision'}),
            ('signals looked into the same day, per mille', 'signals_same_day', 1000, of)):
        story.figure(code, YEAR, number, words, **asked)
    story.waiting(17, 'issue 9', 'applications that needed no benefit; time from registration to work')
