# SPDX-License-Identifier: EUPL-1.2
"""A provider that is down: its kind is paused, no attempt is burned, other work goes on, and all is done when it is back."""
import sys
import threading

import pytest

from region import ROOT, Region, until

sys.path.insert(0, str(ROOT / 'tests/chaos'))
from chaos_calls import Provider  # noqa: E402
from chaos_queue import SETUP, wait_until_done  # noqa: E402


@pytest.fixture
def region():
    with Region.started('outage', ROOT / 'build/release/bin') as made:
        made.env['CHAOS_PROVIDER'] = str(made.folder.parent / 'provider.sock')
        made.sql(SETUP)
        made.start('dispatcher')
        made.start('chaos', MAATWERK_CHILDREN='2')
        yield made


def test_a_kind_whose_provider_is_down_is_paused_and_comes_back(region):
    region.sql("select queue.enqueue(k, 1, jsonb_build_object('n', n)) from generate_series(1, 200) n, unnest(array['chaos_keyed', 'chaos_job']) k")
    kind = "select trips, paused_until > clock_timestamp() from queue.kind where kind = 'chaos_keyed'"
    until(lambda: region.sql(kind)[0][0] >= 1)
    until(lambda: region.sql("select count(*) from queue.job where kind = 'chaos_job'") == [(0,)])     # other kinds go on
    assert region.sql("select count(*), max(attempt) from queue.job where kind = 'chaos_keyed'") == [(200, 0)], 'nothing is burned'
    provider = Provider(region.env['CHAOS_PROVIDER'], 1)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    try:
        assert wait_until_done(region, 60) is not None
    finally:
        provider.shutdown()
    assert len(provider.done) == 200 and max(provider.done.values()) == 1
    assert region.sql(kind) == [(0, None)] and region.sql('select count(*) from queue.dead') == [(0,)]


def test_a_kind_whose_statements_fail_is_paused_and_comes_back(region):
    """Jobs that only add statements fail together, then one by one."""
    region.sql('revoke insert on chaos.effect from maatwerk_chaos')
    region.sql("select queue.enqueue('chaos_job', 1, jsonb_build_object('n', n)) from generate_series(1, 200) n")
    kind = "select trips from queue.kind where kind = 'chaos_job'"
    until(lambda: region.sql(kind)[0][0] >= 1)
    region.sql('grant insert on chaos.effect to maatwerk_chaos')
    assert wait_until_done(region, 90) is not None
    assert region.sql('select count(*), count(distinct n) from chaos.effect') == [(200, 200)]
    assert region.sql(kind) == [(0,)] and region.sql('select count(*) from queue.dead') == [(0,)]
