-- The second part of what a measure comes to: from when until when, what it lowers in each month, and how it goes with another one.

-- The first day that a measure can have: the day on which it is notified, or the first day of the month after it, as the ordinance says.
create function app.decision_reckon_first_day(inputs jsonb, ordinance jsonb) returns date language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        notified date := coalesce(inputs ->> 'notified_on', inputs ->> 'decided_on');
    begin
        return case when ordinance ->> 'starts' = 'notification' then notified
                    else notified - extract(day from notified)::int + 1 + interval '1 month' end;
    end $$;

-- The benefit of a whole month that the measure lowers: that of the household, or the share of one of its persons where the ordinance says so
-- (article 18, paragraph 12); null when it is not known.
create function app.decision_reckon_month_cents(inputs jsonb, ordinance jsonb) returns bigint language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (inputs ->> 'benefit_cents')::bigint / case when ordinance ->> 'household' = 'share' then coalesce((inputs ->> 'persons')::int, 1) else 1 end;
    end $$;

-- What a percentage lowers from a day until a day, by calendar month: a part of a month counts by the days of that month. A part of a cent is not
-- lowered. Without a last day: until the end of the month in which it begins.
create function app.decision_reckon_months(first date, last date, percentage int, cents bigint) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        made jsonb := '[]';
        day date := first;
        month date;
        month_end date;
        until date;
    begin
        loop
            month := day - extract(day from day)::int + 1;
            month_end := (month + interval '1 month')::date - 1;
            until := least(month_end, last);
            made := made || jsonb_strip_nulls(jsonb_build_object('month', left(to_jsonb(month) #>> '{}', 7), 'from', day, 'until', until, 'basis_points', percentage * 100,
                'cents', cents * percentage * (until - day + 1) / (100 * (month_end - month + 1))));
            day := month_end + 1;
            exit when last is null or day > last;
        end loop;
        return made;
    end $$;

-- What is wrong with spreading (article 18, paragraph 5): codes. The parts are weights: [1,1,1] is a third in each month.
create function app.decision_reckon_spread_faults(parts int[], percentage int, months int, law jsonb, ordinance jsonb) returns setof text language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        whole int := (select sum(p) from unnest(parts) p);
    begin
        return query select 'spread_not_in_ordinance' where (ordinance ->> 'spread')::boolean is not true;
        return query select 'spread_too_long' where cardinality(parts) > (law ->> 'spread_months')::int;
        return query select 'spread_parts' where whole is null or whole < 1 or 1 > any (parts);
        return query select 'spread_first_month' where parts[1] * (law ->> 'first_part')::int < whole;
        return query select 'spread_exceeds_month' where exists (select from unnest(parts) p where p * percentage * months > 100 * whole);
    end $$;

-- The lowering spread over the month in which it begins and those after it. A part of a cent is lowered as early as possible, so that the first month
-- never gets less than its part.
create function app.decision_reckon_spread(first date, parts int[], percentage int, months int, cents bigint) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        made jsonb := '[]';
        whole int := (select sum(p) from unnest(parts) p);
        points int := percentage * 100 * months;
        total bigint := cents * percentage * months / 100;
        month date := first - extract(day from first)::int + 1;
        before int := 0;
    begin
        for n in 1 .. cardinality(parts) loop
            made := made || jsonb_strip_nulls(jsonb_build_object('month', left(to_jsonb(month) #>> '{}', 7), 'from', greatest(first, month),
                'until', (month + interval '1 month')::date - 1,
                'basis_points', div(points * (before + parts[n])::numeric + whole - 1, whole) - div(points * before::numeric + whole - 1, whole),
                'cents', div(total * (before + parts[n])::numeric + whole - 1, whole) - div(total * before::numeric + whole - 1, whole)));
            before := before + parts[n];
            month := month + interval '1 month';
        end loop;
        return made;
    end $$;

-- The lowerings of before that hold on one of these days.
create function app.decision_reckon_running(inputs jsonb, first date, last date) returns setof jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select h from jsonb_array_elements(inputs -> 'history') h
            where h ->> 'kind' = 'lowering' and (h ->> 'percentage')::int > 0 and (h ->> 'from')::date <= last and (h ->> 'until')::date >= first;
    end $$;

-- Concurrence with a lowering that already holds, as the ordinance says: the heaviest alone, both together (100 per cent at most), or one after the
-- other. Gives what changes of the measure.
create function app.decision_reckon_concurrence(inputs jsonb, how text, first date, months int, percentage int) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        last date := app.last_day_of_months(first, months);
        running jsonb[] := array(select r from app.decision_reckon_running(inputs, first, last) r order by r ->> 'from', r ->> 'id');
        most int := (select max((r ->> 'percentage')::int) from unnest(running) r);
        whole int := (select max(w) from unnest(running) r cross join lateral (
                          select sum((s ->> 'percentage')::int) from unnest(running) s where r ->> 'from' between s ->> 'from' and s ->> 'until') o (w));
        ids jsonb := (select jsonb_agg(r -> 'id') from unnest(running) r);
    begin
        if cardinality(running) = 0 then
            return jsonb_build_object('from', first);
        elsif how = 'consecutive' then
            return app.decision_reckon_concurrence(inputs, how, (select max((r ->> 'until')::date) + 1 from unnest(running) r), months, percentage)
                   || '{"reason": "consecutive"}';
        elsif how = 'sum' then
            return jsonb_build_object('from', first, 'reason', 'together', 'beside', true, 'percentage', greatest(0, least(percentage, 100 - whole)),
                                      'refused', case when whole >= 100 then 'overlap' end);
        elsif percentage > most then
            return jsonb_build_object('from', first, 'reason', 'heaviest', 'replaces', ids);
        end if;
        return jsonb_build_object('from', first, 'refused', 'overlap');
    end $$;

-- What somebody decides of the circumstances (article 18, paragraphs 1 and 10): less than what was reckoned, nothing at all, or as far above it as the
-- ordinance lets deviate for a category. Gives what changes of the measure, and what is wrong.
create function app.decision_reckon_circumstances(inputs jsonb, made jsonb, ordinance jsonb) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        said jsonb := inputs -> 'circumstances';
        months int := coalesce(said -> 'months', made -> 'months')::int;
        percentage int := case when months > 0 then coalesce(said -> 'percentage', made -> 'percentage')::int else 0 end;
        urgent boolean := (said ->> 'urgent')::boolean is true;
        least_of int := case when made ? 'category' and not urgent then coalesce((ordinance #>> '{deviation,least}')::int, 0) else 0 end;
        most_of int := case when made ? 'category' then coalesce((ordinance #>> '{deviation,most}')::int, 0) else 0 end;
    begin
        if percentage = (made ->> 'percentage')::int and months = (made ->> 'months')::int or (made ->> 'percentage')::int = 0 then
            return jsonb_build_object('percentage', made -> 'percentage', 'months', made -> 'months');
        end if;
        return jsonb_strip_nulls(jsonb_build_object('percentage', percentage, 'months', case when percentage > 0 then months else 0 end,
            'reason', case when urgent then 'urgent_reasons' else 'circumstances' end, 'waived', case when urgent and percentage = 0 then true end,
            'article', case when urgent then 'Participatiewet 18 lid 10' else 'Participatiewet 18 lid 1' end,
            'missing', case when said ->> 'reason' is null then 'circumstances_reason' end,
            'refused', case when percentage > greatest((made ->> 'percentage')::int, most_of) or months > (made ->> 'months')::int then 'raised'
                            when percentage < least_of then 'below_least' end));
    end $$;
