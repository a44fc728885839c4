# SPDX-License-Identifier: EUPL-1.2
"""What the queue promises, in memory: the functions of the schema queue as their comments say them, without locks. Time is
in seconds; a time that the queue draws by lot, or that takes a moment, is a Span."""
import collections
import hashlib
import math

BETWEEN = 60  # seconds that a whole sequence may take
TENANTS = 3


class Span:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def __eq__(self, other):
        return other is not None and self.low <= other <= self.high

    def __repr__(self):
        return f'{self.low}..{self.high}'


class OneOf:
    def __init__(self, answers):
        self.answers = answers

    def __eq__(self, other):
        return other in self.answers

    def __repr__(self):
        return ' or '.join(map(str, self.answers))


def low(time):
    return time.low if isinstance(time, Span) else time


class Refused(Exception):
    """The function raises this error, and nothing has changed."""


class Row:
    def __init__(self, **values):
        self.__dict__.update(values)


class Queue:
    def __init__(self, kinds, first_job, first_future):
        self.kinds = kinds
        self.settings = {}
        self.now = 0
        self.jobs, self.dead, self.keys, self.lanes, self.future, self.effects = {}, {}, {}, {}, {}, {}
        self.done, self.acts, self.end_wanted, self.notes = [], [], set(), 0
        self.carried = set()    # what the dispatcher knows that streams carry
        self.next_job, self.next_future = first_job, first_future

    # ------------------------------------------------------------------------------------------ what is seen

    def seen(self):
        return {
            'jobs': [[j.id, j.tenant, j.prio, j.kind, j.state, j.run_at, j.lane, j.seq, j.key and key_of(*j.key),
                      j.attempt, j.put_off, j.crash, j.fence, j.lease_until, j.worker, j.subject, j.last_error]
                     for _, j in sorted(self.jobs.items())],
            'dead': [[d.id, d.tenant, d.prio, d.kind, d.lane, d.seq, d.blocks, d.attempt, d.crash, d.reason, d.last_error]
                     for _, d in sorted(self.dead.items())],
            'keys': sorted([key_of(*name), k.job, k.scope, k.expires, k.dirty] for name, k in self.keys.items()),
            'lanes': [[name, lane.last, lane.done] for name, lane in sorted(self.lanes.items())],
            'future': [[f.id, f.tenant, f.kind, f.prio, f.run_at, f.subject, f.lane]
                       for _, f in sorted(self.future.items())],
            'effects': [[job, e.state, e.reference] for job, e in sorted(self.effects.items())],
            'done': sorted([d.id, d.attempt] for d in self.done),
            'end_wanted': sorted(self.end_wanted),
            'acts': sorted([a.verb, a.noun, a.target, a.outcome, a.job or 0] for a in self.acts),
            'notes': self.notes,
            'kinds': [[name, k.trips, k.paused_until] for name, k in sorted(self.kinds.items())],
        }

    def soon(self, seconds=0):
        return Span(self.now + seconds, self.now + seconds + BETWEEN)

    def is_paused(self, kind):
        until = self.kinds[kind].paused_until
        return until is not None and low(until) > self.now

    # ---------------------------------------------------------------------------------------- lanes and keys

    def enter_lane(self, name):
        lane = self.lanes.setdefault(name, Row(last=0, done=0, used=0))
        lane.last, lane.used = lane.last + 1, self.now
        return lane.last, lane.last > lane.done + 1

    def step_lane(self, name):
        """A lane stands before the first that still has a place in it: a job, or a dead letter that blocks."""
        lane = self.lanes[name]
        places = [j.seq for j in self.jobs.values() if j.lane == name]
        places += [d.seq for d in self.dead.values() if d.lane == name and d.blocks]
        lane.done = min(places, default=lane.last + 1) - 1
        for job in self.jobs.values():
            if job.lane == name and job.seq == lane.done + 1 and job.state == 'blocked':
                job.state = self.state_at(job.run_at)

    def state_at(self, run_at):
        return 'waiting' if run_at is not None and low(run_at) > self.now else 'ready'

    def insert(self, kind, tenant, lane, key, prio, run_at, job=None):
        job = job or self.number()
        seq, blocked = self.enter_lane(lane) if lane else (None, False)
        self.jobs[job] = Row(id=job, tenant=tenant, prio=prio, kind=kind, run_at=run_at, lane=lane, seq=seq, key=key,
                             state='blocked' if blocked else self.state_at(run_at), attempt=0, crash=0, fence=0, lease_until=None,
                             put_off=0, worker=None, subject=None, last_error=None, created=self.now)
        return job

    def number(self):
        self.next_job += 1
        return self.next_job - 1

    def end(self, job, done=False, opens_lane=True):
        del self.jobs[job.id]
        if done:
            self.done.append(Row(id=job.id, attempt=job.attempt + 1, at=self.now))
        if job.lane and opens_lane:
            self.step_lane(job.lane)
        again = self.runs_again(job)
        key = self.keys.get(job.key)
        if key and key.job == job.id and key.scope != 'period':
            del self.keys[job.key]
        if again:
            number = self.insert(job.kind, job.tenant, job.lane, job.key, job.prio, None)
            self.keys[job.key] = Row(job=number, scope='coalesce', expires=None, dirty=False)

    def runs_again(self, job):
        key = self.keys.get(job.key)
        return bool(key and key.job == job.id and key.dirty and job.id not in self.end_wanted)

    # ----------------------------------------------------------------------------------------- the functions

    def enqueue(self, kind, tenant, lane=None, key=None, scope='once', prio=1, run_at=None):
        job = self.number()
        name = key and (kind, key)
        if name:
            held = self.keys.get(name)
            if held and not (held.expires is not None and held.expires < self.now):
                held.dirty = held.dirty or held.scope == 'coalesce'
                return held.job
            self.keys[name] = Row(job=job, scope=scope, expires=run_at if scope == 'period' else None, dirty=False)
            if scope == 'period':
                run_at = None
        return self.insert(kind, tenant, lane, name, prio, run_at, job)

    def pick(self, kinds, prio, capacity, after, busy, alone):
        kinds = {k: self.room_of('kind', k, 1 if self.kinds[k].trips else self.kinds[k].most, busy, alone) for k in kinds
                 if not self.is_paused(k)}
        ready = {}
        for _, job in sorted(self.jobs.items()):
            if (job.state == 'ready' and job.prio == prio and job.id not in busy and kinds.get(job.kind, 0) > 0
                    and not self.setting(job.tenant).paused):
                ready.setdefault((job.tenant <= after, job.tenant, job.kind), []).append(job)
        among = collections.Counter(tenant for _, tenant, _ in ready)
        whole = sum(self.setting(tenant).weight / among[tenant] for _, tenant, _ in ready)
        picked = []
        for key, jobs in sorted(ready.items())[:capacity]:
            share = math.ceil(capacity * self.setting(key[1]).weight / whole / among[key[1]])
            room = max(0, min(share, self.tenant_room(key[1], busy, alone)))
            picked += [(key[0], key[1], job.id, job) for job in jobs[:room]]
        ids, of_kind, of_tenant = [], collections.Counter(), collections.Counter()
        for *_, job in sorted(picked, key=lambda p: p[:3])[:capacity]:
            of_kind[job.kind] += 1
            of_tenant[job.tenant] += 1
            if of_kind[job.kind] <= kinds[job.kind] and of_tenant[job.tenant] <= self.tenant_room(job.tenant, busy, alone):
                ids.append(job.id)
        return ids

    def setting(self, tenant):
        setting = self.settings.get(tenant, Row(weight=1, most=None, paused_until=None))
        setting.paused = setting.paused_until is not None and low(setting.paused_until) > self.now
        return setting

    def tenant_room(self, tenant, busy, alone):
        return self.room_of('tenant', tenant, self.setting(tenant).most, busy, alone)

    def room_of(self, what, value, most, busy, alone):
        """What is leased or busy takes room; who takes alone gets a quarter at a time."""
        if most is None:
            return math.inf
        room = most - sum(getattr(j, what) == value and (j.state == 'leased' or j.state == 'ready' and j.id in busy) for j in self.jobs.values())
        return min(room, math.ceil(most / 4)) if alone else room

    def refill(self, workers, prios, rooms, afters, carried):
        rows = []
        for worker, prio, room, after in zip(workers, prios, rooms, afters):
            kinds = [name for name, k in self.kinds.items() if k.worker == worker]
            given = [self.jobs[job] for job in self.pick(kinds, prio, room, after, carried, False)]
            carried = carried + [job.id for job in given]
            given.sort(key=lambda j: (j.tenant <= after, j.tenant, j.id))
            rows += [[j.id, worker, j.tenant, max(0, j.prio - (j.created < self.now)), j.crash] for j in given]
        return rows

    def claim(self, ids):
        rows = [j for j in self.jobs.values() if j.id in ids and j.state == 'ready']
        return [[j.id, j.attempt, j.id in self.end_wanted] for j in sorted(rows, key=lambda j: (j.tenant, j.kind, j.id))]

    def take(self, kinds, count):
        """Each time another municipality begins."""
        return OneOf([self.take_after(kinds, count, after) for after in range(TENANTS)])

    def take_after(self, kinds, count, after):
        ids = []
        for prio in range(3):
            if len(ids) < count:
                ids += self.pick(kinds, prio, count - len(ids), after, ids, True)
        return [number for number, *_ in self.claim(ids)]

    def still_waiting(self, ids):
        return sorted(j.id for j in self.jobs.values() if j.id in ids and j.state == 'ready')

    def finish(self, ids):
        rows = [j for _, j in sorted(self.jobs.items()) if j.id in ids and j.state == 'ready']
        if len(rows) < len(ids):
            self.next_job += sum(map(self.runs_again, rows))  # a sequence gives no number back
            raise Refused('job-not-held')
        self.heal(rows)
        for job in rows:
            self.end(job, done=True)
        return len(rows)

    def history_of(self, number):
        job = self.jobs[number]
        return job.attempt + job.crash + job.fence + 2 * ((job.subject is not None) + (number in self.effects)
                                                           + (number in self.end_wanted))

    def is_begun(self, number):
        return number in self.effects and self.effects[number].state == 'begun'

    def kill(self, number, reason, error):
        job = self.jobs.get(number)
        if not job:
            return
        blocks = job.lane is not None and self.kinds[job.kind].blocks
        if reason in ('exhausted', 'poison') and self.is_begun(number):
            reason = 'uncertain'
        self.dead[number] = Row(id=number, tenant=job.tenant, prio=job.prio, kind=job.kind, lane=job.lane, seq=job.seq,
                                blocks=blocks, attempt=job.attempt, crash=job.crash, reason=reason, last_error=error,
                                created=job.created)
        self.end(job, opens_lane=not blocks)

    def retry(self, number, error, delay=None, free=False):
        job = self.jobs.get(number)
        if not job or job.state not in ('ready', 'leased'):
            return
        kind = self.kinds[job.kind]
        free = free or ((kind.trips > 0 or delay is not None) and job.put_off < 50)
        if kind.trips:
            self.trip(job.kind)
        if not free and job.attempt + 1 >= kind.max_attempts:
            self.kill(number, 'exhausted', error)
            return
        step = min(kind.base * 2 ** (job.put_off if free else job.attempt), kind.cap)
        job.run_at = self.soon(delay) if delay is not None else Span(self.now + step / 2, self.now + step + BETWEEN)
        job.state, job.worker, job.lease_until, job.last_error = 'waiting', None, None, error
        job.attempt, job.put_off = job.attempt + (not free), job.put_off + free

    def trip(self, name):
        if not self.is_paused(name):
            kind = self.kinds[name]
            kind.paused_until = self.soon(min(5 * 2 ** kind.trips, 60))
            kind.trips = min(kind.trips + 1, 5)

    def heal(self, jobs):
        for name in {j.kind for j in jobs}:
            if self.kinds[name].trips and not self.is_paused(name):
                self.kinds[name].trips, self.kinds[name].paused_until = 0, None

    def promote(self):
        again = [job for job in self.jobs.values() if job.state == 'waiting' and low(job.run_at) <= self.now
                 or job.state == 'leased' and low(job.lease_until) < self.now]
        for job in again:
            job.state, job.worker, job.lease_until = 'ready', None, None
        count = len(again)
        for due in sorted((f for f in self.future.values() if f.run_at <= self.now), key=lambda f: (bool(f.lane), f.run_at, f.id)):
            del self.future[due.id]
            count += 1
            if due.misfire == 'fire' or self.now + BETWEEN - due.run_at <= due.grace:
                job = self.enqueue(due.kind, due.tenant, due.lane, prio=due.prio)
                self.jobs[job].subject = due.subject
        times = [j.run_at for j in self.jobs.values() if j.state == 'waiting']
        times += [j.lease_until for j in self.jobs.values() if j.state == 'leased'] + [f.run_at for f in self.future.values()]
        first = min(times, key=low, default=None)
        if isinstance(first, Span):  # another one may come first
            first = Span(first.low, min(t.high if isinstance(t, Span) else t for t in times))
        return [count, first, sorted(j.id for j in again)]

    def count_lost(self, ids):
        return sum(j.id in ids and j.state == 'ready' for j in self.jobs.values())

    def crashed(self, ids):
        found = [j for _, j in sorted(self.jobs.items()) if j.id in ids and j.state in ('ready', 'leased')]
        for job in found:
            job.crash = max(job.crash, 1)
        return [job.id for job in found]

    def begin_alone(self, number):
        job = self.jobs.get(number)
        if not job or job.state != 'ready':
            return False
        if job.crash >= 4:
            self.kill(number, 'poison', 'a worker died with it four times')
            return False
        job.crash += 1
        return True

    def survived(self, number):
        job = self.jobs.get(number)
        if job and job.crash:
            job.crash -= 1
        return True

    def schedule(self, kind, tenant, run_at, subject, misfire, grace, lane, prio):
        number = self.next_future
        self.next_future += 1
        self.future[number] = Row(id=number, tenant=tenant, kind=kind, prio=prio, run_at=run_at, subject=subject,
                                  misfire=misfire, grace=grace, lane=lane)
        return number

    def cancel_subject(self, subject):
        planned = [f.id for f in self.future.values() if f.subject == subject]
        for number in planned:
            del self.future[number]
        rows = [j for _, j in sorted(self.jobs.items()) if j.subject == subject and j.state in ('ready', 'waiting', 'blocked')
                and j.id not in self.effects]
        for job in rows:
            self.end(job)
        return len(planned) + len(rows)

    def sweep(self):
        day = 24 * 3600
        self.done = [d for d in self.done if d.at + 7 * day >= self.now]
        self.keys = {name: k for name, k in self.keys.items() if k.expires is None or k.expires >= self.now}
        self.end_wanted &= set(self.jobs)
        taken = {j.lane for j in self.jobs.values()} | {d.lane for d in self.dead.values() if d.blocks}
        self.lanes = {name: lane for name, lane in self.lanes.items()
                      if lane.last > lane.done or name in taken or lane.used + 30 * day >= self.now}


def key_of(kind, key):
    return hashlib.sha256(f'{kind}|{key}'.encode()).hexdigest()
