# SPDX-License-Identifier: EUPL-1.2
"""What can be asked of the queue, by chance. A step takes the reference and a source of chance, changes the reference, and
returns SQL and what it must answer; where that may be a refusal, the change itself."""
import datetime
import zoneinfo

from property.reference import TENANTS, Row

TICK = 600  # the clock moves by so many seconds; everything falls due between two ticks
MONTH = 31 * 24 * 3600 // TICK
ORIGIN = datetime.datetime(2031, 1, 15, tzinfo=datetime.timezone.utc)
FIRST_JOB, FIRST_FUTURE = 1000, 1000
KINDS = {'easy': Row(worker='test', max_attempts=3, base=60, cap=150, blocks=False, most=None, trips=0, paused_until=None),
         'strict': Row(worker='test', max_attempts=2, base=90, cap=90, blocks=True, most=None, trips=0, paused_until=None),
         'narrow': Row(worker='other', max_attempts=3, base=60, cap=60, blocks=False, most=2, trips=0, paused_until=None)}


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

ANY = ('ready', 'waiting', 'blocked', 'leased')
SCOPES = {'d': 'once', 'c': 'coalesce', 'p': 'period'}


def pick(chance, queue, states):
    """Mostly a job in one of these states, often the one that most has happened to; sometimes any number that there ever
    was."""
    fit = sorted(j.id for j in queue.jobs.values() if j.state in states)
    if fit and chance.random() < 0.88:
        return max(fit, key=queue.history_of) if chance.random() < 0.5 else chance.choice(fit)
    return chance.randrange(FIRST_JOB, max(queue.next_job, FIRST_JOB + 1) + 1)


def pick_some(chance, queue, states):
    return sorted({pick(chance, queue, states) for _ in range(chance.randint(1, 4))})


def pick_dead(chance, queue):
    return chance.choice(list(queue.dead)) if queue.dead and chance.random() < 0.9 else pick(chance, queue, ('ready',))


def later(chance, queue):
    return queue.now + chance.choice((-2, -1, -1, 0, 0, 1, 1, 2, 4)) * TICK + TICK // 2


def do_enqueue(queue, chance):
    kind, tenant, prio = chance.choice(list(KINDS)), chance.randint(1, 3), chance.choice((0, 1, 1, 1, 2))
    lane = chance.choice((None, None, 'a', 'a', 'b', 'c'))
    run_at = later(chance, queue) if chance.random() < 0.25 else None
    key = scope = None
    if chance.random() < 0.4:
        key = chance.choice(('d1', 'd2', 'c1', 'c1', 'c2', 'p1', 'p2'))
        scope = SCOPES[key[0] if chance.random() < 0.9 else chance.choice('dcp')]
        if scope == 'period':
            run_at = queue.now + chance.choice((0, 1, 2)) * TICK + TICK // 2
    text = one('enqueue', kind, tenant, '{}', lane, key, scope, small(prio), at(run_at))
    return text, queue.enqueue(kind, tenant, lane, key, scope or 'once', prio, run_at)


def do_refill(queue, chance):
    wanted = chance.sample([(worker, prio) for worker in ('test', 'other') for prio in range(3)], chance.randint(1, 4))
    workers, prios = zip(*wanted)
    rooms, afters = [chance.choice((1, 2, 3, 5, 100)) for _ in wanted], [chance.randint(0, 3) for _ in wanted]
    carried = sorted(queue.carried)
    given = queue.refill(workers, prios, rooms, afters, carried)
    queue.carried.update(row[0] for row in given)
    return rows('x.id, x.worker, x.tenant, x.class, x.crash', '', 'refill', list(workers), list(prios), rooms, afters, carried), given


def do_claim(queue, chance):
    ids = pick_some(chance, queue, ('ready',))
    return rows('x.id, x.attempt, x.cancelled', '', 'claim', ids), queue.claim(ids)


def do_take(queue, chance):
    kinds, count = sorted(chance.sample(list(KINDS), 2)), chance.randint(1, 5)
    return "select coalesce(jsonb_agg(x.id), '[]') from %s x" % call('take', kinds, count), queue.take(kinds, count)


def do_still_waiting(queue, chance):
    ids = pick_some(chance, queue, ANY)
    return numbers('still_waiting', ids), queue.still_waiting(ids)


def do_finish(queue, chance):
    ids, keyed = [], 0
    for number in pick_some(chance, queue, ('ready',)):  # together only one that may run again: its number is not said
        job = queue.jobs.get(number)
        keyed += bool(job and job.key)
        if keyed < 2 or not (job and job.key):
            ids.append(number)
    return one('finish', ids), lambda: queue.finish(ids)


