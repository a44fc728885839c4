# SPDX-License-Identifier: EUPL-1.2
"""The short form of `make property NOUN=main`: random histories of the main job, by all roles, show what the model shows."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from region import SANITIZED, Region  # noqa: E402
from property.main import check, is_caught, prepare  # noqa: E402


@pytest.fixture(scope='module')
def stage():
    with Region.started('main', SANITIZED, candidates=420) as made:
        yield prepare(made)


def test_random_histories_show_what_the_model_shows(stage):
    done, steps, found = check(stage, 40, 1)
    assert done == 40 and steps > 1000 and not found, '\n'.join(found)
    assert {'answer 200', 'answer state', 'propose 201', 'propose state', 'undo 200', 'screen 201', 'look 200'} <= set(stage.seen)


@pytest.mark.parametrize('name', ['a verdict is for ever', 'what is overdue is open'])
def test_the_comparison_catches_a_rule_that_is_missing(stage, name):
    assert is_caught(stage, name, 60, 2)
