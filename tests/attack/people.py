# SPDX-License-Identifier: EUPL-1.2
"""Attacks of people who have a token: with what it allows, they try to get what it does not."""
import datetime
import json
import uuid
from concurrent.futures import ThreadPoolExecutor

from frame import ROOT, attack, held, until

CONTRACT = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
ROLES = [role['name'] for role in CONTRACT['x-roles'] if role['name'] != 'system']
NOBODY = '01920000-0000-7000-8000-00000000dead'
TRACE = 'select (select count(*) from audit.entry) + (select count(*) from audit.denial)'


def nouns(world, tenant):
    """{noun: id} of what there is in a municipality."""
    found = {}
    for noun, table in (('candidates', 'candidate'), ('vacancies', 'vacancy'), ('employers', 'employer'), ('users', 'user_account'),
                        ('organisations', 'organisation'), ('proposals', 'proposal'), ('proposal-rounds', 'proposal_round')):
        row = world.sql(f'select x.id::text from app.{table} x join ref.tenant t using (tenant_id) where t.code = %s limit 1', (tenant,))
        if row:
            found[noun] = row[0][0]
    return found


@attack(1, 'a deactivated user goes on working', short=True)
def deactivated_user(world):
    admin, user = world.client('tenant_admin'), world.users('case_manager')[-1]
    theirs = world.client('case_manager', user=user)
    held(theirs.get('/candidates').status == 200, 'the user could not work before')
    seen = admin.get(f'/users/{user}')
    assert admin.patch(f'/users/{user}', {'active': False}, seen.headers['etag']).status == 200
    try:
        until(lambda: theirs.get('/candidates').status == 403, 5)
        held(theirs.post('/candidates', {'alias': 'Nooit', 'pc4': '5012'}).status == 403, 'he can still write')
    finally:
        assert admin.patch(f'/users/{user}', {'active': True}, admin.get(f'/users/{user}').headers['etag']).status == 200


@attack(1, 'a token of somebody who does not exist', short=True)
def unknown_subject(world):
    for role in ('consultant', 'tenant_admin', 'firm'):
        answer = world.client(role, user=NOBODY).get('/user-profile')
        held(answer.status in (401, 403), f'{role}: {answer.status}')


@attack(2, 'a role writes what it may not see', short=True)
def hidden_properties(world):
    """Every property of a change, by every role, on a file that it can read, with its example and with null: what is stored is compared."""
    schemas = CONTRACT['components']['schemas']
    properties, shown = schemas['CandidateChange']['properties'], schemas['Candidate']['properties']
    tried = 0
    for role in ROLES:
        client = world.client(role)
        listed = client.get('/candidates?pageSize=1')
        if listed.status != 200 or not listed.json['items']:
            continue
        one = client.get(f'/candidates/{listed.json["items"][0]["id"]}')
        if one.status != 200:
            continue
        here, etag = one.json['id'], one.headers['etag']
        before = stored(world, here)
        for name, schema in properties.items():
            visible = shown.get(name, {}).get('x-visible-to')
            if visible is None or role in visible or role in schema.get('x-writable-by', ()):
                continue
            for value in (schema.get('example'), None):
                tried += 1
                answer = client.patch(f'/candidates/{here}', {name: value}, etag)
                held(answer.status >= 400, f'{role} wrote {name}: {answer.status}')
        held(stored(world, here) == before, f'something of {role} was stored')
    assert tried
    return f'{tried} writes'


def stored(world, candidate):
    return world.sql("select to_jsonb(c) - 'changed_in' - 'changed_at' from app.candidate c where id = %s", (candidate,))


@attack(3, 'numbers are tried until one is known')
def bsn_probing(world):
    """Searching has a limit, and leaves a trace; so does registering somebody with a number that is known."""
    manager = world.client('case_manager', user=world.users('case_manager')[1])
    before = world.sql(TRACE)[0][0]
    numbers, status = valid_numbers(), 0
    for tried in range(400):
        status = manager.post('/candidates/_search', {'bsn': next(numbers), 'purpose': 'intake'}).status
        if status == 429:
            break
    held(status == 429, f'{tried + 1} numbers, and no end')
    until(lambda: world.sql(TRACE)[0][0] > before, 10)
    return f'{tried} before it was refused'


