# SPDX-License-Identifier: EUPL-1.2
"""The dispatcher by itself: no worker is there."""
import json
import os
import re
import signal
import time

import psycopg2
import pytest

from region import BIN, Region, until


@pytest.fixture
def queue():
    with Region.started('dispatcher', BIN) as made:
        made.sql("insert into queue.kind (kind, worker) values ('work', 'test')")
        made.start('dispatcher')
        yield made


def entries(queue, worker):
    at = queue.redis()
    return [at.xlen(f'mw:{{s0}}:{worker}:p{prio}') for prio in range(3)]


def listed(at, name='mw:{s0}:test:p1'):
    return [int(job) for _, fields in at.xrange(name) for job in fields[b'j'].split(b',')]


def test_what_is_old_does_not_flood_the_class_above(queue):
    queue.sql("insert into queue.job (tenant, prio, kind, state, created_at, payload) "
              "select 1, 1, 'work', 'ready', clock_timestamp() - interval '3 minutes', '{}' from generate_series(1, 5000)")
    until(lambda: entries(queue, 'test')[1] > 0)
    time.sleep(1)
    assert entries(queue, 'test') == [64, 64, 0], 'a window each'


def test_a_program_that_comes_later_is_learned(queue):
    queue.sql("select queue.enqueue('work', 1)")
    until(lambda: entries(queue, 'test')[1] == 1)
    queue.sql("insert into queue.kind (kind, worker) values ('later', 'late'); select queue.enqueue('later', 1)")
    until(lambda: entries(queue, 'late')[1] == 1)


def test_a_stream_that_somebody_removed_is_made_again_and_its_jobs_sent_again(queue):
    queue.sql("select queue.enqueue('work', 1)")
    until(lambda: entries(queue, 'test')[1] == 1)
    queue.redis().delete('mw:{s0}:test:p1')
    until(lambda: entries(queue, 'test')[1] == 1)


def test_a_death_is_counted_once_however_many_entries_the_dead_had(queue):
    """As when two dispatchers believed that they lead, or Redis was emptied: two streams carry the job, one worker read both."""
    at = queue.redis()
    job = queue.sql("select queue.enqueue('work', 1)")[0][0]
    until(lambda: listed(at) == [job])
    at.xadd('mw:{s0}:test:p2', {'j': job})
    at.set('mw:{s0}:hb:dead', 1)
    at.xreadgroup('w', 'dead', {'mw:{s0}:test:p1': '>', 'mw:{s0}:test:p2': '>'})
    at.delete('mw:{s0}:hb:dead')
    until(lambda: listed(at, 'mw:{s0}:test:q') == [job])
    assert listed(at) == listed(at, 'mw:{s0}:test:p2') == []
    assert queue.sql('select crash from queue.job') == [(1,)]


def test_an_entry_may_carry_several_jobs(queue):
    """As when they are ended quickly. What is found so is not sent again, and each of a dead worker's is counted and goes alone."""
    at, stream = queue.redis(), 'mw:{s0}:test:p1'
    queue.processes['dispatcher'].kill(), queue.processes.pop('dispatcher').wait()
    jobs = [queue.sql("select queue.enqueue('work', 1)")[0][0] for _ in range(6)]
    at.delete(stream)
    at.xgroup_create(stream, 'w', '0', mkstream=True)
    at.xadd(stream, {'j': '%d,%d,%d' % tuple(jobs[:3])})
    at.xadd(stream, {'j': '%d,%d' % tuple(jobs[3:5])})
    queue.start('dispatcher')
    until(lambda: len(listed(at)) >= 6)
    before = looks(at)
    until(lambda: looks(at) > before)
    assert listed(at) == jobs
    at.set('mw:{s0}:hb:dead', 1)
    at.xreadgroup('w', 'dead', {stream: '>'}, count=1)
    at.delete('mw:{s0}:hb:dead')
    until(lambda: sorted(listed(at, 'mw:{s0}:test:q')) == jobs[:3])
    assert at.xlen('mw:{s0}:test:q') == 3 and listed(at) == jobs[3:]
    assert queue.sql('select id from queue.job where crash = 1 order by id') == [(job,) for job in jobs[:3]]


def looks(at):
    """How often the dispatcher has looked into streams."""
    return at.info('commandstats')['cmdstat_xinfo|groups']['calls']


