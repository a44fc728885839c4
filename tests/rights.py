# SPDX-License-Identifier: EUPL-1.2
"""Who may call what, read what and write what: as tests/rights.tsv expects it, which people wrote, and as the C tables have it,
which `make gen` made and the programs contain."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / 'tests/rights.tsv'
SCOPES = {'TENANT': 't', 'ORGANISATION': 'o', 'CASELOAD': 'c', 'INSTALLATION': 'i'}


def roles():
    return re.findall(r'ROLE_(\w+), /\*', (ROOT / 'openapi/gen/role.h').read_text().lower().replace('role_', 'ROLE_'))


def expected():
    """{(row, role): cell}"""
    lines = [line.split('\t') for line in TABLE.read_text().splitlines() if line and not line.startswith('#')]
    return {(row, role): cell for row, *cells in lines[1:] for role, cell in zip(lines[0][1:], cells, strict=True)}


def expected_of(wanted, row, role):
    """The cell; a part of a property, at any depth, that has no row has the cells of the property."""
    while (row, role) not in wanted and row.count('.') > 1:
        row = row.rpartition('.')[0]
    return wanted.get((row, role), f'no row {row} in tests/rights.tsv')


class Schema:
    def __init__(self, rows):
        self.fields = {}
        for row in rows:
            member = dict(re.findall(r'\.(name|schema|flags|visible_to|closed_to) = ([^,}]+)', row))
            inner = member.get('schema', '').removeprefix('&').removesuffix('_schema')
            self.fields[member['name'].strip('"')] = {
                'schema': inner or None, 'visible': int(member['visible_to'].rstrip('u'), 16),
                'closed': ~0 if 'FIELD_READ_ONLY' in member.get('flags', '') else int(member.get('closed_to', '0').rstrip('u'), 16)}


class Tables:
    """Everything that the C tables say of rights. A test may change it, and compare again."""

    def __init__(self):
        self.schemas, self.filters, self.operations = {}, {}, {}
        for file in [*sorted(ROOT.glob('services/*/gen/*.c')), ROOT / 'openapi/gen/schemas.c']:
            self.read(file.read_text())

    def read(self, text):
        for name, rows in re.findall(r'struct field (\w+)_fields\[\] = \{\n(.*?)\n\};', text, re.S):
            self.schemas[name] = Schema(rows.split('\n'))
        for name, rows in re.findall(r'struct field (\w+)_query\[\] = \{\n(.*?)\n\};', text, re.S):
            self.filters[name] = Schema(rows.split('\n'))
        rights = {name: dict(re.findall(r'\{1u << ROLE_(\w+), SCOPE_(\w+)\}', row))
                  for name, row in re.findall(r'struct right (\w+)_rights\[\] = (.*);', text)}
        for row in re.findall(r'^ {4}\{\n {8}\.id = .*?^ {4}\},$', text, re.M | re.S):
            one = dict(re.findall(r'\.(id|rights|body|response) = &?"?(\w+)', row))
            given = rights[one['rights'].removesuffix('_rights')]
            self.operations[one['id']] = {
                'rights': {role.lower(): scope for role, scope in given.items()},
                'filters': self.filters.get(one['rights'].removesuffix('_rights'), Schema([])),
                'body': one.get('body', '').removesuffix('_schema'), 'answer': one.get('response', '').removesuffix('_schema')}

    def walk(self, schema, path, role, kind, open_=True):
        """(path, whether the role may read or write it) of every property, at any depth."""
        for name, field in self.schemas[schema].fields.items():
            bits = field['visible'] if kind == 'visible' else ~field['closed']
            here = open_ and bool(bits & role)
            yield f'{path}.{name}', here
            if field['schema']:
                yield from self.walk(field['schema'], f'{path}.{name}', role, kind, here)

    def cells(self, only=None):
        """{(row, role): cell}, of all roles or of one."""
        found = {}
        for number, role in [(number, role) for number, role in enumerate(roles()) if only in (None, role)]:
            for one, operation in self.operations.items():
                scope = operation['rights'].get(role)
                found[one, role] = SCOPES[scope] if scope else '-'
                for name, field in operation['filters'].fields.items():
                    found[f'{one}?{name}', role] = 'f' if scope and field['visible'] & 1 << number else '-'
                for schema, kind, letter in ((operation['answer'], 'visible', 'r'), (operation['body'], 'closed', 'w')):
                    for path, may in self.walk(schema, operation['answer'] or operation['body'], 1 << number, kind) if schema else ():
                        found.setdefault((path, role), set()).update(letter if may and scope else '')
        return {key: cell if isinstance(cell, str) else ''.join(sorted(cell)) or '-' for key, cell in found.items()}


def differences(built, wanted):
    """What the built cells have and the rows do not expect, and rows that nothing has any more."""
    gone = [f'{row}: no operation, filter or property' for row in sorted({row for row, _ in wanted} - {row for row, _ in built})]
    return gone + [f'{row} as {role}: expected {expected_of(wanted, row, role)}, built {cell}'
                   for (row, role), cell in sorted(built.items()) if expected_of(wanted, row, role) != cell]
