#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make verapdf: veraPDF holds a page of each template, as the worker makes it, to PDF/A-2b (ISO 19005-2) and PDF/UA-1 (ISO 14289-1). Ends with 1 when one
does not keep to them. Its jars come from Maven Central; they are for this test only."""
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from letters import ask, codes, wait  # noqa: E402
from region import BIN, ROOT, Region  # noqa: E402

VERAPDF = ('org.verapdf.apps', 'greenfield-apps', '1.28.2')
COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1'
FLAVOURS = {'2b': 'PDF/A-2b', 'ua1': 'PDF/UA-1'}


def validator():
    jar = ROOT / f'build/verapdf/{VERAPDF[1]}-{VERAPDF[2]}.jar'
    if not jar.exists():
        subprocess.run(['mvn', '-q', '-B', f'{COPY}:copy', f'-Dartifact={":".join(VERAPDF)}', f'-DoutputDirectory={jar.parent}'], check=True)
    return jar


def validate(flavour, files):
    """{name: whether it keeps to it}, and what is wrong."""
    done = subprocess.run(['java', '-cp', validator(), 'org.verapdf.apps.GreenfieldCliWrapper', '--flavour', flavour, '--format', 'text', '-v', *files], text=True, capture_output=True)
    return {Path(path).stem: kept == 'PASS' for kept, path in re.findall(r'^(PASS|FAIL) (\S+)', done.stdout, re.M)}, done.stdout + done.stderr


def make_pages(folder):
    """A page of each template."""
    folder.mkdir(parents=True, exist_ok=True)
    with Region.started('verapdf', BIN, candidates=420) as region:
        made = {code: ask(region, code)[0] for code in codes()}
        for name in ('dispatcher', 'documents'):
            region.start(name)
        wait(region, list(made.values()))
        for code, document in made.items():
            (folder / f'{code}.pdf').write_bytes(bytes(region.sql('select bytes from app.document_content where document_id = %s', (document,))[0][0]))
    return sorted(folder.glob('*.pdf'))


def main():
    files, wrong = make_pages(ROOT / 'build/verapdf/pages'), 0
    for flavour, known_as in FLAVOURS.items():
        kept, said = validate(flavour, files)
        bad = [file.stem for file in files if not kept.get(file.stem)]
        wrong += len(bad)
        print(f'{known_as}: {len(files) - len(bad)} of {len(files)} templates keep to it{"; not: " + ", ".join(bad) if bad else ""}')
        if bad:
            print(said[-4000:])
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
