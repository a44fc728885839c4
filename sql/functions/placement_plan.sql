-- After-care: which contacts a placement asks, of whom, and what a contact sets going.

-- Who does the after-care of somebody: the coach, else the case manager, while they work here.
create function app.placement_carer(candidate uuid) returns uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select u.id from app.candidate c join app.user_account u on u.tenant_id = c.tenant_id and u.id in (c.coach_id, c.case_manager_id) and u.active
                where c.tenant_id = app.tenant() and c.id = candidate order by u.id = c.coach_id desc limit 1);
    end $$;

-- This placement, and those that it goes on after.
create function app.placement_chain(p app.placement) returns setof app.placement language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query with recursive chain as (
            select p.*
            union all
            select o.* from chain c join app.placement o on o.tenant_id = c.tenant_id and o.id = c.converts) select c.* from chain c;
    end $$;

-- The first day of the work, also when it goes on as a placement of another kind.
create function app.placement_since(p app.placement) returns date language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return (select min(c.started_on) from app.placement_chain(p) c); end $$;

-- The contacts that a placement asks: before the start those of its plan, afterwards those of its days, each with the person and with the employer.
-- `code` tells one from another: a contact is asked once.
create function app.placement_contacts(p app.placement) returns table (code text, with_whom text, day date) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        light boolean := coalesce(p.plan = 'light', app.rule('plan.light_kinds', clock.now(), p.project_id) -> 'kinds' ? p.kind);
        plan jsonb := case when light then app.rule('plan.follow_up_light', clock.now(), p.project_id) else app.rule('plan.follow_up', clock.now(), p.project_id) end;
        begins date := coalesce(p.starts_on, p.accepted_on, p.offered_on);
    begin
        if p.plan = 'none' or p.kind = 'own_business' and p.plan is null and not light then
            return;
        elsif p.state = 'accepted' then
            return query select b.step, b.party, begins - b.ahead
                from (values ('prepare', 'employer', 5), ('introduction', 'candidate', 2), ('bring', 'candidate', 0)) b (step, party, ahead)
                where plan -> 'before' ? b.step and p.converts is null;
        elsif p.state = 'started' then
            return query select 'day_' || d.n, w.party, app.placement_since(p) + d.n
                from (select unnest(p.plan_days) union select e::int from jsonb_array_elements_text(plan -> 'days') e where p.plan_days is null) d (n)
                cross join (values ('candidate'), ('employer')) w (party)
                where w.party = 'candidate' or num_nonnulls(p.employer_id, p.employer_name) > 0;
        end if;
    end $$;

-- Opens the contacts that are still to come and that were never asked, and withdraws those that the plan has no more.
create function app.placement_plan_contacts(p app.placement) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        c record;
        made uuid;
        carer uuid := app.placement_carer(p.candidate_id);
    begin
        perform app.task_drop('placement', p.id, 'follow_up', t.cause) from app.task t
        where t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'follow_up' and t.cause is not null and app.task_is_open(t.state)
          and not (t.cause = 'bring:candidate' and p.state = 'started')
          and t.cause not in (select k.code || ':' || k.with_whom from app.placement_contacts(p) k);
        for c in select k.*, k.code || ':' || k.with_whom as cause from app.placement_contacts(p) k where k.day >= clock.today() order by k.day, k.with_whom loop
            if exists (select from app.task t where t.tenant_id = p.tenant_id and t.subject_id in (select h.id from app.placement_chain(p) h) and t.kind = 'follow_up'
                       and t.cause = c.cause and t.state <> 'withdrawn') then
                continue;
            end if;
            made := app.task_open('follow_up', 'placement', p.id, case when p.guided_by_employer_from is null or c.with_whom = 'employer' then carer end, null, c.cause,
                due_at => calendar.moment(c.day + time '17:00'), promised_to_employer => case when c.with_whom = 'employer' then p.employer_id end, project => p.project_id,
                owner_employer => case when p.guided_by_employer_from is not null and c.with_whom = 'candidate' then p.employer_id end);
        end loop;
    end $$;

-- What placements of this kind ask besides, and what is asked before an agreed end.
create function app.placement_plan_terms(p app.placement) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        k text;
        since timestamptz := calendar.moment(app.placement_since(p) + time '00:00');
        before_end timestamptz := calendar.moment(p.ends_on - extract(day from app.rule_days('plan.before_end'))::int + time '17:00');
        owner uuid := app.placement_carer(p.candidate_id);
    begin
        for k in select t.task_kind from ref.placement_task t where t.placement_kind = p.kind and not exists (
                     select from app.task a where a.tenant_id = p.tenant_id and a.subject_id = p.id and a.kind = t.task_kind and a.cause = app.clock_cause()
                     and a.state <> 'withdrawn') loop
            perform app.task_open(k, 'placement', p.id, owner, null, app.clock_cause(), since, promised_to_employer => p.employer_id, project => p.project_id);
        end loop;
        if p.ends_on is null or app.placement_term_is_near(p, before_end) then
            perform app.task_drop('placement', p.id, 'contract', 'end_of_term');
        elsif not exists (select from app.task t where t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'contract' and t.cause = 'end_of_term'
                          and (app.task_is_open(t.state) or app.task_is_settled(t.state) and t.ended_at >= before_end - app.rule_days('plan.before_end'))) then
            perform app.task_open('contract', 'placement', p.id, owner, null, 'end_of_term', due_at => before_end, promised_to_employer => p.employer_id, project => p.project_id);
        else
            update app.task t set due_at = before_end
            where t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'contract' and t.cause = 'end_of_term' and app.task_is_open(t.state);
        end if;
    end $$;

