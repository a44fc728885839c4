# SPDX-License-Identifier: EUPL-1.2
"""Reads sql/states/*.sql: the states of each noun, the moves between them and what each state allows. Writes the functions that say in
which phase a state is (so that a query can ask whether a row is open and still use an index) and what it allows, and for each noun the
trigger that asks that for every change of a row."""
import re
from pathlib import Path

from . import sql
from .wrong import Wrong

PHASES = ('pending', 'open', 'settled', 'ended')    # as ref.state.phase says
ROW = re.compile(r"\(('(?:[^']|'')*'(?:,\s*(?:'(?:[^']|'')*'|true|false))+)\)")


def listed(text):
    return [word for word in text.strip('{}').split(',') if word]


class Noun:
    """states: {state: phase}; moves: [(from, event, to, roles, guard)]; operations: {operation: (columns, states)}; unasked: events that
    nobody asks for, because they come of something else; table, and state:
    the expression that says what state the old row of a change is in"""

    def __init__(self, name, text):
        self.name, self.states, self.moves, self.operations, self.initial = name, {}, [], {}, None
        self.table, self.state = (re.findall(r'^-- row: (\S+) (.+)$', text, re.M) or [(None, None)])[0]
        self.unasked = re.findall(r'\w+', ''.join(re.findall(r'^-- unasked: (.+)$', text, re.M)))
        self.names = ''.join(re.findall(r'^-- log-names: (.+)$', text, re.M)) or ':shows_by_name::boolean'
        self.log = ''.join(re.findall(r'^-- log: (.+)$', text, re.M))
        for row in ROW.findall(text):
            self.take(re.findall(r"'((?:[^']|'')*)'", row), row)
        unknown = {s for move in self.moves for s in (move[0], move[2])} - set(self.states)
        if unknown:
            raise Wrong(f'sql/states/{name}.sql: a move names {", ".join(sorted(unknown))}, which is no state')
        unknown = set(self.unasked) - {event for _, event, *_ in self.moves}
        if unknown:
            raise Wrong(f'sql/states/{name}.sql: unasked names {", ".join(sorted(unknown))}, which is no event')
        if not self.initial:
            raise Wrong(f'sql/states/{name}.sql: one state must be the initial one')
        for operation, (_, states) in self.operations.items():
            if set(states) - set(self.states):
                raise Wrong(f'sql/states/{name}.sql: {operation} is allowed in {", ".join(sorted(set(states) - set(self.states)))}, which is no state')

    def take(self, words, row):
        if words[0] != self.name:
            raise Wrong(f'sql/states/{self.name}.sql: a row of {words[0]}')
        if len(words) == 4:
            self.operations[words[1]] = (listed(words[2]), listed(words[3]))
        elif len(words) == 3:
            self.take_state(*words[1:], row)
        else:
            self.moves.append((words[1], words[2], words[3], listed(words[4]), words[5]))

    def take_state(self, state, phase, row):
        if phase not in PHASES:
            raise Wrong(f'sql/states/{self.name}.sql: {phase} is no phase')
        self.states[state] = phase
        if row.endswith('true'):
            if self.initial:
                raise Wrong(f'sql/states/{self.name}.sql: {self.initial} and {state} are both the initial state')
            self.initial = state

    @property
    def pascal(self):
        return ''.join(word.capitalize() for word in self.name.split('_'))

    @property
    def logged(self):
        """An account that is made active or inactive has no log of its states: its moves are changes, which the audit has."""
        return 'old.active' not in (self.state or '')

    @property
    def seen(self):
        """The statement that asks whether the log is there. That of a row of a region stands with the municipality that keeps it."""
        return f'{self.name}_{"kept" if self.table.startswith("region.") else "seen"}'

    def of(self, phase):
        return [state for state, its in self.states.items() if its == phase]

    def groups(self):
        """{operation: columns} of the operations that are changes of columns"""
        return {operation: columns for operation, (columns, _) in self.operations.items() if columns}


def read(folder):
    return [Noun(file.stem, file.read_text()) for file in sorted(Path(folder).glob('*.sql'))]


def log(noun, item):
    """The path below one row of the noun that says what happened to it; `item`: the path of the row. Everyone who reads the row reads its log, unless `x-log` says who."""
    one, words = item['get'], noun.name.replace('_', ' ')
    return {'parameters': item['parameters'], 'get': {
        'operationId': f'list{noun.pascal}Transitions', **{key: one[key] for key in ('x-purpose',) if key in one},
        'x-plan': [noun.seen, f'{noun.name}_transition_list'], 'tags': one['tags'],
        'summary': f'What happened to {"an" if words[0] in "aeiou" else "a"} {words}',
        'description': 'Every change of state with its moment and the role that made it.' + (' 404 for other municipalities than the one that keeps it.' if noun.seen.endswith('_kept') else ''),
        'x-rights': one.get('x-log', one['x-rights']),
        'responses': {'200': {'description': 'A page of changes of state.', 'content': {'application/json': {'schema': {'$ref': '#/components/schemas/TransitionList'}}}}}}}


