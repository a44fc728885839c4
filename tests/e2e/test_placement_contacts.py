# SPDX-License-Identifier: EUPL-1.2
"""After-care: the contacts of a plan, and what a contact sets going."""
import datetime
from concurrent.futures import ThreadPoolExecutor

HARD = [1, 3, 7, 14, 21, 28, 42, 56, 91, 182]


def tasks(region, place, kind='follow_up', state='open'):
    """{cause: the day, or the moment, on which it is due} of the tasks about a placement"""
    return dict(region.sql("select cause, (due_at at time zone 'Europe/Amsterdam')::date from app.task where subject_id = %s and kind = %s and state = %s",
                           (place.rsplit('/', 1)[1], kind, state)))


def today(region):
    return region.sql('select clock.today()')[0][0]


def test_before_the_start_the_employer_is_prepared_and_somebody_goes_along(region, cared):
    place, *_ = cared(start=False, startsOn=str(today(region) + datetime.timedelta(days=1700)))
    assert set(tasks(region, place)) == {'prepare:employer', 'introduction:candidate', 'bring:candidate'}


def test_the_plan_of_a_hard_start_asks_the_person_and_the_employer_on_each_of_its_days(region, cared):
    place, *_ = cared()
    begin = today(region)
    asked = {cause: day for cause, day in tasks(region, place).items() if cause.startswith('day_')}
    assert asked == {f'day_{n}:{who}': begin + datetime.timedelta(days=n) for n in HARD for who in ('candidate', 'employer')}
    light, *_ = cared(kind='internship')
    assert {cause.split(':')[0] for cause in tasks(region, light) if cause.startswith('day_')} == {'day_1', 'day_14', 'day_42', 'day_91'}


def test_a_case_deviates_from_its_plan_with_who_agreed_and_why(region, cared):
    place, coach, _ = cared()
    assert coach.post(f'{place}/deviations', {'plan': 'light'}).status == 400
    changed = coach.post(f'{place}/deviations', {'plan': 'hard_start', 'contacts': [{'day': 3}, {'day': 30}], 'agreedBy': 'employer', 'reason': 'asked_by_other_side'})
    assert changed.status == 200 and changed.json['plan'] == 'hard_start', changed.text
    assert {c for c in tasks(region, place) if c.startswith('day_')} == {'day_3:candidate', 'day_3:employer', 'day_30:candidate', 'day_30:employer'}
    coach.post(f'{place}/deviations', {'plan': 'none', 'agreedBy': 'candidate', 'reason': 'other'})
    assert not {c for c in tasks(region, place) if c.startswith('day_')}


def test_a_contact_does_what_the_plan_asked_once(region, cared, later):
    place, coach, _ = cared()
    with later(1):
        made = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'at_work', 'outcome': 'fine', 'words': 'Het gaat goed.'})
        assert made.status == 201, made.text
        assert made.json['taskId'] and made.json['noteId'] and made.json['heldAt']
        assert coach.get(f'/placement-contacts/{made.json["id"]}').json == made.json
        again = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine'})
        assert again.status == 201 and again.json.get('taskId') != made.json['taskId']
        coach.post(f'{place}/deviations', {'plan': 'hard_start', 'agreedBy': 'candidate', 'reason': 'other'})
        assert 'day_1:candidate' in tasks(region, place, state='done') and 'day_1:candidate' not in tasks(region, place)
        assert [c['outcome'] for c in coach.get(f'{place}/contacts').json['items']] == ['fine', 'fine']


def test_a_bad_contact_makes_an_urgent_one_within_four_hours(region, cared, later):
    place, coach, _ = cared()
    with later(1):
        coach.post(f'{place}/contacts', {'withWhom': 'employer', 'channel': 'call', 'outcome': 'at_risk'})
        assert len(tasks(region, place, 'urgent_follow_up')) == 1
        hours, = region.sql("select round(extract(epoch from due_at - made_at) / 3600)::int from app.task where kind = 'urgent_follow_up' and subject_id = %s", (place.rsplit('/', 1)[1],))[0]
        assert hours == 4


def test_after_weeks_without_worries_the_employer_guides(region, cared, later, world):
    place, coach, _ = cared()
    with later(91):
        shown = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine'})
        assert shown.status == 201 and coach.get(place).json['guidedByEmployerFrom'] == str(today(region))
        owners = dict(region.sql("select cause, owner_employer_id::text from app.task where subject_id = %s and kind = 'follow_up' and state = 'open' and cause ~ 'day_182'",
                                 (place.rsplit('/', 1)[1],)))
        assert owners == {'day_182:candidate': world['employer'], 'day_182:employer': None}


