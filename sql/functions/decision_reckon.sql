-- What a measure, premium or cost comes to: pure functions of what they are given. They read no table and no clock, so that the one who has the inputs that
-- a decision stores gets the same answer years later, byte for byte (`maatwerk decisions replay`). How a method counts never changes: what counts
-- otherwise is a new method with the next number. ADR 50 describes the inputs and the result.

-- The value of a rule among the inputs; null when it is not there.
create function app.decision_reckon_rule(inputs jsonb, code text) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select r -> 'value' from jsonb_array_elements(inputs -> 'rules') r where r ->> 'code' = decision_reckon_rule.code limit 1);
    end $$;

-- A row of a list within a rule: the one whose key has this value.
create function app.decision_reckon_row(rows jsonb, key text, wanted text) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select r from jsonb_array_elements(rows) r where r ->> key = wanted limit 1);
    end $$;

-- Whether something happened in the months after a day: the day itself does not count, and the last one is the same day of the month
-- (Regulation (EEC, Euratom) No 1182/71, article 3).
create function app.decision_reckon_within(day date, since date, months int) returns boolean immutable parallel safe
    return day > since and day <= (since + make_interval(months => months))::date;

-- Whether an earlier lowering counts when it is repeated: one that lowered nothing for urgent reasons does when the ordinance says so.
create function app.decision_reckon_counts(earlier jsonb, ordinance jsonb) returns boolean immutable parallel safe
    return earlier ->> 'kind' = 'lowering' and ((earlier ->> 'percentage')::int > 0
           or ((earlier ->> 'waived')::boolean is true and (ordinance ->> 'waived_counts')::boolean is true));