def valid_numbers(start=100000000):
    for number in range(start, 10 ** 9):
        digits = [int(digit) for digit in str(number)]
        if (sum(d * (9 - i) for i, d in enumerate(digits[:8])) - digits[8]) % 11 == 0:
            yield str(number)


@attack(3, 'a number of a colleague\'s client tells that he is known', short=True)
def known_number(world):
    first, second = (world.client('case_manager', user=user) for user in world.users('case_manager')[:2])
    number = next(valid_numbers(int(str(uuid.uuid4().int)[:8]) % 10 ** 8 * 9 + 10 ** 8))
    made = first.post('/candidates', {'alias': 'Bekend', 'pc4': '5012', 'bsn': number})
    assert made.status == 201, made.text
    before = world.sql(TRACE)[0][0]
    again = second.post('/candidates', {'alias': 'Ook bekend', 'pc4': '5012', 'bsn': number})
    held(made.json['id'] not in again.text and 'Bekend' not in again.text, 'the answer says who it is')
    until(lambda: world.sql(TRACE)[0][0] > before, 10)


@attack(4, 'refused calls keep others from writing')
def denials_flood(world):
    """Calls without the right to, from many connections, while somebody else works."""
    refused, employer = world.client('candidate'), world.client('employer')
    with ThreadPoolExecutor(24) as threads:
        flood = [threads.submit(lambda: refused.get('/candidates').status) for _ in range(3000)]
        made = [world.vacancy(employer) for _ in range(5)]
        held({one.result() for one in flood} <= {403, 429}, 'some were not refused')
    held(len(made) == 5, 'the other one could not write')
    return '3,000 refused, 5 written meanwhile'


@attack(5, 'an employer keeps the card of somebody who was withdrawn', short=True)
def card_after_the_end(world):
    _, proposals = world.proposed()
    employer, consultant = world.client('employer'), world.client('consultant')
    card = employer.get(f'/proposals/{proposals[0]}').json['card']
    assert card
    assert consultant.post(f'/proposals/{proposals[0]}/withdrawals').status == 200
    now = employer.get(f'/proposals/{proposals[0]}')
    held(now.status == 404 or 'card' not in now.json, 'the card is still there')
    held(now.status == 404 or card['alias'] not in now.text, 'the alias is still there')


@attack(5, 'a card that was sent shows what changed since', short=True)
def live_card(world):
    _, proposals = world.proposed()
    employer = world.client('employer')
    before = employer.get(f'/proposals/{proposals[0]}').json['card']
    person = world.sql('select candidate_id from app.proposal where id = %s', (proposals[0],))[0][0]
    world.change(person, {'introduction': 'NIEUW VERHAAL', 'hoursMin': 1, 'hoursMax': 11})
    held('NIEUW VERHAAL' not in employer.get(f'/proposals/{proposals[0]}').text, 'it shows the new text')
    held(employer.get(f'/proposals/{proposals[0]}').json['card'].get('hoursMax') == before.get('hoursMax'), 'it shows the new hours')


@attack(14, 'somebody whose state does not allow it is proposed, or hired twice', short=True)
def states_with_holes(world):
    vacancy, listed = world.shortlisted(2)
    consultant = world.client('consultant')
    world.change(listed[0], {'status': 'left'})
    answer = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [listed[0]]})
    held(answer.status in (409, 404, 422), f'somebody who left was proposed: {answer.status}')
    made = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': listed[1:3]})
    assert made.status == 201, made.text
    proposal, employer = made.json['proposals'][0]['id'], world.client('employer')
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda word: employer.post(f'/proposals/{proposal}/answers', word).status,
                                    [{'answer': 'invite'}, {'answer': 'reject', 'reason': 'hours_do_not_fit', 'reasonShared': True}] * 4))
    state = world.sql('select state from app.proposal where id = %s', (proposal,))[0][0]
    held(state in ('invited', 'rejected') and statuses.count(200) <= 2, f'{state} after {statuses}')
    return f'8 answers at once: {statuses.count(200)} taken'


