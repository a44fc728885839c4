# SPDX-License-Identifier: EUPL-1.2
"""Files from outside: every spelling of the same table is read, and half a file is nothing."""
import gzip
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from region import ROOT, SANITIZED, Client, Region  # noqa: E402

SEEDS = ROOT / 'sql/seeds/taxonomy'
HEADER, ROW = 'postcode4,place,municipality,x,y', '5901,Proefdorp,Proefstad,130000,390000'


@pytest.fixture(scope='module')
def house():
    with Region.started('imports', SANITIZED, candidates=420) as made:
        made.env['MAATWERK_THREADS'] = '2'
        made.start_programs()
        made.wait_until_idle()
        yield made
        made.stop_programs()


@pytest.fixture
def put(house, tmp_path):
    """put('places', bytes) imports the bytes and returns (status, stderr)."""
    def run(what, content, *options):
        path = content
        if isinstance(content, bytes):
            path = tmp_path / 'file.csv'
            path.write_bytes(content)
        done = subprocess.run([house.bin / 'maatwerk', 'import', what, path, *options], env=house.env, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr
    return run


def places(house):
    return house.sql('select md5(string_agg(p::text, \',\' order by p.postcode4)) from ref.place p')


def taxonomy(house):
    return house.sql("""select (select md5(string_agg(o::text, ',' order by id)) from ref.occupation o),
        (select md5(string_agg(c::text, ',' order by id)) from ref.competence c),
        (select count(*) from ref.occupation_competence), (select md5(string_agg(t::text, ',')) from ref.taxonomy t)""")


SPELLINGS = {
    'mark': b'\xef\xbb\xbf' + f'{HEADER}\n{ROW}\n'.encode(), 'semicolons': f'{HEADER}\n{ROW}\n'.replace(',', ';').encode(),
    'tabs': f'{HEADER}\n{ROW}\n'.replace(',', '\t').encode(), 'case': f'{HEADER.title()}\n{ROW}\n'.encode(),
    'carriage returns': f'{HEADER}\r{ROW}\r'.encode(), 'both': f'{HEADER}\r\n{ROW}\r\n'.encode(), 'zipped': gzip.compress(f'{HEADER}\n{ROW}'.encode())}


@pytest.mark.parametrize('name', SPELLINGS)
def test_case_01_every_spelling_of_a_table_is_read(house, put, name):
    house.sql("delete from ref.place where postcode4 = '5901'")
    assert put('places', SPELLINGS[name]) == (0, '')
    assert house.sql("select place, x from ref.place where postcode4 = '5901'") == [('Proefdorp', 130000)]


@pytest.mark.parametrize('content,words', [
    (f'{HEADER}\n5901,Bar "De Hoek,Proefstad,130000,390000\n5902,Nog,Proefstad,130000,390000\n5903,Derde" plein,Proefstad,130000,390000\n', 'row 2: a quotation mark'),
    (f'{HEADER}\n{ROW}\n5902,"Open,Proefstad,130000,390000\n', 'row 3: a quotation mark is not closed'),
    (f'{HEADER}\n', 'there are no rows'), ('', 'the file is empty'), (f'code,place,municipality,x,y\n{ROW}\n', 'no column postcode4'),
    (f'{HEADER}\n{ROW}\n5902,Dorp,Stad,1300', 'row 3: it has 4 cells'), (f'{HEADER}\n{ROW}\n0902,Dorp,Stad,130000,390000', 'row 3: postcode4'),
    (f'{HEADER}\n{ROW}\n5902, \u00a0 ,Stad,130000,390000', 'row 3: place'), (f'{HEADER}\n{ROW}\n5902,a\u200b,Stad,130000,390000', 'row 3: place'),
    (f'{HEADER}\n{ROW}\n5902,Dorp,Stad,1,2', 'row 3: y'), (f'{HEADER}\n{ROW}\n5902,Dorp,Stad,13e4,390000', 'row 3: x'),
    (f'{HEADER}\n{ROW}\n{ROW}\n', 'row 3: 5901 is there twice')])
def test_case_01_what_does_not_fit_is_refused_in_one_line(house, put, content, words):
    before = places(house)
    status, said = put('places', content.encode())
    assert status == 1 and words in said and said.count('\n') == 1 and places(house) == before


@pytest.mark.parametrize('content', [f'{HEADER}\n{ROW}\n,,,,\n, ,,,\n', f'{HEADER}\n5901\u00a0, Proefdorp , Proefstad, 130000 ,390000\n',
                                     f'sep=,\n{HEADER},,\n{ROW},,\n,,,,,,\n'], ids=['empty rows', 'spaces', 'empty columns'])
def test_seen_a_table_as_a_spreadsheet_ends_it_is_read(house, put, content):
    house.sql("delete from ref.place where postcode4 = '5901'")
    assert put('places', content.encode()) == (0, '')
    assert house.sql("select place, municipality, x, y from ref.place where postcode4 = '5901'") == [('Proefdorp', 'Proefstad', 130000, 390000)]


@pytest.mark.parametrize('row,words', [('5902,#N/A,Proefstad,130000,390000', 'row 3: place: an error of a spreadsheet'), ('5902,Dorp,#VERW!,130000,390000', 'row 3: municipality'),
                                       ('5902,Dorp,Stad,#####,390000', 'row 3: x: an error'), ('5902,S\ufffddwest,Stad,130000,390000', 'row 3: place: Has characters'),
                                       (',,,,opmerking', 'row 3: postcode4'), ('5902,"# Dorp",Stad,130000,390000', None)])
def test_seen_what_a_spreadsheet_or_another_program_lost_is_refused(house, put, row, words):
    before = places(house)
    status, said = put('places', f'{HEADER}\n{ROW}\n{row}\n'.encode())
    if words:
        assert status == 1 and words in said and said.count('\n') == 1 and places(house) == before
    else:
        assert (status, said) == (0, '')


@pytest.mark.parametrize('content,words', [
    (f'{HEADER}\n5902,Caf\u00e9,Stad,130000,390000\n'.encode('cp1252'), 'row 2: this is not UTF-8'),
    (f'{HEADER}\n{ROW}\n'.encode('utf-16'), 'UTF-16'), (gzip.compress(f'{HEADER}\n{ROW}\n'.encode() * 50)[:-20], 'cut off')])
def test_case_01_other_encodings_and_halves_are_named(house, put, content, words):
    before = places(house)
    status, said = put('places', content)
    assert status == 1 and words in said and said.count('\n') == 1 and places(house) == before


@pytest.fixture
def seeds(house, tmp_path):
    """seeds(skills=…) is a folder with the taxonomy of the seeds, of which files are made anew by functions of their lines."""
    def make(**changes):
        for file in SEEDS.iterdir():
            lines = file.read_text().splitlines(keepends=True)
            change = changes.get(file.stem.removesuffix('_en'))
            (tmp_path / file.name).write_text(''.join(change(lines) if change else lines))
        return tmp_path
    yield make
    done = subprocess.run([house.bin / 'maatwerk', 'import', 'taxonomy', SEEDS, '--confirm-withdrawals', '1000'], env=house.env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_case_02_half_a_file_is_no_whole_one(house, put, seeds):
    before = taxonomy(house)
    folder = seeds(skills=lambda lines: lines[:44])
    status, said = put('taxonomy', folder, '--version', 'sample-2')
    assert status == 1 and '57 of 100 competences' in said and '--confirm-withdrawals 57' in said and said.count('\n') == 1
    assert put('taxonomy', folder, '--confirm-withdrawals', '56')[0] == 1 and taxonomy(house) == before
    assert put('taxonomy', folder, '--confirm-withdrawals', '57') == (0, '')
    assert house.sql("select count(*) from ref.competence where status = 'withdrawn'") == [(57,)]


@pytest.mark.parametrize('changes', [
    {'skills': lambda lines: lines[:1]}, {'occupations': lambda lines: lines[:1]}, {'occupationSkillRelations': lambda lines: lines[:1]},
    {'occupationSkillRelations': lambda lines: lines[:100]}, {'skills': lambda lines: lines[:-1] + [lines[-1][:9]]}])
def test_case_02_a_header_a_half_and_a_cut_row_are_refused(house, put, seeds, changes):
    before = taxonomy(house)
    status, said = put('taxonomy', seeds(**changes), '--version', 'sample-2')
    assert status == 1 and said.count('\n') == 1 and taxonomy(house) == before


def test_case_02_a_cut_gzip_is_refused(house, put, seeds):
    before = taxonomy(house)
    folder = seeds()
    whole = gzip.compress((folder / 'skills_en.csv').read_bytes())
    (folder / 'skills_en.csv').unlink()
    (folder / 'skills_en.csv.gz').write_bytes(whole[:len(whole) // 2])
    status, said = put('taxonomy', folder)
    assert status == 1 and 'cut off' in said and taxonomy(house) == before


def test_case_03_labels_are_trimmed_and_folded(house, put, seeds):
    row = 'urn:test:occupation:forklift,8344,"  \u00a0heftruck\u00a0 chauffeur\t\n",released\n'
    assert put('taxonomy', seeds(occupations=lambda lines: lines + [row])) == (0, '')
    found = Client(house, 'consultant').get('/occupations?labelPrefix=hef').json['items']
    assert [o['label'] for o in found] == ['heftruck chauffeur', 'heftruckchauffeur']


@pytest.fixture
def work(house):
    """work(competences, …) is a vacancy that asks the competences, with its shortlist."""
    employer, consultant = Client(house, 'employer'), Client(house, 'consultant')

    def make(competences, **changes):
        warehouse = consultant.get('/occupations?labelPrefix=warehouse%20worker').json['items'][0]['id']
        made = employer.post('/vacancies', {
            'employerId': employer.get('/user-profile').json['organisationId'], 'title': 'Magazijnmedewerker', 'kind': 'regular',
            'occupationId': warehouse, 'hoursMin': 12, 'hoursMax': 36, 'pc4': '5012', 'positions': 2, 'candidatesWanted': 3,
            'competences': [{'competenceId': c, 'need': 'must', 'weight': 2} for c in competences], **changes})
        return made

    def shortlist(made):
        path = made.headers['location']
        done = consultant.post(f'{path}/screenings', {'verdict': 'suitable'})
        assert done.status in (200, 201), done.text
        for _ in range(200):
            listed = consultant.get(f'{path}/shortlist')
            if listed.json['status'] == 'ready':
                return listed.json
            time.sleep(0.1)
        raise AssertionError(listed.text)
    make.shortlist = shortlist
    return make


def id_of(house, uri):
    return house.sql('select id from ref.competence where uri = %s', (uri,))[0][0]


def labels(listed):
    """Every label of every explanation, and what each candidate gets for it."""
    return {(c['label'], i['candidateId']) for i in listed['items'] for c in i['explanation'].get('competences', [])}


def test_case_04_a_new_taxonomy_while_workers_run(house, put, seeds, work):
    client = Client(house, 'consultant')
    old = house.sql("select c.uri, c.label from ref.competence c join ref.occupation_competence r on r.competence_id = c.id "
                    "join ref.occupation o on o.id = r.occupation_id where o.label = 'warehouse worker' and r.essential order by 1")
    gone_id = id_of(house, old[1][0])
    renamed_id = id_of(house, old[0][0])
    before = work.shortlist(work([str(renamed_id), str(gone_id)]))

    def change(lines):
        made = [line.replace(f'{old[0][1]},', f'{old[0][1]} anew,') if line.startswith(old[0][0] + ',') else
                line.replace(old[1][0] + ',', 'urn:test:skill:successor,') if line.startswith(old[1][0] + ',') else line for line in lines]
        return made + ['urn:test:skill:added,skill/competence,drive a robot,released\n']

    def follow(lines):
        return [line.replace(',' + old[1][0] + '\n', ',urn:test:skill:successor\n') for line in lines]
    dutch_name = house.sql("select l.label from ref.competence_label l where l.competence_id = %s and l.language = 'nl' and l.preferred", (renamed_id,))[0][0]
    rename = lambda lines: [line.replace(f',{dutch_name},', f',{dutch_name} opnieuw,') if line.startswith(old[0][0] + ',') else line for line in lines]  # noqa: E731
    assert put('taxonomy', seeds(skills=change, skills_nl=rename, occupationSkillRelations=follow), '--version', 'sample-2') == (0, '')
    gone = client.get(f'/competences/{gone_id}').json
    new_id, added = id_of(house, 'urn:test:skill:successor'), id_of(house, 'urn:test:skill:added')
    assert gone['status'] == 'withdrawn' and gone['replacedById'] == str(new_id)
    after = work.shortlist(work([str(renamed_id), str(new_id)]))
    assert [i['candidateId'] for i in after['items']] == [i['candidateId'] for i in before['items']]
    assert [i['score'] for i in after['items']] == [i['score'] for i in before['items']]
    assert f'{dutch_name} opnieuw' in str(after) and 'None' not in str(labels(after))
    asked = work.shortlist(work([str(renamed_id), str(added)]))
    assert 'drive a robot' in str(asked)
    refused = work([str(gone_id)])
    assert refused.status == 400 and [(f['pointer'], f['code']) for f in refused.json['errors']] == [('/competences', 'reference')]


def test_case_04_a_withdrawn_occupation_is_seen_and_not_asked(house, put, seeds, work):
    client = Client(house, 'consultant')
    cook = client.get('/occupations?labelPrefix=cook').json['items'][0]
    assert cook['status'] == 'released'
    status, said = put('taxonomy', seeds(occupations=lambda lines: [line for line in lines if not line.startswith(cook['uri'] + ',')]))
    assert (status, said) == (0, '')
    assert client.get(f'/occupations/{cook["id"]}').json['status'] == 'withdrawn'
    assert cook['id'] not in str(client.get('/occupations?labelPrefix=cook').json)
    refused = work([], occupationId=cook['id'])
    assert refused.status == 400 and [(f['pointer'], f['code']) for f in refused.json['errors']] == [('/occupationId', 'reference')]


def test_case_05_places_are_where_the_last_import_says(house, put, work):
    """A worker that runs had the old distances until it was started again."""
    competences = [str(id_of(house, uri)) for uri, in house.sql(
        "select c.uri from ref.competence c join ref.occupation_competence r on r.competence_id = c.id "
        "join ref.occupation o on o.id = r.occupation_id where o.label = 'warehouse worker' and r.essential limit 1")]
    first = work.shortlist(work(competences))
    near = first['items'][0]['candidateId']
    place = house.sql('select p.* from app.candidate c join ref.place p using (postcode4) where c.id = %s', (near,))[0]
    row = lambda x, y: f'{HEADER}\n{place[0]},{place[1]},{place[2]},{x},{y}\n'.encode()  # noqa: E731
    assert put('places', row(0, 300000)) == (0, '')
    second = work.shortlist(work(competences))
    assert near in str(first['items']) and near not in str(second['items'])
    assert put('places', row(place[3], place[4])) == (0, '')
    assert near in str(work.shortlist(work(competences))['items'])


@pytest.mark.parametrize('label', ['', ' \u00a0 ', '\u200b', 'a\u2028b'])
def test_case_03_an_empty_label_is_refused_with_its_row(house, put, seeds, label):
    row = f'urn:test:skill:x,skill/competence,{label},released\n'
    status, said = put('taxonomy', seeds(skills=lambda lines: lines + [row]))
    assert status == 1 and 'row 102: preferredLabel' in said and said.count('\n') == 1


def dutch(house, noun):
    return dict(house.sql(f"select e.uri, l.label from ref.{noun}_label l join ref.{noun} e on e.id = l.{noun}_id where l.language = 'nl' and l.preferred"))


def test_b4_dutch_labels_come_from_a_file_of_the_same_layout(house, put, seeds):
    """What the file does not name has its English label; what only the file names is passed over; a renamed concept keeps its Dutch name."""
    before = dutch(house, 'occupation')
    cleaner, cook = ('urn:maatwerk:sample:occupation:' + name for name in ('cleaner', 'cook'))
    folder = seeds(occupations_nl=lambda lines: re.sub(rf'{cleaner},[^"]*"[^"]*",released\n', 'urn:test:other,iets anders,,released\n', ''.join(lines)),
                   occupations=lambda lines: [line.replace(cook + ',5120,cook,', cook + ',5120,chef,') for line in lines])
    assert put('taxonomy', folder) == (0, '')
    after = dutch(house, 'occupation')
    assert after == {**before, cleaner: 'cleaner'} and after[cook] == 'kok'
    client = Client(house, 'consultant')
    assert [o['label'] for o in client.get('/occupations?labelPrefix=chef').json['items']] == ['kok']
    assert client.get('/occupations?labelPrefix=schoonmaker').json['items'][0]['label'] == 'schoonmaker in een ziekenhuis'


def test_b4_half_a_file_of_dutch_labels_has_to_be_confirmed(house, put, seeds):
    before = dutch(house, 'competence')
    status, said = put('taxonomy', seeds(skills_nl=lambda lines: lines[:61]))
    assert status == 1 and '40 of ' in said and 'Dutch labels' in said and said.count('\n') == 1 and dutch(house, 'competence') == before


def test_b4_a_synonym_that_does_not_fit_is_left_out(house, put, seeds):
    """The download of ESCO has some with invisible characters: they are no reason to refuse everything."""
    uri = 'urn:maatwerk:sample:skill:clean-windows'
    change = lambda lines: [line.replace('ramen wassen,', '"ramen wassen","ramen\u200bzemen\n gla\u00adzen  wassen \n\n' + 'x' * 301 + '"') if uri in line else line  # noqa: E731
                            for line in lines]
    assert put('taxonomy', seeds(skills_nl=change)) == (0, '')
    assert house.sql("select l.label from ref.competence_label l join ref.competence c on c.id = l.competence_id where c.uri = %s and l.language = 'nl' "
                     "and not l.preferred", (uri,)) == [('glazen wassen',)]


@pytest.mark.parametrize('rows,words', [(['urn:x,,,released\n'], 'preferredLabel'), (['urn:x,a,,released\n', 'urn:x,b,,released\n'], 'is there twice')])
def test_b4_a_dutch_row_that_does_not_fit_is_named(house, put, seeds, rows, words):
    status, said = put('taxonomy', seeds(skills_nl=lambda lines: lines + rows))
    assert status == 1 and words in said and said.count('\n') == 1
