-- The region: what its municipalities share, and the wall around it (docs/adr/0042-the-region.md).

-- The region of the municipality of the context, and no other. No client says it.
create function region.here() returns uuid language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select t.region_id from ref.tenant t where t.tenant_id = app.tenant());
    end $$;
grant execute on function region.here() to public;

-- Goes on as the machine of a municipality of the region, for what follows there from something shared: its trail names nobody of elsewhere. Returns the context for region.leave().
create function region.enter(municipality int) returns text[] language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        names text[] := '{tenant,role,scope,actor,org}';
        before text[] := array(select coalesce(current_setting('app.' || n, true), '') from unnest(names) with ordinality w (n, i) order by i);
    begin
        perform set_config('app.role', 'system', true), set_config('app.scope', 'tenant', true);
        if municipality <> app.tenant() then
            perform set_config('app.tenant', municipality::text, true), set_config('app.actor', '', true), set_config('app.org', '', true);
        end if;
        return before;
    end $$;
create function region.leave(before text[]) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform set_config('app.tenant', before[1], true), set_config('app.role', before[2], true), set_config('app.scope', before[3], true),
                set_config('app.actor', before[4], true), set_config('app.org', before[5], true);
    end $$;

-- Gives a table its wall: nothing is read or written but of the region of the context, and a row is written by the municipality that
-- keeps it. Functions of the owner see the whole region, and never another one. `noun` and `machine` are as in app.wall().
create procedure region.wall(wanted regclass, noun text, machine text[] default '{}') language plpgsql as $$
    begin
        assert machine <@ array(select a.attname::text from pg_attribute a where a.attrelid = wanted and a.attnum > 0),
            format('region.wall(%s): the machine keeps a column that is not there', wanted);
        execute format('alter table %s enable row level security', wanted);
        execute format('alter table %s force row level security', wanted);
        execute format('create policy region_wall on %s as restrictive for all using (region_id = (select region.here()))
                        with check (region_id = (select region.here()) and tenant_id = (select app.tenant()))', wanted);
        execute format('create policy owner_functions on %s for all to maatwerk_owner using (true) with check (true)', wanted);
        execute format('create trigger stamp before insert or update on %s for each row execute function app.stamp(%L)', wanted, machine);
        execute format('create trigger trail after insert or update or delete on %s for each row execute function app.trail(%L)', wanted, noun);
    end $$;

-- Opens a table of the region. `sees` and `changes` are conditions of a row `r` of it; each (select …) in them is computed once for a statement.
create procedure region.open(wanted regclass, sees text, changes text) language plpgsql as $$
    begin
        sees := replace(sees, 'r.', wanted::text || '.');
        changes := replace(changes, 'r.', wanted::text || '.');
        execute format('create policy seen on %s for select using (%s)', wanted, sees);
        execute format('create policy added on %s for insert with check (%s)', wanted, changes);
        execute format('create policy changed on %s for update using (%s)', wanted, changes);
        execute format('create policy deleted on %s for delete using (%s)', wanted, changes);
    end $$;

-- What names a project (a vacancy, a task, a candidate who takes part) names one that is there, that the caller's municipality takes part in,
-- and that has not ended. TG_ARGV[0] is the column. It is refused in the words of a foreign key. The project is locked until the end, so
-- that it does not end meanwhile.
create function region.project_named() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform from region.project p
        where p.region_id = region.here() and p.id = (to_jsonb(new) ->> tg_argv[0])::uuid and new.tenant_id = any (p.readers)
          and not app.project_is_settled(p.state) for share;
        if not found then
            raise exception using errcode = '23503', message = 'reference', table = tg_table_name,
                constraint = tg_table_name || '_' || tg_argv[0] || '_fkey';
        end if;
        return null;
    end $$;

create procedure region.project_of(wanted regclass, named text) language plpgsql as $$
    begin
        execute format('create trigger project_first after insert on %1$s for each row when (new.%2$I is not null)
                        execute function region.project_named(%2$L)', wanted, named);
        execute format('create trigger project_changed after update of %2$I on %1$s for each row
                        when (new.%2$I is not null and new.%2$I is distinct from old.%2$I) execute function region.project_named(%2$L)',
                       wanted, named);
    end $$;
