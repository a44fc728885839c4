#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make run, make test, make check: tests/run.py run|test|check. Tests are counted; the last line is the sum."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from region import ROOT, Region, port_is_free  # noqa: E402
from scenarios.main_job import main_job  # noqa: E402

ROLES = ('consultant', 'employer', 'case_manager', 'team_lead', 'account_manager', 'coach', 'field_officer',
         'sector_coach', 'firm', 'agency', 'course_leader', 'hub', 'partner', 'candidate', 'analyst', 'tenant_admin')


# ---------------------------------------------------------------------------------------------------- make run

def make_docs():
    """The docs page: swagger-ui from npm, when there is npm."""
    page, made = ROOT / 'docs/page', ROOT / 'build/docs'
    if (made / 'index.html').exists() or not shutil.which('npm'):
        return
    made.mkdir(parents=True, exist_ok=True)
    for name in ('package.json', 'package-lock.json', 'index.html', 'start.js'):
        if (page / name).exists():
            shutil.copy(page / name, made / name)
    done = subprocess.run(['npm', 'ci', '--silent', '--no-audit', '--no-fund'], cwd=made, capture_output=True)
    dist = made / 'node_modules/swagger-ui-dist'
    if done.returncode or not dist.exists():
        shutil.rmtree(made)
        return
    for name in ('swagger-ui.css', 'swagger-ui-bundle.js'):
        shutil.copy(dist / name, made / name)
    shutil.rmtree(made / 'node_modules')


def reset(folder):
    subprocess.run([ROOT / 'docker/servers', 'stop', folder], check=True)
    if folder.is_symlink():
        shutil.rmtree(folder.resolve(), ignore_errors=True)
        folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)


def run():
    folder = ROOT / 'var'
    if os.environ.get('RESET') == '1':
        reset(folder)
    make_docs()
    taxonomy = os.environ.get('TAXONOMY')
    region = Region(folder, ROOT / 'build/release/bin', 8080 if port_is_free(8080) else None,
                    int(os.environ.get('CANDIDATES', '5600')), taxonomy,
                    os.environ.get('TAXONOMY_VERSION', 'esco' if taxonomy else 'sample-1'))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    status = 1
    try:
        region.start_servers()
        region.prepare(print)
        region.start_programs()
        wait_for_queue(region)
        print('\nThe main job:\n')
        main_job(region, print)
        status = 0
        if os.environ.get('ONCE') != '1':
            show(region)
            signal.pause()
    except KeyboardInterrupt:
        pass
    except AssertionError as error:
        print(f'the main job was not done: {error}', file=sys.stderr)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        region.stop_programs()
        region.stop_servers()
    return status


def wait_for_queue(region):
    """The first start makes a shortlist for every open vacancy of the demo region."""
    until = time.monotonic() + 120
    while region.sql('select count(*) from queue.job')[0][0] and time.monotonic() < until:
        time.sleep(0.1)


def show(region):
    base = f'http://127.0.0.1:{region.port}'
    print(f'\nAPI        {base}/v1\ncontract   {base}/v1/openapi.json')
    if 'MAATWERK_DOCS' in region.env:
        print(f'docs       {base}/docs/')
    print(f'management http://127.0.0.1:{region.management}/healthz/ready, /metrics\n\nTokens, 12 hours (gm9901):\n')
    for role in ROLES:
        print(f'{role:16} {region.token(role)}')
    print('\nCtrl-C ends everything.', flush=True)


# --------------------------------------------------------------------------------------------------- make test

class Count:
    def __init__(self):
        self.passed = self.failed = 0

    def add(self, name, good, words=''):
        self.passed += good
        self.failed += not good
        if not good:
            print(f'FAILED {name}\n{words}', flush=True)

    def stage(self, name, work):
        before, from_s = (self.passed, self.failed), time.monotonic()
        work()
        print(f'{name}: {self.passed - before[0]} passed, {self.failed - before[1]} failed '
              f'({time.monotonic() - from_s:.0f} s)', flush=True)


