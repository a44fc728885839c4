# SPDX-License-Identifier: EUPL-1.2
"""What the generator makes of statements."""
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'openapi'))
from generator import emit_sql, sql  # noqa: E402


def generated(folder, text):
    (folder / 'thing.sql').write_text('-- program: test\n\n' + text)
    return emit_sql.source('test', 'workers/test', sql.read(folder)['test'], None)


def test_a_query_that_gathers_says_so(tmp_path):
    made = generated(tmp_path, '-- query: thing_insert\n-- rows: none\n-- gathers:\n'
                     'insert into app.thing (n, name) select * from unnest(:ns::bigint[], :names::text[])\n\n'
                     '-- query: thing_delete\n-- rows: none\ndelete from app.thing where n = :n::bigint\n')
    insert, delete = made.split('const struct query query_thing_delete')
    assert 'unnest($1::bigint[], $2::text[])' in insert and '.parameters = 2' in insert
    assert '.gathers = true' in insert and '.gathers' not in delete


@pytest.mark.parametrize('query', [
    '-- rows: one\n-- gathers:\nselect unnest(:ns::int[])', '-- rows: none\n-- gathers:\ndelete from app.thing',
    '-- rows: none\n-- gathers:\n-- body: Thing\ninsert into app.thing (n) select * from unnest(@n)'],
    ids=['with rows', 'without arguments', 'of a body'])
def test_what_cannot_gather_is_refused(tmp_path, query):
    with pytest.raises(SystemExit, match='gathers'):
        generated(tmp_path, f'-- query: thing\n{query}\n')
