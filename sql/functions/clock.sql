-- All SQL takes time from here (the catalogue lint refuses now() elsewhere). Tests move the clock with a row in
-- clock.shift.
--
-- Functions that are called for every row or request are in plpgsql: it keeps their plans, language sql plans each call.

-- Asked for in every transaction, so it goes the short way: whole names instead of a search_path of its own.
create function clock.now() returns timestamptz language plpgsql volatile parallel restricted
    as $$
    declare shift pg_catalog.interval;
    begin
        select s.shift into shift from clock.shift s;
        if shift is null then
            return pg_catalog.clock_timestamp();
        end if;
        return pg_catalog.clock_timestamp() operator(pg_catalog.+) shift;
    end $$;

-- Is it now within this period? It goes the short way, too.
create function clock.holds(from_at timestamptz, until_at timestamptz) returns boolean language plpgsql volatile parallel restricted
    as $$
    begin
        return (from_at is null or from_at operator(pg_catalog.<=) clock.now()) and (until_at is null or until_at operator(pg_catalog.>) clock.now());
    end $$;

create function clock.today() returns date language plpgsql volatile parallel restricted
    set search_path = pg_catalog, pg_temp
    as $$ begin return (clock.now() at time zone 'Europe/Amsterdam')::date; end $$;
