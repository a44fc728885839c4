# SPDX-License-Identifier: EUPL-1.2
"""The short form of `make giant`: it is generated, and what one noun has fits exactly."""
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'giant'))
import giant  # noqa: E402


def test_a_contract_three_times_as_large_is_generated(tmp_path):
    giant.copy_of(tmp_path / 'tree')
    giant.grow(tmp_path / 'tree')
    done = subprocess.run(['/usr/bin/python3', 'openapi/generate.py'], cwd=tmp_path / 'tree', text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    made = {path: (tmp_path / 'tree' / path).read_text() for path in (
        'openapi/gen/schemas.h', f'services/{giant.SERVICES[0]}/gen/schemas.c', f'services/{giant.SERVICES[0]}/gen/queries.c')}
    header, schemas, queries = made.values()
    assert header.count('struct gear_part {') == 1
    assert '_Static_assert(128 <= LIMIT_FIELDS' in schemas and '_Static_assert(126 <= LIMIT_VALUES' in queries
