-- program: platform

-- fragment: task_columns
t.id, t.kind, k.title_nl, k.title_en, t.state, t.noun, t.subject_id, app.subject_place(t.noun, t.subject_id) as subject_path, t.candidate_id, t.employer_id,
t.summary, t.blocks, t.topic, t.amount_cents, t.granted_cents, t.urgent, t.owner_user_id, t.owner_organisation_id, t.owner_employer_id, t.owner_candidate_id,
t.promised_to_employer_id, t.promised_to_candidate_id, t.promised_to_organisation_id, t.due_at, t.due_day,
(t.due_at < (select clock.now()) and t.held_since is null and (app.task_is_open(t.state) or app.task_is_pending(t.state))) is true as overdue,
t.held_since is not null as held, t.escalated_at is not null as escalated,
case when app.task_is_open(t.state) or app.task_is_pending(t.state) then k.outcomes || k.failures end as outcomes, t.outcome, t.reason, t.reopened_at, t.reopen_reason, t.deviation_agreed_by, t.deviation_reason,
t.project_id, t.made_at, t.ended_at, case when t.kind = 'follow_up' then t.cause end as cause

-- fragment: task_owner
coalesce((select c.name from app.colleague c where c.tenant_id = t.tenant_id and c.id = t.owner_user_id), app.task_owner(t.id))

-- fragment: task_promised_to
case when num_nonnulls(t.promised_to_employer_id, t.promised_to_candidate_id, t.promised_to_organisation_id) > 0 then app.task_promised_to(t.id) end

-- query: task_list
-- rows: many
-- whose: candidate_id
-- filter: state t.state = %
-- filter: kind t.kind = %
-- filter: subjectId t.subject_id = %::uuid
-- filter: candidateId t.candidate_id = app.asked_of(%::uuid)
-- filter: employerId t.employer_id = %::uuid
-- filter: ownerUserId t.owner_user_id = %::uuid
-- filter: projectId t.project_id = %::uuid
-- filter: overdue t.due_at < clock.now() and t.held_since is null and (app.task_is_open(t.state) or app.task_is_pending(t.state))
-- filter: unattended (num_nonnulls(t.owner_user_id, t.owner_organisation_id, t.owner_employer_id, t.owner_candidate_id) = 0 or exists (select from app.colleague l where l.tenant_id = t.tenant_id and l.id = t.owner_user_id and not l.active))
-- changes: t.changed_in
-- sort: changedAt t.changed_at timestamptz changed_at
-- key: t.id
-- newest-first:
select {{task_columns}},
       case when :shows_subject_label::boolean then app.task_subject(t.id) end as subject_label,
       case when :shows_candidate_alias::boolean and t.candidate_id is not null then app.subject_label('candidate', t.candidate_id) end as candidate_alias,
       case when :shows_owner_name::boolean then {{task_owner}} end as owner_name,
       case when :shows_promised_to_name::boolean then {{task_promised_to}} end as promised_to_name,
       case when :shows_actions::boolean then app.task_actions(t) end as actions, t.version, t.changed_at, t.changed_in
from app.task t join ref.task_kind k on k.kind = t.kind where true

-- query: task_get
-- rows: one
-- whose: candidate_id
select {{task_columns}}, app.task_subject(t.id) as subject_label,
       case when :shows_candidate_alias::boolean and t.candidate_id is not null then app.subject_label('candidate', t.candidate_id) end as candidate_alias, {{task_owner}} as owner_name, {{task_promised_to}} as promised_to_name,
       app.task_actions(t) as actions, t.version, t.changed_at
from app.task t join ref.task_kind k on k.kind = t.kind where t.id = :id

-- query: task_kind_list
-- rows: many
-- sort: kind k.kind text kind
-- key: k.kind kind text
select k.kind, k.title_nl, k.title_en, k.outcomes, k.failures, k.blocks, k.urgent, k.binds,
       :role = any (k.roles) as by_hand
from ref.task_kind k where true

-- query: task_make
-- rows: none
-- writes: yes
select app.task_make(:id::uuid, :document::jsonb)

-- query: task_accept
-- rows: none
-- writes: yes
select app.task_accept(:id::uuid)

-- query: task_decline
-- body: TaskRefusal
-- rows: none
-- writes: yes
select app.task_decline(:id::uuid, @reason)

-- query: task_complete
-- body: TaskCompletion
-- rows: none
-- writes: yes
select app.task_complete(:id::uuid, @outcome, @granted_cents::bigint)

-- query: task_reopen
-- body: TaskReopening
-- rows: none
-- writes: yes
select app.task_reopen(:id::uuid, @reason)

-- query: task_withdraw
-- body: TaskWithdrawal
-- rows: none
-- writes: yes
select app.task_withdraw(:id::uuid, @reason)

-- query: task_replan
-- body: TaskReplanning
-- rows: none
-- writes: yes
select app.task_replan(:id::uuid, @due_at::timestamptz, @due_day::date, @deviation_agreed_by, @deviation_reason)

-- query: task_reassign
-- body: TaskReassignment
-- rows: none
-- writes: yes
select app.task_reassign(:id::uuid, @owner_user_id::uuid, @owner_organisation_id::uuid, @owner_employer_id::uuid, @owner_candidate_id::uuid)
