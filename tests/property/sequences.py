#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Random sequences of everything that can be asked of the queue, on PostgreSQL and on the reference: after every step both
must show the same. A sequence is one round trip and is rolled back; one that differs is shrunk to the least that does.

    tests/property/sequences.py SEQUENCES SEED [mutants]      (make property SEQUENCES=10000 SEED=1 MUTANTS=1)
"""
import random
import sys
import time
from pathlib import Path

import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from region import ROOT, Region  # noqa: E402
from property.reference import TENANTS, Refused, Row  # noqa: E402
from property.reference_acts import WholeQueue  # noqa: E402
from property.steps import ALL, FIRST_FUTURE, FIRST_JOB, KINDS, ORIGIN, THEN, WEIGHTS, do_enqueue, do_wait  # noqa: E402

STEPS = 28
ALWAYS = {do_enqueue: 10, do_wait: 2}

PLAY = """
create schema property;
create function property.seconds(at timestamptz) returns numeric language sql immutable
    as $$ select round(extract(epoch from at) - %(origin)s, 3) $$;
create function property.seen() returns jsonb language plpgsql as $$ begin return jsonb_build_object(
    'jobs', (select coalesce(jsonb_agg(jsonb_build_array(id, tenant, prio, kind, state, property.seconds(run_at), lane, seq,
        encode(unique_key, 'hex'), attempt, put_off, crash, fence, property.seconds(lease_until), worker, subject,
        last_error) order by id), '[]') from queue.job),
    'dead', (select coalesce(jsonb_agg(jsonb_build_array(id, tenant, prio, kind, lane, seq, blocks, attempt, crash, reason,
        last_error) order by id), '[]') from queue.dead),
    'keys', (select coalesce(jsonb_agg(jsonb_build_array(encode(key, 'hex'), job_id, scope, property.seconds(expires_at),
        dirty) order by key), '[]') from queue.unique_key),
    'lanes', (select coalesce(jsonb_agg(jsonb_build_array(lane, last_seq, done_seq) order by lane), '[]') from queue.lane),
    'future', (select coalesce(jsonb_agg(jsonb_build_array(id, tenant, kind, prio, property.seconds(run_at), subject, lane)
        order by id), '[]') from queue.future),
    'effects', (select coalesce(jsonb_agg(jsonb_build_array(job_id, state, reference) order by job_id), '[]')
        from queue.effect),
    'done', (select coalesce(jsonb_agg(jsonb_build_array(id, attempt) order by id, attempt), '[]') from queue.done),
    'end_wanted', (select coalesce(jsonb_agg(job_id order by job_id), '[]') from queue.cancel_request),
    'acts', (select coalesce(jsonb_agg(jsonb_build_array(verb, noun, target, outcome, coalesce(job, 0))
        order by verb collate "C", noun collate "C", target collate "C", outcome collate "C", job), '[]') from queue.act),
    'notes', (select count(*) from audit.entry where noun like 'queue-%%'),
    'kinds', (select jsonb_agg(jsonb_build_array(kind, trips, property.seconds(paused_until)) order by kind)
        from queue.kind)); end $$;
create function property.play(steps text[]) returns setof jsonb language plpgsql as $$
    declare
        step text;
        result jsonb;
    begin
        foreach step in array steps loop
            begin
                execute step into result;
            exception when sqlstate 'MW403' or sqlstate 'MW404' or sqlstate 'MW409' or sqlstate 'MW410' then
                result := to_jsonb('refused: ' || sqlerrm);
            end;
            return next jsonb_build_array(result, property.seen());
        end loop;
    end $$;
create procedure property.begin_anew() language plpgsql as $$
    begin
        perform set_config('app.scope', 'installation', true), set_config('app.role', 'system', true);
        perform setval('queue.job_id_seq', %(job)s, false), setval('queue.future_id_seq', %(future)s, false);
        delete from clock.shift;
        insert into clock.shift (shift) values (to_timestamp(%(origin)s) - clock_timestamp());
    end $$;
