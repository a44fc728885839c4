#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Chaos on notifications: decisions are made, and told to the person by letter or e-mail, to whoever pays the benefit by webhook (when the person was told) and to the case manager by
e-mail, while the workers, LibreOffice, the mail server, the webhook, whoever collects the letters, Redis and PostgreSQL are killed, and the disk of the
letters is full for a while. By what the receivers wrote down, each got each message once. Of no more than the kills hit while they were sent nobody knows.

make chaos JOB=notifications   DECISIONS=200 SECONDS=90 SEED=…: closes with one JSON line. Only processes that it started are ended."""
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from contextlib import contextmanager, nullcontext
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE.parent / 'e2e'))
from chaos_main import Chaos, persist  # noqa: E402
from mail import Aiosmtpd, Exim, answers  # noqa: E402
from receivers import Drop, verified_v1  # noqa: E402
from reckoned import ORDINANCE  # noqa: E402
from region import BIN, ROOT, Client, Region, children, day, free_port, power_off, until  # noqa: E402

TENANT, SECRET = 'gm9901', 'whsec_' + 'bWFhdHdlcmstY2hhb3MtMDEyMzQ1Njc4OTAxMjM0NTY='
CONTEXT = ("select set_config('app.tenant', tenant_id::text, false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false), "
           f"set_config('app.actor', '', false) from ref.tenant where code = '{TENANT}'; ")
RULE = """insert into app.rule (tenant_id, id, code, scope, state, value, source, from_at, adopted_at, decision, version, changed_at, changed_in)
    values (app.tenant(), gen_random_uuid(), %s, 'tenant', 'adopted', %s::jsonb, 'Verordening', '2020-01-01', '2020-01-01', 'B&W', 1, clock.now(), pg_current_xact_id())"""
WEIGHED = {'blame': 'full', 'blameText': 'Wist van de afspraak.', 'circumstances': 'none', 'circumstancesText': 'Geen.', 'urgentReasons': 'none', 'urgentText': 'Geen.',
           'reasons': 'U kwam niet naar de training en meldde u niet af.'}
# what of a message is known: for whom, about which decision, and how it stands
MESSAGES = """select m.id::text, m.subject_id::text, case when m.purpose is not null then 'payer' when m.to_candidate_id is not null then 'person' else 'manager' end,
    m.state, coalesce(m.fault, '') from app.message m where m.subject_id = any (%s::uuid[])"""
SENDS = """select a.message_id::text, extract(epoch from a.handed_at)::float, extract(epoch from coalesce(a.ended_at, clock.now()))::float, coalesce(a.outcome, 'open')
    from app.message_attempt a join app.message m on m.tenant_id = a.tenant_id and m.id = a.message_id
    where m.subject_id = any (%s::uuid[]) and a.handed_at is not null and m.channel in ('e_mail', 'webhook')"""
DISK_MIB = 192  # room for all letters of a run
SEND_S = 4      # a send is over after this: the workers' time-outs are shorter


@contextmanager
def small_disk(folder):
    """A disk of its own for the folder, small enough to be filled. Only root can have one: false for anybody else."""
    folder.mkdir(parents=True)
    mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={DISK_MIB}m', 'tmpfs', folder], capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(['umount', '-l', folder], check=True)


class Receivers:
    """The mail server, the webhook and the collector of letters: processes that are killed and started again."""

    def __init__(self, folder, server, own_disk):
        self.folder, self.server, self.port, self.processes, self.own_disk = folder, server, free_port(), {}, own_disk
        self.drops, self.collected = folder / 'disk/drops', folder / 'disk/collected'
        for part in (f'secrets/{TENANT}', f'disk/drops/{TENANT}', 'webhook', 'disk/collected'):
            (folder / part).mkdir(parents=True)
        (folder / f'secrets/{TENANT}/sleutel').write_text(SECRET + '\n')
        for name in ('key', 'certificate'):
            shutil.copy(server.folder / name, folder / 'webhook' / name)
        self.words = {'webhook': (folder / 'webhook', str(self.port)), 'drop': (self.drops / TENANT / 'drukker', self.collected)}

    @classmethod
    @contextmanager
    def started(cls, folder, mail, real_disk):
        with mail.started() as server, small_disk(folder / 'disk') if real_disk else nullcontext(False) as own_disk:
            receivers = cls(folder, server, own_disk)
            try:
                for name in receivers.words:
                    receivers.start(name)
                yield receivers
            finally:
                for process in receivers.processes.values():
                    process.kill()
                    process.wait()

    def aim(self, what):
        """Waits until the receiver of webhooks has an event, 1.5 seconds at most. `begun`: it has not written it down yet. `taken`: it has, and has not answered yet."""
        size = lambda: (self.folder / 'webhook' / what).stat().st_size  # noqa: E731
        before, end = size(), time.monotonic() + 1.5
        while size() == before and time.monotonic() < end:
            time.sleep(0.002)

    def start(self, name):
        self.processes[name] = subprocess.Popen([sys.executable, HERE / 'takers.py', name, *self.words[name]], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if name == 'webhook':
            until(lambda: answers(self.port))

    def kill_webhook(self):
        self.aim('begun')
        self.kill('webhook')

    def kill(self, name):
        self.processes[name].kill()
        self.processes[name].wait()
        self.start(name)

    def kill_mail(self):
        process = self.server.process
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.server.start()

    @property
    def settings(self):
        return {**self.server.settings('plain'), 'MAATWERK_SMTP_TIMEOUT_MS': '3000', 'MAATWERK_RECEIVER_TIMEOUT_MS': '3000', 'MAATWERK_RECEIVER_LOOPBACK': 'allowed',
                'MAATWERK_RECEIVER_CA': str(self.folder / 'webhook/certificate'), 'MAATWERK_RECEIVER_SECRETS': str(self.folder / 'secrets'),
                'MAATWERK_DROPS': str(self.drops), 'FULL': str(self.full), 'LD_PRELOAD': str(ROOT / 'build/release/flaky.so')}

    @property
    def full(self):
        """While it is there, nothing more fits on the disk of the letters. On a disk of its own it takes what room there is; else the programs get a write() that finds none."""
        return self.folder / ('disk/full' if self.own_disk else 'full')

    def fill(self, seconds):
        with open(self.full, 'wb') as rest:
            try:
                while self.own_disk:
                    rest.write(bytes(65536))
                    rest.flush()
            except OSError:
                assert os.statvfs(self.full).f_bavail == 0
            time.sleep(seconds)
        self.full.unlink()

    # -------------------------------------------------------------------------------------- what they wrote down

    def events(self):
        lines = self.folder / 'webhook/taken'
        return [json.loads(line) for line in lines.read_text().splitlines()] if lines.exists() else []

    def letters(self):
        """{number: what its pages say}"""
        kept = Drop(self.collected)
        kept.new = lambda: sorted((kept.folder / 'kept').glob('*'))
        said = lambda pages: subprocess.run(['pdftotext', '-', '-'], input=pages, capture_output=True, check=True).stdout.decode()  # noqa: E731
        return {number: said(files['letter.pdf']) for number, files in kept.letters().items() if 'letter.pdf' in files}

    def again(self):
        lines = self.collected / 'again'
        return [json.loads(line) for line in lines.read_text().splitlines()] if lines.exists() else []


class Storm(threading.Thread):
    """Each fault in turn, in a new order each time; `kills` has when each began and was over. The disk of the letters is full once."""

    def __init__(self, region, receivers, seconds, seed):
        super().__init__()
        self.region, self.receivers, self.seconds, self.random = region, receivers, seconds, random.Random(seed)
        self.chaos, self.stopping, self.kills, self.troubles = Chaos(region, seed, 0), threading.Event(), [], []
        self.full_at = seconds * self.random.uniform(0.3, 0.5)
        self.faults = {'notifications': lambda: self.aimed(self.program, 'notifications', **receivers.settings),
                       'notifications_child': lambda: self.aimed(self.child, 'notifications'),
                       'documents': lambda: self.program('documents'), 'documents_child': lambda: self.child('documents'), 'soffice': self.soffice,
                       'dispatcher': lambda: self.program('dispatcher'), 'mail_server': receivers.kill_mail, 'webhook': receivers.kill_webhook,
                       'collector': lambda: receivers.kill('drop'), 'redis': self.chaos.kill_redis, 'flushall': self.chaos.empty_redis, 'postgres': self.chaos.restart_postgres}

    def aimed(self, kill, *words, **settings):
        """Kills somebody while an event is being sent."""
        self.receivers.aim('taken')
        return kill(*words, **settings)

    def program(self, name, **settings):
        power_off(self.region.processes[name])
        self.region.start(name, **settings)

    def child(self, name):
        pids = children(self.region.processes[name])
        if pids:
            os.kill(self.random.choice(pids), signal.SIGKILL)

    def soffice(self):
        """It runs only for a moment, so it is waited for."""
        def running():
            return [int(pid) for child in children(self.region.processes['documents'])
                    for pid in subprocess.run(['pgrep', '-P', str(child)], text=True, capture_output=True).stdout.split()]
        end = time.monotonic() + 1
        while not (pids := running()):
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        time.sleep(self.random.uniform(0, 0.3))
        os.kill(pids[0], signal.SIGKILL)

    def fill(self):
        self.receivers.fill(2)

    def one(self, name, fault):
        from_s = time.time()
        try:
            if fault() is not False:
                self.kills.append((name, from_s, time.time()))
        except (ProcessLookupError, FileNotFoundError):
            pass
        except Exception as error:      # what it wanted to kill is away for another reason
            self.troubles.append(f'{name}: {error!r}'[:200])

    def run(self):
        begun, order, filled = time.monotonic(), [], False
        while (now := time.monotonic() - begun) < self.seconds and not self.stopping.is_set():
            if not filled and now > self.full_at:
                filled = True
                self.one('disk_full', self.fill)
            order = order or self.random.sample(sorted(self.faults), len(self.faults))
            name = order.pop()
            self.one(name, self.faults[name])
            time.sleep(self.random.uniform(0.1, 0.8))


class Town:
    """A municipality in which decisions wait to be made, each about a person of its own; of four persons one chose to be reached digitally."""

    def __init__(self, region):
        self.region = region
        self.case, self.lead = Client(region, 'case_manager'), Client(region, 'team_lead')

    def act(self, text, values=()):
        return self.region.sql(CONTEXT + text, values)

    def prepare(self, receivers):
        self.region.sql("update ref.retry_ladder set wait = '500 milliseconds'; insert into ref.retry_ladder select channel, n, '500 milliseconds' "
                        'from ref.channel, generate_series(1, 120) n on conflict do nothing')
        self.region.sql('delete from queue.job; update app.endpoint set paused = true')
        self.act(RULE, ('measure.ordinance', json.dumps(ORDINANCE)))
        self.act(RULE, ('calendar.quiet_hours', '{"quiet": false, "from": "21:00", "until": "07:00"}'))
        admin = Client(self.region, 'tenant_admin')
        for endpoint in ({'purpose': 'benefits_payment', 'kind': 'webhook', 'secret': 'sleutel', 'address': f'https://localhost:{receivers.port}/'},
                         {'purpose': 'print', 'kind': 'drop', 'address': 'drukker'}):
            answer = admin.post('/endpoints', endpoint)
            assert answer.status == 201, answer.text

    def call(self, client, path, body=None):
        answer = client.post(path, body)
        assert answer.status in (200, 201), f'{path}: {answer.text}'
        return answer.json

    def draft(self, number):
        """A decision about which the person was heard."""
        person = self.call(self.case, '/candidates', {'alias': f'Persoon {number}', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 32, 'benefit': 'assistance'})['id']
        benefit = self.call(self.case, '/benefits', {'candidateId': person, 'kind': 'assistance', 'appliedOn': day(-400)})['id']
        self.call(self.case, f'/benefits/{benefit}/moves', {'event': 'grant', 'day': day(-400)})
        way = self.call(self.case, '/trajectories', {'candidateId': person, 'kind': 'course'})['id']
        self.act("update app.trajectory set rules_handed_on = %s, rules_channel = 'in_person', rules_received_on = %s where id = %s", (day(-100), day(-99), way))
        self.act("update app.candidate set address_lines = 'Dorpsstraat 12\n5012 AB Maasdrecht', email = %s, digital_chosen_at = case when %s then clock.now() end where id = %s",
                 (f'persoon{number}@post.example', number % 4 == 3, person))
        made = self.call(self.case, '/decisions', {'candidateId': person, 'kind': 'lowering', 'duty': 'h', 'conductOn': day(-3), **WEIGHED})['id']
        self.call(self.case, f'/decisions/{made}/view-requests', {'channel': 'in_person'})
        self.call(self.case, f'/decisions/{made}/views', {'text': 'Het spijt me.'})
        return made

    def decide(self, decisions, seconds, failures):
        try:
            for decision in decisions:
                key = str(uuid.uuid4())
                persist(lambda: self.lead.post(f'/decisions/{decision}/determinations', key=key))
                time.sleep(seconds / len(decisions))
        except Exception as error:
            failures.append(repr(error)[:300])


def got(receivers, decisions, known):
    """Counter of (decision, who): what arrived, by what the receivers wrote down; and what is wrong with it."""
    arrived, wrong = Counter(), []
    for number, said in receivers.letters().items():
        about = [d for d in re.findall(r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', said) if d in decisions]
        arrived.update((d, 'person') for d in set(about))
    for event in receivers.events():
        data = json.loads(event['body'])
        if not verified_v1(SECRET, event['headers'], event['body'].encode()):
            wrong.append(f'the signature of {data["id"]}')
        arrived[(data['data']['id'], 'payer')] += 1
    for _, message in receivers.server.taken():
        if message in known:
            arrived[known[message][:2]] += 1
    wrong += [f'{one["number"]} came again, and differs' for one in receivers.again() if not one['same']]
    return Counter({key: n for key, n in arrived.items() if key[0] in decisions}), wrong


def judge(region, receivers, storm, decisions):
    rows = region.sql(MESSAGES, (decisions,))
    arrived, wrong = got(receivers, set(decisions), {message: (about, who) for message, about, who, _, _ in rows})
    states = Counter((about, who, state) for _, about, who, state, _ in rows)
    wanted = [(d, who) for d in decisions for who in ('person', 'payer', 'manager')]
    uncertain = {(about, who) for about, who, state in states if state == 'uncertain'}
    sends = region.sql(SENDS, (decisions,))
    hit = {(name, from_s, message) for name, from_s, until_s in storm.kills for message, handed, ended, _ in sends
           if handed <= until_s + 0.05 and min(ended, handed + SEND_S) >= from_s - 0.05}
    blamed = {message for _, _, message in hit}
    # what of a letter is not known is not notified, and whoever pays hears of it when it is
    waits = {(d, 'payer') for d, who in uncertain if who == 'person'}
    return {'lost': [key for key in wanted if not arrived[key] and key not in uncertain | waits], 'duplicate': [key for key, n in arrived.items() if n > 1],
            'phantom': [key for key in arrived if key not in wanted], 'wrong': wrong, 'uncertain': len(uncertain), 'hit': len({message for _, _, message in hit}),
            'unexplained': [message for message, _, _, how in sends if how == 'uncertain' and message not in blamed],
            'again': len(receivers.again()), 'states': dict(Counter(state for _, _, state in states)),
            'faults_of_messages': dict(Counter(fault for *_, fault in rows if fault)),
            'not_notified': region.sql("select count(*) from app.decision d where d.id = any (%s::uuid[]) and d.notified_on is null and exists (select from app.message m "
                                       "where m.subject_id = d.id and m.to_candidate_id is not null and m.state in ('sent', 'delivered'))", (decisions,))[0][0],
            'too_soon': region.sql("select count(*) from app.decision d where d.id = any (%s::uuid[]) and d.notified_on is null and exists (select from app.message m "
                                   "where m.subject_id = d.id and m.purpose is not null)", (decisions,))[0][0],
            'dead': [list(row) for row in region.sql('select kind, reason, count(*) from queue.dead group by 1, 2')]}


UNDER_WAY = "select count(*) from app.message m where m.subject_id = any (%s::uuid[]) and m.state in ('queued', 'handed')"


def waiting(region, decisions):
    return [list(map(str, row)) for row in region.sql("select m.channel, m.state, m.next_at, d.state, j.state, j.last_error, count(*) from app.message m left join app.document d "
            "on d.id = m.document_id left join queue.job j on j.payload -> 'messages' ? m.id::text where m.subject_id = any (%s::uuid[]) and m.state in ('queued', 'handed') "
            'group by 1, 2, 3, 4, 5, 6 limit 10', (decisions,))]


def chaos_notifications(binaries, many, seconds, seed, harm='', mail=Exim, real_disk=False):
    """`harm`: SQL that breaks the product on purpose. `mail`: which mail server. `real_disk`: the letters have a disk of their own, which is filled, when who runs this may mount one."""
    from_s = time.monotonic()
    with Region.started('chaos', binaries, candidates=420) as region, Receivers.started(region.folder.parent / 'receivers', mail, real_disk) as receivers:
        town, failures = Town(region), []
        region.start('all')
        region.wait_ready()
        town.prepare(receivers)
        decisions = [town.draft(n) for n in range(many)]
        if harm:
            region.sql(harm)
        region.env['MAATWERK_CHILDREN'] = '2'
        for name in ('dispatcher', 'documents'):
            region.start(name)
        region.start('notifications', **receivers.settings)
        storm = Storm(region, receivers, seconds, seed)
        maker = threading.Thread(target=town.decide, args=(decisions, seconds * 0.8, failures))
        storm.start()
        maker.start()
        maker.join()
        storm.join()
        calm_s = time.monotonic()
        try:
            until(lambda: not region.sql(UNDER_WAY, (decisions,))[0][0], 240, say=lambda: waiting(region, decisions))
        except AssertionError as error:
            failures.append(str(error)[:1500])
        drained = time.monotonic() - calm_s
        if not receivers.server.settled():      # a server that was killed while it took a message keeps half of it for ever
            receivers.server.flush()
        found = judge(region, receivers, storm, decisions)
        result = {'seed': seed, 'decisions': many, 'kills': len([k for k in storm.kills if k[0] != 'disk_full']), **found, 'failures': failures, 'troubles': storm.troubles[:5],
                  'faults': dict(Counter(name for name, *_ in storm.kills)), 'own_disk': receivers.own_disk, 'drained_s': round(drained, 1), 'total_s': round(time.monotonic() - from_s, 1)}
        result['ok'] = (not any(found[k] for k in ('lost', 'duplicate', 'phantom', 'wrong', 'unexplained', 'not_notified', 'too_soon')) and not failures
                        and found['uncertain'] <= found['hit'] and set(found['states']) <= {'sent', 'delivered', 'uncertain'} and 'disk_full' in result['faults'])
        return result


if __name__ == '__main__':
    outcome = chaos_notifications(BIN, int(os.environ.get('DECISIONS', '200')), int(os.environ.get('SECONDS', '90')), int(os.environ.get('SEED', str(random.randrange(10**6)))),
                                  mail={'exim': Exim, 'aiosmtpd': Aiosmtpd}[os.environ.get('SMTP', 'exim')], real_disk=True)
    print(json.dumps(outcome))
    sys.exit(0 if outcome['ok'] else 1)
