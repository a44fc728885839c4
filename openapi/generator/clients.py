# SPDX-License-Identifier: EUPL-1.2
"""What the served contract must keep to, so that clients can be generated from it, in any language, and live longer than one
version of it. `make gen` refuses a contract that does not."""
import re

from .wrong import Wrong

# Reserved words of the languages that clients are written in: a member with such a name is renamed by each generator in its own way.
KEYWORDS = {word: language for language, words in {
    'TypeScript': 'break case catch class const continue debugger default delete do else enum export extends false finally for function if '
                  'import in instanceof new null return super switch this throw true try typeof var void while with implements interface let '
                  'package private protected public static yield',
    'Java': 'abstract assert boolean break byte case catch char class const continue default do double else enum extends final finally float '
            'for goto if implements import instanceof int interface long native new package private protected public return short static '
            'strictfp super switch synchronized this throw throws transient try void volatile while true false null',
    'Kotlin': 'as break class continue do else false for fun if in interface is null object package return super this throw true try '
              'typealias typeof val var when while',
    'Python': 'False None True and as assert async await break class continue def del elif else except finally for from global if import in '
              'is lambda nonlocal not or pass raise return try while with yield self',
    'Go': 'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return '
          'select struct switch type var',
    'the models of Python (pydantic)': 'construct copy dict json',
    'Rust': 'as break const continue crate else enum extern false fn for if impl in let loop match mod move mut pub ref return self static '
            'struct super trait true type unsafe use where while async await dyn abstract become box do final macro override priv typeof '
            'unsized virtual yield try',
    'Swift': 'associatedtype class deinit enum extension fileprivate func import init inout internal let open operator private protocol '
             'public rethrows static struct subscript typealias var break case continue default defer do else fallthrough for guard if in '
             'repeat return switch where while as catch false is nil super self throw throws true try',
}.items() for word in words.split()}
KEPT = {('Problem', 'type')}        # RFC 9457 calls it so
MADE = ('Params', 'Request', 'Response', 'Body', 'JsonBody', 'JsonRequestBody')      # what generators add to the id of an operation
WORD = re.compile(r'[a-z][a-z0-9]*([_-][a-z0-9]+)*$')


def joined(*names):
    """What is left of a name that a generator makes of others, without case and signs."""
    return re.sub(r'[^a-z0-9]', '', ''.join(names).lower())


def name_of(node):
    """The schema that a reference leads to, alone or with words of its own beside it."""
    node = node['allOf'][0] if len(node.get('allOf', ())) == 1 else node
    return node['$ref'].rsplit('/', 1)[1] if '$ref' in node else None


def check_value(raw, where):
    """A property, item or parameter: a plain value, a reference, a list or a map. Generators make up names for anything else."""
    if name_of(raw):
        return
    if 'enum' in raw:
        raise Wrong(f'{where}: an enum without a name; make it a schema and refer to it')
    if 'properties' in raw or {'allOf', 'anyOf', 'oneOf', 'not'} & set(raw):
        raise Wrong(f'{where}: a schema without a name')
    if raw['type'] == 'object' and not isinstance(raw.get('additionalProperties'), dict):
        raise Wrong(f'{where}: an object without a schema')
    if raw['type'] == 'integer' and raw.get('format') != ('int32' if -2 ** 31 <= raw['minimum'] and raw['maximum'] < 2 ** 31 else 'int64'):
        raise Wrong(f'{where}: its format is not that of its limits')
    for inner in ('items', 'additionalProperties'):
        if raw.get(inner):      # {} is anything
            check_value(raw[inner], f'{where}[]')


def check_word(name, where):
    if name in KEYWORDS:
        raise Wrong(f'{where}: {name} is a reserved word in {KEYWORDS[name]}')


def check_enum(name, schema):
    """Values become names; those that no language takes as they are need names of their own."""
    names = schema.get('x-enum-varnames', schema['enum'])
    if 'default' in schema:
        raise Wrong(f'{name}: a default is in words; not every language finds it among the names')
    if len(names) != len(schema['enum']) or len({joined(one) for one in names}) != len(names):
        raise Wrong(f'{name}: each value needs a name of its own')
    for one in names:
        if not WORD.match(one.lower()) or one in ('name', 'ordinal', 'values', 'value', 'entries'):
            raise Wrong(f'{name}: value {one} needs a name (x-enum-varnames)')


