# SPDX-License-Identifier: EUPL-1.2
"""Holds every answer against the contract as it is served. MAATWERK_CALLED, a file, gets the operations that were called with
success: from all processes of a run, which knows at its end whether one was forgotten."""
import os
import re
import uuid
from datetime import date

import jsonschema

INSTANT = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')
checker = jsonschema.FormatChecker(formats=())


@checker.checks('uuid', raises=ValueError)
def is_uuid(value):
    return str(uuid.UUID(value)) == value


@checker.checks('date', raises=ValueError)
def is_date(value):
    return bool(date.fromisoformat(value))


@checker.checks('date-time')
def is_instant(value):
    return bool(INSTANT.match(value))


def known_properties(validator, properties, instance, schema):
    """Answers are open for later versions; this version has only the properties that its contract names."""
    if isinstance(instance, dict):
        for name in sorted(set(instance) - set(properties)):
            yield jsonschema.ValidationError(f'{name} is not in the contract')
    yield from jsonschema.Draft4Validator.VALIDATORS['properties'](validator, properties, instance, schema)


def known_value(validator, values, instance, schema):
    if instance not in values:
        yield jsonschema.ValidationError(f'{instance!r} is not one of {values}')


Validator = jsonschema.validators.extend(jsonschema.Draft4Validator,
                                         {'properties': known_properties, 'x-extensible-enum': known_value})


class Contract:
    def __init__(self, document):
        self.document, self.called = document, set()
        self.routes = []
        for path, item in document['paths'].items():
            pattern = re.compile('/v1' + re.sub(r'{\w+}', '[^/]+', path) + '$')
            for method, operation in item.items():
                if method != 'parameters':
                    self.routes.append((path.count('{'), pattern, method.upper(), operation))
        self.routes.sort(key=lambda route: route[0])
        self.resolver = jsonschema.RefResolver.from_schema(document)

    def operation(self, method, path):
        plain = '/v1' + path.split('?')[0].removeprefix('/v1')
        for _, pattern, known, operation in self.routes:
            if known == method and pattern.match(plain):
                return operation
        return None

    def deref(self, node):
        while '$ref' in node:
            node = self.resolver.resolve(node['$ref'])[1]
        return node

    def check(self, method, path, response):
        operation = self.operation(method, path)
        if operation is None or method == 'HEAD':
            return
        where = f'{operation["operationId"]}: {response.status} {response.text[:300]}'
        assert str(response.status) in operation['responses'], where
        documented = self.deref(operation['responses'][str(response.status)])
        for name, header in documented.get('headers', {}).items():
            assert name.lower() in response.headers or not self.deref(header).get('required'), f'{name}: {where}'
        content = documented.get('content')
        if not content:
            assert response.body == b'', where
        else:
            media = response.headers['content-type']
            assert media in content, where
            if media == 'application/json' or media.endswith('+json'):
                schema = content[media]['schema']
                Validator(schema, resolver=self.resolver, format_checker=checker).validate(response.json)
        for fault in (response.json.get('errors', []) if response.status >= 400 and response.body else []):
            self.check_pointer(operation, fault, where)
        if response.status < 300 or response.status == 304:
            self.note_called(operation['operationId'] + (':304' if response.status == 304 else ''))

    def check_pointer(self, operation, fault, where):
        """A fault of a body names a property that this body has, or of the row of which a step needs more; or the body as a whole."""
        if fault['place'] == 'body' and fault['pointer'] and fault['code'] != 'unknown-property':
            bodies = [self.deref(b['schema']) for said in (operation.get('requestBody', {}), *(r for status, r in operation['responses'].items() if status < '300'))
                      for b in self.deref(said).get('content', {}).values()]
            assert any(fault['pointer'].split('/')[1] in b.get('properties', {}) for b in bodies), f'{fault["pointer"]}: {where}'

    def awaits_304(self, path):
        operation = self.operation('GET', path)
        return operation and '304' in operation['responses'] and operation['operationId'] + ':304' not in self.called

    def note_called(self, name):
        log = os.environ.get('MAATWERK_CALLED')
        if log and name not in self.called:
            with open(log, 'a') as file:
                file.write(name + '\n')
        self.called.add(name)
