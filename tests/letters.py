# SPDX-License-Identifier: EUPL-1.2
"""What the templates of documents ask for, and documents of them: for the figures of letters, and for whoever holds their pages to the standards."""
import json
import re

from region import ROOT, until

TEMPLATES = ROOT / 'workers/documents/templates'
CONTEXT = ("select set_config('app.tenant', tenant_id::text, false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false), "
           "set_config('app.actor', '', false) from ref.tenant where code = 'gm9901'; ")
WORDS = 'Wij helpen u bij het zoeken naar werk. Çağla Łukasiewicz-Ångström krijgt één vaste contactpersoon.'


def codes():
    return sorted(file.stem for file in TEMPLATES.glob('*.fodt'))


def values(code):
    """Something for each mark of a template: a list for what is repeated."""
    text = (TEMPLATES / f'{code}.fodt').read_text()
    lists = set(re.findall(r'<!--each ([a-z_]+)-->', text))
    return {name: [WORDS, 'Dorpsstraat 12'] if name in lists else 'Gemeente Maasdrecht é' for name in lists | set(re.findall(r'\{\{([a-z_]+)\}\}', text))}


def ask(region, code, many=1):
    """Asks for so many documents of this template, about a candidate, and returns their identifiers."""
    return [str(one) for one, in region.sql(f"{CONTEXT} select app.document_request(%s, 'candidate', (select id from app.candidate where tenant_id = app.tenant() order by id "
                                            'limit 1), %s::jsonb) from generate_series(1, %s)', (code, json.dumps(values(code)), many))]


def wait(region, documents, seconds=300):
    """Until each is made."""
    states = lambda: dict(region.sql('select coalesce(fault, state), count(*) from app.document where id = any (%s::uuid[]) group by 1', (documents,)))  # noqa: E731
    until(lambda: 'asked' not in states(), seconds, say=states)
    assert states() == {'made': len(documents)}, states()
