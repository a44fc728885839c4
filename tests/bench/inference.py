#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make bench-inference: whether the time of an answer says who has a measure. Two people who are alike but for MEASURES (2) signals, notes, hearings and decisions under way are asked for in turns by people
outside the wall, by every read of the contract that takes a person: also by case managers of others and by field officers, who pass the wall of some people. The times of the one and of the other are compared as distributions (two samples, Kolmogorov and Smirnov: the largest
distance of the two curves), beside those of the first person with itself; lines as in lines.py. What is too far apart is measured again: it is a miss when it is so both times."""
import os
import random
import sys
import time
import uuid
from bisect import bisect_right
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from inference import Reader, Things, reads  # noqa: E402
from lines import line, misses  # noqa: E402
from region import BIN, Client, Region  # noqa: E402

CALLS = int(os.environ.get('CALLS', 400))
MEASURES = int(os.environ.get('MEASURES', 2))
ONLY = os.environ.get('ONLY', '').lower()
CRITICAL = 1.95 * (2 / CALLS) ** 0.5        # two samples of one distribution are further apart once in a thousand times
ROLES = ('consultant', 'account_manager', 'coach', 'sector_coach', 'hub', 'tenant_admin', 'analyst', 'case_manager', 'field_officer')


def distance(one, other):
    """The largest distance of the two curves of how many took at most so long."""
    one, other = sorted(one), sorted(other)
    return max(abs(bisect_right(one, at) / len(one) - bisect_right(other, at) / len(other)) for at in one + other)


def expect(answer, *statuses):
    assert answer.status in statuses, answer.text
    return answer.json


def twins(region):
    """Two people who differ in nothing else, in the caseload of nobody who asks."""
    case, lead = Client(region, 'case_manager'), Client(region, 'team_lead')
    plain, measured = [expect(case.post('/candidates', {'alias': 'Kandidaat Tweeling', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 32}), 201)['id'] for _ in range(2)]
    for person in (plain, measured):
        expect(case.post('/benefits', {'candidateId': person, 'kind': 'assistance', 'appliedOn': '2026-01-01'}), 201)
        expect(case.post('/trajectories', {'candidateId': person, 'kind': 'course'}), 201)
    for _ in range(MEASURES):
        expect(case.post('/signals', {'candidateId': measured, 'kind': 'refusal', 'words': 'Weigerde.'}), 201)
        expect(case.post('/appointments', {'candidateId': measured, 'kind': 'hearing', 'startsAt': '2031-03-03T09:00:00Z'}), 201)
    for _ in range(MEASURES):
        made = expect(lead.post('/decisions', {'candidateId': measured, 'kind': 'warning', 'conductOn': '2026-11-01'}), 201)['id']
        expect(lead.post(f'/decisions/{made}/view-requests', {'channel': 'letter'}), 200)
    return plain, measured


def outsider(region, role):
    """Somebody new, with no power beside the role."""
    made = expect(Client(region, 'tenant_admin').post('/users', {'name': 'Noor Pet', 'email': f'{uuid.uuid4()}@pet.example', 'role': role}), 201)
    return Client(region, role, user=made['id'])


def times(reader, addresses):
    """Microseconds of each address, asked for in turns that nobody can foresee."""
    taken = [[] for _ in addresses]
    for _ in range(CALLS + 10):
        for place in random.sample(range(len(addresses)), len(addresses)):
            begin = time.perf_counter_ns()
            reader.get(addresses[place])
            taken[place].append((time.perf_counter_ns() - begin) / 1000)
    return [some[10:] for some in taken]


def main():
    with Region.started('bench-inference', BIN, candidates=420) as region:
        region.start_programs()
        region.wait_until_idle()
        plain, measured = twins(region)
        region.wait_until_idle()
        things = Things(region, plain)
        things.known = {'candidate': [plain]}
        for role in ROLES:
            reader = Reader(region, role, outsider(region, role).token)
            for operation, address in reads(role, things):
                if plain not in address or ONLY not in operation.lower():
                    continue
                for _ in range(2):
                    first, second, again = times(reader, [address, address.replace(plain, measured), address])
                    found = distance(first, second)
                    if found <= CRITICAL:
                        break
                line(f'{role}_{operation}', round(found, 3), round(distance(first, again), 3), f'<={CRITICAL:.3f}', found <= CRITICAL)
                if found > CRITICAL:
                    print(f'#   {median(first):.1f} and {median(second):.1f} us: {address.replace(plain, "…")}')
    print(f'# {len(misses)} tell by their time')
    return 1 if misses else 0


if __name__ == '__main__':
    sys.exit(main())
