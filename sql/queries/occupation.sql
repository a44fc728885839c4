-- program: platform

-- fragment: occupation_alternatives
(select json_agg(a.label order by a.label) from ref.occupation_label a where a.occupation_id = o.id and a.language = :language
 and not a.preferred)

-- A prefix is looked for in the labels of all languages, also in those that people say beside the preferred one.
-- query: occupation_list
-- rows: many
-- filter: labelPrefix o.id in (select a.occupation_id from ref.occupation_label a where a.words @@ app.asked(%))
-- filter: isco o.isco = %
-- sort: label l.label_search text label_search
-- key: o.id
select o.id, o.uri, o.isco, l.label, l.label_search, o.taxonomy, o.status, o.replaced_by,
       case when :shows_alternatives::boolean then {{occupation_alternatives}} end as alternatives
from ref.occupation_label l join ref.occupation o on o.id = l.occupation_id
where l.language = :language and l.preferred and o.status = 'released'

-- query: occupation_get
-- rows: one
select o.id, o.uri, o.isco, l.label, o.taxonomy, o.status, o.replaced_by, {{occupation_alternatives}} as alternatives,
       (select coalesce(jsonb_agg(jsonb_build_object('competenceId', c.competence_id, 'label', c.label, 'essential', oc.essential)
                                  order by oc.essential desc, c.label), '[]')
        from ref.occupation_competence oc join ref.competence_label c on c.competence_id = oc.competence_id
        where oc.occupation_id = o.id and c.language = :language and c.preferred) as competences
from ref.occupation o join ref.occupation_label l on l.occupation_id = o.id and l.language = :language and l.preferred
where o.id = :id