def test_a_case_that_ended_asks_nothing(as_role, region, cared):
    place, coach, _ = cared(endsOn='2031-01-31', kind='temp')
    assert tasks(region, place) and tasks(region, place, 'contract')
    assert coach.post(f'{place}/endings', {'reason': 'functioning'}).status == 200
    assert region.sql("select count(*) from app.task where subject_id = %s and state in ('open', 'proposed')", (place.rsplit('/', 1)[1],)) == [(0,)]
    assert coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine'}).problem == 'state'


def test_what_a_kind_asks_besides(region, cared):
    begin = today(region)
    temp, *_ = cared(kind='temp')
    due, = tasks(region, temp, 'contract').values()
    assert (due.year * 12 + due.month) - (begin.year * 12 + begin.month) == 5
    ends, *_ = cared(kind='seasonal', endsOn='2031-07-31')
    assert tasks(region, ends, 'contract') == {'end_of_term': datetime.date(2031, 7, 1)}
    assert tasks(region, cared(kind='successor')[0], 'hand_over') and tasks(region, cared(kind='adoption')[0], 'adoption')


# ------------------------------------------------------------------------------------------- what practitioners saw

def before(region, hours):
    return region.sql("select to_char((clock.now() - make_interval(hours => %s)) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')", (hours,))[0][0]


def urgent(region, place):
    return region.sql("select state from app.task where kind = 'urgent_follow_up' and subject_id = %s order by made_at", (place.rsplit('/', 1)[1],))


def test_seen_practitioner_when_the_start_moves_what_is_done_before_it_moves_along(as_role, region, cared):
    begin = today(region)
    place, coach, _ = cared(start=False, startsOn=str(begin + datetime.timedelta(days=30)))
    for start, asked in ((60, [55, 58, 60]), (3, [0, 1, 3])):
        etag = as_role('consultant').get(place).headers['etag']
        assert as_role('consultant').patch(place, {'startsOn': str(begin + datetime.timedelta(days=start))}, etag).status == 200
        assert sorted(tasks(region, place).values()) == [begin + datetime.timedelta(days=n) for n in asked]


def test_seen_practitioner_when_the_first_day_is_corrected_the_plan_moves_along(as_role, region, cared):
    place, coach, _ = cared(kind='temp')
    begin = today(region)
    assert coach.post(f'{place}/starts', {'day': str(begin - datetime.timedelta(days=10))}).status == 200
    asked = tasks(region, place)
    assert {asked[f'day_{n}:candidate'] for n in (1, 3, 7)} == {begin} and asked['day_14:candidate'] == begin + datetime.timedelta(days=4)
    assert list(tasks(region, place, 'contract')) == ['clock'] and len(asked) == 21


def test_seen_practitioner_a_contract_that_is_extended_twice_is_talked_about_twice(as_role, region, cared, later):
    place, coach, _ = cared(kind='seasonal', endsOn=str(today(region) + datetime.timedelta(days=40)))

    def talk(outcome='extended'):
        task, = region.sql("select id from app.task where subject_id = %s and kind = 'contract' and state = 'open'", (place.rsplit('/', 1)[1],))[0]
        assert coach.post(f'/tasks/{task}/completions', {'outcome': outcome}).status == 200

    def extend(days):
        etag = as_role('consultant').get(place).headers['etag']
        assert as_role('consultant').patch(place, {'endsOn': str(today(region) + datetime.timedelta(days=days))}, etag).status == 200
    with later(12):
        talk()
        assert tasks(region, place, 'contract') == {}
        extend(180)
        assert tasks(region, place, 'contract') == {'end_of_term': today(region) + datetime.timedelta(days=150)}
    with later(160):
        extend(300)         # first the new end, then the talk
        talk()
        assert tasks(region, place, 'contract') == {'end_of_term': today(region) + datetime.timedelta(days=270)}


