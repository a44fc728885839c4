-- Hand-overs: everything of somebody who leaves, or of a desk that closes, goes to another one in one call.

create function app.sees_hand_over(h app.hand_over, scope text default app.scope(), role text default app.role(),
                                   organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'tenant' then role = 'team_lead' else false end;
call app.wall('app.hand_over', 'hand_over', '{}');
call app.open_to_scope('app.hand_over', 'app.sees_hand_over');

-- The one who gets it is still there.
create function app.hand_over_check(to_user uuid, to_organisation uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform from app.user_account u where u.tenant_id = app.tenant() and u.id = to_user and u.active for share;
        if to_user is not null and not found then
            raise exception using errcode = '23503', message = 'reference', table = 'hand_over', constraint = 'hand_over_tenant_id_to_user_id_fkey';
        end if;
        perform from app.organisation o where o.tenant_id = app.tenant() and o.id = to_organisation and o.active for share;
        if to_organisation is not null and not found then
            raise exception using errcode = '23503', message = 'reference', table = 'hand_over', constraint = 'hand_over_tenant_id_to_organisation_id_fkey';
        end if;
    end $$;

-- Hands over what the new owner may have, and counts the rest: somebody else gets that by another call. Each task, file, vacancy and relation
-- keeps a note of who gave it to whom.
create function app.hand_over_make(hand_over uuid, from_user uuid, from_organisation uuid, to_user uuid, to_organisation uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare h app.hand_over;
    begin
        perform from app.user_account u where u.tenant_id = app.tenant() and u.id = from_user and app.sees_user(u) for share;
        if not found and from_organisation is null then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform app.hand_over_check(to_user, to_organisation);
        h := jsonb_populate_record(null::app.hand_over, jsonb_build_object('tenant_id', app.tenant(), 'id', hand_over, 'from_user_id', from_user,
            'from_organisation_id', from_organisation, 'to_user_id', to_user, 'to_organisation_id', to_organisation, 'made_by', app.actor()));
        h.made_at := clock.now();
        perform set_config('app.hands_over', h.id::text, true); -- the tasks are counted below
        h.candidates := app.candidates_hand_over(from_user, from_organisation, to_user, to_organisation); -- first: a firm may have tasks about its people
        perform app.appointments_hand_over(from_user, to_user);
        h.employers := app.employers_hand_over(from_user, to_user);
        h.vacancies := app.vacancies_hand_over(from_user, to_user);
        h.tasks := app.tasks_hand_over(from_user, from_organisation, to_user, to_organisation);
        select count(*) into h.tasks_left from app.task t
        where t.tenant_id = h.tenant_id and (t.owner_user_id = from_user or t.owner_organisation_id = from_organisation)
          and (app.task_is_open(t.state) or app.task_is_pending(t.state));
        select count(*) into h.vacancies_left from app.vacancy v where v.tenant_id = h.tenant_id and v.assignee_id = from_user
          and (app.vacancy_is_pending(app.vacancy_now(v.state, v.needed_by)) or app.vacancy_is_open(app.vacancy_now(v.state, v.needed_by)));
        select count(*) into h.candidates_left from app.candidate c where c.tenant_id = h.tenant_id and c.merged_into is null and c.died_on is null
          and (from_user in (c.case_manager_id, c.coach_id) or c.organisation_id = from_organisation);
        select count(*) into h.employers_left from app.employer e where e.tenant_id = h.tenant_id and e.account_manager_id = from_user;
        insert into app.hand_over select h.*;
        if not app.sees_hand_over(h) then -- nobody makes one that they would not see
            raise exception using errcode = 'MW403', message = 'forbidden';
        end if;
    end $$;
