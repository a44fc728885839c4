# SPDX-License-Identifier: EUPL-1.2
"""sql/programs.tsv: the one list of programs."""
from collections import namedtuple

from .wrong import Wrong

Program = namedtuple('Program', 'name kind')
FOLDERS = {'service': 'services', 'worker': 'workers', 'dispatcher': 'workers', 'tool': 'services'}


def read(root):
    lines = (root / 'sql/programs.tsv').read_text().splitlines()
    return [Program(*line.split('\t')) for line in lines if line and not line.startswith('#')]


def names(programs, *kinds):
    return [program.name for program in programs if program.kind in kinds]


def folder(program):
    return f'{FOLDERS[program.kind]}/{program.name}'


def check(root, contract, programs):
    """What is listed is there, and what is there is listed."""
    for program in programs:
        if program.kind not in FOLDERS:
            raise Wrong(f'sql/programs.tsv: {program.name}: a kind is one of {", ".join(FOLDERS)}')
        if program.kind != 'service' and not (root / folder(program) / 'main.c').exists():
            raise Wrong(f'sql/programs.tsv: {program.name} is a {program.kind}, and there is no {folder(program)}/main.c')
    if len({program.name for program in programs}) < len(programs):
        raise Wrong('sql/programs.tsv: a program is listed twice')
    for what, listed, found in (
            ('services of the contract', names(programs, 'service'), contract.services),
            ('folders of workers', names(programs, 'worker', 'dispatcher'), [main.parent.name for main in (root / 'workers').glob('*/main.c')])):
        if set(listed) != set(found):
            raise Wrong(f'sql/programs.tsv: only it, or only the {what}, has: {", ".join(sorted(set(listed) ^ set(found)))}')
