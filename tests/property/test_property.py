# SPDX-License-Identifier: EUPL-1.2
"""The short form of `make property`: random sequences on the queue and on its reference show the same."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from region import SANITIZED, Region  # noqa: E402
from property.mutants import is_caught  # noqa: E402
from property.sequences import check, prepare  # noqa: E402


@pytest.fixture(scope='module')
def queue():
    with Region.started('property', SANITIZED) as made:
        prepare(made)
        yield made


@pytest.mark.parametrize('seed', (1, 2, 3, 4))
def test_random_sequences_show_what_the_reference_shows(queue, seed):
    _, steps, found = check(queue, 50, seed)
    assert steps > 1000 and not found, '\n'.join(found)


@pytest.mark.parametrize('name', ('lane_next', 'lease_holds', 'begin_alone', 'crashed', 'revive'))
def test_the_comparison_catches_a_queue_that_is_wrong(queue, name):
    assert is_caught(queue, name, 1000, 1)
