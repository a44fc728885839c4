# SPDX-License-Identifier: EUPL-1.2
"""Answers for generated clients to read: one of each schema with the least that it may have, one as a later version may send it,
with properties and values that this contract does not know. And: whether a client read all of it."""
import json
from datetime import datetime

LATER = 'brought_later'
FORMATS = {'uuid': '01920000-0000-7000-8000-000000000a01', 'date': '2026-11-23', 'date-time': '2026-11-23T09:30:00.000Z'}


class Answers:
    def __init__(self, document):
        self.schemas = document['components']['schemas']
        self.media = [content['schema']['$ref'].rsplit('/', 1)[1] for part in self.parts(document)
                      for media, content in part.get('content', {}).items() if media.endswith('json')]

    @staticmethod
    def parts(document):
        yield from document['components']['responses'].values()
        for item in document['paths'].values():
            for method, operation in item.items():
                if method != 'parameters':
                    yield from operation['responses'].values()

    def schema(self, raw):
        """The schema itself, and what stands beside the reference to it."""
        if 'allOf' in raw:
            return {**self.schema(raw['allOf'][0]), **{key: value for key, value in raw.items() if key != 'allOf'}}
        return self.schema(self.schemas[raw['$ref'].rsplit('/', 1)[1]]) if '$ref' in raw else raw

    def value(self, raw, later):
        raw = self.schema(raw)
        if not raw:                 # anything
            return {'count': 3, 'days': ['mon', 'tue']} if later else 1
        if 'properties' in raw:
            names = raw['properties'] if later else raw.get('required', [])
            made = {name: self.value(raw['properties'][name], later) for name in names}
            return {**made, LATER: {'x': [1, 'y']}} if later else made
        if raw['type'] == 'object':
            return {'self': self.value(raw['additionalProperties'], later)}
        if raw['type'] == 'array':
            return [self.value(raw['items'], later)] if later else []
        if 'x-extensible-enum' in raw:
            return LATER if later else raw['x-extensible-enum'][0]
        if 'enum' in raw:
            return raw['enum'][-1 if later else 0]
        if raw['type'] == 'integer':
            return raw['maximum' if later else 'minimum']
        if raw['type'] == 'boolean':
            return later
        if 'pattern' in raw:
            return raw['example']
        return FORMATS.get(raw.get('format')) or 'é' * (raw['maxLength'] if later else 1)

    def write(self, folder):
        """<folder>/<least or later>/<Schema>.json of everything that an operation answers; how many there are."""
        for later in (False, True):
            place = folder / ('later' if later else 'least')
            place.mkdir(parents=True, exist_ok=True)
            for name in set(self.media):
                (place / f'{name}.json').write_text(json.dumps(self.value(self.schemas[name], later), ensure_ascii=False))
        return 2 * len(set(self.media))


def same(sent, read):
    """Whether everything that was sent, but for what nobody knows yet, was read; optional values may be null beside it."""
    if isinstance(sent, dict):
        return isinstance(read, dict) and all(same(value, read.get(name)) for name, value in sent.items() if name != LATER)
    if isinstance(sent, list):
        return (read or []) == sent == [] or isinstance(read, list) and len(sent) == len(read) and all(map(same, sent, read))
    if isinstance(sent, str) and isinstance(read, str) and sent.endswith('Z'):
        return datetime.fromisoformat(sent) == datetime.fromisoformat(read)
    return sent == read


def unread(sent, read):
    """The files of `sent` that `read` lacks, or has with other values."""
    return [f'{file.parent.name}/{file.name}' for file in sorted(sent.glob('*/*.json'))
            if not (read / file.parent.name / file.name).exists()
            or not same(json.loads(file.read_text()), json.loads((read / file.parent.name / file.name).read_text()))]
