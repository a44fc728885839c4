#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Unique keys, asked for by many at once while PostgreSQL is killed: never two live jobs of a key, never a key without a job;
a coalescing key that is asked for while its job is there gives exactly one more run.

make gates GATE=unique     CLIENTS=16 KEYS=300 SECONDS=60 SEED=…"""
import itertools
import random
import time

import psycopg2
from gate import (Faults, Sampler, installation, main, one, pause_when_away, seed, size, together, verdict,
                  wait_until_done)

BOUNDS = {'live_twice': '== 0', 'keys_without_job': '== 0', 'runs_wrong': '== 0', 'twice_in_period': '== 0', 'keys_left': '== 0',
          'undone': '== 0', 'asked': '>= 1', 'kills': '>= 1'}
SCOPES = ('once', 'period', 'coalesce')
# What was asked, whether it made a job, and until when a period lasts: in the transaction of the question.
ASKED = 'create table chaos.asked (n bigint, key text, job bigint, made boolean, ends timestamptz)'
ASK = """select queue.enqueue('chaos_job', 1, jsonb_build_object('n', %(n)s, 'lane', %(key)s::text), null, %(key)s, %(scope)s,
    1::smallint, p.ends), p.ends from (select case when %(scope)s = 'period' then to_timestamp(
    ceil((extract(epoch from clock.now()) + 0.1) / 2) * 2) end as ends) p"""
NOTE = """insert into chaos.asked select %(n)s, %(key)s, %(job)s, exists (select from queue.job j where j.id = %(job)s
    and (j.payload ->> 'n')::bigint = %(n)s), %(ends)s"""
TWICE = ("select (select count(*) from (select from queue.job where unique_key is not null and payload ->> 'lane' not like 'period%' "
         'group by unique_key having count(*) > 1) t)')
ALONE = "select count(*) from queue.unique_key u where scope <> 'period' and not exists (select from queue.job j where j.id = u.job_id)"


def client(region, keys, until, numbers, chance):
    connection = None
    while time.monotonic() < until:
        key = chance.randrange(keys)
        scope = SCOPES[key % 3]
        asked = {'n': next(numbers), 'key': f'{scope}{key}', 'scope': scope}
        try:
            connection = connection or psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
            with connection, connection.cursor() as cursor:
                cursor.execute(ASK, asked)
                asked['job'], asked['ends'] = cursor.fetchone()
                cursor.execute(NOTE, asked)
        except psycopg2.Error as error:
            connection = pause_when_away(error)


def kill_postgres(region, faults, until, chance):
    kills = 0
    while time.monotonic() < until - 2:
        time.sleep(chance.uniform(1, 4))
        faults.restart_postgres() if kills % 3 == 2 else faults.terminate(chance)
        kills += 1
    return kills


def judge(region):
    # a job that was made by a question and asked for again has one more run; so has that one
    expected = ("select key, count(*) filter (where made) + count(distinct job) filter (where not made and key like 'coalesce%') as runs "
                'from chaos.asked group by key')
    return {
        'asked': one(region, 'select count(*) from chaos.asked'),
        'made': one(region, 'select count(*) from chaos.asked where made'),
        'runs': one(region, 'select count(*) from chaos.effect'),
        'runs_wrong': one(region, f'select count(*) from ({expected}) x full join (select lane as key, count(*) as runs '
                                  'from chaos.effect group by 1) e using (key) where x.runs is distinct from e.runs'),
        'twice_in_period': one(region, "select count(*) from (select from chaos.asked where made and ends is not null "
                                       'group by key, ends having count(*) > 1) t'),
        'keys_left': one(region, "select count(*) from queue.unique_key where scope <> 'period'"),
    }


def unique(clients=16, keys=300, seconds=60, chance=7, slack=1):
    with installation() as region:
        region.sql(ASKED)
        until, numbers, kills = time.monotonic() + seconds, itertools.count(1), []
        samplers = [Sampler(region, TWICE), Sampler(region, ALONE)]
        together(*(lambda i=i: client(region, keys, until, numbers, random.Random(f'{chance}/{i}')) for i in range(clients)),
                 lambda: kills.append(kill_postgres(region, Faults(region, chance, 0, []), until, random.Random(chance))))
        drained = wait_until_done(region, 60)
        figures = {'seed': chance, 'clients': clients, 'keys': keys, 'kills': kills[0], 'live_twice': samplers[0].end(),
                   'keys_without_job': samplers[1].end(), 'looked': samplers[0].seen, **judge(region),
                   'undone': int(drained is None)}
        return verdict('unique', figures, BOUNDS, slack)


if __name__ == '__main__':
    main(lambda: unique(size('CLIENTS', 16), size('KEYS', 300), size('SECONDS', 60), seed()))