def test_seen_practitioner_the_talk_of_the_fifth_month_is_not_asked_again_when_it_was_done(as_role, region, cared, later):
    place, coach, _ = cared(kind='temp')
    with later(150):
        task, = region.sql("select id from app.task where subject_id = %s and kind = 'contract' and state = 'open'", (place.rsplit('/', 1)[1],))[0]
        assert coach.post(f'/tasks/{task}/completions', {'outcome': 'extended'}).status == 200
        etag = as_role('consultant').get(place).headers['etag']
        assert as_role('consultant').patch(place, {'endsOn': str(today(region) + datetime.timedelta(days=400))}, etag).status == 200
        assert tasks(region, place, 'contract') == {'end_of_term': today(region) + datetime.timedelta(days=370)}


def test_seen_practitioner_what_is_urgent_is_not_done_by_a_visit_before_it(region, as_role, cared, later):
    place, coach, _ = cared()
    with later(3):
        as_role('employer').post(f'{place}/calls')
        sent = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'at_work', 'outcome': 'fine', 'heldAt': before(region, 20)})
        assert sent.status == 201 and urgent(region, place) == [('open',)]
        assert coach.post(f'{place}/contacts', {'withWhom': 'employer', 'channel': 'call', 'outcome': 'fine'}).status == 201
        assert urgent(region, place) == [('done',)]


def test_seen_practitioner_whoever_was_not_reached_is_called_again(region, as_role, cared, later):
    place, coach, _ = cared()
    with later(3):
        as_role('employer').post(f'{place}/calls')
        sent = coach.post(f'{place}/contacts', {'withWhom': 'employer', 'channel': 'call', 'outcome': 'not_reached'})
        assert sent.status == 201 and urgent(region, place) == [('open',)]


def test_seen_practitioner_a_note_of_before_the_end_is_not_lost(region, cared, later):
    place, coach, _ = cared()
    with later(3):
        visited = before(region, 2)
        coach.post(f'{place}/endings', {'reason': 'functioning'})
        late = {'withWhom': 'candidate', 'channel': 'at_work', 'outcome': 'at_risk', 'words': 'Het ging niet goed.', 'heldAt': visited}
        sent = coach.post(f'{place}/contacts', late)
        assert sent.status == 201 and sent.json['noteId'] and urgent(region, place) == []
        assert coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine'}).problem == 'state'


def test_seen_practitioner_nobody_was_spoken_with_before_the_placement(cared):
    place, coach, _ = cared()
    wrong = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine', 'heldAt': '2006-11-20T10:00:00Z'})
    assert wrong.status == 400 and wrong.json['errors'][0]['pointer'] == '/heldAt'


def test_seen_builder_contacts_of_after_care_are_told_apart(as_role, cared):
    """Every row said "after-care" and the name of the employer: eight equal rows for one person, and eight for the next."""
    place, coach, one = cared()
    rows = [row for row in coach.get('/work-list?pageSize=100').json['items'] if row.get('candidateId') == one]
    assert len(rows) > 4 and len({row['cause'] for row in rows}) == len(rows) and {row['candidateAlias'] for row in rows} == {'Kandidaat Vlier'}
    task = coach.get(f'/tasks/{rows[0]["id"]}').json
    assert (task['candidateAlias'], task['cause']) == ('Kandidaat Vlier', rows[0]['cause']) and ':' in task['cause']
    assert {row['candidateAlias'] for row in coach.get(f'/tasks?candidateId={one}').json['items']} == {'Kandidaat Vlier'}


def test_seen_practitioner_on_the_agreed_last_day_somebody_is_asked_and_nothing_ends_by_itself(as_role, region, cared, later, person):
    """The talk came a month before. When it was done and the day passed, nobody heard of it, and the placement stood as if it went on."""
    begin, consultant = today(region), as_role('consultant')
    keeper, _ = person('case_manager')
    place, *_ = cared(endsOn=str(begin + datetime.timedelta(days=40)), keeper=keeper)

    def asked(state='open'):
        return {cause: day - begin for cause, day in tasks(region, place, 'placement_end', state).items()}

    def agree(days):
        etag = consultant.get(place).headers['etag']
        changed = consultant.patch(place, {'endsOn': days and str(begin + datetime.timedelta(days=days))}, etag)
        assert changed.status == 200, changed.text
    days = lambda n: {f'ends:{begin + datetime.timedelta(days=n)}': datetime.timedelta(days=n)}     # noqa: E731
    assert asked() == days(40)
    assert region.sql("select owner_user_id::text from app.task where subject_id = %s and kind = 'placement_end'", (place.rsplit('/', 1)[1],)) == [(keeper,)]
    agree(50)
    assert (asked(), asked('withdrawn')) == (days(50), days(40)), 'agreed before the day'
    agree(40)
    assert asked() == days(40), 'agreed back'
    with later(41):
        assert consultant.get(place).json['state'] == 'started' and asked() == days(40), 'nothing ends by itself'
        agree(90)
        assert (asked(), asked('done')) == (days(90), days(40)), 'that it goes on is the answer'
    with later(90):
        ended = consultant.post(f'{place}/endings', {'reason': 'end_of_term', 'day': str(begin + datetime.timedelta(days=90))})
        assert ended.status == 200, ended.text
        assert (asked(), asked('done')) == ({}, {**days(40), **days(90)})
        assert region.sql("select outcome from app.task where subject_id = %s and kind = 'placement_end' and state = 'done' order by due_at", (place.rsplit('/', 1)[1],)) == [('extended',), ('ended',)]