@attack(2, 'one key, one version: many at once', short=True)
def races(world):
    employer = world.client('employer')
    body = {'employerId': employer.get('/user-profile').json['organisationId'], 'title': 'Wedloop', 'kind': 'regular', 'hoursMin': 8, 'hoursMax': 9,
            'occupationId': employer.get('/occupations?pageSize=1').json['items'][0]['id'], 'pc4': '5012', 'positions': 1}
    key = str(uuid.uuid4())
    with ThreadPoolExecutor(16) as threads:
        made = list(threads.map(lambda _: employer.post('/vacancies', body, key=key), range(16)))
        ids = {answer.json['id'] for answer in made if answer.status == 201}
        held(len(ids) == 1, f'one key made {len(ids)} vacancies')
        here = ids.pop()
        held(world.sql('select count(*) from app.vacancy where id = %s', (here,)) == [(1,)], 'it is not there once')
        etag = employer.get(f'/vacancies/{here}').headers['etag']
        changed = list(threads.map(lambda i: employer.patch(f'/vacancies/{here}', {'title': f'Wedloop {i}'}, etag).status, range(16)))
    held(changed.count(200) == 1 and set(changed) <= {200, 409, 412}, f'one version was changed: {changed}')


@attack(0, 'what belongs to another municipality is read or changed by its number', short=True)
def another_municipality(world):
    tried = 0
    for noun, here in nouns(world, 'gm9902').items():
        for role in ('consultant', 'tenant_admin', 'team_lead', 'account_manager', 'firm', 'employer'):
            client = world.client(role)
            for answer in (client.get(f'/{noun}/{here}'), client.patch(f'/{noun}/{here}', {}, '"1"')):
                tried += 1
                held(answer.status in (400, 403, 404, 405), f'{role} {noun}: {answer.status}')
    return f'{tried} calls'


@attack(0, 'files of others in the same municipality', short=True)
def files_of_others(world):
    """A case manager, a firm and an employer ask for what is not theirs."""
    tried = 0
    for role, column in (('case_manager', 'case_manager_id'), ('firm', 'organisation_id')):
        client = world.client(role)
        me = client.get('/user-profile').json
        mine = me['id'] if role == 'case_manager' else me['organisationId']
        for here, in world.sql(f"select c.id::text from app.candidate c join ref.tenant t using (tenant_id) where t.code = 'gm9901' "
                               f'and c.{column} is distinct from %s limit 20', (mine,)):
            for path in (f'/candidates/{here}', f'/candidates/{here}/card'):
                tried += 1
                held(client.get(path).status in (403, 404), f'{role} read {path}')
    employer = world.client('employer')
    own = employer.get('/user-profile').json['organisationId']
    for here, in world.sql("select v.id::text from app.vacancy v join ref.tenant t using (tenant_id) where t.code = 'gm9901' "
                           'and v.employer_id <> %s limit 20', (own,)):
        tried += 1
        held(employer.get(f'/vacancies/{here}').status == 404, f'the employer read {here}')
    return f'{tried} reads'


@attack(30, 'a mandate that ended, or is for something else', short=True)
def mandates(world):
    """A firm goes on reading, listing, changing and looking at cards: after a revocation, in the second of the end, and with another purpose."""
    lead, firm, tried = world.client('team_lead'), world.client('firm'), 0
    own = firm.get('/user-profile').json['organisationId']
    who = lead.post('/candidates', {'alias': 'Proef', 'pc4': '5012'}).json['id']

    def give(status=201, **more):
        made = lead.post('/mandates', {'scope': 'person', 'candidateId': who, 'granteeOrganisationId': own, 'purpose': 'mediation', **more})
        assert made.status == status, made.text
        return made.json

    def gets_in():
        return (firm.get(f'/candidates/{who}').status, firm.get(f'/candidates/{who}/card').status,
                firm.patch(f'/candidates/{who}', {'wishes': f'Proef {tried}'}, '*').status) != (404, 404, 404) \
            or who in {c['id'] for c in firm.get('/candidates?pageSize=100&fields=id&sort=-changedAt').json['items']}
    for _ in range(5):
        tried += 1
        mandate = give()['id']
        held(firm.get(f'/candidates/{who}').status == 200, 'a mandate gave no access')
        assert lead.post(f'/mandates/{mandate}/revocations', {'reason': 'other'}).status == 200
        held(not gets_in(), 'after the revocation')
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
    give(untilAt=end.isoformat().replace('+00:00', 'Z'))
    until(lambda: datetime.datetime.now(datetime.timezone.utc) > end, 5)
    held(not gets_in(), 'after the last second')
    give(400, purpose='file')      # a firm has to do with persons for mediation only
    held(not gets_in(), 'for another purpose')
    return f'{tried + 2} mandates'


