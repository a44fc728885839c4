-- program: platform

-- fragment: competence_alternatives
(select json_agg(a.label order by a.label) from ref.competence_label a where a.competence_id = c.id and a.language = :language
 and not a.preferred)

-- query: competence_list
-- rows: many
-- filter: labelPrefix c.id in (select a.competence_id from ref.competence_label a where a.words @@ app.asked(%))
-- filter: kind c.kind = %
-- sort: label l.label_search text label_search
-- key: c.id
select c.id, c.uri, c.kind, l.label, l.label_search, c.rarity, c.taxonomy, c.status, c.replaced_by,
       case when :shows_alternatives::boolean then {{competence_alternatives}} end as alternatives
from ref.competence_label l join ref.competence c on c.id = l.competence_id
where l.language = :language and l.preferred and c.status = 'released'

-- query: competence_get
-- rows: one
select c.id, c.uri, c.kind, l.label, c.rarity, c.taxonomy, c.status, c.replaced_by, {{competence_alternatives}} as alternatives
from ref.competence c join ref.competence_label l on l.competence_id = c.id and l.language = :language and l.preferred
where c.id = :id
