-- States: how a row moves from one to the next, and the log of it.

call app.wall('app.transition');
call app.open_to_tenant('app.transition');

-- The events that the role of the context can cause in a state.
create function app.events(noun text, state text) returns text[] language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(array_agg(m.event order by m.event), '{}') from ref.state_move m
    where m.noun = events.noun and m.from_state = events.state and app.role() = any (m.roles)
    $$;

-- Refuses with MW409 "state": what was asked is none of the things that `allowed` names.
create function app.refuse_state(state text, allowed text[]) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        raise exception using errcode = 'MW409', message = 'state',
            detail = json_build_object('currentState', state, 'allowed', allowed)::text;
    end $$;

-- The state that `event` leads to, for the role of the context. Refuses with MW409 "state" (no such move from
-- here) or MW403 (not for this role). The functions that fire an event of their own accord, such as the
-- matching worker, run with role "system".
create function app.move(noun text, from_state text, event text) returns text language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        found ref.state_move;
    begin
        select m.* into found from ref.state_move m
        where m.noun = move.noun and m.from_state = move.from_state and m.event = move.event;
        if found.to_state is null then
            perform app.refuse_state(from_state, app.events(noun, from_state));
        end if;
        if app.role() = any (found.roles) is not true then
            raise exception using errcode = 'MW403', message = 'forbidden';
        end if;
        perform set_config('app.event', event, true);
        return found.to_state;
    end $$;

-- After a row with a state is written: the transition log. TG_ARGV[0] is the noun. A state that was changed
-- without app.move() has no event, and the foreign key refuses it.
create function app.log_transition() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.state is distinct from old.state then
            insert into app.transition (tenant_id, noun, subject_id, from_state, event, to_state, at, actor, role)
            values (new.tenant_id, tg_argv[0], new.id, old.state, current_setting('app.event', true), new.state,
                    clock.now(), app.actor(), app.role());
        end if;
        return null;
    end $$;
