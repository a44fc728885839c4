#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make gen: contract, queries and states become C tables, SQL functions, the served contract and the generated pages of docs/.
With --check nothing is written; ends with 1 and names the files that are not up to date."""
import json
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
from generator import allowances, bundle, clients, emit_contract, emit_docs, emit_plan, emit_problems, emit_programs, emit_proxy, emit_sql, figures, names, people, program_list, rules, sql, states, templates  # noqa: E402
from generator.contract import Contract  # noqa: E402
from generator.limits import Limits  # noqa: E402
from generator.problems import Problems  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = {'db': 'lib/db', 'server': 'lib/server', 'queue': 'lib/queue'}


class NoAlias(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def written_by_hand():
    """The text of all C files that are not generated."""
    return '\n'.join(file.read_text() for top in ('lib', 'services', 'workers') for file in (ROOT / top).rglob('*.c')
                     if file.parent.name != 'gen')


def files(contract, statements):
    """{path: text} of everything that is generated; `statements`: {program or library: [Query]}"""
    programs = program_list.read(ROOT)
    program_list.check(ROOT, contract, programs)
    limits = Limits((ROOT / 'lib/base/limits.h').read_text())
    limits.check(contract, statements, program_list.names(programs, 'worker', 'dispatcher'))
    names.check(contract, statements, names.taken(ROOT / 'lib'))
    problems = Problems(ROOT / 'openapi/problems.yaml')
    problems.check(ROOT, contract)
    queries = sql.by_name(statements)
    people.check(ROOT, contract, statements)
    made = {}
    limited = allowances.Allowances(ROOT / 'openapi/limits.yaml', contract.roles)
    made['openapi/gen/allowance.h'], made['openapi/gen/allowance.c'] = limited.header(), limited.source()
    made['sql/functions/gen/limits.sql'], made['docs/limits.md'] = limited.sql(), limited.page()
    made['openapi/gen/role.h'], made['openapi/gen/role.c'] = emit_contract.roles(contract)
    made['openapi/gen/schemas.h'], made['openapi/gen/schemas.c'] = emit_contract.shared(contract)
    document = bundle.bundle(contract, queries, limits, problems)
    clients.check(document)
    clients.check_lists(contract, queries)
    made['openapi/gen/openapi.json'] = json.dumps(document, ensure_ascii=False, indent=1) + '\n'
    made['openapi/gen/openapi.yaml'] = yaml.dump(document, Dumper=NoAlias, sort_keys=False, allow_unicode=True,
                                                 width=110)
    for name in contract.services:
        service = emit_contract.Service(contract, name, queries)
        made[f'services/{name}/gen/schemas.h'] = service.schemas_header()
        made[f'services/{name}/gen/schemas.c'] = service.schemas_source()
        made[f'services/{name}/gen/contract.h'] = service.header()
        made[f'services/{name}/gen/contract.c'] = service.source()
    places = {**LIBRARIES, **{program.name: program_list.folder(program) for program in programs}}
    for program, found in statements.items():
        place = places[program]
        made[f'{place}/gen/queries.h'] = emit_sql.header(program, place, found, contract)
        made[f'{place}/gen/queries.c'] = emit_sql.source(program, place, found, contract)
    made.update(emit_programs.sources(programs))
    made['docker-compose.yml'] = emit_programs.compose((ROOT / 'docker-compose.yml').read_text(), programs)
    made['docker/gen/paths.map'] = emit_proxy.paths(contract)
    made['docker/gen/services.cfg'] = emit_proxy.services(contract)
    made['docker/gen/limits.cfg'] = emit_proxy.limits(limits)
    for status, text in emit_proxy.errors(problems, contract.headers).items():
        made[f'docker/gen/errors/{status}.http'] = text
    made['lib/server/gen/headers.h'] = emit_contract.headers(contract)
    made['lib/base/gen/fault_code.h'] = emit_problems.faults_header(problems)
    made['lib/http/gen/problem_code.h'], made['lib/http/gen/problems.c'] = emit_problems.header(problems), emit_problems.source(problems)
    made['docs/problems.md'] = emit_problems.page(problems)
    made['docs/glossary.md'] = emit_docs.glossary(contract)
    made['docs/rights.md'] = emit_docs.rights(contract)
    made['docs/figures.md'] = figures.page(figures.read(ROOT / 'sql/functions/figure_code.sql'))
    made['docs/processing.md'] = emit_docs.processing(contract)
    made['sql/functions/gen/states.sql'] = states.functions(contract.nouns, {o.id: list(o.rights or {}) for o in contract.operations}, contract.offered(), contract.purposes())
    codes, groups = rules.read(ROOT / 'sql/rules')
    made['sql/rules/rules.sql'], made['docs/rules.md'] = rules.sql(codes), rules.page(codes, groups)
    words = templates.read(ROOT / 'workers/notifications/templates')
    made['workers/notifications/templates/versions.tsv'] = templates.versions(ROOT / 'workers/notifications/templates/versions.tsv', words)
    made['sql/functions/gen/templates.sql'] = templates.rows(words)
    made['workers/documents/gen/templates.h'], made['workers/documents/gen/templates.c'] = templates.pages(ROOT / 'workers/documents/templates')
    for noun in contract.nouns:
        made[f'docs/states/{noun.name}.md'] = emit_docs.states(noun)
    return made


def main():
    check, stale = '--check' in sys.argv, []
    contract, statements = Contract(ROOT / 'openapi'), sql.read(ROOT / 'sql/queries')
    states.log_queries(contract, statements, people.touching(ROOT))
    for path, text in files(contract, statements).items():
        file = ROOT / path
        if file.exists() and file.read_text() == text:
            continue
        stale.append(path)
        if not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    print(('not up to date: ' if check else 'written: ') + (', '.join(stale) or 'nothing'))
    left = emit_plan.unused(contract, statements, written_by_hand())
    for where in left:
        print(f'{where}: no x-plan runs it, and no C calls it')
    return 1 if left or (check and stale) else 0


sys.exit(main())
