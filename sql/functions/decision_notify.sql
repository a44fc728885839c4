-- Who is told of a decision: each recipient once.

-- What has happened to it that somebody must know: one word, and a number that is the same whenever it is told.
create function app.decision_situation(d app.decision, out what text, out occasion uuid) returns record language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        what := case when d.state = 'withdrawn' then 'withdrawn' when d.suspended_since is not null then 'suspended' when d.notified_on is null then 'decided' else 'resumed' end;
        occasion := app.occasion('decision', d.id::text, what, case when what in ('suspended', 'resumed') then d.version end::text);
    end $$;

-- What the payer of the benefit must know of it; null when the payment stays as it is.
create function app.decision_payment(d app.decision, what text) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when d.kind = 'warning' then null else jsonb_strip_nulls(jsonb_build_object('decision', d.id, 'candidate', d.candidate_id, 'benefit', d.benefit_id, 'kind', d.kind,
            'situation', what, 'percentage', d.percentage, 'fromDay', d.from_day, 'untilDay', d.until_day, 'amountCents', d.amount_cents,
            'spread', (select jsonb_agg(part - 'basis_points' || jsonb_build_object('basisPoints', part -> 'basis_points') order by part ->> 'from')
                       from jsonb_array_elements(case jsonb_typeof(d.calculation -> 'spread') when 'array' then d.calculation -> 'spread' else '[]' end) part),
            'person', (select jsonb_build_object('firstName', c.first_name, 'lastName', c.last_name, 'birthDate', c.birth_date)
                       from app.candidate c where c.tenant_id = d.tenant_id and c.id = d.candidate_id),
            'replaces', app.decision_replaced(d, true), 'shortens', app.decision_replaced(d, false))) end;
    end $$;

-- The decisions whose place this one takes, wholly or from its first day: null when there is none. The payer lowers nothing by those any more. When nobody was told of one of them, the one before it may be
-- what is paid by.
create function app.decision_replaced(d app.decision, wholly boolean) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (with recursive before as (
                    select o.* from app.decision o where o.tenant_id = d.tenant_id and o.revised_by_id = d.id
                    union all
                    select o.* from before b join app.decision o on o.tenant_id = b.tenant_id and o.revised_by_id = b.id where b.state = 'revised' and b.notified_on is null)
                select jsonb_agg(case when wholly then to_jsonb(o.id) else jsonb_build_object('decision', o.id, 'untilDay', o.until_day) end order by o.id)
                from before o where (o.state = 'revised') = wholly);
    end $$;

-- Whether a recipient may have heard what was decided: the person was notified, or the message was not taken back before it went.
create function app.decision_was_told(d app.decision, of_purpose text) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return d.notified_on is not null or exists (select from app.message m where m.tenant_id = d.tenant_id and m.occasion = app.occasion('decision', d.id::text, 'decided') and m.purpose is not distinct from of_purpose
                       and (of_purpose is not null or m.to_candidate_id is not null) and m.state <> 'withdrawn');
    end $$;

-- The sentences of its letter, in plain Dutch.
create function app.decision_words(d app.decision, what text) returns text[] language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        euros text := '€ ' || d.amount_cents / 100 || ',' || lpad((d.amount_cents % 100)::text, 2, '0');
        before text := (select 'Dit besluit komt in de plaats van ons besluit van ' || string_agg(calendar.in_words((o.decided_at at time zone 'Europe/Amsterdam')::date), ' en ' order by o.id) || '.'
                        from app.decision o where o.tenant_id = d.tenant_id and (o.id in (d.revises_id, (app.decision_told_before(d)).id) or o.revised_by_id = d.id and o.state = 'revised'));
        period text := calendar.in_words(d.from_day) || coalesce(' tot en met ' || calendar.in_words(d.until_day), '');
    begin
        return array_remove(case
            when what = 'withdrawn' then array['Wij hebben een besluit over u genomen. Dat besluit geldt niet meer. Hebt u daardoor minder geld gekregen? Dan krijgt u dat alsnog.']
            when d.kind = 'warning' then array['U krijgt een waarschuwing. Uw uitkering verandert niet.', 'Houdt u zich weer niet aan de afspraken? Dan kunnen wij uw uitkering lager maken.']
            when what = 'put_off' then array['Wij schreven u dat wij uw uitkering lager maken. De dagen in die brief kloppen niet: u kreeg de brief later. Wij beginnen daarom ook later.',
                'Wij maken uw uitkering lager, met ' || d.percentage || ' procent.', 'Dat doen wij van ' || period || '.', 'De rest van ons besluit blijft hetzelfde.']
            when d.kind = 'lowering' then array['Wij maken uw uitkering lager, met ' || d.percentage || ' procent.', 'Dat doen wij van ' || period || '.',
                case when d.duty is not null then 'Houdt u zich weer aan de afspraken? Vraag ons dan om opnieuw te kijken. Misschien stopt de verlaging eerder.' end]
            when d.kind = 'ending' then array['Uw uitkering stopt.', 'Dat is vanaf ' || calendar.in_words(d.from_day) || '.']
            when d.kind = 'consequence' then array['Dit heeft gevolgen voor uw aanvraag.', case when d.refusal_reason is not null then 'U krijgt de uitkering niet.' end]
            when d.kind = 'premium' then array['U krijgt een premie van ' || euros || '.']
            else array['U krijgt kosten terug: ' || euros || '.'] end || case when what <> 'withdrawn' then before end, null);
    end $$;

