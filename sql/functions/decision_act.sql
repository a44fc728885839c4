-- What is done with decisions: the person is asked for a view, somebody else decides, it is notified, and it ends.

-- A term of law about a decision is a task of the case manager (kind `term`); the cause says which term.
create function app.decision_term(d app.decision, cause text, last date) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.task_drop('decision', d.id, 'term', cause);
        perform app.task_open('term', 'decision', d.id, app.clock_user(to_jsonb(d), 'case_manager'), null, cause, clock.now(), calendar.moment(last + time '23:59:59'));
    end $$;

-- The last day of a term of law that begins on a day: the day itself does not count (Awb, article 6:8).
create function app.decision_last_day(day date, term jsonb) returns date language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return (calendar.due(calendar.moment(day::timestamp), term) at time zone 'Europe/Amsterdam')::date; end $$;

-- Asks the person for a view until a day: by a message, at a hearing, or by what was handed over. Asked again when the invitation did not arrive, or the person needs longer.
create function app.decision_view_ask(decision uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision := app.decision_lock(decision); -- it asks app.sees_decision()
        moved text := case when d.state = 'drafted' then app.move('decision', d.state, 'ask') else d.state end;
        last date := coalesce((asked ->> 'until_day')::date, app.decision_last_day(clock.today(), app.rule('term.view')));
    begin
        perform app.require('decision', case when d.view_given_at is null then d.state else 'decided' end, 'askView');
        if last < clock.today() then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(clock.today(), null), table = 'decision', constraint = 'decision_view_until_check';
        elsif asked ->> 'hearing_id' is not null and not exists (
            select from app.appointment a where a.tenant_id = d.tenant_id and a.id = (asked ->> 'hearing_id')::uuid and a.candidate_id = d.candidate_id and a.kind = 'hearing') then
            raise exception using errcode = '23503', message = 'reference', table = 'decision', constraint = 'decision_hearing_id_fkey';
        end if;
        if d.state = 'hearing' then -- this invitation takes the place of one that has not gone yet
            perform app.message_withdraw('decision', d.id);
        end if;
        update app.decision x set state = moved, view_asked_at = clock.now(), view_until = last, view_channel = asked ->> 'channel',
               view_message_id = case when asked ->> 'channel' in ('letter', 'e_mail') then app.decision_invite(d, last) end,
               view_handed_by = case when asked ->> 'channel' = 'in_person' then app.actor() end, hearing_id = (asked ->> 'hearing_id')::uuid, view_skipped_ground = null, view_skipped_text = null
        where x.tenant_id = d.tenant_id and x.id = d.id;
        perform app.decision_term(d, 'view', last);
    end $$;

-- What the person says: the person says it here, or the one who heard it writes it down.
create function app.decision_view_give(decision uuid, said jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare d app.decision := app.decision_lock(decision); -- it asks app.sees_decision()
    begin
        perform app.require('decision', d.state, 'giveView');
        update app.decision x set view_given_at = clock.now(), view_text = said ->> 'view_text', view_given_channel = case app.role() when 'candidate' then 'portal' else coalesce(said ->> 'channel', 'in_person') end
        where x.tenant_id = d.tenant_id and x.id = d.id;
        perform app.task_settle('decision', d.id, 'term', 'met', 'view');
    end $$;

-- The person is not asked, on this ground.
create function app.decision_view_skip(decision uuid, ground text, words text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare d app.decision := app.decision_lock(decision); -- it asks app.sees_decision()
    begin
        perform app.require('decision', d.state, 'skipView');
        update app.decision x set view_skipped_ground = ground, view_skipped_text = words where x.tenant_id = d.tenant_id and x.id = d.id;
        perform app.task_drop('decision', d.id, 'term', 'view');
    end $$;

-- The invitation to give a view, in plain Dutch: what is intended, why, and until when the person can say something. It goes as letters go to this person.
create function app.decision_invite(d app.decision, last date) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return app.notify_person('view_request', d.candidate_id, 'decision', d.id, jsonb_build_object('number', d.id, 'heading', 'Wij willen weten wat u ervan vindt',
            'paragraphs', to_jsonb(array['Wij willen een besluit over u nemen.'] || app.decision_words(d, 'decided')
                                   || array['Dat hebben wij nog niet besloten. U kunt eerst zeggen wat u ervan vindt. Dat kan tot en met ' || calendar.in_words(last) || '.']),
            'reasons', to_jsonb(array[coalesce(d.reasons::text, 'Wij hebben gekeken naar de regels en naar uw situatie.')]),
            'articles', 'Algemene wet bestuursrecht 4:8', 'remedies', 'U kunt ons bellen of schrijven, of langskomen. U hoeft niets te doen: dan besluiten wij zonder uw mening.'),
            app.occasion('decision', d.id::text, 'view', clock.now()::text));
    end $$;

-- Makes a decision, or refuses with everything that is missing (MW409 "requirements"), and nothing changes. What it replaces ends with it; the signals that it is
-- about are handled; and the one who has to know is told, each once.
create function app.decision_decide(decision uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision := app.decision_lock(decision); -- it asks app.sees_decision()
        n app.decision;
        missing text[];
    begin
        perform app.move('decision', d.state, 'decide'); -- or refuses it, before anything is asked
        perform from app.candidate c where c.tenant_id = d.tenant_id and c.id = d.candidate_id for no key update; -- one decision about a person at a time
        missing := app.decision_missing_codes(d);
        if missing <> '{}' then
            raise exception using errcode = 'MW409', message = 'requirements', detail = json_build_object('missing', missing)::text;
        end if;
        n := app.decision_calculated(d, clock.today());
        perform app.decision_replace(n);
        update app.decision x set state = app.move('decision', d.state, 'decide'), decided_at = clock.now(), decided_by = app.actor(), decided_logins = app.decision_logins(app.actor()),
               inputs = n.inputs, calculation = n.calculation, hash = n.hash, method = n.method, rule_ids = n.rule_ids, calculated_on = n.calculated_on, from_day = n.from_day, until_day = n.until_day,
               concurrent = n.concurrent
        where x.tenant_id = d.tenant_id and x.id = d.id;
        perform app.task_settle('decision', d.id, 'term', 'met', 'view');
        perform app.signal_handle(s.signal_id, 'not_excused') from app.decision_signal s join app.signal g on g.tenant_id = s.tenant_id and g.id = s.signal_id
        where s.tenant_id = d.tenant_id and s.decision_id = d.id and g.state = 'looked_into';
        perform app.decision_notify(d.id);
    end $$;

-- The decision as it is when the person is told on a day. A lowering never begins before the day that the ordinance lets one begin that is notified then: it is
-- reckoned again by the method with which it was decided, from what was known then. What only makes lighter what the person was told before keeps its days.
create function app.decision_told_on(d app.decision, day date) returns app.decision language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare soonest date := app.decision_reckon_first_day(d.inputs || jsonb_build_object('notified_on', day), app.decision_reckon_rule(d.inputs, 'measure.ordinance'));
    begin
        if d.kind = 'lowering' and d.notified_on is null and soonest > d.from_day and (app.decision_is_adverse(d) or (app.decision_told_before(d)).id is null) then
            d := app.decision_with_inputs(d, d.inputs - 'from_day' || jsonb_build_object('notified_on', day));
        end if;
        return d;
    end $$;
-- A lowering with other inputs, reckoned by the method with which it was decided.
create function app.decision_with_inputs(d app.decision, given jsonb) returns app.decision language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        d.inputs := given;
        d.calculation := app.decision_reckon(d.method, d.inputs);
        d.hash := sha256(convert_to(d.inputs::text || E'\n' || d.calculation::text, 'UTF8'));
        d.percentage := (d.calculation ->> 'percentage')::int;
        d.from_day := (d.calculation ->> 'from')::date;
        d.until_day := (d.calculation ->> 'until')::date;
        d.concurrent := coalesce((d.calculation ->> 'beside')::boolean, false);
        return d;
    end $$;

-- Gives the decision the days that it has when the person is told on a day. When that is not possible, it changes nothing, opens a task, and returns false.
create function app.decision_put_off(d app.decision, day date) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare n app.decision := app.decision_told_on(d, day);
    begin
        if n.from_day is not distinct from d.from_day then
            return true;
        elsif app.decision_put_off_lacks(d, n) <> '{}' then
            perform app.decision_term(d, 'notification', clock.today());
            return false;
        end if;
        update app.decision x set inputs = n.inputs, calculation = n.calculation, hash = n.hash, from_day = n.from_day, until_day = n.until_day, concurrent = n.concurrent
        where x.tenant_id = d.tenant_id and x.id = d.id and x.state = 'decided';
        return true;
    end $$;

-- It was notified on a day: the letter was sent or handed out. From then it has effect, the term to object runs, and the payer of the benefit is told, once.
create function app.decision_notified(decision uuid, on_day date) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision;
        last date := app.decision_last_day(on_day, app.rule('term.objection'));
        said date;
    begin
        select x.* into d from app.decision x where x.tenant_id = app.tenant() and x.id = decision for no key update;
        if d.state is distinct from 'decided' or not app.decision_put_off(d, on_day) then
            return;
        end if;
        said := d.from_day;
        update app.decision x set state = app.move('decision', d.state, 'notify'), notified_on = on_day, objection_until = last,
               reconsider_by = case when d.kind = 'lowering' and not app.decision_of_dead(d) then app.decision_last_day(on_day, app.rule('term.reconsideration')) end
        where x.tenant_id = d.tenant_id and x.id = d.id returning x.* into d;
        perform app.task_settle('decision', d.id, 'term', 'met', 'notification');
        if app.decision_of_dead(d) then
            perform app.task_settle('decision', d.id, 'term', 'met', 'objection');
        else
            perform app.decision_term(d, 'objection', last);
        end if;
        if d.reconsider_by is not null then
            insert into app.decision_review (tenant_id, id, decision_id, kind, asked_on, decide_by) values (d.tenant_id, gen_random_uuid(), d.id, 'reconsideration', on_day, d.reconsider_by);
            perform app.decision_term(d, 'reconsideration', d.reconsider_by);
        end if;
        perform app.decision_take_effect(d);
        perform app.decision_begin(d.id);
        perform app.decision_tell_payment(d, 'decided', app.occasion('decision', d.id::text, 'decided'));
        if d.from_day > said then -- the letter names a day that is too soon
            perform app.notify_person('decision', d.candidate_id, 'decision', d.id, app.decision_letter(d, 'put_off'), app.occasion('decision', d.id::text, 'put_off'));
        end if;
        if d.suspended_since is not null then -- an injunction was there before
            perform app.decision_notify(d.id);
        end if;
        update app.objection o set decide_by = null where o.tenant_id = d.tenant_id and o.decision_id = d.id and o.state = 'registered'; -- it is reckoned anew
    end $$;

-- What was notified is in force from its first day, unless an injunction suspends it; a warning, an ending and a consequence at once.
create function app.decision_begin(decision uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.decision x set state = app.move('decision', x.state, 'begin')
        where x.tenant_id = app.tenant() and x.id = decision and x.state = 'notified' and x.suspended_since is null and coalesce(x.from_day, clock.today()) <= clock.today();
        update app.decision x set state = app.move('decision', x.state, 'end') where x.tenant_id = app.tenant() and x.id = decision and x.state = 'in_force' and x.paid_on is not null;
    end $$;

-- The decision is suspended as long as an injunction holds: the last day of it is a day on which nothing is paid less. It goes on when none does any more.
create function app.decision_enjoined(decision uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision;
        since date := (select min(o.injunction_from) from app.objection o where o.tenant_id = app.tenant() and o.decision_id = decision and o.state <> 'withdrawn'
                       and (o.injunction_until is null or o.injunction_until >= clock.today()));
    begin
        select x.* into d from app.decision x where x.tenant_id = app.tenant() and x.id = decision for no key update;
        if d.suspended_since is distinct from since then
            update app.decision x set suspended_since = since where x.tenant_id = d.tenant_id and x.id = d.id;
            perform app.decision_begin(d.id);
            perform app.decision_notify(d.id);
        end if;
    end $$;

-- Withdraws a draft, or takes back what was decided: the second only a decider does, who did not make it.
create function app.decision_withdraw(decision uuid, reason text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare d app.decision := app.decision_lock(decision); -- it asks app.sees_decision()
    begin
        perform app.move('decision', d.state, 'withdraw');
        if not app.decision_is_pending(d.state) and not app.decision_is_decider() then
            raise exception using errcode = 'MW409', message = 'requirements', detail = json_build_object('missing', array['decider'])::text;
        end if;
        perform app.decision_take_back(d, reason);
    end $$;
create function app.decision_take_back(d app.decision, reason text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.decision x set state = app.move('decision', d.state, 'withdraw'), withdrawn_reason = reason, suspended_since = null where x.tenant_id = d.tenant_id and x.id = d.id;
        update app.decision_review r set outcome = 'void', outcome_on = clock.today(), outcome_by = app.actor() where r.tenant_id = d.tenant_id and r.decision_id = d.id and r.outcome is null;
        perform app.task_drop('decision', d.id);
        perform app.decision_look_at_payment(d) where d.paid_on is not null;
        perform app.message_withdraw('decision', d.id);
        perform app.decision_undo_effect(d);
        if d.state = 'decided' then
            perform app.decision_stand_again(d);
        end if;
        if not app.decision_is_pending(d.state) then
            perform app.decision_notify(d.id);
        end if;
    end $$;

-- The person asks to return to the obligations, which ends the measure as soon as conduct shows it (Participatiewet, article 18, paragraph 11). It is answered within the term.
create function app.decision_return(decision uuid, review uuid, day date, words text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision := app.decision_lock(decision); -- it asks app.sees_decision()
        on_day date := case app.role() when 'candidate' then clock.today() else coalesce(day, clock.today()) end;
        last date := app.decision_last_day(on_day, app.rule('term.return_to_obligations'));
    begin
        perform app.require('decision', d.state, 'askReturn');
        if exists (select from app.decision_review r where r.tenant_id = d.tenant_id and r.decision_id = d.id and r.kind = 'return' and r.outcome is null) then
            perform app.refuse_state(d.state, app.allowed('decision', d.state)); -- it was asked already
        end if;
        if on_day not between (d.decided_at at time zone 'Europe/Amsterdam')::date and clock.today() then -- nobody asks it before there is a decision
            raise exception using errcode = '23514', message = 'range', detail = app.day_span((d.decided_at at time zone 'Europe/Amsterdam')::date, clock.today()), table = 'decision', constraint = 'decision_asked_on_check';
        end if;
        insert into app.decision_review (tenant_id, id, decision_id, kind, asked_on, asked_by, words, decide_by) values (d.tenant_id, review, d.id, 'return', on_day, app.actor(), words, last);
        perform app.decision_term(d, 'return', last);
        update app.decision x set changed_in = pg_current_xact_id() where x.tenant_id = d.tenant_id and x.id = d.id;
    end $$;

-- The decision stays as it is, after somebody asked to return or after it was looked at again. Another outcome is a revision.
create function app.decision_keep(decision uuid, kind text, why text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare d app.decision := app.decision_lock(decision); -- it asks app.sees_decision()
    begin
        if not app.decision_is_decider() then
            raise exception using errcode = 'MW409', message = 'requirements', detail = json_build_object('missing', array['decider'])::text;
        end if;
        update app.decision_review r set outcome = 'kept', outcome_on = clock.today(), outcome_by = app.actor(), outcome_text = why
        where r.tenant_id = d.tenant_id and r.decision_id = d.id and r.kind = decision_keep.kind and r.outcome is null;
        if not found then
            perform app.refuse_state(d.state, app.allowed('decision', d.state));
        end if;
        perform app.task_settle('decision', d.id, 'term', 'met', decision_keep.kind);
        update app.decision x set changed_in = pg_current_xact_id() where x.tenant_id = d.tenant_id and x.id = d.id;
    end $$;

-- A premium or costs were paid: once. The payer says so, or the acknowledgement of the payment system.
create function app.decision_pay(decision uuid, day date, reference text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare d app.decision := app.decision_lock(decision); -- it asks app.sees_decision()
    begin
        perform app.decision_paid(d.id, coalesce(day, clock.today()), reference);
    end $$;
create function app.decision_paid(decision uuid, on_day date, reference text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare d app.decision;
    begin
        select x.* into d from app.decision x where x.tenant_id = app.tenant() and x.id = decision for no key update;
        perform app.require('decision', case when d.kind in ('premium', 'cost') and d.paid_on is null then d.state else 'drafted' end, 'payDecision');
        if on_day > clock.today() then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(null, clock.today()), table = 'decision', constraint = 'decision_paid_on_check';
        end if;
        update app.decision x set state = case d.state when 'in_force' then app.move('decision', d.state, 'end') else d.state end, paid_on = on_day, paid_reference = reference
        where x.tenant_id = d.tenant_id and x.id = d.id;
    end $$;

-- What was paid does not hold any more: the case manager looks at it. Until then the same is not given again.
create function app.decision_look_at_payment(d app.decision) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$ begin perform app.task_open('look_again', 'decision', d.id, app.clock_user(to_jsonb(d), 'case_manager'), null, 'paid'); end $$;

-- After the payment system acknowledged the message that gives a premium or costs: it was paid. Once; the second acknowledgement says nothing new. One that comes after the decision was taken back, or
-- replaced, is noted, too: the money went, and the case manager looks at it.
create function app.decision_acknowledged() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare d app.decision;
    begin
        select x.* into d from app.decision x where x.tenant_id = new.tenant_id and x.id = new.subject_id and x.kind in ('premium', 'cost') and x.paid_on is null for no key update;
        if app.decision_is_open(d.state) then
            perform app.decision_paid(d.id, clock.today(), null);
        elsif app.decision_is_ended(d.state) and d.state <> 'lapsed' then
            update app.decision x set paid_on = clock.today() where x.tenant_id = d.tenant_id and x.id = d.id;
            perform app.decision_look_at_payment(d);
        end if;
        return null;
    end $$;
create trigger zz_decision_acknowledged after update on app.message for each row
    when (new.noun = 'decision' and new.purpose = 'benefits_payment' and new.template = 'decision_decided' and new.state = 'delivered' and old.state <> 'delivered')
    execute function app.decision_acknowledged();

-- Every night: what begins begins, what has passed ends, and a draft about conduct that became too old lapses. Returns how many.
create function app.decisions_go_on() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision;
        count int := 0;
    begin
        for d in select x.* from app.decision x where x.tenant_id = app.tenant() and (app.decision_is_pending(x.state) or app.decision_is_open(x.state)) and app.sees_decision(x)
                 order by x.id for no key update skip locked loop
            if app.decision_is_pending(d.state) then
                if d.revises_id is null and app.decision_is_too_old(d) then
                    update app.decision x set state = app.move('decision', d.state, 'lapse') where x.tenant_id = d.tenant_id and x.id = d.id;
                    perform app.task_drop('decision', d.id);
                    count := count + 1;
                end if;
                continue;
            end if;
            if d.suspended_since is not null then -- an injunction may have ended with yesterday
                perform app.decision_enjoined(d.id);
                select x.* into d from app.decision x where x.tenant_id = d.tenant_id and x.id = d.id;
            end if;
            if d.notified_on is null then
                continue;
            end if;
            if d.objection_until < clock.today() then
                perform app.task_settle('decision', d.id, 'term', 'met', 'objection');
            end if;
            perform app.decision_begin(d.id);
            if d.suspended_since is null and coalesce(d.until_day, case when d.kind in ('warning', 'ending', 'consequence') then d.objection_until end) < clock.today() then
                update app.decision x set state = app.move('decision', x.state, 'end') where x.tenant_id = d.tenant_id and x.id = d.id;
                update app.decision_review r set outcome = 'void', outcome_on = clock.today() where r.tenant_id = d.tenant_id and r.decision_id = d.id and r.outcome is null;
                perform app.task_drop('decision', d.id, 'term', 'reconsideration');
                perform app.task_drop('decision', d.id, 'term', 'return');
                count := count + 1;
            end if;
        end loop;
        return count;
    end $$;

-- Whether the conduct lies longer ago than the ordinance allows.
create function app.decision_is_too_old(d app.decision) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (d.conduct_on + make_interval(months => coalesce((app.rule('measure.ordinance', clock.now(), d.project_id) ->> 'too_old_months')::int, 12)))::date < clock.today();
    end $$;
