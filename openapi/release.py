#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make release: the contract as it is served becomes what later ones are held against (openapi/released.json). Refused when it
breaks clients of the last release and its version does not say so."""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from generator import compare  # noqa: E402

HERE = Path(__file__).resolve().parent
RELEASED = HERE / 'released.json'


def main():
    served = json.loads((HERE / 'gen/openapi.json').read_text())
    if RELEASED.exists():
        released = json.loads(RELEASED.read_text())
        found = compare.breaks(released, served)
        if found and not compare.may_break(released['info']['version'], served['info']['version']):
            print('\n'.join(found), f'\nversion {served["info"]["version"]} may not break {released["info"]["version"]}', sep='')
            return 1
    RELEASED.write_text(json.dumps(compare.plain(served), ensure_ascii=False, indent=1) + '\n')
    return 0


sys.exit(main())
