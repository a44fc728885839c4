-- Checks what could not be checked before everything was there: the body of each function, and that each table with rows of a
-- municipality has its wall, and each one with versions says which columns the machine keeps.
do $$
    declare
        ours oid[] := array(select n.oid from pg_namespace n where n.nspowner = 'maatwerk_owner'::regrole);
        one record;
    begin
        set local check_function_bodies = on;
        for one in select p.oid, l.lanvalidator::regproc as validator
                   from pg_proc p join pg_language l on l.oid = p.prolang where p.pronamespace = any (ours) loop
            execute format('select %s(%s) /* %s */', one.validator, one.oid, one.oid::regprocedure); -- an error shows its name
        end loop;
        for one in select c.oid::regclass as name, c.relrowsecurity and c.relforcerowsecurity as walled
                   from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
                   where c.relnamespace = any (ours) and c.relkind in ('r', 'p') and not c.relispartition
                     and c.oid <> 'ref.tenant'::regclass loop
            assert one.walled, format('table %s has rows of a municipality and no wall: call app.wall() in sql/functions', one.name);
        end loop;
        for one in select c.oid::regclass as name,
                          exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgfoid = 'app.stamp'::regproc and t.tgnargs = 1) as said
                   from pg_class c join pg_attribute v on v.attrelid = c.oid and v.attname = 'version'
                                   join pg_attribute i on i.attrelid = c.oid and i.attname = 'changed_in'
                   where c.relnamespace = any (ours) and c.relkind = 'r' and not c.relispartition loop
            assert one.said, format('table %s has versions and does not say which columns the machine keeps: call app.wall() with its noun', one.name);
        end loop;
    end $$;
