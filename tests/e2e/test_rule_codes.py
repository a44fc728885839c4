# SPDX-License-Identifier: EUPL-1.2
"""What rules may say."""
import yaml

from region import ROOT


def test_each_code_of_the_files_is_told_with_its_form(as_role):
    wanted = {code: one for file in (ROOT / 'sql/rules').glob('*.yaml') if file.stem != 'schemas' for code, one in yaml.safe_load(file.read_text()).items()}
    told = {one['code']: one for page in ('&law=false', '&law=true') for one in as_role('coach').get(f'/rule-codes?pageSize=100{page}').json['items']}
    assert set(told) == set(wanted)
    for code, one in told.items():
        assert one['law'] == wanted[code].get('law', False) and one['scopes'] == wanted[code].get('scopes', [])
        assert one['schema']['type'] == 'object' and one['descriptionNl'] == wanted[code]['nl']


def test_clocks_and_laws_are_found(as_role):
    clocks = [one['code'] for one in as_role('analyst').get('/rule-codes?codePrefix=clock.&pageSize=100').json['items']]
    assert 'clock.answer' in clocks and clocks == sorted(clocks) and not [code for code in clocks if not code.startswith('clock.')]
    laws = as_role('analyst').get('/rule-codes?law=true&pageSize=100').json['items']
    assert 'term.objection' in [one['code'] for one in laws] and all(one['scopes'] == [] for one in laws)
