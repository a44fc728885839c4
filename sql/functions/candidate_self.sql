-- What the person does in the own file: consent, a report of illness, a question. The one who keeps the file does the same for them.

-- The file that the caller sees, locked; or MW404.
create function app.candidate_lock(candidate uuid) returns app.candidate language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare c app.candidate;
    begin
        select q.* into c from app.candidate q where q.tenant_id = app.tenant() and q.id = candidate and app.sees_candidate(q) for no key update;
        if not found or not app.sees_candidate(c) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return c;
    end $$;

-- The candidate agrees that employers see the card, to a text of which the version is kept. It ends a withdrawal.
create function app.candidate_give_consent(candidate uuid, channel text, text_version text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare c app.candidate := app.candidate_lock(candidate); -- it asks app.sees_candidate()
    begin
        perform app.require('candidate', case when c.merged_into is null then c.status else 'merged' end, 'giveConsent');
        update app.candidate q set consent_given_at = clock.now(), consent_given_channel = channel, consent_text_version = text_version,
               consent_withdrawn_at = null, consent_withdrawn_channel = null
        where q.tenant_id = c.tenant_id and q.id = c.id;
        perform audit.note('candidate', c.id, 'change', array['consent', 'given', text_version]);
    end $$;

-- Somebody is ill: what is planned today is excused, and the one who keeps the file hears of it. The same report twice on a day changes nothing.
create function app.candidate_report_sick(candidate uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        c app.candidate := app.candidate_lock(candidate); -- it asks app.sees_candidate()
        a app.appointment;
    begin
        perform app.require('candidate', case when c.merged_into is null then c.status else 'merged' end, 'createAppointment');
        for a in select o.* from app.appointment o where o.tenant_id = c.tenant_id and o.candidate_id = c.id
                 and (app.appointment_is_pending(o.state) or app.appointment_is_open(o.state))
                 and (o.starts_at at time zone 'Europe/Amsterdam')::date = clock.today() and app.sees_appointment(o) order by o.id for no key update loop
            update app.appointment o set state = app.move('appointment', o.state, 'excuse'), reason = 'ill', recorded_at = clock.now(), recorded_by = app.actor()
            where o.tenant_id = a.tenant_id and o.id = a.id;
        end loop;
        perform app.task_open('check', 'candidate', c.id, app.clock_user(jsonb_build_object('candidate_id', c.id), 'case_manager'), null, 'ill:' || clock.today(), topic => 'sick_report');
    end $$;

-- A question to the one who keeps the file: a task that is promised to the candidate. Its words are a note, which stays inside.
create function app.candidate_ask(candidate uuid, words text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare c app.candidate := app.candidate_lock(candidate); -- it asks app.sees_candidate()
    begin
        perform app.require('candidate', case when c.merged_into is null then c.status else 'merged' end, 'createAppointment');
        perform app.note_put('candidate', c.id, words);
        perform app.task_open('question', 'candidate', c.id, app.clock_user(jsonb_build_object('candidate_id', c.id), 'case_manager'), null, null,
                              promised_to_candidate => c.id);
    end $$;
