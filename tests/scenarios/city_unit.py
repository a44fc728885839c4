# SPDX-License-Identifier: EUPL-1.2
"""Tilburg: a project with a target of 500 people, and a matching unit that begins in its tenth month. Two clocks: month 12 of the project is month 3 of the
unit. The numbers are those of the study; its year is moved, and the year of the project is a calendar year. Marked A is what the study does not say."""
from region import until
from scenarios.duties import WEIGHED, Duties

YEAR = 2031
REPORTED, PLACED, WAY, TEMP = 220, 54, 120, 10      # TEMP is A: the study says "preferably regular"
WILLING, TARGET, BEFORE, NOW = 200, 500, 6500, 5600
SECTORS = (('4120', 'Bouwbedrijf'), ('4321', 'Installatiebedrijf'), ('8710', 'Zorgcentrum'), ('8121', 'Schoonmaakbedrijf'), ('4932', 'Personenvervoer'))
ASKED, ASKED_TOO, LONG_WEEK, PASS = 7, 3, 46, 5


def city_unit(story):
    story.on(f'{YEAR}-01-06')
    project = begin(story)
    employers = willing(story)
    occupation = story.by('consultant').get('/occupations?labelPrefix=warehouse%20worker&pageSize=1').json['items'][0]['id']
    world = {'project': project, 'employers': employers, 'occupation': occupation}
    story.on(f'{YEAR}-05-12')
    many = [report(story, world, n) for n in range(story.many(60))]
    behind(story, world)
    unit(story)
    named = first_vacancies(story, world)
    many += report_rest(story, world, story.many(REPORTED) - len(many) - len(named))
    story.step(4, f'EM, TA and an employer from elsewhere report; {len(many) + len(named)} vacancies name the project')
    story.step(5, f'MC finds {screen(story, many)} of them suitable, one of these after carving')
    others(story, world, many)
    story.on(f'{YEAR}-11-17')
    placed = match(story, named)
    bulk(story, many, placed)
    benefit = refuse(story, project)
    story.waiting(11, 'issue 8', 'covenants with hard numbers')
    story.on(f'{YEAR}-12-15')
    until(lambda: story.by('case_manager').get(f'/benefits/{benefit}').json['state'] == 'ended')
    story.count()
    look(story, project)


def begin(story):
    project = story.new('account_manager', '/projects', {
        'kind': 'programme', 'title': 'Maatschappelijk Werkgeverschap', 'startsOn': f'{YEAR}-01-01', 'endsOn': f'{YEAR + 1}-12-31', 'targetGroups': ['youth'],
        'leaderId': story.by('account_manager').get('/user-profile').json['id'], 'summary': 'Uitkeringsgerechtigden en jongeren zonder uitkering; gemeente en Agenda van de Toekomst.'})['id']
    story.act('account_manager', f'/projects/{project}/moves', {'event': 'start'})
    for code, nature, day, value in (('employers_willing', 'target', f'{YEAR + 1}-12-31', WILLING), ('placed', 'target', f'{YEAR + 1}-12-31', TARGET),
                                     ('reported', 'target', f'{YEAR}-06-30', story.many(125))):
        story.new('account_manager', '/stated-figures', {'code': code, 'nature': nature, 'projectId': project, 'day': day, 'value': value})
    for day, value in ((f'{YEAR}-01-01', BEFORE), (f'{YEAR}-12-01', NOW)):
        story.new('analyst', '/stated-figures', {'code': 'recipients', 'nature': 'reported', 'day': day, 'value': value, 'source': 'Uitkeringsadministratie'})
    story.step(1, f'AM begins the project: {WILLING} employers willing, {TARGET} people placed, an interim aim (A)')
    story.waiting(2, 'issue 8', 'the inspiration session, and ✗ closing it without a commitment')
    return project


