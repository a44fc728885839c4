# SPDX-License-Identifier: EUPL-1.2
"""SECURITY.md says of every program what a taken-over one can reach, and which tests say so."""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from region import ROOT, programs  # noqa: E402

TEXT = (ROOT / 'SECURITY.md').read_text()
SECTIONS = {name: body for name, body in re.findall(r'^## (.+)\n((?:(?!^## ).*\n)*)', TEXT, re.M)}


def test_every_program_has_its_section():
    assert list(SECTIONS) == [*programs(), 'Redis', 'The proxy', 'PostgreSQL']
    assert all('*Tests:*' in body for body in SECTIONS.values())


def test_the_tests_that_are_named_are_there():
    named = re.findall(r'`(test_\w+\.(?:py|c))(?:::(\w+))?`', TEXT)
    assert len(named) > 20
    files = {file.name: file.read_text() for ending in ('py', 'c')
             for file in (ROOT / 'tests').rglob(f'test_*.{ending}')}
    missing = [f'{file}::{test}' for file, test in named
               if file not in files or (test and not re.search(rf'(?:def|void) {test}\(', files[file]))]
    assert missing == []
