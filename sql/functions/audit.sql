-- The audit: who did what to which row, and which columns; never a value.

call app.wall('audit.entry');
call app.open_to_tenant('audit.entry');

-- Notes an act on a row, by the actor of the context.
create function audit.note(noun text, subject_id uuid, action text, columns text[] default null)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        insert into audit.entry (tenant_id, at, actor, role, organisation, operation, request, noun, subject_id, action,
                                 columns)
        values (app.tenant(), clock.now(), app.actor(), app.role(), app.organisation(),
                nullif(current_setting('app.operation', true), ''),
                nullif(current_setting('app.request', true), '')::uuid, note.noun, note.subject_id, note.action,
                note.columns);
    end $$;

-- A call that was refused: who asked for what. `reason` is a problem code.
create function audit.deny(tenant int, actor uuid, organisation uuid, role text, request uuid, operation text, reason text)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform set_config('app.tenant', tenant::text, true);
        insert into audit.entry (tenant_id, at, actor, role, organisation, operation, request, noun, action, columns)
        values (tenant, clock.now(), actor, role, organisation, operation, request, 'operation', 'deny',
                array[operation, reason]);
    end $$;
