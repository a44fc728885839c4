# SPDX-License-Identifier: EUPL-1.2
"""Whose data an answer shows goes into the processing log, so every statement that touches people says whose (`-- whose:`). Which
statements do, is read from the SQL: those that name a table of candidates, or with a column candidate_id, or a function or view
that does. One that says nothing is refused, and so is an operation that shows people and does not say why (`x-purpose`)."""
import re

from .wrong import Wrong

TABLE = re.compile(r'^create table (\w+\.\w+) \((.*?)^\)', re.M | re.S)
MADE = re.compile(r'^create (?:function|view) (\w+\.\w+)(.*?)(?=^create |^call |\Z)', re.M | re.S)
NAME = re.compile(r'\b(\w+\.\w+)\b')


def touching(root):
    """The names of tables, views and functions that touch people."""
    tables = [match for file in sorted((root / 'sql/migrations').glob('*.sql')) for match in TABLE.findall(file.read_text())]
    found = {name for name, body in tables if name == 'app.candidate' or re.search(r'^\s+candidate_id ', body, re.M)}
    made = [(name, body) for file in sorted((root / 'sql/functions').rglob('*.sql')) for name, body in MADE.findall(file.read_text())]
    before = None
    while before != found:
        before = set(found)
        found |= {name for name, body in made if found & set(NAME.findall(body))}
    return found


def check(root, contract, programs):
    known, queries = touching(root), {}
    for service in contract.services:
        for query in programs.get(service, []):
            queries[query.name] = query
            touches = sorted(known & set(NAME.findall(query.text)))
            if query.rows != 'none' and touches and not query.whose:
                raise Wrong(f'{query.where}: it touches {touches[0]}, so it says whose data its rows show: `-- whose:` a column or '
                            ':argument with candidates, `nobody`, or `noted` when its function writes the audit')
    purposes = [row['name'] for row in contract.root['x-purposes']]
    for operation in contract.operations:
        names = [name for name, _ in operation.plan] or [name for name, query in queries.items() if name == operation.handler]
        shows = any(queries[name].shows for name in names if name in queries)
        if operation.purpose and operation.purpose not in purposes:
            raise Wrong(f'{operation.where}: x-purpose {operation.purpose} is none of x-purposes')
        if not operation.purpose and (shows or (operation.handler and operation.item in shown_by(contract, queries))):
            raise Wrong(f'{operation.where}: its answer shows people; say why (x-purpose)')


def shown_by(contract, queries):
    """The schemas of answers that show people in some operation with a plan: a handler that answers with one shows them too."""
    return {operation.item for operation in contract.operations for name, _ in operation.plan[-1:]
            if name in queries and queries[name].shows}
