# SPDX-License-Identifier: EUPL-1.2
"""What every list does: pages, fields, cursors."""
import base64
import json
import re
from urllib.parse import quote

import pytest

from region import ROOT

PATHS = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())['paths']
# every list without parameters in its path; what the queue holds changes while it is looked at
LISTS = [path for path, item in PATHS.items()
         if '{' not in path and not path.startswith('/queue/') and any(p.get('name') == 'cursor' for p in item.get('get', {}).get('parameters', []))]
READ = [path for path in LISTS if any(re.fullmatch(rf'{path}/{{\w+(?<!code)}}', other) and 'get' in item for other, item in PATHS.items())]


def who_may(*paths):
    """A role that may read all of these, of as much as there is."""
    rights = [PATHS[path]['get']['x-rights'] for path in paths]
    return next(role for role in rights[0] if all(right.get(role) == 'tenant' for right in rights))


@pytest.mark.parametrize('path', LISTS)
def test_lists_come_in_pages_without_gaps_or_doubles(as_role, path):
    client = as_role(who_may(path))
    whole = client.get(f'{path}?pageSize=100').json['items'][:30]
    seen, next_page = [], f'{path}?pageSize=4'
    while next_page and len(seen) < len(whole):
        page = client.get(next_page).json
        assert len(page['items']) <= 4
        seen += page['items']
        next_page = page['_links'].get('next', {}).get('href')
    assert seen[:len(whole)] == whole


@pytest.mark.parametrize('path', READ)
def test_what_is_listed_can_be_read(as_role, path):
    client = as_role(who_may(path, next(other for other in PATHS if re.fullmatch(rf'{path}/{{\w+}}', other))))
    for item in client.get(f'{path}?pageSize=3').json['items']:
        assert client.get(item['_links']['self']['href']).json['id'] == item['id']


@pytest.mark.parametrize('role,path', [('employer', '/employers?fields=id,riskCover'), ('consultant', '/vacancies?fields=id,conditions')],
                         ids=['not visible', 'only when one is read'])
def test_a5_what_is_not_in_the_answer_cannot_be_selected(as_role, role, path):
    answer = as_role(role).get(path)
    assert answer.status == 400 and answer.json['errors'][0]['code'] == 'unknown-field'


def test_a5_sparse_fields(as_role, contract):
    """What is required is there, whatever is asked: clients that are made of the contract can read every answer."""
    item = as_role('consultant').get('/employers?fields=id,pc4&pageSize=1').json['items'][0]
    assert set(item) == {*contract.document['components']['schemas']['Employer']['required'], 'pc4', '_links'}


def test_a_cursor_belongs_to_its_question(as_role):
    client = as_role('consultant')
    following = client.get('/employers?pageSize=2').json['_links']['next']['href']
    assert client.get(following).status == 200
    for wrong in (following + '&sort=-name', following + '&sector=4639', following[:-3] + 'AAA'):
        answer = client.get(wrong)
        assert answer.status == 400 and answer.json['errors'][0]['code'] == 'cursor'


NAMED = [('candidates', 'app.candidate c', 'candidate', 'c.id'), ('employers', 'app.employer e', 'employer', 'e.id'),
         ('platform', 'app.organisation o', 'organisation', 'o.id'), ('platform', 'app.user_account u', 'user', 'u.id')]


# two ways to write one name, as two people type it
ALIKE = [('أحمد', 'احمد'), ('إبراهيم', 'ابراهيم'), ('آمنة', 'امنه'), ('ٱلحسن', 'الحسن'), ('مصطفى', 'مصطفي'), ('علی', 'علي'), ('فاطمة', 'فاطمه'), ('مؤمن', 'مومن'),
         ('رائد', 'رايد'), ('هناء', 'هنا'), ('مُحَمَّد', 'محمد'), ('محـمد', 'محمد'), ('کریم', 'كريم'), ('ئاکۆ', 'ياكو'), ('Yıldız', 'YILDIZ'), ('İnci', 'inci'), ('Strauß', 'STRAUSS'),
         ('Groß', 'gross'), ('Łukasz', 'lukasz'), ('Đorđe', 'Dorde'), ('Ørsted', 'Orsted'), ('Þóra', 'Thora'), ('Əliyev', 'Eliyev'), ('Ștefan', 'Ştefan'), ('Ștefan', 'stefan'),
         ('Γιώργος', 'ΓΙΩΡΓΟΣ'), ('Семёнов', 'Семенов'), ('Nguyễn', 'nguyen'), ('Ɛsi', 'Esi'), ('Ɗanjuma', 'danjuma'), ('Æbelø', 'aebeloe'), ('Šešelj', 'seselj'), ('Ĳsbrand', 'IJsbrand'),
         ('دار ٢', 'دار 2'), ('می\u200cنا', 'مينا')]
APART = [('Noor', 'Nour'), ('علي', 'عالي'), ('حسن', 'حسين'), ('Łoś', 'Lis'), ('Groß', 'Gros-Vogel'), ('سعد', 'سعيد')]


