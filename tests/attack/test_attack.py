# SPDX-License-Identifier: EUPL-1.2
"""The short form of `make attack`; and houses with a hole, in which an attack must get through."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import attack  # noqa: E402,F401
import inside  # noqa: E402
import people  # noqa: E402
from frame import World, attacks, run  # noqa: E402
from region import BIN, Region  # noqa: E402


@pytest.fixture(scope='module')
def world():
    with Region.started('attack', BIN, candidates=420) as region:
        region.env['MAATWERK_THREADS'] = '2'
        region.start_programs()
        region.wait_until_idle()
        yield World(region)


@pytest.mark.parametrize('one', attacks(short=True), ids=lambda one: one.__name__)
def test_attack(world, one):
    good, line = run(one, world)
    assert good, line


def function(world, name):
    return world.sql('select pg_get_functiondef(%s::regproc)', (name,))[0][0]


def replaced(world, name, right, wrong):
    """A function that is wrong in one place: the SQL that makes it so, and the SQL that puts it right."""
    text = function(world, name)
    assert right in text, text
    return text.replace(right, wrong), text


# (what makes a hole and what closes it, the attack that must find it)
HOLES = {
    'a column too many': (lambda world: ('grant select (first_name) on app.candidate to maatwerk_matching',
                                         'revoke select (first_name) on app.candidate from maatwerk_matching'), inside.sql_that_reads_persons),
    'a key for two': (lambda world: ("create rule twice as on insert to idempotency.key do instead nothing", 'drop rule twice on idempotency.key'),
                      people.races),
    'deaths by hearsay': (lambda world: replaced(world, 'queue.crashed', 'greatest(j.crash, 1)', 'greatest(j.crash, 4)'), inside.forged_redis),
    'nobody is asked': (lambda world: replaced(world, 'queue.unserved', 'not leads or', 'false and'), inside.standing_leader),
}


@pytest.mark.parametrize('name', HOLES)
def test_an_attack_finds_a_hole(world, name):
    make, one = HOLES[name]
    opens, closes = make(world)
    world.sql(opens)
    world.patience_s = 8
    try:
        good, line = run(one, world)
    finally:
        world.sql(closes)
        world.patience_s = 60
    assert not good and line.startswith('GOT THROUGH'), line
