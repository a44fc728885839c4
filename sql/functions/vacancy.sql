-- Vacancies: who sees them, what they ask, and what a change of one sets going.

call app.wall('app.vacancy', 'vacancy');
create trigger log_transition after update of state on app.vacancy
    for each row execute function app.log_transition('vacancy');
create policy by_scope on app.vacancy for all
    using (case (select app.scope())
           when 'tenant' then true
           when 'organisation' then (select app.organisation()) = any (array[employer_id, reported_by_organisation]) end);
create policy open_to_firms on app.vacancy for select
    using ((select app.scope() = 'organisation' and app.role() in ('firm', 'agency'))
        and state in ('open', 'shortlisted', 'partly_filled'));

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

-- Asks for a new match of a vacancy: the input version rises, and one job is pending at most.
create function app.request_match(vacancy uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform queue.enqueue('match_vacancy', v.tenant_id, jsonb_build_object('vacancy', v.id),
                              'vacancy:' || v.id, 'match_vacancy:' || v.id, 'c')
        from app.vacancy v where v.tenant_id = app.tenant() and v.id = request_match.vacancy;
    end $$;

-- What a changed vacancy sets going: while it is screened, a count of the supply; once it is open, a new match.
create function app.vacancy_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.state in ('open', 'shortlisted', 'partly_filled')
           and (tg_op = 'INSERT' or old.match_input <> new.match_input
                or old.state in ('reported', 'screening')) then
            perform app.request_match(new.id);
        elsif new.state in ('reported', 'screening')
              and (tg_op = 'INSERT' or old.match_input <> new.match_input) then
            perform queue.enqueue('count_supply', new.tenant_id, jsonb_build_object('vacancy', new.id),
                                  null, 'count_supply:' || new.id, 'c', 2::smallint);
        end if;
        return null;
    end $$;
create trigger follow_up after insert or update on app.vacancy
    for each row execute function app.vacancy_follow_up();

-- Moves a vacancy by `event`, for other nouns: matching and placements. Returns the new state.
create function app.vacancy_fire(vacancy uuid, event text) returns text language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare moved text;
    begin
        update app.vacancy v set state = app.move('vacancy', v.state, event)
        where v.tenant_id = app.tenant() and v.id = vacancy
        returning v.state into moved;
        return moved;
    end $$;
