# SPDX-License-Identifier: EUPL-1.2
"""What the house style says and a program can see: generated files, sizes, arrows, circles, headers, words."""
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = '-std=gnu11 -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -I. -I/usr/include/postgresql'.split()
# who may include whom: folder -> folders that its files may name
ARROWS = {
    'lib/base': {'lib/base'},
    'lib/json': {'lib/json', 'lib/base'},
    'lib/db': {'lib/db', 'lib/base'},
    'lib/domain': {'lib/domain', 'lib/base'},   # rules that several programs share
    'lib/http': {'lib/http', 'lib/json', 'lib/db', 'lib/base'},
    'lib/auth': {'lib/auth', 'lib/json', 'lib/base'},
    'lib/queue': {'lib/queue', 'lib/db', 'lib/json', 'lib/base'},
    'lib/server': {'lib', 'openapi/gen'},
    'services': {'lib', 'openapi/gen'},   # and its own folder
    'workers': {'lib', 'openapi/gen'},    # and its own folder
    'openapi/gen': {'openapi/gen', 'lib'},
}


def files(*patterns):
    named = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', *patterns], cwd=ROOT, text=True,
                           capture_output=True, check=True).stdout.split()
    return [Path(name) for name in named if (ROOT / name).exists()]


def own_c():
    return [f for f in files('*.c', '*.h') if 'gen' not in f.parts]


