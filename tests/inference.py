# SPDX-License-Identifier: EUPL-1.2
"""Everything that the contract lets people outside the wall of measures read of a person, walked from the contract: a new operation, filter or role is in it by
itself. For the test that nothing of it differs with a measure, and the bench that it does not take longer either."""
import http.client
import json
import re
import uuid

from region import ROOT, Client

SERVED = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
INSIDE = {'team_lead', 'system'}        # of the municipality of the person; the others are inside by who they are, and here they are others
OF_NO_ROW = {'cursor', 'pageSize', 'sort', 'count', 'fields', 'after'}
MACHINES = {'task', 'message', 'document', 'note', 'subject'}      # rows of which a job carries the identifier: without the row it says nothing
VARIES = {'date', 'x-request-id', 'content-length'}
# Of the answer and of the whole municipality, not of a person: its moment, its number, where a page begins (sealed anew each time), and how far a follower is, which every change of anybody moves.
NEUTRAL = re.compile(rb'"(?:asOf|at|position|instance)":"[^"]*"|cursor=[\w-]+')


def parameters(path, operation):
    known = SERVED['components']['parameters']
    return [known[raw['$ref'].rsplit('/', 1)[1]] if '$ref' in raw else raw for raw in SERVED['paths'][path].get('parameters', []) + operation.get('parameters', [])]


def singular(segment):
    word = segment.replace('-', '_')
    return word[:-3] + 'y' if word.endswith('ies') else word[:-1]


class Things:
    """The rows of a municipality that are about a person, or that those are about: by table. `new` are those of any table that were not there when this was
    made: with a measure, and without anything else that is done meanwhile, they are what nobody outside may know of."""

    def __init__(self, region, person):
        self.region, self.lists, self.columns = region, {}, {}
        for table, column in region.sql("""select c.table_name, c.column_name from information_schema.columns c join pg_class k on k.relname = c.table_name and k.relkind in ('r', 'p')
                where c.table_schema = 'app' and k.relnamespace = 'app'::regnamespace and not k.relispartition and c.udt_name = 'uuid'"""):
            self.columns.setdefault(table, []).append(column)
        self.tables = sorted(table for table, columns in self.columns.items() if 'id' in columns)
        self.there = self.all_ids()
        self.known = self.reach(person)

    def listed(self, path, name):
        """What a list of the contract has under this name, as somebody who sees all: codes and the like, which are in no table of a municipality."""
        if (path, name) not in self.lists:
            answer = Client(self.region, 'team_lead').get(f'{path}?pageSize=100') if 'get' in SERVED['paths'].get(path, {}) else None
            self.lists[path, name] = sorted({item[name] for item in answer.json.get('items', []) if name in item}) if answer and answer.status == 200 else []
        return self.lists[path, name]

    def all_ids(self):
        return {table: {one for one, in self.region.sql(f'select id::text from app.{table}')} for table in self.tables}

    def reach(self, person):
        """Rows that refer to the person, rows that refer to those, and what all of these refer to."""
        found, about = {'candidate': {person}}, {person}
        for _ in range(2):
            for table in self.tables:
                by = [c for c in self.columns[table] if c != 'id' and not c.endswith(('user_id', 'employer_id', 'organisation_id', '_by')) and c != 'tenant_id']
                if by:
                    rows = self.region.sql(f"select id::text from app.{table} where {' or '.join(f'{c} = any (%s::uuid[])' for c in by)}", [list(about)] * len(by))
                    found.setdefault(table, set()).update(one for one, in rows)
            about |= {one for ids in found.values() for one in ids}
        for table in list(found):
            for column in self.columns[table]:
                named = column.removesuffix('_id')
                if named in self.tables and found[table]:
                    rows = self.region.sql(f'select distinct {column}::text from app.{table} where id = any (%s::uuid[]) and {column} is not null', (list(found[table]),))
                    found.setdefault(named, set()).update(one for one, in rows)
        return {table: sorted(ids) for table, ids in found.items()}

    def new(self):
        """{table: ids}"""
        now = self.all_ids()
        return {table: sorted(now[table] - self.there[table]) for table in self.tables if now[table] - self.there[table]}

    def of(self, table, example):
        """The values to ask with: what is known, what is hidden, and the example of the contract."""
        return [*(self.known.get(table) or filter(None, [example])), *([f'~{table}~'] if table in self.tables else [])]


def addresses(path, operation, things):
    """The addresses of an operation: by each identifier that it may have, and a list by each of its filters too. What is listed by a code, such as figures, is many: by
    what the person has to do with only."""
    query = [p for p in parameters(path, operation) if p['in'] == 'query']
    plain, many = [path], False
    for parameter in (p for p in parameters(path, operation) if p['in'] == 'path'):
        above = path.split('/{' + parameter['name'])[0]
        listed = things.listed(above, parameter['name'])
        given, many = listed or things.of(singular(above.rsplit('/', 1)[-1]), parameter.get('example')), many or bool(listed)
        plain = [one.replace('{' + parameter['name'] + '}', str(value)) for one in plain for value in given]
    required = [f'{p["name"]}={p["example"]}' for p in query if p.get('required')]
    if any(p['name'] == 'pageSize' for p in query):
        required += ['pageSize=100', 'count=true']
    for one in plain:
        yield '?'.join([one, '&'.join(required)] if required else [one])
        for parameter in query if '~' not in one else []:
            for value in values(parameter, things) if not many else things.known.get(table_of(parameter['name']), []):
                yield one + '?' + '&'.join([*required, f'{parameter["name"]}={value}'])