def do_kill(queue, chance):
    job, reason = pick(chance, queue, ANY), chance.choice(('permanent', 'killed'))
    error = chance.choice(('no', 'cancelled'))
    return nothing('kill', job, reason, error), queue.kill(job, reason, error)


def do_retry(queue, chance):
    job, delay, free = pick(chance, queue, ('ready', 'leased')), chance.choice((None, None, None, 300, 900)), chance.random() < 0.2
    return nothing('retry', job, 'later', delay and delay * 1000, free), queue.retry(job, 'later', delay, free)


def do_promote(queue, chance):
    text = ('select jsonb_build_array(p.promoted, property.seconds(p.next_at), to_jsonb(array(select unnest(p.again) order by 1))) '
            'from queue.promote(100) p')
    given = queue.promote()
    queue.carried.difference_update(given[2])
    return text, given


def do_wait(queue, chance):
    ticks = MONTH if chance.random() < 0.02 else chance.choice((1, 1, 1, 2, 5))
    queue.now += ticks * TICK
    return "update clock.shift set shift = shift + interval '%d seconds' returning 'null'::jsonb" % (ticks * TICK), None


def do_count_lost(queue, chance):
    """What Redis loses is carried no more."""
    ids = pick_some(chance, queue, ('ready',)) if chance.random() < 0.5 else sorted(queue.carried)
    queue.carried.difference_update(ids)
    return one('count_lost', ids, 'lost'), queue.count_lost(ids)


def do_crashed(queue, chance):
    ids = pick_some(chance, queue, ('ready', 'leased'))
    return numbers('crashed', ids), queue.crashed(ids)


def do_begin_alone(queue, chance):
    job = pick(chance, queue, ('ready',))
    return one('begin_alone', job), queue.begin_alone(job)


def do_survived(queue, chance):
    job = pick(chance, queue, ('ready', 'leased', 'waiting'))
    return one('survived', job), queue.survived(job)


def do_schedule(queue, chance):
    kind, tenant, prio = chance.choice(list(KINDS)), chance.randint(1, 3), chance.randint(0, 2)
    run_at, subject = later(chance, queue), chance.choice((None, 's:1', 's:2'))
    zone = chance.choice(('UTC', 'Europe/Amsterdam'))
    misfire, grace, lane = chance.choice(('fire', 'skip')), chance.choice((0, TICK, 3 * TICK)), chance.choice((None, 'a', 'b'))
    local = (ORIGIN + datetime.timedelta(seconds=run_at)).astimezone(zoneinfo.ZoneInfo(zone)).isoformat()[:19]
    text = one('schedule', kind, tenant, '{}', local, zone, subject, misfire, f'{grace} seconds', lane, small(prio))
    return text, queue.schedule(kind, tenant, run_at, subject, misfire, grace, lane, prio)


def do_cancel_subject(queue, chance):
    job = queue.jobs.get(pick(chance, queue, ('ready', 'waiting', 'blocked')))
    subject = job.subject if job and job.subject else chance.choice(('s:1', 's:2', 's:3'))
    return one('cancel_subject', subject), queue.cancel_subject(subject)


def do_revive(queue, chance):
    letter = pick_dead(chance, queue)
    return one('revive', letter), queue.revive(letter)


def do_drop_dead(queue, chance):
    letter = pick_dead(chance, queue)
    return one('drop_dead', letter), queue.drop_dead(letter)


def do_pause(queue, chance):
    kind, until = chance.choice(list(KINDS)), chance.choice((None, None, later(chance, queue)))
    return one('pause', kind, at(until)), queue.pause(kind, until)


def do_trip(queue, chance):
    kind = chance.choice(list(KINDS))
    return nothing('trip', kind), queue.trip(kind)


def do_settle(queue, chance):
    tenant, weight, most = chance.randint(1, 3), chance.randint(1, 3), chance.choice((None, None, 1, 2))
    until = chance.choice((None, None, later(chance, queue)))
    queue.settings[tenant] = Row(weight=weight, most=most, paused_until=until)
    return ('insert into queue.tenant_setting values (%s) on conflict (tenant) do update set weight = excluded.weight, '
            "max_inflight = excluded.max_inflight, paused_until = excluded.paused_until returning 'null'::jsonb"
            % ', '.join(map(sql, (tenant, weight, most, at(until))))), None


def do_lease(queue, chance):
    ids, worker, seconds = pick_some(chance, queue, ('ready',))[:2], chance.choice(('w1', 'w2')), chance.choice((300, 900))
    return rows('x.id, x.fence', 'x.id', 'lease', ids, worker, seconds * 1000), queue.lease(ids, worker, seconds)


