-- The third part of what a decision comes to: each kind, put together by method 1, and the one door to all methods.

-- What no decision may have, of whatever kind: codes.
create function app.decision_reckon_faults(inputs jsonb) returns setof text language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        day date := coalesce(inputs ->> 'conduct_on', inputs ->> 'decided_on');
    begin
        return query select 'rule_not_adopted' where exists (
            select from jsonb_array_elements(inputs -> 'rules') r where (r ->> 'adopted')::boolean is false);
        return query select 'rule_not_in_force' where exists (
            select from jsonb_array_elements(inputs -> 'rules') r where (r ->> 'from')::date > day or (r ->> 'until')::date <= day);
        return query select 'conduct_in_future' where (inputs ->> 'conduct_on')::date > (inputs ->> 'decided_on')::date;
    end $$;

-- What a measure may not be: codes.
create function app.decision_reckon_measure_faults(inputs jsonb, made jsonb, ordinance jsonb) returns setof text language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select 'nothing_to_lower' where inputs ->> 'kind' = 'lowering' and inputs ->> 'benefit' <> 'granted';
        return query select 'duty_unknown' where (made ->> 'unknown')::boolean;
        return query select 'exempt' where (made ->> 'nothing_held')::boolean and made ->> 'exempt' is not null;
        return query select 'no_blame' where inputs ->> 'blame' = 'none';
        return query select 'conduct_too_old' where (inputs ->> 'conduct_on')::date + make_interval(months => (ordinance ->> 'too_old_months')::int) < (inputs ->> 'decided_on')::date;
        return query select 'warning_first' where inputs ->> 'kind' = 'lowering' and (made ->> 'warning')::boolean;
        return query select 'no_warning' where inputs ->> 'kind' = 'warning' and not (made ->> 'warning')::boolean and not (made ->> 'nothing_held')::boolean;
        return query select 'project_table' where (inputs ->> 'project_table')::boolean and app.decision_reckon_rule(inputs, 'measure.project') is null;
    end $$;

-- From when until when, and what is lowered in each month.
create function app.decision_reckon_period(inputs jsonb, made jsonb, ordinance jsonb) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        law jsonb := app.decision_reckon_rule(inputs, 'measure.uniform');
        soonest date := app.decision_reckon_first_day(inputs, ordinance);
        months int := made ->> 'months';
        beside jsonb := app.decision_reckon_concurrence(inputs, ordinance ->> 'concurrence', coalesce((inputs ->> 'from_day')::date, soonest), months, (made ->> 'percentage')::int);
        percentage int := coalesce(beside -> 'percentage', made -> 'percentage')::int;
        first date := beside ->> 'from';
        ends date := inputs ->> 'ends_on';
        last date := app.last_day_of_months(first, months);
        cents bigint := app.decision_reckon_month_cents(inputs, ordinance);
        parts int[] := array(select p::int from jsonb_array_elements_text(inputs -> 'spread') with ordinality u (p, place) order by place);
        faults text[] := array_append(array(select 'from_too_soon' where (inputs ->> 'from_day')::date < soonest), beside ->> 'refused');
        by_month jsonb;
    begin
        if cardinality(parts) > 0 then
            faults := faults || case when made ? 'duty' then array(select app.decision_reckon_spread_faults(parts, percentage, months, law, ordinance)) else '{spread_not_uniform}' end;
        end if;
        if cardinality(parts) > 0 and not faults && '{spread_parts,spread_too_long,spread_not_uniform}' then
            by_month := app.decision_reckon_spread(first, parts, percentage, months, cents);
            last := by_month -> -1 ->> 'until';
        end if;
        if ends < first then
            return jsonb_build_object('percentage', 0, 'months', 0, 'reason', 'ended_sooner', 'faults', to_jsonb(array_remove(faults, null)));
        elsif by_month is null then
            by_month := app.decision_reckon_months(first, least(last, ends), percentage, cents);
        elsif ends < last then -- the parts of months that come later lapse
            by_month := (select jsonb_agg(m || jsonb_build_object('until', least((m ->> 'until')::date, ends)) order by m ->> 'month')
                         from jsonb_array_elements(by_month) m where (m ->> 'from')::date <= ends);
        end if;
        return jsonb_build_object('percentage', percentage, 'from', first, 'until', by_month -> -1 -> 'until', 'spread', by_month,
            'amount_cents', (select sum((m ->> 'cents')::bigint) from jsonb_array_elements(by_month) m), 'beside', coalesce(beside -> 'beside', 'false'),
            'replaces', coalesce(beside -> 'replaces', '[]'), 'reason', coalesce(beside ->> 'reason', case when ends < last then 'ended_sooner' end), 'faults', to_jsonb(array_remove(faults, null)));
    end $$;

