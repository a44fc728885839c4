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


# ------------------------------------------------------------------------------------------ who keeps files of its own

def test_a_tenant_is_added_by_the_operator_with_its_first_administrator(region, as_role):
    words = ('tenant', 'es-proef', '--kind', 'service', '--name', 'Werkservice Proef', '--region', 'maas-en-venen', '--admin', 'eerste@proef.example')
    done = region.command(*words)
    assert 'es-proef: service, Werkservice Proef' in done.stdout and 'eerste@proef.example' in done.stdout
    assert region.sql("select u.role from app.user_account u join ref.tenant t using (tenant_id) where t.code = 'es-proef'") == [('tenant_admin',)]
    again = region.command(*words, check=False)
    assert again.returncode == 1 and 'administrator already' in again.stderr
    renamed = region.command('tenant', 'es-proef', '--kind', 'service', '--name', 'Werkservice', '--region', 'maas-en-venen')
    assert 'es-proef: service, Werkservice' in renamed.stdout
    assert 'es-proef\tservice\tWerkservice\tmaas-en-venen\tactive' in region.command('tenant').stdout.splitlines()
    shown = {town['code']: town['kind'] for town in as_role('consultant').get('/tenants?pageSize=100').json['items']}
    assert shown['es-proef'] == 'service' and shown['gm9901'] == 'municipality' and shown['hub-maasvenen'] == 'hub'
    assert {town['kind'] for town in as_role('consultant').get('/tenants?kind=hub,centre').json['items']} == {'hub', 'centre'}


@pytest.mark.parametrize('code,kind', [('gm12', 'municipality'), ('ec-proef', 'municipality'), ('gm9950', 'centre'), ('ec-', 'centre'), ('ec-A', 'centre'),
                                       ('hub-x y', 'hub'), ('hub-proef', 'service'), ('es-proef', 'tower'), ('hub-maasvenen', 'centre')])
def test_a_code_is_that_of_its_kind(region, code, kind):
    before = region.sql('select count(*), min(kind) from ref.tenant')
    assert region.command('tenant', code, '--kind', kind, '--name', 'X', '--region', 'maas-en-venen', check=False).returncode == 1
    assert region.command('tenant', 'gm9950', '--name', 'X', '--region', 'nergens', check=False).returncode == 1
    assert region.sql('select count(*), min(kind) from ref.tenant') == before


def test_no_municipality_reads_the_files_of_a_centre_nor_the_other_way_round(as_role, candidate):
    """The wall between tenants does it, whatever their kind."""
    centre = as_role('consultant', 'ec-maasvenen')
    file = centre.post('/candidates', {'alias': 'Tweede spoor', 'pc4': '5012'})
    assert file.status == 201
    assert centre.get(file.headers['location']).status == 200
    for role in ('consultant', 'team_lead', 'case_manager'):
        assert as_role(role).get(file.headers['location']).status == 404
        assert file.json['id'] not in [c['id'] for c in as_role(role).get('/candidates?aliasPrefix=tweede').json['items']]
    assert centre.get(f'/candidates/{candidate.json["id"]}').status == 404
    assert {c['alias'] for c in centre.get('/candidates?pageSize=100').json['items']} == {'Tweede spoor'}


def test_a_hub_keeps_no_files_of_persons(as_role, region):
    hub = as_role('consultant', 'hub-maasvenen')
    refused = hub.post('/candidates', {'alias': 'Niemand', 'pc4': '5012'})
    assert refused.status == 409 and refused.problem == 'hub-without-persons'
    assert region.sql("select count(*) from app.candidate join ref.tenant t using (tenant_id) where t.kind = 'hub'") == [(0,)]