-- How somebody objects (Awb 3:45, 6:4, 6:5, 6:7 and 8:81), in plain Dutch.
create function app.decision_remedies() returns text immutable
    return 'Stuur ons dan een brief. Dat heet bezwaar maken. Doe het binnen zes weken nadat wij u deze brief stuurden of gaven.' || chr(10)
        || 'Zet in uw brief: uw naam en adres, de datum, ons kenmerk, en waarom u het niet eens bent met het besluit. Zet uw handtekening eronder.' || chr(10)
        || 'Kunt u niet wachten op ons antwoord? Vraag dan de rechtbank om een voorlopige voorziening. Dat kost geld.';

create function app.decision_letter(d app.decision, what text) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return jsonb_build_object('number', d.id, 'heading', case what when 'withdrawn' then 'Ons besluit geldt niet meer' when 'put_off' then 'Uw uitkering wordt later lager' else 'Ons besluit: ' || lower((select k.title_nl from ref.decision_kind k where k.kind = d.kind)) end,
            'paragraphs', to_jsonb(app.decision_words(d, what)), 'reasons', to_jsonb(array_remove(array[coalesce(d.reasons::text, 'Wij hebben gekeken naar de regels en naar uw situatie.')], null)),
            'articles', coalesce((select string_agg(a, ', ') from jsonb_array_elements_text(case jsonb_typeof(d.calculation -> 'articles') when 'array' then d.calculation -> 'articles' else '[]' end) a), 'Participatiewet'),
            'remedies', case when d.revise_reason = 'objection' then app.objection_remedies()
                             when what = 'put_off' then replace(app.decision_remedies(), 'binnen zes weken nadat wij u deze brief stuurden of gaven', 'uiterlijk op ' || calendar.in_words(d.objection_until))
                             else app.decision_remedies() end);
    end $$;

-- What the letter that tells of a lowering says on the day on which it goes: the days that hold when the person is told today, and the decision has them from now on.
-- Null when there are no such days: then it does not go.
create function app.decision_letter_goes(m app.message) returns jsonb language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare d app.decision;
    begin
        select x.* into d from app.decision x where x.tenant_id = m.tenant_id and x.id = m.subject_id and m.occasion = app.occasion('decision', x.id::text, 'decided') and x.kind = 'lowering'
               and app.decision_is_open(x.state);
        if d.id is null then
            return '{}';
        elsif (app.decision_told_on(d, clock.today())).from_day <> d.from_day then
            select x.* into d from app.decision x where x.tenant_id = d.tenant_id and x.id = d.id for no key update;
            if not app.decision_put_off(d, clock.today()) then
                return null;
            end if;
            select x.* into d from app.decision x where x.tenant_id = d.tenant_id and x.id = d.id;
        end if;
        return jsonb_build_object('paragraphs', to_jsonb(app.decision_words(d, 'decided')));
    end $$;