@attack(31, 'a hat of somebody else, of another municipality, or one that ended', short=True)
def hats(world):
    admin, user = world.client('tenant_admin'), world.users('analyst')[0]
    client = world.client('', user=user)
    foreign = [world.users('team_lead')[0], world.users('analyst', 'gm9902')[0], NOBODY]
    for hat in foreign:
        for answer in (client.get('/candidates', As=hat), client.post('/candidates', {'alias': 'Nooit', 'pc4': '5012'}, As=hat)):
            held(answer.status == 403, f'{hat}: {answer.status}')
    held(world.client('team_lead', user=user).get('/candidates').status == 403, 'a token gave a role')
    made = admin.post('/hats', {'userId': user, 'role': 'consultant'})
    held(client.get('/candidates?pageSize=1').status == 200, 'the hat gave nothing')
    held(world.client('analyst', user=user).get('/candidates').status == 403, 'a token that says analyst was widened')
    ended = datetime.datetime.now(datetime.timezone.utc).isoformat().replace('+00:00', 'Z')
    assert admin.patch(made.headers['location'], {'untilAt': ended}, made.headers['etag']).status == 200
    held({client.get('/candidates?pageSize=1').status for _ in range(20)} == {403}, 'after its end')
    held(client.post('/hats', {'userId': user, 'role': 'team_lead'}).status == 403, 'it gave itself one')
    return f'{len(foreign)} hats of others'


@attack(6, 'somebody reads files, and nobody can see who it was', short=True)
def reads_without_a_trace(world):
    lead = world.client('team_lead')
    me, looks = lead.get('/user-profile').json['id'], 'select count(distinct l.candidate_id) from audit.look l where l.actor = %s'
    files = [item['id'] for item in lead.get('/candidates?pageSize=30').json['items']]
    for here in files:
        assert lead.get(f'/candidates/{here}').status == 200
    until(lambda: world.sql(looks, (me,))[0][0] >= len(files), 10, lambda: world.sql(looks, (me,)))
    return f'{len(files)} files, each is in the log'


@attack(13, 'refused calls leave no trace', short=True)
def refusals_without_a_trace(world):
    firm = world.client('firm')
    me, before = firm.get('/user-profile').json['id'], world.sql('select count(*) from audit.denial')[0][0]
    other = world.sql("select c.id::text from app.candidate c join ref.tenant t using (tenant_id) where t.code = 'gm9901' "
                      'and c.organisation_id is null limit 1')[0][0]
    statuses = {firm.get('/queue/jobs').status, firm.get(f'/candidates/{other}').status, firm.post('/employers', {'name': 'x'}).status}
    held(statuses <= {403, 404, 400}, f'{statuses}')
    until(lambda: world.sql('select count(*) from audit.denial')[0][0] > before, 10)
    held(world.sql('select count(*) from audit.denial where actor = %s', (me,))[0][0] > 0, 'it does not say who')


@attack(15, 'a reference to what cannot have that role', short=True)
def wrong_references(world):
    lead = world.client('team_lead')
    own = lead.get('/candidates?pageSize=1').json['items'][0]['id']
    one = lead.get(f'/candidates/{own}')
    wrong = {'caseManagerId': [world.users('employer')[0], NOBODY, world.users('case_manager', 'gm9902')[0]],
             'organisationId': [NOBODY, world.sql("select o.id::text from app.organisation o join ref.tenant t using (tenant_id) "
                                                  "where t.code = 'gm9902' limit 1")[0][0]]}
    for name, values in wrong.items():
        for value in values:
            answer = lead.patch(f'/candidates/{own}', {name: value}, one.headers['etag'])
            held(answer.status >= 400, f'{name}: {value}')
    return f'{sum(map(len, wrong.values()))} references'


@attack(19, 'a name that shows nothing', short=True)
def invisible_names(world):
    employer = world.client('account_manager')
    for name in (' ', '\u200b', '\u200f', '\ufeff', '\u2028', 'a\u202eb', 'x\u0007', '\U000e0041', '\u00ad'):
        answer = employer.post('/employers', {'name': name, 'sector': '4639', 'sizeClass': 'small'})
        held(answer.status == 400, f'{name!r}: {answer.status}')


