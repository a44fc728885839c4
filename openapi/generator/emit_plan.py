# SPDX-License-Identifier: EUPL-1.2
"""Makes the handler of an operation that decides nothing (x-plan): a static C function that adds the statements.

What a statement asks is bound by name. `@title` is the member of the body with that column, `:name` is one of

    a constant of the plan              {vacancy_move: {event: close}}; {vacancy_get: {id: ":vacancy_id"}} gives what has another name
    :id                                 the resource of the operation: a fresh id when it creates one (201), else the
                                        last parameter of its path
    :vacancy_id                         the path parameter vacancyId, or a query parameter of what is not a list
    :document, :version, :new_id        the body with column names, the versions of If-Match, a fresh id
    :actor, :role, :organisation, :hat  who asks, and with which hat
    :permissions                        the operations that the role may call, as a list in JSON
    :language                           nl or en: what the client prefers
    :shows_card                         whether the answer has the property with the column card

What has no source, and what does not fit together, is refused."""
import re

from .contract import column_of, snake
from .wrong import Wrong

CONSTANT = re.compile(r'[a-z0-9_-]+')
WHO = {'actor': 'ctx->actor->user_id', 'organisation': 'ctx->actor->organisation_id',
       'role': 'str_of(role_names[__builtin_ctz(ctx->actor->role)])',
       'hat': 'ctx->actor->hat_id', 'permissions': 'permissions_print(ctx->arena, ctx->actor)'}


def sources(operation):
    """{name: C expression} of what the request gives to statements."""
    found = {}
    for i, parameter in enumerate(operation.path_parameters):
        found[snake(parameter['name'])] = f'req->path[{i}]'
    if not operation.list_of:
        for i, parameter in enumerate(operation.query_parameters):
            found[snake(parameter['name'])] = f'req->query[{i}]'
    own = {**(WHO if operation.rights is not None else {}), 'language': 'ctx_language(ctx)'}
    if operation.item:
        properties = operation.contract.schemas[operation.item]['properties']
        own.update({f'shows_{column_of(name, raw)}': f'request_shows(req, {i})' for i, (name, raw) in enumerate(properties.items())})
    if operation.path_parameters:
        own['id'] = f'req->path[{len(operation.path_parameters) - 1}]'
    if operation.status == 201:
        own['id'] = 'req->new_id'
    if operation.method != 'get':
        own['new_id'] = 'req->new_id'
    if operation.body:
        own['document'] = 'req->document'
    if operation.needs_match:
        own['version'] = 'req->version'
    for name in found.keys() & own.keys():
        raise Wrong(f'{operation.where}: a parameter may not be called {name}: statements use that name for something else')
    return {**found, **own}


def call(operation, query, constants, found):
    """One statement of the plan as a call of its function."""
    where = f'{operation.where}: {query.name} ({query.file})'
    wanted = [name for kind, name in query.arguments if kind == 'arg']
    for name, constant in constants.items():
        if name not in wanted or not (CONSTANT.fullmatch(str(constant)) or str(constant).removeprefix(':') in found):
            raise Wrong(f'{where}: {name}: {constant} is no :{name} of it, or not a plain word')
    if query.body and query.body != operation.body:
        raise Wrong(f'{where} takes the body {query.body}, the operation has {operation.body}')
    if query.writes and operation.method == 'get':
        raise Wrong(f'{where} writes, a GET only reads')
    values = []
    for name in wanted:
        named = str(constants.get(name, f':{name}'))
        value = found.get(named[1:]) if named.startswith(':') else f'S("{named}")'
        if value is None:
            raise Wrong(f'{where}: nothing gives :{name}; there is {", ".join(":" + n for n in sorted(found) if "shows_" not in n)}')
        values.append(f'.{name} = {value}')
    body = ', req->body' if query.body else ''
    if not values:
        return f'    sql_{query.name}(plan{body});'
    begin = f'    sql_{query.name}(plan{body}, (struct sql_{query.name}){{'
    line = f'{begin}{", ".join(values)}}});'
    return line if len(line) <= 100 else begin + ''.join(f'\n        {value},' for value in values) + '\n    });'


def fits(operation, queries):
    """Refuses a plan whose rows are not the answer of its operation."""
    answer = next((q for q in reversed(queries) if q.rows != 'none'), None)
    wanted = 'many' if operation.list_of else 'one'
    if operation.response and (answer is None or answer.rows != wanted):
        raise Wrong(f'{operation.where}: the last statement of x-plan with rows answers; it has to say "rows: {wanted}"')
    if operation.text and (answer is None or answer.rows != 'one' or 'as_text' not in answer.columns):
        raise Wrong(f'{operation.where}: answers {operation.text}: the last statement of x-plan gives one row with the text in its column `as_text`')
    stale = next((i for i, q in enumerate(queries) if q.none == 'stale'), None)
    if operation.needs_match and (stale is None or queries[-1].rows != 'one' or stale == len(queries) - 1):
        raise Wrong(f'{operation.where}: has If-Match: x-plan needs a statement with "none: stale", and reads the row last')


def function(operation, queries):
    """The C function of one operation."""
    planned = []
    for name, constants in operation.plan:
        query = queries.get(name)
        if query is None or query.program != operation.service:
            raise Wrong(f'{operation.where}: x-plan: {operation.service} has no query {name}')
        planned.append((query, constants))
    fits(operation, [query for query, _ in planned])
    found = sources(operation)
    lines = [call(operation, query, constants, found) for query, constants in planned]
    if operation.check:
        lines = [f'    enum err err = {operation.check}(ctx, req->body);', '    if (err)', '        return err;'] + lines
    unused = ', '.join(f'(void){name}' for name in ('ctx', 'req') if not re.search(rf'\b{name}\b', '\n'.join(lines)))
    if operation.check:
        unused = ''
    return '\n'.join([f'/* {operation.id}: {operation.raw["summary"]} */',
                      f'static enum err {operation.name}_plan(struct ctx *ctx, const struct request *req, '
                      'struct plan *plan)', '{', *([f'    {unused};'] if unused else []), *lines, '    return OK;', '}'])


def unused(contract, programs, written):
    """The queries that no plan runs and that no C of `written` (the text of all C files) names."""
    planned = {name for operation in contract.operations for name, _ in operation.plan}
    named = set(re.findall(r'\b(?:sql|query)_(\w+)', written))
    return [query.where for found in programs.values() for query in found if query.name not in planned | named]
