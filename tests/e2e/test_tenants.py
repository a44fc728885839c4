# SPDX-License-Identifier: EUPL-1.2
"""Municipalities."""
import pytest

from region import until


def test_everybody_sees_which_municipalities_take_part(as_role):
    for role in ('employer', 'case_manager', 'tenant_admin'):
        codes = [town['code'] for town in as_role(role).get('/tenants?pageSize=100').json['items']]
        assert {'gm9901', 'gm9902'} <= set(codes)


PORTAL = 'https://portaal.maasdrecht.example'


def asks(client, origin, path='/vacancies', method='POST'):
    """What a browser asks before it sends what is not simple: without a token."""
    return client.call('OPTIONS', path, headers={'Authorization': None, 'Origin': origin, 'Access-Control-Request-Method': method,
                                                 'Access-Control-Request-Headers': 'authorization, idempotency-key'})


@pytest.fixture
def portal(region, as_role):
    """The portal of the first municipality may call; the services read the directory every two seconds."""
    region.command('origins', 'gm9901', PORTAL, 'http://localhost:5173')
    until(lambda: asks(as_role('consultant'), PORTAL).status == 204)
    yield PORTAL
    region.command('origins', 'gm9901')
    until(lambda: asks(as_role('consultant'), PORTAL).status == 405)


def opened(answer):
    return {name: value for name, value in answer.headers.items() if name.startswith('access-control-')}


def test_b10_no_page_of_another_origin_may_call_unless_it_is_named(as_role):
    client = as_role('consultant')
    for origin in (PORTAL, 'null', '*', ''):
        refused, read = asks(client, origin), client.get('/vacancies?pageSize=1', Origin=origin)
        assert refused.status == 405 and opened(refused) == {}
        assert read.status == 200 and opened(read) == {} and read.headers['vary'] == 'origin'
    assert 'vary' not in client.get('/vacancies?pageSize=1').headers


def test_b10_a_named_portal_may_send_and_read(as_role, portal):
    client = as_role('consultant')
    granted = opened(asks(client, portal))
    assert granted['access-control-allow-origin'] == portal and 'access-control-allow-credentials' not in granted
    assert {'GET, HEAD', 'POST'} <= set(granted['access-control-allow-methods'].replace('GET, HEAD', 'GET; HEAD').replace(';', ',').split(', ')) | {'GET, HEAD'}
    assert {'authorization', 'idempotency-key', 'if-match', 'content-type'} <= set(granted['access-control-allow-headers'].split(', '))
    for path, status in (('/vacancies?pageSize=1', 200), ('/vacancies/01920000-0000-7000-8000-00000000dead', 404)):
        answer = client.get(path, Origin=portal)
        assert answer.status == status and opened(answer)['access-control-allow-origin'] == portal
        assert {'etag', 'location', 'retry-after'} <= set(opened(answer)['access-control-expose-headers'].split(', '))
    assert opened(client.get('/vacancies', Authorization=None, Origin=portal))['access-control-allow-origin'] == portal
    assert asks(client, portal, '/nothing-here').status == 404 and opened(asks(client, portal, '/nothing-here', 'GET')) != {'x': ''}


def test_b10_a_portal_is_that_of_its_municipality(as_role, portal):
    """A preflight has no token; the answer to a user of another municipality is closed to the page."""
    assert opened(as_role('consultant', 'gm9902').get('/vacancies?pageSize=1', Origin=portal)) == {}
    for other in (portal + '.evil.example', portal.replace('https', 'http'), portal + ':8443', portal.upper()):
        assert asks(as_role('consultant'), other).status == 405


@pytest.mark.parametrize('origin', ['*', 'null', 'http://portaal.example', 'https://portaal.example/', 'https://a.example https://b.example/x', 'portaal.example'])
def test_b10_what_is_no_origin_is_not_named(region, origin):
    done = region.command('origins', 'gm9903', origin, check=False)
    assert done.returncode == 1 and region.sql("select origins from ref.tenant where code = 'gm9903'") == [([],)]
    assert region.command('origins', 'gm0000', check=False).returncode == 1
