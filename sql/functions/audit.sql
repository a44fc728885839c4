-- The audit: who did what to which row, and which columns; never a value. Who looked at whom. Who was refused.

call app.wall('audit.entry');
call app.open_to_tenant('audit.entry');
call app.wall('audit.look');
call app.wall('audit.denial');

-- Notes an act on a row, by the actor of the context.
create function audit.note(noun text, subject_id uuid, action text, columns text[] default null)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        insert into audit.entry (tenant_id, at, actor, role, organisation, operation, request, noun, subject_id, action,
                                 columns)
        values (app.tenant(), clock.now(), app.actor(), app.role(), app.organisation(),
                app.operation(), app.request(), note.noun, note.subject_id, note.action,
                note.columns);
    end $$;

-- Services add to the processing log, and read nothing of it.
create policy noted on audit.look for insert with check (true);

-- Calls that were refused, also of several municipalities: one after the other, because the wall holds for this function too. It takes
-- the word of the service for who asked, and does not wait for the disk (docs/adr/0031-who-looked.md). `reasons` are codes of problems.
create function audit.denied(tenants int[], actors uuid[], roles text[], organisations uuid[], operations text[], reasons text[],
                             subjects uuid[], requests uuid[], times int[]) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare municipality int; now timestamptz := clock.now();
    begin
        perform set_config('synchronous_commit', 'off', true);
        for municipality in select distinct t from unnest(tenants) t loop
            perform set_config('app.tenant', municipality::text, true);
            insert into audit.denial (tenant_id, at, actor, role, organisation, operation, reason, subject_id, request, times)
            select municipality, now, d.actor, d.role, d.organisation, d.operation, d.reason, d.subject, d.request, d.times
            from unnest(tenants, actors, roles, organisations, operations, reasons, subjects, requests, denied.times)
                 d (tenant, actor, role, organisation, operation, reason, subject, request, times)
            where d.tenant = municipality;
        end loop;
    end $$;

-- Makes the part of a table for the month that begins then. What came before it was made is moved out of the rest, to which
-- nobody writes meanwhile.
create function audit.make_month(wanted regclass, month timestamptz) returns void language plpgsql
    set search_path = pg_catalog, pg_temp set timezone = 'UTC'
    as $$
    declare
        part text := format('%s_%s', wanted, to_char(month, 'YYYY_MM'));
        following timestamptz := month + interval '1 month';
    begin
        if to_regclass(part) is not null then
            return;
        end if;
        execute format('lock table %s_rest in access exclusive mode', wanted);
        execute format('create table %s (like %s including defaults)', part, wanted);
        execute format('with moved as (delete from %s_rest where at >= %L and at < %L returning *)
                        insert into %s select * from moved', wanted, month, following, part);
        execute format('alter table %s enable row level security', part);
        execute format('alter table %s attach partition %s for values from (%L) to (%L)', wanted, part, month, following);
    end $$;

-- Of each table in parts: makes those of this month and the next three, and of what lies in the rest; drops those whose term is
-- over. A table that somebody uses too long is for the next sweep. Only the one who may call this removes anything of the trail.
create function audit.sweep() returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '300ms'
    as $$
    declare kept record; month timestamptz; part text; now timestamptz := clock.now();
    begin
        for kept in select substr(c.code, 11) as relation, make_interval(months => (app.rule(c.code, now) ->> 'months')::int) as keep
                    from ref.rule_code c where c.code like 'retention.%' order by c.code loop
            begin
                for month in select date_trunc('month', now) + n * interval '1 month' from generate_series(0, 3) n loop
                    perform audit.make_month(kept.relation, month);
                end loop;
                for month in execute format('select distinct date_trunc(''month'', at) from %s_rest', kept.relation) loop
                    perform audit.make_month(kept.relation, month);
                end loop;
                for part in select c.oid::regclass from pg_inherits i join pg_class c on c.oid = i.inhrelid
                            where i.inhparent = kept.relation::regclass and c.relname ~ '_\d{4}_\d{2}$'
                              and to_timestamp(right(c.relname, 7), 'YYYY_MM') + interval '1 month' + kept.keep <= now loop
                    execute format('drop table %s', part);
                end loop;
            exception when lock_not_available or deadlock_detected then
                continue;
            end;
        end loop;
    end $$;