-- On the agreed last day the case manager says whether the work ended or goes on. Nothing ends by itself. A new last day gets a new task. When the new day is agreed
-- on the old last day or later, that answers the old task.
create function app.placement_plan_end(p app.placement) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare asked text := 'ends:' || p.ends_on;
    begin
        perform case when t.due_at < calendar.moment(clock.today() + 1) then app.task_settle('placement', p.id, t.kind, 'extended', t.cause)
                     else app.task_drop('placement', p.id, t.kind, t.cause) end
        from app.task t
        where t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'placement_end' and t.cause like 'ends:%' and t.cause is distinct from asked
          and app.task_is_open(t.state);
        if p.ends_on is not null and not exists (select from app.task t where t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'placement_end'
                                                 and t.cause = asked and t.state <> 'withdrawn') then
            perform app.task_open('placement_end', 'placement', p.id, app.clock_user(to_jsonb(p), 'case_manager'), null, asked,
                due_at => calendar.moment(p.ends_on + time '17:00'), project => p.project_id);
        end if;
    end $$;

-- After the talk about the next contract: the end that was agreed then has its own.
create function app.placement_follow_contract() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.placement_plan_terms(p) from app.placement p where p.tenant_id = new.tenant_id and p.id = new.subject_id and p.state = 'started';
        return null;
    end $$;
create trigger placement_contract after update on app.task for each row
    when (new.noun = 'placement' and new.kind = 'contract' and app.task_is_settled(new.state) and old.state <> new.state)
    execute function app.placement_follow_contract();

-- After the first day is another one: what is still asked moves along, and what would have been before today is asked today.
create function app.placement_plan_moves(p app.placement) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.task t set due_at = calendar.moment(greatest(k.day, clock.today()) + time '17:00') from app.placement_contacts(p) k
        where t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'follow_up' and t.cause = k.code || ':' || k.with_whom and app.task_is_open(t.state);
        perform app.task_drop('placement', p.id, t.task_kind, app.clock_cause()) from ref.placement_task t where t.placement_kind = p.kind;
    end $$;

-- Whether the talk about the next contract comes early enough already.
create function app.placement_term_is_near(p app.placement, before_end timestamptz) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.task t where t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'contract' and t.cause = app.clock_cause()
                       and app.task_is_open(t.state) and t.due_at <= before_end);
    end $$;

-- After a placement is accepted or starts, or its plan, its first day or its end changes.
create function app.placement_plan() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.placement_is_open(new.state) then
            if tg_op = 'UPDATE' and new.state = old.state and (new.starts_on, new.started_on) is distinct from (old.starts_on, old.started_on) then
                perform app.placement_plan_moves(new);
            end if;
            perform app.placement_plan_contacts(new);
            if new.state = 'started' then
                perform app.placement_plan_terms(new);
                perform app.placement_plan_end(new);
            end if;
        end if;
        return null;
    end $$;
create trigger plan_first after insert on app.placement for each row execute function app.placement_plan();
create trigger plan after update on app.placement for each row
    when ((new.state, new.starts_on, new.started_on, new.ends_on, new.plan, new.plan_days, new.kind)
          is distinct from (old.state, old.starts_on, old.started_on, old.ends_on, old.plan, old.plan_days, old.kind))
    execute function app.placement_plan();

-- Somebody must look at a placement within hours.
create function app.placement_alarm(p app.placement, cause text) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return app.task_open('urgent_follow_up', 'placement', p.id, app.on_call_now(p.candidate_id), null, cause, promised_to_employer => p.employer_id, project => p.project_id);
    end $$;

-- Who looks at a call for help that is open, and by when: for the one who sees the placement. What nobody is on call for lies with the municipality.
create function app.placement_help(placement uuid) returns table (help_by_name text, help_due_at timestamptz) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        select case when t.id is not null then coalesce(app.task_name(t.tenant_id, t.owner_user_id, t.owner_organisation_id, t.owner_employer_id, t.owner_candidate_id), m.name::text) end, t.due_at
        from app.placement p left join app.task t on t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'urgent_follow_up' and t.cause = 'call' and app.task_is_open(t.state)
        join ref.tenant m on m.tenant_id = p.tenant_id
        where p.tenant_id = app.tenant() and p.id = placement and app.sees_placement(p) order by t.due_at limit 1;
    end $$;

-- After a contact of a placement is done: a bad outcome asks for an urgent one. After weeks without worries the employer guides: the contacts with the
-- person that are left are of the employer.
create function app.placement_follow_contact() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement;
    begin
        select q.* into p from app.placement q where q.tenant_id = new.tenant_id and q.id = new.subject_id;
        if not app.placement_is_open(p.state) then
            return null;
        end if;
        if new.outcome = any ('{at_risk,ended}') and new.kind = 'follow_up' then
            perform app.placement_alarm(p, new.id::text);
        elsif new.outcome = 'fine' and p.guided_by_employer_from is null and p.employer_id is not null
              and app.placement_since(p) + extract(day from app.rule_days('plan.guidance_passes'))::int <= clock.today()
              and not exists (select from app.task t where t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'urgent_follow_up' and app.task_is_open(t.state)) then
            update app.placement q set guided_by_employer_from = clock.today() where q.tenant_id = p.tenant_id and q.id = p.id;
            update app.task t set owner_user_id = null, owner_organisation_id = null, owner_employer_id = p.employer_id
            where t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'follow_up' and t.cause like '%:candidate' and app.task_is_open(t.state);
        end if;
        return null;
    end $$;
create trigger placement_contact after update on app.task for each row
    when (new.noun = 'placement' and new.state = 'done' and old.state <> 'done' and new.kind like '%follow_up')
    execute function app.placement_follow_contact();
