-- program: agreements

-- fragment: stated_figure_columns
f.id, f.code, f.nature, f.project_id, f.organisation_id, f.neighbourhood, f.whole_region, f.target_group, f.kind, f.day, f.value, f.source,
f.version, f.changed_at

-- query: stated_figure_list
-- rows: many
-- filter: projectId f.project_id = %::uuid
-- filter: code f.code = %
-- filter: nature f.nature = %
-- filter: dayFrom f.day >= %::date
-- filter: dayTo f.day <= %::date
-- sort: day f.day date day
-- sort: changedAt f.changed_at timestamptz changed_at
-- key: f.id
select {{stated_figure_columns}} from region.figure f where true

-- query: stated_figure_get
-- rows: one
select {{stated_figure_columns}} from region.figure f where f.id = :id

-- query: stated_figure_insert
-- body: StatedFigureNew
-- rows: one
insert into region.figure as f (region_id, id, tenant_id, code, nature, project_id, organisation_id, neighbourhood, whole_region, target_group, kind,
                                day, value, source)
values (region.here(), :id::uuid, app.tenant(), @code, @nature, @project_id::uuid, @organisation_id::uuid, @neighbourhood,
        coalesce(@whole_region::boolean, false), @target_group, @kind, @day::date, @value::bigint, @source)
returning {{stated_figure_columns}}

-- query: stated_figure_change
-- rows: one
-- none: stale
update region.figure f set (target_group, kind, day, value, source, weighed_at) =
    (select n.target_group, n.kind, n.day, n.value, n.source, case when n.day = f.day and n.value = f.value then f.weighed_at end
     from jsonb_populate_record(f, :document::jsonb) n)
where f.id = :id and :version::int8multirange @> f.version
returning f.id

-- query: stated_figure_delete
-- rows: one
-- none: stale
delete from region.figure f where f.id = :id and :version::int8multirange @> f.version returning f.id
