-- program: measures

-- What somebody outside the wall of measures sees of a signal is what they said, and that it was handled.
-- fragment: signal_columns
s.id, s.candidate_id, s.kind, case when i.inside then s.state else app.signal_state_outside(s) end as state, s.appointment_id, s.trajectory_id,
s.placement_id, s.proposal_id, s.vacancy_id, s.seen_by, s.seen_at, s.received_at,
case when i.inside then s.project_id end as project_id, case when i.inside then s.made_by end as made_by, case when i.inside and :shows_made_by_name::boolean then app.colleague_name(s.made_by) end as made_by_name,
case when i.inside then s.organisation_id end as organisation_id, case when i.inside then s.employer_id end as employer_id,
case when i.inside then s.listed end as listed, case when i.inside then s.doubles_id end as doubles_id, case when i.inside then s.checked_with_id end as checked_with_id, case when i.inside then s.duty end as duty, case when i.inside then s.outcome end as outcome,
case when i.inside then s.looked_into_at end as looked_into_at, case when i.inside then s.handled_at end as handled_at,
case when i.inside then s.withdrawn_at end as withdrawn_at, case when i.inside then s.corrected_at end as corrected_at, case when i.inside then s.amended_at end as amended_at,
case when i.inside then s.version else app.signal_version_outside(s) end as version,
case when i.inside then s.changed_at else app.signal_changed_outside(s) end as changed_at

-- query: signal_list
-- rows: many
-- whose: candidate_id
-- filter: state case when i.inside then s.state else app.signal_state_outside(s) end = %
-- filter: kind s.kind = %
-- filter: candidateId s.candidate_id = app.asked_of(%::uuid)
-- filter: appointmentId s.appointment_id = %::uuid
-- filter: projectId i.inside and s.project_id = %::uuid
-- filter: receivedFrom s.received_at >= %::timestamptz
-- filter: receivedBefore s.received_at < %::timestamptz
-- sort: receivedAt s.received_at timestamptz received_at
-- key: s.id
-- newest-first:
select {{signal_columns}}, case when :shows_candidate_alias::boolean then app.signal_alias(s.id) end as candidate_alias,
       case when :shows_actions::boolean then app.signal_actions(s, i.inside) end as actions
from app.signal s cross join lateral (select app.signal_inside(s) as inside) i where true

-- query: signal_get
-- rows: one
-- whose: candidate_id
select {{signal_columns}}, f.person ->> 'alias' as candidate_alias, f.person, f.invitation_proven, f.rules_known_on, f.checks, app.signal_actions(s, i.inside) as actions
from app.signal s cross join lateral (select app.signal_inside(s) as inside) i left join lateral app.signal_facts(s.id) f on true where s.id = :id

-- query: signal_make
-- rows: none
-- writes: yes
select app.signal_make(:id::uuid, :document::jsonb)

-- query: signal_handle
-- body: SignalHandling
-- rows: none
-- writes: yes
select app.signal_handle(:id::uuid, @outcome, @duty)

-- query: signal_correct
-- body: SignalCorrection
-- rows: none
-- writes: yes
select app.signal_correct(:id::uuid, @outcome, @duty, @reason)

-- query: signal_withdraw
-- rows: none
-- writes: yes
select app.signal_withdraw(:id::uuid)

-- query: signal_order_check
-- body: CheckOrder
-- rows: none
-- writes: yes
select app.signal_order_check(:id::uuid, @how, @owner_user_id::uuid)

-- query: signal_seen
-- rows: one
-- whose: nobody
select s.id from app.signal s where s.id = :signal_id and app.signal_inside(s)