@attack(1, 'an organisation ends while its users are written', short=True)
def ending_organisation(world):
    admin = world.client('tenant_admin')
    firm = admin.post('/organisations', {'kind': 'firm', 'name': 'Weg Ermee'}).json['id']
    users = [admin.post('/users', {'name': 'Nieuw', 'email': f'{uuid.uuid4().hex}@x.example', 'role': 'firm', 'organisationId': firm}).json['id']
             for _ in range(6)]
    clients = [world.client('firm', user=user) for user in users]

    def change(place, body):
        answer = admin.patch(place, body, admin.get(place).headers['etag'])
        assert answer.status == 200, answer.text
    for turn in range(8):
        with ThreadPoolExecutor(7) as threads:
            done = [threads.submit(change, f'/users/{user}', {'name': f'Nieuw {turn}'}) for user in users[:3]]
            done.append(threads.submit(change, f'/organisations/{firm}', {'active': False}))
            done += [threads.submit(change, f'/users/{user}', {'name': f'Nieuw {turn}'}) for user in users[3:]]
            [one.result() for one in done]
        statuses = {client.get('/candidates').status for client in clients}
        held(statuses == {403}, f'turn {turn}: {statuses}')
        change(f'/organisations/{firm}', {'active': True})
    return '8 times, 6 users'


@attack(3, 'a change that cannot be made tells whether a number is known', short=True)
def numbers_in_refused_changes(world):
    numbers = valid_numbers(int(str(uuid.uuid4().int)[:8]) % 10 ** 8 * 8 + 10 ** 8)
    known, unknown = next(numbers), next(numbers)
    assert world.client('team_lead').post('/candidates', {'alias': 'Bekend', 'pc4': '5012', 'bsn': known}).status == 201
    client, tried = world.client('case_manager'), 0
    made = client.post('/candidates', {'alias': 'Proef', 'pc4': '5012'})
    for wrong in ({'coachId': NOBODY}, {'organisationId': NOBODY}, {'pc4': '9999'}, {'occupations': [{'occupationId': NOBODY}]},
                  {'competences': [{'competenceId': NOBODY, 'level': 1}]}):
        for ask in (lambda body: client.patch(made.headers['location'], body, made.headers['etag']),
                    lambda body: client.post('/candidates', {'alias': 'Proef', 'pc4': '5012', **body})):
            tried += 1
            answers = [ask({'bsn': number, **wrong}) for number in (known, unknown)]
            held(answers[0].status == answers[1].status and answers[0].problem == answers[1].problem,
                 f'{wrong}: {answers[0].problem} or {answers[1].problem}')
    return f'{tried} changes'


@attack(3, 'numbers are stored until one is known', short=True)
def stored_numbers(world):
    client, numbers = world.client('case_manager', user=world.users('case_manager')[2]), valid_numbers(700000000)
    made, status = client.post('/candidates', {'alias': 'Proef', 'pc4': '5012'}), 0
    for tried in range(150):
        status = client.patch(made.headers['location'], {'bsn': next(numbers)}, '*').status
        if status == 429:
            return f'{tried} before it was refused'
    held(False, f'150 numbers, and no end: {status}')


@attack(5, 'a card of which the consent was withdrawn: by a merge of files, and after a hire', short=True)
def consent_by_other_ways(world):
    employer, lead = world.client('employer'), world.client('team_lead')
    both = [row[0] for row in world.sql('select property from app.candidate_properties()')]
    for way in ('merge', 'hire'):
        proposal = world.proposed()[1][0]
        one = lead.get(f'/proposals/{proposal}').json['candidateId']
        withdrawn = one
        if way == 'hire':
            assert employer.post(f'/proposals/{proposal}/answers', {'answer': 'hire'}).status == 200
        else:
            withdrawn = lead.post('/candidates', {'alias': 'Dubbel', 'pc4': '5012'}).json['id']
        assert lead.post(f'/candidates/{withdrawn}/consent-withdrawals', {'channel': 'letter'}).status == 200
        if way == 'merge':
            assert lead.post(f'/candidates/{one}/merge', {'otherId': withdrawn, 'keep': both}).status == 200
        held('card' not in employer.get(f'/proposals/{proposal}').json, f'{way}: the card is still there')
