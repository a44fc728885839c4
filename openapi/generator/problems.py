# SPDX-License-Identifier: EUPL-1.2
"""Reads openapi/problems.yaml and holds it against what C and SQL raise: neither knows a code that the other side lacks."""
import json
import re
from pathlib import Path

import yaml

from .wrong import Wrong

WHEN = ('always', 'body', 'key', 'match', 'write', 'never')
TYPE = 'urn:maatwerk:problem:'
LANGUAGES = ('nl', 'en')       # in the order of enum language
RAISE = re.compile(r'\braise\s+exception\b([^;]*);', re.I)
USING = re.compile(r"\s+using\s+errcode\s*=\s*'(MW\d{3})',\s*message\s*=\s*'([a-z-]+)'(?:,\s*detail\s*=(.*?))?(?:,\s*hint\s*=.*)?\s*$", re.S)


def constant(kind, code):
    """The enumerator in C."""
    return f'{kind}_{code.upper().replace("-", "_")}'


class Problem:
    def __init__(self, code, raw):
        self.code, self.status, self.when, self.do = code, raw.pop('status'), raw.pop('when'), raw.pop('do')
        self.title, self.detail = raw.pop('title'), raw.pop('detail')
        self.retry_after, self.proxy, self.err = raw.pop('retry_after', 0), raw.pop('proxy', False), raw.pop('err', None)
        self.noted = raw.pop('noted', False)
        self.sqlstates, self.constraints = raw.pop('sqlstate', []), raw.pop('constraints', {})
        self.owners, self.members = raw.pop('owners', {}), raw.pop('members', [])
        if raw or self.when not in WHEN:
            raise Wrong(f'problems.yaml: {code}: {", ".join(raw) or self.when} is not known')
        for text in (self.title, self.detail):
            if tuple(text) != LANGUAGES:
                raise Wrong(f'problems.yaml: {code}: a text is in Dutch and in English')
        unknown = set(re.findall(r'{(\w*)}', ' '.join(self.detail.values()))) - set(self.members)
        if unknown:
            raise Wrong(f'problems.yaml: {code}: the detail says {", ".join(sorted(unknown))}, which is no member of it')

    @property
    def name(self):
        """Of the response in the contract: "NotFound"."""
        return ''.join(map(str.capitalize, self.code.split('-')))

    @property
    def type(self):
        return TYPE + self.code

    def members_of(self, language):
        """The members that are the same each time."""
        return {'type': self.type, 'title': self.title[language], 'status': self.status,
                'detail': self.detail[language]}

    def body(self, language):
        return json.dumps(self.members_of(language), ensure_ascii=False, separators=(',', ':'))

    @property
    def pointers(self):
        return [pointer for rule in self.constraints.values() for pointer in rule['pointer'].split()] + \
            [pointer for scopes in self.owners.values() for pointer in scopes.values()]


class Problems:
    def __init__(self, file):
        raw = yaml.safe_load(Path(file).read_text())
        self.all = [Problem(code, dict(one)) for code, one in raw['problems'].items()]
        self.faults, self.members = raw['faults'], raw['members']
        self.signals = {tuple(signal.split()) for signal in raw['signals']}
        self.unreachable = {name for group in raw['unreachable'] for name in group['constraints']}
        self.constraints = {name: rule for problem in self.all for name, rule in problem.constraints.items()}
        for problem in self.all:
            missing = [m for m in problem.members if m not in self.members]
            missing += [r['fault'] for r in problem.constraints.values() if r['fault'] not in self.faults]
            if missing:
                raise Wrong(f'problems.yaml: {problem.code}: {missing[0]} is not described')
            for name, rule in problem.constraints.items():
                if rule['fault'] == 'value' and 'why' not in rule:
                    raise Wrong(f'problems.yaml: {name}: the fault value does not say what is allowed; take another one, or say why')

    def by_status(self):
        found = {}
        for problem in self.all:
            found.setdefault(problem.status, []).append(problem)
        return dict(sorted(found.items()))

    def check(self, root, contract):
        """Everything that is raised is here, everything that is here is raised, and pointers point at something."""
        raised = self._raised_in_sql(root)
        text = '\n'.join(file.read_text() for folder in ('lib', 'services', 'workers')
                         for file in sorted((root / folder).rglob('*.[ch]')) if 'gen' not in file.parts)
        named = set(re.findall(r'\b((?:PROBLEM|FAULT)_[A-Z0-9_]+)\b', text))
        errors = set(re.findall(r'\bERR_([A-Z_]+)\b', (root / 'lib/base/err.h').read_text()))
        for problem in self.all:
            if problem.err and problem.err not in errors:
                raise Wrong(f'problems.yaml: {problem.code}: there is no ERR_{problem.err}')
            if not (problem.err or problem.sqlstates or problem.constraints or problem.proxy or problem.code in raised
                    or constant('PROBLEM', problem.code) in named):
                raise Wrong(f'problems.yaml: nothing raises {problem.code}')
        noted = {rule['fault'] for rule in self.constraints.values()}
        for file in sorted((root / 'sql/functions').glob('*.sql')): # "code=limit /pointer" is the detail of what a function refuses
            noted.update(re.findall(r"'([a-z-]+)(?:=%s)? /", file.read_text()))
        for code in self.faults:
            if code not in noted and constant('FAULT', code) not in named:
                raise Wrong(f'problems.yaml: nothing notes the fault {code}')
        properties = {name for schema in contract.schemas.values() for name in schema.get('properties', {})}
        for problem in self.all:
            for pointer in problem.pointers:
                if pointer.split('/')[1] not in properties:
                    raise Wrong(f'problems.yaml: {problem.code}: no property is at {pointer}')

    def _raised_in_sql(self, root):
        by_code, raised, signals = {p.code: p for p in self.all}, set(), set()
        for file in sorted((root / 'sql').rglob('*.sql')):
            for statement in RAISE.findall(file.read_text()):
                match = USING.match(statement)
                where = f'{file.relative_to(root)}: raise exception{statement}'
                if re.match(r"\s*using errcode = '235(03|05|14)'", statement):
                    continue   # in the words of a foreign key, a unique index or a check: its constraint says where
                if not match:
                    raise Wrong(f"{where}: errcode = 'MW…' and message = '<code>' come first")
                state, code, detail = match.groups()
                problem = by_code.get(code)
                if (state, code) in self.signals:
                    signals.add((state, code))
                elif problem is None or state != f'MW{problem.status}':
                    raise Wrong(f'{where}: not in openapi/problems.yaml')
                else:
                    said = re.findall(r"'(\w+)'\s*,", detail or '')
                    if sorted(set(said) & set(self.members)) != sorted(problem.members):
                        raise Wrong(f'{where}: the detail says {problem.members}')
                    raised.add(code)
        if self.signals - signals:
            raise Wrong(f'problems.yaml: nothing raises the signals {self.signals - signals}')
        return raised
