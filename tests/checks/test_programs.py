# SPDX-License-Identifier: EUPL-1.2
"""There is one list of programs, sql/programs.tsv: a worker is a folder and a line."""
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'openapi'), str(ROOT / 'tests/giant')]
from generator import program_list  # noqa: E402
from giant import copy_of  # noqa: E402

MAIN = '''/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-postman: delivers. */
#include "lib/queue/worker.h"

static enum job_end deliver(struct work *work)
{
    (void)work;
    return JOB_DONE;
}

int main(void)
{
    static const struct job_kind kinds[] = {{"deliver", .run = deliver}};
    static const struct worker worker = {"postman", kinds, 1, 16, NULL, NULL};
    return worker_run(&worker);
}
'''


def run(tree, *words):
    done = subprocess.run(words, cwd=tree, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_a_worker_is_a_folder_and_a_line(tmp_path):
    tree, library = tmp_path / 'tree', 'build/release/libmaatwerk.a'
    copy_of(tree)
    (tree / 'workers/postman').mkdir()
    (tree / 'workers/postman/main.c').write_text(MAIN)
    with open(tree / 'sql/programs.tsv', 'a') as programs:
        programs.write('postman\tworker\n')
    assert run(tree, '/usr/bin/python3', 'openapi/generate.py') == 'written: docker-compose.yml\n'
    composition = yaml.safe_load((tree / 'docker-compose.yml').read_text())['services']
    assert composition['postman'] == {**composition['matching'], 'user': 'maatwerk_postman', 'command': ['maatwerk-postman']}
    run(ROOT, 'make', '-s', '-j2', library)
    (tree / library).parent.mkdir(parents=True)
    shutil.copy(ROOT / library, tree / library)
    run(tree, 'make', '-s', '-o', library, 'build/release/bin/maatwerk-postman')
    assert 'build/release/bin/maatwerk-postman' in run(tree, 'make', '-n', '-W', 'workers/postman/main.c', 'build')


def tree_with(folder, lines, *mains):
    for main in mains:
        (folder / main).mkdir(parents=True)
        (folder / main / 'main.c').touch()
    (folder / 'sql').mkdir()
    (folder / 'sql/programs.tsv').write_text('# name\tkind\n' + ''.join(f'{line}\n' for line in lines))
    return folder


GOOD = ['cli\ttool', 'things\tservice', 'matching\tworker']
MAINS = ['services/cli', 'workers/matching']


@pytest.mark.parametrize('lines,mains,words', [
    (GOOD + ['late\tworker'], MAINS, 'late is a worker, and there is no workers/late/main.c'),
    (GOOD, MAINS + ['workers/late'], 'the folders of workers, has: late'),
    (GOOD[:2], MAINS, 'the folders of workers, has: matching'),
    (GOOD + ['other\tservice'], MAINS, 'the services of the contract, has: other'),
    (GOOD[::2], MAINS, 'the services of the contract, has: things'),
    (GOOD + ['cli\ttool'], MAINS, 'listed twice'),
    (GOOD[:2] + ['matching\tperson'], MAINS, 'matching: a kind is one of'),
], ids=range(7))
def test_a_list_that_is_not_true_is_refused(tmp_path, lines, mains, words):
    root = tree_with(tmp_path, lines, *mains)
    with pytest.raises(SystemExit, match=re.escape(words)):
        program_list.check(root, SimpleNamespace(services=['things']), program_list.read(root))


def test_a_list_that_is_true_passes(tmp_path):
    root = tree_with(tmp_path, GOOD, *MAINS)
    program_list.check(root, SimpleNamespace(services=['things']), program_list.read(root))


def test_rights_name_programs_and_kinds():
    programs = program_list.read(ROOT)
    known = {'*', *program_list.FOLDERS, *(program.name for program in programs)}
    lines = [line.split('\t') for line in (ROOT / 'sql/grants.tsv').read_text().splitlines() if line and not line.startswith('#')]
    assert {name for who, *_ in lines for name in who.split(',')} <= known
    assert not {program.name for program in programs if program.name != program.kind} & set(program_list.FOLDERS)
