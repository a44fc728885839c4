-- Vacancies: who sees them, what they ask, and what a change of one sets going.

-- The one who reported a vacancy changes it; firms and agencies also see those that are open.
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
call app.wall('app.vacancy', 'vacancy', '{match_input,positions_taken,answer_due_at,answered_at}');
call app.days_within('app.vacancy', 'start_date begins', 'needed_by ends', 'hand_over_date ends', 'first_look_until ends');
call app.open_to_scope('app.vacancy', 'app.sees_vacancy', 'app.changes_vacancy');
call app.owned_by('app.vacancy', 'vacancy', 'assignee_id', 'user', 'consultant', 'account_manager', 'team_lead');
call app.guarded('app.vacancy', 'vacancy');
call app.referable('app.vacancy', 'vacancy', 'employer', 'app.sees_vacancy', label => 'r.title', employer => 'r.employer_id');
create trigger zz_log_transition before update on app.vacancy
    for each row when (new.state is distinct from old.state) execute function app.log_transition('vacancy');

-- The state that counts: a vacancy whose last day has passed has expired, also when the sweep has not come yet.
create function app.vacancy_now(state text, needed_by date) returns text volatile
    return case when needed_by < clock.today() and (app.vacancy_is_open(state) or app.vacancy_is_pending(state)) then 'expired'
                else state end;

-- A last day that has passed is refused, in the words of a check of its column.
create function app.vacancy_refuse_past() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.needed_by < clock.today() then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(clock.today(), null), table = 'vacancy', constraint = 'vacancy_needed_by_check';
        end if;
        return new;
    end $$;
create trigger refuse_past before insert on app.vacancy
    for each row when (new.needed_by is not null) execute function app.vacancy_refuse_past();
create trigger refuse_past_change before update of needed_by on app.vacancy
    for each row when (new.needed_by is distinct from old.needed_by) execute function app.vacancy_refuse_past();

-- Refuses with MW409 "fewer-than-taken": a number that is asked goes below what is taken of it.
create function app.vacancy_refuse_fewer(pointer text, given int, taken int) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        raise exception using errcode = 'MW409', message = 'fewer-than-taken',
            detail = json_build_object('pointer', pointer, 'taken', taken, 'given', given)::text;
    end $$;

-- The event that a change of what is asked causes, or null. As many positions as are taken fill it, more reopen it; what the verdict
-- was about makes a new verdict needed.
create function app.vacancy_event_of_change(was app.vacancy, wants app.vacancy) returns text language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        opened boolean := app.vacancy_is_open(was.state);
        verdict boolean := opened or was.state = 'unsuitable';
    begin
        return case
            when wants.positions <> was.positions and wants.positions = was.positions_taken and (opened or was.state = 'screening')
                then 'fill'
            when verdict and (wants.kind, wants.occupation_id, wants.postcode4, wants.conditions::text)
                             is distinct from (was.kind, was.occupation_id, was.postcode4, was.conditions::text) then 'rescreen'
            when verdict and wants.positions > was.positions then 'rescreen'
            when was.state = 'filled' and wants.positions > was.positions_taken then 'reopen' end;
    end $$;

-- Before what a vacancy asks is changed: numbers stay possible, and the state follows.
create function app.vacancy_reckon() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        event text := app.vacancy_event_of_change(old, new);
        taken int;
    begin
        if new.positions < new.positions_taken then
            perform app.vacancy_refuse_fewer('/positions', new.positions, new.positions_taken);
        end if;
        if new.candidates_wanted < old.candidates_wanted then
            select count(*) into taken from app.proposal p
            where p.tenant_id = new.tenant_id and p.vacancy_id = new.id and app.proposal_is_open(p.state);
            if new.candidates_wanted < taken then
                perform app.vacancy_refuse_fewer('/candidatesWanted', new.candidates_wanted, taken);
            end if;
        end if;
        if event is not null then
            new.state := app.move('vacancy', old.state, event);
        end if;
        if event = 'reopen' and app.vacancy_now(new.state, new.needed_by) = 'expired' then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(clock.today(), null), table = 'vacancy', constraint = 'vacancy_needed_by_check';
        end if;
        return new;
    end $$;
create trigger reckon before update on app.vacancy
    for each row when (new.positions <> old.positions or new.candidates_wanted <> old.candidates_wanted or new.kind <> old.kind
                       or new.occupation_id <> old.occupation_id or new.postcode4 <> old.postcode4
                       or new.conditions::text is distinct from old.conditions::text)
    execute function app.vacancy_reckon();

