# SPDX-License-Identifier: EUPL-1.2
"""The page of the API, in a browser, as a developer of a portal tries it: make docs-test."""
import json
import sys
import tempfile
import time
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import docs_page  # noqa: E402
from region import ROOT, Region  # noqa: E402

SERVED = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
GETS = [(path, item['get']) for path, item in SERVED['paths'].items() if 'x-rights' in item.get('get', {})
        and 'application/json' in item['get']['responses']['200'].get('content', {})]     # pages are no JSON
OPERATOR = '01920000-0000-7000-8000-0000000051a0'
JOB = 4711      # the number in the examples
FLAGS = ('--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
         '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--window-size=1280,900')


@pytest.fixture(scope='module')
def region():
    assert docs_page.make(), 'the page needs npm'
    with Region.started('docs', ROOT / 'build/release/bin', candidates=420) as made:
        made.start_programs()
        made.wait_until_idle()
        tenant = made.sql("select tenant_id from ref.tenant where code = 'gm9901'")[0][0]
        made.sql("insert into queue.kind (kind, worker, blocks_lane, paused_until) values ('held', 'matching', true, clock.now() + interval '1 day')")
        made.sql("select setval(pg_get_serial_sequence('queue.job', 'id'), %s)", (JOB - 1,))
        made.sql("select queue.enqueue('held', %s, '{}', lane => 'vacancy:01920000-0000-7000-8000-000000000a01')", (tenant,))
        made.sql("select queue.schedule('held', %s, '{}', '2099-01-01 09:00', 'Europe/Amsterdam', 'measure:1')", (tenant,))
        yield made


@pytest.fixture(scope='module')
def browser(region):
    options = webdriver.ChromeOptions()
    options.binary_location = '/usr/bin/chromium'
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    with tempfile.TemporaryDirectory() as profile:
        for flag in (*FLAGS, f'--user-data-dir={profile}'):
            options.add_argument(flag)
        made = webdriver.Chrome(service=Service('/usr/bin/chromedriver'), options=options)
        yield made
        made.quit()


@pytest.fixture
def page(browser, region):
    """The page, with all operations closed; at the end nothing may be on its console."""
    if not browser.find_elements(By.CLASS_NAME, 'opblock'):
        browser.get(f'http://127.0.0.1:{region.port}/docs/')
        wait_for(lambda: browser.find_elements(By.CLASS_NAME, 'opblock'))
    yield browser
    for block in browser.find_elements(By.CSS_SELECTOR, '.opblock.is-open .opblock-summary-control'):
        block.click()
    assert browser.get_log('browser') == []


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, 'it did not come'
        time.sleep(0.02)
    return condition()


def login(page, region, role):
    options = {'user': OPERATOR} if role == 'system' else {}
    page.execute_script('ui.preauthorizeApiKey("bearer", arguments[0])', region.token(role, **options))


def opened(page, operation):
    """The block of an operation, opened by a click if the address of the page does not name it."""
    block = page.find_element(By.ID, f'operations-{operation["tags"][0]}-{operation["operationId"]}')
    page.execute_script('arguments[0].scrollIntoView()', block)
    if 'is-open' not in block.get_attribute('class'):
        block.find_element(By.CLASS_NAME, 'opblock-summary-control').click()
    wait_for(lambda: block.find_elements(By.CLASS_NAME, 'execute'))
    return block


def execute(page, block, path, method):
    """What came of a click on Execute: status and body."""
    block.find_element(By.CLASS_NAME, 'execute').click()
    got = 'return ui.specSelectors.responseFor(arguments[0], arguments[1])?.toJS()'
    answer = wait_for(lambda: page.execute_script(got, path, method))
    wait_for(lambda: block.find_elements(By.CSS_SELECTOR, '.live-responses-table .response-col_status'))
    page.execute_script('ui.specActions.clearResponse(arguments[0], arguments[1])', path, method)
    return answer['status'], json.loads(answer['text'] or 'null')


def operation_of(path, method):
    return SERVED['paths'][path][method]