-- For the transaction that decides, takes back, suspends or resumes: one message for each recipient, and nobody else. What was made for an occasion is not
-- made again. The person hears what it is; the case manager that there is something; the payer of the benefit what changes, of what the person was told. Everyone who
-- sent a signal hears when that is handled.
create function app.decision_notify(decision uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision;
        told record;
    begin
        select x.* into d from app.decision x where x.tenant_id = app.tenant() and x.id = decision;
        select s.* into told from app.decision_situation(d) s;
        if told.what = 'decided' or told.what = 'withdrawn' and d.withdrawn_reason <> 'objection' and app.decision_was_told(d, null) then -- the letter about the objection says it, too
            perform app.notify_person('decision', d.candidate_id, 'decision', d.id, app.decision_letter(d, told.what), told.occasion);
        end if;
        if told.what = 'decided' and app.decision_of_dead(d) then
            perform app.decision_term(d, 'notification', clock.today()); -- somebody hands the letter to the heirs
        end if;
        if told.what <> 'decided' and app.decision_was_told(d, 'benefits_payment') then
            perform app.decision_tell_payment(d, told.what, told.occasion);
        end if;
        perform app.notify_user(c.case_manager_id, 'decision', d.id, told.occasion) from app.candidate c where c.tenant_id = d.tenant_id and c.id = d.candidate_id;
    end $$;

-- The payer of the benefit hears it, when it changes what is paid. What was decided is told by the transaction that notes that the person was notified: before that
-- it has no effect (Awb 3:40), and nothing is paid less or more.
create function app.decision_tell_payment(d app.decision, what text, occasion uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare payment jsonb := app.decision_payment(d, what);
    begin
        if payment is not null then
            perform app.notify_endpoint('benefits_payment', 'decision_' || what, 'decision', d.id, payment, occasion);
        end if;
    end $$;

-- After the letter of a decision was sent (the provider has it, the e-mail was accepted): that day it is notified.
create function app.decision_letter_sent() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.occasion = app.occasion('decision', new.subject_id::text, 'decided') then
            perform app.decision_notified(new.subject_id, clock.today());
        end if;
        return null;
    end $$;
create trigger zz_decision_sent after update on app.message for each row
    when (new.noun = 'decision' and new.to_candidate_id is not null and app.message_is_settled(new.state) and not app.message_is_settled(old.state))
    execute function app.decision_letter_sent();

-- Whether the letter about the decision has gone, or may be going now. Then the letter tells the person.
create function app.decision_letter_went(d app.decision) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.message m where m.tenant_id = d.tenant_id and m.occasion = app.occasion('decision', d.id::text, 'decided') and m.to_candidate_id = d.candidate_id
                       and (m.state = 'handed' or app.message_is_settled(m.state) or m.state = 'queued' and exists (
                           select from app.message_attempt a where a.tenant_id = m.tenant_id and a.message_id = m.id and a.handed_at is not null and a.outcome is null)));
    end $$;

create function app.decision_refuse_sent(d app.decision) returns void language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.decision_is_open(d.state) and app.decision_letter_went(d) then
            raise exception using errcode = 'MW409', message = 'letter-sent';
        end if;
    end $$;

-- Notes for a decision that it was handed out on a day. A day that is long ago leaves little of the term to object: only a team lead notes it.
create function app.decision_hand(d app.decision, on_day date, hand uuid, shown text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        first_day date := greatest((d.decided_at at time zone 'Europe/Amsterdam')::date, case when app.role() <> 'team_lead' then (clock.today() - app.rule_days('letter.hand_out'))::date end);
        lacks text[];
    begin
        if on_day not between first_day and clock.today() then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(first_day, clock.today()), table = 'decision', constraint = 'decision_handed_out_on_check';
        elsif not exists (select from app.user_account u where u.tenant_id = d.tenant_id and u.id = hand and u.role not in ('firm', 'agency', 'course_leader', 'hub', 'employer', 'partner', 'candidate')) then
            raise exception using errcode = '23503', message = 'reference', table = 'decision', constraint = 'decision_handed_out_by_fkey';
        end if;
        lacks := app.decision_put_off_lacks(d, app.decision_told_on(d, on_day));
        if lacks <> '{}' then
            raise exception using errcode = 'MW409', message = 'requirements', detail = json_build_object('missing', lacks)::text;
        end if;
        perform app.message_withdraw('decision', d.id, true);
        update app.decision x set handed_out_by = hand, receipt = shown where x.tenant_id = d.tenant_id and x.id = d.id;
        perform app.decision_notified(d.id, on_day);
    end $$;

-- The letter was handed out to the person on a day (Awb, article 3:41). This counts as a letter that was sent. A letter that still waits is withdrawn. A letter that has gone,
-- or is going, tells the person itself, so the call is refused.
create function app.decision_hand_out(decision uuid, day date, by_whom uuid, shown text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare d app.decision := app.decision_lock(decision); -- it asks app.sees_decision()
    begin
        perform app.decision_refuse_sent(d); -- before the lock, too: the one who writes down that a letter has gone has it, and waits for the decision
        perform from app.message m where m.tenant_id = d.tenant_id and m.noun = 'decision' and m.subject_id = d.id and m.to_candidate_id is not null order by m.id for no key update;
        perform app.decision_refuse_sent(d);
        perform app.move('decision', d.state, 'notify'); -- or refuses it, before anything is asked
        perform app.decision_hand(d, coalesce(day, clock.today()), coalesce(by_whom, app.actor()), shown);
    end $$;

-- A hand-out was noted for the wrong decision or day. It is taken back: with a day the decision was handed out then, and without one nobody was told of it yet, so its letter goes after all.
-- The payer hears both. The reason becomes a note. Somebody else corrects it than the one who noted it, or a team lead.
create function app.decision_hand_out_correct(decision uuid, day date, by_whom uuid, shown text, why text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision := app.decision_lock(decision); -- it asks app.sees_decision()
        old app.decision := d;
        noted_by uuid := (select t.actor from app.transition t where t.tenant_id = d.tenant_id and t.noun = 'decision' and t.subject_id = d.id and t.event = 'notify' order by t.seq desc limit 1);
    begin
        perform app.require('decision', case when d.handed_out_by is null then 'decided' else d.state end, 'correctHandOut');
        if day is null and exists (select from app.candidate c where c.tenant_id = d.tenant_id and c.id = d.candidate_id and c.died_on is not null) then
            perform app.refuse_state('died', '{}'); -- nobody could be told any more
        end if;
        if app.role() <> 'team_lead' and app.decision_logins(noted_by) && app.decision_logins(app.actor()) then
            raise exception using errcode = 'MW409', message = 'requirements', detail = json_build_object('missing', array['second_person'])::text;
        elsif day = d.notified_on and coalesce(by_whom, d.handed_out_by) = d.handed_out_by and coalesce(shown, d.receipt) = d.receipt then -- it says so already
            raise exception using errcode = 'MW400', message = 'invalid', detail = 'same /day';
        end if;
        perform from app.message m where m.tenant_id = d.tenant_id and m.noun = 'decision' and m.subject_id = d.id order by m.id for no key update;
        perform app.message_withdraw('decision', d.id);
        if exists (select from app.message m where m.tenant_id = d.tenant_id and m.occasion = app.occasion('decision', d.id::text, 'decided') and m.purpose = 'benefits_payment' and m.state <> 'withdrawn') then
            perform app.decision_tell_payment(d, 'withdrawn', app.occasion('decision', d.id::text, 'withdrawn', d.version::text));
        end if;
        update app.message m set occasion = app.occasion('decision', d.id::text, 'corrected', m.id::text) -- what was decided is told again
        where m.tenant_id = d.tenant_id and m.noun = 'decision' and m.subject_id = d.id and (m.to_candidate_id is not null or m.purpose is not null)
          and m.occasion in (app.occasion('decision', d.id::text, 'decided'), app.occasion('decision', d.id::text, 'put_off'));
        update app.decision_review r set outcome = 'void', outcome_on = clock.today(), outcome_by = app.actor()
        where r.tenant_id = d.tenant_id and r.decision_id = d.id and r.kind = 'reconsideration' and r.outcome is null;
        perform app.task_drop('decision', d.id, 'term', 'objection');
        perform app.task_drop('decision', d.id, 'term', 'reconsideration');
        update app.decision x set state = app.move('decision', d.state, 'take_back_hand_out'), notified_on = null, objection_until = null, reconsider_by = null, handed_out_by = null, receipt = null
        where x.tenant_id = d.tenant_id and x.id = d.id returning x.* into d;
        perform app.decision_undo_effect(old);
        if day is not null then
            perform app.decision_hand(d, day, coalesce(by_whom, old.handed_out_by), coalesce(shown, old.receipt));
        else
            perform app.notify_person('decision', d.candidate_id, 'decision', d.id, app.decision_letter(d, 'decided'), app.occasion('decision', d.id::text, 'decided'));
        end if;
        perform app.note_put('decision', d.id, why, author => app.actor());
        perform audit.note('decision', d.id, 'change', array['handed_out', old.notified_on::text, coalesce(day::text, 'not')]);
    end $$;
