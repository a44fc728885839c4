-- program: candidates

-- fragment: benefit_columns
b.id, b.candidate_id, b.kind, app.benefit_now(b.state, b.until_day, b.end_reason) as state, b.applied_on, b.from_day, b.until_day, b.refused_on, b.refusal_reason, b.end_reason, b.month_cents, b.persons, b.exemptions,
app.benefit_is_open(app.benefit_now(b.state, b.until_day, b.end_reason)) as lowerable, b.version, b.changed_at

-- query: benefit_list
-- rows: many
-- whose: candidate_id
-- reached: b.candidate_id
-- filter: candidateId b.candidate_id = %::uuid
-- filter: state app.benefit_now(b.state, b.until_day, b.end_reason) = %
-- filter: kind b.kind = %
-- sort: appliedOn b.applied_on date applied_on
-- sort: changedAt b.changed_at timestamptz changed_at
-- key: b.id
-- newest-first:
select {{benefit_columns}}, case when :shows_candidate_alias::boolean then (select c.alias from app.candidate c where c.id = b.candidate_id) end as candidate_alias from app.benefit b where true

-- query: benefit_get
-- rows: one
-- whose: candidate_id
select {{benefit_columns}}, case when :shows_candidate_alias::boolean then (select c.alias from app.candidate c where c.id = b.candidate_id) end as candidate_alias from app.benefit b where b.id = :id

-- The candidate must be visible to the asker.
-- query: benefit_insert
-- body: BenefitNew
-- rows: one
-- whose: nobody
insert into app.benefit as b (tenant_id, id, candidate_id, kind, applied_on, from_day, month_cents, persons, exemptions)
select c.tenant_id, :id::uuid, c.id, @kind, coalesce(@applied_on::date, clock.today()), @from_day::date, @month_cents::bigint, coalesce(@persons::int, 1),
       coalesce(app.benefit_exemptions(@exemptions::jsonb), '[]')
from app.candidate c where c.id = @candidate_id::uuid
returning b.id

-- Without a last day it goes on, and there is no reason any more why it would end.
-- query: benefit_change
-- rows: one
-- none: stale
-- whose: nobody
update app.benefit b set (kind, applied_on, from_day, until_day, state, end_reason, month_cents, persons, exemptions) =
    (select n.kind, n.applied_on, n.from_day, n.until_day, app.benefit_corrected(b, n.until_day),
            case when n.until_day is not null or b.state <> 'granted' then b.end_reason end, n.month_cents, n.persons, coalesce(app.benefit_exemptions(n.exemptions), '[]') from jsonb_populate_record(b, :document::jsonb) n)
where b.id = :id and :version::int8multirange @> b.version
returning b.id

-- query: benefit_move
-- body: BenefitMove
-- rows: one
-- whose: nobody
update app.benefit b set
       state = case @event when 'end' then app.benefit_ending(app.benefit_now(b.state, b.until_day, b.end_reason), coalesce(@day::date, clock.today()))
                           else app.move('benefit', app.benefit_now(b.state, b.until_day, b.end_reason), @event) end,
       from_day = case when @event = 'grant' or (@event = 'restore' and b.state = 'refused') then coalesce(@day::date, b.from_day, b.applied_on) else b.from_day end,
       until_day = case @event when 'end' then coalesce(@day::date, clock.today()) end,
       end_reason = case @event when 'end' then @end_reason end,
       refused_on = case @event when 'refuse' then coalesce(@day::date, clock.today()) end,
       refusal_reason = case @event when 'refuse' then @refusal_reason end
where b.id = :id
returning b.id
