-- program: agreements

-- The catalogue: what each figure is, in the language of the client.
-- query: figure_list
-- rows: many
-- filter: measure f.measure = %
-- sort: place f.place int place
-- key: f.code code text
select f.code, f.place, case :language when 'en' then f.name_en else f.name_nl end as name,
       case :language when 'en' then f.definition_en else f.definition_nl end as definition, f.unit, f.measure, f.dimensions,
       f.whole_for, f.records
from ref.figure_code f where true

-- query: figure_get
-- whose: nobody
-- rows: one
select f.code, f.name, f.definition, f.unit, f.measure, f.as_of, f.smallest, f.whole, f.group_by, f.points, f.totals, f.stated, app.figure_csv(f.code, f.unit, f.as_of, f.points, f.totals) as as_text
from app.figure_series(:code, jsonb_build_object('organisation', :organisation_id::uuid, 'project', :project_id::uuid, 'neighbourhood', :neighbourhood::text,
                       'sector', :sector::text, 'kind', :kind::text), :group_by::text, :day_from::date, :day_to::date, :language) f

-- query: figure_request
-- rows: none
-- writes: yes
select app.figures_request()

-- query: figure_record_list
-- rows: many
-- whose: candidate_id
-- filter: organisationId r.organisation = %::uuid
-- filter: projectId r.project = %::uuid
-- filter: neighbourhood r.neighbourhood = %
-- filter: sector r.sector = %
-- filter: kind r.kind = %
-- sort: at r.at timestamptz at
-- key: r.id
select r.id, r.noun, case when :shows_label::boolean then app.subject_label(r.noun, r.id) end as label, app.subject_place(r.noun, r.id) as path, r.candidate_id, r.at, r.weight, r.amount from app.figure_records_seen(:code, :day::date) r where true

-- query: figure_now
-- whose: nobody
-- rows: one
select f.code, f.name, f.definition, f.unit, f.measure, f.as_of, f.smallest, f.whole, f.points, f.totals, f.stated
from app.figure_series(:code, '{}', null, null, null, :language) f
