# SPDX-License-Identifier: EUPL-1.2
"""A promise to an employer: it is made, falls due, is reminded of, kept, and counted. The clock of the database goes three days on, and back."""
import datetime
import uuid
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from region import Client, until
from scenarios.main_job import Transcript, expect

HERE = ZoneInfo('Europe/Amsterdam')


@contextmanager
def clock(region):
    """set(moment): it is then, and what was due has been done."""
    def set_to(moment):
        region.sql('insert into clock.shift (shift) values (%s - clock_timestamp()) on conflict (one) do update set shift = excluded.shift', (moment,))
        until(lambda: not region.sql("select 1 from queue.future where kind like 'remind%%' and run_at <= clock.now() union all "
                                     "select 1 from queue.job where kind like 'remind%%'"))
    try:
        yield set_to
    finally:
        region.sql('delete from clock.shift')


def promise(region, say):
    """Raises AssertionError when it is not reminded of once, or not counted."""
    manager, lead = Client(region, 'account_manager'), Client(region, 'team_lead')
    transcript = Transcript(say)
    me = expect(manager.get('/user-profile'), 200)
    employer = expect(Client(region, 'employer').get('/user-profile'), 200)
    last = (datetime.datetime.now(HERE) + datetime.timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0)
    made = expect(manager.post('/tasks', {'kind': 'promise', 'noun': 'employer', 'subjectId': employer['organisationId'], 'summary': 'Parkeervergunning regelen',
                                          'promisedToEmployerId': employer['organisationId'], 'dueAt': last.astimezone(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.000Z')}), 201)
    transcript.step(f'{me["name"]} promises {employer["organisationName"]} a permit, at the latest {last:%A %H:%M}: the task is {made["state"]}')
    month = last.replace(day=1).date().isoformat()
    try:
        with clock(region) as set_to:
            set_to(last - datetime.timedelta(days=1) + datetime.timedelta(minutes=1))
            set_to(last.replace(hour=8, minute=1))
            mine = expect(manager.get('/messages?toMe=true&pageSize=100'), 200)['items']
            digests = [m for m in mine if m['template'] == 'digest' and m['plannedAt'] > made['changedAt']]
            assert len(digests) == 1, mine
            transcript.step(f'the clock goes on to the morning of that day: one message about what is due, and nothing of its content ({digests[0]["template"]})')
            kept = expect(manager.post(f'/tasks/{made["id"]}/completions', {'outcome': 'kept'}), 200)
            planned = region.sql('select count(*) from queue.future where subject = %s', (f'task:{made["id"]}',))[0][0]
            assert (kept['state'], planned) == ('done', 0), (kept, planned)
            transcript.step(f'the promise is kept: the task is {kept["state"]} ({kept["outcome"]}), and no further reminder is planned')
            before = expect(lead.post('/figures/tasks_kept/counts', key=str(uuid.uuid4())), 200)['asOf']
            until(lambda: expect(lead.get('/figures/tasks_kept'), 200)['asOf'] != before)
            records = expect(lead.get(f'/figures/tasks_kept/months/{month}/records?pageSize=100'), 200)['items']
            assert made['id'] in {r['id'] for r in records}, records
            transcript.step(f'it is counted: one of {len(records)} tasks of this month that were done in time (figure tasks_kept)')
    finally:
        region.sql('delete from app.reminder_digest where reader_id = %s', (me['id'],))