-- An employer hears in time whether the vacancy can be filled: the rule clock.answer says when that is.
create function app.vacancy_answer_clock() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare rule record := app.rule_in_force('clock.answer', new.reported_at, new.project_id);
    begin
        new.answer_due_at := calendar.due(new.reported_at, rule.value -> 'due');
        new.answer_rule_id := rule.id;
        return new;
    end $$;
create trigger answer_clock before insert on app.vacancy for each row execute function app.vacancy_answer_clock();
create trigger answer_clock_moves before update of reported_at on app.vacancy for each row
    when (new.reported_at <> old.reported_at) execute function app.vacancy_answer_clock();

call app.wall('app.vacancy_competence');
call app.open_to_tenant('app.vacancy_competence');
call app.wall('app.vacancy_condition');
call app.open_to_tenant('app.vacancy_condition');
call app.wall('app.vacancy_supply');
call app.open_to_tenant('app.vacancy_supply');

-- What a vacancy asks is kept twice: as the client reads it, with the vacancy, and as rows, which refer to what is asked and are
-- matched. These make the first of a body (column names, as the contract engine makes it); a trigger makes the rows of that.
create function app.vacancy_competences(asked jsonb) returns json language plpgsql stable strict
    as $$ begin return (
        select to_json(array_agg(c)) from (
            select a.competence_id as "competenceId", a.need, coalesce(a.level, 1) as level, coalesce(a.weight, 1) as weight
            from jsonb_to_recordset(asked) as a (competence_id uuid, need text, level int, weight int)
            order by 2, 4 desc, 1) c); end $$;
create function app.vacancy_conditions(asked jsonb) returns json language plpgsql stable strict
    as $$ begin return (
        select to_json(array_agg(c)) from (select a.condition, a.hard from jsonb_to_recordset(asked) as a (condition text, hard boolean)
                                 order by a.condition) c); end $$;

-- The conditions of a vacancy, of its own and of its employer, each once.
create function app.vacancy_asks(tenant int, vacancy uuid, employer uuid) returns table (condition text, hard boolean)
    language sql stable
    as $$
    select a.condition, bool_or(a.hard) from (
        select k.condition, k.hard from app.vacancy_condition k where k.tenant_id = tenant and k.vacancy_id = vacancy
        union all
        select k.condition, k.hard from app.employer_condition k
        where k.tenant_id = tenant and k.employer_id = employer and k.condition is not null) a
    group by a.condition
    $$;

create function app.vacancy_parts() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if tg_op = 'UPDATE' then
            delete from app.vacancy_competence c where c.tenant_id = new.tenant_id and c.vacancy_id = new.id;
            delete from app.vacancy_condition c where c.tenant_id = new.tenant_id and c.vacancy_id = new.id;
        end if;
        insert into app.vacancy_competence (tenant_id, vacancy_id, competence_id, need, level, weight)
        select new.tenant_id, new.id, c."competenceId", c.need, c.level, c.weight
        from json_to_recordset(new.competences) as c ("competenceId" uuid, need text, level int, weight int);
        insert into app.vacancy_condition (tenant_id, vacancy_id, condition, hard)
        select new.tenant_id, new.id, c.condition, c.hard
        from json_to_recordset(new.conditions) as c (condition text, hard boolean);
        return null;
    end $$;
create trigger parts_of_new after insert on app.vacancy
    for each row when (new.competences is not null or new.conditions is not null) execute function app.vacancy_parts();
create trigger parts_of_changed after update of competences, conditions on app.vacancy
    for each row when (new.competences::text is distinct from old.competences::text
                       or new.conditions::text is distinct from old.conditions::text)
    execute function app.vacancy_parts();

-- What matching must follow raises the input version.
create function app.vacancy_note_input() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.match_input := greatest(new.match_input, old.match_input + 1);
        return new;
    end $$;
create trigger note_input before update on app.vacancy for each row
    when ((new.occupation_id, new.hours_min, new.hours_max, new.shifts, new.postcode4, new.positions, new.candidates_wanted, new.needed_by,
           new.start_date, new.competences::text, new.conditions::text)
          is distinct from (old.occupation_id, old.hours_min, old.hours_max, old.shifts, old.postcode4, old.positions, old.candidates_wanted,
                            old.needed_by, old.start_date, old.competences::text, old.conditions::text))
    execute function app.vacancy_note_input();

