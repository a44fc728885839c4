-- program: platform

-- What is open, the most urgent first. Each value of `whose` walks an index of its own (sql/migrations/0014_tasks.sql). A user who has a caseload has no
-- desk or team here: most of what lies there is about people of others, so that the list would read all of it and show nothing.
-- query: work_list_page
-- rows: many
-- whose: candidate_id
-- filter: whose=me t.owner_user_id = (select app.actor())
-- filter: whose=desk t.owner_user_id is null and t.desk_id = (select coalesce(app.organisation(), app.task_no_desk())) and (select app.scope()) <> 'caseload'
-- filter: whose=team t.desk_id = (select coalesce(app.organisation(), app.task_no_desk())) and (select app.scope()) <> 'caseload'
-- filter: whose=people t.candidate_id = any (array(select app.candidates_of(app.actor())))
-- filter: whose=deputised t.owner_user_id = any (array(select app.deputy_owners()))
-- filter: kind t.kind = %
-- filter: urgent t.urgent
-- filter: overdue t.due_at < (select clock.now()) and t.held_since is null
-- filter: dueBefore t.due_at < %::timestamptz
-- sort: orderAt t.rank_at timestamptz order_at
-- key: t.id
select t.id, t.kind, k.title_nl, k.title_en, t.state, t.noun, t.subject_id, app.subject_place(t.noun, t.subject_id) as subject_path,
       case when :shows_subject_label::boolean then app.task_subject(t.id) end as subject_label, t.candidate_id,
       case when :shows_candidate_alias::boolean and t.candidate_id is not null then app.subject_label('candidate', t.candidate_id) end as candidate_alias,
       case when t.kind = 'follow_up' then t.cause end as cause, t.topic, t.employer_id, t.summary, t.urgent,
       t.due_at, t.due_day, (t.due_at < (select clock.now()) and t.held_since is null) is true as overdue, t.held_since is not null as held,
       t.escalated_at is not null as escalated, t.owner_user_id,
       case when :shows_owner_name::boolean then coalesce((select c.name from app.colleague c where c.tenant_id = t.tenant_id and c.id = t.owner_user_id), app.task_owner(t.id)) end as owner_name,
       case when :shows_promised_to_name::boolean
                 and num_nonnulls(t.promised_to_employer_id, t.promised_to_candidate_id, t.promised_to_organisation_id) > 0 then app.task_promised_to(t.id) end as promised_to_name,
       k.outcomes || k.failures as outcomes, case when :shows_actions::boolean then app.task_actions(t) end as actions, t.rank_at as order_at,
       t.version
from app.task t join ref.task_kind k on k.kind = t.kind where (app.task_is_open(t.state) or app.task_is_pending(t.state))
