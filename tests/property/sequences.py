#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Random sequences of everything that can be asked of the queue, on PostgreSQL and on the reference: after every step both
must show the same. A sequence is one round trip and is rolled back; one that differs is shrunk to the least that does.

    tests/property/sequences.py SEQUENCES SEED      (make property SEQUENCES=10000 SEED=1)
"""
import datetime
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from region import ROOT, Region  # noqa: E402
from property.reference import BETWEEN, Queue, Row  # noqa: E402

STEPS = 28
TICK = 600  # the clock moves by so many seconds; everything falls due between two ticks
ORIGIN = datetime.datetime(2031, 1, 15, tzinfo=datetime.timezone.utc)
FIRST_JOB, FIRST_FUTURE = 1000, 1000
KINDS = {'easy': Row(worker='test', max_attempts=3, base=60, cap=150, blocks=False, most=None, paused_until=None),
         'strict': Row(worker='test', max_attempts=2, base=90, cap=90, blocks=True, most=None, paused_until=None),
         'narrow': Row(worker='other', max_attempts=3, base=60, cap=60, blocks=False, most=2, paused_until=None)}

PLAY = """
create schema property;
create function property.seconds(at timestamptz) returns numeric language sql immutable
    as $$ select round(extract(epoch from at) - %(origin)s, 3) $$;
create function property.seen() returns jsonb language plpgsql as $$ begin return jsonb_build_object(
    'jobs', (select coalesce(jsonb_agg(jsonb_build_array(id, tenant, prio, kind, state, property.seconds(run_at), lane, seq,
        encode(unique_key, 'hex'), attempt, crash, fence, property.seconds(lease_until), worker, cancelled, subject,
        property.seconds(dispatched_at), last_error) order by id), '[]') from queue.job),
    'dead', (select coalesce(jsonb_agg(jsonb_build_array(id, tenant, prio, kind, lane, seq, blocks, attempt, crash, reason,
        last_error) order by id), '[]') from queue.dead),
    'keys', (select coalesce(jsonb_agg(jsonb_build_array(encode(key, 'hex'), job_id, scope, property.seconds(expires_at),
        dirty) order by key), '[]') from queue.unique_key),
    'lanes', (select coalesce(jsonb_agg(jsonb_build_array(lane, last_seq, done_seq) order by lane), '[]') from queue.lane),
    'future', (select coalesce(jsonb_agg(jsonb_build_array(id, tenant, kind, prio, property.seconds(run_at), subject, lane)
        order by id), '[]') from queue.future),
    'effects', (select coalesce(jsonb_agg(jsonb_build_array(job_id, step, state, reference) order by job_id, step), '[]')
        from queue.effect),
    'done', (select coalesce(jsonb_agg(jsonb_build_array(id, attempt) order by id), '[]') from queue.done)); end $$;
create function property.play(steps text[]) returns setof jsonb language plpgsql as $$
    declare
        step text;
        result jsonb;
    begin
        foreach step in array steps loop
            execute step into result;
            return next jsonb_build_array(result, property.seen());
        end loop;
    end $$;
create procedure property.begin_anew() language plpgsql as $$
    begin
        perform setval('queue.job_id_seq', %(job)s, false), setval('queue.future_id_seq', %(future)s, false);
        delete from clock.shift;
        insert into clock.shift (shift) values (to_timestamp(%(origin)s) - clock_timestamp());
    end $$;
