# SPDX-License-Identifier: EUPL-1.2
"""Reads decisions.tsv: what is given to app.decision_reckon, and what was worked out by hand. It reckons nothing itself."""
import copy
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
HEAD = ['what', 'kind', 'norm', 'conduct', 'decided', 'rules', 'world', 'expected', 'source']
# An ordinance that resembles those of several municipalities, and is that of none.
ORDINANCE = {
    'categories': [
        {'code': 'papers', 'obligation': 'work', 'percentage': 5, 'months': 1, 'warning': True, 'article': 'Verordening 7'},
        {'code': 'search', 'obligation': 'work', 'percentage': 30, 'months': 1, 'article': 'Verordening 8'},
        {'code': 'absence', 'obligation': 'provision', 'percentage': 40, 'months': 1, 'article': 'Verordening 9'},
        {'code': 'service', 'obligation': 'return_service', 'percentage': 10, 'months': 1, 'article': 'Verordening 10'},
        {'code': 'means', 'obligation': 'responsibility', 'percentage': 20, 'months': 2, 'article': 'Verordening 11'},
        {'code': 'threat', 'obligation': 'conduct', 'percentage': 60, 'months': 1, 'article': 'Verordening 12'}],
    'uniform': {'months': 1, 'again_months': 2}, 'spread': False,
    'repetition': {'within_months': 12, 'months_times': 2, 'percentage_times': 1, 'again': 'once', 'counts': 'same', 'most_months': 3},
    'waived_counts': False, 'together': 'heaviest', 'concurrence': 'heaviest', 'too_old_months': 12, 'starts': 'next_month', 'household': 'whole',
    'view_may_be_skipped': False}
PROJECT = {'categories': [{'code': 'absence', 'obligation': 'provision', 'percentage': 80, 'months': 1, 'article': 'Tabel 2'},
                          {'code': 'late', 'obligation': 'provision', 'percentage': 10, 'months': 1, 'article': 'Tabel 3'}]}
PREMIUMS = {'amounts': [{'code': 'course', 'cents': 15000}, {'code': 'half_year', 'cents': 50000, 'months': 6}, {'code': 'month', 'cents': 5000, 'months': 1}]}
PROJECT_PREMIUMS = {'amounts': [{'code': 'course', 'cents': 22500}]}
COSTS = {'amounts': [{'code': 'bicycle', 'cents': 17500}]}
PROJECT_COSTS = {'amounts': [{'code': 'shoes', 'cents': 9000}]}


def law():
    """What the country says, as the files say it: the cases are about what follows from it."""
    said = yaml.safe_load((ROOT / 'sql/rules/measure.yaml').read_text())
    return [rule(code, said[code]['rows'][0]['value']) for code in ('measure.uniform', 'measure.exemption')]


def rule(code, value, **more):
    return {'id': f'00000000-0000-7000-8000-{sum(code.encode()):012d}', 'code': code, 'source': code, 'value': value, **more}


def number(text):
    return {'true': True, 'false': False}.get(text, int(text) if text.isdigit() else text)


def words(text):
    return [word.partition('=')[::2] for word in text.split() if word != '-']


def rules_of(text):
    """none · drafted · project[=drafted] · premiums · costs · from=<day> · until=<day> · <part>[.<part>]=<value> of the ordinance."""
    ordinance, more, others, has = copy.deepcopy(ORDINANCE), {}, [], True
    for key, value in words(text):
        if key == 'none':
            has = False
        elif key == 'drafted':
            more['adopted'] = False
        elif key in ('from', 'until'):
            more[key] = value
        elif key in OTHERS:
            others += [rule(code, table, **({'adopted': False} if value == 'drafted' else {})) for code, table in OTHERS[key]]
        elif key == 'deviation':
            ordinance['deviation'] = dict(zip(('least', 'most'), map(int, value.split('-'))))
        else:
            *path, last = key.split('.')
            place = ordinance[path[0]] if path else ordinance
            assert last in place, f'the ordinance says nothing of {key}'
            place[last] = number(value)
    return law() + ([rule('measure.ordinance', ordinance, **more)] if has else []) + others


OTHERS = {'project': [('measure.project', PROJECT)], 'premiums': [('premium.step', PREMIUMS)], 'project_premiums': [('premium.project', PROJECT_PREMIUMS)],
          'costs': [('cost.step', COSTS)], 'project_costs': [('cost.project', PROJECT_COSTS)]}


def norm_of(text):
    return {'duty': text} if len(text) == 1 else {'category': text}


