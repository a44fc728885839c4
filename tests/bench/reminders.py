#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""So many reminders due in the same minute: they are out, urgent ones first, and a match beside them goes on. Everything runs on this machine, and so does
the mail server that takes the messages. READERS=20000."""
import multiprocessing
import os
import socket
import sys
import threading
import time
from pathlib import Path

import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lines import line, misses  # noqa: E402
from region import BIN, Region, day, free_port, until  # noqa: E402

URGENT, MATCHES = 100, 200
CHILDREN = {'reminders': '1', 'notifications': '1'}
CONTEXT = ("select set_config('app.tenant', tenant_id::text, false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false) "
           "from ref.tenant where code = 'gm9901'; ")
READERS = '''insert into app.user_account (tenant_id, id, name, email, role)
    select app.tenant(), gen_random_uuid(), 'Lezer ' || n, 'lezer' || n || '@maasdrecht.example', 'consultant' from generate_series(1 + %s, %s) n'''
# the day before, one task for each reader; on the day itself the digests go out at eight, and some urgent tasks are due then
TASKS = '''insert into app.task (tenant_id, id, kind, subject_id, owner_user_id, due_at, clock_from, cause, made_at)
    select app.tenant(), gen_random_uuid(), %s, (app.subject_put('employer', e.id)).id, u.id, %s::timestamp at time zone 'Europe/Amsterdam', clock.now(),
           u.id::text, clock.now()
    from (select id from app.user_account where tenant_id = app.tenant() and name like 'Lezer %%' order by id limit %s offset %s) u,
         (select id from app.employer where tenant_id = app.tenant() order by id limit 1) e'''


class Sink(multiprocessing.Process):
    """A mail server that takes everything: how many, and of each whether it was urgent. A process of its own: it must not hold up what measures."""

    def __init__(self, room):
        super().__init__(daemon=True)
        self.port, self.count, self.urgent = free_port(), multiprocessing.Value('i', 0), multiprocessing.Array('b', room)
        self.start()

    def run(self):
        with socket.create_server(('127.0.0.1', self.port)) as server:
            while True:
                threading.Thread(target=self.talk, args=(server.accept()[0],), daemon=True).start()

    def talk(self, connection):
        """Commands are lines, and a text ends with a line that is a dot."""
        unread, text = b'', False
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b'220 sink ESMTP\r\n')
        while data := connection.recv(65536):
            unread += data
            while (end := unread.find(b'\r\n.\r\n' if text else b'\r\n')) >= 0:
                said, unread = unread[:end], unread[end + (5 if text else 2):]
                if text:
                    self.take(said)
                text = not text and said.upper() == b'DATA'
                connection.sendall(b'354 go on\r\n' if text else b'250 ok\r\n')
        connection.close()

    def take(self, text):
        with self.count:
            self.urgent[self.count.value] = b'overzicht' not in text and b'overview' not in text
            self.count.value += 1


class Bench:
    def __init__(self, region, sink, readers):
        self.region, self.sink, self.readers, self.redis = region, sink, readers, region.redis()
        self.db = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
        self.db.autocommit = True

    def act(self, text, values=()):
        return self.region.sql(CONTEXT + text, values)

    def set_clock(self, moment):
        self.region.sql("insert into clock.shift (shift) values (%s::timestamp at time zone 'Europe/Amsterdam' - clock_timestamp()) "
                        'on conflict (one) do update set shift = excluded.shift', (moment,))

    def left(self, *kinds):
        return self.region.sql('select count(*) from queue.job where kind = any (%s)', (list(kinds),))[0][0]

    def match(self):
        """How long it takes from a changed demand to a new list, in seconds."""
        vacancy, version = self.act("update app.vacancy v set match_input = match_input + 1 where v.id = (select id from app.vacancy where "
                                    "tenant_id = app.tenant() and state in ('open', 'shortlisted') order by id limit 1) returning v.id, v.match_input")[0]
        begun = time.monotonic()
        self.redis.rpush('mw:{s0}:wake', 1)     # as the service does after the commit
        with self.db.cursor() as cursor:
            while not cursor.rowcount > 0:
                time.sleep(0.002)
                cursor.execute('select 1 from app.match_run where vacancy_id = %s and match_input >= %s', (vacancy, version))
        return time.monotonic() - begun

    def matches(self, busy=lambda: True):
        taken = []
        while len(taken) < MATCHES and busy():
            taken.append(self.match())
            time.sleep(0.1)
        return sorted(taken)[len(taken) * 99 // 100] if taken else 0

    def prepare(self):
        self.set_clock(f'{day(1)} 08:00:30')
        for place in range(0, self.readers, 500):
            self.act(READERS, (place, place + 500))
            self.region.sql('analyze app.user_account, entry.hat')
        for place in range(0, self.readers, 500):       # each with what is known by then of the tables, as it would be in the course of days
            self.act(TASKS, ('promise', f'{day(2)} 09:00', 500, place))
            self.region.sql('analyze app.task, app.reminder_plan, queue.future')
        self.act(TASKS, ('urgent_follow_up', f'{day(2)} 08:00', URGENT, 0))
        self.region.sql('analyze')
        begun = time.monotonic()
        self.set_clock(f'{day(1)} 09:00:30')
        until(lambda: self.region.sql("select count(*) from app.reminder where fate = 'waiting'")[0][0] >= self.readers, 600)
        until(lambda: not self.left('remind'), 600)
        took = time.monotonic() - begun
        line('reminders_noted_per_s', self.readers / took)
        until(lambda: not self.left('remind', 'remind_digest', 'match_vacancy'), 600)
        self.set_clock(f'{day(2)} 07:01')       # the urgent ones have had their first rung, an hour before
        until(lambda: not self.left('remind', 'remind_digest', 'send_message'), 600)
        self.region.sql('analyze')              # a region at work has sent messages before

    def run(self):
        self.prepare()
        self.matches()
        alone = self.matches()
        self.sink.count.value = 0
        begun = time.monotonic()
        self.set_clock(f'{day(2)} 08:00:05')
        beside = self.matches(lambda: self.sink.count.value < self.readers)
        until(lambda: self.sink.count.value >= self.readers + URGENT or not self.left('remind', 'remind_digest', 'send_message')
              and not self.region.sql("select 1 from queue.future where run_at <= clock.now() and kind like 'remind%%'"), 900)
        took = time.monotonic() - begun
        taken = self.sink.urgent[:self.sink.count.value]
        line('reminders_out', took, goal=f'<=30 s for {self.readers}', good=took <= 30 and len(taken) >= self.readers)
        others = [place for place, urgent in enumerate(taken) if not urgent][500:501]
        late = sum(1 for place, urgent in enumerate(taken) if urgent and others and place > others[0])
        line('urgent_after_500_others', late, goal='=0', good=not late)
        line('match_p99_beside_reminders', beside, alone, '<=2', beside <= 2 * alone)


def main():
    readers = int(os.environ.get('READERS', '20000'))
    sink = Sink(2 * (readers + URGENT))
    with Region.started('bench', BIN, candidates=420) as region:
        region.env.update(MAATWERK_CHILDREN='2', MAATWERK_SMTP=f'smtp://127.0.0.1:{sink.port}', MAATWERK_SMTP_TLS='off')
        for name in ('dispatcher', 'matching', 'reminders', 'notifications'):
            region.start(name, MAATWERK_CHILDREN=CHILDREN.get(name, '2'))
        until(lambda: not region.sql('select count(*) from queue.job')[0][0], 300)
        Bench(region, sink, readers).run()
    sys.exit(bool(misses))


if __name__ == '__main__':
    main()
