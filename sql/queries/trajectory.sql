-- program: candidates

-- fragment: trajectory_columns
t.id, t.candidate_id, t.kind, t.state, t.organisation_id, t.project_id, t.benefit_id, t.vacancy_id, t.reserved_until, t.holds_place, t.employer_id,
t.current_employer_id, t.starts_on, t.ends_on, t.started_on, t.ended_on, t.search_until, t.register_by, t.guarantee_by, t.flow_through_on, t.outcome,
t.stop_reason, t.work_origin, t.rules_handed_on, t.rules_handed_by, case when :shows_rules_handed_by_name::boolean then app.colleague_name(t.rules_handed_by) end as rules_handed_by_name, t.rules_channel, t.rules_received_on, t.rules_document_id,
t.shared_at is not null and t.unshared_at is null as shared, t.shared_at, t.shared_channel, t.unshared_at, t.employer_agreed, t.employer_asked_at,
t.employer_answered_at, t.version, t.changed_at

-- query: trajectory_list
-- rows: many
-- whose: candidate_id
-- reached: t.candidate_id
-- filter: candidateId t.candidate_id = %::uuid
-- filter: state t.state = %
-- filter: kind t.kind = %
-- filter: organisationId t.organisation_id = %::uuid
-- filter: projectId t.project_id = %::uuid
-- filter: vacancyId t.vacancy_id = %::uuid
-- filter: onTheWay t.holds_place
-- sort: startsOn t.starts_on date starts_on
-- sort: changedAt t.changed_at timestamptz changed_at
-- key: t.id
-- newest-first:
select {{trajectory_columns}}, case when :shows_candidate_alias::boolean then (select c.alias from app.candidate c where c.id = t.candidate_id) end as candidate_alias,
       n.organisation_name, n.project_title, n.vacancy_title, n.employer_name, n.current_employer_name
from app.trajectory t
left join lateral (select m.* from app.trajectory_names(t.id) m where :shows_organisation_name::boolean or :shows_project_title::boolean
                   or :shows_vacancy_title::boolean or :shows_employer_name::boolean or :shows_current_employer_name::boolean) n on true
where true

-- query: trajectory_get
-- rows: one
-- whose: candidate_id
select {{trajectory_columns}}, case when :shows_candidate_alias::boolean then (select c.alias from app.candidate c where c.id = t.candidate_id) end as candidate_alias,
       n.organisation_name, n.project_title, n.vacancy_title, n.employer_name, n.current_employer_name
from app.trajectory t left join lateral app.trajectory_names(t.id) n on true where t.id = :id

-- The candidate must be visible to the asker.
-- query: trajectory_insert
-- body: TrajectoryNew
-- rows: one
-- whose: nobody
insert into app.trajectory as t (tenant_id, id, candidate_id, kind, organisation_id, project_id, benefit_id, vacancy_id, reserved_until, employer_id,
                                 current_employer_id, starts_on, ends_on, search_until, register_by, guarantee_by, flow_through_on, made_at, made_by)
select c.tenant_id, :id::uuid, c.id, @kind, @organisation_id::uuid, @project_id::uuid, @benefit_id::uuid, @vacancy_id::uuid, @reserved_until::date,
       @employer_id::uuid, @current_employer_id::uuid, coalesce(@starts_on::date, clock.today()), @ends_on::date, @search_until::date, @register_by::date,
       @guarantee_by::date, @flow_through_on::date, clock.now(), :actor::uuid
from app.candidate c where c.id = @candidate_id::uuid
returning t.id

-- query: trajectory_lock
-- rows: none
-- writes: yes
select app.trajectory_lock(:id::uuid, (:document::jsonb ->> 'vacancy_id')::uuid)

-- query: trajectory_change
-- rows: one
-- none: stale
-- whose: nobody
update app.trajectory t set (organisation_id, project_id, benefit_id, vacancy_id, reserved_until, employer_id, current_employer_id, starts_on, ends_on,
                             search_until, register_by, guarantee_by, flow_through_on) =
    (select n.organisation_id, n.project_id, n.benefit_id, n.vacancy_id, n.reserved_until, n.employer_id, n.current_employer_id, n.starts_on, n.ends_on,
            n.search_until, n.register_by, n.guarantee_by, n.flow_through_on
     from jsonb_populate_record(t, :document::jsonb) n)
where t.id = :id and :version::int8multirange @> t.version
returning t.id

-- query: trajectory_move
-- body: TrajectoryMove
-- rows: none
-- writes: yes
select app.trajectory_move(:id::uuid, @event, @day::date, @outcome, @reason, @work_origin)

-- query: trajectory_hand_rules
-- body: RulesLetterNew
-- rows: none
-- writes: yes
select app.trajectory_hand_rules(:id::uuid, @channel, @handed_on::date)

-- query: trajectory_receive_rules
-- body: RulesReceiptNew
-- rows: none
-- writes: yes
select app.trajectory_receive_rules(:id::uuid, @received_on::date)

-- query: trajectory_share
-- body: TrajectorySharing
-- rows: none
-- writes: yes
select app.trajectory_share(:id::uuid, @shared::boolean, @channel)

-- query: trajectory_ask_employer
-- rows: none
-- writes: yes
select app.trajectory_ask_employer(:id::uuid)

-- query: trajectory_answer
-- body: TrajectoryAnswerNew
-- rows: none
-- writes: yes
select app.trajectory_answer(:id::uuid, @agrees::boolean)

-- query: trajectory_progress
-- rows: one
-- whose: candidate_id
select t.id as trajectory_id, t.candidate_id, t.kind, t.state, t.vacancy_id, t.starts_on, t.ends_on, t.started_on, t.ended_on, t.employer_agreed,
       app.trajectory_steps(t.id) as steps
from app.trajectory t where t.id = :trajectory_id
