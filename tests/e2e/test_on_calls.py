# SPDX-License-Identifier: EUPL-1.2
"""The on-call roster: who is called when a placement is at risk."""
import datetime

URGENT = "select owner_user_id::text from app.task where kind = 'urgent_follow_up' and state = 'open' and subject_id = %s"


def test_a_call_makes_an_urgent_one_and_whoever_is_on_call_has_it(as_role, region, cared, person):
    place, *_ = cared()
    night, _ = person('coach')
    lead, now = as_role('team_lead'), region.sql('select clock.now()')[0][0]
    duty = {'userId': night, 'fromAt': (now - datetime.timedelta(hours=1)).isoformat(), 'untilAt': (now + datetime.timedelta(hours=8)).isoformat()}
    made = lead.post('/on-calls', duty)
    assert made.status == 201, made.text
    try:
        taken = lead.post('/on-calls', duty)
        assert (taken.problem, taken.json['existing']) == ('somebody-on-call', made.headers['location'])
        assert lead.post('/on-calls', {**duty, 'untilAt': duty['fromAt'], 'fromAt': duty['untilAt']}).json['errors'][0]['code'] == 'order'
        assert as_role('coach').post('/on-calls', duty).status == 403
        assert made.json['id'] in {d['id'] for d in as_role('coach').get('/on-calls?untilAfter=2026-01-01T00:00:00Z').json['items']}
        called = as_role('employer').post(f'{place}/calls')
        assert called.status == 200 and called.json['helpByName'] == lead.get(f'/users/{night}').json['name'] and called.json['helpDueAt'] > now.isoformat()
        assert as_role('employer').get(place).json['helpDueAt'] == called.json['helpDueAt'] and 'helpDueAt' not in as_role('employer').get('/placements').json['items'][0]
        assert region.sql(URGENT, (place.rsplit('/', 1)[1],)) == [(night,)]
        as_role('employer').post(f'{place}/calls')
        assert len(region.sql(URGENT, (place.rsplit('/', 1)[1],))) == 1       # one is open, and is asked once
    finally:
        shown = lead.get(made.headers['location'])
        assert lead.call('DELETE', made.headers['location'], None, {'If-Match': shown.headers['etag']}).status == 204