def test_seen_a_name_is_found_in_each_of_its_ways_of_writing(region, as_role, new_employer):
    """A search found أحمد and not احمد: keyboards, passports and people write a hamza, a last ya and a last ha in two ways."""
    def finds(name, asked):
        return region.sql('select app.words(%s) @@ app.asked(%s)', (name, asked))[0][0]
    assert [pair for pair in ALIKE if not (finds(*pair) and finds(*pair[::-1]))] == []
    assert [pair for pair in APART if finds(*pair) or finds(*pair[::-1])] == []
    client = as_role('account_manager')
    made = client.post('/employers', {**new_employer, 'name': 'مؤسسة الإحسان'}).json['id']
    for asked in ('موسسه', 'الاحسان', 'مؤسسة الإحسان'):
        assert made in [e['id'] for e in client.get(f'/employers?pageSize=100&namePrefix={quote(asked)}').json['items']], asked


@pytest.mark.parametrize('program,table,noun,key', NAMED, ids=[noun for _, _, noun, _ in NAMED])
def test_a_search_by_name_uses_an_index(region, program, table, noun, key):
    """As the login of the service, behind row security: rows by their keys, keys by the words of the names. Without it a municipality
    with 100,000 candidates makes the words of all their names for each search."""
    context = "set app.tenant = '1'; set app.scope = 'tenant'; set app.role = 'consultant'; set enable_seqscan = off; set cpu_operator_cost = 1; "
    plan = '\n'.join(line for line, in region.sql(f"{context} explain (costs off) select {key} from {table} "
                                                  f"where {key} = any (array(select app.named('{noun}', 'kandidaat')))", user=f'maatwerk_{program}'))
    many = region.sql('select count(*) > 300 from ' + table)[0][0]       # of a few rows PostgreSQL reads all
    assert not many or re.search(r'Index Cond: .*tenant_id.*id = ANY', plan), plan
    body, = region.sql("select prosrc from pg_proc where oid = 'app.named'::regproc")[0]
    query = re.search(r'return query(.*?);\n', body, re.S).group(1).replace('named.noun', f"'{noun}'").replace('(words)', "('{kandidaat}'::text[])").replace('rare', "'kandidaat'")
    plan = '\n'.join(line for line, in region.sql(f'set role maatwerk_owner; {context} explain (costs off) {query}'))
    assert re.search(r'Index Cond: .*tenant_id.*noun.*word >= ', plan), plan


def test_names_are_found_by_their_words_after_every_change(as_role, employer):
    client, place = as_role('account_manager'), employer.headers['location']
    named = client.patch(place, {'name': 'Ver\u00f3nica & Zonen (Oost)'}, employer.headers['etag'])
    assert named.status == 200

    def found(prefix):
        return employer.json['id'] in [e['id'] for e in client.get(f'/employers?namePrefix={prefix}&pageSize=100').json['items']]
    assert found('veron') and found('oost%20zon') and found('VER%C3%93NICA') and not found('drukkerij') and not found('veron%20west')
    assert not found('eronica') and not found('%25')


@pytest.mark.parametrize('path', LISTS)
def test_what_has_not_changed_is_304_though_somebody_writes_elsewhere(as_role, path):
    """The position of a list moves with every transaction, also with that which notes who looked; the tag does not."""
    client = as_role(who_may(path))
    first = client.get(f'{path}?pageSize=3')
    as_role('case_manager').post('/candidates', {'alias': 'Elders', 'pc4': '5012'} if path != '/candidates' else {'alias': ''})
    assert client.get(f'{path}?pageSize=3', **{'If-None-Match': first.headers['etag']}).status == 304


@pytest.mark.parametrize('path,key', [('/candidates?sort=alias', 'alias'), ('/users?sort=name', 'name')])
def test_attack_12_a_cursor_names_nobody_and_is_for_nobody_else(as_role, path, key):
    """It is in an address: what is in addresses is in logs and histories."""
    role = who_may(path.split('?')[0])
    client = as_role(role)
    page = client.get(f'{path}&pageSize=2').json
    following = page['_links']['next']['href']
    cursor = following.split('cursor=')[1]
    hidden = base64.urlsafe_b64decode(cursor + '=' * (-len(cursor) % 4))
    for item in page['items']:
        assert item[key].encode() not in hidden and item['id'].encode() not in hidden and item[key][:4].encode() not in hidden
    again = client.get(f'{path}&pageSize=2').json        # others write meanwhile, so the position goes on
    assert {**again, 'position': page['position']} == page, 'the same page has the same links: its entity tag does not change'
    assert client.get(following).status == 200
    others = [as_role(other) for other, scope in PATHS[path.split('?')[0]]['get']['x-rights'].items() if other != role and scope == 'tenant']
    assert others
    for other in (*others, as_role(role, 'gm9902')):
        answer = other.get(following)
        assert answer.status == 400 and [(fault['name'], fault['code']) for fault in answer.json['errors']] == [('cursor', 'cursor')]