-- A warning or a lowering.
create function app.decision_reckon_measure(inputs jsonb) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        ordinance jsonb := app.decision_reckon_rule(inputs, 'measure.ordinance');
        made jsonb := app.decision_reckon_together(inputs);
        faults text[] := array(select app.decision_reckon_faults(inputs) union all select app.decision_reckon_measure_faults(inputs, made, ordinance));
        none boolean := faults && '{exempt,no_blame,conduct_too_old,duty_unknown,nothing_to_lower}' or inputs ->> 'kind' = 'warning';
        adjusted jsonb := app.decision_reckon_circumstances(inputs, made, ordinance);
        lowers boolean := not none and (adjusted ->> 'percentage')::int > 0 and inputs ->> 'decided_on' is not null;
        period jsonb := case when lowers then app.decision_reckon_period(inputs, made || adjusted, ordinance) else '{"faults": []}' end;
    begin
        return jsonb_build_object('duty', made -> 'duty', 'category', made -> 'category', 'step', made -> 'step', 'warning', made -> 'warning',
            'waived', case when not none then adjusted -> 'waived' end,
            'percentage', case when none then 0 else coalesce(period -> 'percentage', adjusted -> 'percentage')::int end,
            'months', case when none then 0 else (adjusted ->> 'months')::int end) || (period - '{percentage,reason,faults}'::text[])
            || jsonb_build_object(
            'articles', coalesce(made -> 'articles', '[]') || app.decision_reckon_list(adjusted -> 'article', case when made ->> 'exempt' is not null then made -> 'exempt' end,
                                                                 case when 'no_blame' = any (faults) then '"Participatiewet 18 lid 9"'::jsonb end),
            'reasons', app.decision_reckon_list(case when ordinance is null then '"no_ordinance"'::jsonb end, case when (made ->> 'warning')::boolean then '"warning_first"'::jsonb end,
                                       case when (made ->> 'several')::boolean then '"several"'::jsonb end, case when (made ->> 'step')::int > 1 then '"repetition"'::jsonb end,
                                       case when not none then adjusted -> 'reason' end, period -> 'reason'),
            'missing', app.decision_reckon_list(case when inputs ->> 'conduct_on' is null then '"conduct_on"'::jsonb end,
                                       case when inputs ->> 'decided_on' is null then '"decided_on"'::jsonb end,
                                       case when inputs ->> 'duty' is null and inputs ->> 'category' is null then '"duty"'::jsonb end,
                                       case when inputs ->> 'blame' is null then '"blame"'::jsonb end, adjusted -> 'missing'),
            'refused', to_jsonb(faults) || app.decision_reckon_list(case when not none then adjusted -> 'refused' end) || (period -> 'faults'));
    end $$;

-- The values that are there.
create function app.decision_reckon_list(variadic given jsonb[]) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$ begin return coalesce((select jsonb_agg(g order by place) from unnest(given) with ordinality u (g, place) where jsonb_typeof(g) <> 'null'), '[]'); end $$;

