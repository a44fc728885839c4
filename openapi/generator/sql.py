# SPDX-License-Identifier: EUPL-1.2
"""Reads sql/queries/*.sql: named statements with what they take, give and allow.

Directives stand directly below `-- query: <name>`, each as `-- word: value`. Every other comment is prose.
`-- fragment: <name>` begins a piece of SQL that the queries of its file name as {{name}}, such as the columns of a noun."""
import re
from pathlib import Path

from .wrong import Wrong

FRAGMENT = re.compile(r'\{\{(\w+)\}\}')
WRITES = re.compile(r'\b(insert into|update|delete from)\s', re.I)
TOKEN = re.compile(r"'(?:[^']|'')*'|::|:([a-z_][a-z0-9_]*)|@([a-z_][a-z0-9_]*)")
DIRECTIVE = re.compile(r'-- ([a-z-]+):(?: (.*))?$')
STRING = re.compile(r"'(?:[^']|'')*'")
# the directives of a query; what each may say, when that is a choice
OF_QUERY = {'rows': ('none', 'one', 'many'), 'none': ('ok', 'not_found', 'stale', 'conflict'), 'writes': ('yes', 'no'),
            'body': None, 'filter': None, 'sort': None, 'key': None, 'changes': None, 'living': None, 'reached': None, 'newest-first': ('',), 'gathers': ('',),
            'whose': None}
# of a list that is read after a position: what changed since, in transactions that have ended and before which all have ended
AFTER = "({0}, {1}) > (split_part(%, '/', 1)::xid8, split_part(%, '/', 2)::uuid) and {0} < pg_snapshot_xmin(pg_current_snapshot())"


def columns_of(text):
    """The names of the result columns of a select; none when it is another statement, or when a column has no name."""
    depth, quoted, item, items = 0, False, '', []
    for part in re.split(r"([(),'\s])", re.sub(r'^select ', '', text) if text.startswith('select ') else ''):
        quoted ^= part == "'"
        depth += 0 if quoted else (part == '(') - (part == ')')
        if part in ('from', 'union', 'order') and depth == 0 and not quoted:
            break
        if part == ',' and depth == 0 and not quoted:
            items.append(item)
            item = ''
        else:
            item += part
    names = [re.search(r'(?:^| as |^\w+\.)([a-z_][a-z0-9_]*)$', item.strip()) for item in [*items, item]]
    return [name.group(1) for name in names] if all(names) else []


def one_line(lines):
    return ' '.join(line for line in map(str.strip, lines) if line and not line.startswith('--'))


