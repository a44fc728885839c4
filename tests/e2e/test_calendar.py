# SPDX-License-Identifier: EUPL-1.2
"""Days, hours and clocks. calendar.tsv has cases that were worked by hand; a second implementation, which knows nothing of the first, holds the
cases to account and is tried beside the product on days and terms that nobody chose."""
import csv
import json
import random
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg2
import pytest

HERE = ZoneInfo('Europe/Amsterdam')
WEEK = [1, 2, 3, 4, 5]
USUAL = {'calendar.office_hours': {'open': [{'days': WEEK, 'from': '09:00', 'until': '17:00'}]},
         'calendar.quiet_hours': {'quiet': True, 'from': '21:00', 'until': '07:00'},
         'calendar.liberation_day': {'day_off': 'never'}, 'calendar.equated_days': {'days': []}}
# what the column `rules` of the table names
RULES = {'': {}, 'saturday': {'calendar.office_hours': {'open': [*USUAL['calendar.office_hours']['open'],
                                                                   {'days': [6], 'from': '10:00', 'until': '14:00'}]}},
         'lunch': {'calendar.office_hours': {'open': [{'days': WEEK, 'from': '09:00', 'until': '12:00'},
                                                      {'days': WEEK, 'from': '13:00', 'until': '17:00'}]}},
         'closed': {'calendar.office_hours': {**USUAL['calendar.office_hours'], 'closed': ['2027-05-07']}},
         'twice': {'calendar.office_hours': {'open': [{'days': WEEK, 'from': '09:00', 'until': '17:00'},
                                                      {'days': WEEK, 'from': '08:00', 'until': '11:00'}]}},
         'liberation': {'calendar.liberation_day': {'day_off': 'every_year'}},
         'lustrum': {'calendar.liberation_day': {'day_off': 'every_five_years'}},
         'equated': {'calendar.equated_days': {'days': ['2027-05-07']}},
         'night': {'calendar.quiet_hours': {'quiet': True, 'from': '23:00', 'until': '02:30'}},
         'noon': {'calendar.quiet_hours': {'quiet': True, 'from': '12:00', 'until': '14:00'}},
         'off': {'calendar.quiet_hours': {'quiet': False, 'from': '21:00', 'until': '07:00'}}}


def cases():
    lines = Path(__file__).with_name('calendar.tsv').read_text().splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith('#')), delimiter='\t'))


CASES = cases()
NAMES = [f"{n} {case['what']} {case['start']} {case['term']}" for n, case in enumerate(CASES)]


def moment(text):
    """2027-03-27 12:00 +01"""
    return datetime.strptime(text + '00', '%Y-%m-%d %H:%M:%S %z' if text.count(':') == 2 else '%Y-%m-%d %H:%M %z')


def span(text):
    hours, minutes = (text or '0:00').split(':')
    return timedelta(hours=int(hours), minutes=int(minutes))


def due_of(text):
    amount, unit, *legal = text.split()
    return {'amount': int(amount), 'unit': unit, **({'legal': True} if legal else {})}


# ------------------------------------------------------------------------------------------ the second implementation

