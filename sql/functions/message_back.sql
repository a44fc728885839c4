-- Messages: what comes back about one, and what then happens: another channel, a task, a note.

-- What was not delivered stands in a note about what it was about, or else about whom it was for: which e-mail, of which day, and the status code.
create function app.message_note_lost(m app.message, noun text, id uuid, status_code text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        words ref.message_template := app.message_words(m.template, 'nl');
    begin
        perform app.note_put(coalesce(m.noun, message_note_lost.noun), coalesce(m.subject_id, id),
                             format('Niet aangekomen: %s van %s, "%s" (%s).', case m.channel when 'letter' then 'brief' when 'sms' then 'sms' else 'e-mail' end, to_char(coalesce(m.sent_at, clock.now()) at time zone 'Europe/Amsterdam', 'DD-MM-YYYY HH24:MI'),
                                    coalesce(app.message_filled(words.subject, m.parameters), m.template), coalesce(status_code, 'geweigerd')));
    end $$;

-- The subject of the task to find another address: the person, or the subject of the message when that is behind the wall of measures. Letters are about measures only, so a task about
-- the person would tell every reader of the file that there is a measure.
create function app.message_lost_about(m app.message, out noun text, out id uuid, out owner uuid) returns record language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        select case m.wall when 'measure' then m.noun else 'candidate' end, case m.wall when 'measure' then m.subject_id else c.id end, c.case_manager_id into noun, id, owner
        from app.candidate c where c.tenant_id = m.tenant_id and c.id = m.to_candidate_id;
    end $$;

-- Nobody writes to this address any more, and the one who keeps it has one task: to find another one. A note says what was not delivered.
create function app.message_address_stopped(m app.message, hashed bytea, status_code text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        about record;
    begin
        insert into app.address_stop (tenant_id, address_hash, message_id, at) values (m.tenant_id, hashed, m.id, clock.now())
        on conflict do nothing;
        if m.to_candidate_id is not null then
            select l.* into about from app.message_lost_about(m) l;
        elsif m.to_contact_id is not null then
            select 'contact' as noun, c.id, e.account_manager_id as owner into about
            from app.contact c left join app.employer e on e.tenant_id = c.tenant_id and e.id = c.employer_id
            where c.tenant_id = m.tenant_id and c.id = m.to_contact_id;
        else
            select 'user' as noun, m.to_user_id as id, min(u.id::text)::uuid as owner into about
            from app.user_account u where u.tenant_id = m.tenant_id and u.role = 'tenant_admin' and u.active and u.id <> m.to_user_id;
        end if;
        if about.id is not null then
            perform app.message_note_lost(m, about.noun, about.id, status_code);
            perform app.task_open('undelivered', about.noun, about.id, about.owner, null, 'address');
        end if;
    end $$;

-- After somebody has another address: that task is done, also one behind the wall of measures. TG_ARGV: the noun.
create function app.message_address_changed() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.task_settle(tg_argv[0], new.id, 'undelivered', 'finished');
        if tg_argv[0] = 'candidate' then
            perform app.task_settle(t.noun, t.subject_id, t.kind, 'finished', t.cause) from app.task t
            where t.tenant_id = new.tenant_id and t.candidate_id = new.id and t.kind = 'undelivered' and t.cause = 'address' and app.task_is_open(t.state);
        end if;
        return null;
    end $$;
create trigger address_changed after update of email on app.user_account for each row when (new.email is distinct from old.email)
    execute function app.message_address_changed('user');
create trigger address_changed after update of email on app.contact for each row when (new.email is distinct from old.email)
    execute function app.message_address_changed('contact');
create trigger address_lines_changed after update of address_lines on app.candidate for each row when (new.address_lines is distinct from old.address_lines)
    execute function app.message_address_changed('candidate');
create trigger address_changed after update of email on app.candidate for each row when (new.email is distinct from old.email)
    execute function app.message_address_changed('candidate');

-- A report about a message (RFC 3464), each once. A message that came back is undelivered; a later one to that address is not sent.
-- Returns whether the report is new and the message known.
create function app.message_reported(message uuid, hashed bytea, what text, status_code text) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
        a app.message_attempt;
    begin
        select n.* into m from app.message n where n.tenant_id = app.tenant() and n.id = message and app.sees_message(n) for no key update;
        if not found then
            return false;
        end if;
        insert into app.message_report (tenant_id, message_id, report_hash, at, action, status)
        values (m.tenant_id, m.id, hashed, clock.now(), what, status_code) on conflict do nothing;
        if not found then
            return false;
        end if;
        select b.* into a from app.message_attempt b where b.tenant_id = m.tenant_id and b.message_id = m.id and b.handed_at is not null
        order by b.number desc limit 1;
        if what = 'delivered' and app.message_can(m, 'deliver') then
            perform app.message_fire(m, 'deliver');
        elsif what = 'failed' and status_code like '5%' and app.message_can(m, 'bounce') then
            perform app.message_fire(m, 'bounce', 'bounced');
            if not a.sandbox then
                perform app.message_address_stopped(m, a.address_hash, status_code);
            end if;
        end if;
        return true;
    end $$;

-- The messages of a job. One that an earlier version of this program wrote has one.
create function app.message_ids(payload jsonb) returns uuid[] language sql immutable
    set search_path = pg_catalog, pg_temp
    as $$ select array(select jsonb_array_elements_text(coalesce(payload -> 'messages', jsonb_build_array(payload -> 'message')))::uuid) $$;

-- A job that sends messages was buried. What it began and handed over is uncertain; else the message has failed, and a person sees it. A job of many
-- messages may have sent some of them: each of the others gets a job of its own.
create function app.message_job_died() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        before text := current_setting('app.tenant', true);
        role text := current_setting('app.role', true);
        messages uuid[] := app.message_ids(new.payload);
        m app.message;
    begin
        perform set_config('app.tenant', new.tenant::text, true), set_config('app.role', 'system', true);
        for m in select n.* from app.message n where n.tenant_id = new.tenant and n.id = any (messages) order by n.id for no key update loop
            continue when app.message_settled(m, new.id);
            if cardinality(messages) = 1 then
                perform app.message_fire(m, 'fail', 'exhausted');
            else
                perform app.messages_enqueue(array[m.id], m.urgent, clock.now());
            end if;
        end loop;
        perform set_config('app.tenant', coalesce(before, ''), true), set_config('app.role', coalesce(role, ''), true);
        return null;
    end $$;
create trigger message_job_died after insert on queue.dead for each row when (new.kind = 'send_message') execute function app.message_job_died();

-- What did not arrive goes out once more, by the channel that follows: a person who was not reached digitally gets a letter. Who had none gets one with
-- the words that its template has on paper.
create function app.message_falls_back(lost app.message) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
        pages uuid := lost.document_id;
        words text := case lost.template when 'appointment_moved' then 'appointment' else lost.template end; -- on paper another time is an appointment
        c app.candidate;
    begin
        select o.* into c from app.candidate o where o.tenant_id = lost.tenant_id and o.id = lost.to_candidate_id and o.died_on is null and o.merged_into is null;
        if found and pages is null and exists (select from ref.document_template t where t.code = words) then
            pages := app.document_request(words, lost.noun, lost.subject_id, app.letter_values(c) || app.letter_about(lost));
        end if;
        if pages is not null then
            m.template := lost.template;
            m.channel := (select k.fall_back from ref.channel k where k.channel = lost.channel);
            m.to_candidate_id := lost.to_candidate_id;
            m.noun := lost.noun;
            m.subject_id := lost.subject_id;
            m.parameters := lost.parameters;
            m.occasion := lost.occasion;
            m.document_id := pages;
            m.fallback_of := lost.id;
            perform app.message_insert(m);
        end if;
    end $$;

-- After the state of a message has changed, when somebody must know. One trigger asks for all of it: PostgreSQL reads the condition of each trigger at every change.
--   * The payer did not get the message, or cannot process it: the case manager has a task, because the benefit is paid as if nothing was decided. The task ends when the message arrives later.
--   * A letter cannot be delivered: the case manager has a task, to find the address.
--   * A digital message did not reach the person: a letter goes out.
create function app.message_lost() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        lost boolean := new.state = 'failed' or new.state = 'undelivered';
    begin
        if new.purpose = 'benefits_payment' and new.candidate_id is not null and not app.message_is_pending(new.state) and new.state <> 'handed' then
            if app.message_is_open(new.state) then
                perform app.task_open('undelivered', new.noun, new.subject_id, c.case_manager_id, null, 'payment')
                from app.candidate c where c.tenant_id = new.tenant_id and c.id = new.candidate_id;
            else
                perform app.task_settle(new.noun, new.subject_id, 'undelivered', 'finished', 'payment');
            end if;
        elsif lost and new.channel = 'letter' and new.fault in ('refused', 'bounced', 'no_address') then
            perform app.message_note_lost(new, 'candidate', new.to_candidate_id, null);
            perform app.task_open('undelivered', l.noun, l.id, l.owner, null, 'address') from app.message_lost_about(new) l;
        elsif lost and new.to_candidate_id is not null and new.channel in ('e_mail', 'api') and new.subject_id is not null and not new.over
              and new.fault in ('refused', 'exhausted', 'bounced', 'stopped', 'no_address') then
            perform app.message_falls_back(new);
        end if;
        return null;
    end $$;
create trigger zz_lost after update on app.message for each row
    when (new.state is distinct from old.state and (new.state = 'failed' or new.state = 'undelivered' or new.purpose is not null)) execute function app.message_lost();

-- What a provider says in an acknowledgement of one of the messages of this municipality: that it has it (again, perhaps), that it went on, that it does
-- not take it, or that it came back. What was said before changes nothing. Returns whether the message is known.
create function app.message_acknowledged(message uuid, tenant text, what text, reference text) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
        event text := case what when 'taken' then 'send' when 'done' then 'deliver' when 'refused' then 'fail' else 'bounce' end;
    begin
        select n.* into m from app.message n join ref.tenant t on t.tenant_id = n.tenant_id and t.code = message_acknowledged.tenant
        where n.tenant_id = app.tenant() and n.id = message and n.endpoint_id is not null and app.sees_message(n) for no key update of n;
        if not found then
            return false;
        end if;
        if app.message_can(m, event) then
            perform app.message_fire(m, event, case what when 'refused' then 'refused' when 'returned' then 'bounced' end);
            update app.message_attempt a set receipt = reference
            where a.tenant_id = m.tenant_id and a.message_id = m.id and reference is not null
              and a.number = (select max(o.number) from app.message_attempt o where o.tenant_id = m.tenant_id and o.message_id = m.id);
        end if;
        return true;
    end $$;

-- Copies whose last day has passed are gone, with the pages of letters. Returns how many.
create function app.messages_erase() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
        many int := 0;
    begin
        for m in select n.* from app.message n where n.tenant_id = app.tenant() and n.keep_until < clock.today() and app.sees_message(n) for no key update loop
            update app.message_attempt a set copy = null where a.tenant_id = m.tenant_id and a.message_id = m.id and a.copy is not null;
            perform app.document_erase(m.document_id);
            update app.message n set keep_until = null where n.tenant_id = m.tenant_id and n.id = m.id;
            many := many + 1;
        end loop;
        return many;
    end $$;