class Query:
    def __init__(self, name, file, program):
        self.name, self.file, self.program = name, file, program
        self.rows, self.none, self.writes, self.body, self.whose = None, None, None, None, None
        self.filters, self.sorts, self.key, self.newest_first, self.gathers = [], [], None, False, False
        self.changes, self.living, self.reached = None, None, None
        self.text, self.arguments = '', []   # arguments: ('arg', name) or ('body', column), in order of $n

    @property
    def where(self):
        return f'{self.file}: query {self.name}'

    @property
    def values(self):
        """How many travel at most: a list gets those of its filters, two of its cursor, and the limit (lib/server/page.c)."""
        return len(self.arguments) + (len(self.filters) + 3 if self.sorts else 0)

    @property
    def shows(self):
        """Where it says which people its rows show: ('column', name), ('arg', name), or None when they show nobody, or when
        a function notes whom they show."""
        if self.whose in (None, 'nobody', 'noted'):
            return None
        return ('arg', self.whose[1:]) if self.whose.startswith(':') else ('column', self.whose)

    def take(self, word, rest, line):
        if word not in OF_QUERY:
            raise Wrong(f'{self.where}: "{line}" is no directive; prose stands above the query')
        if OF_QUERY[word] and rest not in OF_QUERY[word]:
            raise Wrong(f'{self.where}: "{line}" does not say one of {OF_QUERY[word]}')
        if word == 'filter':
            parameter, predicate = rest.split(' ', 1)
            self.filters.append((parameter, predicate))
        elif word == 'sort':
            self.sorts.append(tuple(rest.split()))
        elif word == 'key':
            parts = rest.split()
            self.key = (parts[0], parts[1] if len(parts) > 1 else parts[0].split('.')[1],
                        parts[2] if len(parts) > 2 else 'uuid')
        else:
            setattr(self, word.replace('-', '_'), rest or True)

    def finish(self, lines, fragments):
        def fragment(match):
            if match.group(1) not in fragments:
                raise Wrong(f'{self.where}: the file has no fragment {match.group(1)}')
            return one_line(fragments[match.group(1)])

        def number(match):
            if match.group(1):
                argument = ('arg', match.group(1))
            elif match.group(2):
                argument = ('body', match.group(2))
            else:
                return match.group(0)
            if argument not in self.arguments:
                self.arguments.append(argument)
            cast = '::text' if match.group(2) and not match.string.startswith('::', match.end()) else ''
            return f'${self.arguments.index(argument) + 1}{cast}'
        text = FRAGMENT.sub(fragment, one_line(lines))
        if '--' in STRING.sub('', text):
            raise Wrong(f'{self.where}: a comment stands on a line of its own')
        self.text = TOKEN.sub(number, text).rstrip(';')
        self.writes = WRITES.search(self.text) is not None if self.writes is None else self.writes == 'yes'
        self.none = self.none or ('not_found' if self.rows == 'one' else 'ok')
        self.columns = columns_of(self.text) if self.rows != 'none' else []
        if self.changes:
            self.filters.append(('after', AFTER.format(self.changes, self.key[0])))
        if not self.rows:
            raise Wrong(f'{self.where}: rows is not said')
        if self.whose and self.shows and self.shows not in self.arguments + [('column', name) for name in self.columns]:
            raise Wrong(f'{self.where}: whose: {self.whose} is no column of it, nor one of its arguments')
        if self.gathers and (self.rows != 'none' or not self.arguments or any(kind != 'arg' for kind, _ in self.arguments)):
            raise Wrong(f'{self.where} gathers: it gives no rows and takes only arguments')


def made(name, file, program, text, **directives):
    """A statement that is not written by hand; `file`: where it would stand."""
    query = Query(name, file, program)
    for word, value in directives.items():
        setattr(query, word, value)
    query.finish([text], {})
    return query


def queries_of(file):
    """(program, [Query]) of one file."""
    program, found, fragments, lines, directives = None, [], {}, [], False
    for line in file.read_text().splitlines():
        match = DIRECTIVE.match(line)
        word, rest = match.groups('') if match else (None, '')
        if word == 'program' and not program and not found:
            program = rest
        elif word in ('query', 'fragment'):
            lines, directives = [], word == 'query'
            if directives:
                found.append((Query(rest, file.name, program), lines))
            else:
                fragments[rest] = lines
        elif directives and line.startswith('--'):
            found[-1][0].take(word, rest, line)
        elif word in OF_QUERY or word == 'program':
            raise Wrong(f'{file.name}: "{line}" does not stand in its place: directly below `-- query:`, the program first of all')
        else:
            lines.append(line)
            directives = False
    for query, text in found:
        query.finish(text, fragments)
    for name in fragments:
        if file.read_text().count(f'{{{{{name}}}}}') < 2:
            raise Wrong(f'{file.name}: fragment {name} is used less than twice')
    if not program:
        raise Wrong(f'{file.name}: program is not said')
    return program, [query for query, _ in found]


def read(folder):
    """{program: [Query]} of all files."""
    programs = {}
    for file in sorted(Path(folder).glob('*.sql')):
        program, found = queries_of(file)
        programs.setdefault(program, []).extend(found)
    return programs


def by_name(programs):
    return {query.name: query for found in programs.values() for query in found}
