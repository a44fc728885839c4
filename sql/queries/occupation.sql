-- program: platform

-- query: occupation_list
-- rows: many
-- filter: labelPrefix o.words @@ app.asked(%)
-- filter: isco o.isco = %
-- sort: label o.label_search text label_search
-- key: o.id
select o.id, o.uri, o.isco, o.label, o.label_search, o.taxonomy, o.status, o.replaced_by from ref.occupation o
where o.status = 'released'

-- query: occupation_get
-- rows: one
select o.id, o.uri, o.isco, o.label, o.taxonomy, o.status, o.replaced_by,
       (select coalesce(jsonb_agg(jsonb_build_object('competenceId', c.id, 'label', c.label, 'essential', oc.essential)
                                  order by oc.essential desc, c.label), '[]')
        from ref.occupation_competence oc join ref.competence c on c.id = oc.competence_id
        where oc.occupation_id = o.id) as competences
from ref.occupation o where o.id = :id
