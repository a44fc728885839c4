-- Messages: an attempt from its begin to its end, and what comes back. Only the worker that sends calls these functions.
--
--   begin ──► compose, connect, say everything but the last byte ──► hand over (committed) ──► last byte ──► the answer ──► end
--     │ begun before, not handed over: nobody has it, begin again              │ begun again meanwhile: nothing more is sent
--     └ handed over before, and it never ended: uncertain                      └ no answer: uncertain

create function app.message_address_hash(address text) returns bytea immutable strict parallel safe
    return sha256(convert_to(lower(address), 'UTF8'));

-- To whom a message goes now. `known` is false when that is nobody: the person left, or died, or was removed.
create function app.message_address(m app.message) returns table (known boolean, address text) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if m.to_user_id is not null then
            return query select u.active, u.email::text from app.user_account u where u.tenant_id = m.tenant_id and u.id = m.to_user_id;
        elsif m.to_contact_id is not null then
            return query select true, c.email::text from app.contact c where c.tenant_id = m.tenant_id and c.id = m.to_contact_id;
        else
            return query select c.status <> 'left' and c.merged_into is null and c.died_on is null, c.email::text
            from app.candidate c where c.tenant_id = m.tenant_id and c.id = m.to_candidate_id;
        end if;
        if not found then
            return query select false, null::text;
        end if;
    end $$;

create function app.message_can(m app.message, event text) returns boolean language sql stable
    set search_path = pg_catalog, pg_temp
    as $$ select exists (select from ref.state_move v where v.noun = 'message' and v.from_state = m.state and v.event = message_can.event) $$;

-- The message ends, or waits, in a state of its own.
create function app.message_fire(m app.message, event text, why text default null, until timestamptz default null) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.message n set state = app.move('message', n.state, event), fault = why, next_at = until
        where n.tenant_id = m.tenant_id and n.id = m.id;
    end $$;
create function app.message_wait(m app.message, until timestamptz) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.message n set next_at = until where n.tenant_id = m.tenant_id and n.id = m.id;
        if until is not null then
            perform app.message_enqueue(m.id, m.urgent, until);
        end if;
    end $$;

-- Whether the municipality lets nothing out; the message then waits. The lock makes that certain (app.mail_setting_released).
create function app.message_hold(m app.message) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not exists (select from app.mail_setting s where s.tenant_id = m.tenant_id and s.stopped) then
            return false;
        end if;
        perform pg_advisory_xact_lock_shared('app.mail_setting'::regclass::int, m.tenant_id);
        if not exists (select from app.mail_setting s where s.tenant_id = m.tenant_id and s.stopped) then
            return false;
        end if;
        perform app.message_wait(m, null);
        return true;
    end $$;

-- The attempt that this job makes now, or null when there is nothing to send.
create function app.message_attempt_begin(m app.message, job bigint, sandbox boolean, hashed bytea) returns app.message_attempt language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        a app.message_attempt;
    begin
        update app.message_attempt b set begun = b.begun + 1, begun_at = clock.now(), sandbox = message_attempt_begin.sandbox, address_hash = hashed
        where b.tenant_id = m.tenant_id and b.message_id = m.id and b.outcome is null returning b.* into a;
        if not found then
            insert into app.message_attempt as b (tenant_id, message_id, number, job_id, begun_at, sandbox, address_hash)
            select m.tenant_id, m.id, 1 + coalesce(max(o.number), 0), job, clock.now(), message_attempt_begin.sandbox, hashed
            from app.message_attempt o where o.tenant_id = m.tenant_id and o.message_id = m.id
            returning b.* into a;
        end if;
        return a;
    end $$;

-- What became of an attempt that a worker began and did not end: nothing, or nobody knows. An attempt of another job is left to that job.
create function app.message_settled(m app.message, job bigint) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        a app.message_attempt;
    begin
        if m.state <> 'queued' then
            return true;
        end if;
        select b.* into a from app.message_attempt b where b.tenant_id = m.tenant_id and b.message_id = m.id and b.outcome is null;
        if not found then
            return false;
        end if;
        if a.job_id <> job and exists (select from queue.job j where j.id = a.job_id) then
            return true;
        end if;
        if a.handed_at is null then
            update app.message_attempt b set job_id = job where b.tenant_id = a.tenant_id and b.message_id = a.message_id and b.number = a.number;
            return false;
        end if;
        update app.message_attempt b set outcome = 'uncertain', ended_at = clock.now()
        where b.tenant_id = a.tenant_id and b.message_id = a.message_id and b.number = a.number;
        perform app.message_fire(m, 'lose', 'not_known');
        return true;
    end $$;