""" % {'origin': int(ORIGIN.timestamp()), 'job': FIRST_JOB, 'future': FIRST_FUTURE}


# ---------------------------------------------------------------------------------------------- the comparison

def expected(sequence):
    """[(name, SQL, answer, what is seen)]; a step is a name and the seed of its choices, so that it stays one when others
    are taken away."""
    queue = WholeQueue({name: Row(**kind.__dict__) for name, kind in KINDS.items()}, FIRST_JOB, FIRST_FUTURE)
    made = []
    for step, seed in sequence:
        text, answer = step(queue, random.Random(seed))
        try:
            answer = answer() if callable(answer) else answer
        except Refused as refused:
            answer = f'refused: {refused}'
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
    """Each sequence leaves some steps out and does others more often, which reaches more than all steps every time (swarm
    testing: Groce and others, ISSTA 2012)."""
    chance = random.Random(f'{seed}.{number}')
    weights = [WEIGHTS.get(step, 1) * chance.choice((0, 1, 1, 5)) + ALWAYS.get(step, 0) for step in ALL]
    sequence = []
    for step in chance.choices(ALL, weights, k=chance.randint(4, STEPS * 2 - 4)):
        before = sequence[-1][0] if sequence else None
        if before in THEN and chance.random() < 0.5:
            step = chance.choice(THEN[before])
        sequence.append((step, chance.getrandbits(48)))
    return sequence


def prepare(region):
    region.sql('delete from queue.kind')
    for name, k in KINDS.items():
        region.sql('insert into queue.kind (kind, worker, max_attempts, base_ms, cap_ms, max_inflight, blocks_lane) '
                   'values (%s, %s, %s, %s, %s, %s, %s)',
                   (name, k.worker, k.max_attempts, k.base * 1000, k.cap * 1000, k.most, k.blocks))
    region.sql("insert into ref.region (id, code, name) values (gen_random_uuid(), 'region', 'Regio')")
    for tenant in range(1, TENANTS + 1):
        region.sql('insert into ref.tenant (id, code, name, region_id) select gen_random_uuid(), %s, %s, id from ref.region',
                   (f'gm000{tenant}', 'Proefgemeente'))
    region.sql(PLAY)


def check(region, count, seed, most_differences=1, shrinks=True, say=lambda words: None):
    """(sequences, steps, [difference]) of that many."""
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    connection.autocommit = True
    found, steps = [], 0
    with connection.cursor() as cursor:
        for number in range(count):
            sequence = random_sequence(seed, number)
            steps += len(sequence)
            if differs(cursor, sequence):
                found.append(f'seed {seed}, sequence {number}\n{shrink(cursor, sequence) if shrinks else ""}')
                if len(found) >= most_differences:
                    break
            if number % 500 == 499:
                cursor.execute('vacuum queue.job, queue.dead, queue.unique_key, queue.lane, queue.future, queue.effect, '
                               'queue.done, clock.shift')
                say(f'{number + 1} sequences')
    connection.close()
    return number + 1, steps, found


def compare_all(region, count, seed):
    from_s = time.monotonic()
    _, steps, found = check(region, count, seed, 3)
    print('\n'.join([*found, f'seed={seed} sequences={count} steps={steps} differences={len(found)} '
                     f'seconds={time.monotonic() - from_s:.0f}']), flush=True)
    return not found


def catch_all(region, count, seed):
    from property.mutants import MUTANTS, is_caught
    missed = 0
    for name in MUTANTS:
        after = is_caught(region, name, count, seed)
        missed += not after
        print(f'{name:16} {f"caught after {after} sequences" if after else "NOT CAUGHT"}', flush=True)
    return not missed


def main():
    count, seed = (int(word) for word in sys.argv[1:3])
    with Region.started('property', ROOT / 'build/release/bin') as region:
        prepare(region)
        return 0 if (catch_all if sys.argv[3:] else compare_all)(region, count, seed) else 1


if __name__ == '__main__':
    sys.exit(main())
