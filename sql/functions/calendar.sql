-- The calendar: which days are holidays and business days, and when a clock ends. Days and times of day are those of Europe/Amsterdam; there
-- is one implementation, for statements of services and of workers alike.

-- Easter Sunday of a year, by the method of Meeus, Jones and Butcher for the Gregorian calendar.
create function calendar.easter(year int) returns date language plpgsql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        golden int := year % 19;
        century int := year / 100;
        rest int := year % 100;
        epact int := (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
        weekday int := (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
        days int := epact + weekday - 7 * ((golden + 11 * epact + 22 * weekday) / 451) + 114;
    begin
        return make_date(year, days / 31, days % 31 + 1);
    end $$;

-- The day on which the King's birthday is celebrated: 27 April, and a day earlier when that is a Sunday. Until 2013 it was 30 April.
create function calendar.kings_day(year int) returns date immutable strict parallel safe
    return make_date(year, 4, case when year < 2014 then 30 else 27 end)
           - (extract(isodow from make_date(year, 4, case when year < 2014 then 30 else 27 end)) = 7)::int;

-- Whether the country has a day off. Good Friday is a day on which people work, and so is Liberation Day (5 May), unless the rule
-- calendar.liberation_day says something else.
create function calendar.is_holiday(day date) returns boolean language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        year int := extract(year from day);
        off text;
    begin
        if to_char(day, 'MMDD') in ('0101', '1225', '1226') or day - calendar.easter(year) in (0, 1, 39, 49, 50)
           or day = calendar.kings_day(year) then
            return true;
        elsif to_char(day, 'MMDD') <> '0505' then
            return false;
        end if;
        off := app.rule('calendar.liberation_day', calendar.moment(day)) ->> 'day_off';
        return off = 'every_year' or (off = 'every_five_years' and year % 5 = 0);
    end $$;

-- The holidays of a year.
create function calendar.holidays(year int) returns setof date language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select make_date(year, 1, 1) + n from generate_series(0, make_date(year, 12, 31) - make_date(year, 1, 1)) n
                     where calendar.is_holiday(make_date(year, 1, 1) + n);
    end $$;

create function calendar.is_business_day(day date) returns boolean language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
    as $$ begin return extract(isodow from day) < 6 and not calendar.is_holiday(day); end $$;

-- The day that is n business days later, or earlier when n is negative. None later is the day itself, or the first business day after it.
create function calendar.add_business_days(day date, n int) returns date language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        step int := case when n < 0 then -1 else 1 end;
        left_over int := abs(n);
    begin
        while left_over > 0 or not calendar.is_business_day(day) loop
            day := day + step;
            left_over := left_over - (left_over > 0 and calendar.is_business_day(day))::int;
        end loop;
        return day;
    end $$;

-- The moment at which a clock on the wall shows this. A time that comes twice, in the night in which summer time ends, is the first of both; a time
-- that the night skips in which it begins is as long after the last moment before it as it says (RFC 5545, 3.3.5).
create function calendar.moment(at timestamp) returns timestamptz immutable strict parallel safe
    return case when ((at at time zone 'Europe/Amsterdam') - interval '1 hour') at time zone 'Europe/Amsterdam' = at
                then (at at time zone 'Europe/Amsterdam') - interval '1 hour' else at at time zone 'Europe/Amsterdam' end;

-- The next moment at which a clock on the wall shows this time: once on each day, also when the night has that time twice or skips it.
create function calendar.next_at(after timestamptz, wanted time) returns timestamptz language plpgsql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        day date := (after at time zone 'Europe/Amsterdam')::date;
        today timestamptz := calendar.moment(day + wanted);
    begin
        return case when today > after then today else calendar.moment(day + 1 + wanted) end;
    end $$;

-- Whether a term that a law sets may end on this day (Algemene termijnenwet, articles 1 and 3): no Saturday, Sunday or holiday. In that law 5 May
-- and Good Friday are holidays, whatever offices do; calendar.equated_days has the days that were made equal to them (article 3, paragraph 3).
create function calendar.may_end_term(day date) returns boolean language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return extract(isodow from day) < 6 and not calendar.is_holiday(day) and to_char(day, 'MMDD') <> '0505'
               and day <> calendar.easter(extract(year from day)::int) - 2
               and not app.rule('calendar.equated_days', calendar.moment(day)) -> 'days' ? day::text;
    end $$;

-- The last day of a term that a law sets. It moves to the next day that is none of those (article 1), and a term of three days or more has at least
-- two days that are none of those (article 2). That is not so for longer terms (article 4, a).
create function calendar.end_of_term(first date, last date, due jsonb) returns date language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        amount int := due ->> 'amount';
        days int := 0;
    begin
        if amount > (case due ->> 'unit' when 'days' then 90 when 'weeks' then 12 when 'months' then 3 else 0 end) then
            return last;
        end if;
        if last - first >= 3 then
            for day in 1 .. least(last - first, 14) loop
                days := days + calendar.may_end_term(first + day)::int;
            end loop;
            while days < 2 loop
                last := last + 1;
                days := days + calendar.may_end_term(last)::int;
            end loop;
        end if;
        while not calendar.may_end_term(last) loop
            last := last + 1;
        end loop;
        return last;
    end $$;

-- When a clock with such a unit runs on a day: all day on a business day, or in the office hours (a value of the rule calendar.office_hours).
create function calendar.runs(unit text, day date, hours jsonb) returns setof tstzrange language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if unit = 'business_days' and calendar.is_business_day(day) then
            return next tstzrange(calendar.moment(day), calendar.moment(day + 1));
        elsif unit = 'office_hours' and not calendar.is_holiday(day) and not coalesce(hours -> 'closed' ? day::text, false) then
            return query
                select unnest(range_agg(tstzrange(calendar.moment(day + (o ->> 'from')::time), calendar.moment(day + (o ->> 'until')::time))))
                from jsonb_array_elements(hours -> 'open') o where o -> 'days' @> to_jsonb(extract(isodow from day)::int);
        end if;
    end $$;

-- How long the clock would have run between two moments: that is what it is held for. The clock of office hours is not held in a night.
create function calendar.held(due jsonb, since timestamptz, until timestamptz) returns interval language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        unit text := due ->> 'unit';
        hours jsonb;
        seconds double precision;
    begin
        if unit not in ('office_hours', 'business_days') then
            return make_interval(secs => greatest(extract(epoch from until - since), 0));
        end if;
        until := greatest(since, until);
        hours := app.rule('calendar.office_hours', since);
        select coalesce(sum(extract(epoch from least(upper(r), until) - greatest(lower(r), since))), 0) into seconds
        from generate_series(0, (until at time zone 'Europe/Amsterdam')::date - (since at time zone 'Europe/Amsterdam')::date) n
        cross join calendar.runs(unit, (since at time zone 'Europe/Amsterdam')::date + n, hours) r
        where r && tstzrange(since, until);
        return make_interval(secs => seconds);
    end $$;

-- The moment at which so much office time has passed; `hours` is a value of the rule calendar.office_hours. Of an office that is hardly ever open nobody
-- waits longer than for the last of these days.
create function calendar.add_office_time(start timestamptz, wanted interval, hours jsonb) returns timestamptz language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        day date := (start at time zone 'Europe/Amsterdam')::date;
        last constant date := day + 10000;
        span tstzrange;
        since timestamptz;
    begin
        loop
            if day > last then
                return calendar.moment(last + time '23:59:59');
            end if;
            for span in select r from calendar.runs('office_hours', day, hours) r where upper(r) > start order by r loop
                since := greatest(lower(span), start);
                if since + wanted <= upper(span) then
                    return since + wanted;
                end if;
                wanted := wanted - (upper(span) - since);
            end loop;
            day := day + 1;
        end loop;
    end $$;

-- The moment at which a clock ends that was started then. `due` is {"amount": 72, "unit": "hours"}; the units are
--   hours            consecutive hours, day and night
--   office_hours     hours in which the office is open, by the rule that is in force when the clock starts
--   business_days    the same time of day so many business days later
--   days, weeks, months   the same time of day later; the last day of a month that is too short
--   end_of_day       the last second of the day that is so many days later
-- "legal": true makes it a term that a law sets: it ends with the last second of its last day, as calendar.end_of_term() says. `held` is how long
-- the clock was held, as calendar.held() measures it; a legal term is held for whole days.
create function calendar.due(start timestamptz, due jsonb, held interval default '0') returns timestamptz language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        unit text := due ->> 'unit';
        amount int := due ->> 'amount';
        legal boolean := coalesce((due ->> 'legal')::boolean, false);
        pause interval := make_interval(secs => extract(epoch from held));
        days int := floor(extract(epoch from held) / 86400);
        at timestamp := start at time zone 'Europe/Amsterdam';
    begin
        if unit = 'hours' then
            return start + make_interval(hours => amount) + pause;
        elsif unit = 'office_hours' then
            return calendar.add_office_time(start, make_interval(hours => amount) + pause, app.rule('calendar.office_hours', start));
        elsif unit = 'business_days' then
            at := calendar.add_business_days(calendar.add_business_days(at::date, amount), days) + at::time
                  + (pause - make_interval(hours => 24 * days));
            at := calendar.add_business_days(at::date, 0) + at::time;
        else
            at := at + case unit when 'weeks' then make_interval(weeks => amount) when 'months' then make_interval(months => amount)
                                 else make_interval(days => amount) end;
        end if;
        if legal then
            return calendar.moment(calendar.end_of_term((start at time zone 'Europe/Amsterdam')::date,
                                                        at::date + ceil(extract(epoch from held) / 86400)::int, due) + time '23:59:59');
        end if;
        if unit <> 'business_days' then
            at := at + pause;
        end if;
        return calendar.moment(case when unit = 'end_of_day' then at::date + time '23:59:59' else at end);
    end $$;

-- Whether messages wait now: the rule calendar.quiet_hours. What is urgent does not ask.
create function calendar.in_quiet_hours(at timestamptz) returns boolean language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        rule jsonb := app.rule('calendar.quiet_hours', at);
        begins time := rule ->> 'from';
        ends time := rule ->> 'until';
        clock time := (at at time zone 'Europe/Amsterdam')::time;
    begin
        return (rule -> 'quiet')::boolean and case when begins <= ends then clock >= begins and clock < ends
                                                else clock >= begins or clock < ends end;
    end $$;

-- The moment itself, or when the quiet hours end in which it lies. When the night skips that time, they end as soon as it is later; when it
-- comes twice, a moment after the first is followed by the second.
create function calendar.after_quiet_hours(at timestamptz) returns timestamptz language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        ends time := app.rule('calendar.quiet_hours', at) ->> 'until';
        local timestamp := at at time zone 'Europe/Amsterdam';
        wanted timestamp := local::date + (local::time >= ends)::int + ends;
        found timestamptz := calendar.moment(wanted);
    begin
        if not calendar.in_quiet_hours(at) then
            return at;
        end if;
        if found at time zone 'Europe/Amsterdam' <> wanted then
            return date_trunc('hour', found);
        end if;
        return case when found > at then found else found + interval '1 hour' end;
    end $$;

-- A day as a page says it.
create function calendar.in_words(day date) returns text immutable strict parallel safe
    return extract(day from day)::int || ' ' || (array['januari', 'februari', 'maart', 'april', 'mei', 'juni', 'juli', 'augustus', 'september', 'oktober',
        'november', 'december'])[extract(month from day)::int] || ' ' || extract(year from day)::int;
