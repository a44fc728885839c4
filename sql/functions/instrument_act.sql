-- What is done with instruments: asked for, decided, extended, suspended and ended.

-- Locks an instrument and its placement for the one who sees it, or MW404.
create function app.instrument_lock(instrument uuid) returns app.instrument language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare i app.instrument;
    begin
        select x.* into i from app.instrument x where x.tenant_id = app.tenant() and x.id = instrument and app.sees_instrument(x);
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform app.placement_lock(i.placement_id);
        select x.* into i from app.instrument x where x.tenant_id = i.tenant_id and x.id = i.id for no key update;
        return i;
    end $$;

-- Until when it has to be decided: the term of law of a wage-cost subsidy, else that of a request for costs.
create function app.instrument_decide_by(kind text, asked timestamptz, project uuid) returns timestamptz language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return calendar.due(asked, case when kind in ('wage_cost_subsidy', 'flat_rate_subsidy') then app.rule('term.wage_cost_subsidy', asked)
                                        when kind in ('travel_costs', 'course_costs') then app.rule('clock.cost_request', asked, project) -> 'due'
                                        else app.rule('clock.paperwork', asked, project) -> 'due' end);
    end $$;

-- Before an instrument is written: whose it is and of what family follows from the placement and the kind, and the last day from the days on which it stood still.
create function app.instrument_of_placement() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        select p.candidate_id, p.employer_id, p.project_id into new.candidate_id, new.employer_id, new.project_id
        from app.placement p where p.tenant_id = new.tenant_id and p.id = new.placement_id;
        new.family := (select k.family from ref.instrument_kind k where k.kind = new.kind);
        new.last_day := new.until_day + new.days_suspended;
        new.decide_by := case when new.state = 'asked' then app.instrument_decide_by(new.kind, calendar.moment(new.asked_on::timestamp), new.project_id) else new.decide_by end;
        return new;
    end $$;
create trigger of_placement before insert or update of kind, placement_id, until_day, days_suspended on app.instrument for each row execute function app.instrument_of_placement();