-- Asks for a new match of a vacancy; one job is pending at most.
create function app.vacancy_request_match(tenant int, vacancy uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform queue.enqueue('match_vacancy', tenant, jsonb_build_object('vacancy', vacancy), 'vacancy:' || vacancy,
                              'match_vacancy:' || vacancy, 'coalesce');
    end $$;

-- What a changed vacancy sets going: while it is screened, or screened anew, a count of the supply; once it is open, a new match.
create function app.vacancy_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.vacancy_is_open(new.state)
           and (tg_op = 'INSERT' or old.match_input <> new.match_input
                or not app.vacancy_is_open(old.state)) then
            perform app.vacancy_request_match(new.tenant_id, new.id);
        elsif app.vacancy_is_pending(new.state)
              and (tg_op = 'INSERT' or old.match_input <> new.match_input or not app.vacancy_is_pending(old.state)) then
            perform queue.enqueue('count_supply', new.tenant_id, jsonb_build_object('vacancy', new.id),
                                  null, 'count_supply:' || new.id, 'coalesce', 2::smallint);
        end if;
        return null;
    end $$;
create trigger follow_up after insert or update on app.vacancy
    for each row execute function app.vacancy_follow_up();

-- Moves a vacancy by `event`, for other nouns: shortlists and proposals. Each hire fills it, partly or whole, and takes a place;
-- app.vacancy_vacate() gives it back. Returns the new state.
create function app.vacancy_fire(vacancy uuid, event text) returns text language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare moved text;
    begin
        update app.vacancy v set state = app.move('vacancy', v.state, event),
               positions_taken = v.positions_taken + (event in ('fill_partly', 'fill'))::int
        where v.tenant_id = app.tenant() and v.id = vacancy and app.sees_vacancy(v)
        returning v.state into moved;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return moved;
    end $$;

-- A position is free again, because a hire is undone or a placement ended: people are matched with it when the vacancy is open. What has ended stays as
-- it ended. For functions that have locked the vacancy, and have asked themselves who may.
create function app.vacancy_vacate(vacancy uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.vacancy v set positions_taken = v.positions_taken - 1, match_input = v.match_input + 1,
               state = case when app.vacancy_is_open(v.state) or v.state = 'filled'
                            then app.move('vacancy', v.state, case v.positions_taken when 1 then 'vacate' else 'vacate_partly' end)
                            else v.state end
        where v.tenant_id = app.tenant() and v.id = vacancy;
    end $$;

-- Takes a position for somebody who is placed without a proposal. For functions that have locked the vacancy.
create function app.vacancy_take(vacancy uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare v app.vacancy;
    begin
        select w.* into v from app.vacancy w where w.tenant_id = app.tenant() and w.id = vacancy;
        perform app.require('vacancy', app.vacancy_now(v.state, v.needed_by), 'answerProposal.hire', '/vacancyId');
        if v.positions_taken >= v.positions then
            raise exception using errcode = 'MW409', message = 'vacancy-places-taken',
                detail = json_build_object('limit', v.positions, 'taken', v.positions_taken)::text;
        end if;
        perform app.vacancy_fire(v.id, case when v.positions_taken + 1 >= v.positions then 'fill' else 'fill_partly' end);
    end $$;

-- Vacancies of the municipality whose last day has passed expire; a trigger ends their open proposals. Returns how many.
create function app.vacancies_expire() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare count int;
    begin
        update app.vacancy v set state = app.move('vacancy', v.state, 'expire')
        where v.tenant_id = app.tenant() and app.sees_vacancy(v) and app.vacancy_now(v.state, v.needed_by) <> v.state;
        get diagnostics count = row_count;
        return count;
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

-- Gives what is pending or open and somebody handles to a colleague who may handle vacancies, for hand-overs. Returns how many.
create function app.vacancies_hand_over(from_user uuid, to_user uuid) returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare count int;
    begin
        update app.vacancy v set assignee_id = to_user
        where v.tenant_id = app.tenant() and v.assignee_id = from_user
          and (app.vacancy_is_pending(app.vacancy_now(v.state, v.needed_by)) or app.vacancy_is_open(app.vacancy_now(v.state, v.needed_by)))
          and exists (select from app.user_account u where u.tenant_id = v.tenant_id and u.id = to_user and u.active
                      and u.role in ('consultant', 'account_manager', 'team_lead'));
        get diagnostics count = row_count;
        return count;
    end $$;
