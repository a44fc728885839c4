# SPDX-License-Identifier: EUPL-1.2
"""What other users of the machine can reach: files, sockets, ports, memory. An installation as `make run` makes it."""
import os
import re
import signal
import stat
import subprocess
from pathlib import Path

import psycopg2
import pytest
import redis

from region import ROOT, programs, until

PROGRAMS = programs()


def everything_under(folder):
    for base, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield Path(base) / name


def test_attack_07_nobody_else_can_open_a_file_or_a_socket(region):
    """The folder is closed for others. What is in it is closed too, except what only Redis hands on: its secrets, by group."""
    at = region.folder.resolve()
    assert stat.S_IMODE(at.stat().st_mode) == 0o700
    for name in ('run', 'log', 'postgres', 'keys'):
        assert stat.S_IMODE((at / name).stat().st_mode) == 0o700, name
    sockets = [path for path in everything_under(at) if stat.S_ISSOCK(path.lstat().st_mode)]
    assert {path.name for path in sockets} == {'redis.sock', '.s.PGSQL.5432'}
    assert all(stat.S_IMODE(path.lstat().st_mode) == 0o700 for path in sockets)
    for path in (*everything_under(at / 'keys'), *everything_under(at / 'run/secrets')):
        assert not path.stat().st_mode & 0o077, path


def test_attack_07_the_kernel_says_who_logs_in(region):
    """No password, no trust: whoever is not the user that started the servers is nobody."""
    at = region.folder.resolve() / 'postgres'
    assert (at / 'pg_hba.conf').read_text() == 'local all all peer map=maatwerk\n'
    users = {line.split()[1] for line in (at / 'pg_ident.conf').read_text().splitlines()}
    assert len(users) == 1
    if os.getuid():
        return
    nobody = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups']
    for program in ('psql', '-h', str(at.parent / 'run'), '-U', 'maatwerk_admin', '-c', 'select 1', 'maatwerk'), \
                   ('redis-cli', '-s', str(at.parent / 'run/redis.sock'), 'ping'):
        done = subprocess.run([*nobody, *program], cwd='/', text=True, capture_output=True)
        assert done.returncode and 'PONG' not in done.stdout, program
    opened = subprocess.run([*nobody, 'sh', '-c', f'chmod 777 {at}; ls {at.parent}'], cwd='/', text=True, capture_output=True)
    assert opened.returncode and not opened.stdout


def test_attack_07_only_loopback_listens(region):
    """Services: the API and their management port. Servers: sockets only."""
    pids = [process.pid for process in region.processes.values()]
    at = region.folder.resolve()
    pids += [int((at / 'postgres/postmaster.pid').read_text().split()[0]), int((at / 'run/redis.pid').read_text())]
    inodes = {m[1] for pid in pids for fd in Path(f'/proc/{pid}/fd').iterdir()
              if (m := re.fullmatch(r'socket:\[(\d+)\]', os.readlink(fd)))}
    listening = set()
    for family in ('tcp', 'tcp6', 'udp', 'udp6'):
        for line in Path(f'/proc/net/{family}').read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes and (fields[3] == '0A' or family.startswith('udp')):
                address, port = fields[1].split(':')
                listening.add((family, address, int(port, 16)))
    assert listening == {('tcp', '0100007F', region.port), ('tcp', '0100007F', region.management)}


def test_attack_25_no_program_leaves_a_core(region):
    for process in region.processes.values():
        limits = Path(f'/proc/{process.pid}/limits').read_text()
        assert re.search(r'^Max core file size +0 +0 ', limits, re.M), limits


@pytest.mark.parametrize('name', ['platform', 'dispatcher', 'matching'])
def test_attack_25_not_even_when_a_core_was_allowed(region, tmp_path, name):
    binary = ROOT / f'build/release/bin/maatwerk-{name}'
    env = {**region.env, 'MAATWERK_LISTEN': '127.0.0.1:0', 'MAATWERK_MANAGEMENT': '127.0.0.1:0'}
    with open(tmp_path / 'log', 'wb') as log:
        process = subprocess.Popen(['sh', '-c', f'ulimit -c unlimited && exec {binary}'], cwd=tmp_path, env=env, stdout=log, stderr=log)
    until(lambda: b'"ready"' in (tmp_path / 'log').read_bytes() or process.poll() is not None)
    os.kill(process.pid, signal.SIGSEGV)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = status
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV and not os.WCOREDUMP(status)
    assert [path.name for path in tmp_path.iterdir()] == ['log']


# ---------------------------------------------------------------------------------------------------- Redis

MINE = {'service': ['lpush mw:{s0}:wake 1'], 'worker': ['set mw:{s0}:hb:x 1 PX 10', 'xreadgroup GROUP w x STREAMS mw:{s0}:NAME:p1 >'],
        'dispatcher': ['set mw:{s0}:probe 1 PX 10', 'xlen mw:{s0}:matching:p1'], 'tool': ['xrange mw:{s0}:matching:p1 - +']}
NOBODYS = ['flushall', 'config get dir', 'keys *', 'acl list', 'client list', 'script load x', 'shutdown', 'monitor',
           'get elsewhere', 'set mw:{s0}:x 1']
OTHERS = {'service': ['xadd mw:{s0}:matching:p1 * j 1', 'set mw:{s0}:hb:x 1', 'set mw:{s0}:drain:matching 1', 'blpop mw:{s0}:wake 0.01'],
          'worker': ['xadd mw:{s0}:NAME:p1 * j 1', 'set mw:{s0}:drain:NAME 1', 'del mw:{s0}:inc', 'del mw:{s0}:NAME:p1', 'blpop mw:{s0}:wake 0.01',
                     'xreadgroup GROUP w x STREAMS mw:{s0}:other:p1 >', 'eval return(1) 0'],
          'dispatcher': ['set mw:{s0}:drain:matching 1', 'set mw:{s0}:hb:x 1', 'del mw:{s0}:matching:p1', 'xgroup destroy mw:{s0}:matching:p1 w'],
          'tool': ['xadd mw:{s0}:matching:p1 * j 1', 'del mw:{s0}:inc', 'set mw:{s0}:hb:x 1', 'eval return(1) 0', 'xack mw:{s0}:matching:p1 w 1-1']}


@pytest.mark.parametrize('program', PROGRAMS)
def test_attack_08_a_program_may_do_in_redis_what_it_does(region, program):
    kind = next(kind for kind in MINE if program in programs(kind))
    at = region.redis(program)
    for command in MINE[kind]:
        at.execute_command(*command.replace('NAME', program).split())
    for command in (*NOBODYS, *OTHERS[kind]):
        with pytest.raises(redis.exceptions.NoPermissionError):
            at.execute_command(*command.replace('NAME', program).split())


def test_attack_08_who_has_no_secret_does_nothing(region):
    at = redis.Redis(unix_socket_path=region.env['MAATWERK_REDIS'].removeprefix('unix:'))
    assert at.ping()
    for command in ('get mw:{s0}:inc', 'info', 'flushall', 'lpush mw:{s0}:wake 1'):
        with pytest.raises(redis.exceptions.NoPermissionError):
            at.execute_command(*command.split())
    for user in (*PROGRAMS, 'admin'):
        with pytest.raises((redis.exceptions.ConnectionError, redis.exceptions.ResponseError)):
            redis.Redis(unix_socket_path=region.env['MAATWERK_REDIS'].removeprefix('unix:'), password='x',
                        username=user if user == 'admin' else f'maatwerk_{user}').ping()
