-- Days that people write: each is plausible for what it says.

-- How far a day of this kind can lie behind today, and ahead. A day outside has a year that somebody mistyped: 1926, 2062.
create function app.day_window(kind text, out back interval, out ahead interval) language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        select make_interval(years => w.back), make_interval(years => w.ahead) into strict back, ahead from (values
            ('happened', 50, 0),  -- what happened
            ('begins',   50, 5),  -- the first day of what runs, or is planned
            ('ends',     50, 30), -- its last day, or a term
            ('pension',  50, 50), -- a last day at the end of a working life
            ('meeting',  1,  5)) w (kind, back, ahead)
        where w.kind = day_window.kind;
    end $$;
grant execute on function app.day_window(text) to public;

-- How a fault says between which days or moments something must lie; null is open. A function that raises 23514 with the message `range` gives it as the detail.
create function app.day_span(low date, high date) returns text immutable parallel safe
    return coalesce(low::text, '') || '..' || coalesce(high::text, '');
create function app.day_span(low timestamptz, high timestamptz) returns text language sql stable
    set search_path = pg_catalog, pg_temp
    as $$ select concat(to_char(low at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '..', to_char(high at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) $$;
grant execute on function app.day_span(date, date), app.day_span(timestamptz, timestamptz) to public;

-- Before days are written: each lies in the window of its kind, or has not changed. TG_ARGV: `<column> <kind>` of each.
create function app.day_check() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        row jsonb := to_jsonb(new);
        before jsonb := case tg_op when 'UPDATE' then to_jsonb(old) else '{}' end;
        name text;
        kind text;
        day date;
        w record;
        first date;
        last date;
    begin
        foreach name in array tg_argv loop
            kind := split_part(name, ' ', 2);
            name := split_part(name, ' ', 1);
            continue when row ->> name is null or row ->> name = before ->> name;
            day := ((row ->> name)::timestamptz at time zone 'Europe/Amsterdam')::date;
            w := app.day_window(case when row ->> 'end_reason' = 'pension_age' and kind = 'ends' then 'pension' else kind end);
            first := clock.today() - w.back;
            last := clock.today() + w.ahead;
            if day not between first and last then
                raise exception using errcode = '23514', message = 'range', detail = app.day_span(first, last), table = tg_table_name, constraint = format('%s_%s_check', tg_table_name, name);
            end if;
        end loop;
        return new;
    end $$;
-- Gives a table this check, for these columns: '<column> <kind>', …
create procedure app.days_within(wanted regclass, variadic days text[]) language plpgsql as $$
    declare named text := (select string_agg(quote_ident(split_part(d, ' ', 1)), ', ') from unnest(days) d);
    begin
        execute format('create trigger days_within before insert or update of %s on %s for each row execute function app.day_check(%s)', named, wanted,
                       (select string_agg(quote_literal(d), ', ') from unnest(days) d));
    end $$;
