# SPDX-License-Identifier: EUPL-1.2
"""Holds every answer against the contract as it is served."""
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


# with ?fields= also required properties may be absent
Sparse = jsonschema.validators.extend(jsonschema.Draft4Validator, {'required': lambda *_: iter(())})


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
        for name in documented.get('headers', {}):
            assert name.lower() in response.headers, f'{name}: {where}'
        content = documented.get('content')
        if not content:
            assert response.body == b'', where
        else:
            media = response.headers['content-type']
            assert media in content, where
            schema = content[media]['schema']
            validator = Sparse if 'fields=' in path else jsonschema.Draft4Validator
            validator(schema, resolver=self.resolver, format_checker=checker).validate(response.json)
        if response.status < 300:
            self.called.add(operation['operationId'])
