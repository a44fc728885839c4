-- program: platform

-- query: competence_list
-- rows: many
-- filter: labelPrefix c.words @@ app.asked(%)
-- filter: kind c.kind = %
-- sort: label c.label_search text label_search
-- key: c.id
select c.id, c.uri, c.kind, c.label, c.label_search, c.rarity, c.taxonomy, c.status, c.replaced_by from ref.competence c
where c.status = 'released'

-- query: competence_get
-- rows: one
select c.id, c.uri, c.kind, c.label, c.rarity, c.taxonomy, c.status, c.replaced_by from ref.competence c where c.id = :id
