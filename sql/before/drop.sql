-- Before the migrations: drops everything that the files of sql/functions make. They make it anew in the same transaction, so
-- that what is in no file any more is gone, a function may return something else than before, and a migration may change
-- any table. The walls are down for the owner meanwhile: a migration sees the rows of all municipalities.
do $$
    declare
        ours oid[] := array(select n.oid from pg_namespace n where n.nspowner = 'maatwerk_owner'::regrole);
        tables oid[] := array(
            select c.oid from pg_class c where c.relnamespace = any (ours)
            and (c.relrowsecurity or exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal)));
        drops text[] := array(
            select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
            from pg_trigger t where t.tgrelid = any (tables) and not t.tgisinternal
            union all
            select format('drop policy %I on %s', p.polname, p.polrelid::regclass) from pg_policy p where p.polrelid = any (tables)
            union all
            select format('alter table %s no force row level security', c.oid::regclass)
            from pg_class c where c.oid = any (tables) and c.relforcerowsecurity);
        views text := (select string_agg(c.oid::regclass::text, ', ')
                       from pg_class c where c.relnamespace = any (ours) and c.relkind = 'v');
        routines text := (select string_agg(p.oid::regprocedure::text, ', ')
                          from pg_proc p where p.pronamespace = any (ours));
        one text;
    begin
        -- Programs go on meanwhile, so the tables are locked all together or not at all: a request that has one of them and waits
        -- for another would wait for us, and we for it. A request begins with the hat of the user and the idempotency key, and ends
        -- with audit and event, which are the oldest tables.
        for attempt in 1 .. 100 loop
            begin
                set local lock_timeout = '100ms';
                for one in select format('lock table %s in access exclusive mode', c.oid::regclass)
                           from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = any (tables)
                           order by array_position(array['entry', 'idempotency'], n.nspname::text), c.oid desc loop
                    execute one;
                end loop;
                exit;
            exception when lock_not_available then
                if attempt = 100 then
                    raise;
                end if;
                perform pg_sleep(0.1 * random());
            end;
        end loop;
        set local lock_timeout = '10s';
        foreach one in array drops || ('drop view ' || views) || ('drop routine ' || routines) loop
            continue when one is null;
            execute one;
        end loop;
    end $$;
