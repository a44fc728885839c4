#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make test, make check: tests/suite.py test|check [T]. Every test, or only the file, `file::name` or name T. Stages follow each
other; in a stage each file of tests is a process of its own, with an installation of its own, beside others. The storms (gates
and chaos) come last, one process for each test. The last line is the sum."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from region import ROOT, remove  # noqa: E402

PYTEST = ['/usr/bin/python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider']
AT_ONCE = 3 * os.cpu_count()    # tests wait more than they compute
STORMS_AT_ONCE = 2 * os.cpu_count()
LONGEST_S = 600
MEMORY = 6 << 30
SLOWEST = 10
PROGRAMS = (['build', 'build/release/bin/maatwerk-chaos', 'build/release/flaky.so', 'build/release/clock_shift.so'], ['SAN=1', 'programs'])
STORMS = ('chaos', 'gates')
FOLDERS = ('checks', 'e2e', 'property', 'attack', *STORMS)


running = set()     # processes of pytest


class Count:
    def __init__(self):
        self.passed = self.failed = 0
        self.times, self.lock = [], threading.Lock()

    def add(self, name, good, words='', seconds=0.0):
        with self.lock:
            self.passed += good
            self.failed += not good
            if seconds >= 0.1:
                self.times.append((seconds, name))
            if not good:
                print(f'FAILED {name}\n{words}', flush=True)

    def stage(self, name, work, *arguments):
        before, from_s = (self.passed, self.failed), time.monotonic()
        work(self, *arguments)
        print(f'{name}: {self.passed - before[0]} passed, {self.failed - before[1]} failed '
              f'({time.monotonic() - from_s:.0f} s)', flush=True)

    def close(self):
        for seconds, name in sorted(self.times, reverse=True)[:SLOWEST]:
            print(f'{seconds:6.1f} s  {name}')
        print(f'{self.passed} passed, {self.failed} failed', flush=True)
        return 1 if self.failed or not self.passed else 0


# --------------------------------------------------------------------------------------------- make and C

def build(count, *goals):
    for words in goals:
        done = subprocess.run(['make', '--no-print-directory', '-s', '-j2', *words], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        count.add('build ' + ' '.join(words), done.returncode == 0, done.stdout[-4000:])


def units(count, programs, only=''):
    """`only`: the tests whose names contain it."""
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT='TAP', ASAN_OPTIONS='detect_leaks=0')
    for test in programs:
        done = subprocess.run([ROOT / 'build/asan/test' / test], env=env, cwd=ROOT, text=True, capture_output=True)
        words = done.stdout[-2000:] + done.stderr[-3000:]
        lines = re.findall(r'^(ok|not ok) \d+ - (\w+)', done.stdout, re.M)
        for word, name in lines:
            if only in name:
                count.add(f'{test}: {name}', word == 'ok', words)
        if not lines or (done.returncode and all(word == 'ok' for word, _ in lines)):
            count.add(test, False, words)


def fuzz_corpora(count):
    done = subprocess.run(['sh', ROOT / 'tests/fuzz/replay.sh'], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    for line in re.findall(r'^ok fuzz corpus .*', done.stdout, re.M):
        count.add(line, True)
    count.add('fuzz corpora', done.returncode == 0, done.stdout[-4000:])


def model(count):
    """The small bounds of `make model`: each line is a protocol or a mutant."""
    done = subprocess.run([ROOT / 'build/release/model', '--small'], text=True, stdout=subprocess.PIPE)
    for line in done.stdout.splitlines():
        count.add('model: ' + line, bool(re.search(r' s  (sound|caught|harmless)', line)), line)
    count.add('model', done.returncode == 0, done.stdout)


def linters(count):
    files = subprocess.run(['git', 'ls-files', '*.c'], cwd=ROOT, text=True, capture_output=True).stdout.split()
    programs = [f for f in files if '/gen/' not in f and not f.startswith('tests/')]
    flags = '-std=gnu11 -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -I. -I/usr/include/postgresql -include lib/base/banned.h'.split()
    commands = {
        'clang': ['clang', '-fsyntax-only', '-Wall', '-Wextra', '-Werror', *flags, *programs],
        'clang-tidy': ['xargs', '-P2', '-n8', 'sh', '-c', f'clang-tidy --quiet "$@" -- {" ".join(flags)}', 'clang-tidy'],
        'cppcheck': ['cppcheck', '--quiet', '--enable=warning,portability', '--error-exitcode=1', '--inline-suppr',
                     '--suppress=*:*/gen/*', '--suppress=internalAstError', '-I.', 'lib', 'services', 'workers'],
    }
    for name, command in commands.items():
        done = subprocess.run(command, cwd=ROOT, text=True, input='\n'.join(programs), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        count.add(name, done.returncode == 0, done.stdout[-3000:])


# ------------------------------------------------------------------------------------------------ Python

def ended(process):
    """What it printed. One that takes too long is interrupted, so that it ends what it started."""
    try:
        return process.communicate(timeout=LONGEST_S)[0]
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=60)[0] + '\nit took too long'
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0] + '\nit took too long, and did not end'


