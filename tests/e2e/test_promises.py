# SPDX-License-Identifier: EUPL-1.2
"""A promise, from its making to its count. An installation of its own: nobody else has moved the clock."""
from scenarios.promise import promise


def test_the_story_of_a_promise(region):
    """What `make run` shows: a promise is made, falls due, is reminded of, kept and counted."""
    said = []
    promise(region, said.append)
    assert len(said) == 4 and 'kept' in said[-2], said
