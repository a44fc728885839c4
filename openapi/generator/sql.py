# SPDX-License-Identifier: EUPL-1.2
"""Reads sql/queries/*.sql: named statements with what they take, give and allow."""
import re
from pathlib import Path

WRITES = re.compile(r'\b(insert into|update|delete from)\s', re.I)
TOKEN = re.compile(r"'(?:[^']|'')*'|::|:([a-z_][a-z0-9_]*)|@([a-z_][a-z0-9_]*)")


class Query:
    def __init__(self, name, file):
        self.name, self.file = name, file
        self.rows, self.none, self.writes, self.body = None, None, None, None
        self.filters, self.sorts, self.key, self.newest_first, self.gathers = [], [], None, False, False
        self.text, self.arguments = '', []   # arguments: ('arg', name) or ('body', column), in order of $n

    def take(self, word, rest):
        if word == 'filter':
            parameter, predicate = rest.split(' ', 1)
            self.filters.append((parameter, predicate))
        elif word == 'sort':
            self.sorts.append(tuple(rest.split()))
        elif word == 'key':
            parts = rest.split()
            self.key = (parts[0], parts[1] if len(parts) > 1 else parts[0].split('.')[1],
                        parts[2] if len(parts) > 2 else 'uuid')
        elif word == 'newest-first':
            self.newest_first = True
        elif word == 'gathers':
            self.gathers = True
        elif word in ('rows', 'none', 'writes', 'body'):
            setattr(self, word, rest)
        else:
            return False
        return True

    def finish(self, lines):
        def number(match):
            if match.group(1):
                argument = ('arg', match.group(1))
            elif match.group(2):
                argument = ('body', match.group(2))
            else:
                return match.group(0)
            if argument not in self.arguments:
                self.arguments.append(argument)
            return f'${self.arguments.index(argument) + 1}'
        text = ' '.join(line.strip() for line in lines if line.strip() and not line.startswith('--'))
        self.text = TOKEN.sub(number, text).rstrip(';')
        self.writes = WRITES.search(self.text) is not None if self.writes is None else self.writes == 'yes'
        self.none = self.none or ('not_found' if self.rows == 'one' else 'ok')
        if self.rows not in ('none', 'one', 'many'):
            raise SystemExit(f'{self.file}: query {self.name}: rows is not said')
        if self.gathers and (self.rows != 'none' or not self.arguments or any(kind != 'arg' for kind, _ in self.arguments)):
            raise SystemExit(f'{self.file}: query {self.name} gathers: it gives no rows and takes only arguments')


def read(folder):
    """{program: [Query]} of all files."""
    programs = {}
    for file in sorted(Path(folder).glob('*.sql')):
        query, lines, program = None, [], None
        for line in file.read_text().splitlines():
            match = re.match(r'-- ([a-z-]+):? ?(.*)$', line)
            if match and match.group(1) == 'program':
                program = match.group(2)
            elif match and match.group(1) == 'query':
                if query:
                    query.finish(lines)
                query, lines = Query(match.group(2), file.name), []
                programs.setdefault(program, []).append(query)
            elif query and match and query.take(match.group(1), match.group(2)):
                continue
            elif query:
                lines.append(line)
        if query:
            query.finish(lines)
    return programs
