-- Receivers of a municipality: webhooks, folders and APIs through which messages go out.

create function app.sees_endpoint(e app.endpoint, scope text default app.scope(), role text default app.role(),
                                  organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'tenant' then true else false end;
call app.wall('app.endpoint', 'endpoint', '{}');
call app.open_to_scope('app.endpoint', 'app.sees_endpoint');
call app.unique_by('app.endpoint_once', 'app.sees_endpoint', '/endpoints/');

-- The receiver that the municipality has for a purpose, or nothing.
create function app.endpoint_of(purpose text) returns app.endpoint language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        e app.endpoint;
    begin
        select o.* into e from app.endpoint o where o.tenant_id = app.tenant() and o.purpose = endpoint_of.purpose and not o.paused;
        return e;
    end $$;

-- A receiver is there, or receives again: messages that waited go out. A message that begins to wait takes the same lock (app.message_hold).
create function app.endpoint_released() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.messages_release();
        return null;
    end $$;
create trigger released_first after insert on app.endpoint for each row when (not new.paused) execute function app.endpoint_released();
create trigger released after update on app.endpoint for each row when (old.paused and not new.paused) execute function app.endpoint_released();

-- After a receiver was changed: it is called again at once.
create function app.endpoint_rested() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        delete from app.endpoint_rest r where r.tenant_id = new.tenant_id and r.endpoint_id = new.id;
        return null;
    end $$;
create trigger rested after update on app.endpoint for each row when (new is distinct from old) execute function app.endpoint_rested();
