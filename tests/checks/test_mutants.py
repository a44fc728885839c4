# SPDX-License-Identifier: EUPL-1.2
"""The mutants of the queue break what is there: each text that one of them replaces is in its file."""
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tests'), str(ROOT / 'tests/chaos')]
import mutants  # noqa: E402


@pytest.mark.parametrize('name', sorted(mutants.MUTANTS))
def test_what_a_mutant_breaks_is_there(name):
    for file, text, _ in mutants.MUTANTS[name][1]:
        assert re.search(mutants.pattern_of(text), (ROOT / file).read_text()), f'{file}: {text}'