def make(*words):
    done = subprocess.run(['make', '--no-print-directory', '-s', '-j2', *words], cwd=ROOT, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode == 0, done.stdout[-4000:]


def build(count):
    for what in (['build', 'build/release/bin/maatwerk-chaos', 'build/release/model'], ['SAN=1', 'programs'], ['SAN=1', 'units']):
        good, words = make(*what)
        count.add('build ' + ' '.join(what), good, words)


def units(count):
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT='TAP', ASAN_OPTIONS='detect_leaks=0')
    for test in sorted((ROOT / 'build/asan/test').glob('*/test_*')):
        if test.suffix:
            continue
        done = subprocess.run([test], env=env, cwd=ROOT, text=True, capture_output=True)
        lines = re.findall(r'^(ok|not ok) \d+ - (\w+)', done.stdout, re.M)
        for word, name in lines:
            count.add(f'{test.parent.name}/{test.name}: {name}', word == 'ok', done.stdout[-2000:] + done.stderr[-2000:])
        if not lines or (done.returncode and all(word == 'ok' for word, _ in lines)):
            count.add(f'{test.parent.name}/{test.name}', False, done.stdout[-1000:] + done.stderr[-3000:])


def fuzz_corpora(count):
    script = ROOT / 'tests/fuzz/replay.sh'
    if not script.exists():
        return
    done = subprocess.run(['sh', script], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in re.findall(r'^ok fuzz corpus .*', done.stdout, re.M):
        count.add(line, True)
    count.add('fuzz corpora', done.returncode == 0, done.stdout[-4000:])


def model(count):
    """The small bounds of `make model`: each line is a protocol or a mutant."""
    done = subprocess.run([ROOT / 'build/release/model', '--small'], text=True, stdout=subprocess.PIPE)
    for line in done.stdout.splitlines():
        count.add('model: ' + line, bool(re.search(r' s  (sound|caught|harmless)', line)), line)
    count.add('model', done.returncode == 0, done.stdout)


def python_tests(count, *folders):
    with tempfile.NamedTemporaryFile(suffix='.xml') as report:
        done = subprocess.run(['/usr/bin/python3', '-m', 'pytest', '-q', '-x' if '-x' in sys.argv else '-q',
                               '-p', 'no:cacheprovider', f'--junitxml={report.name}', *folders], cwd=ROOT, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        cases = xml.parse(report.name).getroot().iter('testcase') if Path(report.name).stat().st_size else []
        seen = 0
        for case in cases:
            bad = [child for child in case if child.tag in ('failure', 'error')]
            seen += 1
            count.add(f'{case.get("classname")}: {case.get("name")}', not bad,
                      '\n'.join((child.text or '')[-1500:] for child in bad))
        if not seen or done.returncode not in (0, 1):
            count.add(f'pytest {folders}', False, done.stdout[-3000:])


def test():
    count = Count()
    count.stage('build', lambda: build(count))
    count.stage('checks', lambda: python_tests(count, 'tests/checks'))
    count.stage('unit', lambda: units(count))
    count.stage('model', lambda: model(count))
    count.stage('fuzz corpora', lambda: fuzz_corpora(count))
    count.stage('end to end', lambda: python_tests(count, 'tests/e2e'))
    return count


def check():
    count = test()
    count.stage('linters', lambda: linters(count))
    return count


def linters(count):
    files = subprocess.run(['git', 'ls-files', '*.c', '*.h'], cwd=ROOT, text=True, capture_output=True).stdout.split()
    own = [f for f in files if '/gen/' not in f]
    programs = [f for f in own if f.endswith('.c') and not f.startswith('tests/')]
    flags = '-std=gnu11 -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -I. -I/usr/include/postgresql -include lib/base/banned.h'.split()
    commands = {
        'clang': ['clang', '-fsyntax-only', '-Wall', '-Wextra', '-Werror', *flags, *programs],
        'clang-format': ['clang-format', '--dry-run', '-Werror', *own],
        'clang-tidy': ['xargs', '-P2', '-n8', 'sh', '-c', f'clang-tidy --quiet "$@" -- {" ".join(flags)}', 'clang-tidy'],
        'cppcheck': ['cppcheck', '--quiet', '--enable=warning,portability', '--error-exitcode=1', '--inline-suppr',
                     '--suppress=*:*/gen/*', '--suppress=internalAstError', '-I.', 'lib', 'services', 'workers'],
    }
    for name, command in commands.items():
        done = subprocess.run(command, cwd=ROOT, text=True, input='\n'.join(programs), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        count.add(name, done.returncode == 0, done.stdout[-3000:])


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else 'test'
    if what == 'run':
        return run()
    count = check() if what == 'check' else test()
    print(f'{count.passed} passed, {count.failed} failed', flush=True)
    return 1 if count.failed else 0


sys.exit(main())
