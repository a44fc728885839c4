# SPDX-License-Identifier: EUPL-1.2
"""Attacks of who is inside already: with the login of one program in PostgreSQL or Redis, or as another user of the machine. And what
breaks around the product."""
import json
import os
import re
import signal
import stat
import subprocess
from pathlib import Path

import psycopg2

from frame import attack, held, until
from region import programs


def refused(world, program, statements, before=''):
    """Each of these, with the login of a program: PostgreSQL must refuse it."""
    for statement in statements:
        connection = psycopg2.connect(f'{world.region.env["MAATWERK_PG"]} user=maatwerk_{program}')
        try:
            with connection.cursor() as cursor:
                if before:
                    cursor.execute(before)
                cursor.execute(statement)
                held(False, f'{program}: {statement}')
        except psycopg2.Error:
            pass
        finally:
            connection.close()
    return len(statements)


@attack(16, 'a login of PostgreSQL reads another municipality', short=True)
def sql_of_another_municipality(world):
    first, second = (row[0] for row in world.sql('select tenant_id from ref.tenant order by 1 limit 2'))
    tables = [row[0] for row in world.sql("select tablename from pg_tables where schemaname = 'app'")]
    seen = 0
    for program in programs():
        connection = psycopg2.connect(f'{world.region.env["MAATWERK_PG"]} user=maatwerk_{program}')
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.tenant', %s, false), set_config('app.scope', 'tenant', false), "
                           "set_config('app.role', 'consultant', false)", (str(first),))
            for table in tables:
                try:
                    cursor.execute(f'select count(*) from app.{table} where tenant_id <> %s', (first,))
                    found = cursor.fetchone()[0]
                except psycopg2.errors.InsufficientPrivilege:
                    continue
                seen += 1
                held(found == 0, f'{program} sees {found} rows of app.{table} of others ({second})')
        connection.close()
    return f'{seen} tables read'


@attack(16, 'a login of PostgreSQL reads persons that its program does not work with', short=True)
def sql_that_reads_persons(world):
    tried = 0
    for program in programs():
        if program != 'candidates':
            tried += refused(world, program, [f'select {column} from app.candidate limit 1' for column in
                                              ('first_name', 'last_name', 'birth_date', 'email', 'phone', 'wishes')])
        tried += refused(world, program, ['select * from app.candidate_bsn', 'select * from audit.entry', 'select payload from queue.job'])
    return f'{tried} statements'


@attack(16, 'a login of PostgreSQL finds by their letters names that it cannot read', short=True)
def names_by_searching(world):
    tenant, tried = world.sql("select tenant_id from ref.tenant where code = 'gm9901'")[0][0], 0
    for program in programs('service'):
        connection = psycopg2.connect(f'{world.region.env["MAATWERK_PG"]} user=maatwerk_{program}')
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.tenant', %s, false)", (str(tenant),))
            for noun, table in (('user', 'user_account'), ('candidate', 'candidate'), ('employer', 'employer'), ('organisation', 'organisation')):
                cursor.execute("select has_any_column_privilege(%s, 'select'), (select count(*) from generate_series(97, 122) c, app.named(%s, chr(c)))",
                               (f'app.{table}', noun))
                reads, found = cursor.fetchone()
                tried += 26
                held(reads or not found, f'{program} finds {found} of app.{table}')
        connection.close()
    return f'{tried} letters'


@attack(16, 'a login of PostgreSQL changes the house, or takes its locks', short=True)
def sql_against_the_house(world):
    statements = ['set role maatwerk_owner', 'create table app.x (a int)', 'alter table app.vacancy disable row level security',
                  'truncate app.vacancy', "select pg_read_file('/etc/passwd')", "copy (select 1) to program 'id'", 'select pg_advisory_lock(7000)',
                  "insert into clock.shift (shift) values ('1 day')", 'alter system set fsync = off', 'select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user',
                  "select lo_import('/etc/passwd')", 'create function pg_temp.f() returns int language c as $$/tmp/x$$, $$f$$',
                  'select * from pg_authid', 'create extension dblink', 'load $$/tmp/x$$']
    tried = sum(refused(world, program, statements) for program in programs())
    tried += sum(refused(world, program, ['select queue.lead(null)']) for program in programs() if program != 'dispatcher')
    return f'{tried} statements'


