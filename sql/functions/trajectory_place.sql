-- Trajectories for a named vacancy: one of its places is held for the candidate until the trajectory ends, or until a day.

-- Takes a place for this candidate, under the lock of the vacancy. The last one makes proposals of others obsolete.
create function app.trajectory_take_place(vacancy uuid, candidate uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare v app.vacancy;
    begin
        perform app.trajectories_lapse(vacancy);
        select w.* into v from app.vacancy w where w.tenant_id = app.tenant() and w.id = vacancy
            and app.sees_vacancy(w, scope => case app.scope() when 'caseload' then 'tenant' else app.scope() end);
        if not found then
            raise exception using errcode = '23503', message = 'reference', table = 'trajectory', constraint = 'trajectory_vacancy_id_fkey';
        end if;
        perform app.require('vacancy', app.vacancy_now(v.state, v.needed_by), 'createTrajectory', '/vacancyId');
        if v.positions_taken >= v.positions then
            raise exception using errcode = 'MW409', message = 'vacancy-places-taken',
                detail = json_build_object('limit', v.positions, 'taken', v.positions_taken)::text;
        end if;
        perform set_config('app.place_for', candidate::text, true);
        update app.vacancy w set positions_taken = v.positions_taken + 1,
               state = app.move('vacancy', w.state, case when v.positions_taken + 1 >= v.positions then 'fill' else 'fill_partly' end)
        where w.tenant_id = v.tenant_id and w.id = v.id;
        perform set_config('app.place_for', '', true);
    end $$;

-- Before a trajectory is written: it holds a place of its vacancy while it has not ended, and until the day that was agreed.
create function app.trajectory_hold() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        had uuid := case when tg_op = 'UPDATE' and old.holds_place then old.vacancy_id end;
        wants uuid := case when (app.trajectory_is_pending(new.state) or app.trajectory_is_open(new.state))
                                and coalesce(new.reserved_until >= clock.today(), true) then new.vacancy_id end;
    begin
        if new.reserved_until < clock.today() and (tg_op = 'INSERT' or new.reserved_until is distinct from old.reserved_until) then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(clock.today(), null), table = 'trajectory', constraint = 'trajectory_reserved_until_check';
        end if;
        if had is distinct from wants then
            perform from app.vacancy v where v.tenant_id = new.tenant_id and v.id in (had, wants) order by v.id for no key update;
            if had is not null then
                perform app.vacancy_vacate(had);
            end if;
            if wants is not null then
                perform app.trajectory_take_place(wants, new.candidate_id);
            end if;
        end if;
        new.holds_place := wants is not null;
        return new;
    end $$;
create trigger hold before insert on app.trajectory for each row when (new.vacancy_id is not null) execute function app.trajectory_hold();
create trigger hold_changed before update on app.trajectory for each row
    when ((new.vacancy_id, new.reserved_until, new.state) is distinct from (old.vacancy_id, old.reserved_until, old.state))
    execute function app.trajectory_hold();

-- The caller, who holds the lock of the vacancy, gives this candidate a place of it: the one that was held for a trajectory is free.
create function app.trajectory_give_place(vacancy uuid, candidate uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.trajectory t set holds_place = false
        where t.tenant_id = app.tenant() and t.vacancy_id = vacancy and t.candidate_id = candidate and t.holds_place;
        if found then
            perform app.vacancy_vacate(vacancy);
        end if;
    end $$;

-- Places of this vacancy that were held until a day that has passed are free, also while the sweep has not come.
create function app.trajectories_lapse(vacancy uuid) returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.trajectory;
        count int := 0;
    begin
        for t in select o.* from app.trajectory o where o.tenant_id = app.tenant() and o.vacancy_id = vacancy and o.holds_place
                 and o.reserved_until < clock.today() order by o.id for no key update loop
            update app.trajectory o set holds_place = false where o.tenant_id = t.tenant_id and o.id = t.id;
            perform app.vacancy_vacate(vacancy);
            count := count + 1;
        end loop;
        return count;
    end $$;

-- The same of all vacancies of the municipality, for the sweep. Returns how many.
create function app.trajectories_release() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        v uuid;
        count int := 0;
    begin
        for v in select w.id from app.vacancy w where w.tenant_id = app.tenant() and w.id in (
                     select t.vacancy_id from app.trajectory t where t.tenant_id = app.tenant() and t.holds_place and t.reserved_until < clock.today()
                     and app.sees_trajectory(t)) order by w.id for no key update loop
            count := count + app.trajectories_lapse(v);
        end loop;
        return count;
    end $$;
