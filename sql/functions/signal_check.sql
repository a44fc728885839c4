-- What follows from a signal: it is looked into the same day, its sender hears that it was handled, and a corrected list takes it back.

-- Opens the check of a signal: how it is done says the kind, or the one who asks for it.
create function app.signal_check_open(s app.signal, how text default null, owner_user uuid default null) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.task_open('check', 'signal', s.id, coalesce(owner_user, app.on_call_checker(s.candidate_id)), null, 'signal', project => s.project_id,
                              topic => coalesce(how, (select c.how::text from ref.signal_check c where c.kind = s.kind)));
    end $$;

-- After a signal was written down. There is one check for all signals of one kind about one person on one day, and for a signal that repeats another one.
create function app.signal_begin() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.signal_check_open(new);
        return null;
    end $$;
create trigger check_today after insert on app.signal for each row when (new.checked_with_id is null) execute function app.signal_begin();

-- After a check has ended: the next one follows the same day, such as a visit when nobody answered, or it was looked into.
create function app.signal_looked_into() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        next text := (select c.how::text from ref.signal_check c where c.after = new.topic and c.outcome = new.outcome);
        s app.signal;
    begin
        select o.* into s from app.signal o where o.tenant_id = new.tenant_id and o.id = new.subject_id for no key update;
        if not (app.signal_is_pending(s.state) or app.signal_is_open(s.state)) then
            return null;
        end if;
        if new.outcome <> 'not_reached' or next is null then
            update app.signal o set state = app.move('signal', o.state, 'look_into'), looked_into_at = clock.now()
            where o.tenant_id = s.tenant_id and s.id in (o.id, o.checked_with_id) and app.signal_is_pending(o.state);
        end if;
        if next is not null then
            perform app.signal_check_open(s, next);
        end if;
        return null;
    end $$;
create trigger signal_looked_into after update on app.task for each row
    when (new.kind = 'check' and new.noun = 'signal' and new.state <> old.state and app.task_is_settled(new.state)) execute function app.signal_looked_into();

-- After a signal was handled or taken back: its check ends. When other signals had the same check, the first of them has the check now.
create function app.signal_check_pass(s app.signal) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        next app.signal;
        open app.task;
    begin
        select t.* into open from app.task t where t.tenant_id = s.tenant_id and t.subject_id = s.id and t.kind = 'check' and (app.task_is_open(t.state) or app.task_is_pending(t.state)) limit 1;
        perform app.task_drop('signal', s.id, 'check');
        select o.* into next from app.signal o where o.tenant_id = s.tenant_id and o.checked_with_id = s.id and app.signal_is_pending(o.state) order by o.received_at, o.id limit 1;
        if found then
            update app.signal o set checked_with_id = nullif(next.id, o.id) where o.tenant_id = s.tenant_id and o.checked_with_id = s.id and app.signal_is_pending(o.state);
            perform app.signal_check_open(next, open.topic, open.owner_user_id);
        end if;
    end $$;

-- The sender of a signal from outside the wall hears that it was handled, and nothing else. What doubled a signal that was taken back stands by itself.
create function app.signal_end() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        next uuid;
    begin
        perform app.signal_check_pass(new);
        if new.state = 'handled' then
            perform app.notify_user(u.id, 'signal', new.id, app.occasion('signal', new.id::text, 'handled')) from app.user_account u
            where u.tenant_id = new.tenant_id and u.id = new.made_by and u.active and u.id is distinct from app.actor() and u.role not in ('case_manager', 'team_lead');
        else
            select o.id into next from app.signal o where o.tenant_id = new.tenant_id and o.doubles_id = new.id and not app.signal_is_ended(o.state)
                order by o.received_at, o.id limit 1;
            update app.signal o set doubles_id = nullif(next, o.id) where o.tenant_id = new.tenant_id and o.doubles_id = new.id and next is not null;
        end if;
        return null;
    end $$;
create trigger signal_end after update on app.signal for each row
    when (new.state <> old.state and (app.signal_is_settled(new.state) or app.signal_is_ended(new.state))) execute function app.signal_end();

-- The signal of an absence that was just noted, in the name of the one who noted it; none when that sender has told it already.
create function app.signal_of_absence(a app.appointment) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare s app.signal;
    begin
        s.id := gen_random_uuid();
        s.candidate_id := a.candidate_id;
        s.kind := 'no_show';
        s.appointment_id := a.id;
        s.trajectory_id := a.trajectory_id;
        s.proposal_id := a.proposal_id;
        s.project_id := a.project_id;
        s.seen_at := least(a.starts_at, clock.now());
        s.listed := true;
        if not exists (select from app.signal o where o.tenant_id = a.tenant_id and o.appointment_id = a.id and o.kind = s.kind and not app.signal_is_ended(o.state)
                       and (o.made_by = app.actor() or app.organisation() in (o.organisation_id, o.employer_id))) then
            perform app.signal_put(s);
        end if;
    end $$;

-- The list says something else now: its signal is taken back, with what the list says. When it was handled already, the case manager looks at it again.
create function app.signals_correct(a app.appointment) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        s app.signal;
        says text := case when a.state = 'present' then 'present' when a.reason = 'ill' then 'ill' end;
    begin
        for s in select o.* from app.signal o where o.tenant_id = a.tenant_id and o.appointment_id = a.id and o.listed and not app.signal_is_ended(o.state)
                 order by o.id for no key update loop
            if app.signal_is_settled(s.state) then
                update app.signal o set corrected_at = clock.now() where o.tenant_id = s.tenant_id and o.id = s.id;
                perform app.task_open('question', 'signal', s.id, app.clock_user(to_jsonb(s), 'case_manager'), null, 'corrected', project => s.project_id);
                continue;
            end if;
            update app.signal o set state = app.move('signal', o.state, 'correct'), outcome = coalesce(says, 'excused'), withdrawn_at = clock.now()
            where o.tenant_id = s.tenant_id and o.id = s.id;
        end loop;
    end $$;