class Reference:
    """Counts minute by minute and day by day what the product computes."""

    def __init__(self, rules):
        self.rules = {**USUAL, **RULES[rules]}

    @staticmethod
    def easter(year):
        """The Sunday after the ecclesiastical full moon (Gauss, with the two exceptions)."""
        a, b, c, k = year % 19, year % 4, year % 7, year // 100
        m = (15 - (13 + 8 * k) // 25 + k - k // 4) % 30
        n = (4 + k - k // 4) % 7
        d = (19 * a + m) % 30
        e = (2 * b + 4 * c + 6 * d + n) % 7
        if (d, e) == (29, 6) or (d, e) == (28, 6) and (11 * m + 11) % 30 < 19:
            e -= 7
        return date(year, 3, 22) + timedelta(d + e)

    def is_holiday(self, day):
        fifth = {'never': False, 'every_year': True, 'every_five_years': day.year % 5 == 0}[self.rules['calendar.liberation_day']['day_off']]
        fixed = {(1, 1), (12, 25), (12, 26)} | ({(5, 5)} if fifth else set())
        royal = date(day.year, 4, 27 if day.year > 2013 else 30)
        return ((day.month, day.day) in fixed or (day - self.easter(day.year)).days in (0, 1, 39, 49, 50)
                or day == (royal - timedelta(1) if royal.weekday() == 6 else royal))

    def is_business_day(self, day):
        return day.weekday() < 5 and not self.is_holiday(day)

    def may_end_term(self, day):
        return (day.weekday() < 5 and not self.is_holiday(day) and (day.month, day.day) != (5, 5)
                and (day - self.easter(day.year)).days != -2 and str(day) not in self.rules['calendar.equated_days']['days'])

    def wall(self, at):
        """PEP 495 knows the first of two times, and a time that is skipped as the wall would have shown it before."""
        return at.replace(tzinfo=HERE, fold=0).astimezone(timezone.utc)

    def runs(self, unit, at):
        local = at.astimezone(HERE)
        if unit == 'business_days':
            return self.is_business_day(local.date())
        hours = self.rules['calendar.office_hours']
        return (not self.is_holiday(local.date()) and str(local.date()) not in hours.get('closed', ())
                and any(local.isoweekday() in one['days'] and one['from'] <= local.strftime('%H:%M') < one['until'] for one in hours['open']))

    def held(self, unit, since, until):
        minutes, at = 0, since
        while at < until:
            minutes += unit not in ('office_hours', 'business_days') or self.runs(unit, at)
            at += timedelta(minutes=1)
        return timedelta(minutes=minutes)

    def due(self, start, due, held):
        unit, amount = due['unit'], due['amount']
        if unit == 'hours':
            return start.astimezone(timezone.utc) + timedelta(hours=amount) + held
        if unit == 'office_hours':
            return self.after_office_time(start.astimezone(timezone.utc), timedelta(hours=amount) + held)
        local = start.astimezone(HERE).replace(tzinfo=None)
        if unit == 'business_days':
            local = self.after_business_time(local, amount, held)
        elif unit == 'months':
            month = local.year * 12 + local.month - 1 + amount
            last = (date(month // 12 + (month % 12 == 11), (month + 1) % 12 + 1, 1) - timedelta(1)).day
            local = local.replace(year=month // 12, month=month % 12 + 1, day=min(local.day, last))
        else:
            local += timedelta(amount * (7 if unit == 'weeks' else 1))
        if due.get('legal'):
            last = self.end_of_term(start.astimezone(HERE).date(), local.date() + -(-held // timedelta(1)) * timedelta(1), due)
            return self.wall(datetime.combine(last, time(23, 59, 59)))
        if unit != 'business_days':
            local += held
        return self.wall(datetime.combine(local.date(), time(23, 59, 59)) if unit == 'end_of_day' else local)

    def after_office_time(self, at, wanted):
        while not self.runs('office_hours', at):
            at += timedelta(minutes=1)
        while wanted:
            wanted -= timedelta(minutes=1) if self.runs('office_hours', at) else timedelta(0)
            at += timedelta(minutes=1)
        return at

    def after_business_time(self, local, days, held):
        def roll(at):
            while not self.is_business_day(at.date()):
                at += timedelta(1)
            return at
        for _ in range(days + held // timedelta(1)):
            local = roll(local + timedelta(1))
        return roll(roll(local) + held % timedelta(1))

    def end_of_term(self, first, last, due):
        if due['amount'] > {'days': 90, 'weeks': 12, 'months': 3}[due['unit']]:
            return last
        while not self.may_end_term(last) or ((last - first).days >= 3 and due['unit'] + str(due['amount']) not in ('days1', 'days2')
                                              and sum(self.may_end_term(first + timedelta(n)) for n in range(1, (last - first).days + 1)) < 2):
            last += timedelta(1)
        return last

    def is_quiet(self, at):
        rule, clock = self.rules['calendar.quiet_hours'], at.astimezone(HERE).strftime('%H:%M')
        return rule['quiet'] and (rule['from'] <= clock < rule['until'] if rule['from'] <= rule['until']
                                  else clock >= rule['from'] or clock < rule['until'])

    def after_quiet(self, at):
        while self.is_quiet(at):
            at += timedelta(minutes=1)
        return at

    def next_at(self, after, wanted):
        day = after.astimezone(HERE).date() - timedelta(1)
        while True:
            found = self.wall(datetime.combine(day, time.fromisoformat(wanted)))
            if found > after:
                return found
            day += timedelta(1)

    def answer(self, case):
        what, start, term = case['what'], case['start'], case['term']
        at = moment(start).astimezone(timezone.utc) if what not in ('easter', 'holiday', 'business') else None
        return {'easter': lambda: self.easter(int(start)), 'holiday': lambda: self.is_holiday(date.fromisoformat(start)),
                'business': lambda: self.is_business_day(date.fromisoformat(start)), 'quiet': lambda: self.after_quiet(at),
                'digest': lambda: self.next_at(at, term), 'due': lambda: self.due(at, due_of(term), span(case['held'])),
                'held': lambda: self.held(due_of(term)['unit'], at, moment(case['held']))}[what]()


def expected(case):
    return {'easter': date.fromisoformat, 'holiday': 'yes'.__eq__, 'business': 'yes'.__eq__, 'held': span}.get(case['what'], moment)(case['expected'])


# ------------------------------------------------------------------------------------------------------ the product

ASKS = {'easter': ('calendar.easter(%s)', 'start'), 'holiday': ('calendar.is_holiday(%s)', 'start'),
        'business': ('calendar.is_business_day(%s)', 'start'), 'quiet': ('calendar.after_quiet_hours(%s)', 'start'),
        'digest': ('calendar.next_at(%s, %s)', 'start', 'term'), 'held': ('calendar.held(%s, %s, %s)', 'term', 'start', 'held'),
        'due': ('calendar.due(%s, %s, %s)', 'start', 'term', 'held')}


SAYS = """insert into app.rule (tenant_id, id, value, code, scope, state, source, adopted_at, from_at)
          values (app.tenant(), gen_random_uuid(), %s, %s, 'tenant', 'adopted', 'a test', '2000-01-01', '2000-01-01')"""
LAW = 'update ref.rule set value = %s where code = %s'


@pytest.fixture(scope='module')
def ask(region):
    """What the database says, when these rules are in force in a municipality. Its session has a clock of the other side of the world."""
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')

    def value(text, values, rules=''):
        try:
            with connection.cursor() as cursor:
                cursor.execute("set local timezone = 'Pacific/Auckland'; select set_config('app.tenant', tenant_id::text, true), "
                               "set_config('app.role', 'system', true) from ref.tenant where code = 'gm9901'")
                for code, one in RULES[rules].items():
                    cursor.execute(LAW if rules == 'equated' else SAYS, (json.dumps(one), code))
                cursor.execute(f'select {text}', values)
                return cursor.fetchone()[0]
        finally:
            connection.rollback()
    yield value
    connection.close()


def given(case, column):
    text = case[column]
    if column == 'term' and case['what'] in ('due', 'held'):
        return json.dumps(due_of(text))
    if column == 'held' and case['what'] == 'due':
        return span(text)
    if case['what'] in ('holiday', 'business'):
        return date.fromisoformat(text)
    return int(text) if case['what'] == 'easter' else moment(text) if column != 'term' else time.fromisoformat(text)


def said(ask, case):
    text, *columns = ASKS[case['what']]
    return ask(text, [given(case, column) for column in columns], case['rules'])


@pytest.mark.parametrize('case', CASES, ids=NAMES)
def test_a_case_that_was_worked_by_hand(ask, case):
    assert said(ask, case) == expected(case), case['why']


@pytest.mark.parametrize('case', CASES, ids=NAMES)
def test_the_second_implementation_agrees_with_the_hand(case):
    assert Reference(case['rules']).answer(case) == expected(case), case['why']


def test_there_are_cases_enough():
    assert sum(case['what'] == 'due' for case in CASES) >= 80


def test_easter_and_the_holidays_of_three_hundred_years(ask):
    usual = Reference('')
    for year in range(1900, 2200):
        days = [date(year, 1, 1) + timedelta(n) for n in range(366)]
        wanted = [day for day in days if day.year == year and usual.is_holiday(day)]
        assert ask('array(select distinct h from calendar.holidays(%s) h order by 1)', [year]) == wanted, year


@pytest.mark.parametrize('seed', range(3))
def test_clocks_that_nobody_chose(ask, seed):
    """Two hundred clocks each: near nights in which summer time begins or ends, leap days, Christmas, New Year, Easter and King's Day."""
    pick = random.Random(seed)
    near = [date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29), date(2027, 1, 1), date(2026, 12, 25), date(2031, 4, 26), date(2029, 5, 10)]
    for _ in range(200):
        start = datetime.combine(pick.choice(near) + timedelta(pick.randint(-9, 3)), time(pick.randint(0, 23), pick.choice((0, 1, 30, 59)))) \
            .replace(tzinfo=HERE, fold=pick.randint(0, 1)).astimezone(timezone.utc)
        unit = pick.choice(['hours', 'office_hours', 'business_days', 'days', 'weeks', 'months', 'end_of_day', 'days legal', 'weeks legal', 'months legal'])
        case = {'what': 'due', 'term': f'{pick.randint(unit.endswith("legal"), 20)} {unit}', 'start': start.strftime('%Y-%m-%d %H:%M +00'),
                'held': pick.choice(['', '', '0:30', '24:00', f'{pick.randint(0, 90)}:00']), 'rules': pick.choice(['', 'saturday', 'lunch', 'liberation'])}
        assert said(ask, case) == Reference(case['rules']).answer(case), case


def test_messages_wait_until_the_quiet_hours_are_over(ask):
    """Minute by minute through the two nights: the moment that is named is the first one that is not quiet."""
    for night in ('2027-03-27 22:00 +01', '2027-10-30 22:00 +02'):
        for rules in ('', 'night'):
            for minutes in range(0, 600, 7):
                case = {'what': 'quiet', 'term': '', 'rules': rules, 'start': (moment(night) + timedelta(minutes=minutes)).astimezone(timezone.utc).strftime('%Y-%m-%d %H:%M +00')}
                assert said(ask, case) == Reference(rules).answer(case), case


def test_seen_attacker_an_office_that_is_hardly_open_holds_nobody_up(region):
    """A minute each week: the loop over days ends."""
    hours = json.dumps({'open': [{'days': [1], 'from': '09:00', 'until': '09:01'}]})
    (ends,), = region.sql("select calendar.add_office_time('2027-01-01 12:00+01', interval '8784 hours', %s::jsonb) = '2054-05-19 23:59:59+02'", (hours,))
    assert ends
