-- Objections to decisions: who sees them, whether they are in time, until when they are decided, and what comes of them.

-- Everyone who passes the wall of measures, and the person.
create function app.objection_told(o app.objection, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when role = 'candidate' then app.is_own_file(o.candidate_id, actor) else app.sees_measure(o.candidate_id, scope, role, organisation, actor) end is true;
    end $$;
grant execute on function app.objection_told(app.objection, text, text, uuid, uuid) to public;
create function app.sees_objection(o app.objection, scope text default app.scope(), role text default app.role(),
                                   organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.objection_told(o, scope, role, organisation, actor);
call app.wall('app.objection', 'objection', '{in_time,decide_by}');
call app.days_within('app.objection', 'mailed_on happened');
call app.open_to_scope('app.objection', 'app.sees_objection');
call app.apart('app.objection', 'false');
call app.guarded('app.objection', 'objection');
call app.unique_by('app.objection_open_once', 'app.sees_objection', '/objections/');
call app.referable('app.objection', 'objection', 'measure', 'app.sees_objection', candidate => 'r.candidate_id', label => $$to_char(r.received_on, 'YYYY-MM-DD')$$);
create trigger zz_log_transition before update on app.objection
    for each row when (new.state is distinct from old.state) execute function app.log_transition('objection');

-- Whether it came in time: by the last day, or a letter that was posted by then and came within a week after it (Awb, articles 6:7 and 6:9). What comes before the
-- decision was notified is not too early (article 6:10).
create function app.objection_is_in_time(o app.objection, last date) returns boolean language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$ begin return (last is null or o.received_on <= last or (o.channel = 'letter' and o.mailed_on <= last and o.received_on <= last + 7)) is true; end $$;

-- Until when it is decided: six weeks after the term to object has ended, twelve with a committee; longer by what it was postponed, or what the objector agreed to; and it stands
-- still from the day on which a repair was asked until that was done, or its term ended (Awb, article 7:10).
create function app.objection_decide_by(o app.objection, last date) returns date language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        first date := last;
        stood int := coalesce(least(o.repaired_on, o.repair_until) - o.repair_asked_on, 0);
        until date := app.decision_last_day(first + stood, case when o.committee then app.rule('term.objection_committee') else app.rule('term.objection_decision') end);
    begin
        if o.deferred then
            until := app.decision_last_day(until, app.rule('term.objection_postponement'));
        end if;
        return greatest(until, o.agreed_until);
    end $$;

-- The constraint that a wrong day of an objection breaks (the year was mistyped, for instance); null when the days can be right. None of them lies in the future, and nobody
-- objects before there was a decision.
create function app.objection_wrong_day(o app.objection, before app.objection, since date) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when o.received_on is distinct from before.received_on and o.received_on not between since and clock.today() then 'objection_received_on_check'
                    when o.heard_on is distinct from before.heard_on and o.heard_on not between since and clock.today() then 'objection_heard_on_check'
                    when o.repaired_on is distinct from before.repaired_on and o.repaired_on > clock.today() then 'objection_repaired_on_check' end;
    end $$;

-- Before an objection is written: both are reckoned.
create function app.objection_reckon() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        since date;
        last date;
        wrong text;
    begin
        select least((d.drafted_at at time zone 'Europe/Amsterdam')::date, d.conduct_on, d.notified_on), d.objection_until into since, last
        from app.decision d where d.tenant_id = new.tenant_id and d.id = new.decision_id;
        wrong := app.objection_wrong_day(new, case tg_op when 'UPDATE' then old end, since);
        if wrong is not null then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(case when wrong <> 'objection_repaired_on_check' then since end, clock.today()), table = 'objection', constraint = wrong;
        end if;
        new.in_time := app.objection_is_in_time(new, last);
        new.decide_by := case when last is not null then app.objection_decide_by(new, last) end;
        return new;
    end $$;
create trigger reckon before insert or update on app.objection for each row when (new.state = 'registered') execute function app.objection_reckon();

-- Its term is a task of the case manager, and follows when it moves.
create function app.objection_follow() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.task_drop('objection', new.id, 'term', 'decision') where not app.objection_is_settled(new.state);
        if new.state = 'registered' and new.decide_by is not null then
            perform app.task_open('term', 'objection', new.id, app.clock_user(to_jsonb(new), 'case_manager'), null, 'decision', clock.now(), calendar.moment(new.decide_by + time '23:59:59'));
        elsif new.state <> 'registered' then
            perform app.task_settle('objection', new.id, 'term', 'met');
        end if;
        return null;
    end $$;
create trigger term_of_new after insert on app.objection for each row execute function app.objection_follow();
create trigger term after update on app.objection for each row when ((new.decide_by, new.state) is distinct from (old.decide_by, old.state)) execute function app.objection_follow();

-- Registers an objection to a decision that the caller sees. The person objects on the portal, today.
create function app.objection_register(objection uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision;
        o app.objection := jsonb_populate_record(null::app.objection, asked);
        himself boolean := app.role() = 'candidate';
    begin
        select x.* into d from app.decision x where x.tenant_id = app.tenant() and x.id = o.decision_id and app.sees_decision(x) for no key update;
        if not found then
            raise exception using errcode = '23503', message = 'reference', table = 'objection', constraint = 'objection_decision_id_fkey';
        end if;
        perform app.require('decision', d.state, 'createObjection', '/decisionId');
        insert into app.objection (tenant_id, id, decision_id, candidate_id, by_whom, representative, channel, received_on, mailed_on, grounds, complete, committee,
                                   late_excused, late_text, heard_on, unheard_ground, noted_at, noted_by)
        values (d.tenant_id, objection, d.id, d.candidate_id, case when himself then 'person' else coalesce(o.by_whom, 'person') end, case when not himself then o.representative end,
                case when himself then 'portal' else coalesce(o.channel, 'letter') end, case when himself then clock.today() else coalesce(o.received_on, clock.today()) end,
                case when not himself then o.mailed_on end, o.grounds, coalesce(case when not himself then o.complete end, o.grounds is not null),
                coalesce(o.committee, (app.rule('objection.committee') ->> 'committee')::boolean, false), o.late_excused, o.late_text, o.heard_on, o.unheard_ground, clock.now(), app.actor());
        perform app.objection_tell(objection, 'received');
    end $$;

-- The objection that the caller sees, locked with its decision (the decision first); or MW404.
create function app.objection_lock(objection uuid) returns app.objection language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare o app.objection;
    begin
        select x.* into o from app.objection x where x.tenant_id = app.tenant() and x.id = objection and app.sees_objection(x);
        perform from app.decision d where d.tenant_id = o.tenant_id and d.id = o.decision_id for no key update;
        select x.* into o from app.objection x where x.tenant_id = o.tenant_id and x.id = o.id for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return o;
    end $$;

-- Something is missing: the objector gets a term to repair it; or it was repaired.
create function app.objection_repair(objection uuid, until date, repaired date, words text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare o app.objection := app.objection_lock(objection); -- it asks app.sees_objection()
    begin
        perform app.require('objection', o.state, 'repairObjection');
        if until is not null then
            update app.objection x set repair_asked_on = case when o.repaired_on is null and o.repair_until >= clock.today() then o.repair_asked_on else clock.today() end,
                   repair_until = until, repaired_on = null, complete = false
            where x.tenant_id = o.tenant_id and x.id = o.id;
            perform app.task_drop('objection', o.id, 'term', 'repair');
            perform app.task_open('term', 'objection', o.id, app.clock_user(to_jsonb(o), 'case_manager'), null, 'repair', clock.now(), calendar.moment(until + time '23:59:59'));
            perform app.objection_tell(o.id, 'repair');
        else
            update app.objection x set repaired_on = case when o.repair_asked_on is not null then greatest(coalesce(repaired, clock.today()), o.repair_asked_on) end,
                   grounds = coalesce(words, o.grounds), complete = true
            where x.tenant_id = o.tenant_id and x.id = o.id;
            perform app.task_settle('objection', o.id, 'term', 'met', 'repair');
        end if;
    end $$;

-- It is decided later: once by the authority itself, or until a day to which the objector agreed (Awb, article 7:10, paragraphs 3 and 4).
create function app.objection_postpone(objection uuid, agreed date) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare o app.objection := app.objection_lock(objection); -- it asks app.sees_objection()
    begin
        perform app.require('objection', o.state, 'postponeObjection');
        if agreed is null and o.deferred then
            perform app.refuse_state('deferred', '{}');
        end if;
        if agreed < coalesce(o.decide_by, clock.today()) then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(coalesce(o.decide_by, clock.today()), null), table = 'objection', constraint = 'objection_agreed_until_check';
        end if;
        update app.objection x set deferred = o.deferred or agreed is null, agreed_until = coalesce(agreed, o.agreed_until) where x.tenant_id = o.tenant_id and x.id = o.id;
        perform app.objection_tell(o.id, 'postponed');
    end $$;

-- A court suspends the decision, or lifts that. Meanwhile nothing is paid less, and the payer is told.
create function app.objection_enjoin(objection uuid, since date, until date) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare o app.objection := app.objection_lock(objection); -- it asks app.sees_objection()
    begin
        if since is null and until is null then
            raise exception using errcode = 'MW400', message = 'invalid', detail = 'required /fromDay';
        elsif since is not null then
            perform app.require('decision', d.state, 'enjoinObjection') from app.decision d where d.tenant_id = o.tenant_id and d.id = o.decision_id;
        elsif o.injunction_from is null then
            perform app.refuse_state(o.state, app.allowed('objection', o.state)); -- there is none that could end
        end if;
        update app.objection x set injunction_from = coalesce(since, o.injunction_from), injunction_until = until where x.tenant_id = o.tenant_id and x.id = o.id;
        perform app.decision_enjoined(o.decision_id);
    end $$;

-- The last day of an injunction after the objection was decided. Without a day of its own it holds until the term to go to the court is over (Awb, article 8:85, paragraph 2, under a).
create function app.objection_injunction_ends(o app.objection) returns date language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when o.injunction_from is not null then greatest(o.injunction_from, least(o.injunction_until, app.decision_last_day(clock.today(), app.rule('term.objection')))) end;
    end $$;

-- What is missing before it is decided so: codes of ref.objection_need.
create function app.objection_missing(o app.objection, outcome text, words text) returns text[] language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision := (select x from app.decision x where x.tenant_id = o.tenant_id and x.id = o.decision_id);
        standing app.decision := app.decision_standing(d);
        late boolean := o.in_time is false and o.late_excused is not true;
    begin
        return array(
            select n.code from ref.objection_need n cross join lateral (select case n.code
                when 'machine' then app.actor() is null or app.role() = 'system'
                when 'decider' then not app.decision_is_decider()
                when 'second_person' then (d.drafted_logins || d.decided_logins || standing.drafted_logins || standing.decided_logins) && app.decision_logins(app.actor())
                when 'late' then late and outcome <> 'inadmissible'
                when 'in_time' then outcome = 'inadmissible' and not late and o.complete
                when 'incomplete' then not o.complete and outcome <> 'inadmissible'
                when 'repair_term' then outcome = 'inadmissible' and not o.complete and not late and (o.repair_until is null or o.repair_until >= clock.today())
                when 'hearing' then outcome in ('partly', 'rejected') and num_nonnulls(o.heard_on, o.unheard_ground) = 0
                when 'reasons' then coalesce(words, '') = '' end as lacks) l
            where l.lacks order by n.place);
    end $$;

-- What is missing before the caller can reject the objection, in words; null when nothing is missing. The reasons come with the decision.
create function app.objection_lacks(wanted uuid) returns json language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select json_agg(json_build_object('code', n.code, 'saidNl', n.said_nl, 'saidEn', n.said_en, 'source', n.source) order by n.place)
                from app.objection o join ref.objection_need n on n.code = any (app.objection_missing(o, 'rejected', 'given with it'))
                where o.tenant_id = app.tenant() and o.id = wanted and app.objection_is_open(o.state) and app.role() <> 'candidate');
    end $$;

-- Decides on an objection, or refuses with everything that is missing, and nothing changes. Upheld: the decision, or what took its place, is taken back. Partly: one that takes its place is drafted.
create function app.objection_decide(objection uuid, revision uuid, outcome text, words text, percentage int, months int) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        o app.objection := app.objection_lock(objection); -- it asks app.sees_objection()
        event text := case outcome when 'upheld' then 'uphold' when 'rejected' then 'reject' when 'inadmissible' then 'refuse' else 'partly' end;
        missing text[];
        d app.decision;
    begin
        perform app.move('objection', o.state, event);
        missing := app.objection_missing(o, outcome, words);
        if missing <> '{}' then
            raise exception using errcode = 'MW409', message = 'requirements', detail = json_build_object('missing', missing)::text;
        end if;
        select x.* into d from app.decision x where x.tenant_id = o.tenant_id and x.id = o.decision_id;
        update app.objection x set state = app.move('objection', o.state, event), decided_on = clock.today(), decided_by = app.actor(), decided_logins = app.decision_logins(app.actor()),
               outcome_text = words, injunction_until = app.objection_injunction_ends(o)
        where x.tenant_id = o.tenant_id and x.id = o.id;
        d := app.decision_standing(d);
        perform from app.decision x where x.tenant_id = d.tenant_id and x.id = d.id for no key update;
        if outcome = 'upheld' then
            while not app.decision_is_ended(d.state) loop -- it may have been taken back already; what stands again when nobody was told of it goes, too
                perform app.decision_take_back(d, 'objection');
                d := app.decision_standing((select x from app.decision x where x.tenant_id = o.tenant_id and x.id = o.decision_id));
            end loop;
        elsif outcome = 'partly' then
            perform app.require('decision', d.state, 'reviseDecision');
            perform app.decision_revise_as(revision, d, 'objection', jsonb_strip_nulls(jsonb_build_object('adjusted_percentage', percentage, 'adjusted_months', months,
                'adjust_reason', coalesce(d.adjust_reason, 'circumstances'))));
            perform app.decision_term((select x from app.decision x where x.tenant_id = o.tenant_id and x.id = revision), 'objection', o.decide_by);
        end if;
        perform app.objection_tell(o.id, outcome);
    end $$;

-- The objector withdraws it. An injunction ends with it (Awb, article 8:85, paragraph 2, under b).
create function app.objection_withdraw(objection uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare o app.objection := app.objection_lock(objection); -- it asks app.sees_objection()
    begin
        update app.objection x set state = app.move('objection', o.state, 'withdraw'), injunction_until = case when o.injunction_from is not null then greatest(clock.today(), o.injunction_from) end
        where x.tenant_id = o.tenant_id and x.id = o.id;
        perform app.decision_enjoined(o.decision_id);
        perform app.objection_tell(o.id, 'withdrawn');
    end $$;
