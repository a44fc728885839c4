# SPDX-License-Identifier: EUPL-1.2
"""Neighbourhoods, as CBS numbers them."""
import pytest

HEADER = 'code,name,district\n'


def codes(client, filters):
    return [n['code'] for n in client.get(f'/neighbourhoods?pageSize=100&{filters}').json['items']]


def test_everybody_finds_the_neighbourhoods_of_a_municipality(as_role):
    for role in ('employer', 'candidate', 'analyst', 'coach'):
        found = as_role(role).get('/neighbourhoods?municipality=gm9902&pageSize=100').json['items']
        assert len(found) == 8 and {n['municipality'] for n in found} == {'gm9902'}
        assert found[0].keys() >= {'code', 'name', 'district', 'municipality', 'status'}
    client = as_role('consultant')
    names = [n['name'] for n in client.get('/neighbourhoods?municipality=gm9901&pageSize=100').json['items']]
    assert names == sorted(names)
    assert codes(client, 'namePrefix=haven&municipality=gm9901&district=Binnenstad') == ['BU99010102']
    assert set(codes(client, 'district=Haven&municipality=gm9901')) == {f'BU990102{n:02}' for n in range(1, 9)}
    assert codes(client, 'sort=-code')[0] >= codes(client, 'sort=code')[-1]


@pytest.mark.parametrize('municipality', ['9901', 'GM9901', 'gm99011', "gm9'01", 'Maasdrecht'])
def test_a_municipality_is_named_by_its_code(as_role, municipality):
    assert as_role('consultant').get(f'/neighbourhoods?municipality={municipality}').status == 400


def test_a_later_list_withdraws_what_it_does_not_have(region, as_role, tmp_path):
    """Of the municipalities that it names, and of no other; a letter in a code is one of a large city."""
    file, client = tmp_path / 'buurten.csv', as_role('consultant')

    def load(text):
        file.write_text(HEADER + text)
        return region.command('import', 'neighbourhoods', file)
    assert 'neighbourhoods: 2 new or changed' in load('BU9990AA01,Éénbuurt,Stad\nBU99900102,Twee,\n').stdout
    assert codes(client, 'municipality=gm9990&namePrefix=een') == ['BU9990AA01']
    assert 'neighbourhoods: 1 new or changed' in load('BU9990AA01,Eerste buurt,Stad\n').stdout
    assert codes(client, 'municipality=gm9990&status=withdrawn') == ['BU99900102']
    assert codes(client, 'municipality=gm9990&status=current&namePrefix=eerste') == ['BU9990AA01']
    assert len(codes(client, 'municipality=gm9902&status=current')) == 8
    assert 'neighbourhoods: 1 new or changed' in load('BU9990AA01,Eerste buurt,Stad\nBU99900102,Twee,\n').stdout
    assert codes(client, 'municipality=gm9990&status=withdrawn') == []


@pytest.mark.parametrize('text,words', [
    ('BU990101,Kort,Stad\n', 'row 2: code'), ('BU99010a01,Klein,Stad\n', 'row 2: code'), ('WK99010101,Wijk,Stad\n', 'row 2: code'),
    ('99010101,Zonder,Stad\n', 'row 2: code'), ('BU99010101,,Stad\n', 'row 2: name'), ('BU99010101,#N/B,Stad\n', 'row 2: name'),
    ('BU99010101,Een,\nBU99010101,Twee,\n', 'BU99010101 is there twice'), ('', 'there are no rows')])
def test_a_list_that_does_not_fit_changes_nothing(region, tmp_path, text, words):
    file = tmp_path / 'buurten.csv'
    file.write_text(HEADER + text)
    before = region.sql('select md5(string_agg(n::text, chr(10) order by code)) from ref.neighbourhood n')
    done = region.command('import', 'neighbourhoods', file, check=False)
    assert done.returncode == 1 and words in done.stderr and done.stderr.count('\n') == 1
    assert region.sql('select md5(string_agg(n::text, chr(10) order by code)) from ref.neighbourhood n') == before


def test_a_list_as_a_spreadsheet_writes_it(region, as_role, tmp_path):
    file = tmp_path / 'buurten.csv'
    file.write_bytes('\ufeffCode;Name;District\r\n BU99910101 ;"De ""Hoek""";\r\n;;\r\n'.encode())
    region.command('import', 'neighbourhoods', file)
    assert as_role('consultant').get('/neighbourhoods?municipality=gm9991').json['items'][0]['name'] == 'De "Hoek"'