-- Asks for an instrument. The caller sees the placement, or MW404.
create function app.instrument_ask(instrument uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement := app.placement_lock((asked ->> 'placement_id')::uuid); -- it asks app.sees_placement()
        n app.instrument := jsonb_populate_record(null::app.instrument, asked);
    begin
        insert into app.instrument (tenant_id, id, placement_id, kind, asked_on, from_day, until_day, percentage, amount_cents, intention_months)
        values (p.tenant_id, instrument, p.id, n.kind, clock.today(), n.from_day, n.until_day, n.percentage, n.amount_cents, n.intention_months);
        perform app.instrument_look_displaced(p, (select k.subsidises from ref.instrument_kind k where k.kind = n.kind));
    end $$;

-- Grants an instrument, or refuses with everything that is missing (MW409 "requirements"), and nothing changes.
create function app.instrument_grant(instrument uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        i app.instrument := app.instrument_lock(instrument); -- it asks app.sees_instrument()
        moved text := app.move('instrument', i.state, 'grant');
        missing text[] := app.instrument_missing_codes(i);
    begin
        if missing <> '{}' then
            raise exception using errcode = 'MW409', message = 'requirements', detail = json_build_object('missing', missing)::text;
        end if;
        update app.instrument x set state = moved, decided_on = clock.today(), decided_by = app.actor(),
            wage_value_id = case when i.kind = 'wage_cost_subsidy' then (app.wage_value_of(i.placement_id, i.from_day)).id end,
            percentage = case when i.kind in ('wage_cost_subsidy', 'flat_rate_subsidy') then app.instrument_percentage_of(i, i.from_day) end,
            rule_id = app.rule_used('instrument.' || i.kind, calendar.moment(i.from_day::timestamp), i.project_id)
        where x.tenant_id = i.tenant_id and x.id = i.id;
    end $$;

create function app.instrument_refuse(instrument uuid, reason text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare i app.instrument := app.instrument_lock(instrument); -- it asks app.sees_instrument()
    begin
        update app.instrument x set state = app.move('instrument', i.state, 'refuse'), refuse_reason = reason, decided_on = clock.today(), decided_by = app.actor()
        where x.tenant_id = i.tenant_id and x.id = i.id;
    end $$;

-- Ends what was granted, on a day on which it runs, or takes back what was only asked for.
create function app.instrument_end(instrument uuid, reason text, day date) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare i app.instrument := app.instrument_lock(instrument); -- it asks app.sees_instrument()
    begin
        perform app.require('instrument', i.state, 'endInstrument');
        if i.state = 'asked' then
            update app.instrument x set state = app.move('instrument', i.state, 'withdraw') where x.tenant_id = i.tenant_id and x.id = i.id;
        elsif day not between i.from_day and coalesce(i.last_day, 'infinity') then
            raise exception using errcode = 'MW409', message = 'outside-period';
        else
            update app.instrument x set state = app.move('instrument', i.state, 'end'), end_reason = reason, ended_on = greatest(coalesce(day, clock.today()), i.from_day)
            where x.tenant_id = i.tenant_id and x.id = i.id;
        end if;
    end $$;

-- Goes on after an instrument: the days after its last one are asked for. Days that it has already are refused by the constraint.
create function app.instrument_extend(instrument uuid, before uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        i app.instrument := app.instrument_lock(before); -- it asks app.sees_instrument()
        n app.instrument := jsonb_populate_record(null::app.instrument, asked);
    begin
        perform app.require('instrument', i.state, 'extendInstrument');
        insert into app.instrument (tenant_id, id, placement_id, kind, asked_on, from_day, until_day, percentage, amount_cents, intention_months, extends_id)
        values (i.tenant_id, instrument, i.placement_id, i.kind, clock.today(), coalesce(n.from_day, i.last_day + 1), n.until_day,
                coalesce(n.percentage, case when i.kind not in ('wage_cost_subsidy', 'flat_rate_subsidy') then i.percentage end), coalesce(n.amount_cents, i.amount_cents),
                coalesce(n.intention_months, i.intention_months), i.id);
    end $$;

-- An instrument stands still on these days, and its last day moves by as many.
create function app.instrument_suspend(instrument uuid, first date, last date) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare i app.instrument := app.instrument_lock(instrument); -- it asks app.sees_instrument()
    begin
        perform app.require('instrument', i.state, 'suspendInstrument');
        if first < i.from_day or first > i.last_day then
            raise exception using errcode = 'MW409', message = 'outside-period';
        end if;
        insert into app.instrument_suspension (tenant_id, instrument_id, from_day, until_day) values (i.tenant_id, i.id, first, last);
        update app.instrument x set days_suspended = x.days_suspended + (last - first + 1) where x.tenant_id = i.tenant_id and x.id = i.id;
    end $$;

-- It goes on earlier than was said: only the days count on which it really stood still.
create function app.instrument_resume(instrument uuid, day date) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        i app.instrument := app.instrument_lock(instrument); -- it asks app.sees_instrument()
        s app.instrument_suspension;
    begin
        perform app.require('instrument', i.state, 'suspendInstrument');
        select x.* into s from app.instrument_suspension x where x.tenant_id = i.tenant_id and x.instrument_id = i.id and day between x.from_day and x.until_day for update;
        if not found then
            raise exception using errcode = 'MW409', message = 'outside-period';
        end if;
        if day = s.from_day then
            delete from app.instrument_suspension x where x.tenant_id = s.tenant_id and x.instrument_id = s.instrument_id and x.from_day = s.from_day;
        else
            update app.instrument_suspension x set until_day = day - 1 where x.tenant_id = s.tenant_id and x.instrument_id = s.instrument_id and x.from_day = s.from_day;
        end if;
        update app.instrument x set days_suspended = x.days_suspended - (s.until_day - day + 1) where x.tenant_id = i.tenant_id and x.id = i.id;
    end $$;

-- The placement ends, and so do its instruments. Called by triggers of the placement, which have locked it.
create function app.instruments_end_of(placement uuid, on_day date) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.instrument x set state = app.move('instrument', x.state, 'lapse'),
            end_reason = case when x.state = 'granted' then 'placement_ended' end, ended_on = case when x.state = 'granted' then greatest(on_day, x.from_day) end
        where x.tenant_id = app.tenant() and x.placement_id = instruments_end_of.placement and (app.instrument_is_pending(x.state) or app.instrument_is_open(x.state));
    end $$;

-- Subsidised work may not push out regular work: where somebody has a regular placement, a subsidised one asks for a consult, which stops its start, and the
-- employer and the one who keeps the relation are told.
create function app.instrument_look_displaced(p app.placement, subsidised boolean) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        opened uuid;
        contact uuid;
        manager uuid;
    begin
        if not subsidised or p.employer_id is null or not exists (
            select from app.placement o where o.tenant_id = p.tenant_id and o.employer_id = p.employer_id and o.id <> p.id and o.kind = 'regular'
            and app.placement_is_open(o.state)) or exists (
            select from app.task t where t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'consult') then
            return;
        end if;
        opened := app.task_open('consult', 'placement', p.id, null, null, 'displacement', promised_to_employer => p.employer_id);
        update app.task t set blocks = 'start' where t.tenant_id = p.tenant_id and t.id = opened;
        select k.id into contact from app.contact k where k.tenant_id = p.tenant_id and k.employer_id = p.employer_id and k.email is not null
        order by k.preferred desc, k.id limit 1;
        select e.account_manager_id into manager from app.employer e where e.tenant_id = p.tenant_id and e.id = p.employer_id;
        if contact is not null then
            perform app.message_queue_contact('notice', contact, 'placement', p.id);
        end if;
        if manager is not null then
            perform app.message_queue('notice', manager, 'placement', p.id);
        end if;
    end $$;
create function app.instrument_displaced_by() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.instrument_look_displaced(new, true);
        return null;
    end $$;
create trigger displaces after insert on app.placement for each row when (new.kind = 'subsidised') execute function app.instrument_displaced_by();

-- Instruments that ended with the placement on the old day end with it on the new one, at most on the day on which they would have ended anyway.
create function app.instruments_end_moved(placement uuid, was date, day date) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.instrument x set ended_on = least(greatest(day, x.from_day), x.until_day)
        where x.tenant_id = app.tenant() and x.placement_id = instruments_end_moved.placement and app.instrument_is_settled(x.state) and x.end_reason = 'placement_ended'
          and x.ended_on = least(greatest(was, x.from_day), x.until_day);
    end $$;
