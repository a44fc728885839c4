-- program: placements

-- fragment: placement_columns
p.id, p.candidate_id, p.employer_id, p.formal_employer_id, p.formal_organisation_id, p.vacancy_id, p.proposal_id, p.trajectory_id, p.project_id, p.agreement_id,
p.kind, p.origin, p.state, p.offered_on, p.accepted_on, p.starts_on, p.started_on, p.ends_on, p.ended_on, p.contract, p.permanent_from, p.hours, p.wage_cents,
p.wage_per, p.mentor, p.workplace, p.decline_reason, p.end_reason, p.end_phase, p.end_corrected_at, p.end_corrected_by, case when :shows_end_corrected_by_name::boolean then app.colleague_name(p.end_corrected_by) end as end_corrected_by_name, p.end_correction, p.return_reason, p.replacement_wanted, p.replacement_for, p.converts,
p.converted_to, p.undone_at, p.undo_reason, p.guided_by_employer_from, p.plan, p.version, p.changed_at

-- query: placement_list
-- rows: many
-- whose: candidate_id
-- filter: state p.state = %
-- filter: kind p.kind = %
-- filter: candidateId p.candidate_id = %::uuid
-- filter: employerId p.employer_id = %::uuid
-- filter: vacancyId p.vacancy_id = %::uuid
-- filter: projectId p.project_id = %::uuid
-- changes: p.changed_in
-- reached: p.candidate_id
-- sort: changedAt p.changed_at timestamptz changed_at
-- key: p.id
-- newest-first:
select {{placement_columns}}, n.candidate_alias, n.employer_name, n.formal_employer_name, n.formal_organisation_name, n.vacancy_title, n.project_title, p.changed_in
from app.placement p left join lateral app.placement_names(p.id) n on true where true

-- Whether the asker sees it: a list of what belongs to it is 404 when not.
-- query: placement_seen
-- rows: one
-- whose: nobody
select p.id from app.placement p where p.id = :placement_id

-- query: placement_get
-- rows: one
-- whose: candidate_id
select {{placement_columns}}, n.candidate_alias, n.employer_name, n.formal_employer_name, n.formal_organisation_name, n.vacancy_title, n.project_title, h.help_by_name, h.help_due_at
from app.placement p left join lateral app.placement_names(p.id) n on true left join lateral app.placement_help(p.id) h on true where p.id = :id

-- query: placement_make
-- rows: none
-- writes: yes
select app.placement_make(:id::uuid, :document::jsonb)

-- query: placement_change
-- rows: one
-- none: stale
-- whose: nobody
update app.placement p set (kind, hours, wage_cents, wage_per, starts_on, ends_on, contract, permanent_from, mentor, workplace, employer_name,
                            formal_employer_id, formal_organisation_id, project_id) =
    (select n.kind, n.hours, n.wage_cents, n.wage_per, n.starts_on, n.ends_on, n.contract, n.permanent_from, n.mentor, n.workplace, n.employer_name,
            n.formal_employer_id, n.formal_organisation_id, n.project_id
     from jsonb_populate_record(p, :document::jsonb) n)
where p.id = :id and :version::int8multirange @> p.version
returning p.id

-- query: placement_accept
-- body: PlacementAcceptance
-- rows: none
-- writes: yes
select app.placement_accept(:id::uuid, @day::date, @still_looking::boolean)

-- query: placement_decline
-- body: PlacementRefusal
-- rows: none
-- writes: yes
select app.placement_decline(:id::uuid, @reason)

-- query: placement_start
-- body: PlacementStart
-- rows: none
-- writes: yes
select app.placement_start(:id::uuid, @day::date)

-- query: placement_end
-- body: PlacementEnding
-- rows: none
-- writes: yes
select app.placement_end(:id::uuid, @reason, @day::date)

-- query: placement_end_correct
-- body: PlacementEndCorrection
-- rows: none
-- writes: yes
select app.placement_end_correct(:id::uuid, @day::date, @reason, @correction)

-- query: placement_return
-- body: PlacementReturn
-- rows: none
-- writes: yes
select app.placement_return(:id::uuid, @reason, @replacement::boolean, @day::date)

-- query: placement_convert
-- rows: none
-- writes: yes
select app.placement_convert(:id::uuid, :document::jsonb)

-- query: placement_undo
-- body: PlacementUndoing
-- rows: none
-- writes: yes
select app.placement_undo(:id::uuid, @reason)

-- query: placement_call
-- rows: none
-- writes: yes
select app.placement_call(:id::uuid)

-- query: placement_deviate
-- body: PlacementDeviation
-- rows: none
-- writes: yes
select app.placement_deviate(:id::uuid, @plan, array(select distinct (e ->> 'day')::int from jsonb_array_elements(@contacts::jsonb) e), @agreed_by, @reason)