""" % {'origin': int(ORIGIN.timestamp()), 'job': FIRST_JOB, 'future': FIRST_FUTURE}


# ------------------------------------------------------------------------------------- from values to SQL text

class Plain(str):
    """SQL that stands as it is."""


def sql(value):
    if isinstance(value, Plain):
        return value
    if value is None:
        return 'null'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "'{%s}'" % ','.join(map(str, value))
    return str(value) if isinstance(value, (int, float)) else "'%s'" % value


def small(number):
    return Plain(f'{number}::smallint')


def at(seconds):
    return None if seconds is None else (ORIGIN + datetime.timedelta(seconds=seconds)).isoformat()


def call(name, *values):
    return f'queue.{name}({", ".join(map(sql, values))})'


def one(name, *values):
    return 'select to_jsonb(%s)' % call(name, *values)


def nothing(name, *values):
    return "select 'null'::jsonb from (select %s) x" % call(name, *values)


def rows(columns, order, name, *values):
    return "select coalesce(jsonb_agg(jsonb_build_array(%s)%s), '[]') from %s x" % (
        columns, f' order by {order}' if order else '', call(name, *values))


def numbers(name, *values):
    return "select coalesce(jsonb_agg(x order by x), '[]') from %s x" % call(name, *values)


# ------------------------------------------------------------------------------------------------ the steps
# Each takes the reference and a source of chance, changes the reference, and returns SQL and what it must answer.

def pick(chance, queue, states):
    """Mostly a job in one of these states, sometimes any number that there ever was."""
    fit = [j.id for j in queue.jobs.values() if j.state in states]
    if fit and chance.random() < 0.85:
        return chance.choice(fit)
    return chance.randrange(FIRST_JOB, max(queue.next_job, FIRST_JOB + 1) + 1)


def pick_some(chance, queue, states):
    return sorted({pick(chance, queue, states) for _ in range(chance.randint(1, 4))})


def pick_dead(chance, queue):
    return chance.choice(list(queue.dead)) if queue.dead and chance.random() < 0.9 else pick(chance, queue, 'r')


def later(chance, queue):
    return queue.now + chance.choice((-2, -1, 0, 0, 1, 1, 2, 4)) * TICK + TICK // 2


def do_enqueue(queue, chance):
    kind, tenant, prio = chance.choice(list(KINDS)), chance.randint(1, 3), chance.choice((0, 1, 1, 1, 2))
    lane = chance.choice((None, None, 'a', 'a', 'b', 'c'))
    run_at = later(chance, queue) if chance.random() < 0.25 else None
    key = scope = None
    if chance.random() < 0.4:
        key = chance.choice(('d1', 'd2', 'c1', 'c1', 'c2', 'p1', 'p2'))
        scope = key[0] if chance.random() < 0.9 else chance.choice('dcp')
        if scope == 'p':
            run_at = queue.now + chance.choice((0, 1, 2)) * TICK + TICK // 2
    text = one('enqueue', kind, tenant, '{}', lane, key, scope, small(prio), at(run_at))
    return text, queue.enqueue(kind, tenant, lane, key, scope or 'd', prio, run_at)


def do_dispatch(queue, chance):
    prio, capacity, after = chance.choice((0, 1, 1, 1, 2)), chance.choice((1, 2, 3, 5, 100)), chance.randint(0, 3)
    return rows('x.id, x.worker, x.tenant, x.crash', '', 'dispatch', prio, capacity, after), \
        queue.dispatch(prio, capacity, after)


def do_claim(queue, chance):
    ids = pick_some(chance, queue, 'dr')
    return rows('x.id, x.attempt, x.cancelled', '', 'claim', ids), queue.claim(ids)


def do_take(queue, chance):
    kinds, count = sorted(chance.sample(list(KINDS), 2)), chance.randint(1, 5)
    return "select coalesce(jsonb_agg(x.id), '[]') from %s x" % call('take', kinds, count), queue.take(kinds, count)


def do_still_waiting(queue, chance):
    ids = pick_some(chance, queue, 'drwbx')
    return numbers('still_waiting', ids), queue.still_waiting(ids)


def do_finish(queue, chance):
    ids, keyed = [], 0
    for number in pick_some(chance, queue, 'dr'):  # together only one that may run again: its number is not said
        job = queue.jobs.get(number)
        keyed += bool(job and job.key)
        if keyed < 2 or not (job and job.key):
            ids.append(number)
    return one('finish', ids), queue.finish(ids)


def do_kill(queue, chance):
    job, reason = pick(chance, queue, 'drwbx'), chance.choice(('permanent', 'killed'))
    return nothing('kill', job, reason, 'no'), queue.kill(job, reason, 'no')


def do_retry(queue, chance):
    job, delay, free = pick(chance, queue, 'drx'), chance.choice((None, None, None, 300, 900)), chance.random() < 0.2
    return nothing('retry', job, 'later', delay and delay * 1000, free), queue.retry(job, 'later', delay, free)


def do_promote(queue, chance):
    return 'select jsonb_build_array(p.promoted, property.seconds(p.next_at)) from queue.promote(100) p', queue.promote()


def do_wait(queue, chance):
    ticks = chance.choice((1, 1, 1, 2, 5))
    queue.now += ticks * TICK
    return "update clock.shift set shift = shift + interval '%d seconds' returning 'null'::jsonb" % (ticks * TICK), None


def do_dispatched(queue, chance):
    return numbers('dispatched'), queue.dispatched()


def do_redispatch(queue, chance):
    ids = None if chance.random() < 0.3 else pick_some(chance, queue, 'd')
    return one('redispatch', ids), queue.redispatch(ids)


def do_crashed(queue, chance):
    ids = pick_some(chance, queue, 'drx')
    return numbers('crashed', ids), queue.crashed(ids)


def do_schedule(queue, chance):
    kind, tenant, prio = chance.choice(list(KINDS)), chance.randint(1, 3), chance.randint(0, 2)
    run_at, subject = later(chance, queue), chance.choice((None, 's:1', 's:2'))
    zone, offset = chance.choice((('UTC', 0), ('Europe/Amsterdam', 3600)))
    misfire, grace, lane = chance.choice('fs'), chance.choice((0, TICK, 3 * TICK)), chance.choice((None, 'a', 'b'))
    local = at(run_at + offset)[:19]
    text = one('schedule', kind, tenant, '{}', local, zone, subject, misfire, f'{grace} seconds', lane, small(prio))
    return text, queue.schedule(kind, tenant, run_at, subject, misfire, grace, lane, prio)


def do_cancel_subject(queue, chance):
    subject = chance.choice(('s:1', 's:2', 's:3'))
    return one('cancel_subject', subject), queue.cancel_subject(subject)


def do_cancel(queue, chance):
    job = pick(chance, queue, 'rwbdx')
    return one('cancel', job), queue.cancel(job)


def do_run_now(queue, chance):
    job = pick(chance, queue, 'w')
    return one('run_now', job), queue.run_now(job)


def do_revive(queue, chance):
    letter = pick_dead(chance, queue)
    return one('revive', letter), queue.revive(letter)


def do_drop_dead(queue, chance):
    letter = pick_dead(chance, queue)
    return one('drop_dead', letter), queue.drop_dead(letter)


def do_pause(queue, chance):
    kind, until = chance.choice(list(KINDS)), chance.choice((None, None, later(chance, queue)))
    queue.kinds[kind].paused_until = until
    return one('pause', kind, at(until)), True


def do_settle(queue, chance):
    tenant, weight, most = chance.randint(1, 3), chance.randint(1, 3), chance.choice((None, None, 1, 2))
    until = chance.choice((None, None, later(chance, queue)))
    queue.settings[tenant] = Row(weight=weight, most=most, paused_until=until)
    return ('insert into queue.tenant_setting values (%s) on conflict (tenant) do update set weight = excluded.weight, '
            "max_inflight = excluded.max_inflight, paused_until = excluded.paused_until returning 'null'::jsonb"
            % ', '.join(map(sql, (tenant, weight, most, at(until))))), None


def do_lease(queue, chance):
    ids, worker, seconds = pick_some(chance, queue, 'dr')[:2], chance.choice(('w1', 'w2')), chance.choice((300, 900))
    return rows('x.id, x.fence', 'x.id', 'lease', ids, worker, seconds * 1000), queue.lease(ids, worker, seconds)


def leased(queue, chance):
    job = pick(chance, queue, 'x')
    fence = queue.jobs[job].fence if job in queue.jobs else 1
    return job, fence if chance.random() < 0.8 else max(0, fence - 1)


def do_beat(queue, chance):
    job, fence = leased(queue, chance)
    seconds = chance.choice((300, 900))
    return one('lease_beat', job, fence, seconds * 1000), queue.lease_beat(job, fence, seconds)


def do_effect_begin(queue, chance):
    (job, fence), step = leased(queue, chance), chance.choice(('send', 'print'))
    return one('effect_begin', job, fence, step), queue.effect_begin(job, fence, step)


def do_effect_done(queue, chance):
    job, step = pick(chance, queue, 'x'), chance.choice(('send', 'print'))
    return nothing('effect_done', job, step, 'ref'), queue.effect_done(job, step, 'ref')


def do_lease_finish(queue, chance):
    job, fence = leased(queue, chance)
    return one('lease_finish', job, fence), queue.lease_finish(job, fence)


def do_uncertain(queue, chance):
    job, fence = leased(queue, chance)
    return one('lease_uncertain', job, fence, 'who knows'), queue.lease_uncertain(job, fence, 'who knows')


WEIGHTS = {do_enqueue: 14, do_dispatch: 6, do_finish: 6, do_wait: 5, do_promote: 5, do_retry: 4, do_lease: 3, do_kill: 3,
           do_crashed: 3, do_claim: 2, do_take: 2, do_schedule: 3, do_cancel: 2, do_revive: 3, do_effect_begin: 3}
ALL = [step for name, step in sorted(globals().items()) if name.startswith('do_')]


# ---------------------------------------------------------------------------------------------- the comparison

def expected(sequence):
    """[(name, SQL, answer, what is seen)]; a step is a name and the seed of its choices, so that it stays one when others
    are taken away."""
    queue = Queue({name: Row(**kind.__dict__) for name, kind in KINDS.items()}, FIRST_JOB, FIRST_FUTURE)
    made = []
    for step, seed in sequence:
        text, answer = step(queue, random.Random(seed))
        made.append((step.__name__[3:], text, answer, queue.seen()))
    return made


class Difference(Exception):
    def __init__(self, steps, index, told, want, got):
        lines = [f'{i + 1:3} {name:14} {text}' for i, (name, text, *_) in enumerate(steps[:index + 1])]
        super().__init__('\n'.join(lines) + f'\n  {told}\n  reference  {want}\n  PostgreSQL {got}')


def compare(cursor, sequence):
    steps = expected(sequence)
    cursor.execute('begin; call property.begin_anew()')
    try:
        cursor.execute('select * from property.play(%s)', ([text for _, text, *_ in steps],))
        found = cursor.fetchall()
    except psycopg2.Error as error:
        raise Difference(steps, len(steps) - 1, 'refused', 'no error', str(error)[:600])
    finally:
        cursor.execute('rollback')
    for i, ((_, _, answer, seen), (got,)) in enumerate(zip(steps, found)):
        if answer != got[0]:
            raise Difference(steps, i, 'answer', answer, got[0])
        for part, want in seen.items():
            if want != got[1][part]:
                raise Difference(steps, i, part, want, got[1][part])


def differs(cursor, sequence):
    try:
        compare(cursor, sequence)
    except Difference as difference:
        return difference
    return None


def shrink(cursor, sequence):
    """The last difference, after taking away every step that it does not need."""
    difference, size = differs(cursor, sequence), len(sequence) // 2
    while size:
        i = 0
        while i < len(sequence):
            shorter = sequence[:i] + sequence[i + size:]
            smaller = differs(cursor, shorter)
            if smaller:
                sequence, difference = shorter, smaller
            else:
                i += size
        size //= 2
    return difference


def random_sequence(seed, number):
    chance = random.Random(f'{seed}.{number}')
    weights = [WEIGHTS.get(step, 1) for step in ALL]
    return [(step, chance.getrandbits(48)) for step in chance.choices(ALL, weights, k=chance.randint(4, STEPS * 2 - 4))]


def prepare(region):
    region.sql('delete from queue.kind')
    for name, k in KINDS.items():
        region.sql('insert into queue.kind (kind, worker, max_attempts, base_ms, cap_ms, max_inflight, blocks_lane) '
                   'values (%s, %s, %s, %s, %s, %s, %s)',
                   (name, k.worker, k.max_attempts, k.base * 1000, k.cap * 1000, k.most, k.blocks))
    region.sql(PLAY)


def check(region, count, seed, most_differences=1, say=lambda words: None):
    """(steps, [difference]) of that many sequences."""
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    connection.autocommit = True
    found, steps = [], 0
    with connection.cursor() as cursor:
        for number in range(count):
            sequence = random_sequence(seed, number)
            steps += len(sequence)
            if differs(cursor, sequence):
                found.append(f'seed {seed}, sequence {number}\n{shrink(cursor, sequence)}')
                if len(found) >= most_differences:
                    break
            if number % 500 == 499:
                cursor.execute('vacuum queue.job, queue.dead, queue.unique_key, queue.lane, queue.future, queue.effect, '
                               'queue.done, clock.shift')
                say(f'{number + 1} sequences')
    connection.close()
    return steps, found


def main():
    count, seed = (int(word) for word in sys.argv[1:3])
    folder = Path(tempfile.mkdtemp(prefix='maatwerk-property.', dir='/var/tmp')) / 'var'
    region = Region(folder, ROOT / 'build/release/bin')
    try:
        region.start_servers()
        region.command('migrate')
        prepare(region)
        from_s = time.monotonic()
        steps, found = check(region, count, seed, 3)
        print('\n'.join(found))
        print(f'seed={seed} sequences={count} steps={steps} differences={len(found)} '
              f'seconds={time.monotonic() - from_s:.0f}', flush=True)
        return 1 if found else 0
    finally:
        region.stop_servers()
        shutil.rmtree(folder.resolve(), ignore_errors=True)
        shutil.rmtree(folder.parent, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