def test_generated_files_are_up_to_date():
    done = subprocess.run(['/usr/bin/python3', 'openapi/generate.py', '--check'], cwd=ROOT, text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stdout


def test_c_files_are_small():
    sizes = sorted(len((ROOT / f).read_text().splitlines()) for f in own_c() if f.suffix == '.c')
    large = [str(f) for f in own_c() if len((ROOT / f).read_text().splitlines()) > 400]
    assert not large
    assert sizes[len(sizes) // 2] < 200


def functions(text):
    """(name, lines) of each function: from a line that begins in column 0 to the brace that ends it."""
    lines, start, name = text.splitlines(), None, None
    for i, line in enumerate(lines):
        if line == '{' and i:
            start = i
            name = lines[i - 1]
        elif line == '}' and start is not None:
            yield name, i - start - 1
            start = None


def test_functions_are_short():
    long = [f'{f}: {name} has {count} lines' for f in own_c() if f.suffix == '.c' and f.parts[0] != 'tests'
            for name, count in functions((ROOT / f).read_text()) if count >= 40]
    assert not long


def test_lines_are_not_wide():
    wide = [f'{f}:{i}' for f in own_c() for i, line in enumerate((ROOT / f).read_text().splitlines(), 1)
            if len(line) > 120]
    assert not wide


def home_of(file):
    parts = file.parts
    return '/'.join(parts[:2]) if parts[0] in ('lib', 'openapi') else parts[0]


def test_includes_follow_the_arrows():
    wrong = []
    for file in files('lib/**.c', 'lib/**.h', 'services/**.c', 'services/**.h', 'workers/**.c', 'workers/**.h'):
        allowed = ARROWS[home_of(file)] | ({'/'.join(file.parts[:2])} if file.parts[0] in ('services', 'workers') else set())
        for name in re.findall(r'^#include "([^"]+)"', (ROOT / file).read_text(), re.M):
            if not any(name == a or name.startswith(a + '/') for a in allowed):
                wrong.append(f'{file} includes {name}')
    assert not wrong


def modules():
    """{module: modules that it includes}; a module is a .c and a .h with the same name."""
    needs = {}
    for file in files('*.c', '*.h'):
        module = file.with_suffix('')
        named = re.findall(r'^#include "([^"]+)"', (ROOT / file).read_text(), re.M)
        needs.setdefault(module, set()).update(Path(name).with_suffix('') for name in named)
    return {module: {other for other in others if other != module} for module, others in needs.items()}


def circles(needs):
    """The sets of modules that need each other: each time, take away a module that needs nothing, or that nothing needs."""
    left = {module: set(others) & set(needs) for module, others in needs.items()}
    while True:
        needed = set().union(*left.values()) if left else set()
        loose = {module for module, others in left.items() if not others or module not in needed}
        if not loose:
            return left
        left = {module: others - loose for module, others in left.items() if module not in loose}


def test_circles_finds_a_circle():
    assert not circles({'a': {'b', 'c'}, 'b': {'c'}, 'c': set()})
    assert set(circles({'a': {'b'}, 'b': {'c'}, 'c': {'b', 'd'}, 'd': set()})) == {'b', 'c'}


def test_no_modules_need_each_other():
    assert not {str(module): sorted(map(str, others)) for module, others in circles(modules()).items()}


def public_functions(text):
    """The names of the functions that a .c file defines for other files."""
    defined = re.findall(r'^(?!static\b)[a-z][\w *]*?\b(\w+)\([^;{}]*\)\n\{', text, re.M)
    return [name for name in defined if name not in ('main', 'LLVMFuzzerTestOneInput')]


def test_public_functions_are_declared_in_the_header_of_their_file():
    """So that an include says which file is needed. Handlers and checks of a service are declared in its generated contract;
    what replaces functions of others, of libc or of ours, is not declared again."""
    astray = []
    for file in files('lib/*.c', 'services/*.c', 'workers/*.c', 'openapi/*.c', 'tests/*.c'):
        headers = [file.with_suffix('.h'), file.parent / 'gen/contract.h']
        declared = '\n'.join((ROOT / h).read_text() for h in headers if (ROOT / h).exists())
        if file.name not in ('flaky.c', 'clock_shift.c', 'unlogged.c', 'test_http.c'):
            astray += [f'{file}: {name}' for name in public_functions((ROOT / file).read_text())
                       if not re.search(rf'\b{name}\b', declared)]
    assert not astray


@pytest.mark.parametrize('header', [str(f) for f in own_c() if f.suffix == '.h' and f.parts[0] != 'tests'])
def test_header_compiles_alone(header):
    done = subprocess.run(['gcc', *FLAGS, '-fsyntax-only', '-x', 'c', '-include', header, '/dev/null'], cwd=ROOT,
                          text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_make_fmt_would_change_nothing():
    done = subprocess.run(['clang-format', '--dry-run', '-Werror', *map(str, own_c())], cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_sources_carry_the_licence():
    without = [str(f) for f in files('*.c', '*.h', '*.py') if 'SPDX-License-Identifier: EUPL-1.2'
               not in (ROOT / f).read_text()[:200] and (ROOT / f).stat().st_size]
    assert not without


def test_no_work_is_left_in_comments():
    left = [str(f) for f in own_c() if re.search(r'\b(TODO|FIXME|XXX)\b', (ROOT / f).read_text())]
    assert not left


MADE_BY_MIGRATIONS = r'create\s+(unlogged\s+)?(schema|table|(unique\s+)?index|sequence|type|domain|extension|materialized\s+view)\b'
MADE_BY_FUNCTIONS = r'create\s+(or\s+replace\s+)?(function|procedure|aggregate|policy|trigger|view)\b'


@pytest.mark.parametrize('folder,never', [('migrations', MADE_BY_FUNCTIONS), ('functions', MADE_BY_MIGRATIONS), ('states', r'create\s'),
                                          ('kinds', r'create\s')])
def test_tables_are_migrations_and_functions_are_not(folder, never):
    wrong = [f'{f}:{i}' for f in files(f'sql/{folder}/**.sql') for i, line in enumerate((ROOT / f).read_text().splitlines(), 1)
             if re.match(rf'\s*{never}', line, re.I)]
    assert files(f'sql/{folder}/**.sql') and not wrong


def test_sql_files_are_small():
    assert not [str(f) for f in files('sql/**.sql') if '/gen/' not in str(f) and len((ROOT / f).read_text().splitlines()) > 400]


def test_a_migration_has_a_number_of_its_own():
    numbers = [f.name[:4] for f in (ROOT / 'sql/migrations').glob('*.sql')]
    assert len(set(numbers)) == len(numbers)


def test_a_decision_has_a_number_of_its_own():
    decisions = sorted((ROOT / 'docs/adr').glob('*.md'))
    numbers = [int(file.name[:4]) for file in decisions]
    assert len(set(numbers)) == len(numbers)
    assert all(file.read_text().startswith(f'# {number}. ') for file, number in zip(decisions, numbers))


def chained_conditionals(text):
    """The lines on which a conditional operator decides inside another one: a ? b : c ? d : e."""
    literals = r'/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\''
    text = re.sub(literals, lambda found: re.sub(r'[^\n]', ' ', found.group(0)), text, flags=re.S)
    lines = []
    for start in re.finditer(r'\?', text):
        depth = 0
        for i in range(start.end(), len(text)):
            depth += (text[i] in '([{') - (text[i] in ')]}')
            if depth < 0 or (depth == 0 and text[i] in ';,'):
                break
            if depth == 0 and text[i] == '?':
                lines.append(text.count('\n', 0, start.start()) + 1)
                break
    return lines


def test_chained_conditionals_are_found():
    assert chained_conditionals("x = a ? b : c ? d : e;\ny = a ? b ? c : d : e;") == [1, 2]
    assert not chained_conditionals("f(a ? b : c, d ? e : f); x = a ? '?' : \"? a : b\"; y = (a ? b : c) + (d ? e : f);")


def test_conditional_operators_are_not_chained():
    assert not [f'{f}:{line}' for f in own_c() for line in chained_conditionals((ROOT / f).read_text())]


def test_tests_ask_the_day_of_the_product():
    """The day of this machine is another one for an hour or two of each night: tests take region.day() or clock.today()."""
    asks = re.compile(r'\b(?:date\.today|datetime\.today|utcnow|localtime)\(')
    assert [str(f) for f in files('*.py') if f.name != 'test_tree.py' and asks.search((ROOT / f).read_text())] == []


def test_the_project_stands_on_its_own():
    """A source is a law, a standard or a page that everybody can read; never a document that is not in the project."""
    elsewhere = re.compile(r"\b(?:DOMAIN|MODEL|DECISIONS|SCENARIOS|MATCHING|QUEUE|LAW|FIELD)(?:\.md)?\b(?= (?:says|leaves|has|row|section|[0-9]))|\.\./shared")
    texts = [f for f in files('*.md', '*.sql', '*.yaml', '*.c', '*.h', '*.tsv', '*.py') if f.name != 'test_tree.py']
    assert [f'{f}: {found.group(0)}' for f in texts for found in elsewhere.finditer((ROOT / f).read_text())] == []