def leased(queue, chance):
    job = pick(chance, queue, ('leased',))
    fence = queue.jobs[job].fence if job in queue.jobs else 1
    return job, fence if chance.random() < 0.8 else max(0, fence - 1)


def do_beat(queue, chance):
    worker, seconds = chance.choice(('w1', 'w2')), chance.choice((300, 900))
    return nothing('lease_beat', worker, seconds * 1000), queue.lease_beat(worker, seconds)


def do_lease_begin(queue, chance):
    lease = leased(queue, chance)
    return 'select jsonb_build_array(x.found_state, x.known_reference) from %s x' % call('lease_begin', *lease), \
        queue.lease_begin(*lease)


def do_lease_known(queue, chance):
    lease = leased(queue, chance)
    return nothing('lease_known', *lease, 'ref'), queue.lease_known(*lease, 'ref')


def do_lease_finish(queue, chance):
    lease = leased(queue, chance)
    return nothing('lease_finish', *lease), lambda: queue.lease_finish(*lease)


def do_lease_retry(queue, chance):
    lease, made_nothing = leased(queue, chance), chance.random() < 0.5
    delay, free = chance.choice((None, None, 300)), chance.random() < 0.2
    return nothing('lease_retry', *lease, 'later', made_nothing, delay and delay * 1000, free), \
        queue.lease_retry(*lease, 'later', made_nothing, delay, free)


def do_lease_kill(queue, chance):
    lease, reason = leased(queue, chance), chance.choice(('permanent', 'killed', 'uncertain'))
    error = chance.choice(('no', 'cancelled'))
    return nothing('lease_kill', *lease, reason, error), queue.lease_kill(*lease, reason, error)


def act(queue, verb, noun, target, minutes=None):
    text = "select to_jsonb((queue.act(gen_random_uuid(), %s)).outcome)" % ', '.join(
        map(sql, (verb, noun, str(target), None, minutes)))
    return text, lambda: queue.act(verb, noun, target, minutes)


def do_act_on_job(queue, chance):
    verb = chance.choice(('cancel', 'cancel', 'kill', 'retry', 'run-now'))
    return act(queue, verb, 'job', pick(chance, queue, ('waiting',) if verb == 'run-now' else ANY))


def do_act_on_dead(queue, chance):
    return act(queue, chance.choice(('revive', 'drop')), 'dead-letter', pick_dead(chance, queue))


def do_act_on_others(queue, chance):
    noun = chance.choice(('kind', 'tenant'))
    target = chance.choice(list(KINDS)) if noun == 'kind' else f'gm000{chance.randint(1, TENANTS)}'
    return act(queue, chance.choice(('pause', 'resume')), noun, target, chance.choice((None, 5, 15)))


def do_release(queue, chance):
    blocked = [d.lane for d in queue.dead.values() if d.blocks]
    return act(queue, 'release', 'lane', chance.choice(blocked or 'abc'))


def do_do_asked(queue, chance):
    return one('do_asked'), queue.do_asked()


def do_sweep(queue, chance):
    return nothing('sweep'), queue.sweep()


WEIGHTS = {do_enqueue: 14, do_refill: 6, do_finish: 6, do_wait: 5, do_promote: 5, do_retry: 4, do_lease: 5, do_kill: 3,
           do_crashed: 3, do_begin_alone: 4, do_survived: 1, do_claim: 2, do_take: 2, do_schedule: 5, do_cancel_subject: 3, do_act_on_job: 4, do_act_on_dead: 2,
           do_do_asked: 2, do_revive: 2, do_lease_begin: 4, do_lease_kill: 2, do_lease_retry: 2}
# what comes half of the time behind a step, so that much happens to one job
THEN = {do_schedule: [do_wait, do_promote], do_wait: [do_promote], do_promote: [do_lease, do_refill],
        do_lease: [do_lease_begin], do_lease_begin: [do_lease_retry, do_lease_known, do_lease_kill, do_act_on_job, do_wait],
        do_lease_retry: [do_promote, do_cancel_subject], do_act_on_job: [do_lease_kill, do_do_asked, do_wait],
        do_lease_kill: [do_do_asked, do_revive], do_crashed: [do_begin_alone, do_refill], do_begin_alone: [do_begin_alone, do_begin_alone, do_begin_alone, do_retry], do_retry: [do_promote, do_wait]}
ALL = [step for name, step in sorted(globals().items()) if name.startswith('do_')]
