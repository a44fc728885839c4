# SPDX-License-Identifier: EUPL-1.2
"""How a scenario is told: its steps, what was refused, what waits for a later issue, and the figures that came out of it. A figure is read
from GET /figures/{code} and never added up here; then its records are read by somebody who may, and asked for by somebody who may not."""
import uuid
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo
import datetime

from region import Client, until
from scenarios.main_job import expect

HERE = ZoneInfo('Europe/Amsterdam')
AT_ONCE = 4


def noon(day):
    """Noon of that day in Amsterdam."""
    return datetime.datetime.fromisoformat(f'{day}T12:00:00').replace(tzinfo=HERE)


class Story:
    """`set_clock` is that of scenarios.promise.clock; `tenth`: whether everything that is many is a tenth of it; `receiver` takes what
    goes out to machines and to paper."""

    def __init__(self, region, say, set_clock, tenth=False, receiver=None):
        self.region, self.say, self.set_clock, self.tenth, self.receiver = region, say, set_clock, tenth, receiver
        self.clients, self.ran, self.waits, self.refusals, self.numbers = {}, 0, [], [], []
        listed = expect(self.by('team_lead').get('/figures?pageSize=100'), 200)
        self.catalogue = {f['code']: f for f in listed['items']}

    def many(self, number):
        return max(1, round(number / 10)) if self.tenth else number

    def by(self, role, **options):
        """Somebody in that role; the same one each time, as one user of several with that role with `user`."""
        key = (role, *options.values())
        if key not in self.clients:
            self.clients[key] = Client(self.region, role, **options)
        return self.clients[key]

    def user(self, role, name, **more):
        """A new user, whom the administrator registers, as a client."""
        made = self.new('tenant_admin', '/users', {'name': name, 'email': f'{uuid.uuid4()}@scenario.example', 'role': role, **more})
        return made['id'], self.by(role, user=made['id'])

    def new(self, who, path, body, status=201):
        client = self.by(who) if isinstance(who, str) else who
        return expect(client.post(path, body), status)

    def act(self, who, path, body=None):
        return self.new(who, path, {} if body is None else body, 200)

    def each(self, work, items):
        """The same for each of many, several at once; the answers in their order."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(work, items))

    def on(self, day):
        self.set_clock(noon(day))
        self.say(f'       · {day}')

    # ------------------------------------------------------------------------------------------------ what is told

    def step(self, number, words):
        self.ran += 1
        self.say(f'  {number:>3}  {words}')

    def waiting(self, number, issue, words):
        self.waits.append((number, issue))
        self.say(f'  {number:>3}  waiting: {issue}: {words}')

    def refused(self, number, words, response, status, problem=None):
        """What must be refused was, with this status and, when it is given, this problem."""
        assert response.status == status, f'{number}: {words}: {response.status} instead of {status}: {response.text[:500]}'
        assert problem is None or response.problem == problem, f'{number}: {words}: {response.problem} instead of {problem}'
        self.refusals.append(words)
        self.say(f'  {number:>3}  ✗ {words}: {status} {response.problem}')

    # ------------------------------------------------------------------------------------------------ figures

    def count(self):
        """Everything is counted now."""
        lead = self.by('team_lead')
        before = expect(lead.post('/figures/reported/counts', key=str(uuid.uuid4())), 200).get('asOf')
        until(lambda: expect(lead.get('/figures/reported'), 200).get('asOf', before) != before, 120)

    def figure(self, code, year, expected, words, **asked):
        """The number of a year, or of now, is the expected one, and so is what its records weigh."""
        assert code in self.catalogue, f'there is no figure {code} ({words})'
        measure, query = self.catalogue[code]['measure'], ''.join(f'&{name}={value}' for name, value in asked.items())
        stock, middle = measure == 'stock', measure in ('median', 'share')
        place = f'/figures/{code}?dayFrom={year}-01-01&dayTo={year}-12-31{query}'
        found = expect(self.by('team_lead').get(place), 200)
        value = found['points'][-1].get('value') if stock else next((t.get('value') for t in found['totals'] if t['year'] == year), None)
        assert value == expected, f'figure {code} ({words}) is {value} instead of {expected}: {found["points"]} {found["totals"]}'
        months = [p for p in found['points'][-1:] if stock] or [p for p in found['points'] if middle or p['value']]
        weight = sum(self.records(code, point, query, middle) for point in months)
        assert middle or weight == value, f'figure {code} ({words}) is {value}, and its records are {weight}'
        shown = self.shown_to_others(code, place, months, query)
        self.numbers.append((code, value))
        self.say(f'       {words}: {value} ({code}{"".join(f", {n}" for n in asked)}; as of {found["asOf"][:10]}), of {weight} in its records; an analyst {shown}')

    def records(self, code, point, query, middle=False):
        """What the records of a month weigh: as many as there are, or what they add to it. The `middle` of what they measure is another number."""
        place = f'/figures/{code}/months/{point["month"]}-01/records?pageSize=100&count=true{query}'
        found = expect(self.by('team_lead').get(place), 200)
        weight = found['total'] if len(found['items']) < found['total'] else sum(r['weight'] for r in found['items'])
        assert middle or weight == point['value'], f'{code} of {point["month"]}: {point["value"]}, and its records are {weight}'
        return weight

    def shown_to_others(self, code, place, months, query):
        """An analyst reads no record, and no number that is small."""
        analyst = self.by('analyst')
        seen = expect(analyst.get(place), 200)
        cells, least = seen['points'] + seen['totals'], seen['smallest']
        assert self.catalogue[code]['measure'] in ('median', 'share') or all(not 0 < cell.get('value', 0) < least for cell in cells), f'{code}: {cells}'
        hidden = sum(cell['suppressed'] for cell in cells)
        for point in months[:1]:
            refused = analyst.get(f'/figures/{code}/months/{point["month"]}-01/records?{query.lstrip("&")}')
            assert refused.status == 403, f'{code}: an analyst reads records: {refused.status}'
        return f'gets no record (403), {hidden} of {len(cells)} cells are held back'

    def close(self):
        waits = {}
        for number, issue in self.waits:
            waits.setdefault(issue, []).append(number)
        self.say(f'  {self.ran} steps ran; {len(self.refusals)} refusals were refused; {len(self.numbers)} figures came out; waiting: '
                 + ('; '.join(f'{issue}: {", ".join(dict.fromkeys(map(str, numbers)))}' for issue, numbers in sorted(waits.items())) or 'nothing'))