def earlier(text):
    """<kind>:<duty, category or code>@<decided>[/<step>][*<percentage>x<months>][:<from>..<until>][+waived][+about]"""
    text, *marks = text.split('+')
    kind, rest = text.split(':', 1)
    rest, _, days = rest.partition(':')
    rest, _, weight = rest.partition('*')
    rest, _, step = rest.partition('/')
    norm, decided = rest.split('@')
    made = {'id': f'00000000-0000-7000-8000-{sum(text.encode()):012d}', 'kind': kind, 'decided_on': decided, **norm_of(norm)}
    if kind == 'lowering':
        percentage, months = (weight or '100x1').split('x')
        made |= {'step': int(step or 1), 'percentage': int(percentage), 'months': int(months)}
    if days:
        made['from'], made['until'] = days.split('..')
    return {**made, **({'waived': True} if 'waived' in marks else {}), **{'about': mark[6:] for mark in marks if mark.startswith('about-')}}


def inputs_of(case):
    made = {'kind': case['kind'], 'decided_on': case['decided'], 'rules': rules_of(case['rules']), 'history': [], 'exemptions': [], 'also': [], 'blame': 'full',
            'benefit': 'granted', 'benefit_cents': 60000, 'persons': 1}
    if case['conduct'] != '-':
        made['conduct_on'] = case['conduct']
    if case['norm'] != '-':
        made |= norm_of(case['norm'])
    for key, value in words(case['world']):
        if key == 'was':
            made['history'].append(earlier(value))
        elif key == 'also':
            made['also'].append(norm_of(value))
        elif key == 'exempt':
            code, _, days = value.partition(':')
            first, _, last = days.partition('..')
            made['exemptions'].append({'code': code, **({'from': first} if first else {}), **({'until': last} if last else {})})
        elif key == 'spread':
            made['spread'] = [int(part) for part in value.split(',')]
        elif key.startswith('circumstances.'):
            made.setdefault('circumstances', {})[key[14:]] = number(value)
        elif value == '-':
            del made[key]
        else:
            made[key] = number(value)
    return made


def wanted_of(text):
    """30% · 2m · step=2 · 2031-02-01..2031-03-31 · 2031-02=18000 (cents of the month) · 2031-02:3334 (basis points) · reasons=, missing=, refused=, article= ·
    amount= · warning, beside, waived · replaces=<n>. What is not named of reasons, missing and refused is wanted to be empty."""
    made = {'reasons': [], 'missing': [], 'refused': [], 'articles': [], 'months_of': {}, 'points_of': {}, 'without': []}
    for word in text.split():
        key, equals, value = word.partition('=')
        if word.endswith('%'):
            made['percentage'] = int(word[:-1])
        elif word.endswith('m') and word[:-1].isdigit():
            made['months'] = int(word[:-1])
        elif '..' in word:
            made['from'], made['until'] = (day or None for day in word.split('..'))
        elif key in ('reasons', 'missing', 'refused'):
            made[key] = value.split(',')
        elif key == 'article':
            made['articles'].append(value.replace('_', ' '))
        elif equals and key[:2] == '20':
            made['months_of'][key] = int(value)
        elif word[:2] == '20' and ':' in word:
            made['points_of'][word[:7]] = int(word[8:])
        elif key in ('warning', 'beside', 'waived'):
            made[key] = True
        elif key == 'no':
            made['without'].append(value)
        else:
            made[{'amount': 'amount_cents'}.get(key, key)] = int(value)
    return made


def differences(wanted, got):
    """What is not as it was worked out."""
    lists = {key: (wanted[key], got.get(key)) for key in ('reasons', 'missing', 'refused') if sorted(wanted[key]) != sorted(got.get(key, []))}
    plain = {key: (value, got.get(key)) for key, value in wanted.items()
             if key in ('percentage', 'months', 'step', 'from', 'until', 'amount_cents', 'warning', 'beside', 'waived') and got.get(key) != value}
    plain |= {key: (False, True) for key in ('beside', 'warning', 'waived') if got.get(key) and key not in wanted}
    cents = {m['month']: m.get('cents') for m in got.get('spread', [])}
    points = {m['month']: m['basis_points'] for m in got.get('spread', [])}
    return (lists | plain | ({'cents': (wanted['months_of'], cents)} if wanted['months_of'] and wanted['months_of'] != cents else {})
            | ({'points': (wanted['points_of'], points)} if wanted['points_of'] and wanted['points_of'] != points else {})
            | {f'article {a}': got.get('articles') for a in wanted['articles'] if a not in got.get('articles', [])}
            | ({'replaces': got.get('replaces')} if len(got.get('replaces', [])) != wanted.get('replaces', 0) else {})
            | {key: got[key] for key in wanted['without'] if key in got})


def cases():
    lines = (Path(__file__).with_name('decisions.tsv')).read_text().splitlines()
    assert lines[1].split('\t') == HEAD
    return [dict(zip(HEAD, line.split('\t'), strict=True)) for line in lines[2:]]
