-- program: candidates

-- fragment: candidate_participation_columns
a.id, a.candidate_id, a.project_id, a.from_day, a.until_day, a.version, a.changed_at

-- query: candidate_participation_list
-- rows: many
-- whose: candidate_id
-- reached: a.candidate_id
-- filter: projectId a.project_id = %::uuid
-- filter: candidateId a.candidate_id = %::uuid
-- sort: fromDay a.from_day date from_day
-- sort: changedAt a.changed_at timestamptz changed_at
-- key: a.id
-- newest-first:
select {{candidate_participation_columns}}, n.candidate_alias, n.project_title from app.candidate_participation a
left join lateral (select m.* from app.candidate_participation_names(a.id) m where :shows_candidate_alias::boolean or :shows_project_title::boolean) n on true
where true

-- query: candidate_participation_get
-- rows: one
-- whose: candidate_id
select {{candidate_participation_columns}}, n.candidate_alias, n.project_title from app.candidate_participation a
left join lateral app.candidate_participation_names(a.id) n on true where a.id = :id

-- The candidate must be visible to the asker.
-- query: candidate_participation_insert
-- body: CandidateParticipationNew
-- rows: one
-- whose: nobody
insert into app.candidate_participation as a (tenant_id, id, region_id, candidate_id, project_id, from_day, until_day)
select c.tenant_id, :id::uuid, region.here(), c.id, @project_id::uuid, coalesce(@from_day::date, clock.today()), @until_day::date
from app.candidate c where c.id = @candidate_id::uuid
returning a.id

-- query: candidate_participation_change
-- rows: one
-- none: stale
-- whose: nobody
update app.candidate_participation a set (from_day, until_day) =
    (select n.from_day, n.until_day from jsonb_populate_record(a, :document::jsonb) n)
where a.id = :id and :version::int8multirange @> a.version
returning a.id
