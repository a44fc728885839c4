# SPDX-License-Identifier: EUPL-1.2
"""Reads the hand-written contract: one merged document, with a view per operation and schema that the emitters use."""
import re
from pathlib import Path

import yaml

from .wrong import Wrong

METHODS = ('get', 'post', 'put', 'patch', 'delete')


def snake(name):
    return re.sub(r'(?<=[a-z0-9])([A-Z])', r'_\1', name).lower()


def column_of(name, raw):
    return raw.get('x-column', snake(name))


class Contract:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.root = yaml.safe_load((self.folder / 'openapi.yaml').read_text())
        self.roles = [role['name'] for role in self.root['x-roles']]
        self.parameters = yaml.safe_load((self.folder / 'common.yaml').read_text())['components']['parameters']
        self.schemas, self.files, self.operations, self.paths = {}, {}, [], {}   # files: of schemas
        for file in sorted(self.folder.glob('*.yaml')):
            if file.name not in ('openapi.yaml', 'common.yaml', 'problems.yaml'):
                self._read(yaml.safe_load(file.read_text()), file.name)
        self.services = sorted({operation.service for operation in self.operations})
        self.by_id = {operation.id: operation for operation in self.operations}
        for name, schema in self.schemas.items():
            if schema.get('x-list-of') is None:
                schema.setdefault('type', 'object')
            for prop_name, prop in schema.get('properties', {}).items():
                if 'x-visible-to' in prop and prop_name in schema.get('required', []):
                    raise Wrong(f'{name}.{prop_name} is required, but not everybody may see it')
                if prop.get('x-roles-enum'):
                    prop['enum'] = [role for role in self.roles if role != 'system']

    def _read(self, document, file):
        for name, schema in document['components']['schemas'].items():
            if name in self.schemas:
                raise Wrong(f'{file}: schema {name} is defined twice')
            if 'x-nl' not in schema:
                raise Wrong(f'{file}: schema {name} has no Dutch term (x-nl)')
            self.schemas[name], self.files[name] = schema, file
        for path, item in document['paths'].items():
            if path in self.paths:
                raise Wrong(f'{file}: path {path} is defined twice')
            self.paths[path] = item
            for method in METHODS:
                if method in item:
                    self.operations.append(Operation(self, document['x-service'], path, item, method, file))

    @property
    def headers(self):
        """Name and value of what every answer carries."""
        return [('api-version', self.root['info']['version']), *self.root['x-headers'].items()]

    def parameter(self, parameter):
        if '$ref' in parameter:
            return self.parameters[parameter['$ref'].rsplit('/', 1)[1]]
        return parameter

    def role_mask(self, names):
        mask = 0
        for name in names:
            mask |= 1 << self.roles.index(name)
        return mask

    def reachable(self, names):
        """The schemas that `names` lead to, innermost first."""
        found = []

        def walk(name, inside=()):
            if name in inside:
                raise Wrong(f'schema {name} contains itself')
            for prop in self.schemas[name].get('properties', {}).values():
                for part in (prop, prop.get('items', {})):
                    if '$ref' in part:
                        walk(part['$ref'].rsplit('/', 1)[1], (*inside, name))
            if name not in found:
                found.append(name)
        for name in names:
            walk(name)
        return found


class Operation:
    def __init__(self, contract, service, path, item, method, file):
        raw = item[method]
        self.contract, self.service, self.path, self.method, self.raw = contract, service, path, method, raw
        self.id = raw['operationId']
        self.where, self.name = f'{file}: {method} {path}', snake(self.id)
        self.handler, self.check = raw.get('x-handler'), raw.get('x-check')
        self.plan = [(part, {}) if isinstance(part, str) else next(iter(part.items())) for part in raw.get('x-plan', [])]
        if bool(self.handler) == bool(self.plan) or (self.handler and self.check):
            raise Wrong(f'{self.where}: says either x-plan (statements, with or without x-check), or x-handler (a C function)')
        self.rights = raw.get('x-rights')
        if self.rights is None and not raw.get('x-public'):
            raise Wrong(f'{self.where}: does not say who may call it (x-rights or x-public)')
        both = [contract.parameter(p) for p in item.get('parameters', []) + raw.get('parameters', [])]
        names = re.findall(r'{(\w+)}', path)
        self.path_parameters = [next(p for p in both if p['name'] == name and p['in'] == 'path') for name in names]
        self.query_parameters = [p for p in both if p['in'] == 'query']
        self.status = int(next(iter(raw['responses'])))
        content = raw['responses'][str(self.status)].get('content', {})
        self.response = content['application/json']['schema']['$ref'].rsplit('/', 1)[1] if content else None
        body = raw.get('requestBody', {}).get('content', {})
        self.partial = 'application/merge-patch+json' in body
        self.body = next(iter(body.values()))['schema']['$ref'].rsplit('/', 1)[1] if body else None
        if self.check and not self.body:
            raise Wrong(f'{self.where}: x-check needs a body')
        self.safe = method == 'get' or raw.get('x-safe', False)
        self.needs_key = method == 'post' and not raw.get('x-safe')
        self.needs_match = method in ('put', 'patch', 'delete')
        self.show = raw.get('x-show')
        self.jobs = raw.get('x-jobs', [])

    @property
    def list_of(self):
        """The schema of the items when this is a list, else None."""
        return self.contract.schemas[self.response].get('x-list-of') if self.response else None

    @property
    def list_query(self):
        """The name of the statement that a list pages through: the last one of its plan, or that of its handler."""
        return self.plan[-1][0] if self.plan else self.handler

    @property
    def item(self):
        """The schema that the field table of the answer comes from."""
        return self.list_of or self.response
