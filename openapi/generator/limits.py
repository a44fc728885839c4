# SPDX-License-Identifier: EUPL-1.2
"""The limits of lib/base/limits.h: refuses a contract, queries or programs that go over one. What is generated asserts the
same, so that a limit that is lowered does not compile."""
import re
from math import prod

from .wrong import Wrong

LIMIT = re.compile(r'^    (\w+) = ([\d *]+),', re.M)


class Limits:
    def __init__(self, header):
        self.values = {name: prod(map(int, value.split('*'))) for name, value in LIMIT.findall(header)}

    def __getitem__(self, name):
        return self.values[name]

    def most(self, name, count, what):
        if count > self[name]:
            raise Wrong(f'{what}: {count}, and {name} of lib/base/limits.h is {self[name]}')

    def check(self, contract, programs, workers):
        """`programs`: {program: [Query]}; `workers`: names of the programs that take jobs."""
        self.most('LIMIT_SERVICES', len(contract.services), f'services {", ".join(contract.services)}')
        self.most('LIMIT_ROLES', len(contract.roles), 'openapi.yaml: x-roles')
        self.most('LIMIT_ATTRIBUTES', len(contract.root['x-attributes']), 'openapi.yaml: x-attributes')
        self.most('LIMIT_WORKERS', len(workers), f'workers {", ".join(workers)}')
        for name in [*contract.services, *workers]:
            self.most('LIMIT_PROGRAM_NAME', len(name), f'characters of {name}')
        for operation in contract.operations:
            self.check_operation(operation)
        for name, schema in contract.schemas.items():
            where = f'{contract.files[name]}: schema {name}'
            self.most('LIMIT_FIELDS', len(schema.get('properties', {})), f'{where}: properties')
        for name in contract.reachable([o.body for o in contract.operations if o.body]):
            for prop, raw in contract.schemas[name].get('properties', {}).items():
                self.most('LIMIT_JSON_ITEMS', raw.get('maxItems', 0), f'{contract.files[name]}: {name}.{prop}: maxItems')
        for program, queries in programs.items():
            self.most('LIMIT_QUERIES', len(queries), f'queries of program {program}')
            for query in queries:
                self.most('LIMIT_QUERY_NAME', len(query.name), f'{query.where}: characters of its name')
                self.most('LIMIT_VALUES', query.values, f'{query.where}: values')

    def check_operation(self, operation):
        segments = operation.path.count('/') + 1           # with v1
        self.most('LIMIT_SEGMENTS', segments, f'{operation.where}: segments of the path, with v1')
        self.most('LIMIT_PATH_PARAMETERS', len(operation.path_parameters), f'{operation.where}: path parameters')
        self.most('LIMIT_PLAN', len({name for name, _ in operation.plan}), f'{operation.where}: different statements of x-plan')
        self.most('LIMIT_QUERY_PARAMETERS', len(operation.query_parameters), f'{operation.where}: query parameters')


def assertions(name, counts):
    """C that asserts the largest of `counts`, pairs of number and item."""
    count, item = max(counts, default=(0, ''))
    return [f'_Static_assert({count} <= {name}, "{item}");'] if count else []