-- Begins an attempt for this job. No row: there is nothing to send, now or ever, and the message says why.
create function app.message_begin(message uuid, job bigint, sandbox_address text, portal text)
    returns table (number int, begun int, address text, receiver text, sender text, language text, template text, version int, subject text,
                   body text, date text) language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
        a app.message_attempt;
        s app.mail_setting;
        words ref.message_template;
        known boolean;
        reached text;
    begin
        -- a begin that is lost with the machine of PostgreSQL is begun again; what hands over waits for the disk
        perform set_config('synchronous_commit', 'off', true);
        select n.* into m from app.message n where n.tenant_id = app.tenant() and n.id = message and app.sees_message(n) for no key update;
        if not found or app.message_settled(m, job) or app.message_hold(m) then
            return;
        end if;
        if exists (select from app.candidate c where c.tenant_id = m.tenant_id and c.id = m.candidate_id and c.died_on is not null) then
            perform app.message_fire(m, 'withdraw', 'gone');
            return;
        end if;
        if not m.urgent and calendar.in_quiet_hours(clock.now()) then
            perform app.message_wait(m, calendar.after_quiet_hours(clock.now()));
            return;
        end if;
        select r.known, r.address into known, reached from app.message_address(m) r;
        select t.* into s from app.mail_setting t where t.tenant_id = m.tenant_id;
        if not known or reached is null then
            perform app.message_fire(m, 'fail', case when known then 'no_address' else 'gone' end);
            return;
        end if;
        sandbox_address := coalesce(nullif(sandbox_address, ''), s.sandbox_address);
        if sandbox_address is null and exists (select from app.address_stop t where t.tenant_id = m.tenant_id
                                               and t.address_hash = app.message_address_hash(reached)) then
            perform app.message_fire(m, 'fail', 'stopped');
            return;
        end if;
        a := app.message_attempt_begin(m, job, sandbox_address is not null, app.message_address_hash(reached));
        words := app.message_words(m.template, m.language);
        return query
        select a.number, a.begun, coalesce(sandbox_address, reached),
               case when sandbox_address is null then null
                    when m.to_user_id is not null then 'user ' || m.to_user_id when m.to_contact_id is not null then 'contact ' || m.to_contact_id
                    else 'candidate ' || m.to_candidate_id end,
               t.name::text, words.language, words.code, words.version,
               app.message_filled(words.subject, given.all_of), app.message_filled(words.body, given.all_of),
               to_char(clock.now() at time zone 'UTC', 'Dy, DD Mon YYYY HH24:MI:SS') || ' +0000'
        from ref.tenant t, lateral (select m.parameters || jsonb_build_object(
            'municipality', t.name, 'link', rtrim(coalesce(s.portal, portal), '/') || '/messages/' || m.id) as all_of) given
        where t.tenant_id = m.tenant_id;
    end $$;

-- The last byte follows. False: this attempt is somebody else's by now, or the message was withdrawn: nothing more may be sent.
create function app.message_hand_over(message uuid, attempt int, begun_as int, words_version int, bytes text) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform from app.message m where m.tenant_id = app.tenant() and m.id = message and m.state = 'queued' and app.sees_message(m) for no key update;
        if not found then
            return false;
        end if;
        update app.message_attempt a set handed_at = clock.now(), content_hash = sha256(convert_to(bytes, 'UTF8')), copy = bytes
        where a.tenant_id = app.tenant() and a.message_id = message and a.number = attempt and a.begun = begun_as and a.outcome is null
          and a.handed_at is null;
        if not found then
            return false;
        end if;
        update app.message m set template_version = words_version, content_hash = sha256(convert_to(bytes, 'UTF8'))
        where m.tenant_id = app.tenant() and m.id = message;
        return true;
    end $$;

