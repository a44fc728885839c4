-- The clocks of nouns: what happens to a row opens, ends or moves tasks about it, as the rows of ref.noun_clock say (sql/clocks).

-- What opened these tasks: of a kind there is one for a row.
create function app.clock_cause() returns text immutable parallel safe
    return 'clock';

-- The user in this column, while this user works here; of `case_manager` the one who keeps the file of the person whom the row is about.
create function app.clock_user(given jsonb, place text) returns uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select u.id from app.user_account u where u.tenant_id = app.tenant() and u.active and u.id = case place
                when 'case_manager' then (select c.case_manager_id from app.candidate c where c.tenant_id = app.tenant() and c.id = (given ->> 'candidate_id')::uuid)
                else (given ->> place)::uuid end);
    end $$;

-- The moment in this column; a day ends with its last second.
create function app.clock_moment(given jsonb, place text) returns timestamptz language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        value text := given ->> place;
    begin
        return case when char_length(value) = 10 then calendar.moment(value::date + time '23:59:59') else value::timestamptz end;
    end $$;

-- Opens a task. `given` is the row.
create function app.clock_open(c ref.noun_clock, subject uuid, given jsonb) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        due_at timestamptz := app.clock_moment(given, c.due);
    begin
        if c.due is not null and due_at is null then
            return;
        end if;
        perform app.task_open(c.kind, coalesce(c.about_noun, c.noun), subject, app.clock_user(given, c.owner_user),
            (select o.id from app.organisation o where o.tenant_id = app.tenant() and o.kind = c.owner_kind and o.active order by o.id limit 1),
            app.clock_cause(), coalesce(app.clock_moment(given, c.runs_from), clock.now()), due_at, (given ->> c.promised_to)::uuid,
            project => (given ->> 'project_id')::uuid, owner_employer => (given ->> c.owner_employer)::uuid,
            owner_candidate => (given ->> c.owner_candidate)::uuid, promised_to_candidate => (given ->> c.promised_to_candidate)::uuid,
            promised_to_organisation => (given ->> c.promised_to_organisation)::uuid);
    end $$;

-- What this event of a row does with tasks. `given` is the row.
create function app.clock_fire(noun text, id uuid, event text, given jsonb) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        c ref.noun_clock;
        subject uuid;
        now_in text := (select s.phase from ref.state s where s.noun = clock_fire.noun and s.state = given ->> 'state');
    begin
        for c in select k.* from ref.noun_clock k where k.noun = clock_fire.noun and k.event = clock_fire.event
                 and coalesce(k.phase = now_in, true) order by k.effect desc, k.kind loop
            subject := coalesce((given ->> c.about)::uuid, id);
            if c.effect = 'open' then
                perform app.clock_open(c, subject, given);
            elsif c.effect = 'settle' then
                perform app.task_settle(coalesce(c.about_noun, c.noun), subject, c.kind, c.outcome);
            else
                perform app.task_drop(coalesce(c.about_noun, c.noun), subject, c.kind);
            end if;
        end loop;
    end $$;

-- A column changed that says when a task is due, or whose it is: the task that it opened follows, or is dropped when the column is empty.
create function app.clock_move(noun text, id uuid, given jsonb, was jsonb) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        c record;
    begin
        for c in select distinct k.kind, k.due, k.runs_from, k.owner_user from ref.noun_clock k
                 where k.noun = clock_move.noun and k.effect = 'open' and k.about is null
                   and (given -> k.due, given -> k.runs_from, given -> k.owner_user) is distinct from (was -> k.due, was -> k.runs_from, was -> k.owner_user)
        loop
            if c.due is not null and given ->> c.due is null then
                perform app.task_drop(noun, id, c.kind);
                continue;
            end if;
            update app.task t set
                due_at = case when given -> c.due is distinct from was -> c.due then app.clock_moment(given, c.due)
                              when given -> c.runs_from is distinct from was -> c.runs_from
                              then calendar.due(app.clock_moment(given, c.runs_from), app.rule('clock.' || c.kind, app.clock_moment(given, c.runs_from), t.project_id) -> 'due', t.held)
                              else t.due_at end,
                clock_from = case when given -> c.runs_from is distinct from was -> c.runs_from then app.clock_moment(given, c.runs_from)
                                  else t.clock_from end,
                owner_user_id = case when given -> c.owner_user is distinct from was -> c.owner_user then app.clock_user(given, c.owner_user)
                                     else t.owner_user_id end
            where t.tenant_id = app.tenant() and t.subject_id = clock_move.id and t.noun = clock_move.noun and t.kind = c.kind and t.cause = app.clock_cause()
              and (app.task_is_open(t.state) or app.task_is_pending(t.state));
        end loop;
    end $$;