-- A benefit that ends has no percentage: what is not paid any more of the month in which it ends.
create function app.decision_reckon_ending(inputs jsonb) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        first date := inputs ->> 'from_day';
        faults text[] := array(select app.decision_reckon_faults(inputs) union all select 'nothing_to_end' where inputs ->> 'benefit' <> 'granted');
    begin
        return jsonb_build_object('articles', '["Participatiewet 54"]'::jsonb, 'reasons', '[]'::jsonb, 'refused', faults,
            'missing', app.decision_reckon_list(case when first is null then '"from_day"'::jsonb end), 'from', first,
            'spread', case when first is not null then app.decision_reckon_months(first, null, 100, (inputs ->> 'benefit_cents')::bigint) end);
    end $$;

-- A consequence on an application has no percentage either: an applicant has nothing that could be lowered.
create function app.decision_reckon_consequence(inputs jsonb) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return jsonb_build_object('articles', '["Participatiewet 17 lid 2", "Participatiewet 43"]'::jsonb, 'reasons', '[]'::jsonb, 'missing', '[]'::jsonb,
            'refused', array(select app.decision_reckon_faults(inputs) union all select 'nothing_applied' where inputs ->> 'benefit' <> 'applied'));
    end $$;

-- A premium or a cost: the row of the project, else that of the municipality, once for each step, stay or cost.
create function app.decision_reckon_payment(inputs jsonb) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        kind text := inputs ->> 'kind';
        row jsonb := app.decision_reckon_row(coalesce(app.decision_reckon_rule(inputs, kind || '.project') -> 'amounts', '[]')
                                    || coalesce(app.decision_reckon_rule(inputs, kind || '.step') -> 'amounts', '[]'), 'code', inputs ->> 'category');
        cents bigint := coalesce((row ->> 'cents')::bigint, 0);
        asked bigint := case when kind = 'cost' then (inputs ->> 'asked_cents')::bigint else cents end;
        decided date := inputs ->> 'decided_on';
        stayed date := app.last_day_of_months((inputs ->> 'stay_from')::date, (row ->> 'months')::int);
        done date := case when row ? 'months' then stayed else (inputs ->> 'done_on')::date end;
    begin
        return jsonb_build_object('amount_cents', case when asked is not null then least(asked, cents) end,
            'articles', jsonb_build_array(case kind when 'cost' then 'Participatiewet 7 lid 1 onder a' else 'Participatiewet 31 lid 2 onder j' end),
            'reasons', app.decision_reckon_list(case when row is null then '"no_rule"'::jsonb end, case when asked > cents and row is not null then '"capped"'::jsonb end),
            'missing', app.decision_reckon_list(case when inputs ->> 'category' is null then '"category"'::jsonb end,
                                       case when asked is null then '"asked_cents"'::jsonb end,
                                       case when kind = 'premium' and row is not null and done is null then to_jsonb(case when row ? 'months' then 'stay_from' else 'done_on' end) end),
            'refused', array(
                select app.decision_reckon_faults(inputs)
                union all select 'not_yet' where kind = 'premium' and (done > decided or (row ? 'months' and (done = decided or (inputs ->> 'stay_until')::date < done)))
                union all select 'paid_before' where exists (
                    select from jsonb_array_elements(inputs -> 'history') h
                    where h ->> 'kind' = kind and h ->> 'category' = inputs ->> 'category' and h ->> 'about' is not distinct from inputs ->> 'about')));
    end $$;

-- What a decision comes to, by the method that is named. The result has whole numbers only: percentages, cents and basis points.
create function app.decision_reckon(method int, inputs jsonb) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if method <> 1 then
            raise 'there is no method %', method;
        end if;
        return jsonb_strip_nulls(case inputs ->> 'kind' when 'ending' then app.decision_reckon_ending(inputs)
                                      when 'consequence' then app.decision_reckon_consequence(inputs)
                                      when 'premium' then app.decision_reckon_payment(inputs)
                                      when 'cost' then app.decision_reckon_payment(inputs)
                                      else app.decision_reckon_measure(inputs) end);
    end $$;

-- The same again, as text, years later; null when it cannot be reckoned, because the method is not known or the inputs are none.
create function app.decision_reckon_again(method int, inputs jsonb) returns text language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return app.decision_reckon(method, inputs)::text;
    exception when others then
        return null;
    end $$;