def test_seen_practitioner_the_answer_about_the_last_day_is_given_at_the_placement(as_role, region, cared, later):
    """Somebody completed the task as `ended` or `extended`, and that was all: the placement went on, with a last day that had passed, and nobody was asked again."""
    place, consultant, lead = cared(endsOn=str(today(region) + datetime.timedelta(days=40)))[0], as_role('consultant'), as_role('team_lead')
    with later(41):
        task, = lead.get(f'/tasks?subjectId={place.rsplit("/", 1)[1]}&kind=placement_end&state=open').json['items']
        assert 'completeTask' not in [a['operation'] for a in task['actions']]
        for outcome in ('ended', 'extended', 'converted', 'not_done'):
            refused = lead.post(f'/tasks/{task["id"]}/completions', {'outcome': outcome})
            assert refused.status == 409 and refused.problem == 'subject-first', refused.text
        assert lead.get(f'/tasks/{task["id"]}').json['state'] == 'open' and consultant.get(place).json['state'] == 'started'
        assert consultant.post(f'{place}/endings', {'reason': 'end_of_term', 'day': str(today(region) - datetime.timedelta(days=1))}).status == 200
        ended = lead.get(f'/tasks/{task["id"]}').json
        assert (ended['state'], ended['outcome']) == ('done', 'ended')


def test_seen_practitioner_who_is_gone_before_the_agreed_last_day_is_not_asked_about(as_role, region, cared):
    place, coach, _ = cared(endsOn='2031-01-31')
    assert tasks(region, place, 'placement_end')
    assert coach.post(f'{place}/endings', {'reason': 'functioning'}).status == 200
    assert list(tasks(region, place, 'placement_end', 'withdrawn')) == ['ends:2031-01-31'] and not tasks(region, place, 'placement_end')
    open_ended, *_ = cared()
    assert not tasks(region, open_ended, 'placement_end')


def withdraw(client, contact, reason='wrong_person'):
    return client.post(f'/placement-contacts/{contact}/withdrawals', {'reason': reason})