def test_a_job_that_is_tried_again_does_not_wait_for_what_stands_before_it(queue):
    """An older entry is pending; that the one behind it has ended is known when its job is ready again, before the next look."""
    at = queue.redis()
    queue.sql("select queue.enqueue('work', 1)")
    until(lambda: len(listed(at)) == 1)
    again = queue.sql("select queue.enqueue('work', 1)")[0][0]
    until(lambda: len(listed(at)) == 2)
    at.set('mw:{s0}:hb:busy', 1)
    at.xreadgroup('w', 'busy', {'mw:{s0}:test:p1': '>'})
    for _ in range(10):     # a look may come in between
        before = looks(at)
        until(lambda: looks(at) > before)
        before, entry = looks(at), next(entry for entry, fields in at.xrange('mw:{s0}:test:p1') if int(fields[b'j']) == again)
        queue.sql("select queue.retry(%s, 'busy', 1)", (again,))
        at.xack('mw:{s0}:test:p1', 'w', entry), at.xdel('mw:{s0}:test:p1', entry)
        until(lambda: again in listed(at))
        if looks(at) == before:
            return
    assert False, 'only when the dispatcher looks into the streams'


def test_an_entry_that_its_worker_still_has_does_not_keep_its_job_back(queue):
    """The attempt is over, and the worker is busy with the rest of its batch before it says so to Redis."""
    at = queue.redis()
    job = queue.sql("select queue.enqueue('work', 1)")[0][0]
    until(lambda: listed(at) == [job])
    at.set('mw:{s0}:hb:busy', 1)
    at.xreadgroup('w', 'busy', {'mw:{s0}:test:p1': '>'})
    queue.sql("update queue.kind set paused_until = 'infinity'; select queue.retry(%s, 'busy', 1)", (job,))
    until(lambda: queue.sql('select state from queue.job') == [('ready',)])
    for _ in range(2):
        before = looks(at)
        until(lambda: looks(at) > before)
    queue.sql('update queue.kind set paused_until = null')
    until(lambda: listed(at) == [job, job])
    before = looks(at)
    until(lambda: looks(at) > before + 1)
    assert listed(at) == [job, job]


def test_a_dispatcher_that_comes_finds_what_is_carried(queue):
    at = queue.redis()
    queue.sql("select queue.enqueue('work', 1) from generate_series(1, 20)")
    until(lambda: len(listed(at)) == 20)
    before = at.xinfo_stream('mw:{s0}:test:p1')['entries-added']
    queue.processes['dispatcher'].kill(), queue.processes.pop('dispatcher').wait()
    queue.start('dispatcher')
    queue.sql("select queue.enqueue('work', 1)")
    until(lambda: len(listed(at)) == 21)
    time.sleep(0.5)
    assert at.xinfo_stream('mw:{s0}:test:p1')['entries-added'] == before + 1, 'nothing was sent twice'


def test_what_a_worker_hands_back_is_sent_again(queue):
    at = queue.redis()
    job = queue.sql("select queue.enqueue('work', 1)")[0][0]
    until(lambda: listed(at) == [job])
    (entry, _), = at.xrange('mw:{s0}:test:p1')
    at.xdel('mw:{s0}:test:p1', entry)
    until(lambda: listed(at) == [job])
    assert at.xrange('mw:{s0}:test:p1')[0][0] != entry


def test_what_somebody_is_at_is_not_sent_to_others_when_redis_is_emptied(queue):
    at = queue.redis()
    held, free = (queue.sql("select queue.enqueue('work', 1)")[0][0] for _ in range(2))
    until(lambda: listed(at) == [held, free])
    worker = psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    worker.cursor().execute('select * from queue.claim(array[%s::bigint])', (held,))
    at.flushall()
    until(lambda: at.exists('mw:{s0}:test:p1') and listed(at) == [free])
    before = looks(at)
    until(lambda: looks(at) > before + 5)
    assert listed(at) == [free]
    worker.close()
    until(lambda: listed(at) == [free, held])


