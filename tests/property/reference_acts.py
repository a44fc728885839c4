# SPDX-License-Identifier: EUPL-1.2
"""The rest of the reference: leases for effects outside PostgreSQL, and what operators ask."""
from property.reference import TENANTS, Queue, Refused, Row, low


class WholeQueue(Queue):
    # ----------------------------------------------------------------------------------------------- leases

    def lease(self, ids, worker, seconds):
        rows = [j for _, j in sorted(self.jobs.items()) if j.id in ids and j.state == 'ready']
        for job in rows:
            job.state, job.worker, job.lease_until = 'leased', worker, self.soon(seconds)
            job.fence += 1
        return [[j.id, j.fence] for j in rows]

    def lease_beat(self, worker, seconds):
        for job in self.jobs.values():
            if job.state == 'leased' and job.worker == worker and low(job.lease_until) > self.now:
                job.lease_until = self.soon(seconds)

    def held(self, number, fence):
        job = self.jobs.get(number)
        return job if job and job.state == 'leased' and job.fence == fence else None

    def lease_begin(self, number, fence):
        if not self.held(number, fence):
            return ['lost', None]
        effect = self.effects.get(number)
        if effect:
            return [effect.state, effect.reference]
        if number in self.end_wanted:
            return ['cancelled', None]
        self.effects[number] = Row(state='begun', reference=None)
        return ['new', None]

    def lease_known(self, number, fence, reference):
        if self.held(number, fence) and number in self.effects:
            self.effects[number] = Row(state='known', reference=reference)

    def lease_finish(self, number, fence):
        job = self.held(number, fence)
        if not job:
            raise Refused('lease-lost')
        self.heal([job])
        self.effects.pop(number, None)
        self.end(job, done=True)

    def lease_retry(self, number, fence, error, made_nothing, delay, free):
        if self.held(number, fence):
            if made_nothing:
                self.effects.pop(number, None)
            self.retry(number, error, delay, free)

    def lease_kill(self, number, fence, reason, error):
        if self.held(number, fence):
            if reason != 'uncertain':
                self.effects.pop(number, None)
            self.kill(number, reason, error)

    # -------------------------------------------------------------------------------------------- operators

    def revive(self, number):
        dead = self.dead.pop(number, None)
        if not dead:
            return None
        if self.is_begun(number):
            del self.effects[number]
        self.end_wanted.discard(number)
        self.insert(dead.kind, dead.tenant, dead.lane, None, dead.prio, None, number)
        job = self.jobs[number]
        job.created, job.run_at = dead.created, self.soon()  # it waits from now on
        if dead.blocks:
            lane = self.lanes[dead.lane]
            lane.last -= 1  # insert() has entered at the end; this one has its place
            job.seq, job.state = dead.seq, 'ready' if dead.seq == lane.done + 1 else 'blocked'
        return number

    def drop_dead(self, number):
        dead = self.dead.pop(number, None)
        if dead:
            self.effects.pop(number, None)
        if dead and dead.blocks:
            self.step_lane(dead.lane)
        return dead is not None

    def act(self, verb, noun, target, minutes=None):
        """The outcome; with its trail: a row, and a note in the audit of each municipality that it concerns."""
        whose, outcome, job, until = None, 'done', None, None
        if verb == 'pause':
            until = self.soon((minutes or 525600) * 60)
        if noun == 'job':
            whose, outcome, job = self.there(self.jobs, target).tenant, self.act_on_job(verb, target), target
        elif noun == 'dead-letter':
            whose, job = self.there(self.dead, target).tenant, target
            (self.revive if verb == 'revive' else self.drop_dead)(target)
        elif noun == 'kind':
            self.there(self.kinds, target)
            self.pause(target, until)
        elif noun == 'tenant':
            whose = int(target[2:])
            self.settings.setdefault(whose, Row(weight=1, most=None, paused_until=None)).paused_until = until
        else:
            whose = self.release(target)
        self.acts.append(Row(verb=verb, noun=noun, target=str(target), outcome=outcome, job=job))
        self.notes += 1 if whose else TENANTS
        return outcome

    def pause(self, name, until):
        self.kinds[name].paused_until, self.kinds[name].trips = until, 0
        return True

    @staticmethod
    def there(rows, number):
        if number not in rows:
            raise Refused('not-found')
        return rows[number]

    def act_on_job(self, verb, number):
        job = self.jobs[number]
        if verb in ('cancel', 'kill'):
            if self.end_job(number, verb):
                return 'done'
            self.end_wanted.add(number)
            return 'asked'
        if job.state not in (('waiting',) if verb == 'run-now' else ('waiting', 'ready', 'blocked')):
            raise Refused('state')
        if job.state == 'waiting':
            job.state, job.run_at = 'ready', None
        if verb == 'retry':
            job.attempt = job.crash = 0
        return 'done'

    def end_job(self, number, verb):
        """None: there is no such job; False: a worker has it."""
        job = self.jobs.get(number)
        if not job:
            return None
        if job.state == 'leased' and low(job.lease_until) >= self.now:
            return False
        self.end_wanted.add(number)
        if number in self.effects or verb == 'kill':
            self.kill(number, 'uncertain' if self.is_begun(number) else 'killed', 'cancelled')
        else:
            self.end(job)
        self.end_wanted.discard(number)
        return True

    def do_asked(self):
        count = 0
        for act in [a for a in self.acts if a.outcome == 'asked']:
            ended = self.end_job(act.job, act.verb)
            if ended is None:
                ended = self.ended_by_worker(act.job, act.verb) or None
            if ended is not False:
                act.outcome = 'done' if ended else 'too-late'
                count += 1
                self.notes += 1
        return count

    def ended_by_worker(self, number, verb):
        self.end_wanted.discard(number)
        dead = self.dead.get(number)
        if not dead or dead.last_error != 'cancelled' or dead.reason not in ('permanent', 'killed', 'uncertain'):
            return False
        if verb == 'cancel' and dead.reason != 'uncertain':
            self.drop_dead(number)
        elif dead.reason == 'permanent':
            dead.reason = 'killed'
        return True

    def release(self, name):
        places = [(j.seq, j.tenant) for j in self.jobs.values() if j.lane == name]
        places += [(d.seq, d.tenant) for d in self.dead.values() if d.lane == name and d.blocks]
        if not places:
            raise Refused('not-found')
        head = self.lanes[name].done + 1
        if any(j.lane == name and j.seq == head and j.state != 'blocked' for j in self.jobs.values()):
            raise Refused('state')
        for letter in self.dead.values():
            if letter.lane == name and letter.seq == head:
                letter.blocks = False
        self.step_lane(name)
        return min(places)[1]