IN_ORDER = ['"De Zwaan"', '1-2-3 Schoon', 'aannemer De Haas', 'ABN Werk', '\u00c5ngstr\u00f6m', 'Bakker 2', 'Bakker 10', '\u010capek', 'eclair', 'Eclair', '\u00c9clair',
            "O'Brien", 'Obrink', '\u00d6kmen', 'Van Dijk', 'Vandaag', 'Zonnebloem']


@pytest.mark.parametrize('way', ['', '-'], ids=['up', 'down'])
def test_seen_names_come_in_the_order_in_which_people_look(as_role, way):
    """Whatever the case, letters with and without diacritics beside each other, 2 before 10; on pages without gaps or doubles."""
    client, sector = as_role('account_manager'), '0162' if way else '0161'
    for name in sorted(IN_ORDER):
        assert client.post('/employers', {'name': name, 'sector': sector, 'sizeClass': 'small'}).status == 201
    seen, page = [], f'/employers?sector={sector}&sort={way}name&pageSize=2'
    while page:
        answer = client.get(page).json
        seen, page = seen + [item['name'] for item in answer['items']], answer['_links'].get('next', {}).get('href')
    assert seen == IN_ORDER[::-1 if way else 1]


def test_seen_every_sort_by_a_name_has_that_order(region):
    texts = {row[0] for row in region.sql("""select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        join pg_collation o on o.oid = a.attcollation where o.collname = 'names' and c.relkind in ('r', 'p')""")}
    assert {'employer.name', 'organisation.name', 'user_account.name', 'candidate.alias', 'vacancy.title', 'colleague.name', 'occupation_label.label_search',
            'competence_label.label_search', 'region.name', 'tenant.name'} <= texts


SEVERAL = [(path, parameter) for path in LISTS for parameter in PATHS[path]['get']['parameters']
           if parameter.get('in') == 'query' and parameter['schema'].get('type') == 'array']


@pytest.mark.parametrize('path,parameter', SEVERAL, ids=[f'{path}?{parameter["name"]}' for path, parameter in SEVERAL])
def test_b8_a_filter_of_an_enum_takes_several_values(as_role, path, parameter):
    """The page with two values is that of both, in the order of the list; a value twice, or one that is none, is refused."""
    client, name = as_role(who_may(path)), parameter['name']
    enum = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())['components']['schemas'][parameter['schema']['items']['$ref'].rsplit('/', 1)[1]]['enum']
    assert (parameter['style'], parameter['explode']) == ('form', False)
    found = {value: {json.dumps(i, sort_keys=True) for i in client.get(f'{path}?{name}={value}&pageSize=100').json['items']} for value in enum}
    filled = sorted(enum, key=lambda value: len(found[value]) not in range(1, 50))[:2]
    if len(filled) == 2:
        both = client.get(f'{path}?{name}={",".join(filled)}&pageSize=100&count=true').json
        total = sum(client.get(f'{path}?{name}={value}&count=true').json['total'] for value in filled)
        assert both['total'] == total and len(both['items']) == min(100, total)
        whole = [i for i in both['items'] if json.dumps(i, sort_keys=True) in found[filled[0]] | found[filled[1]]]
        assert len(whole) == len(both['items']) or total > 100
        pages, following = [], f'{path}?{name}={",".join(filled)}&pageSize=7'
        while following and len(pages) < len(both['items']):
            page = client.get(following).json
            pages, following = pages + page['items'], page['_links'].get('next', {}).get('href')
        assert pages[:len(both['items'])] == both['items']
    for wrong, code in ((f'{enum[0]},{enum[0]}', 'repeated'), (f'{enum[0]},nothing', 'enum'), (f'{enum[0]},', 'enum'), ('', 'enum')):
        assert client.get(f'{path}?{name}={wrong}').json['errors'][0]['code'] == code, wrong


@pytest.mark.parametrize('query,named', [('fields=id,salaris,title,', ['salaris', '']), ('sort=-salaris', ['-salaris']),
                                         ('fields=%C3%A9' + 'x' * 300, ['é' + 'x' * 198])], ids=['fields', 'sort', 'long'])
def test_seen_builder_a_fault_says_which_of_the_fields(as_role, query, named):
    """`fields` takes a list, and nothing said which of them was not known."""
    answer = as_role('consultant').get(f'/vacancies?{query}', **{'Accept-Language': 'en'})
    assert answer.status == 400 and [fault['detail'] for fault in answer.json['errors']] == [f'Unknown field: {name}' for name in named]


# every list below something; who looked at a file stays to be read when the file is not there, and whoever asks is noted
BELOW = [path for path, item in PATHS.items() if re.search(r'{\w+Id}/[a-z-]+$', path) and not path.endswith('/inspections')
         and any(p.get('name') == 'cursor' for p in item.get('get', {}).get('parameters', []))]


@pytest.mark.parametrize('path', BELOW)
def test_seen_builder_a_list_below_what_is_not_there_is_not_found(as_role, path):
    """An empty page said that somebody has no contacts, and the address was wrong."""
    answer = as_role(who_may(path)).get(re.sub(r'{\w+}', '01920000-0000-7000-8000-00000000dead', path))
    assert (answer.status, answer.problem) == (404, 'not-found')