def test_seen_practitioner_a_contact_of_the_wrong_person_is_withdrawn_and_asked_again(as_role, region, cared, later):
    """It stayed for ever: the plan asked nothing of whoever had not been called, and the list of the coach told a story of somebody else."""
    place, coach, _ = cared()
    with later(1):
        first, made = [coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': outcome}).json for outcome in ('fine', 'at_risk')]
        assert set(tasks(region, place, state='done')) == {'bring:candidate', 'day_1:candidate'} and urgent(region, place) == [('open',)]
        assert coach.post(f'/placement-contacts/{made["id"]}/withdrawals', {}).status == 400
        gone = withdraw(coach, made['id'])
        assert gone.status == 200 and gone.json['withdrawnReason'] == 'wrong_person' and gone.json['withdrawnById'] and gone.json['withdrawnAt'], gone.text
        assert coach.get(f'{place}/contacts').json['items'] == [gone.json, first], 'it stays, with who, when and why'
        assert 'day_1:candidate' in tasks(region, place) and set(tasks(region, place, state='done')) == {'bring:candidate'} and urgent(region, place) == [('withdrawn',)]
        task = region.sql('select outcome, ended_at, ended_by from app.task where id = %s', (made['taskId'],))
        assert task == [(None, None, None)], 'so no figure counts it'
        assert [e for e, in region.sql('select event from app.transition where subject_id = %s order by seq', (made['taskId'],))] == ['complete', 'reopen']
        assert withdraw(coach, made['id']).problem == 'state', 'once'
        again = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine'}).json
        assert again['taskId'] == made['taskId'] and 'day_1:candidate' in tasks(region, place, state='done')
        last, = [v['last'] for v in coach.get('/coach-day').json['visits'] if place.endswith(v['placementId'])]
        assert {c['outcome'] for c in last} == {'fine'}, 'the coach does not read it'


def test_the_words_of_a_withdrawn_contact_are_withdrawn_with_it(as_role, region, cared):
    """The note stayed in the file of the wrong person, and everybody read on."""
    place, coach, _ = cared()
    made = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine', 'words': 'Over iemand anders.'}).json
    note, unit, lead = f'/notes/{made["noteId"]}', as_role('consultant'), as_role('team_lead')
    about = f'/notes?subjectId={place.rsplit("/", 1)[1]}'
    assert [c.get(note).status for c in (coach, unit, lead)] == [200] * 3 and 'withdrawnAt' not in lead.get(note).json
    task = unit.post('/tasks', {'kind': 'promise', 'noun': 'note', 'subjectId': made['noteId']}).json['id']
    assert withdraw(coach, made['id']).status == 200
    assert unit.get(note).status == 404 and unit.get(about).json['items'] == []
    for reader in (coach, lead):
        read = reader.get(note).json
        assert read['text'] == 'Over iemand anders.' and read['withdrawnAt'] and read['withdrawnById'], 'who wrote it and a team lead see that there was one'
    assert 'anders' not in unit.get(f'/tasks/{task}').text
    assert lead.delete(note, '*').status == 204


def test_seen_practitioner_a_withdrawn_contact_lets_nothing_pass_to_the_employer(region, cared, later):
    place, coach, _ = cared()
    owners = "select count(*) from app.task where subject_id = %s and kind = 'follow_up' and state = 'open' and owner_employer_id is not null"
    with later(91):
        made = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine'}).json
        assert coach.get(place).json['guidedByEmployerFrom'] and region.sql(owners, (place.rsplit('/', 1)[1],))[0][0]
        assert withdraw(coach, made['id'], 'entered_by_mistake').status == 200
        assert 'guidedByEmployerFrom' not in coach.get(place).json and region.sql(owners, (place.rsplit('/', 1)[1],)) == [(0,)]


def test_seen_practitioner_a_contact_of_a_case_that_ended_is_withdrawn_and_nothing_is_asked(as_role, region, cared, person, later):
    place, coach, _ = cared()
    with later(1):
        made = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'not_reached'}).json
        coach.post(f'{place}/endings', {'reason': 'functioning'})
        stranger = person('coach')[1]()
        assert withdraw(stranger, made['id']).status == 404
        assert withdraw(as_role('consultant'), made['id'], 'other').status == 200, 'the municipality, too'
    assert region.sql("select count(*) from app.task where subject_id = %s and state in ('open', 'proposed', 'done', 'failed')", (place.rsplit('/', 1)[1],)) == [(0,)]


def test_seen_attacker_a_withdrawn_contact_ends_no_work_of_others(as_role, region, cared):
    """A coach withdrew a contact of a placement that had ended, and with it every task about it ended: promises and questions of others, without a word."""
    place, coach, _ = cared()
    made = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine'}).json
    assert coach.post(f'{place}/endings', {'reason': 'functioning'}).status == 200
    about = {'noun': 'placement', 'subjectId': place.rsplit('/', 1)[1], 'dueDay': str(today(region) + datetime.timedelta(days=20))}
    others = [as_role(role).post('/tasks', {'kind': kind, **about}).json['id'] for role, kind in (('consultant', 'promise'), ('team_lead', 'question'))]
    assert withdraw(coach, made['id']).status == 200
    assert [as_role('team_lead').get(f'/tasks/{one}').json['state'] for one in others] == ['open', 'open']
    assert not tasks(region, place), 'nobody is asked to call any more'


def test_race_of_eight_who_withdraw_one_contact_one_does(as_role, region, cared, later):
    """Withstood: its task opens once."""
    place, coach, _ = cared()
    with later(1):
        made = coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine'}).json
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: withdraw(coach if n % 2 else as_role('consultant'), made['id']), range(8)))
        assert sorted(one.status for one in answers) == [200] + [409] * 7, [one.text for one in answers]
        assert 'day_1:candidate' in tasks(region, place)
        assert region.sql("select count(*) from app.transition where subject_id = %s and event = 'reopen'", (made['taskId'],)) == [(1,)]
