# SPDX-License-Identifier: EUPL-1.2
"""Writes gen/contract.{h,c} of a service: structs, field tables, rights, operations; and openapi/gen/role.{h,c}."""
from . import emit_plan
from .contract import column_of, snake
from .limits import assertions
from .pattern import parts_of
from .wrong import Wrong

HEAD = '/* SPDX-License-Identifier: EUPL-1.2 */'


def quoted(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"'


def c_string(text, width=96):
    lines = []
    while text:
        lines.append(quoted(text[:width]))
        text = text[width:]
    return '\n            '.join(lines or ['""'])


def guard(path):
    return 'MAATWERK_' + path.upper().replace('/', '_').replace('.', '_')


class Field:
    def __init__(self, contract, schema, name, raw, index, required):
        self.name, self.raw, self.index = name, raw, index
        self.column = column_of(name, raw)
        self.required = required
        self.type, self.schema = self.kind(contract, raw, f'{schema}.{name}')
        self.item = 'TEXT'
        if self.type == 'LIST':
            self.item, self.schema = self.kind(contract, raw['items'], f'{schema}.{name}[]')
        self.limits = raw['items'] if self.type == 'LIST' and '$ref' not in raw['items'] else raw
        self.mask = contract.role_mask(raw['x-visible-to']) if 'x-visible-to' in raw else 0xffffffff
        writers = contract.role_mask(raw.get('x-writable-by', contract.roles))
        self.closed = contract.role_mask(contract.roles) & ~writers

    @staticmethod
    def kind(contract, raw, where):
        if '$ref' in raw:
            return 'OBJECT', raw['$ref'].rsplit('/', 1)[1]
        if 'additionalProperties' in raw:
            return 'JSON', None
        kinds = {'integer': 'INT', 'boolean': 'BOOL', 'array': 'LIST'}
        if raw.get('type') in kinds:
            return kinds[raw['type']], None
        if raw.get('type') != 'string':
            raise Wrong(f'{where}: type {raw.get("type")} is not supported')
        formats = {'uuid': 'UUID', 'date': 'DATE', 'date-time': 'INSTANT'}
        return formats.get(raw.get('format'), 'TEXT'), None


def fields_of(contract, name):
    schema = contract.schemas[name]
    required = schema.get('required', [])
    return [Field(contract, name, prop, raw, i, prop in required)
            for i, (prop, raw) in enumerate(schema.get('properties', {}).items())]


C_TYPES = {'INT': 'struct maybe_int ', 'BOOL': 'struct maybe_bool ', 'LIST': 'struct list '}


def struct_of(contract, name):
    out = [f'/* {contract.schemas[name]["description"].strip()} ({contract.schemas[name]["x-nl"]}) */',
           f'struct {snake(name)} {{']
    for field in fields_of(contract, name):
        if field.type == 'OBJECT':
            kind = f'const struct {snake(field.schema)} *'
        else:
            kind = C_TYPES.get(field.type, 'struct str ')
        note = ''
        if field.type == 'LIST':
            note = f' /* of struct {snake(field.schema) if field.schema else "maybe_int" if field.item == "INT" else "str"} */'
        out.append(f'    {kind}{field.column};{note}')
    return '\n'.join(out + ['};', ''])


class Tables:
    """The static tables that field rows point to, written once each."""

    def __init__(self):
        self.lines, self.known = [], {}

    def enum(self, values):
        return self._table('values', tuple(values), 'const char *const', [quoted(v) for v in values] + ['NULL'])

    def pattern(self, text):
        rows = [f'{{{{0x{low:x}u, 0x{high:x}u}}, {least}, {most}}}' for low, high, least, most in parts_of(text)]
        return self._table('pattern', text, 'const struct pattern_part', rows + ['{{0, 0}, 0, 0}'])

    def _table(self, kind, key, c_type, rows):
        if (kind, key) not in self.known:
            name = f'{kind}_{len(self.known)}'
            self.known[kind, key] = name
            self.lines.append(f'static {c_type} {name}[] = {{{", ".join(rows)}}};')
        return self.known[kind, key]


def unique_at(contract, field, where):
    """Where in an item of a list the text is that tells items apart (uniqueItems, x-unique-by); None when they may repeat."""
    key = field.raw.get('x-unique-by')
    if not key:
        if field.raw.get('uniqueItems') and field.item in ('OBJECT', 'INT', 'BOOL'):
            raise Wrong(f'{where}: uniqueItems is for texts; say x-unique-by: <property> of objects')
        return '0' if field.raw.get('uniqueItems') else None
    found = next((f for f in fields_of(contract, field.schema) if f.name == key), None) if field.schema else None
    if found is None or found.type not in ('TEXT', 'UUID', 'DATE'):
        raise Wrong(f'{where}: x-unique-by: {key} is no text of its items')
    return f'offsetof(struct {snake(field.schema)}, {found.column})'


def orders_of(contract, name):
    """Rows of struct field_order for x-order: [[least, most], …]."""
    fields = {field.name: field for field in fields_of(contract, name)}
    for pair in contract.schemas[name].get('x-order', []):
        kinds = {fields[prop].type if prop in fields else None for prop in pair}
        if len(pair) != 2 or kinds not in ({'INT'}, {'DATE'}):
            raise Wrong(f'{name}: x-order {pair} is no pair of numbers or dates')
        yield f'{{{fields[pair[0]].index}, {fields[pair[1]].index}}}'


def field_row(contract, tables, field, struct):
    limits, low, high = field.limits, 0, 0
    if field.type == 'INT':
        low, high = limits['minimum'], limits['maximum']
    elif field.type == 'LIST':
        low, high = field.raw.get('minItems', 0), field.raw['maxItems']
    elif field.type == 'TEXT':
        if 'enum' not in limits and 'maxLength' not in limits:
            raise Wrong(f'{struct}.{field.name}: no maxLength')
        low, high = limits.get('minLength', 0), limits.get('maxLength', 100)
    unique = unique_at(contract, field, f'{struct}.{field.name}') if struct else None
    flags = [name for name, on in (('FIELD_REQUIRED', field.required), ('FIELD_NULLABLE', field.raw.get('nullable')),
                                   ('FIELD_READ_ONLY', field.raw.get('readOnly')),
                                   ('FIELD_MULTILINE', field.raw.get('x-multiline')),
                                   ('FIELD_UNIQUE', unique),
                                   ('FIELD_EMAIL', field.raw.get('format') == 'email'),
                                   ('FIELD_PHONE', field.raw.get('x-format') == 'phone'),
                                   ('FIELD_BIRTH', field.raw.get('x-format') == 'birth-date')) if on]
    key = quoted(f'"{field.name}":')
    parts = [f'.name = {quoted(field.name)}', f'.key = {{{key}, {len(field.name) + 3}}}', f'.column = {quoted(field.column)}', f'.type = FIELD_{field.type}']
    if field.type == 'LIST':
        parts.append(f'.item = FIELD_{field.item}')
    if flags:
        parts.append(f'.flags = {" | ".join(flags)}')
    if struct:
        parts.append(f'.offset = offsetof(struct {struct}, {field.column})')
    if unique:
        parts.append(f'.unique_at = {unique}')
    parts += [f'.min = {low}', f'.max = {high}']
    if field.type == 'LIST' and field.item == 'INT':
        parts += [f'.item_min = {limits["minimum"]}', f'.item_max = {limits["maximum"]}']
    if field.type == 'LIST' and field.item == 'TEXT':
        parts.append(f'.item_max = {limits.get("maxLength", 100)}')
    if 'enum' in limits:
        parts.append(f'.values = {tables.enum(limits["enum"])}')
    if 'pattern' in limits:
        parts.append(f'.pattern = {tables.pattern(limits["pattern"])}')
    if field.schema:
        parts.append(f'.schema = &{snake(field.schema)}_schema')
    parts.append(f'.visible_to = 0x{field.mask:x}u')
    if field.closed:
        parts.append(f'.closed_to = 0x{field.closed:x}u')
    return '    {' + ', '.join(parts) + '},'


def schema_table(contract, tables, name, struct):
    rows = [field_row(contract, tables, field, struct) for field in fields_of(contract, name)]
    own, orders = contract.schemas[name].get('x-self'), list(orders_of(contract, name)) if struct else []
    pairs = f'static const struct field_order {snake(name)}_orders[] = {{{", ".join(orders)}, {{0, 0}}}};\n' if orders else ''
    return (f'static const struct field {snake(name)}_fields[] = {{\n' + '\n'.join(rows) + f'\n}};\n{pairs}'
            f'const struct schema {snake(name)}_schema = {{\n'
            f'    .name = {quoted(name)}, .fields = {snake(name)}_fields, .count = {len(rows)},\n'
            f'    .size = {f"sizeof(struct {struct})" if struct else 0}, .self = {quoted(own) if own else "NULL"},'
            f'{f" .orders = {snake(name)}_orders," if orders else ""}\n}};')


def fields_asserted(contract, names):
    return assertions('LIMIT_FIELDS', [(len(contract.schemas[name].get('properties', {})), name) for name in names])


class Uses:
    """Which schemas the operations of a service, or of all services, lead to, innermost first."""

    def __init__(self, contract, operations):
        bodies = [o.body for o in operations if o.body]
        self.requests = contract.reachable(bodies)
        self.schemas = contract.reachable(bodies + [o.item for o in operations if o.item])


def shared_of(contract):
    """The schemas that more than one service uses: they are made once, for all of them."""
    used = [name for service in contract.services
            for name in Uses(contract, [o for o in contract.operations if o.service == service]).schemas]
    return [name for name in Uses(contract, contract.operations).schemas if used.count(name) > 1]


def shared(contract):
    """openapi/gen/schemas.h and .c."""
    names, requests = shared_of(contract), Uses(contract, contract.operations).requests
    name = guard('openapi/gen/schemas.h')
    header = [HEAD, '/* Generated by `make gen` from openapi/. The schemas that more than one service uses. */', f'#ifndef {name}',
              f'#define {name}', '', '#include "lib/http/schema.h"', '',
              *[struct_of(contract, schema) for schema in names if schema in requests],
              *[f'extern const struct schema {snake(schema)}_schema;' for schema in names], '', '#endif', '']
    tables = Tables()
    body = [schema_table(contract, tables, schema, snake(schema) if schema in requests else None) for schema in names]
    source = [HEAD, '/* Generated by `make gen` from openapi/. */', '#include "openapi/gen/schemas.h"', '', '#include <stddef.h>', '',
              *fields_asserted(contract, names), '', *tables.lines, '', *body, '']
    return '\n'.join(header), '\n'.join(source)


class Service:
    """What one service needs of the contract."""

    def __init__(self, contract, name, queries):
        self.contract, self.name, self.queries = contract, name, queries
        self.operations = [o for o in contract.operations if o.service == name]
        uses, elsewhere = Uses(contract, self.operations), shared_of(contract)
        self.shared = [schema for schema in uses.schemas if schema in elsewhere]
        self.requests = [schema for schema in uses.requests if schema not in elsewhere]
        self.schemas = [schema for schema in uses.schemas if schema not in elsewhere]

    def schemas_header(self):
        name = guard(f'services/{self.name}/gen/schemas.h')
        out = [HEAD, '/* Generated by `make gen` from openapi/. What clients of this service send and receive. */',
               f'#ifndef {name}', f'#define {name}', '', '#include "lib/http/schema.h"']
        if self.shared:
            out.append('#include "openapi/gen/schemas.h"')
        out += ['', *[struct_of(self.contract, schema) for schema in self.requests]]
        out += [f'extern const struct schema {snake(schema)}_schema;' for schema in self.schemas]
        return '\n'.join([*out, '', '#endif', ''])

    def schemas_source(self):
        tables = Tables()
        body = [schema_table(self.contract, tables, schema, snake(schema) if schema in self.requests else None)
                for schema in self.schemas]
        out = [HEAD, '/* Generated by `make gen` from openapi/. */', f'#include "services/{self.name}/gen/schemas.h"', '',
               '#include <stddef.h>', '', *fields_asserted(self.contract, self.schemas), '', *tables.lines, '', *body, '']
        return '\n'.join(out)

    def header(self):
        name = guard(f'services/{self.name}/gen/contract.h')
        out = [HEAD, '/* Generated by `make gen` from openapi/. The operations of this service, and their handlers. */',
               f'#ifndef {name}', f'#define {name}', '', '#include "lib/http/operation.h"',
               f'#include "services/{self.name}/gen/schemas.h"', '']
        out += self.written_by_hand()
        out += ['', f'extern const struct service {self.name}_service;', '', '#endif', '']
        return '\n'.join(out)

    def written_by_hand(self):
        """What C has to decide: the handlers, and the checks of bodies."""
        out = {}
        for operation in self.operations:
            note = f'/* {operation.id}: {operation.raw["summary"]} */\n'
            if operation.handler:
                out[operation.handler] = f'{note}handler {operation.handler};'
            if operation.check:
                out[operation.check] = (f'{note}enum err {operation.check}(struct ctx *ctx, const struct '
                                        f'{snake(operation.body)} *body) MUST_CHECK;')
        return list(out.values())

    def source(self):
        tables, body = Tables(), []
        operations = self.operation_rows(tables, body)
        out = [HEAD, '/* Generated by `make gen` from openapi/. */', f'#include "services/{self.name}/gen/contract.h"', '',
               *['#include "lib/server/permissions.h"' for _ in body[:1] if 'permissions_print(' in ''.join(body)],
               '#include "openapi/gen/role.h"', f'#include "services/{self.name}/gen/queries.h"', '',
               *assertions('LIMIT_PATH_PARAMETERS', [(len(o.path_parameters), o.id) for o in self.operations]),
               *assertions('LIMIT_QUERY_PARAMETERS', [(len(o.query_parameters), o.id) for o in self.operations]), '']
        return '\n'.join(out + tables.lines + [''] + body + operations) + '\n'

    def operation_rows(self, tables, body):
        index = {operation.id: i for i, operation in enumerate(self.operations)}
        out = ['static const struct operation operations[] = {']
        for operation in self.operations:
            rights = [f'{{1u << ROLE_{role.upper()}, SCOPE_{scope.upper()}}}'
                      for role, scope in (operation.rights or {}).items()]
            body.append(f'static const struct right {operation.name}_rights[] = {{{", ".join(rights + ["{0, SCOPE_NONE}"])}}};')
            places = (('path', operation.path_parameters), ('query', operation.query_parameters))
            for kind, parameters in places:
                if parameters:
                    body.append(self.parameter_rows(tables, operation, kind, parameters))
            if operation.plan:
                body.append(emit_plan.function(operation, self.queries))
            out.append(self.operation_row(operation, index))
        out += ['};', '', f'const struct service {self.name}_service = {{',
                f'    {quoted(self.name)}, operations, {len(self.operations)}, {str(self.reads_bsn()).lower()},', '};']
        return out

    def reads_bsn(self):
        """Whether a body of its operations may have a citizen service number: only then it needs the keys for them."""
        bodies = [self.contract.schemas[operation.body]['properties'] for operation in self.operations if operation.body]
        return any(raw.get('x-data-class') == 'bsn' for properties in bodies for raw in properties.values())

    def parameter_rows(self, tables, operation, kind, parameters):
        item = self.contract.schemas[operation.item]['properties'] if operation.list_of else {}
        rows = []
        for i, parameter in enumerate(parameters):
            raw = dict(parameter['schema'])
            shown = item.get(parameter['name'], {})
            if 'x-visible-to' in shown:
                raw['x-visible-to'] = shown['x-visible-to']
            field = Field(self.contract, operation.id, parameter['name'], raw, i, parameter.get('required', False))
            rows.append(field_row(self.contract, tables, field, None))
        return f'static const struct field {operation.name}_{kind}[] = {{\n' + '\n'.join(rows) + '\n};'

    def shown(self, operation):
        """The set of the fields that its answer can have, in two halves: C has no literal of 128 bits."""
        names = operation.shown(self.queries)
        bits = sum(1 << i for i, name in enumerate(self.contract.schemas[operation.item]['properties']) if name in names)
        high = f'(field_set)0x{bits >> 64:x}u << 64 | ' if bits >> 64 else ''
        return f'{high}0x{bits % 2 ** 64:x}u'

    def operation_row(self, operation, index):
        flags = [name for name, on in (
            ('LIST', operation.list_of), ('CREATES', operation.status == 201), ('NEEDS_KEY', operation.needs_key),
            ('NEEDS_MATCH', operation.needs_match), ('PARTIAL', operation.partial),
            ('PUBLIC', operation.raw.get('x-public')), ('WAKES', operation.jobs),
            ('READS', operation.method == 'get'), ('WAITS', operation.raw.get('x-waits'))) if on]
        parts = [f'.id = {quoted(operation.id)}', f'.method = METHOD_{operation.method.upper()}',
                 f'.path = {quoted(operation.path)}',
                 f'.flags = {" | ".join("OPERATION_" + flag for flag in flags) or 0}', f'.status = {operation.status}',
                 f'.body_max = {"LIMIT_BODY" if operation.body else 0}', f'.rights = {operation.name}_rights']
        if operation.attribute:
            parts.append(f'.attributes = 1u << ATTRIBUTE_{operation.attribute.upper()}')
        if operation.text:
            parts.append(f'.text = {quoted(operation.text)}')
        if operation.purpose:
            parts.append(f'.purpose = {quoted(operation.purpose)}')
        for kind, parameters, name in (('path', operation.path_parameters, 'path_fields'),
                                       ('query', operation.query_parameters, 'parameters')):
            count = 'path_count' if kind == 'path' else 'parameters_count'
            if parameters:
                parts.append(f'.{name} = {operation.name}_{kind}, .{count} = {len(parameters)}')
        if operation.body:
            parts.append(f'.body = &{snake(operation.body)}_schema')
        if operation.item:
            parts.append(f'.response = &{snake(operation.item)}_schema, .shown = {self.shown(operation)}')
        if operation.show:
            parts.append(f'.show = &operations[{index[operation.show]}]')
        if operation.list_of:
            parts.append(f'.list = &query_{operation.list_query}')
        parts.append(f'.handle = {operation.handler or operation.name + "_plan"}')
        return '    {\n        ' + ',\n        '.join(parts) + ',\n    },'


def permissions(contract):
    """Who may call what, one row for each operation, by name."""
    names = [a['name'] for a in contract.root['x-attributes']]
    for o in sorted(contract.operations, key=lambda o: o.id):
        mask = contract.role_mask(o.rights) if o.rights is not None else contract.role_mask(contract.roles)
        needs = sum(1 << names.index(name) for name in filter(None, [o.attribute]))
        yield f'    {{{quoted(o.id)}, 0x{mask:x}u, 0x{needs:x}u}},'


def roles(contract):
    attributes = contract.root['x-attributes']
    rows = [f'    ROLE_{r["name"].upper()}, /* {r["nl"]}: {r["description"]} */' for r in contract.root['x-roles']]
    header = [HEAD, '/* Generated by `make gen` from openapi/openapi.yaml. Who there are. */',
              '#ifndef MAATWERK_OPENAPI_GEN_ROLE_H', '#define MAATWERK_OPENAPI_GEN_ROLE_H', '', 'enum role {', *rows,
              '    ROLE_COUNT,', '};', '', 'enum attribute {',
              *[f'    ATTRIBUTE_{a["name"].upper()}, /* {a["nl"]}: {a["description"]} */' for a in attributes],
              '    ATTRIBUTE_COUNT,', '};', '', '/* By number; the names that tokens carry. */',
              'extern const char *const role_names[ROLE_COUNT];',
              'extern const char *const attribute_names[ATTRIBUTE_COUNT];', '',
              '/* For what a role has to do with persons, when that is one purpose; else NULL, and the operation says it. */',
              'extern const char *const role_purposes[ROLE_COUNT];', '',
              '/* Who may call an operation: roles, and the attributes that are needed besides. */',
              'struct permission {', '    const char *operation;', '    unsigned roles, attributes;', '};', '',
              '/* By the name of the operation; ends with NULL. */', 'extern const struct permission permissions[];', '', '#endif', '']
    names = ', '.join(quoted(name) for name in contract.roles)
    more = ', '.join(quoted(a['name']) for a in attributes)
    purposes = ', '.join(quoted(r['purpose']) if 'purpose' in r else 'NULL' for r in contract.root['x-roles'])
    source = [HEAD, '/* Generated by `make gen` from openapi/openapi.yaml. */', '#include "openapi/gen/role.h"', '', '#include <stddef.h>', '', '#include "lib/base/limits.h"', '',
              *assertions('LIMIT_ROLES', [(len(contract.roles), 'roles')]),
              *assertions('LIMIT_ATTRIBUTES', [(len(attributes), 'attributes')]), '',
              f'const char *const role_names[ROLE_COUNT] = {{{names}}};',
              f'const char *const attribute_names[ATTRIBUTE_COUNT] = {{{more}}};',
              f'const char *const role_purposes[ROLE_COUNT] = {{{purposes}}};', '',
              'const struct permission permissions[] = {', *permissions(contract), '    {NULL, 0, 0},', '};', '']
    return '\n'.join(header), '\n'.join(source)


def headers(contract):
    """What every answer carries."""
    rows = [f'    {{{{{quoted(name)}, {len(name)}}}, {{{quoted(value)}, {len(value)}}}}},' for name, value in contract.headers]
    return '\n'.join([HEAD, '/* Generated by `make gen` from openapi/openapi.yaml. */', '#ifndef MAATWERK_LIB_SERVER_GEN_HEADERS_H',
                      '#define MAATWERK_LIB_SERVER_GEN_HEADERS_H', '', '#include "lib/base/str.h"', '',
                      '/* What every answer carries. */', 'static const struct {', '    struct str name, value;', '} headers[] = {',
                      *rows, '};', '', '#endif', ''])