def log_queries(contract, statements, people):
    """Adds the statements of these paths to `statements`. The log is read with its row, so that the wall of the row is that of its log; `people`: the tables with candidates."""
    known = sql.by_name(statements)
    for noun in (noun for noun in contract.nouns if noun.logged):
        operation = contract.by_id.get(f'list{noun.pascal}Transitions')
        if operation is None:
            raise Wrong(f'sql/states/{noun.name}.sql: the contract has no get{noun.pascal}, below which the log of its states stands')
        found = statements[operation.service]
        person = ('s.subject_id' if noun.table == 'app.candidate' else 'n.candidate_id') if noun.table in people else None
        rows = noun.log or f'app.transition s join {noun.table} n on n.id = s.subject_id'
        kept = ' and n.tenant_id = (select app.tenant())' if noun.seen.endswith('_kept') else ''
        if noun.seen not in known:
            found.append(sql.made(noun.seen, f'{noun.name}.sql', operation.service, f'select n.id from {noun.table} n where n.id = :{noun.name}_id{kept}', rows='one', whose=person and 'nobody'))
        found.append(sql.made(f'{noun.name}_transition_list', f'{noun.name}.sql', operation.service,
                              f"select s.seq, s.from_state, s.event, s.to_state, s.at, s.role, case when ({noun.names}) then app.colleague_name(s.actor) end as by_name, "
                              f"{person or 's.subject_id'} from {rows} "
                              f"where s.noun = '{noun.name}' and s.subject_id = :{noun.name}_id",
                              rows='many', whose=person and person[2:], sorts=[('at', 's.at', 'timestamptz', 'at')], key=('s.seq', 'seq', 'bigint')))


def quoted(words):
    return ', '.join(f"'{word}'" for word in words)


def phases(noun):
    out = []
    for phase in PHASES:
        if noun.of(phase):
            name = f'app.{noun.name}_is_{phase}'
            out += ['', f'create function {name}(state text) returns boolean immutable parallel safe',
                    f'    return state in ({quoted(noun.of(phase))});', f'grant execute on function {name}(text) to public;']
    return out


def allows(nouns):
    """app.allows: whether a state of a noun allows an operation."""
    out = ['', '-- Whether the state allows the operation, or the part of it: rows of ref.state_operation.',
           'create function app.allows(noun text, state text, operation text) returns boolean immutable parallel safe',
           '    return case noun']
    for noun in nouns:
        if noun.operations:
            out.append(f"        when '{noun.name}' then case operation")
            out += [f"            when '{operation}' then state in ({quoted(states)})" for operation, (_, states) in noun.operations.items()]
            out.append('            else false end')
    return out + ['        else false end;']


def asked(nouns):
    """app.is_asked: whether somebody asks for an event, so that `allowed` of a problem offers it."""
    return ['', '-- Whether somebody asks for the event. Others come of what is done elsewhere: `-- unasked:` of sql/states.',
            'create function app.is_asked(noun text, event text) returns boolean immutable parallel safe', '    return case noun',
            *(f"        when '{noun.name}' then event not in ({quoted(noun.unasked)})" for noun in nouns if noun.unasked), '        else true end;']


def operations(nouns, rights):
    """app.operations: what a role may do in a state, beside the events. `rights`: {operation of the contract: its roles}"""
    unknown = {f'{noun.name}.sql: {operation}' for noun in nouns for operation in noun.operations if operation.split('.')[0] not in rights}
    if unknown:
        raise Wrong(f'sql/states/{", ".join(sorted(unknown))} is no operation of the contract')
    rows = [f"        ('{noun.name}', '{operation}', '{{{','.join(states)}}}'::text[], '{{{','.join(rights[operation.split('.')[0]])}}}'::text[])"
            for noun in nouns for operation, (_, states) in noun.operations.items()]
    return ['', '-- The operations that the role may do in this state, by name.',
            'create function app.operations(noun text, state text, role text) returns text[] language sql immutable',
            "    set search_path = pg_catalog, pg_temp", '    as $$',
            "    select coalesce(array_agg(o.operation order by o.operation), '{}') from (values", ',\n'.join(rows),
            '        ) o (noun, operation, states, roles)',
            '    where o.noun = operations.noun and operations.state = any (o.states) and operations.role = any (o.roles)', '    $$;']


def may_call(offered):
    """app.may_call: whether a role may call an operation that rows offer in `actions`. `offered`: {operation: its roles}"""
    return ['', '-- Whether the role may call the operation at all: what a row offers in `actions` asks it.',
            'create function app.may_call(operation text, role text) returns boolean immutable parallel safe', '    return case operation',
            *(f"        when '{operation}' then role in ({quoted(roles)})" for operation, roles in offered.items()), '        else false end;']


def role_purpose(purposes):
    """app.role_purpose: for what a role has to do with persons, when that is one purpose. `purposes`: {role: its purpose}"""
    return ['', '-- For what a role has to do with persons, whatever is done; null: for what is done (`x-roles` of the contract).',
            'create function app.role_purpose(role text) returns text immutable parallel safe', '    return case role',
            *(f"        when '{role}' then '{purpose}'" for role, purpose in purposes.items()), '        end;']


def guard(noun):
    """The trigger of a noun: each group of columns that a change touches is one that the state allows."""
    out = ['', f'create function app.{noun.name}_guard() returns trigger language plpgsql',
           '    security definer set search_path = pg_catalog, pg_temp', '    as $$', f'    declare state text := {noun.state};', '    begin']
    for operation, columns in noun.groups().items():
        changed = ' or '.join(f'new.{c}::text is distinct from old.{c}::text' for c in columns)
        out += [f'        if {changed} then', f"            perform app.require('{noun.name}', state, '{operation}');", '        end if;']
    return out + ['        return new;', '    end $$;']


def functions(nouns, rights, offered, purposes):
    """sql/functions/gen/states.sql"""
    out = ['-- Generated by `make gen` from sql/states; do not edit.', '--',
           '-- In which phase a state is. PostgreSQL puts the list in the place of the call, so a condition can use an index.']
    for noun in nouns:
        out += phases(noun)
    out += allows(nouns) + asked(nouns) + operations(nouns, rights) + may_call(offered) + role_purpose(purposes)
    for noun in nouns:
        if noun.groups():
            out += guard(noun)
    return '\n'.join(out) + '\n'