@attack(8, 'Redis says that workers are dead and jobs are poison', short=True)
def forged_redis(world):
    """Everything that can be written there, by who has taken it over: consumers, entries, suspects, numbers that nobody has."""
    at, worker = world.region.redis(decode_responses=True), 'mw:{s0}:matching'
    buried = 'select count(*) from queue.dead'
    before = world.sql(buried)
    vacancies = [world.vacancy() for _ in range(4)]
    for round_ in range(6):
        for job, in world.sql('select id from queue.job limit 50'):
            for end in ('p0', 'p1', 'q'):
                at.xadd(f'{worker}:{end}', {'j': f'{job},{job},999999999'})
        for end in ('p0', 'p1', 'p2', 'q'):
            at.xadd(f'{worker}:{end}', {'j': 'x,,-1,99999999999999999999'})
            at.xadd(f'{worker}:{end}', {'other': 'thing'})
            at.xreadgroup('w', f'dead{round_}', {f'{worker}:{end}': '>'}, count=100)
        at.delete('mw:{s0}:inc', 'mw:{s0}:wake')
    consultant = world.client('consultant')
    for vacancy in vacancies:
        consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'})
    for vacancy in vacancies:
        found = consultant.wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: r.json['status'] == 'ready', world.patience_s)
        held(found.json['status'] == 'ready', 'no shortlist')
    held(world.sql(buried) == before, 'something was buried')


@attack(9, 'Redis answers, and takes nothing', short=True)
def full_redis(world):
    at = world.region.redis()
    at.config_set('maxmemory', 1)
    try:
        world.shortlisted()
        until(lambda: 'redis-trouble' in bad(world), 20)
    finally:
        at.config_set('maxmemory', '64mb')


def bad(world):
    """What the doctor has found."""
    found = map(json.loads, world.region.command('queue', 'doctor', '--json').stdout.splitlines())
    return {one['code'] for one in found if not one['ok']}


@attack(9, 'the dispatcher that leads stands still', short=True)
def standing_leader(world):
    pid = world.region.processes['dispatcher'].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        world.shortlisted()
        until(lambda: 'no-leader' in bad(world), 20)
    finally:
        os.kill(pid, signal.SIGCONT)


@attack(8, 'a program does more in Redis than it needs', short=True)
def redis_rights(world):
    tried = 0
    commands = ['flushall', 'config set maxmemory 1', 'acl setuser x on', 'keys *', 'script flush', 'shutdown nosave', 'client kill type normal',
                'del mw:{s0}:inc', 'set mw:{s0}:x 1', 'replicaof 127.0.0.1 1']
    for program in programs():
        at = world.region.redis(program)
        for command in commands:
            tried += 1
            try:
                at.execute_command(*command.split())
                held(False, f'{program}: {command}')
            except Exception as error:
                held('permission' in str(error), f'{program}: {command}: {error}')
    return f'{tried} commands'


@attack(7, 'another user of the machine opens files and sockets', short=True)
def other_users(world):
    at = world.region.folder.resolve()
    held(stat.S_IMODE(at.stat().st_mode) == 0o700, f'{at} is open')
    for base, folders, files in os.walk(at):
        for name in (*folders, *files):
            path = Path(base) / name
            if stat.S_ISSOCK(path.lstat().st_mode) or path.parent.name in ('keys', 'secrets'):
                held(not path.lstat().st_mode & 0o077, f'{path.relative_to(at)} is open')
    if os.getuid():
        return 'modes only'
    for program in (['psql', '-h', f'{at}/run', '-U', 'maatwerk_admin', '-c', 'select 1', 'maatwerk'],
                    ['redis-cli', '-s', f'{at}/run/redis.sock', 'ping'], ['cat', f'{at}/env'], ['ls', f'{at}/keys']):
        done = subprocess.run(['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', *program], cwd='/', capture_output=True)
        held(done.returncode != 0, ' '.join(program[:1]))


@attack(25, 'a program leaves its memory in a file', short=True)
def cores(world):
    for name, process in world.region.processes.items():
        limits = Path(f'/proc/{process.pid}/limits').read_text()
        held(re.search(r'^Max core file size +0 +0 ', limits, re.M), f'{name} may')


@attack(12, 'logs name persons, or hold tokens', short=True, last=True)
def names_in_logs(world):
    """After all the other attacks: what the programs wrote."""
    names = {row[0] for row in world.sql("select last_name from app.candidate where char_length(last_name) > 6 "
                                         "union select name from app.user_account where char_length(name) > 6 "
                                         "union select alias from app.candidate where alias like '%% %%'")}
    tokens = [token.rsplit('.', 1)[1] for token in world.region.tokens.values()]
    for log in (world.region.folder / 'log').glob('*.log'):
        text = log.read_text(errors='replace')
        found = [name for name in (*names, *tokens) if name in text]
        held(not found, f'{log.name}: {found[:1]}')
    return f'{len(names)} names, {len(tokens)} tokens looked for'
