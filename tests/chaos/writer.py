#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Writes business rows and their jobs, each pair in one transaction, as a service does; may be killed at any moment.
Arguments: connection, number of this writer, how many jobs, over how many seconds, seed, one of how many is poison."""
import json
import random
import sys
import time

import psycopg2

ADD = ("with r as (select * from jsonb_to_recordset(%s::jsonb) as r (n bigint, lane text, place int, fail int, poison int)),"
       " b as (insert into chaos.biz (n, lane, place, poison) select n, lane, place, poison = 1 from r)"
       " select queue.enqueue(case when n %% 10 = 0 then 'chaos_run' else 'chaos_job' end, 1 + (n %% 3)::int, to_jsonb(r), lane,"
       " null, null, (n %% 3)::smallint) from r order by n")
LANES = 500     # of each writer


class Writer:
    def __init__(self, number, seed, poison):
        self.number, self.poison, self.random, self.places = number, poison, random.Random(f'{seed}/{number}'), {}

    def rows(self, start, size):
        """`size` rows, and how far their lanes will be when they are committed."""
        rows, places = [], {}
        for i in range(start, start + size):
            lane, place = None, 0
            if self.random.random() < 0.5:
                lane = f'chaos:{self.number}:{self.random.randrange(LANES)}'
                place = places.get(lane, self.places.get(lane, 0)) + 1
                places[lane] = place
            fail = self.random.randrange(1, 3) if self.random.random() < 0.05 else 0
            rows.append({'n': self.number * 10**7 + i, 'lane': lane, 'place': place, 'fail': fail,
                         'poison': int(self.random.randrange(self.poison) == 0)})
        return rows, places


def main(conninfo, number, count, seconds, seed, poison):
    writer, connection, at, from_s = Writer(number, seed, poison), None, 0, time.monotonic()
    while at < count:
        size = min(writer.random.choice((1, 5, 20, 50)), count - at)
        rows, places = writer.rows(at, size)
        at += size
        try:
            connection = connection or psycopg2.connect(conninfo)
            with connection, connection.cursor() as cursor:
                cursor.execute(ADD, (json.dumps(rows),))
            writer.places.update(places)
        except psycopg2.Error:
            # whether it was committed is not known: the lanes of this batch are used no more for order
            writer.places.update({lane: 10**6 for lane in places})
            connection = None
            time.sleep(0.05)
        time.sleep(max(0, from_s + seconds * at / count - time.monotonic()))


if __name__ == '__main__':
    main(sys.argv[1], *map(int, sys.argv[2:7]))
