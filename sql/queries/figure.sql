-- program: agreements

-- The catalogue: what each figure is, in the language of the client.
-- query: figure_list
-- rows: many
-- filter: measure f.measure = %
-- sort: place f.place int place
-- key: f.code code text
select f.code, f.place, case :language when 'en' then f.name_en else f.name_nl end as name,
       case :language when 'en' then f.definition_en else f.definition_nl end as definition, f.unit, f.measure, to_json(f.dimensions) as dimensions,
       to_json(f.whole_for) as whole_for, f.records
from ref.figure_code f where true
