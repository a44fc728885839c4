# SPDX-License-Identifier: EUPL-1.2
"""The queue through its functions: order in lanes, unique keys, retries, leases, work of later."""
import threading

import psycopg2
import pytest

from region import SANITIZED, Region, until


@pytest.fixture(scope='module')
def queue():
    with Region.started('queue', SANITIZED) as made:
        made.sql("insert into queue.kind (kind, worker, max_attempts, base_ms, blocks_lane) values "
                 "('work', 'test', 3, 1, false), ('strict', 'test', 1, 1, true)")
        yield made


@pytest.fixture(autouse=True)
def empty(queue):
    queue.sql('delete from queue.job; delete from queue.dead; delete from queue.unique_key; delete from queue.lane; '
              'delete from queue.future; delete from queue.done; delete from queue.effect; update queue.kind set paused_until = null, trips = 0, version = 1; '
              'delete from clock.shift')


def enqueue(queue, kind='work', tenant=1, **more):
    named = ''.join(f', {name} => %s' for name in more)
    return queue.sql(f'select queue.enqueue(%s, %s, \'{{}}\'{named})', (kind, tenant, *more.values()))[0][0]


def state(queue, job):
    rows = queue.sql('select state from queue.job where id = %s', (job,))
    return rows[0][0] if rows else None


def run(queue, job):
    """Claims and finishes in one transaction, as a worker does."""
    return queue.sql('with c as materialized (select id from queue.claim(array[%s])) '
                     'select queue.finish(array(select id from c))', (job,))[0][0]


def test_one_job_of_a_lane_at_a_time_in_order(queue):
    jobs = [enqueue(queue, lane='a') for _ in range(3)]
    assert [state(queue, j) for j in jobs] == ['ready', 'blocked', 'blocked']
    assert run(queue, jobs[1]) == 0, 'a blocked job cannot be claimed'
    for i, job in enumerate(jobs):
        assert run(queue, job) == 1
        assert [state(queue, j) for j in jobs[i + 1:i + 2]] == ['ready'] * len(jobs[i + 1:i + 2])
    assert queue.sql('select last_seq, done_seq from queue.lane') == [(3, 3)]


