#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make run: an installation under var/, the demo region, the main job as it happens, addresses and tokens."""
import os
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import docs_page  # noqa: E402
from region import ROOT, Region, port_is_free, remove, roles  # noqa: E402
from scenarios.main_job import main_job  # noqa: E402
from scenarios.mishaps import mishaps  # noqa: E402
from scenarios.promise import promise  # noqa: E402
from scenarios.who_looked import who_looked  # noqa: E402


def reset(folder):
    subprocess.run([ROOT / 'docker/servers', 'stop', folder], check=True)
    remove(folder)


def run():
    os.umask(0o077)     # nothing that it writes is for other users of the machine
    folder = ROOT / 'var'
    if os.environ.get('RESET') == '1':
        reset(folder)
    docs_page.make()
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
        region.wait_until_idle()
        print('\nThe main job:\n')
        main_job(region, print)
        print('\nWhat goes wrong:\n')
        mishaps(region, print)
        print('\nA promise:\n')
        promise(region, print)
        print('\nWho looked:\n')
        who_looked(region, print)
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


def keep_tokens(region):
    """var/tokens.env: the tokens as variables of a shell, for the user who runs this only."""
    path = region.folder / 'tokens.env'
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as file:
        file.writelines(f'{role.upper()}_TOKEN={region.token(role)}\n' for role in roles())
    print(f'tokens     {path} (set -a; . var/tokens.env; set +a)')


def show(region):
    base = f'http://127.0.0.1:{region.port}'
    print(f'\nAPI        {base}/v1\ncontract   {base}/v1/openapi.json')
    if 'MAATWERK_DOCS' in region.env:
        print(f'docs       {base}/docs/')
    keep_tokens(region)
    print(f'management http://127.0.0.1:{region.management}/healthz/ready, /metrics\n\nTokens, 12 hours (gm9901):\n')
    for role in roles():
        print(f'{role:16} {region.token(role)}')
    print('\nCtrl-C ends everything.', flush=True)


sys.exit(run())
