# SPDX-License-Identifier: EUPL-1.2
"""docs/how-to/add-a-noun.md is followed to the letter in a copy of the tree: it generates, compiles, and its unit test passes."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests'))
from howto import ADDED, NEW, PAGE, follow  # noqa: E402

FLAGS = '-std=gnu11 -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -I. -I/usr/include/postgresql -Wall -Wextra -Wmissing-prototypes -Werror'.split()


def run(tree, *command):
    done = subprocess.run(command, cwd=tree, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope='module')
def tree(tmp_path_factory):
    made = tmp_path_factory.mktemp('noun')
    for folder in ('docker', 'docs', 'lib', 'openapi', 'services', 'sql', 'tests', 'workers'):
        shutil.copytree(ROOT / folder, made / folder, ignore=shutil.ignore_patterns('node_modules', '__pycache__'))
    shutil.copy(ROOT / 'docker-compose.yml', made)
    follow(made)
    run(made, '/usr/bin/python3', 'openapi/generate.py')
    return made


def test_the_page_lists_its_files():
    table = re.findall(r'^\| \w+ \| (.*?) \|', PAGE.split('## 1.')[0], re.M)
    named = [path for row in table[1:] for path in re.findall(r'`([^`]+/[^`]+)`', row)]
    assert sorted(named) == sorted([path for path, _ in NEW] + [path for path, *_ in ADDED])


def test_what_is_generated_compiles(tree):
    written = [path for path, _ in NEW if path.endswith('.c')]
    for file in [*written, *(tree / 'services/employers/gen').glob('*.c')]:
        run(tree, 'gcc', *FLAGS, '-include', 'lib/base/banned.h', '-fsyntax-only', str(file))


def test_the_rule_holds(tree):
    sources = [path for path, _ in NEW if path.endswith('.c')]
    base = [str(file.relative_to(tree)) for file in (tree / 'lib/base').rglob('*.c')]
    run(tree, 'gcc', *FLAGS, *sources, *base, '-lcmocka', '-lutf8proc', '-lcrypto', '-lpthread', '-lm', '-o', 'test_noun')
    run(tree, './test_noun')


def test_the_operations_are_served_and_documented(tree):
    contract = (tree / 'openapi/gen/openapi.yaml').read_text()
    assert all(f'operationId: {name}' in contract for name in ('listVisits', 'createVisit', 'getVisit', 'endVisit'))
    assert (tree / 'docs/states/visit.md').exists()
