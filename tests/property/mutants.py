# SPDX-License-Identifier: EUPL-1.2
"""Queues that are wrong in one place: random sequences must show a difference with each."""
from property.sequences import check

MUTANTS = {'lane_next': ('coalesce(least(', 'coalesce(greatest('), 'lease_holds': ('j.fence = held', 'true'),
           'after_end': ("u.scope <> 'period'", 'true'), 'retry': ('>= policy.max_attempts', '> policy.max_attempts'),
           'begin_alone': ('crashes < 4', 'crashes < 5'), 'crashed': ('greatest(j.crash, 1)', 'j.crash + 1'), 'revive': ('not dead.blocks', 'true'),
           'pick': ('c.in_kind <= c.kind_room', 'true'), 'take': ('prio in 0 .. 2', 'prio in reverse 2 .. 0'),
           'cancel_subject': ('e.job_id = k.id', 'false'), 'end_job': ('j.lease_until < clock.now()', 'false'),
           'ended_by_worker': ("reason <> 'uncertain'", 'true'), 'promote': ("f.misfire = 'skip'", 'false')}


def is_caught(region, name, count, seed):
    """After how many sequences; 0: not at all."""
    right, wrong = MUTANTS[name]
    text = region.sql('select pg_get_functiondef(%s::regproc)', (f'queue.{name}',))[0][0]
    assert right in text, name
    region.sql(text.replace(right, wrong))
    try:
        done, _, found = check(region, count, seed, shrinks=False)
        return done if found else 0
    finally:
        region.sql(text)
