# SPDX-License-Identifier: EUPL-1.2
"""docs/field.md: what went wrong in practice keeps its test. Tests are named after the rows: case 1 to 20 (what people did), attack 1 to
25, a 1 to 15 and b 1 to 11 (what those who build on the contract met)."""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = {'case': 20, 'attack': 25, 'a': 15, 'b': 11}
SOURCES = {file: file.read_text() for ending in ('*.py', '*.c', '*.mjs') for file in sorted((ROOT / 'tests').rglob(ending))
           if 'node_modules' not in file.parts}


@pytest.mark.parametrize('row', [f'{kind} {number}' for kind, most in ROWS.items() for number in range(1, most + 1)])
def test_every_row_has_its_test(row):
    kind, number = row.split()
    name = re.compile(rf'\b(?:def |static void )(?:test_)?{kind}_?0?{number}_\w+\(')
    assert any(name.search(text) for text in SOURCES.values())


def test_every_test_that_the_page_names_is_there():
    page = (ROOT / 'docs/field.md').read_text()
    missing = []
    for file, test in re.findall(r'`(test_\w+\.(?:py|c))::(\w+?)_?…?`', page):
        texts = [text for path, text in SOURCES.items() if path.name == file]
        if not any(re.search(rf'\b{test}', text) for text in texts):
            missing.append(f'{file}::{test}')
    assert not missing
