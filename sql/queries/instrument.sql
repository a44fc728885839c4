-- program: placements

-- fragment: instrument_columns
i.id, i.placement_id, i.candidate_id, i.employer_id, i.project_id, i.kind, i.state, i.asked_on, i.from_day, i.until_day, i.last_day, i.days_suspended, case when app.instrument_tells_value(i.kind) then i.percentage end as percentage, i.amount_cents,
i.intention_months, i.extends_id, i.wage_value_id, i.decide_by, i.decided_on, i.refuse_reason, i.end_reason, i.ended_on, i.version, i.changed_at

-- query: instrument_list
-- rows: many
-- whose: candidate_id
-- filter: state i.state = %
-- filter: kind i.kind = %
-- filter: placementId i.placement_id = %::uuid
-- filter: candidateId i.candidate_id = %::uuid
-- filter: employerId i.employer_id = %::uuid
-- filter: endsBefore i.last_day < %::date
-- sort: changedAt i.changed_at timestamptz changed_at
-- sort: lastDay i.last_day date last_day
-- key: i.id
-- newest-first:
select {{instrument_columns}}, n.candidate_alias, n.employer_name
from app.instrument i left join lateral app.placement_names(i.placement_id) n on true where true

-- query: instrument_get
-- rows: one
-- whose: candidate_id
select {{instrument_columns}}, n.candidate_alias, n.employer_name, app.instrument_pays(i.id) as month_cents,
       (select coalesce(json_agg(json_build_object('fromDay', s.from_day, 'untilDay', s.until_day) order by s.from_day), '[]') from app.instrument_suspension s
        where s.tenant_id = i.tenant_id and s.instrument_id = i.id) as suspensions
from app.instrument i left join lateral app.placement_names(i.placement_id) n on true where i.id = :id

-- query: instrument_ask
-- rows: none
-- writes: yes
select app.instrument_ask(:id::uuid, :document::jsonb)

-- query: instrument_change
-- rows: one
-- none: stale
-- whose: nobody
update app.instrument i set (from_day, until_day, percentage, amount_cents, intention_months) =
    (select n.from_day, n.until_day, n.percentage, n.amount_cents, n.intention_months from jsonb_populate_record(i, :document::jsonb) n)
where i.id = :id and :version::int8multirange @> i.version
returning i.id

-- query: instrument_grant
-- rows: none
-- writes: yes
select app.instrument_grant(:id::uuid)

-- query: instrument_refuse
-- body: InstrumentRefusal
-- rows: none
-- writes: yes
select app.instrument_refuse(:id::uuid, @reason)

-- query: instrument_end
-- body: InstrumentEnding
-- rows: none
-- writes: yes
select app.instrument_end(:id::uuid, @reason, @day::date)

-- query: instrument_extend
-- rows: none
-- writes: yes
select app.instrument_extend(:id::uuid, :instrument_id::uuid, :document::jsonb)

-- query: instrument_suspend
-- body: InstrumentSuspension
-- rows: none
-- writes: yes
select app.instrument_suspend(:id::uuid, @from_day::date, @until_day::date)

-- query: instrument_resume
-- body: InstrumentResumption
-- rows: none
-- writes: yes
select app.instrument_resume(:id::uuid, @day::date)