def check_joined(document):
    """No two names that become one when a generator joins them: Screening.advice and ScreeningAdvice."""
    schemas, seen = document['components']['schemas'], {}

    def take(key, what, meaning):
        if seen.setdefault(key, (what, meaning))[1] != meaning:
            raise Wrong(f'{what} and {seen[key][0]} are one name in clients that join names')
    for name in schemas:
        take(joined(name), name, name)
    for name, schema in schemas.items():
        for value in schema.get('x-enum-varnames', schema.get('enum', ())):
            if joined(value) in {joined(other) for other in schemas}:
                raise Wrong(f'{name}: value {value} and a schema are one name in clients that make constants')
    for name, schema in schemas.items():
        for prop, raw in schema.get('properties', {}).items():
            meaning = name_of(raw) or name_of(raw.get('items', {})) or name_of(raw.get('additionalProperties', {}))
            if meaning:     # of a plain value no generator makes a class
                take(joined(name, prop), f'{name}.{prop}', meaning)
    for operation in operations(document):
        take(joined(operation['operationId']), operation['operationId'], operation['operationId'])
        for more in MADE:
            take(joined(operation['operationId'], more), operation['operationId'] + more, operation['operationId'])


def operations(document):
    return [operation for item in document['paths'].values() for method, operation in item.items() if method != 'parameters']


def parameters(document):
    yield from document['components']['parameters'].values()
    for item in document['paths'].values():
        for raw in item.values():
            yield from (one for one in (raw if isinstance(raw, list) else raw['parameters']) if '$ref' not in one)


def reached(document, nodes):
    """The names of all schemas that `nodes` lead to."""
    found = set()
    while nodes:
        names = set(re.findall(r"'#/components/schemas/(\w+)'", repr(nodes))) - found
        found |= names
        nodes = [document['components']['schemas'][name] for name in names]
    return found


def check_open(document):
    """Requests are strict, so that a slip is told; answers are open, so that a later version may say more."""
    schemas, all_of = document['components']['schemas'], operations(document)
    written = reached(document, [operation.get('requestBody', {}) for operation in all_of])
    read = reached(document, [document['components']['responses'], *(operation['responses'] for operation in all_of)])
    for name, schema in schemas.items():
        if 'properties' in schema and (name in written) == (name in read):
            raise Wrong(f'{name}: clients both read and write it' if name in read else f'{name}: nothing refers to it')
        if 'properties' in schema and schema.get('additionalProperties') is not (name in read):
            raise Wrong(f'{name}: what is written is strict, what is read is open')


def check_changes(document):
    """A PATCH has a schema of its own, of which nothing is required."""
    for path, item in document['paths'].items():
        for content in item.get('patch', {}).get('requestBody', {}).get('content', {}).values():
            name = name_of(content['schema'])
            if not name.endswith('Change') or document['components']['schemas'][name].get('required'):
                raise Wrong(f'patch {path}: its body {name} is not a …Change (x-change-of) of which nothing is required')


def contents(document):
    """Each body and answer, with where it is."""
    for name, response in document['components']['responses'].items():
        yield name, response.get('content', {})
    for operation in operations(document):
        for part in (operation.get('requestBody', {}), *operation['responses'].values()):
            yield operation['operationId'], part.get('content', {})


def check(document):
    for where, content in contents(document):
        if not all(name_of(media['schema']) for kind, media in content.items() if kind.endswith('json')):
            raise Wrong(f'{where}: a body or answer without the name of a schema')
    for name, schema in document['components']['schemas'].items():
        if 'enum' in schema:
            check_enum(name, schema)
        for prop, raw in schema.get('properties', {}).items():
            check_value(raw, f'{name}.{prop}')
            if (name, prop) not in KEPT:
                check_word(prop, f'{name}.{prop}')
    for parameter in parameters(document):
        check_value(parameter['schema'], f'parameter {parameter["name"]}')
        check_word(parameter['name'], 'a parameter')
    check_joined(document)
    check_changes(document)
    check_open(document)


def check_lists(contract, queries):
    """What a list leaves out of its items is not required of them."""
    for operation in contract.operations:
        if operation.list_of:
            missing = set(contract.schemas[operation.item].get('required', [])) - set(operation.shown(queries))
            if missing:
                raise Wrong(f'{operation.where}: its query gives no {", ".join(sorted(missing))}, which {operation.item} requires')
