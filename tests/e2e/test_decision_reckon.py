# SPDX-License-Identifier: EUPL-1.2
"""What a decision comes to: cases that were worked out by hand from the articles (decisions.tsv), and that the function is pure."""
import json
import re

import pytest
import reckoned

CASES = [case for case in reckoned.cases() if case['kind'] != 'term']
TERMS = [case for case in reckoned.cases() if case['kind'] == 'term']


@pytest.mark.parametrize('case', CASES, ids=[f'{case["kind"]}-{case["what"].replace(" ", "_")}' for case in CASES])
def test_a_decision_comes_to_what_the_article_says(scratch, case):
    with scratch() as cursor:
        cursor.execute('select app.decision_reckon(1, %s)', (json.dumps(reckoned.inputs_of(case)),))
        got = cursor.fetchone()[0]
    assert not reckoned.differences(reckoned.wanted_of(case['expected']), got), (case['source'], got)


@pytest.mark.parametrize('case', TERMS, ids=[case['what'].replace(' ', '_') for case in TERMS])
def test_a_term_about_a_decision_ends_on_the_day_of_the_law(scratch, case):
    with scratch() as cursor:
        cursor.execute("select (calendar.due(calendar.moment(%s::date::timestamp), app.rule('term.' || %s)) at time zone 'Europe/Amsterdam')::date::text",
                       (case['decided'], case['norm']))
        assert f'until={cursor.fetchone()[0]}' == case['expected'], case['source']


def test_no_two_cases_are_the_same():
    given = [tuple(case[key] for key in ('kind', 'norm', 'conduct', 'decided', 'rules', 'world')) for case in reckoned.cases()]
    assert len(given) >= 150 and len(set(given)) == len(given) and len({case['what'] for case in reckoned.cases()}) == len(given)


def test_the_method_is_pure(scratch):
    """No function of it reads a table or a clock: all are immutable, and so is whatever they call."""
    with scratch() as cursor:
        cursor.execute("select proname, provolatile::text, proparallel::text, prosrc from pg_proc where pronamespace = 'app'::regnamespace "
                       "and proname like 'decision_reckon%'")
        found = cursor.fetchall()
    assert len(found) > 20
    for name, volatile, parallel, source in found:
        assert (volatile, parallel) == ('i', 's') and not re.search(r'from (?!app\.decision_reckon)\w+\.|clock\.|current_|now\(', source), name


def test_an_unknown_method_is_refused(scratch):
    with scratch() as cursor, pytest.raises(Exception, match='there is no method 2'):
        cursor.execute("select app.decision_reckon(2, '{}')")