def python_process(count, arguments):
    with tempfile.TemporaryDirectory(prefix='maatwerk-test.', dir=os.environ['MAATWERK_TMP']) as folder:
        report = Path(folder) / 'report.xml'
        process = subprocess.Popen([*PYTEST, f'--basetemp={folder}/tmp', f'--junitxml={report}', *arguments], cwd=ROOT, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        running.add(process)
        printed = ended(process)
        running.remove(process)
        cases = list(xml.parse(report).getroot().iter('testcase')) if report.exists() else []
    for case in cases:
        bad = [child for child in case if child.tag in ('failure', 'error')]
        count.add(f'{(case.get("classname") or "").removeprefix("tests.")}: {case.get("name")}', not bad,
                  '\n'.join((child.text or '')[-3000:] for child in bad), float(case.get('time') or 0))
    if not cases or process.returncode not in (0, 1):
        count.add(f'pytest {" ".join(arguments)}', False, printed[-3000:])


def python_tests(count, each, at_once=AT_ONCE):
    """A process for each list of arguments. When the run is ended, they end what they started."""
    with ThreadPoolExecutor(at_once) as pool:
        try:
            for one in as_completed([pool.submit(python_process, count, arguments) for arguments in each]):
                one.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                process.send_signal(signal.SIGINT)
            raise


def names_of(count, *arguments):
    """The tests that pytest finds with these arguments. Files of two folders may have the same name: not in one process."""
    found = subprocess.run([*PYTEST, '--collect-only', *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT)
    if found.returncode not in (0, 5):
        count.add('tests are found', False, found.stdout[-3000:])
    return [line for line in found.stdout.splitlines() if '::' in line]


def files_of(*folders):
    """Folder by folder. First those that take longest: an installation of another kind to break it, other tools; then the largest."""
    def order(file):
        text = file.read_text()
        return not re.search("Region.started|'npm'|'gcc'", text), -len(text)
    return [str(f.relative_to(ROOT)) for folder in folders for f in sorted((ROOT / 'tests' / folder).glob('test_*.py'), key=order)]


def end_to_end(count):
    with tempfile.NamedTemporaryFile('r', suffix='.called') as called:
        os.environ['MAATWERK_CALLED'] = called.name
        python_tests(count, [[file] for file in files_of('property', 'attack', 'e2e')])
        seen = set(called.read().split())
    del os.environ['MAATWERK_CALLED']
    contract = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
    operations = [operation for item in contract['paths'].values() for method, operation in item.items() if method != 'parameters']
    for name, known in (('every operation was called', {o['operationId'] for o in operations}),
                        ('every 304 of the contract came', {o['operationId'] + ':304' for o in operations if '304' in o['responses']})):
        count.add(name, known <= seen, ', '.join(sorted(known - seen)))


def storms(count):
    """Each test of the gates and of chaos is long: one process for each."""
    names = names_of(count, *files_of(*STORMS))
    count.add('there are storms', bool(names))
    python_tests(count, [[name] for name in names], STORMS_AT_ONCE)


# ------------------------------------------------------------------------------------------- all, or some

def unit_tests():
    return sorted((ROOT / 'tests/unit').glob('*/test_*.c'))


def programs_of(sources):
    return [f'{source.parent.name}/{source.stem}' for source in sources]


def everything(count):
    count.stage('build', build, [*PROGRAMS[0], 'build/release/model'], PROGRAMS[1], ['SAN=1', 'units'])
    count.stage('checks', python_tests, [[file] for file in files_of('checks')])
    count.stage('unit', units, programs_of(unit_tests()))
    count.stage('model', model)
    count.stage('fuzz corpora', fuzz_corpora)
    count.stage('end to end', end_to_end)
    count.stage('storms', storms)


def some(count, wanted):
    """A file, `file::name`, or a name: that is looked for in every file. A part of a name is enough."""
    file, _, name = wanted.partition('::')
    in_c = [f for f in unit_tests() if f.stem == Path(file).stem]
    in_python = [f for f in files_of(*FOLDERS) if Path(f).stem == Path(file).stem]
    if not in_c and not in_python:
        name, in_python = wanted, files_of(*FOLDERS)
        in_c = [f for f in unit_tests() if re.search(rf'^static void \w*{re.escape(name)}', f.read_text(), re.MULTILINE)]
    each = [[f] for f in in_python]
    if name and in_python:
        names = [one for _, files in groupby(in_python, os.path.dirname) for one in names_of(count, *files, '-k', name)]
        each = [list(group) for _, group in groupby(names, lambda one: one.split('::')[0])]
    programs = programs_of(in_c)
    needed = PROGRAMS if any('/checks/' not in words[0] for words in each) else ()
    count.stage('build', build, *needed, *(['SAN=1', f'build/asan/test/{program}'] for program in programs))
    before = count.passed + count.failed
    count.stage('unit', units, programs, name)
    count.stage('Python', python_tests, each)
    if count.passed + count.failed == before:
        count.add(wanted, False, 'there is no such test')


def place():
    """Where installations are: in memory when there is enough, because to copy one makes thousands of files."""
    memory = '/dev/shm'
    return memory if os.path.isdir(memory) and shutil.disk_usage(memory).free >= MEMORY else '/var/tmp'


def main():
    what, wanted = sys.argv[1], ' '.join(sys.argv[2:])
    count = Count()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ['MAATWERK_TMP'] = place()
    folder = Path(tempfile.mkdtemp(prefix='maatwerk-templates.', dir=place()))
    os.environ['MAATWERK_TEMPLATES'] = str(folder)
    try:
        some(count, wanted) if wanted else everything(count)
        if what == 'check':
            count.stage('linters', linters)
    finally:
        for made in folder.iterdir():
            if made.is_dir():
                remove(made)
        shutil.rmtree(folder)
    return count.close()


sys.exit(main())