def willing(story):
    made = [story.new('account_manager', '/employers', {'name': f'{name} {n + 1}', 'sector': sector, 'sizeClass': 'medium', 'pc4': '5012'})['id']
            for n in range(story.many(40) // 4 or 1) for sector, name in SECTORS]
    story.step(3, f'AM registers {len(made)} employers in {len(SECTORS)} sectors')
    story.waiting(3, 'issue 8', 'commitments of employers, under their conditions')
    return made


def report(story, world, n, who='account_manager', **more):
    body = {'employerId': world['employers'][n % len(world['employers'])], 'title': f'Medewerker {n + 1}', 'kind': 'regular', 'occupationId': world['occupation'], 'hoursMin': 8,
            'hoursMax': 36, 'pc4': '5012', 'positions': 1, 'candidatesWanted': 1, 'projectId': world['project'], **more}
    return {**story.new(who, '/vacancies', body), 'kind': body['kind']}


def behind(story, world):
    """The aim of June was not reached: the leader of the project hears of it when it is counted in July."""
    story.on(f'{YEAR}-07-07')
    story.count()
    tasks = story.by('account_manager').get(f'/tasks?projectId={world["project"]}&kind=below_line&pageSize=100').json['items']
    assert len(tasks) == 1, tasks
    story.step(12, f'the leader of the project hears that {story.many(125)} vacancies were aimed at and {story.many(60)} were reported')


def unit(story):
    story.on(f'{YEAR}-10-01')
    story.new('tenant_admin', '/organisations', {'kind': 'unit', 'name': 'Matching-unit', 'startDate': f'{YEAR}-10-01'})
    story.say('       the matching unit begins: month 10 of the project is its month 1')


def first_vacancies(story, world):
    """The vacancies that are followed one by one: seven wanted, three wanted, seven wanted of whom five pass."""
    employer = story.by('employer')
    own = employer.get('/user-profile').json['organisationId']
    known = story.by('consultant').get(f'/occupations/{world["occupation"]}').json['competences'][:2]
    competences = [{'competenceId': c['competenceId'], 'need': 'must', 'level': 1, 'weight': 2} for c in known]
    held = [{'competenceId': c['competenceId'], 'level': 2} for c in known]

    def person(n):
        most = 48 if n < PASS else 36
        return story.new('case_manager', '/candidates', {'alias': f'Kandidaat Tilburg {n + 1}', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': most, 'competences': held})['id']
    story.each(person, range(PASS + 2 * ASKED))
    made = []
    for wanted, hours in ((ASKED, 8), (ASKED_TOO, 8), (ASKED, LONG_WEEK)):
        made.append(report(story, world, len(made), employer, employerId=own, candidatesWanted=wanted, hoursMin=hours, hoursMax=48, competences=competences))
        story.new('consultant', f'/vacancies/{made[-1]["id"]}/screenings', {'verdict': 'suitable'})
    return made


def report_rest(story, world, number):
    agency = story.by('agency')
    elsewhere = story.new('account_manager', '/employers', {'name': 'Fabriek van elders', 'sector': '4639', 'sizeClass': 'medium', 'pc4': '5054'})['id']
    special = [report(story, world, 0, agency, clientEmployerId=world['employers'][0]),
               report(story, world, 1, source='account_manager', employerId=elsewhere),
               report(story, world, 2, kind='event', title='Festival')]
    story.step(13, 'MC reports work at a festival: short work experience')
    temp = story.many(TEMP)
    return special + story.each(lambda n: report(story, world, n, kind='temp' if n < temp else 'regular'), range(number - len(special)))


def screen(story, many):
    def verdict(pair):
        n, vacancy = pair
        said = {'verdict': 'suitable_after_carving', 'reason': 'Zonder het tilwerk.'} if n == 0 else {'verdict': 'suitable'}
        return story.new('consultant', f'/vacancies/{vacancy["id"]}/screenings', said)
    return len(story.each(verdict, enumerate(many)))


def others(story, world, many):
    firm = story.by('firm')
    seen = firm.get(f'/vacancies?projectId={world["project"]}&pageSize=1&count=true')
    assert seen.status == 200 and seen.json['items'], seen.text
    stranger = story.new('case_manager', '/candidates', {'alias': 'Kandidaat van een ander', 'pc4': '5012'})['id']
    story.step(7, f'FI sees the open vacancies of the project with its own account: {seen.json.get("total", "some")}')
    story.refused(7, 'FI reads a candidate of others', firm.get(f'/candidates/{stranger}'), 404, 'not-found')


def shortlist(story, vacancy):
    ready = story.by('consultant').wait_for(f'/vacancies/{vacancy["id"]}/shortlist', lambda r: r.status == 200 and r.json['status'] == 'ready', 120)
    return ready.json


def match(story, named):
    """Shortlists, and one hire on the first and the second vacancy."""
    consultant, employer, placed, taken = story.by('consultant'), story.by('employer'), [], short(story, named[2])
    for vacancy, wanted in zip(named, (ASKED, ASKED_TOO)):
        found, place = shortlist(story, vacancy), f'/vacancies/{vacancy["id"]}/proposal-rounds'
        free = [i['candidateId'] for i in found['items'] if i.get('openProposals', 0) < 2 and i['candidateId'] not in taken]
        assert found['shortfall'] == 0 and len(free) > wanted, f'{found["suitable"]} of {found["considered"]} are suitable, {len(free)} are free'
        story.step(6, f'{found["suitable"]} of {found["considered"]} people are suitable, {wanted} were asked')
        story.refused(6, f'MC proposes {wanted + 1}', consultant.post(place, {'candidateIds': free[:wanted + 1]}), 409, 'number-asked-reached')
        sent = story.new('consultant', place, {'candidateIds': free[:wanted]})['proposals']
        story.act(employer, f'/proposals/{sent[0]["id"]}/answers', {'answer': 'invite'})
        story.act(employer, f'/proposals/{sent[1]["id"]}/answers', {'answer': 'reject', 'reason': 'travel'})
        story.act(employer, f'/proposals/{sent[0]["id"]}/answers', {'answer': 'hire'})
        placed.append(begin_work(story, vacancy))
        taken.append(sent[0]['candidateId'])
        story.step(8, f'MC proposes exactly {len(sent)}; EM invites and hires one, and rejects one with a reason')
        closed_to_the_employer(story, sent[2]['id'])
    return placed


def short(story, vacancy):
    """Five pass where seven were asked: five, with the shortfall, and nobody unsuitable is added. Gives the five."""
    found, place = shortlist(story, vacancy), f'/vacancies/{vacancy["id"]}/proposal-rounds'
    assert (found['suitable'], found['shortfall'], len(found['items'])) == (PASS, ASKED - PASS, PASS), found
    story.step(6, f'{PASS} of {found["considered"]} people pass where {ASKED} were asked: {PASS}, with a shortfall of {found["shortfall"]}')
    free = [i['candidateId'] for i in found['items']]
    story.refused(6, 'MC proposes five of seven and does not say why', story.by('consultant').post(place, {'candidateIds': free}), 409, 'shortfall-not-stated')
    story.new('consultant', place, {'candidateIds': free, 'shortfallReason': 'not_enough_suitable'})
    return free


def closed_to_the_employer(story, proposal):
    shown = story.by('employer').get(f'/proposals/{proposal}')
    assert shown.status == 200 and 'benefit' not in shown.text and 'candidateId' not in shown.json, shown.text
    story.refused(8, 'EM filters on a benefit', story.by('employer').get('/proposals?benefit=assistance'), 400, 'invalid')


def begin_work(story, vacancy):
    placement, = story.by('consultant').get(f'/placements?vacancyId={vacancy["id"]}').json['items']
    story.act('consultant', f'/placements/{placement["id"]}/starts')
    return placement['id']


def bulk(story, many, placed):
    """The other people: those who are hired, and those who are on the way to a vacancy of their own."""
    hires = story.many(PLACED) - len(placed)
    temp = [v for v in many if v['kind'] == 'temp']
    regular = [v for v in many if v['kind'] == 'regular']
    hired, way = temp + regular[:hires - len(temp)], regular[hires - len(temp):][:story.many(WAY)]

    def hire(vacancy):
        one = person(story)
        sent = story.new('consultant', f'/vacancies/{vacancy["id"]}/proposal-rounds', {'candidateIds': [one], 'unlistedReason': 'known_well'})
        story.act('consultant', f'/proposals/{sent["proposals"][0]["id"]}/answers', {'answer': 'hire'})
        return begin_work(story, vacancy)

    def lead(vacancy):
        made = story.new('consultant', '/trajectories', {'candidateId': person(story), 'kind': 'course', 'vacancyId': vacancy['id'], 'projectId': vacancy['projectId']})
        assert made['holdsPlace'], made
        return story.act('consultant', f'/trajectories/{made["id"]}/moves', {'event': 'start'})
    placed += story.each(hire, hired)
    story.step(8, f'MC proposes, EM hires, and {len(placed)} people start')
    story.step(9, f'MC begins {len(story.each(lead, way))} trajectories to a named vacancy; each holds its position')
    full = story.by('consultant').post('/trajectories', {'candidateId': person(story), 'kind': 'course', 'vacancyId': way[0]['id']})
    story.refused(9, 'a second trajectory to a position that is held', full, 409, 'state')


def person(story):
    return story.new('case_manager', '/candidates', {'alias': 'Kandidaat uit Tilburg', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 36})['id']


def refuse(story, project):
    """Suitable work is refused: a check the same day, and a measure by due process. The benefit of somebody else ends."""
    duties, consultant = Duties(story), story.by('consultant')
    duties.ordinance()
    made, people = [], []
    for number, alias in enumerate(('Wie werk weigerde', 'Wie geen gegevens gaf'), 60):
        one = story.new('case_manager', '/candidates', {'alias': alias, 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 36})['id']
        duties.lives(one, number)
        benefit = story.new('case_manager', '/benefits', {'candidateId': one, 'kind': 'assistance', 'appliedOn': f'{YEAR}-01-06'})['id']
        story.act('case_manager', f'/benefits/{benefit}/moves', {'event': 'grant'})
        trajectory = story.new('case_manager', '/trajectories', {'candidateId': one, 'kind': 'course', 'projectId': project})['id']
        story.act('case_manager', f'/trajectories/{trajectory}/rules-letters', {'channel': 'in_person'})
        story.act('case_manager', f'/trajectories/{trajectory}/rules-receipts')
        people.append({'id': one, 'benefit': benefit, 'trajectory': trajectory})
    story.on(f'{YEAR}-11-20')
    refuser, silent = people
    signal = story.new(consultant, '/signals', {'kind': 'refusal', 'candidateId': refuser['id'], 'trajectoryId': refuser['trajectory'], 'seenBy': 'Consulent'})['id']
    seen = duties.check(signal, 'present')
    said = {'duty': 'a', 'signalIds': [signal], 'projectId': project, **WEIGHED}
    one = story.new('case_manager', '/decisions', {'candidateId': refuser['id'], 'kind': 'lowering', **said})
    refused = story.by('team_lead').post(f'/decisions/{one["id"]}/determinations')
    story.refused(10, f'a lowering without a view ({", ".join(refused.json["missing"])})', refused, 409, 'requirements')
    story.act('case_manager', f'/decisions/{one["id"]}/withdrawals', {'reason': 'mistaken'})
    one = duties.notify(duties.decide(refuser['id'], **said)['id'])
    assert (one['percentage'], one['calculation']['months']) == (100, 1) and consultant.get(f'/signals/{signal}').json['state'] == 'handled', one
    made.append(one['id'])
    ended = duties.decide(silent['id'], 'ending', benefitId=silent['benefit'], projectId=project, conductOn=f'{YEAR}-11-18', startsOn=f'{YEAR}-12-01', endReason='no_information', **WEIGHED)
    made.append(duties.notify(ended['id'])['id'])
    shown = story.by('case_manager').get(f'/benefits/{silent["benefit"]}').json
    assert (shown['state'], shown['untilDay']) == ('granted', f'{YEAR}-11-30'), shown
    story.step(10, f'refused work is looked into the same day ({seen["lookedIntoAt"][:10]}): {one["percentage"]} % for a month, by article 18, paragraph 5; the benefit of somebody else ends on the last day of the month')
    for decision in made:
        answer = story.by('employer').get(f'/decisions/{decision}')
        story.refused(10, 'EM reads a measure', answer, answer.status if answer.status == 403 else 404)
    return silent['benefit']


def look(story, project):
    of, temp, placed = {'projectId': project}, story.many(TEMP), story.many(PLACED)
    story.step(14, 'PA reads the figures: of twelve months of the project, and of three months of the unit')
    for words, code, number, asked in (
            ('vacancies reported in twelve months of the project', 'reported', story.many(REPORTED), of),
            ('hired in three months of the unit', 'hired', placed, of), ('people placed in three months of the unit', 'placed', placed, of),
            ('of these regular', 'placed', placed - temp, {**of, 'kind': 'regular'}), ('of these temporary', 'placed', temp, {**of, 'kind': 'temp'}),
            ('on the way to a named vacancy now', 'on_the_way', story.many(WAY), of),
            ('of all vacancies filled, or held by somebody on the way', 'filled', placed + story.many(WAY), of),
            ('still open', 'open_vacancies', story.many(REPORTED) - placed - story.many(WAY), of),
            ('fewer proposed than asked', 'shortfall', ASKED - PASS, of), ('lowerings', 'measures', 1, {**of, 'kind': 'lowering'}), ('benefits that were stopped', 'measures', 1, {**of, 'kind': 'ending'}),
            ('signals looked into the same day, per mille', 'signals_same_day', 1000, of)):
        story.figure(code, YEAR, number, words, **asked)
    months = {p['month']: p.get('value') for p in story.by('team_lead').get(f'/figures/hired?dayFrom={YEAR}-01-01&dayTo={YEAR}-12-31&projectId={project}').json['points']}
    assert not any(n for month, n in months.items() if month < f'{YEAR}-10'), months
    story.say('       nobody was hired before the unit began: the year of the project and the quarter of the unit tell the same number')
    said = story.by('analyst').get(f'/stated-figures?code=recipients&dayFrom={YEAR}-01-01&dayTo={YEAR}-12-31').json['items']
    assert [s['value'] for s in said] == [BEFORE, NOW], said
    story.say(f'       people on benefit, as the administration reports it: {BEFORE}, then {NOW} (stated, never added to what is counted)')
    story.waiting(14, 'issue 8', f'employers committed, n of {WILLING}')
