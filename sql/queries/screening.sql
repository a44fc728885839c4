-- program: employers

-- fragment: screening_columns
s.id, s.vacancy_id, s.verdict, s.reason, s.advice, s.advice_rules, s.rules_version, s.rule_id, s.screened_by, s.screened_at,
(select c.name from app.colleague c where c.tenant_id = s.tenant_id and c.id = s.screened_by) as screened_by_name, s.version

-- query: screening_list
-- rows: many
-- sort: screenedAt s.screened_at timestamptz screened_at
-- key: s.id
-- newest-first:
select {{screening_columns}}
from app.screening s join app.vacancy v on v.id = s.vacancy_id where s.vacancy_id = :vacancy_id

-- query: screening_get
-- rows: one
select {{screening_columns}}
from app.screening s where s.id = :id

-- The verdict, with the advice as it is now; and the vacancy opens, or is found unsuitable.
-- query: screening_insert
-- body: ScreeningNew
-- rows: one
with moved as (
    update app.vacancy v
    set state = app.move('vacancy', app.vacancy_now(v.state, v.needed_by),
                         case when @verdict = 'unsuitable' then 'refuse' when v.positions_taken > 0 then 'resume' else 'approve' end)
    where v.id = :vacancy_id
    returning v.tenant_id, v.id
)
insert into app.screening as s (tenant_id, id, vacancy_id, verdict, reason, advice, advice_rules, rules_version, rule_id,
                                screened_by, screened_at)
select m.tenant_id, :id::uuid, m.id, @verdict, @reason, a.advice, a.rules, a.rules_version, a.rule_id, app.actor(),
       clock.now()
from moved m, app.screening_advice(m.id) a
returning {{screening_columns}}

-- query: screening_advice
-- rows: one
select v.id as vacancy_id, a.advice, a.rules_version, a.rule_id, a.rules,
       case when s.vacancy_id is not null then
           jsonb_build_object('matchVersion', s.match_input, 'active', s.active, 'passing', s.pass, 'without', s.without)
       end as supply
from app.vacancy v
cross join lateral app.screening_advice(v.id) a
left join app.vacancy_supply s on s.vacancy_id = v.id and s.match_input = v.match_input
where v.id = :id