-- After a row is written. TG_ARGV: the noun; then the columns of which a clock asks.
create function app.clock_follow() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        given jsonb := to_jsonb(new);
        was jsonb := case tg_op when 'UPDATE' then to_jsonb(old) end;
        place text;
    begin
        if tg_op = 'INSERT' then
            perform app.clock_fire(tg_argv[0], new.id, 'create', given);
        else
            if new.state <> old.state then
                perform app.clock_fire(tg_argv[0], new.id, app.moved_by(tg_argv[0], new.id, old.state, new.state), given);
            end if;
            perform app.clock_move(tg_argv[0], new.id, given, was);
            foreach place in array tg_argv[1:] loop
                if given -> place is distinct from was -> place then
                    perform app.clock_fire(tg_argv[0], new.id, 'change:' || place, given);
                end if;
            end loop;
        end if;
        return null;
    end $$;

-- Rows of this noun have clocks.
create procedure app.clocked(wanted regclass, noun text, variadic columns text[]) language plpgsql as $$
    declare
        given text := format('%L', noun) || (select coalesce(string_agg(', ' || quote_literal(c), ''), '') from unnest(columns) c);
    begin
        execute format('create trigger tasks_open after insert on %s for each row execute function app.clock_follow(%s)', wanted, given);
        execute format('create trigger tasks_follow after update on %s for each row when ((%s) is distinct from (%s)) execute function app.clock_follow(%s)',
                       wanted, 'new.' || array_to_string(array_prepend('state', columns), ', new.'),
                       'old.' || array_to_string(array_prepend('state', columns), ', old.'), given);
    end $$;
call app.clocked('app.vacancy', 'vacancy', 'reported_at', 'assignee_id', 'needed_by');
call app.clocked('app.benefit', 'benefit', 'applied_on');
call app.clocked('app.trajectory', 'trajectory', 'search_until', 'register_by', 'guarantee_by', 'flow_through_on');
call app.clocked('app.instrument', 'instrument', 'decide_by', 'last_day');

-- A round has the clocks of its proposals: somebody sends what was drafted, and the employer answers what was sent. Its event is what became of
-- the last of them.
create function app.clock_of_round() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        event text := case when new.state = 'sent' then 'send' when new.state = 'drafted' then 'draft'
                           when new.state = 'invited' or app.proposal_is_settled(new.state) then 'answer' when new.state = 'expired' then 'expire_' || old.state
                           else 'end_' || old.state end;
    begin
        if not exists (select from app.proposal p where p.tenant_id = new.tenant_id and p.round_id = new.round_id and p.state = old.state
                       and app.proposal_is_open(p.state)) then
            perform app.clock_fire('proposal_round', new.round_id, event,
                                   (select to_jsonb(r) from app.proposal_round r where r.tenant_id = new.tenant_id and r.id = new.round_id));
        end if;
        return null;
    end $$;
create trigger tasks_follow after update on app.proposal for each row
    when (new.state <> old.state and 'invited' <> old.state and 'undone' <> new.state) execute function app.clock_of_round();
