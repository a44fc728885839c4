# SPDX-License-Identifier: EUPL-1.2
"""Makes the page of the API in build/docs: docs/page, with Swagger UI from npm."""
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE, MADE = ROOT / 'docs/page', ROOT / 'build/docs'
ASSETS = ('swagger-ui.css', 'swagger-ui-bundle.js')


def make():
    """Whether there is a page: not without npm."""
    MADE.mkdir(parents=True, exist_ok=True)
    for file in PAGE.iterdir():
        shutil.copy(file, MADE / file.name)
    if not all((MADE / name).exists() for name in ASSETS) and shutil.which('npm'):
        subprocess.run(['npm', 'ci', '--silent', '--no-audit', '--no-fund'], cwd=MADE, capture_output=True)
        for name in ASSETS:
            made = MADE / 'node_modules/swagger-ui-dist' / name
            if made.exists():
                shutil.move(made, MADE / name)
        shutil.rmtree(MADE / 'node_modules', ignore_errors=True)
    if all((MADE / name).exists() for name in ASSETS):
        return True
    shutil.rmtree(MADE)
    return False