-- How an attempt ended: accepted, deferred, refused or uncertain. `bad_address`: the other side says that there is no such address.
create function app.message_end(message uuid, attempt int, begun_as int, how text, code int, status_code text, said text, bad_address boolean)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
        wait interval;
        a app.message_attempt;
    begin
        select n.* into m from app.message n where n.tenant_id = app.tenant() and n.id = message and app.sees_message(n) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        update app.message_attempt b set outcome = how, ended_at = clock.now(), reply_code = code, status = status_code, receipt = left(said, 200)
        where b.tenant_id = m.tenant_id and b.message_id = m.id and b.number = attempt and b.begun = begun_as and b.outcome is null
        returning b.* into a;
        if not found or m.state <> 'queued' then
            return;
        end if;
        if how = 'accepted' then
            update app.message n set sent_at = clock.now() where n.tenant_id = m.tenant_id and n.id = m.id;
            perform app.message_fire(m, 'send');
        elsif how = 'uncertain' then
            perform app.message_fire(m, 'lose', 'not_known');
        elsif how = 'refused' then
            perform app.message_fire(m, 'fail', 'refused');
            if bad_address and not a.sandbox then
                perform app.message_address_stopped(m, a.address_hash, status_code);
            end if;
        else
            update app.message n set deferred = n.deferred + 1 where n.tenant_id = m.tenant_id and n.id = m.id;
            select r.wait into wait from ref.retry_ladder r where r.channel = m.channel and r.attempt = m.deferred + 1;
            if found then
                perform app.message_wait(m, clock.now() + wait);
            else
                perform app.message_fire(m, 'fail', 'exhausted');
            end if;
        end if;
    end $$;

-- What was not delivered stands in a note about what it was about, or else about whom it was for: which e-mail, of which day, and the status code.
create function app.message_note_lost(m app.message, noun text, id uuid, status_code text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        words ref.message_template := app.message_words(m.template, 'nl');
    begin
        perform app.note_put(coalesce(m.noun, message_note_lost.noun), coalesce(m.subject_id, id),
                             format('Niet aangekomen: e-mail van %s, "%s" (%s).', to_char(coalesce(m.sent_at, clock.now()) at time zone 'Europe/Amsterdam', 'DD-MM-YYYY HH24:MI'),
                                    app.message_filled(words.subject, m.parameters), coalesce(status_code, 'geweigerd')));
    end $$;

-- Nobody writes to this address any more, and whoever keeps it has one task: to find another one. A note says what was not delivered.
create function app.message_address_stopped(m app.message, hashed bytea, status_code text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        about record;
    begin
        insert into app.address_stop (tenant_id, address_hash, message_id, at) values (m.tenant_id, hashed, m.id, clock.now())
        on conflict do nothing;
        if m.to_candidate_id is not null then
            select 'candidate' as noun, c.id, c.case_manager_id as owner into about
            from app.candidate c where c.tenant_id = m.tenant_id and c.id = m.to_candidate_id;
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

-- After somebody has another address: that task is done. TG_ARGV: the noun.
create function app.message_address_changed() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.task_settle(tg_argv[0], new.id, 'undelivered', 'finished');
        return null;
    end $$;
create trigger address_changed after update of email on app.user_account for each row when (new.email is distinct from old.email)
    execute function app.message_address_changed('user');
create trigger address_changed after update of email on app.contact for each row when (new.email is distinct from old.email)
    execute function app.message_address_changed('contact');
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

-- A job that sends a message was buried. What it began and handed over is uncertain; else the message has failed, and a person sees it.
create function app.message_job_died() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        before text := current_setting('app.tenant', true);
        role text := current_setting('app.role', true);
        m app.message;
    begin
        perform set_config('app.tenant', new.tenant::text, true), set_config('app.role', 'system', true);
        select n.* into m from app.message n where n.tenant_id = new.tenant and n.id = (new.payload ->> 'message')::uuid for no key update;
        if found and not app.message_settled(m, new.id) then
            perform app.message_fire(m, 'fail', 'exhausted');
        end if;
        perform set_config('app.tenant', coalesce(before, ''), true), set_config('app.role', coalesce(role, ''), true);
        return null;
    end $$;
create trigger message_job_died after insert on queue.dead for each row when (new.kind = 'send_message') execute function app.message_job_died();