def test_a12_the_page_is_guarded_whole(region):
    import http.client
    connection = http.client.HTTPConnection('127.0.0.1', region.port)
    connection.request('GET', '/docs/')
    policy = connection.getresponse().getheader('content-security-policy')
    connection.close()
    assert policy.endswith("frame-ancestors 'none'") and policy.count("'") % 2 == 0


def test_a12_it_opens_with_everything_and_without_an_error(page):
    assert len(page.find_elements(By.CLASS_NAME, 'opblock')) == sum(len(item) - ('parameters' in item) for item in SERVED['paths'].values())
    assert page.title == 'Maatwerk API' and 'x-roles' in SERVED


def test_a12_somebody_logs_in_by_hand_and_asks_who_he_is(page, region):
    page.find_element(By.CSS_SELECTOR, '.auth-wrapper .authorize').click()
    wait_for(lambda: page.find_elements(By.CSS_SELECTOR, '.modal-ux input')).pop().send_keys(region.token('consultant'))
    page.find_element(By.CSS_SELECTOR, '.modal-ux .authorize').click()
    page.find_element(By.CSS_SELECTOR, '.modal-ux .btn-done').click()
    operation = operation_of('/user-profile', 'get')
    status, body = execute(page, opened(page, operation), '/user-profile', 'get')
    assert status == 200 and body['role'] == 'consultant'


@pytest.mark.parametrize('path,operation', GETS, ids=[operation['operationId'] for _, operation in GETS])
def test_a12_a_get_gives_what_its_example_promises(page, region, path, operation):
    rights = operation['x-rights']
    role = 'system' if 'system' in rights else next((role for role, scope in rights.items() if scope == 'tenant'), next(iter(rights)))
    if operation.get('x-attribute') == 'privacy_officer':
        role = 'tenant_admin'   # who has it in the demo region
    if path.startswith('/queue/dead-letters'):
        region.sql("select queue.kill(id, 'exhausted', 'no luck') from queue.job where id = %s", (JOB,))
    login(page, region, role)
    block = opened(page, operation)
    assert role in block.find_element(By.CLASS_NAME, 'opblock-description').text, 'who may call it'
    status, body = execute(page, block, path, 'get')
    assert status == 200, body
    example = operation['responses']['200']['content']['application/json']['example']
    schema = operation['responses']['200']['content']['application/json']['schema']['$ref'].rsplit('/', 1)[1]
    assert set(SERVED['components']['schemas'][schema].get('required', [])) <= set(body)
    may_be_empty = path.endswith('/transitions')       # of a row that has not moved
    assert (may_be_empty or body.get('items') != []) and ('{' not in path or body.get('id') == example.get('id'))


def test_a12_what_is_created_twice_is_two_things(page, region):
    """A second try had the key of the first and was refused with 422; the employer of the example was not there: 403."""
    operation = operation_of('/vacancies', 'post')
    login(page, region, 'consultant')
    block = opened(page, operation)
    first, second = (execute(page, block, '/vacancies', 'post') for _ in range(2))
    assert first[0] == second[0] == 201 and first[1]['id'] != second[1]['id']


def test_a12_a_change_has_the_tag_that_was_read(page, region):
    path = '/employers/{employerId}'
    login(page, region, 'account_manager')
    assert execute(page, opened(page, operation_of(path, 'get')), path, 'get')[0] == 200
    status, body = execute(page, opened(page, operation_of(path, 'patch')), path, 'patch')
    assert status == 200, body


def test_a12_on_a_phone_nothing_is_wider_than_the_screen(page, region):
    page.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {'width': 390, 'height': 844, 'deviceScaleFactor': 3, 'mobile': True})
    page.refresh()
    wait_for(lambda: page.find_elements(By.CLASS_NAME, 'opblock'))
    try:
        login(page, region, 'consultant')
        width = 'return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)'
        assert page.execute_script('return innerWidth') == 390, 'a viewport'
        for path in ('/vacancies', '/vacancies/{vacancyId}/shortlist', '/queue/acts/{actId}'):
            if path == '/queue/acts/{actId}':
                login(page, region, 'system')
            block = opened(page, operation_of(path, 'get'))
            assert execute(page, block, path, 'get')[0] == 200
            assert page.execute_script(width) <= 390, path
    finally:
        page.execute_cdp_cmd('Emulation.clearDeviceMetricsOverride', {})