-- The last earlier decision that makes this conduct a repetition: of a uniform duty any other uniform duty (article 18, paragraphs 6 to 8), of a category
-- what the ordinance counts.
create function app.decision_reckon_earlier(inputs jsonb, norm jsonb, ordinance jsonb, tables jsonb) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        conduct date := inputs ->> 'conduct_on';
        months int := coalesce(norm -> 'again_months', ordinance #> '{repetition,within_months}')::int;
        counts text := ordinance #>> '{repetition,counts}';
    begin
        return (
            select h from jsonb_array_elements(inputs -> 'history') h
            where app.decision_reckon_counts(h, ordinance) and app.decision_reckon_within(conduct, (h ->> 'decided_on')::date, months)
                  and case when norm ? 'duty' then h ->> 'duty' is not null
                           when h ->> 'category' is null then false
                           when counts = 'any' then true
                           when counts = 'same_or_higher' then
                               (app.decision_reckon_row(tables, 'code', h ->> 'category') ->> 'percentage')::int >= (norm ->> 'percentage')::int
                           else h ->> 'category' = norm ->> 'category' end
            order by h ->> 'decided_on' desc, (h ->> 'step')::int desc limit 1);
    end $$;

-- A uniform duty that was not met: 100 per cent for as long as the ordinance says, and longer when it is repeated (article 18, paragraphs 5 to 8).
create function app.decision_reckon_uniform(inputs jsonb, law jsonb, ordinance jsonb, duty text) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        most int := (law ->> 'most_months')::int;
        earlier jsonb := app.decision_reckon_earlier(inputs, jsonb_build_object('duty', duty, 'again_months', law -> 'again_months'), ordinance, '[]');
        step int := least(coalesce((earlier ->> 'step')::int, 0) + 1, 4);
        months int := case step when 1 then (ordinance #>> '{uniform,months}')::int
                                when 2 then greatest((ordinance #>> '{uniform,again_months}')::int, (earlier ->> 'months')::int + 1)
                                else most end;
    begin
        return jsonb_build_object('duty', duty, 'step', step, 'percentage', law -> 'percentage', 'months', least(months, most), 'warning', false,
            'articles', jsonb_build_array('Participatiewet 18 lid 4 onder ' || duty, 'Participatiewet 18 lid ' || 4 + step));
    end $$;

-- A category of the ordinance, or of the table of a project: its percentage and months, which repetition raises; first a warning where it says so.
create function app.decision_reckon_category(inputs jsonb, ordinance jsonb, tables jsonb, code text) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        repetition jsonb := ordinance -> 'repetition';
        category jsonb := app.decision_reckon_row(tables, 'code', code);
        norm jsonb := jsonb_build_object('category', code, 'percentage', category -> 'percentage');
        earlier jsonb := app.decision_reckon_earlier(inputs, norm, ordinance, tables);
        step int := least(coalesce((earlier ->> 'step')::int, 0) + 1, 4);
        times int := case when repetition ->> 'again' = 'each' then step - 1 else least(step - 1, 1) end;
        warned boolean := (category ->> 'warning')::boolean is not true or earlier is not null or exists (
            select from jsonb_array_elements(inputs -> 'history') h
            where h ->> 'kind' = 'warning' and h ->> 'category' = code
                  and app.decision_reckon_within((inputs ->> 'conduct_on')::date, (h ->> 'decided_on')::date, (repetition ->> 'within_months')::int));
        percentage int := least(100, (category ->> 'percentage')::int * (repetition ->> 'percentage_times')::int ^ times);
        months int := least((repetition ->> 'most_months')::int, (category ->> 'months')::int * (repetition ->> 'months_times')::int ^ times);
    begin
        return norm || jsonb_build_object('step', step, 'warning', not warned, 'percentage', case when warned then percentage else 0 end,
            'months', case when warned then greatest(months, (category ->> 'months')::int) else 0 end,
            'articles', jsonb_build_array('Participatiewet 18 lid 2') || case when category ? 'article' then jsonb_build_array(category -> 'article') else '[]' end);
    end $$;

-- Whether who did not meet it was exempt from this obligation on the day of the conduct (articles 9 and 9a). Misconduct knows no exemption (article 9,
-- paragraph 6), which the rule says by not naming it.
create function app.decision_reckon_exemption(inputs jsonb, obligation text) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        known jsonb := app.decision_reckon_rule(inputs, 'measure.exemption') -> 'exemptions';
        day date := inputs ->> 'conduct_on';
    begin
        return (
            select app.decision_reckon_row(known, 'code', e ->> 'code') from jsonb_array_elements(inputs -> 'exemptions') e
            where coalesce((e ->> 'from')::date <= day, true) and coalesce((e ->> 'until')::date >= day, true)
                  and app.decision_reckon_row(known, 'code', e ->> 'code') -> 'obligations' ? obligation
            order by e ->> 'code' limit 1);
    end $$;

-- The tables that hold: categories of the project before those of the ordinance.
create function app.decision_reckon_tables(inputs jsonb) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return coalesce(app.decision_reckon_rule(inputs, 'measure.project') -> 'categories', '[]')
            || coalesce(app.decision_reckon_rule(inputs, 'measure.ordinance') -> 'categories', '[]');
    end $$;

-- Every duty and category that one conduct did not meet, each reckoned by itself: the one that the decision names, and those of `also`.
create function app.decision_reckon_norms(inputs jsonb) returns setof jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        law jsonb := app.decision_reckon_rule(inputs, 'measure.uniform');
        ordinance jsonb := app.decision_reckon_rule(inputs, 'measure.ordinance');
        tables jsonb := app.decision_reckon_tables(inputs);
        one jsonb;
        known jsonb;
        made jsonb;
        exemption jsonb;
    begin
        for one in select n from jsonb_array_elements(jsonb_build_array(inputs) || coalesce(inputs -> 'also', '[]')) n loop
            known := case when one ->> 'duty' is not null then app.decision_reckon_row(law -> 'duties', 'duty', one ->> 'duty')
                          else app.decision_reckon_row(tables, 'code', one ->> 'category') end;
            if known is null then
                return next jsonb_build_object('unknown', coalesce(one ->> 'duty', one ->> 'category') is not null and (ordinance is not null or one ->> 'duty' is not null));
                continue;
            end if;
            made := case when ordinance is null then jsonb_build_object('percentage', 0, 'months', 0, 'warning', false)
                         when one ->> 'duty' is not null then app.decision_reckon_uniform(inputs, law, ordinance, one ->> 'duty')
                         else app.decision_reckon_category(inputs, ordinance, tables, one ->> 'category') end;
            exemption := app.decision_reckon_exemption(inputs, known ->> 'obligation');
            return next made || case when exemption is null then '{}' else jsonb_build_object('exempt', exemption -> 'article') end;
        end loop;
    end $$;

-- Together: what several norms that one conduct did not meet come to, as the ordinance says. What somebody was exempt from does not count.
create function app.decision_reckon_together(inputs jsonb) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        norms jsonb[] := array(select n from app.decision_reckon_norms(inputs) n);
        held jsonb[] := array(select n from unnest(norms) with ordinality u (n, place) where not n ? 'exempt' and not n ? 'unknown'
                              order by (n ->> 'percentage')::int * (n ->> 'months')::int desc, place);
        made jsonb := coalesce(held[1], jsonb_build_object('percentage', 0, 'months', 0, 'warning', false));
    begin
        if cardinality(held) > 1 and app.decision_reckon_rule(inputs, 'measure.ordinance') ->> 'together' = 'sum' then
            made := made || (
                select jsonb_build_object('percentage', least(100, sum((n ->> 'percentage')::int)), 'months', max((n ->> 'months')::int),
                                          'step', max((n ->> 'step')::int)) from unnest(held) n)
                || jsonb_build_object('articles', (
                select jsonb_agg(distinct a) from unnest(held) n cross join lateral jsonb_array_elements(n -> 'articles') a));
        end if;
        return made || jsonb_build_object('several', cardinality(held) > 1,
            'unknown', exists (select from unnest(norms) n where (n ->> 'unknown')::boolean),
            'exempt', (select n ->> 'exempt' from unnest(norms) n where n ? 'exempt' limit 1), 'nothing_held', cardinality(held) = 0);
    end $$;
