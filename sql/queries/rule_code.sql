-- program: platform

-- query: rule_code_list
-- rows: many
-- filter: codePrefix starts_with(c.code, %)
-- filter: law c.law
-- sort: code c.code text code
-- key: c.code code text
select c.code, c.description_nl, c.description_en, c.law, c.scopes, c.schema
from ref.rule_code c where true
