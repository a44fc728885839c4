-- States: how a row moves from one to the next, and the log of it.

call app.wall('app.transition');
call app.open_to_tenant('app.transition');

-- The events that the role of the context can ask for in a state.
create function app.events(noun text, state text) returns text[] language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(array_agg(m.event order by m.event), '{}') from ref.state_move m
    where m.noun = events.noun and m.from_state = events.state and app.role() = any (m.roles)
          and app.is_asked(m.noun, m.event)
    $$;

-- What the role of the context can do in a state: events, and the other operations.
create function app.allowed(noun text, state text) returns text[] language sql stable
    set search_path = pg_catalog, pg_temp
    as $$ select app.events(noun, state) || app.operations(noun, state, app.role()) $$;

-- Refuses with MW409 "state": what was asked is none of the things that `allowed` names. `pointer` says of which part of the body
-- the state is, when it is not that of the resource.
create function app.refuse_state(state text, allowed text[], pointer text default null) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        raise exception using errcode = 'MW409', message = 'state',
            detail = json_strip_nulls(json_build_object('currentState', state, 'allowed', allowed, 'pointer', pointer))::text;
    end $$;

-- Refuses with MW409 "state" what this state of a noun does not allow (app.allows, of sql/states). The row is locked before, so that
-- the state stays what it is until the end of the transaction.
create function app.require(noun text, state text, operation text, pointer text default null) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.allows(noun, state, operation) is not true then
            perform app.refuse_state(state, app.allowed(noun, state), pointer);
        end if;
    end $$;

-- The state of a noun whose column only says whether it is active.
create function app.activity(active boolean) returns text immutable parallel safe
    return case when active then 'active' else 'inactive' end;

-- Whatever changes a row of the noun asks what its state allows: app.<noun>_guard(), which `make gen` makes of sql/states. `holds` says
-- which changes ask; a function that makes another one has asked itself.
create procedure app.guarded(wanted regclass, noun text, holds text default 'true') language plpgsql as $$
    begin
        execute format('create trigger guard before update on %s for each row when (%s) execute function app.%I()', wanted, holds,
                       noun || '_guard');
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
            perform app.refuse_state(from_state, app.allowed(noun, from_state));
        end if;
        if app.role() = any (found.roles) is not true then
            raise exception using errcode = 'MW403', message = 'forbidden';
        end if;
        perform set_config('app.event_' || noun, event, true);
        return found.to_state;
    end $$;

-- Before a row with another state is written: the transition log. At that moment the last move of the noun is the move of this row; after it, rows
-- that follow have moved, too. By its name it is the last such trigger. TG_ARGV: the noun; the column, when it is not `state`. A state that was
-- changed without app.move() has no event, and the foreign key refuses it. What stands behind the wall of measures has numbers of its own: a gap would tell of it.
create function app.log_transition() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        before text;
        after text;
        behind boolean := tg_argv[0] in ('signal', 'decision', 'objection');
    begin
        if tg_nargs = 1 then
            before := old.state;
            after := new.state;
        else
            before := to_jsonb(old) ->> tg_argv[1];
            after := to_jsonb(new) ->> tg_argv[1];
        end if;
        if tg_argv[0] in ('task', 'message', 'document') then
            behind := new.wall is not distinct from 'measure';
        elsif tg_argv[0] = 'appointment' then
            behind := new.kind = 'hearing';
        end if;
        insert into app.transition (tenant_id, seq, noun, subject_id, from_state, event, to_state, at, actor, role) overriding system value
        values (new.tenant_id, case when behind then nextval('app.transition_behind') else nextval('app.transition_seq_seq') end, tg_argv[0], new.id, before,
                current_setting('app.event_' || tg_argv[0], true), after, clock.now(), app.actor(), app.role());
        return new;
    end $$;

-- The event of the move of a row from one state to another that was logged last.
create function app.moved_by(noun text, id uuid, from_state text, to_state text) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select t.event from app.transition t where t.tenant_id = app.tenant() and t.noun = moved_by.noun and t.subject_id = moved_by.id
                and t.from_state = moved_by.from_state and t.to_state = moved_by.to_state order by t.seq desc limit 1);
    end $$;
