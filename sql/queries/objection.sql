-- program: measures

-- fragment: objection_columns
o.id, o.decision_id, o.candidate_id, o.state, o.by_whom, o.representative, o.channel, o.received_on, o.mailed_on, o.in_time, o.grounds, o.complete, o.committee, o.late_excused, o.late_text, o.heard_on,
o.unheard_ground, o.repair_until, o.repaired_on, o.decide_by, o.deferred, o.agreed_until, o.injunction_from, o.injunction_until, o.decided_on, o.decided_by, case when :shows_decided_by_name::boolean then app.colleague_name(o.decided_by) end as decided_by_name, o.outcome_text, o.version, o.changed_at

-- query: objection_list
-- rows: many
-- whose: candidate_id
-- reached: o.candidate_id
-- filter: candidateId o.candidate_id = app.inside_of(%::uuid)
-- filter: decisionId o.decision_id = %::uuid
-- filter: state o.state = %
-- sort: changedAt o.changed_at timestamptz changed_at
-- key: o.id
-- newest-first:
select {{objection_columns}}, case when :shows_candidate_alias::boolean then app.subject_label('candidate', o.candidate_id) end as candidate_alias from app.objection o where true

-- query: objection_get
-- rows: one
-- whose: candidate_id
select {{objection_columns}}, case when :shows_candidate_alias::boolean then app.subject_label('candidate', o.candidate_id) end as candidate_alias from app.objection o where o.id = :id

-- query: objection_register
-- rows: none
-- writes: yes
select app.objection_register(:id::uuid, :document::jsonb)

-- query: objection_change
-- rows: one
-- none: stale
-- whose: nobody
update app.objection o set (by_whom, representative, channel, received_on, mailed_on, grounds, complete, committee, late_excused, late_text, heard_on, unheard_ground) =
    (select n.by_whom, n.representative, n.channel, n.received_on, n.mailed_on, n.grounds, n.complete, n.committee, n.late_excused, n.late_text, n.heard_on, n.unheard_ground
     from jsonb_populate_record(o, :document::jsonb) n)
where o.id = :id and :version::int8multirange @> o.version
returning o.id

-- query: objection_repair
-- body: ObjectionRepair
-- rows: none
-- writes: yes
select app.objection_repair(:id::uuid, @until_day::date, @repaired_on::date, @grounds)

-- query: objection_postpone
-- body: ObjectionPostponement
-- rows: none
-- writes: yes
select app.objection_postpone(:id::uuid, @agreed_until::date)

-- query: objection_enjoin
-- body: ObjectionInjunction
-- rows: none
-- writes: yes
select app.objection_enjoin(:id::uuid, @from_day::date, @until_day::date)

-- query: objection_decide
-- body: ObjectionDecision
-- rows: none
-- writes: yes
select app.objection_decide(:id::uuid, :new_id::uuid, @outcome, @outcome_text, @adjusted_percentage::int, @adjusted_months::int)

-- query: objection_withdraw
-- rows: none
-- writes: yes
select app.objection_withdraw(:id::uuid)
