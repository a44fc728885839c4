#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make chaos MUTANTS=1: the gates are tested too. Each mutant is the tree with one thing broken on purpose, in a copy under
build/mutants; a gate must fail on it, else the gate proves nothing. Closes with one JSON line.

  effects, order, dead letters under faults     chaos_queue, short; of a group of faults perhaps only one, how often; `slow`: in their end
  rules of the functions                        tests/e2e/test_queue.py
  nothing goes wrong, so nothing may be slow    quiet: no faults, and no job may wait for the reconciliation
  each hears of a decision once                 notifications: chaos_notifications, short
"""
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECONCILE, BATCH = 'workers/dispatcher/reconcile.c', 'lib/queue/batch.c'
SEND = 'sql/functions/message_send.sql'
QUEUE, DISPATCH, LEASE = 'sql/functions/queue.sql', 'sql/functions/queue_dispatch.sql', 'sql/functions/queue_lease.sql'

# name: (gate, [(file, what stands there, what stands there now)])
MUTANTS = {
    'no-reconciliation': ('chaos', [
        (RECONCILE, 'bool whole = true;', 'bool whole = true;\n    if (whole) {\n        arena_free(arena);\n        return true;\n    }')]),
    'ghosts-counted-live': ('chaos ghosts 60', [
        (RECONCILE, 'if (stream_reply_is_alive(&entry, pending, last)) {', 'if (stream_reply_is_alive(&entry, pending, last) || *entry.id) {')]),
    'effect-before-finish': ('chaos child 300 slow', [
        (BATCH, '    if (!finish(executor, &whole, &sorted, &leased)) {',
         '    sql_queue_commit(&whole);\n    if (session_run(executor->db, &whole) != OK) {\n        session_rollback(executor->db);\n'
         '        return false;\n    }\n    struct plan later = {.ctx = &ctx};\n    sql_queue_begin(&later);\n'
         '    if (!finish(executor, &later, &sorted, &leased)) {')]),
    'claim-without-lock': ('chaos twice 60', [
        (DISPATCH, "order by j.tenant, j.kind, j.id for update of j skip locked;", 'order by j.tenant, j.kind, j.id;'),
        (QUEUE, 'if count < cardinality(ids) then', 'if false then')]),
    'lane-never-opens': ('chaos', [
        (QUEUE, "update queue.job j set state = (case when j.run_at > clock.now() then 'waiting' else 'ready' end)::queue.job_state where j.lane = wanted",
         "return; update queue.job j set state = 'ready' where j.lane = wanted")]),
    'lane-without-order': ('chaos', [
        (QUEUE, '            if place > done + 1 then\n                starts := \'blocked\';\n            end if;\n', '')]),
    'fence-not-checked': ('rules', [
        (LEASE, "j.id = job and j.state = 'leased' and j.fence = held for update;", "j.id = job and j.state = 'leased' for update;"),
        (LEASE, "j.id = job and j.state = 'leased' and j.fence = held returning", "j.id = job and j.state = 'leased' returning")]),
    'unique-key-ends-early': ('rules', [
        (DISPATCH, '        return query select j.id, j.tenant, j.kind, j.attempt, j.lane, j.seq,\n',
         '        delete from queue.unique_key u where u.job_id = any (ids);\n'
         '        return query select j.id, j.tenant, j.kind, j.attempt, j.lane, j.seq,\n')]),
    'carried-is-sent-again': ('rules', [
        (DISPATCH, 'and j.kind = w.kind and (j.id > newest or j.id not in (select unnest(busy)))', 'and j.kind = w.kind'),
        (DISPATCH, 'and j.id >= s.first and (j.id > newest or j.id not in (select unnest(busy)))', 'and j.id >= s.first')]),
    'crash-not-counted': ('chaos', [
        (DISPATCH, 'update queue.job j set crash = crash + 1 where j.id = suspect', 'update queue.job j set crash = crash where j.id = suspect')]),
    'trial-of-nobody': ('rules', [
        (DISPATCH, "if not pg_try_advisory_lock('queue.job'::regclass::int, (suspect % 2147483647)::int) then", 'if false then')]),
    'sends-before-it-notes': ('notifications', [
        (SEND, 'update app.message_attempt a set handed_at = clock.now(), template_version', 'update app.message_attempt a set template_version'),
        (SEND, 'update app.message_attempt b set outcome = how,', 'update app.message_attempt b set handed_at = clock.now(), outcome = how,')]),
    'notes-before-it-sends': ('notifications', [
        (SEND, 'bytes text) returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$ begin',
         'bytes text) returns boolean language plpgsql\n    security definer set search_path = pg_catalog, pg_temp\n    as $$\n    declare\n        said app.message;\n    begin'),
        (SEND, 'where s.tenant_id = m.tenant_id and s.stopped); return found; end $$;',
         "where s.tenant_id = m.tenant_id and s.stopped);\n        select m.* into said from app.message m where m.tenant_id = app.tenant() and m.id = message;\n        update app.message_attempt a set outcome = 'accepted', ended_at = clock.now()\n"
         '        where a.tenant_id = app.tenant() and a.message_id = message and a.number = attempt;\n        perform app.message_fire(said, \'send\');\n        return true;\n    end $$;')]),
}
SEED = int(os.environ.get('SEED', '7'))


def copy_of(name):
    """The tree with what is built, times kept, so that only what the mutant touches is built anew."""
    at = ROOT / 'build/mutants' / name
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir(parents=True)
    files = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard'], cwd=ROOT, text=True, capture_output=True,
                           check=True).stdout.split('\n')
    for file in filter(None, files):
        (at / file).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / file).is_file():
            shutil.copy2(ROOT / file, at / file)
    shutil.copytree(ROOT / 'build/release', at / 'build/release', copy_function=shutil.copy2, symlinks=True)
    return at


def pattern_of(text):
    return r'\s+'.join(map(re.escape, text.split()))       # however the formatter breaks the line


def break_it(at, changes):
    for file, before, after in changes:
        text = (at / file).read_text()
        broken, count = re.subn(pattern_of(before), lambda _: after.strip(), text, count=1)
        assert count == 1, f'{file}: what this mutant breaks is not there any more: {before}'
        (at / file).write_text(broken)
    # the mutants are not held to the house style: no -Werror
    makefile = (at / 'Makefile').read_text()
    done = subprocess.run(['make', '-s', '-j2', 'build', 'build/release/bin/maatwerk-chaos', '-o', 'Makefile'], cwd=at, text=True,
                          capture_output=True)
    assert makefile and done.returncode == 0, done.stderr[-2000:]


def judge(at, gate):
    """What the gate says: None when it let the mutant pass."""
    environment = {**os.environ, 'SEED': str(SEED)}
    if gate == 'notifications':
        done = subprocess.run(['/usr/bin/python3', 'tests/chaos/chaos_notifications.py'], cwd=at, text=True, capture_output=True,
                              env={**environment, 'MAATWERK_BIN': str(at / 'build/release/bin'), 'MAATWERK_TEMPLATES': '', 'DECISIONS': '30', 'SECONDS': '30'})
        return verdict(done)
    if gate == 'rules':
        done = subprocess.run(['/usr/bin/python3', '-m', 'pytest', '-q', '-x', 'tests/e2e/test_queue.py'], cwd=at, text=True,
                              capture_output=True, env={**environment, 'MAATWERK_BIN': str(at / 'build/release/bin')})
        failed = re.search(r'^FAILED .*', done.stdout, re.MULTILINE)
        return failed and failed.group(0)[:160]
    more = {'JOBS': '3000', 'SECONDS': '8', 'QUIET': '1'} if gate == 'quiet' else {'JOBS': '6000', 'SECONDS': '18'}
    only = gate.split()[1:]
    if only:
        more['ONLY'] = ' '.join(only[:2])
    if 'slow' in only:
        more.update(SLOW_END='1', JOBS='1000')
    done = subprocess.run(['/usr/bin/python3', 'tests/chaos/chaos_queue.py'], cwd=at, text=True, capture_output=True,
                          env={**environment, **more, 'DRAIN': '12'})
    return verdict(done)


def verdict(done):
    lines = [line for line in done.stdout.splitlines() if line.startswith('{')]
    outcome = json.loads(lines[-1]) if lines else {'ok': False, 'stderr': done.stderr[-300:]}
    return None if outcome['ok'] else {k: v for k, v in outcome.items() if v and k not in ('faults', 'seed', 'total_s')}


def main():
    wanted = sys.argv[1:] or ['none', *MUTANTS]
    caught, passed = {}, []
    for name in wanted:
        from_s = time.monotonic()
        gates = ('rules', 'chaos', 'chaos child 300 slow', 'quiet', 'notifications') if name == 'none' else (MUTANTS[name][0],)
        at = copy_of(name)
        break_it(at, [] if name == 'none' else MUTANTS[name][1])
        built_s = time.monotonic()
        for gate in gates:
            why = judge(at, gate)
            right = (why is None) == (name == 'none')
            print(f'{name}: {gate} {"passes" if why is None else "fails"} after {time.monotonic() - built_s:.0f} s: {why}', flush=True)
            if right:
                caught[name] = round(time.monotonic() - from_s, 1)
            else:
                passed.append(f'{name}: {gate}')
        shutil.rmtree(at, ignore_errors=True)
    print(json.dumps({'seed': SEED, 'as_it_should_be': caught, 'wrong': passed, 'ok': not passed}))
    return 1 if passed else 0


if __name__ == '__main__':
    sys.exit(main())
