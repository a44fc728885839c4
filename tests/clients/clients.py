#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make clients: generates a client of the contract with each of seven generators, compiles it, and lets it read what a later
version may answer. Ends with 1 after any warning of a generator, any error of a compiler, and any answer that is not read whole."""
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from answers import Answers, unread

HERE, ROOT = Path(__file__).resolve().parent, Path(__file__).resolve().parents[2]
CONTRACT, BUILD = ROOT / 'openapi/gen/openapi.json', ROOT / 'build/clients'
GENERATOR = ('org.openapitools', 'openapi-generator-cli', '7.25.0')
COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1'
OAPI_CODEGEN = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2'
# The generator for Python says the first of every text of every contract: it looks up the reference of what is none. The second it says of the
# header `As`, which is a word of Python: the parameter is `var_as`.
NO_WARNINGS = ('ModelUtils - Failed to get the schema name: null', 'As (reserved word) cannot be used as model name.')


class Bad(Exception):
    pass


def run(*words, cwd=None):
    """The output of a command; Bad when it fails."""
    done = subprocess.run([str(word) for word in words], cwd=cwd, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise Bad(f'{" ".join(map(str, words))}\n{done.stdout[-6000:]}')
    return done.stdout


def quiet(*words, cwd=None):
    """Of a command that has nothing to say, but for what it downloads on a fresh machine."""
    said = '\n'.join(line for line in run(*words, cwd=cwd).splitlines() if line.strip() and not line.startswith('go: downloading '))
    if said:
        raise Bad(f'{" ".join(map(str, words))}\n{said[-6000:]}')


def generator():
    jar = BUILD / f'tools/{GENERATOR[1]}-{GENERATOR[2]}.jar'
    if not jar.exists():
        run('mvn', '-q', '-B', f'{COPY}:copy', f'-Dartifact={":".join(GENERATOR)}', f'-DoutputDirectory={jar.parent}')
    return jar


def generate(name, into):
    """With openapi-generator, as <name>/config.yaml says."""
    said = run('java', '-jar', generator(), 'generate', '-i', CONTRACT, '-c', HERE / name / 'config.yaml', '-o', into,
               '--global-property', 'apiTests=false,modelTests=false')
    warnings = [line for line in said.splitlines() if re.search(r'\b(WARN|ERROR)\b', line) and not any(known in line for known in NO_WARNINGS)]
    if warnings:
        raise Bad('\n'.join(warnings))


def copy(name, into, *files):
    into.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copy(HERE / name / file, into / file)


def classpath(place):
    run('mvn', '-q', '-B', f'{COPY}:build-classpath', '-Dmdep.outputFile=classpath', cwd=place)
    return f'target/classes:{(place / "classpath").read_text()}'


def typescript(place, read):
    copy('typescript', place, 'package.json', 'package-lock.json', 'tsconfig.json')
    copy('typescript', place / 'src', 'read.ts', 'types.ts')
    run('npm', 'ci', '--silent', '--no-audit', '--no-fund', cwd=place)
    said = run('npx', 'openapi-typescript', CONTRACT, '-o', 'src/api.ts', cwd=place)
    if re.search(r'warn|error|⚠', said, re.I):
        raise Bad(said)
    generate('typescript', place / 'src/fetch')
    quiet('npx', 'tsc', cwd=place)
    run('node', 'dist/read.js', *read, cwd=place)


def java(place, read):
    generate('java', place)
    copy('java', place / 'src/main/java', 'Read.java')
    run('mvn', '-q', '-B', '-DskipTests', 'compile', cwd=place)
    run('java', '-cp', classpath(place), 'Read', *read, cwd=place)


def kotlin(place, read):
    generate('kotlin', place)
    copy('kotlin', place, 'pom.xml')
    copy('kotlin', place / 'src/main/kotlin', 'Read.kt')
    run('mvn', '-q', '-B', 'compile', cwd=place)
    run('java', '-cp', classpath(place), 'ReadKt', *read, cwd=place)


def python(place, read):
    generate('python', place)
    copy('python', place, 'read.py', 'requirements.txt')
    run('/usr/bin/python3', '-m', 'venv', 'venv', cwd=place)
    run('venv/bin/pip', 'install', '-q', '--disable-pip-version-check', '-r', 'requirements.txt', cwd=place)
    run('venv/bin/python', '-m', 'compileall', '-q', 'maatwerk', cwd=place)
    run('venv/bin/mypy', '--no-incremental', 'maatwerk', 'read.py', cwd=place)
    run('venv/bin/python', 'read.py', *read, cwd=place)


def go_is_new():
    """Go fetches the version that a module asks for since 1.21."""
    if not shutil.which('go') or tuple(map(int, re.findall(r'go1\.(\d+)', run('go', 'version'))[:1])) < (21,):
        raise Bad('needs Go 1.21 or newer; Debian 12 has an older one, go.dev/dl has it')


def go_module(place, read, package):
    """The program that reads, with a table of the types of the package that was generated."""
    copy('go', place, 'go.mod', 'go.sum', 'main.go')
    names = sorted({file.stem for file in Path(read[0]).glob('*/*.json')})
    rows = '\n'.join(f'\t"{name}": func() any {{ return new({package}.{name}) }},' for name in names)
    (place / 'types.go').write_text(f'package main\n\nimport "read/{package}"\n\nvar types = map[string]func() any{{\n{rows}\n}}\n')
    quiet('go', 'build', './...', cwd=place)
    run('go', 'run', '.', *read, cwd=place)


def go(place, read):
    go_is_new()
    generate('go', place / 'maatwerk')
    go_module(place, read, 'maatwerk')


def oapi_codegen(place, read):
    go_is_new()
    (place / 'maatwerk').mkdir(parents=True)
    quiet('go', 'run', OAPI_CODEGEN, '-package', 'maatwerk', '-generate', 'types,client', '-o', place / 'maatwerk/client.go', CONTRACT)
    go_module(place, read, 'maatwerk')


CLIENTS = {'typescript': typescript, 'java': java, 'kotlin': kotlin, 'python': python, 'go': go, 'oapi-codegen': oapi_codegen}


def main():
    failed, answers = 0, BUILD / 'answers'
    shutil.rmtree(answers, ignore_errors=True)
    count = Answers(json.loads(CONTRACT.read_text())).write(answers)
    for name in sys.argv[1:] or CLIENTS:
        place, read, began = BUILD / name, BUILD / 'read' / name, time.monotonic()
        shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(read, ignore_errors=True)
        try:
            CLIENTS[name](place, (answers, read))
            if unread(answers, read):
                raise Bad('not read, or not whole: ' + ', '.join(unread(answers, read)))
            print(f'ok     {name}: generated without warnings, compiled, read {count} answers ({time.monotonic() - began:.0f} s)', flush=True)
        except Bad as bad:
            failed += 1
            print(f'FAILED {name}\n{bad}', flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
