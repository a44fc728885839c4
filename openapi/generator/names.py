# SPDX-License-Identifier: EUPL-1.2
"""Names that become names in C or of prepared statements: each stands for one thing, in all services together, because
maatwerk-all links them all."""
import re

from .contract import column_of, snake
from .wrong import Wrong

KEYWORDS = dict.fromkeys(
    'auto bool break case char const continue default do double else enum extern false float for goto if inline int long register '
    'restrict return short signed sizeof static struct switch true typedef union unsigned void volatile while'.split(), 'C')


def taken(folder):
    """The structs of the library: {name: header}."""
    return {name: f'{header.parent.name}/{header.name}' for header in sorted(folder.glob('*/*.h'))
            for name in re.findall(r'^struct (\w+) \{', header.read_text(), re.M)}


def once(what, things, known=()):
    """`things` are pairs of name and place; refuses a name that a second one has."""
    seen = dict(known)
    for name, where in things:
        if name in seen:
            raise Wrong(f'{where}: {what} {name} is taken by {seen[name]}')
        seen[name] = where


def check(contract, programs, structs):
    operations = contract.operations
    queries = [query for found in programs.values() for query in found]
    once('operation', [(o.name, o.where) for o in operations])
    checks = {(o.check, f'x-check of {o.service}') for o in operations if o.check}
    once('function', [*((o.handler, o.where) for o in operations if o.handler), *sorted(checks)], KEYWORDS)
    once('query', [(query.name, query.file) for query in queries])
    for query in queries:
        once('argument', [(name, query.where) for kind, name in query.arguments if kind == 'arg'], KEYWORDS)
    once('name in C', [(snake(name), f'schema {name}') for name in contract.schemas])
    requests = contract.reachable([o.body for o in operations if o.body])
    once('struct', [(snake(name), f'schema {name}') for name in requests], {**KEYWORDS, **structs})
    for name, schema in contract.schemas.items():
        once('column', [(column_of(prop, raw), f'{name}.{prop}') for prop, raw in schema.get('properties', {}).items()],
             KEYWORDS if name in requests else {})
    for kind in ('x-roles', 'x-attributes'):
        once(kind, [(row['name'], 'openapi.yaml') for row in contract.root[kind]])