def table_of(name):
    return re.sub('([A-Z])', r'_\1', name.removesuffix('Id')).lower()


def values(parameter, things):
    name, example = parameter['name'], parameter.get('example')
    if name in OF_NO_ROW or parameter.get('required'):
        return []
    if name in ('subjectId', 'aboutId', 'scopeId'):
        return [*sorted({one for table in ('candidate', 'trajectory', 'appointment', 'placement', 'benefit') for one in things.known.get(table, [])}), '~any~']
    example = ','.join(example) if isinstance(example, list) else str(example).lower() if isinstance(example, bool) else example
    return things.of(table_of(name), example) if name.endswith('Id') else list(filter(None, [example]))


def reads(role, things):
    """(operationId, address) of everything that a role may read."""
    for path, item in SERVED['paths'].items():
        operation = item.get('get', {})
        if role in operation.get('x-rights', {}):
            for address in addresses(path, operation, things):
                yield operation['operationId'], address


class Reader:
    """Somebody outside, on a connection of its own."""

    def __init__(self, region, name, token):
        self.name, self.token = name, token
        self.connection = http.client.HTTPConnection('127.0.0.1', region.port, timeout=60)      # opens again when it was closed

    def get(self, address):
        self.connection.request('GET', '/v1' + address, headers={'Authorization': f'Bearer {self.token}'})
        answer = self.connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def read(self, address):
        """The answer, as it may be compared. Of a list the first hundred, and how many there are."""
        status, headers, body = self.get(address)
        varies = VARIES | ({'etag'} if NEUTRAL.search(body) else set())
        return status, tuple(sorted((name, value) for name, value in headers.items() if name not in varies)), NEUTRAL.sub(b'', body)


def without(answer, one):
    """An answer that was asked for by an identifier: without it, and without the tag of a body that repeats it."""
    status, headers, body = answer
    return (status, tuple((k, v) for k, v in headers if k != 'etag'), body.replace(one.encode(), b'')) if one.encode() in body else answer


def identifiers(body, kept):
    """Of the work of the machine, which comes and goes with that of anybody: only the identifiers that would lead to a person or a measure."""
    return [one for one in kept if one.encode() in body]


def picture(reader, role, things):
    """{(who, operation, address): answers}; an address with what is hidden is asked by each that there is, and by one that there is not."""
    hidden, found = things.new(), {}
    leading = [*things.known['candidate'], *(one for table, ids in hidden.items() if table not in MACHINES for one in ids)]
    reader.connection.close()       # the service closes it when nothing is asked for a while
    for operation, address in reads(role, things):
        mark = re.search('~(\\w+)~', address)
        ids = [None] if not mark else [*([one for many in hidden.values() for one in many] if mark[1] == 'any' else hidden.get(mark[1], [])), str(uuid.uuid4())]
        for one in ids:
            answer = reader.read(address.replace(mark[0], one)) if one else reader.read(address)
            if address.startswith('/queue'):
                answer = answer[0], identifiers(answer[2], leading)
            found.setdefault((reader.name, operation, address), []).append(without(answer, one) if one else answer)
    return {asked: {repr(answer) for answer in answers} for asked, answers in found.items()}


RANDOM = re.compile(r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z|-[0-9a-f]{16}(?=\\?")|"alreadyOpen":\d+')      # the last: of a vacancy to which both were proposed


def sent(body, known, name='', noun=None):
    """The example of a body, about the things of somebody."""
    if isinstance(body, dict):
        return {key: sent(value, known, key, body.get('noun')) for key, value in body.items()}
    if isinstance(body, list):
        return [sent(value, known, name, noun) for value in body]
    table = noun or 'candidate' if name in ('subjectId', 'aboutId') else table_of(re.sub('Ids$', 'Id', name))
    return known[table][0] if name.endswith(('Id', 'Ids')) and known.get(table) else body


def writes(role, known):
    """(operationId, method, address, body) of everything that a role may write about somebody, by the examples of the contract."""
    for path, item in SERVED['paths'].items():
        for method in {'post', 'patch', 'put', 'delete'} & set(item):
            operation, address = item[method], path
            if role not in operation.get('x-rights', {}):
                continue
            for parameter in (p for p in parameters(path, operation) if p['in'] == 'path'):
                table = singular(path.split('/{' + parameter['name'])[0].rsplit('/', 1)[-1])
                address = address.replace('{' + parameter['name'] + '}', known[table][0] if known.get(table) else str(parameter.get('example')))
            content = list(operation.get('requestBody', {}).get('content', {}).values())
            schema = content[0]['schema'].get('$ref', '').rsplit('/', 1)[-1] if content else ''
            body = sent(SERVED['components']['schemas'].get(schema, {}).get('example'), known)
            if any(one in address + json.dumps(body) for ids in known.values() for one in ids):
                yield operation['operationId'], method.upper(), address, body


def answered(client, method, address, body):
    """What comes of a write, without what differs for any two rows."""
    headers = {'If-Match': '*'} if method != 'POST' else {'Idempotency-Key': str(uuid.uuid4())}
    answer = client.call(method, address, body, headers)
    return answer.status, RANDOM.sub('', repr([(name, answer.headers.get(name)) for name in ('location', 'etag', 'retry-after')]) + answer.text)