def test_a_lane_goes_in_order_of_commit(queue):
    first, second = (psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin') for _ in range(2))
    one, two = first.cursor(), second.cursor()
    one.execute("select queue.enqueue('work', 1, lane => 'x')")
    order = []

    def later():
        two.execute("select queue.enqueue('work', 1, lane => 'x')")
        order.append('second')
        second.commit()
    thread = threading.Thread(target=later)
    thread.start()
    thread.join(0.2)
    assert order == [], 'the second waits for the first to commit'
    first.commit()
    thread.join()
    assert [row[0] for row in queue.sql("select state from queue.job where lane = 'x' order by seq")] == ['ready', 'blocked']
    first.close(), second.close()


def test_a_dead_letter_is_skipped_or_blocks_as_its_kind_says(queue):
    skipped = [enqueue(queue, lane='s') for _ in range(2)]
    queue.sql("select queue.kill(%s, 'permanent', 'x')", (skipped[0],))
    assert state(queue, skipped[1]) == 'ready'
    strict = [enqueue(queue, 'strict', lane='b') for _ in range(2)]
    queue.sql("select queue.kill(%s, 'permanent', 'x')", (strict[0],))
    assert state(queue, strict[1]) == 'blocked'
    assert queue.sql('select queue.revive(%s)', (strict[0],))[0][0] == strict[0]
    assert run(queue, strict[0]) == 1 and state(queue, strict[1]) == 'ready'
    queue.sql("select queue.kill(%s, 'permanent', 'x')", (strict[1],))
    third = enqueue(queue, 'strict', lane='b')
    assert state(queue, third) == 'blocked' and queue.sql('select queue.drop_dead(%s)', (strict[1],))[0][0] is True
    assert state(queue, third) == 'ready'


def test_a_lane_steps_over_what_was_taken_out_of_its_middle(queue):
    jobs = [enqueue(queue, lane='h') for _ in range(5)]
    queue.sql("select queue.kill(%s, 'killed', 'x')", (jobs[1],))
    queue.sql("select queue.kill(%s, 'killed', 'x')", (jobs[4],))
    assert state(queue, jobs[0]) == 'ready' and state(queue, jobs[2]) == 'blocked'
    assert run(queue, jobs[0]) == 1 and state(queue, jobs[2]) == 'ready' and state(queue, jobs[3]) == 'blocked'
    assert run(queue, jobs[2]) == 1 and run(queue, jobs[3]) == 1
    assert queue.sql('select last_seq, done_seq from queue.lane') == [(5, 5)]
    assert state(queue, enqueue(queue, lane='h')) == 'ready'


def test_without_redis_a_paused_municipality_waits_too(queue):
    enqueue(queue)
    queue.sql("insert into queue.tenant_setting (tenant, paused_until) values (1, 'infinity')")
    assert queue.sql("select count(*) from queue.take('{work}', 10)")[0][0] == 0
    queue.sql('delete from queue.tenant_setting')
    assert queue.sql("select count(*) from queue.take('{work}', 10)")[0][0] == 1


def test_a_unique_job_is_there_once_until_it_is_done(queue):
    first = enqueue(queue, unique_key='k', scope='once')
    assert enqueue(queue, unique_key='k', scope='once') == first
    run(queue, first)
    assert enqueue(queue, unique_key='k', scope='once') != first


def test_coalescing_gives_exactly_one_more_run(queue):
    first = enqueue(queue, unique_key='k', scope='coalesce')
    for _ in range(5):
        assert enqueue(queue, unique_key='k', scope='coalesce') == first
    run(queue, first)
    again = queue.sql('select id from queue.job')
    assert len(again) == 1 and again[0][0] != first
    run(queue, again[0][0])
    assert queue.sql('select count(*) from queue.job')[0][0] == 0
    assert queue.sql('select count(*) from queue.unique_key')[0][0] == 0


def test_sixteen_clients_make_no_double(queue):
    def client(_):
        connection = psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin')
        connection.autocommit = True
        with connection.cursor() as cursor:
            for i in range(300):
                cursor.execute("select queue.enqueue('work', 1, unique_key => %s, scope => 'once')", (str(i % 50),))
        connection.close()
    threads = [threading.Thread(target=client, args=(i,)) for i in range(16)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert queue.sql('select count(*), count(distinct unique_key) from queue.job') == [(50, 50)]


def test_attempts_are_used_up(queue):
    job = enqueue(queue)
    for expected in ('waiting', 'waiting', None):
        queue.sql("update queue.job set state = 'ready'")
        queue.sql("select queue.retry(%s, 'no luck')", (job,))
        assert state(queue, job) == expected
    assert queue.sql('select reason, last_error from queue.dead') == [('exhausted', 'no luck')]


def test_an_outage_burns_no_attempt(queue):
    job = enqueue(queue)
    for _ in range(20):
        queue.sql("select queue.retry(%s, 'away', 10)", (job,))
        queue.sql("update queue.job set state = 'ready'")
    assert queue.sql('select attempt from queue.job') == [(0,)]


def test_a_claimed_job_is_nobody_elses(queue):
    job = enqueue(queue)
    holder = psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    holder.cursor().execute('select * from queue.claim(array[%s::bigint])', (job,))
    assert queue.sql('select count(*) from queue.claim(array[%s::bigint])', (job,))[0][0] == 0
    assert queue.sql("select count(*) from queue.take('{work}', 10)")[0][0] == 0
    holder.rollback(), holder.close()
    assert queue.sql('select count(*) from queue.claim(array[%s::bigint])', (job,))[0][0] == 1


def test_dispatch_is_fair_and_knows_weights_caps_and_pauses(queue):
    for tenant, count in ((1, 100), (2, 5), (3, 5), (4, 5)):
        queue.sql("select queue.enqueue('work', %s) from generate_series(1, %s)", (tenant, count))
    queue.sql("insert into queue.tenant_setting (tenant, weight, max_inflight, paused_until) values (2, 2, null, null), "
              "(3, 1, 1, null), (4, 1, null, 'infinity') on conflict do nothing")
    given = dict(queue.sql("select tenant, count(*) from queue.refill('{test}', '{1}', '{8}', '{0}') group by 1"))
    assert given == {1: 2, 2: 4, 3: 1}
    queue.sql('delete from queue.tenant_setting')


def test_a_long_backlog_of_one_kind_holds_up_no_other(queue):
    queue.sql("select queue.enqueue('work', 1) from generate_series(1, 100)")
    late = enqueue(queue, kind='strict')
    assert late in [row[0] for row in queue.sql("select id from queue.refill('{test}', '{1}', '{10}', '{0}')")]


def test_what_is_older_than_a_minute_goes_one_class_higher(queue):
    young, old = (queue.sql("select queue.enqueue('work', 1, prio => 2::smallint)")[0][0] for _ in range(2))
    queue.sql("update queue.job set created_at = created_at - interval '61 seconds' where id = %s", (old,))
    assert dict(queue.sql("select id, class from queue.refill('{test}', '{2}', '{10}', '{0}')")) == {young: 2, old: 1}


def test_a_refill_gives_each_program_what_it_has_room_for(queue):
    queue.sql("select queue.enqueue('work', 1, prio => (n % 2)::smallint) from generate_series(1, 20) n")
    given = queue.sql("select worker, class, count(*) from queue.refill('{test,test,matching}', '{0,1,1}', '{3,20,20}', '{0,0,0}') "
                      'group by 1, 2 order by 1, 2')
    assert given == [('test', 0, 3), ('test', 1, 10)]


def test_a_failing_kind_is_tried_with_one_job_and_burns_nothing(queue):
    first, second = enqueue(queue), enqueue(queue)
    paused = "select trips, round(extract(epoch from paused_until - clock.now())) from queue.kind where kind = 'work'"
    queue.sql("select queue.trip('work'), queue.trip('work')")
    assert queue.sql(paused) == [(1, 5)], 'the second said nothing new'
    assert queue.sql("select count(*) from queue.refill('{test}', '{1}', '{10}', '{0}')") == [(0,)]
    queue.sql("update queue.kind set paused_until = clock.now() where kind = 'work'")
    assert queue.sql("select id from queue.refill('{test}', '{1}', '{10}', '{0}')") == [(first,)], 'one job tries'
    queue.sql("select queue.retry(%s, 'down')", (first,))
    assert queue.sql(paused) == [(2, 10)] and queue.sql('select attempt, put_off from queue.job where id = %s', (first,)) == [(0, 1)]
    queue.sql("update queue.kind set paused_until = clock.now() where kind = 'work'")
    run(queue, second)
    assert queue.sql(paused) == [(0, None)], 'it works again'


def test_who_asks_to_wait_counts_for_nothing_fifty_times(queue):
    job = enqueue(queue)
    queue.sql("select queue.retry(%s, 'busy', 1000)", (job,))
    assert queue.sql('select attempt, put_off from queue.job where id = %s', (job,)) == [(0, 1)]
    queue.sql("update queue.job set put_off = 50, state = 'ready' where id = %s", (job,))
    queue.sql("select queue.retry(%s, 'busy', 1000)", (job,))
    assert queue.sql('select attempt, put_off from queue.job where id = %s', (job,)) == [(1, 50)]


def test_a_payload_keeps_its_version_wherever_it_goes(queue):
    queue.sql("update queue.kind set version = 2 where kind = 'work'")
    job = enqueue(queue)
    queue.sql("select queue.schedule('work', 1, '{}', '2000-01-01', 'Europe/Amsterdam', 's')")
    queue.sql("update queue.kind set version = 3 where kind = 'work'; select queue.promote(10)")
    assert queue.sql('select version from queue.job') == [(2,), (2,)]
    queue.sql("select queue.kill(%s, 'permanent', '')", (job,))
    queue.sql('select queue.revive(%s)', (job,))
    assert queue.sql('select version from queue.claim(array[%s::bigint])', (job,)) == [(2,)]


def test_a_backlog_of_one_does_not_make_the_others_slow(queue):
    """The planner knew one municipality only, and looked for the jobs of the others through the whole table."""
    queue.sql("select count(queue.enqueue('work', 1)) from generate_series(1, 20000)")
    queue.sql('analyze queue.job')
    queue.sql("select queue.enqueue('work', t) from generate_series(2, 21) t")
    read = "select pg_stat_force_next_flush(), idx_tup_read from pg_stat_user_indexes where indexrelname = 'job_pkey'"
    before = queue.sql(read)[0][1]
    assert queue.sql("select count(distinct tenant) from queue.refill('{test}', '{1}', '{100}', '{0}'), pg_stat_force_next_flush()")[0][0] == 21
    assert queue.sql(read)[0][1] - before < 5000
    queue.sql('delete from queue.job; analyze queue.job')


def test_what_streams_carry_is_not_sent_again_and_takes_room(queue):
    jobs = [enqueue(queue, tenant=t) for t in (1, 1, 1, 2)]
    refill = "select array_agg(id order by id) from queue.refill('{test}', '{1}', '{%s}', '{0}', %s)"
    assert queue.sql(refill, (10, [jobs[0], jobs[2]])) == [([jobs[1], jobs[3]],)]
    assert queue.sql(refill, (3, [jobs[3]])) == [(jobs[:3],)], 'who has nothing left has no share'
    assert queue.sql(refill, (10, jobs)) == [(None,)]
    queue.sql("update queue.kind set max_inflight = 2 where kind = 'work'")
    try:
        assert queue.sql(refill, (10, jobs[:1])) == [(jobs[1:2],)]
        assert queue.sql(refill, (10, jobs[:2])) == [(None,)]
        queue.sql("select * from queue.lease(%s, 'somebody', 60000)", (jobs[:1],))
        assert queue.sql(refill, (10, jobs[:1])) == [(jobs[1:2],)], 'what is leased and carried counts once'
        [queue.sql("select queue.enqueue('work', 1, prio => %s::smallint)", (prio,)) for prio in (0, 0, 2, 2)]
        assert queue.sql("select count(*) from queue.refill('{test,test,test}', '{0,1,2}', '{9,9,9}', '{0,0,0}')") == [(1,)], 'one cap'
    finally:
        queue.sql("update queue.kind set max_inflight = null where kind = 'work'")


def test_who_finds_the_queue_empty_first_reads_no_backlog_whole(queue):
    """A plan is made once; while nothing is there, to read the whole table seems cheap."""
    session = psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    session.autocommit = True
    cursor = session.cursor()
    cursor.execute('set plan_cache_mode = force_generic_plan; truncate queue.job; analyze queue.job')

    def batch(jobs):
        cursor.execute('select count(*) from queue.claim(%s)', (jobs,))
        assert cursor.fetchone()[0] == len(jobs)
        for text in ("select queue.retry(%s, 'busy', 0)", 'select * from queue.crashed(array[%s::bigint])',
                     'select * from queue.still_waiting(array[%s::bigint])'):
            cursor.execute(text, (jobs[0],))
        cursor.execute('select queue.promote(10)')
        cursor.execute('select queue.finish(%s)', (jobs,))
    batch([enqueue(queue, lane='a'), enqueue(queue)])
    queue.sql("select count(queue.enqueue('work', 1)) from generate_series(1, 3000)")
    read = "select pg_stat_force_next_flush(), seq_tup_read from pg_stat_user_tables where relid = 'queue.job'::regclass"
    before = queue.sql(read)[0][1]
    batch([enqueue(queue, lane='a'), enqueue(queue)])
    cursor.execute('select pg_stat_force_next_flush()')
    session.close()
    assert queue.sql(read)[0][1] == before
    assert queue.sql("select p.proname from pg_proc p where p.pronamespace = 'queue'::regnamespace and p.prosecdef "
                     "and p.provolatile = 'v' and not 'enable_seqscan=off' = any (p.proconfig)") == [('sweep',)]


def test_without_redis_caps_hold_for_all_who_take_together(queue):
    """Of a kind that may have three at once and a municipality that may have four, over two priorities and four workers."""
    for prio in (0, 1):
        for tenant in (1, 1, 1, 2, 2):
            queue.sql("select queue.enqueue('work', %s, prio => %s::smallint)", (tenant, prio))
    workers = [psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin') for _ in range(4)]

    def take(worker, kinds='{work}'):
        cursor = worker.cursor()
        cursor.execute('select id, tenant from queue.take(%s, 1)', (kinds,))
        return cursor.fetchall()
    try:
        queue.sql("update queue.kind set max_inflight = 3 where kind = 'work'")
        assert [len(take(worker)) for worker in workers] == [1, 1, 1, 0]
        strict = enqueue(queue, 'strict')
        assert [row[0] for row in take(workers[3], '{work,strict}')] == [strict], 'what is full holds up nothing else'
        [worker.rollback() for worker in workers]
        for worker, most in zip(workers, (1, 1, 1, 0)):     # a seat is free after the lease, but its job is there to be seen
            held = [row[0] for row in take(worker)]
            worker.cursor().execute('select * from queue.lease(%s::bigint[], %s, 60000)', (held, 'somebody'))
            worker.commit()
            assert len(held) == most
        queue.sql("update queue.kind set max_inflight = null where kind = 'work'; delete from queue.job where tenant = 2; "
                  "update queue.job set state = 'ready'; insert into queue.tenant_setting (tenant, max_inflight) values (1, 2)")
        assert [len(take(worker)) for worker in workers] == [1, 1, 0, 0]
    finally:
        [worker.close() for worker in workers]
        queue.sql("update queue.kind set max_inflight = null where kind = 'work'; delete from queue.tenant_setting")


def test_a_paused_kind_waits(queue):
    enqueue(queue)
    queue.sql("select queue.pause('work', 'infinity')")
    assert queue.sql("select count(*) from queue.refill('{test}', '{1}', '{10}', '{0}')")[0][0] == 0
    assert queue.sql("select count(*) from queue.take('{work}', 10)")[0][0] == 0
    queue.sql("select queue.pause('work', null)")
    assert queue.sql("select count(*) from queue.refill('{test}', '{1}', '{10}', '{0}')")[0][0] == 1


def test_a_job_that_somebody_holds_counts_no_crash_and_holds_nobody_up(queue):
    held, free = enqueue(queue), enqueue(queue)
    holder = psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    holder.cursor().execute('select * from queue.claim(array[%s::bigint])', (held,))
    assert queue.sql('select queue.crashed(array[%s, %s])', (held, free)) == [(free,)]
    holder.rollback(), holder.close()
    assert queue.sql('select id, crash from queue.job order by id') == [(held, 0), (free, 1)]


def test_planned_work_waits_for_a_lane_that_somebody_has_locked(queue):
    for lane in ('case:1', 'case:1', 'case:2'):
        queue.sql("select queue.schedule('work', 1, '{}', '2000-01-01', 'Europe/Amsterdam', 's', lane => %s)", (lane,))
    enqueue(queue, lane='case:1')
    holder = psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    holder.cursor().execute("select from queue.lane where lane = 'case:1' for update")
    assert queue.sql('select promoted from queue.promote(10)') == [(1,)], 'the other one'
    holder.rollback(), holder.close()
    assert queue.sql('select promoted from queue.promote(10)') == [(2,)]
    assert queue.sql('select lane, count(*) from queue.job group by 1 order by 1') == [('case:1', 3), ('case:2', 1)]


def test_what_redis_lost_is_counted_when_it_is_not_done(queue):
    waits, done, later = enqueue(queue), enqueue(queue), enqueue(queue)
    run(queue, done), queue.sql("select queue.retry(%s, 'busy', 60000)", (later,))
    assert queue.sql("select queue.count_lost(%s, 'lost')", ([waits, done, later],)) == [(1,)]


def test_the_fourth_death_is_poison(queue):
    """The first one is Redis' word: the job is a suspect. Each of the others was begun before the eyes of PostgreSQL."""
    job = enqueue(queue)
    assert queue.sql('select * from queue.crashed(array[%s::bigint])', (job,)) == [(job,)]
    for death in range(2, 5):
        assert queue.sql('select queue.begin_alone(%s)', (job,)) == [(True,)]
        assert queue.sql('select crash from queue.job') == [(death,)]
    assert queue.sql('select queue.begin_alone(%s)', (job,)) == [(False,)]
    assert queue.sql('select reason, crash from queue.dead') == [('poison', 4)]


def test_attack_08_what_redis_says_buries_nothing(queue):
    job = enqueue(queue)
    for _ in range(20):
        assert queue.sql('select * from queue.crashed(array[%s::bigint])', (job,)) == [(job,)]
    assert queue.sql('select crash from queue.job') == [(1,)] and queue.sql('select count(*) from queue.dead') == [(0,)]


def test_a_worker_that_lives_on_has_not_died(queue):
    job = enqueue(queue)
    for _ in range(10):
        assert queue.sql('select queue.begin_alone(%s)', (job,)) == [(True,)]
        queue.sql('select queue.survived(%s)', (job,))
    queue.sql('select queue.survived(%s)', (job,)), queue.sql('select queue.survived(424242)')
    assert queue.sql('select crash from queue.job') == [(0,)]
    assert queue.sql('select queue.begin_alone(424242)') == [(False,)]
    holder = psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    holder.cursor().execute('select * from queue.claim(array[%s::bigint])', (job,))
    assert queue.sql('select queue.begin_alone(%s)', (job,)) == [(False,)], 'somebody else has it'
    holder.rollback(), holder.close()


def test_two_workers_do_not_count_one_beginning_twice(queue):
    """Several children that are careful take the same job: one begins it, and the others may not. Its session says that it lives."""
    job = enqueue(queue)
    one, two = (psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin') for _ in range(2))
    one.autocommit = two.autocommit = True
    first, second = one.cursor(), two.cursor()
    for cursor, begun in ((first, True), (second, False), (second, False)):
        cursor.execute('select queue.begin_alone(%s)', (job,))
        assert cursor.fetchone() == (begun,)
    assert queue.sql('select crash from queue.job') == [(1,)]
    one.close()
    until(lambda: queue.sql('select queue.begin_alone(%s)', (job,)) == [(True,)])
    assert queue.sql('select crash from queue.job') == [(2,)], 'the session of the first has ended: a death'
    two.autocommit = False
    second.execute('select * from queue.claim(array[%s::bigint])', (job,))
    assert queue.sql('select queue.survived(%s)', (job,)) == [(False,)], 'told again later'
    two.rollback(), two.close()
    assert queue.sql('select queue.survived(%s)', (job,)) == [(True,)] and queue.sql('select crash from queue.job') == [(1,)]


def lease(queue, job, holder, ms):
    """(fence): the lease of a job that is ready."""
    return queue.sql('select fence from queue.lease(array[%s::bigint], %s, %s)', (job, holder, ms))[0][0]


def begin(queue, job, fence):
    return queue.sql('select found_state, known_reference from queue.lease_begin(%s, %s)', (job, fence))[0]


def let_it_run_out(queue):
    queue.sql('select pg_sleep(0.01)'), queue.sql('select * from queue.promote(10)')


def test_a_fence_keeps_the_old_holder_out(queue):
    job = enqueue(queue)
    old = lease(queue, job, 'a', 1)
    let_it_run_out(queue)
    new = lease(queue, job, 'b', 60000)
    assert new > old and begin(queue, job, old) == ('lost', None)
    queue.sql('select queue.lease_retry(%s, %s, $$x$$, true), queue.lease_kill(%s, %s, $$permanent$$, $$x$$)', (job, old, job, old))
    with pytest.raises(psycopg2.Error, match='lease-lost'):
        queue.sql('select queue.lease_finish(%s, %s)', (job, old))
    assert state(queue, job) == 'leased'
    queue.sql('select queue.lease_finish(%s, %s)', (job, new))
    assert queue.sql('select count(*) from queue.job')[0][0] == 0


def test_a_beat_holds_the_lease_until_it_ran_out(queue):
    job = enqueue(queue)
    lease(queue, job, 'a', 60000)
    queue.sql("insert into clock.shift (shift) values ('50 s')")
    queue.sql("select queue.lease_beat('a', 60000)")
    queue.sql("update clock.shift set shift = '100 s'")
    assert queue.sql('select promoted from queue.promote(10)')[0][0] == 0 and state(queue, job) == 'leased'
    queue.sql('update queue.job set lease_until = clock.now()')
    queue.sql("select queue.lease_beat('a', 60000)")
    assert queue.sql('select promoted from queue.promote(10)')[0][0] == 1


def test_an_effect_of_unknown_outcome_is_a_persons_to_decide(queue):
    job = enqueue(queue)
    assert begin(queue, job, lease(queue, job, 'a', 1)) == ('new', None)
    let_it_run_out(queue)
    fence = lease(queue, job, 'b', 60000)
    assert begin(queue, job, fence) == ('begun', None)
    queue.sql('select queue.lease_kill(%s, %s, $$uncertain$$, $$no answer$$)', (job, fence))
    assert queue.sql('select reason from queue.dead') == [('uncertain',)]
    assert queue.sql('select queue.revive(%s)', (job,))[0][0] == job, 'under its own number: the provider knows its key'
    assert begin(queue, job, lease(queue, job, 'c', 60000)) == ('new', None), 'a person has said that it may be done'


def test_what_was_begun_is_never_buried_as_anything_but_uncertain(queue):
    job = enqueue(queue)
    for _ in range(4):
        assert queue.sql('select queue.begin_alone(%s)', (job,)) == [(True,)]
        begin(queue, job, lease(queue, job, 'a', 1))
        let_it_run_out(queue)
    assert queue.sql('select queue.begin_alone(%s)', (job,)) == [(False,)]
    assert queue.sql('select reason from queue.dead') == [('uncertain',)]


def test_a_known_effect_is_not_repeated(queue):
    job = enqueue(queue)
    fence = lease(queue, job, 'a', 1)
    begin(queue, job, fence)
    queue.sql('select queue.lease_known(%s, %s, $$ref-1$$)', (job, fence))
    let_it_run_out(queue)
    assert begin(queue, job, lease(queue, job, 'b', 60000)) == ('known', 'ref-1')


def test_a_call_that_was_surely_not_made_is_new_again(queue):
    job = enqueue(queue)
    fence = lease(queue, job, 'a', 60000)
    begin(queue, job, fence)
    queue.sql('select queue.lease_retry(%s, %s, $$busy$$, true)', (job, fence))
    queue.sql("update queue.job set state = 'ready'")
    assert begin(queue, job, lease(queue, job, 'b', 60000)) == ('new', None)


def test_a_leased_job_that_is_cancelled_makes_no_call(queue):
    job = enqueue(queue)
    fence = lease(queue, job, 'a', 60000)
    queue.sql('insert into queue.cancel_request values (%s)', (job,))
    assert begin(queue, job, fence) == ('cancelled', None)


def plan(queue, due_local, zone='Europe/Amsterdam', subject='case:1', misfire='fire', grace='1 hour'):
    return queue.sql("select queue.schedule('work', 1, '{}', %s, %s, %s, %s, %s)", (due_local, zone, subject, misfire, grace))[0][0]


def test_local_time_is_kept_over_the_end_of_march(queue):
    plan(queue, '2027-03-27 09:00'), plan(queue, '2027-03-28 09:00')
    assert [str(r[0]) for r in queue.sql("select run_at at time zone 'UTC' from queue.future order by run_at")] == \
        ['2027-03-27 08:00:00', '2027-03-28 07:00:00']
    queue.sql("update queue.future set run_at = run_at + interval '1 hour'")
    assert queue.sql('select queue.reckon()')[0][0] == 2


def test_the_sweep_follows_the_rules_of_zones_for_what_is_due_soon(queue):
    queue.sql("select queue.schedule('work', 1, '{}', (clock.now() + d * interval '1 day') at time zone 'Europe/Amsterdam', "
              "'Europe/Amsterdam', 'case:1') from unnest(array[1, 9]) d")
    queue.sql("update queue.future set run_at = run_at + interval '1 hour'")
    queue.sql('select queue.sweep()')
    assert queue.sql('select run_at = due_local at time zone zone from queue.future order by run_at') == [(True,), (False,)]


def test_due_work_becomes_a_job_and_late_work_does_what_it_said(queue):
    plan(queue, '2020-01-01 09:00'), plan(queue, '2020-01-01 09:00', misfire='skip'), plan(queue, '2099-01-01 09:00')
    promoted, next_at = queue.sql('select promoted, next_at from queue.promote(100)')[0]
    assert promoted == 2 and next_at.year == 2099
    assert queue.sql('select count(*) from queue.job')[0][0] == 1


def test_what_ends_a_case_cancels_its_work(queue):
    plan(queue, '2020-01-01 09:00'), plan(queue, '2099-01-01 09:00'), plan(queue, '2099-01-01 09:00', subject='case:2')
    queue.sql('select * from queue.promote(100)')
    assert queue.sql("select queue.cancel_subject('case:1')")[0][0] == 2
    assert queue.sql('select count(*) from queue.job')[0][0] == 0
    assert queue.sql('select subject from queue.future') == [('case:2',)]


def test_the_end_of_a_case_does_not_hide_what_was_begun_outside(queue):
    plan(queue, '2020-01-01 09:00')
    queue.sql('select * from queue.promote(100)')
    job = queue.sql('select id from queue.job')[0][0]
    begin(queue, job, lease(queue, job, 'a', 1))
    let_it_run_out(queue)
    assert queue.sql("select queue.cancel_subject('case:1')")[0][0] == 0
    assert begin(queue, job, lease(queue, job, 'b', 60000)) == ('begun', None)


def test_firing_and_cancelling_at_once_exactly_one_wins(queue):
    for i in range(60):
        plan(queue, '2020-01-01 09:00', subject=f'race:{i}')
    results = {}

    def cancel():
        results['cancelled'] = sum(queue.sql('select queue.cancel_subject(%s)', (f'race:{i}',))[0][0] for i in range(60))

    def fire():
        for _ in range(6):
            queue.sql('select * from queue.promote(10)')
    threads = [threading.Thread(target=cancel), threading.Thread(target=fire)]
    [t.start() for t in threads], [t.join() for t in threads]
    left = queue.sql('select count(*) from queue.job')[0][0] + queue.sql('select count(*) from queue.future')[0][0]
    assert results['cancelled'] + left == 60
