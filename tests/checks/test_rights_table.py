# SPDX-License-Identifier: EUPL-1.2
"""The built tables give every right that tests/rights.tsv expects, and no other."""
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests'))
import rights  # noqa: E402


def test_the_tables_give_the_rights_that_are_expected():
    assert rights.differences(rights.Tables().cells(), rights.expected()) == []


def flips(tables):
    """Every bit of every table, turned around one at a time: yields (what, role) while it is wrong."""
    fields = [(f'{name}.{field}', cell) for kind in (tables.schemas, tables.filters)
              for name, schema in kind.items() for field, cell in schema.fields.items()]
    for number, role in enumerate(rights.roles()):
        for what, cell in fields:
            for mask in ('visible', 'closed'):
                cell[mask] ^= 1 << number
                yield f'{what} {mask}', role
                cell[mask] ^= 1 << number
        for name, operation in tables.operations.items():
            before = operation['rights'].get(role)
            for scope in {*rights.SCOPES, None} - {before}:
                operation['rights'].update({role: scope})
                yield f'{name} {scope}', role
            operation['rights'].update({role: before})


def test_a_flip_in_the_tables_is_caught():
    """A bit that decides nothing, such as that of a role without a right to any operation of the noun, changes no cell. `make flips`
    turns every bit around, `make test` one of twenty."""
    tables, wanted = rights.Tables(), rights.expected()
    right = {role: tables.cells(role) for role in rights.roles()}
    step, decided = int(os.environ.get('FLIPS', 20)), 0
    for number, (what, role) in enumerate(flips(tables)):
        if number % step == 0 and (built := tables.cells(role)) != right[role]:
            decided += 1
            assert rights.differences({**right[role], **built}, {**wanted}), f'{what} of {role}'
    assert decided > 3000 / step
    assert {role: tables.cells(role) for role in rights.roles()} == right