def test_attack_08_six_dead_consumers_bury_nothing(queue):
    """Whoever can write to Redis takes all entries as consumers that never lived, again and again."""
    at = queue.redis()
    jobs = [queue.sql("select queue.enqueue('work', 1)")[0][0] for _ in range(20)]
    streams = ('mw:{s0}:test:p0', 'mw:{s0}:test:p1', 'mw:{s0}:test:p2', 'mw:{s0}:test:q')
    until(lambda: sorted(listed(at)) == jobs)
    for dead in range(6):
        taken = set()

        def all_taken():
            for _, entries_ in at.xreadgroup('w', f'dead{dead}', {name: '>' for name in streams}):
                taken.update(int(job) for _, fields in entries_ for job in fields[b'j'].split(b','))
            return taken == set(jobs)
        until(all_taken)
    until(lambda: sorted(listed(at, 'mw:{s0}:test:q')) == jobs)
    assert queue.sql('select count(*), min(crash), max(crash) from queue.job') == [(20, 1, 1)]
    assert queue.sql('select count(*) from queue.dead') == [(0,)]


def leader(queue):
    """The process that leads; None when nobody does."""
    found = queue.sql("select l.holder from queue.leader l where queue.leader_lives(l)")
    return int(re.search(r':(\d+)@', found[0][0])[1]) if found else None


def test_attack_09_a_leader_that_stands_still_loses_the_lead(queue):
    at = queue.redis()
    first = queue.processes['dispatcher']
    until(lambda: leader(queue) == first.pid)
    queue.start('dispatcher', 'second')
    os.kill(first.pid, signal.SIGSTOP)
    try:
        job = queue.sql("select queue.enqueue('work', 1)")[0][0]
        until(lambda: listed(at) == [job])
        assert leader(queue) == queue.processes['second'].pid
    finally:
        os.kill(first.pid, signal.SIGCONT)
    more = queue.sql("select queue.enqueue('work', 1)")[0][0]
    until(lambda: set(listed(at)) == {job, more})
    assert leader(queue) == queue.processes['second'].pid, 'the first one knows that it has lost it'
    queue.processes['second'].kill()
    until(lambda: leader(queue) == first.pid)


def test_attack_16_the_lead_is_for_dispatchers(queue):
    until(lambda: leader(queue))
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        queue.sql('select queue.lead(null)', user='maatwerk_matching')
    assert queue.sql("select queue.lead(null)", user='maatwerk_dispatcher') == [(False,)], 'and not while another one leads'


# what an administrator, a disk or a failover does to Redis; how it is put right; what is said of it
TROUBLES = {'full': ("at.config_set('maxmemory', 1)", "at.config_set('maxmemory', '64mb')"),
            'read-only': ("at.replicaof('127.0.0.1', 1)", "at.replicaof('no', 'one')"),
            'cannot-save': ("fail_to_save(queue, at)", "save_again(queue, at)"),
            'not-allowed': ("at.execute_command('ACL SETUSER maatwerk_dispatcher -set -xadd clearselectors')",
                            "at.execute_command('ACL LOAD')")}


def fail_to_save(queue, at):
    os.chmod(queue.folder.resolve() / 'run', 0o500)
    at.config_set('save', '3600 1')
    at.bgsave()
    until(lambda: at.info('persistence')['rdb_last_bgsave_status'] == 'err')


def save_again(queue, at):
    os.chmod(queue.folder.resolve() / 'run', 0o700)
    at.config_set('save', '')
    at.bgsave()


@pytest.mark.parametrize('name', TROUBLES)
def test_attack_09_a_redis_that_does_not_take_jobs_is_named(queue, name):
    at, (harm, mend) = queue.redis(), TROUBLES[name]

    def doctor():
        found = [json.loads(line) for line in queue.command('queue', 'doctor', '--json').stdout.splitlines()]
        return {f['code']: f for f in found}['redis-trouble']

    def metric():
        return re.findall(r'^maatwerk_queue_redis_trouble(\S*) (\d)$', queue.command('queue', 'metrics').stdout, re.M)
    assert doctor()['ok'] and metric() == [('', '0')]
    eval(harm)
    try:
        until(lambda: doctor()['finding'].endswith(f': {name}') and not doctor()['ok'])
        until(lambda: metric() == [(f'{{why="{name}"}}', '1')])
        assert f'"trouble":"{name}"' in queue.log('dispatcher')
    finally:
        eval(mend)
    until(lambda: doctor()['ok'])
    job = queue.sql("select queue.enqueue('work', 1)")[0][0]
    until(lambda: job in listed(at))
