# SPDX-License-Identifier: EUPL-1.2
"""Somebody asks who looked at the data about him. The privacy officer reads it: who saw them, in which role and for whom, by which
operation and for which purpose; who changed something; who was refused. Changes nothing."""
from region import Client
from scenarios.main_job import Transcript, expect


def in_words(item):
    who = ', '.join(filter(None, (item.get('userName') or 'a program', item.get('role'), item.get('organisationName'))))
    what = {'look': f'saw it by {item.get("operation")}, purpose {item.get("purpose")}',
            'change': f'changed {", ".join(item.get("parts", [])) or "everything: it was registered"}',
            'denial': f'was refused {item.get("operation")}: {item.get("reason")}'}[item['kind']]
    return f'{who}: {what}' + (f' ({item["times"]} times)' if item['times'] > 1 else '')


def who_looked(region, say):
    """Raises AssertionError when the log lacks what was done just now."""
    employer, consultant, officer = (Client(region, role) for role in ('employer', 'consultant', 'tenant_admin'))
    transcript = Transcript(say)
    candidate = expect(consultant.get('/proposals?pageSize=1'), 200)['items'][0]['candidateId']
    here = f'/candidates/{candidate}'
    alias = expect(consultant.get(here), 200)['alias']
    expect(employer.get(here), 403)
    transcript.step(f'a consultant opens the file of {alias}; an employer tries to, and is refused')
    log = officer.wait_for(f'{here}/inspections?pageSize=100',
                           lambda r: r.status != 200 or any(item['kind'] == 'denial' for item in r.json['items']))
    items = expect(log, 200)['items']
    assert {('look', 'getCandidate'), ('denial', 'getCandidate')} <= {(item['kind'], item.get('operation')) for item in items}, items
    lines = list(dict.fromkeys(map(in_words, items)))
    transcript.step(f'the privacy officer reads who looked at {alias}: {len(items)} times in all, newest first', *lines[:8])
    again = expect(officer.get(f'{here}/inspections?pageSize=1'), 200)['items'][0]
    assert again['operation'] == 'listInspections'
    transcript.step(f'that it was read is in the log, too: {in_words(again)}')
