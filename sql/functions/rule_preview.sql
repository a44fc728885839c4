-- What a rule would change: a function of each group of codes, which counts and gives examples by id.

-- An example, in the words of the contract.
create function app.rule_sample(id uuid, now timestamptz, "then" timestamptz) returns jsonb immutable
    return jsonb_build_object('id', id, 'now', to_char(now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                              'then', to_char("then" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));

-- Proposals that would have expired, cards that would be erased, hires that could no longer be undone.
create function app.rule_preview_proposals(code text, now_days int, then_days int) returns jsonb language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with touched as (
        select p.id, p.since + make_interval(days => now_days) as now, p.since + make_interval(days => then_days) as "then"
        from (select p.id, case rule_preview_proposals.code when 'proposal.draft' then case p.state when 'drafted' then p.changed_at end
                                when 'proposal.answer' then case p.state when 'sent' then p.sent_at end
                                when 'proposal.decision' then case p.state when 'invited' then p.answered_at end
                                when 'proposal.undo_hire' then case p.state when 'hired' then p.answered_at end
                                when 'proposal.card' then case when p.card is not null and not app.proposal_is_open(p.state) then p.changed_at end
                           end as since
              from app.proposal p where p.tenant_id = app.tenant() and app.sees_proposal(p)) p
        where p.since + make_interval(days => now_days) > clock.now() and p.since + make_interval(days => then_days) <= clock.now()
    )
    select jsonb_build_object('kind', case code when 'proposal.undo_hire' then 'hire_settled' when 'proposal.card' then 'card_erased'
                                                else 'proposal_expired' end,
                              'count', (select count(*) from touched),
                              'samples', coalesce((select jsonb_agg(app.rule_sample(t.id, t.now, t."then")) from (select * from touched order by id limit 10) t), '[]'))
    $$;

-- Candidates who have more open proposals than the cap. Who they are is not told: the one who sets rules sees no files.
create function app.rule_preview_candidates(most int) returns jsonb language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select jsonb_build_object('kind', 'candidate_over_cap', 'count', count(*), 'samples', '[]'::jsonb)
    from (select from app.proposal p where p.tenant_id = app.tenant() and app.sees_proposal(p) and app.proposal_is_open(p.state)
          group by p.candidate_id having count(*) > most) c
    $$;

-- Open tasks whose clock the rule of their kind runs: those that would be due at another moment, of ten thousand at most. A rule for the whole
-- municipality is not asked for tasks of a project that has its own. Everyone who sets rules sees no tasks, and gets numbers and moments only.
create function app.rule_preview_tasks(kind text, scope_id uuid, value jsonb) returns jsonb language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with counted as (
        select t.id, t.due_at as now, calendar.due(t.clock_from, rule_preview_tasks.value -> 'due', t.held) as "then"
        from app.task t join ref.known_rule r on r.id = t.rule_id
        where t.tenant_id = app.tenant() and app.role() = 'tenant_admin' and app.scope() = 'tenant' and t.kind = rule_preview_tasks.kind and (app.task_is_open(t.state) or app.task_is_pending(t.state))
              and case when rule_preview_tasks.scope_id is null then r.scope_id is null else t.project_id = rule_preview_tasks.scope_id end
        limit 10000
    ), touched as (
        select c.* from counted c where c."then" is distinct from c.now
    )
    select jsonb_build_object('kind', 'task_due', 'count', (select count(*) from touched),
                              'samples', coalesce((select jsonb_agg(app.rule_sample(t.id, t.now, t."then")) from (select * from touched order by now, id limit 10) t), '[]'))
    $$;

-- Open tasks whose clock runs in office hours: those that would be due at another moment in other office hours, of ten thousand at most.
create function app.rule_preview_office_hours(hours jsonb) returns jsonb language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with counted as (
        select t.id, t.due_at as now,
               calendar.add_office_time(t.clock_from, make_interval(hours => (r.value -> 'due' ->> 'amount')::int) + t.held, hours) as "then"
        from app.task t join ref.known_rule r on r.id = t.rule_id
        where t.tenant_id = app.tenant() and app.role() = 'tenant_admin' and app.scope() = 'tenant'
              and (app.task_is_open(t.state) or app.task_is_pending(t.state)) and r.value -> 'due' ->> 'unit' = 'office_hours'
        limit 10000
    ), touched as (
        select c.* from counted c where c."then" is distinct from c.now
    )
    select jsonb_build_object('kind', 'task_due', 'count', (select count(*) from touched),
                              'samples', coalesce((select jsonb_agg(app.rule_sample(t.id, t.now, t."then")) from (select * from touched order by now, id limit 10) t), '[]'))
    $$;

-- What would be different today if a rule were in force instead of the one that is. It names nobody.
create function app.rule_preview(rule uuid, out rule_id uuid, out code text, out value jsonb, out compared_with_id uuid,
                                 out compared_with_value jsonb, out effects jsonb) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        one ref.known_rule := (select r from ref.known_rule r where r.id = rule);
        current record := app.rule_in_force(one.code, clock.now(), one.scope_id);
    begin
        rule_id := one.id;
        code := one.code;
        value := one.value;
        compared_with_id := current.id;
        compared_with_value := current.value;
        effects := jsonb_build_array(case
            when one.id is null then null
            when one.code = 'cap.open_proposals' then app.rule_preview_candidates((one.value ->> 'count')::int)
            when one.code = 'calendar.office_hours' then app.rule_preview_office_hours(one.value)
            when one.code like 'clock.%' then app.rule_preview_tasks(substr(one.code, 7), one.scope_id, one.value)
            when one.code like 'proposal.%' then
                app.rule_preview_proposals(one.code, (current.value ->> 'days')::int, (one.value ->> 'days')::int)
            else '{"kind": "new_only", "count": 0, "samples": []}' end);
    end $$;
