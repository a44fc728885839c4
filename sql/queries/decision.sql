-- program: measures

-- What the person sees before it is notified is that a view is asked: `m.whole` says whether this row is shown as it is.
-- fragment: decision_columns
d.id, d.candidate_id, d.kind, d.state, case when m.whole then d.conduct_on end as conduct_on, case when m.whole then d.duty end as duty, case when m.whole then d.category end as category,
case when m.whole then d.benefit_id end as benefit_id, case when m.whole then d.project_id end as project_id, case when m.whole then d.task_id end as task_id,
case when m.whole then d.placement_id end as placement_id, case when m.whole then d.amount_asked end as amount_asked, case when m.whole then d.starts_on end as starts_on,
case when m.whole then d.adjusted_percentage end as adjusted_percentage, case when m.whole then d.adjusted_months end as adjusted_months, case when m.whole then d.adjust_reason end as adjust_reason,
case when m.whole then d.end_reason end as end_reason, case when m.whole then d.refusal_reason end as refusal_reason, case when m.whole then d.blame end as blame,
case when m.whole then d.seriousness end as seriousness, case when m.whole then d.circumstances end as circumstances, case when m.whole then d.urgent_reasons end as urgent_reasons,
case when m.whole then d.own_role end as own_role, case when m.whole then d.calculated_on end as calculated_on, case when m.whole then d.percentage end as percentage, case when m.whole then d.step end as step,
case when m.whole then d.from_day end as from_day, case when m.whole then d.until_day end as until_day, case when m.whole then d.amount_cents end as amount_cents, case when m.whole then d.drafted_at end as drafted_at,
d.drafted_by, case when :shows_drafted_by_name::boolean then app.colleague_name(d.drafted_by) end as drafted_by_name, d.view_asked_at, d.view_until, d.view_channel, d.hearing_id, d.view_given_at, d.view_skipped_ground, d.decided_at, d.decided_by, case when :shows_decided_by_name::boolean then app.colleague_name(d.decided_by) end as decided_by_name, d.notified_on, d.handed_out_by, case when :shows_handed_out_by_name::boolean then app.colleague_name(d.handed_out_by) end as handed_out_by_name, d.receipt, d.objection_until, d.reconsider_by,
d.suspended_since, d.paid_on, d.paid_reference, d.revises_id, d.revised_by_id, d.revise_reason, d.withdrawn_reason, d.version, d.changed_at

-- query: decision_list
-- rows: many
-- whose: candidate_id
-- reached: d.candidate_id
-- filter: candidateId d.candidate_id = app.inside_of(%::uuid)
-- filter: state d.state = %
-- filter: kind d.kind = %
-- filter: projectId d.project_id = %::uuid
-- sort: changedAt d.changed_at timestamptz changed_at
-- key: d.id
-- newest-first:
select {{decision_columns}}, case when :shows_candidate_alias::boolean then app.subject_label('candidate', d.candidate_id) end as candidate_alias from app.decision d cross join lateral (select (select app.role()) <> 'candidate' or d.notified_on is not null as whole) m where true

-- query: decision_get
-- rows: one
-- whose: candidate_id
select {{decision_columns}}, case when :shows_candidate_alias::boolean then app.subject_label('candidate', d.candidate_id) end as candidate_alias,
       (select coalesce(json_agg(s.signal_id order by s.signal_id), '[]') from app.decision_signal s where s.tenant_id = d.tenant_id and s.decision_id = d.id) as signal_ids,
       case when m.whole then d.also end as also, case when m.whole then d.spread end as spread, d.blame_text, d.seriousness_text, d.circumstances_text, d.urgent_text, d.own_role_text,
       case when m.whole then d.reasons end as reasons, d.inputs, case when m.whole then d.calculation end as calculation, d.method, encode(d.hash, 'hex') as hash, d.rule_ids,
       case when :shows_view_arrived::boolean then app.decision_view_proven(d.id) end as view_arrived, d.view_text, d.view_skipped_text,
       (select coalesce(json_agg(json_strip_nulls(json_build_object('kind', r.kind, 'askedOn', r.asked_on, 'words', r.words, 'decideBy', r.decide_by, 'outcome', r.outcome, 'outcomeOn', r.outcome_on,
                'outcomeText', r.outcome_text)) order by r.asked_on, r.id), '[]') from app.decision_review r where r.tenant_id = d.tenant_id and r.decision_id = d.id) as reviews
from app.decision d cross join lateral (select (select app.role()) <> 'candidate' or d.notified_on is not null as whole) m where d.id = :id

-- query: decision_draft
-- rows: none
-- writes: yes
select app.decision_draft(:id::uuid, :document::jsonb)

-- query: decision_redraft
-- rows: one
-- none: stale
-- whose: nobody
-- writes: yes
select p as id from app.decision_redraft(:id::uuid, :document::jsonb, :version::int8multirange) p where p is not null

-- query: decision_view_ask
-- rows: none
-- writes: yes
select app.decision_view_ask(:id::uuid, :document::jsonb)

-- query: decision_view_give
-- rows: none
-- writes: yes
select app.decision_view_give(:id::uuid, :document::jsonb)

-- query: decision_view_skip
-- body: ViewWaiver
-- rows: none
-- writes: yes
select app.decision_view_skip(:id::uuid, @ground, @text)

-- query: decision_decide
-- rows: none
-- writes: yes
select app.decision_decide(:id::uuid)

-- query: decision_hand_out
-- body: DecisionHandOut
-- rows: none
-- writes: yes
select app.decision_hand_out(:id::uuid, @day::date, @handed_out_by::uuid, @receipt)

-- query: decision_hand_out_correct
-- body: DecisionHandOutCorrection
-- rows: none
-- writes: yes
select app.decision_hand_out_correct(:id::uuid, @day::date, @handed_out_by::uuid, @receipt, @reason)

-- query: decision_withdraw
-- body: DecisionWithdrawal
-- rows: none
-- writes: yes
select app.decision_withdraw(:id::uuid, @reason)

-- query: decision_revise
-- rows: none
-- writes: yes
select app.decision_revise(:id::uuid, :decision_id::uuid, :document::jsonb)

-- query: decision_return
-- body: ReturnRequest
-- rows: none
-- writes: yes
select app.decision_return(:id::uuid, :new_id::uuid, @day::date, @words)

-- query: decision_keep
-- body: DecisionConfirmation
-- rows: none
-- writes: yes
select app.decision_keep(:id::uuid, @kind, @words)

-- query: decision_pay
-- body: DecisionPayment
-- rows: none
-- writes: yes
select app.decision_pay(:id::uuid, @day::date, @reference)
