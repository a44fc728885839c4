# SPDX-License-Identifier: EUPL-1.2
"""Vacancies for one person, from the day of the registration on."""


def test_somebody_sees_vacancies_on_the_day_of_the_registration(as_role, candidate, new_vacancy, himself, world):
    consultant = as_role('consultant')
    fits, far, closed = [new_vacancy(title=title, pc4=pc4).json['id'] for title, pc4 in (('Past', '5012'), ('Nachtwerk', '5012'), ('Niet open', '5012'))]
    for vacancy in (fits, far):
        assert consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
    hours = consultant.get(f'/vacancies/{far}')
    assert consultant.patch(f'/vacancies/{far}', {'hoursMin': 40, 'hoursMax': 48}, hours.headers['etag']).status == 200
    listed = himself.get(f'/candidates/{candidate.json["id"]}/vacancies').json
    first = {v['vacancyId']: v for v in listed['items']}
    assert fits in first and far not in first and closed not in first
    assert first[fits]['wanted'] is True and first[fits]['mustsAsked'] == 2 and first[fits]['mustsMet'] == 1
    assert [v['wanted'] for v in listed['items']] == sorted((v['wanted'] for v in listed['items']), reverse=True)
    other = consultant.post('/candidates', {'alias': 'Kandidaat Ander', 'pc4': '5012'}).json['id']
    assert himself.get(f'/candidates/{other}/vacancies').status == 404
    assert consultant.get(f'/candidates/{other}/vacancies').status == 200
