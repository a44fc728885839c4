-- Vacancies: who sees them, what they ask, and what a change of one sets going.

-- Whoever reported a vacancy changes it; firms and agencies also see those that are open.
create function app.sees_vacancy(v app.vacancy, scope text default app.scope(), role text default app.role(),
                                 organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then organisation = any (array[v.employer_id, v.reported_by_organisation])
               or (role in ('firm', 'agency') and app.vacancy_is_open(v.state))
           else false end;
create function app.changes_vacancy(v app.vacancy, scope text default app.scope(), role text default app.role(),
                                    organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then organisation = any (array[v.employer_id, v.reported_by_organisation])
           else false end;
call app.wall('app.vacancy', 'vacancy');
call app.open_to_scope('app.vacancy', 'app.sees_vacancy', 'app.changes_vacancy');
create trigger log_transition after update of state on app.vacancy
    for each row execute function app.log_transition('vacancy');

call app.wall('app.vacancy_competence');
call app.open_to_tenant('app.vacancy_competence');
call app.wall('app.vacancy_condition');
call app.open_to_tenant('app.vacancy_condition');
call app.wall('app.vacancy_supply');
call app.open_to_tenant('app.vacancy_supply');

-- The competences and conditions of a vacancy in `document` (column names, as the contract engine makes it)
-- replace those that are there. Only for a row that this transaction wrote: a stale PATCH changes nothing.
create function app.vacancy_replace_parts(vacancy uuid, document jsonb) returns void language sql
    set search_path = pg_catalog, pg_temp
    as $$
    delete from app.vacancy_competence c using app.vacancy v
    where v.id = vacancy and v.changed_in = pg_current_xact_id() and c.vacancy_id = v.id
      and document ? 'competences';
    insert into app.vacancy_competence (tenant_id, vacancy_id, competence_id, need, level, weight)
    select v.tenant_id, v.id, c.competence_id, c.need, coalesce(c.level, 1), coalesce(c.weight, 1)
    from app.vacancy v, jsonb_to_recordset(coalesce(document -> 'competences', '[]'))
         as c (competence_id uuid, need text, level int, weight int)
    where v.id = vacancy and v.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'competences') = 'array';
    delete from app.vacancy_condition c using app.vacancy v
    where v.id = vacancy and v.changed_in = pg_current_xact_id() and c.vacancy_id = v.id
      and document ? 'conditions';
    insert into app.vacancy_condition (tenant_id, vacancy_id, condition, hard)
    select v.tenant_id, v.id, c.condition, c.hard
    from app.vacancy v, jsonb_to_recordset(coalesce(document -> 'conditions', '[]')) as c (condition text, hard boolean)
    where v.id = vacancy and v.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'conditions') = 'array';
    $$;

-- Asks for a new match of a vacancy; one job is pending at most.
create function app.vacancy_request_match(tenant int, vacancy uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform queue.enqueue('match_vacancy', tenant, jsonb_build_object('vacancy', vacancy), 'vacancy:' || vacancy,
                              'match_vacancy:' || vacancy, 'c');
    end $$;

-- What a changed vacancy sets going: while it is screened, a count of the supply; once it is open, a new match.
create function app.vacancy_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.vacancy_is_open(new.state)
           and (tg_op = 'INSERT' or old.match_input <> new.match_input
                or app.vacancy_is_pending(old.state)) then
            perform app.vacancy_request_match(new.tenant_id, new.id);
        elsif app.vacancy_is_pending(new.state)
              and (tg_op = 'INSERT' or old.match_input <> new.match_input) then
            perform queue.enqueue('count_supply', new.tenant_id, jsonb_build_object('vacancy', new.id),
                                  null, 'count_supply:' || new.id, 'c', 2::smallint);
        end if;
        return null;
    end $$;
create trigger follow_up after insert or update on app.vacancy
    for each row execute function app.vacancy_follow_up();

-- Moves a vacancy by `event`, for other nouns: shortlists and proposals. Returns the new state.
create function app.vacancy_fire(vacancy uuid, event text) returns text language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare moved text;
    begin
        update app.vacancy v set state = app.move('vacancy', v.state, event)
        where v.tenant_id = app.tenant() and v.id = vacancy and app.sees_vacancy(v)
        returning v.state into moved;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return moved;
    end $$;

-- A new vacancy asks for nothing that the taxonomy has withdrawn. The foreign key then refuses it, as it refuses what
-- does not exist.
create function app.vacancy_refuse_withdrawn() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare nothing constant uuid := '00000000-0000-0000-0000-000000000000';
    begin
        if tg_table_name = 'vacancy' then
            if exists (select from ref.occupation o where o.id = new.occupation_id and o.status = 'withdrawn') then
                new.occupation_id := nothing;
            end if;
        elsif exists (select from ref.competence c where c.id = new.competence_id and c.status = 'withdrawn') then
            new.competence_id := nothing;
        end if;
        return new;
    end $$;
create trigger refuse_withdrawn before insert on app.vacancy
    for each row execute function app.vacancy_refuse_withdrawn();
create trigger refuse_withdrawn_change before update of occupation_id on app.vacancy
    for each row when (new.occupation_id <> old.occupation_id) execute function app.vacancy_refuse_withdrawn();
create trigger refuse_withdrawn before insert on app.vacancy_competence
    for each row execute function app.vacancy_refuse_withdrawn();