-- Another check, with its kind and its user. It is also a check of the other signals of that check.
create function app.signal_order_check(signal uuid, how text, owner_user uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare s app.signal := app.signal_lock(signal); -- it asks app.sees_signal()
    begin
        perform app.require('signal', s.state, 'orderCheck');
        select o.* into s from app.signal o where o.tenant_id = s.tenant_id and o.id = coalesce(s.checked_with_id, s.id);
        perform app.task_drop('signal', s.id, 'check');
        perform app.signal_check_open(s, how, owner_user);
    end $$;

-- What it takes to look into a signal, for the one who passes the wall or has to check it: who the person is, how to reach them, whether the invitation
-- can be proved, since when the rules were known, and the checks.
create function app.signal_facts(signal uuid) returns table (person json, invitation_proven boolean, rules_known_on date, checks json) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        select json_strip_nulls(json_build_object('alias', c.alias, 'firstName', c.first_name, 'lastName', c.last_name, 'phone', c.phone, 'pc4', c.postcode4, 'addressLines', c.address_lines)),
               (select app.appointment_proof(a) from app.appointment a where a.tenant_id = s.tenant_id and a.id = s.appointment_id),
               app.rules_known(s.candidate_id, (s.seen_at at time zone 'Europe/Amsterdam')::date),
               (select json_agg(json_strip_nulls(json_build_object('taskId', t.id, 'how', t.topic, 'state', t.state, 'outcome', t.outcome, 'ownerUserId', t.owner_user_id, 'ownerName', app.colleague_name(t.owner_user_id),
                       'dueAt', app.json_instant(t.due_at), 'endedAt', app.json_instant(t.ended_at))) order by t.made_at, t.id) from app.task t
                where t.tenant_id = s.tenant_id and t.subject_id in (s.id, s.checked_with_id) and t.noun = 'signal' and t.kind = 'check')
        from app.signal s join app.candidate c on c.tenant_id = s.tenant_id and c.id = s.candidate_id
        where s.tenant_id = app.tenant() and s.id = signal and app.sees_signal(s) and (app.signal_inside(s) or app.signal_checks(coalesce(s.checked_with_id, s.id), app.actor()));
    end $$;

-- What the caller can do with it now: what the calls themselves ask. `inside`: app.signal_inside().
create function app.signal_actions(s app.signal, inside boolean) returns json language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select coalesce(json_agg(json_build_object('operation', o.operation, 'method', 'POST', 'href', format('/v1/signals/%s/%s', s.id, o.place))), '[]')
                from (values ('handleSignal', 'handlings', inside and app.allows('signal', s.state, 'handleSignal')),
                             ('correctHandling', 'corrections', inside and app.allows('signal', s.state, 'correctHandling') and not app.signal_decided(s)),
                             ('orderCheck', 'checks', inside and app.allows('signal', s.state, 'orderCheck')),
                             ('withdrawSignal', 'withdrawals', app.signal_is_mine(s) and app.signal_state_outside(s) = 'received')) o (operation, place, may)
                where o.may and app.may_call(o.operation, app.role()));
    end $$;

-- How the person is called, for the same.
create function app.signal_alias(signal uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select c.alias from app.signal s join app.candidate c on c.tenant_id = s.tenant_id and c.id = s.candidate_id
                where s.tenant_id = app.tenant() and s.id = signal and app.sees_signal(s) and (app.signal_inside(s) or app.signal_checks(coalesce(s.checked_with_id, s.id), app.actor())));
    end $$;

-- After somebody died: nothing is looked into any more.
create function app.signals_end_with_death() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.signal s set state = app.move('signal', s.state, 'correct'), outcome = 'unknown', withdrawn_at = clock.now()
        where s.tenant_id = new.tenant_id and s.candidate_id = new.id and (app.signal_is_pending(s.state) or app.signal_is_open(s.state));
        return null;
    end $$;
create trigger signals_end after update of died_on on app.candidate for each row
    when (old.died_on is null and new.died_on is not null) execute function app.signals_end_with_death();

-- For the sweep of each night: an applicant did not search, or did not register, by the day of that duty. It is told once. Returns how many.
create function app.signals_of_duties() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.task;
        s app.signal;
        count int := 0;
    begin
        for t in select o.* from app.task o where o.tenant_id = app.tenant() and o.kind in ('search', 'register') and o.noun = 'trajectory' and o.owner_candidate_id is not null
                 and app.task_is_open(o.state) and o.due_at < clock.now() and app.sees_task(o)
                 and not exists (select from app.signal g where g.tenant_id = o.tenant_id and g.trajectory_id = o.subject_id and g.kind = 'no_search' and g.seen_at = o.due_at)
                 order by o.due_at, o.id loop
            s := null;
            s.id := gen_random_uuid();
            s.candidate_id := t.candidate_id;
            s.kind := 'no_search';
            s.trajectory_id := t.subject_id;
            s.project_id := t.project_id;
            s.seen_at := t.due_at;
            perform app.signal_put(s);
            count := count + 1;
        end loop;
        return count;
    end $$;
