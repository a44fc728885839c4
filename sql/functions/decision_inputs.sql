-- What a decision is reckoned from: the rules of the day on which the conduct was, what was decided before, the benefit and the exemptions. Only these
-- functions read tables; what they gather is stored with the decision, and app.decision_reckon() needs nothing else.

-- Which rules a decision of a kind asks.
create function app.decision_codes(kind text) returns text[] immutable parallel safe
    return case when kind in ('warning', 'lowering', 'consequence') then '{measure.uniform,measure.exemption,measure.ordinance,measure.project}'::text[]
                when kind in ('premium', 'cost') then array[kind || '.step', kind || '.project'] else '{}' end;

-- The rules that were in force when a day began: nobody was bound by what came later. In the place of one that nobody has adopted stands its draft, which
-- says so and is refused: the one who asks hears what has to be adopted. Codes of a project are asked for that project alone.
create function app.decision_rules(kind text, day date, project uuid) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        at timestamptz := calendar.moment(day::timestamp);
    begin
        return (
            select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', r.id, 'code', r.code, 'source', r.source, 'value', r.value,
                'from', case when isfinite(r.from_at) and r.state <> 'drafted' then (r.from_at at time zone 'Europe/Amsterdam')::date end,
                'adopted', case when r.state = 'drafted' then false end)) order by array_position(app.decision_codes(kind), r.code)), '[]')
            from unnest(app.decision_codes(kind)) c (code)
            cross join lateral (select case when c.code like '%.project' then project end) s (id)
            cross join lateral (
                select k.* from ref.known_rule k
                where k.code = c.code and (c.code not like '%.project' or s.id is not null)
                  and k.id = coalesce((app.rule_in_force(c.code, at, s.id)).id, (
                    select d.id from app.rule d where d.tenant_id = app.tenant() and d.code = c.code and d.scope_id is not distinct from s.id and d.state = 'drafted'
                    order by d.changed_at desc, d.id desc limit 1))) r);
    end $$;

-- The benefit that a decision is about: the one that is named, else the one that is paid, else an application. What ends later is still paid.
create function app.decision_benefit(candidate uuid, benefit uuid, day date) returns app.benefit language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        found app.benefit;
    begin
        select b.* into found from app.benefit b
        where b.tenant_id = app.tenant() and b.candidate_id = candidate and b.id = coalesce(benefit, b.id) and b.kind in ('assistance', 'ioaw', 'ioaz')
              and (app.benefit_is_open(app.benefit_now(b.state, b.until_day, b.end_reason, day)) or app.benefit_is_pending(b.state) or (app.benefit_is_settled(b.state) and b.until_day > day))
        order by app.benefit_is_pending(b.state), app.benefit_is_settled(b.state), b.applied_on desc, b.id desc limit 1;
        return found;
    end $$;

-- What was decided before and stands: warnings and lowerings for a measure, premiums for a premium, costs for costs. What was withdrawn, revised or
-- lapsed does not count, nor does what this decision revises.
create function app.decision_history(candidate uuid, kind text, without uuid[]) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (
            select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', d.id, 'kind', d.kind,
                'duty', case when d.calculation ?| '{duty,category}' then d.calculation ->> 'duty' else d.duty end,
                'category', case when d.calculation ?| '{duty,category}' then d.calculation ->> 'category' else d.category end,
                'decided_on', (d.decided_at at time zone 'Europe/Amsterdam')::date, 'from', d.from_day, 'until', d.until_day, 'percentage', d.percentage,
                'months', d.calculation -> 'months', 'step', d.step, 'waived', d.calculation -> 'waived', 'about', coalesce(d.task_id, d.placement_id)))
                order by d.decided_at, d.id), '[]')
            from app.decision d
            where d.tenant_id = app.tenant() and d.candidate_id = candidate and d.decided_at is not null and not d.id = any (without)
                  and (app.decision_is_open(d.state) or app.decision_is_settled(d.state))
                  and case when decision_history.kind in ('premium', 'cost') then d.kind = decision_history.kind else d.kind in ('warning', 'lowering') end);
    end $$;

-- From what somebody was exempt, as the benefits say that were not refused.
create function app.decision_exemptions(candidate uuid) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select coalesce(jsonb_agg(distinct jsonb_strip_nulls(jsonb_build_object('code', e ->> 'code', 'from', e ->> 'fromDay', 'until', e ->> 'untilDay'))), '[]')
                from app.benefit b cross join lateral jsonb_array_elements(b.exemptions) e
                where b.tenant_id = app.tenant() and b.candidate_id = candidate and not app.benefit_is_ended(b.state));
    end $$;

-- Everything that app.decision_reckon() asks. `choices` is what the one who drafts it chose and weighed; benefit_id, decision_id and revises_id among it say
-- where to look, and are no inputs. With notified_on it takes the place of what the person was told on that day: it is about the same benefit, also when that has ended.
create function app.decision_inputs(candidate uuid, kind text, conduct_on date, decided_on date, duty text, category text, project uuid, choices jsonb)
    returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        benefit app.benefit := coalesce(
            (select b from app.benefit b where choices ? 'notified_on' and b.tenant_id = app.tenant() and b.id = (choices ->> 'benefit_id')::uuid and not app.benefit_is_ended(b.state)),
            app.decision_benefit(candidate, (choices ->> 'benefit_id')::uuid, decided_on));
    begin
        return jsonb_strip_nulls(choices - '{benefit_id,decision_id,revises_id}'::text[] || jsonb_build_object(
            'kind', kind, 'conduct_on', conduct_on, 'decided_on', decided_on, 'duty', duty, 'category', category,
            'rules', app.decision_rules(kind, coalesce(conduct_on, decided_on), project),
            'history', app.decision_history(candidate, kind, array_remove(array[choices ->> 'decision_id', choices ->> 'revises_id'], null)::uuid[]),
            'benefit', case when benefit.id is null then 'none' when app.benefit_is_pending(benefit.state) then 'applied' else 'granted' end,
            'benefit_cents', benefit.month_cents, 'persons', benefit.persons,
            'exemptions', app.decision_exemptions(candidate)));
    end $$;
