# SPDX-License-Identifier: EUPL-1.2
"""What an attack is: a function with @attack. It tries what an attacker would, and raises GotThrough when it worked; it returns, and may
say how much it tried, when the product held. The next attack is one more function in people.py, wire.py or inside.py."""
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from region import ROOT, Client, until  # noqa: E402

LONGEST_S = 90
ATTACKS = []


class GotThrough(AssertionError):
    pass


def attack(row, what, short=False, last=False):
    """`row`: the kind of the attack, as in docs/field.md; `what` is tried, in one line; `short`: also in `make test`; `last`: it looks at
    what the others have left."""
    def add(function):
        function.row, function.what, function.short, function.last = row, what, short, last
        ATTACKS.append(function)
        return function
    return add


def attacks(short=False):
    """Those of `make test`, or all, in the order in which they are run."""
    return sorted((one for one in ATTACKS if one.short or not short), key=lambda one: one.last)


def held(condition, words):
    if not condition:
        raise GotThrough(words)


@contextmanager
def deadline(seconds):
    def stop(*_):
        raise GotThrough(f'it did not end in {seconds} s')
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(function, world):
    """(held, line)"""
    from_s = time.monotonic()
    try:
        with deadline(LONGEST_S):
            words = function(world) or ''
    except Exception as error:          # also an attack that broke: nobody knows whether it was held
        words = f'{type(error).__name__}: {error}' if not isinstance(error, GotThrough) else str(error)
        return False, f'GOT THROUGH  {function.row:3} {function.what}: {" ".join(words.split())[:300]}'
    return True, f'held         {function.row:3} {function.what} ({words + ", " if words else ""}{time.monotonic() - from_s:.1f} s)'


class World:
    """A region with people and vacancies, for attacks to use."""

    def __init__(self, region):
        self.region, self.patience_s = region, 60

    def client(self, role, tenant='gm9901', **options):
        return Client(self.region, role, tenant, **options)

    def sql(self, text, values=()):
        return self.region.sql(text, values)

    def users(self, role, tenant='gm9901'):
        return [row[0] for row in self.sql("select u.id::text from app.user_account u join ref.tenant t using (tenant_id) "
                                           "where t.code = %s and u.role = %s and u.active order by u.email", (tenant, role))]

    def vacancy(self, employer=None, **changes):
        employer = employer or self.client('employer')
        occupation = employer.get('/occupations?labelPrefix=warehouse%20worker').json['items'][0]['id']
        made = employer.post('/vacancies', {'employerId': employer.get('/user-profile').json['organisationId'], 'title': 'Magazijn',
                                            'kind': 'regular', 'occupationId': occupation, 'hoursMin': 8, 'hoursMax': 36, 'pc4': '5012',
                                            'positions': 2, 'candidatesWanted': 3, **changes})
        assert made.status == 201, made.text
        return made.json['id']

    def change(self, candidate, body):
        lead = self.client('team_lead')
        answer = lead.patch(f'/candidates/{candidate}', body, lead.get(f'/candidates/{candidate}').headers['etag'])
        assert answer.status == 200, answer.text

    def shortlisted(self, wanted=3):
        """A new vacancy, and who is on its list."""
        vacancy, consultant = self.vacancy(candidatesWanted=wanted), self.client('consultant')
        screened = consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'})
        assert screened.status == 201, screened.text
        found = consultant.wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: r.status == 200 and r.json['status'] == 'ready',
                                    self.patience_s)
        assert found.json['status'] == 'ready', found.text
        return vacancy, [item['candidateId'] for item in found.json['items'] if item.get('openProposals', 0) < 2]

    def proposed(self, many=2):
        """A new vacancy, and its proposals, sent to the employer."""
        vacancy, listed = self.shortlisted(many)
        made = self.client('consultant').post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': listed[:many]})
        assert made.status == 201, made.text
        return vacancy, [proposal['id'] for proposal in made.json['proposals']]


__all__ = ['ROOT', 'GotThrough', 'World', 'attack', 'attacks', 'held', 'run', 'until']
