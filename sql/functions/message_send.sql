-- Messages: an attempt from its begin to its end, and what comes back. Only the worker that sends calls these functions. A job has one message or
-- many. With many, the end of a message is committed together with the hand-over of the next one. The functions use indexes only: PostgreSQL plans them once for each connection,
-- perhaps when the tables are still empty.
--
--   begin ──► compose, connect, say everything but the last byte ──► hand over (committed) ──► last byte ──► the answer ──► end
--     │ begun before, not handed over: nobody has it, begin again              │ begun again meanwhile: nothing more is sent
--     └ handed over before, and it never ended: uncertain                      └ no answer: uncertain

create function app.message_can(m app.message, event text) returns boolean language sql stable
    set search_path = pg_catalog, pg_temp
    as $$ select exists (select from ref.state_move v where v.noun = 'message' and v.from_state = m.state and v.event = message_can.event) $$;

-- The message ends, or waits, in a state of its own. `a` is the attempt that ended, if any: the message keeps what it handed over last.
create function app.message_fire(m app.message, event text, why text default null, until timestamptz default null, a app.message_attempt default null)
    returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
    begin
        update app.message n set state = app.move('message', n.state, event), fault = why, next_at = until,
            sent_at = case when event in ('send', 'deliver') then coalesce(n.sent_at, now) else n.sent_at end,
            handed_at = case event when 'hand' then now else n.handed_at end,
            template_version = coalesce(a.template_version, n.template_version), content_hash = coalesce(a.content_hash, n.content_hash),
            keep_until = case when a.handed_at is null then n.keep_until else app.message_kept_until(m) end
        where n.tenant_id = m.tenant_id and n.id = m.id;
    end $$;
create function app.message_wait(m app.message, until timestamptz) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.message n set next_at = until where n.tenant_id = m.tenant_id and n.id = m.id;
        if until is not null then
            perform app.messages_enqueue(array[m.id], m.urgent, until);
        end if;
    end $$;

-- Whether nothing is let out: the municipality has stopped everything, or has no receiver for it. The message then waits. The lock makes that certain
-- (app.messages_release).
create function app.message_held(m app.message) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.mail_setting s where s.tenant_id = m.tenant_id and s.stopped) or (app.message_route(m)).waits;
    end $$;
create function app.message_hold(m app.message) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not app.message_held(m) then
            return false;
        end if;
        perform pg_advisory_xact_lock_shared('app.mail_setting'::regclass::int, m.tenant_id);
        if not app.message_held(m) then
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
        c ref.channel;
    begin
        select o.* into c from ref.channel o where o.channel = m.channel;
        if m.state = 'handed' and m.handed_at + c.silence <= clock.now() then
            perform app.message_fire(m, 'lose', 'silent');
        end if;
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
        if a.handed_at is null or c.recognises then
            update app.message_attempt b set job_id = job where b.tenant_id = a.tenant_id and b.message_id = a.message_id and b.number = a.number;
            return false;
        end if;
        update app.message_attempt b set outcome = 'uncertain', ended_at = clock.now()
        where b.tenant_id = a.tenant_id and b.message_id = a.message_id and b.number = a.number;
        perform app.message_fire(m, 'lose', 'not_known', null, a);
        return true;
    end $$;

-- Whether the pages of a letter say what is no longer so: the person moved or got another name since they were made, or they have the date of an earlier day, from which the person would count a
-- term, or a decision begins on another day when the person is told of it today. Then they are made anew, and the letter waits for that. Pages that may have been sent stay as they were. Null:
-- there is nothing that they could say now.
create function app.message_renews_pages(m app.message, d app.document) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        now jsonb := (select app.letter_values(c) from app.candidate c where c.tenant_id = m.tenant_id and c.id = m.to_candidate_id);
        went boolean := exists (select from app.message_attempt a where a.tenant_id = m.tenant_id and a.message_id = m.id and a.handed_at is not null);
    begin
        if d.parameters = '{}' or now is null
            or exists (select from app.message_attempt a where a.tenant_id = m.tenant_id and a.message_id = m.id and a.handed_at is not null and a.outcome is null) then
            return false;
        end if;
        now := now || app.decision_letter_goes(m);
        if now is null or d.parameters @> now then
            return case when now is not null then false end;
        end if;
        update app.message n set document_id = app.document_request(d.template, d.noun, d.subject_id, d.parameters || now || case when went then jsonb_build_object('renews', d.id) else '{}' end)
        where n.tenant_id = m.tenant_id and n.id = m.id;
        if not went and d.state = 'made' then
            perform app.document_take_back(d);
        end if;
        return true;
    end $$;

-- Whether its pages are not there yet, or never will be. It waits for them: whoever makes them, or cannot, wakes it (app.document_awaited).
create function app.message_lacks_pages(m app.message) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.document;
        renewed boolean;
    begin
        if m.channel <> 'letter' then
            return false;
        end if;
        select o.* into d from app.document o where o.tenant_id = m.tenant_id and o.id = m.document_id for no key update;
        renewed := case when app.document_is_settled(d.state) or d.state = 'failed' then app.message_renews_pages(m, d) else false end;
        if renewed or app.document_is_pending(d.state) then
            perform app.message_wait(m, null);
        elsif d.state = 'made' and not renewed then
            return false;
        else
            perform app.message_fire(m, 'fail', 'no_pages');
        end if;
        return true;
    end $$;

-- Whether this message goes nowhere now. Then it waits, or has ended, and says why.
create function app.message_stays(m app.message, job bigint) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        known boolean;
        reached text;
    begin
        if app.message_settled(m, job) or app.message_hold(m) then
            return true;
        end if;
        if m.purpose is null and exists (select from app.candidate c where c.tenant_id = m.tenant_id and c.id = m.candidate_id and c.died_on is not null) then
            perform app.message_fire(m, 'withdraw', 'gone');
            return true;
        end if;
        if not m.urgent and (select c.quiet from ref.channel c where c.channel = m.channel) and calendar.in_quiet_hours(clock.now()) then
            perform app.message_wait(m, calendar.after_quiet_hours(clock.now()));
            return true;
        end if;
        select r.known, r.address into known, reached from app.message_address(m) r;
        if not known or reached is null then
            perform app.message_fire(m, 'fail', case when known then 'no_address' else 'gone' end);
            return true;
        end if;
        return app.message_lacks_pages(m);
    end $$;

-- Begins an attempt for this job. No row: there is nothing to send, now or ever, and the message says why. `again`: the other side may have it, and
-- can be asked. `route` is how: mail, webhook, drop or api.
create function app.message_begin(message uuid, job bigint, sandbox_address text, portal text)
    returns table (number int, begun int, address text, receiver text, sender text, language text, template text, version int, subject text,
                   body text, date text, route text, channel text, again boolean, tenant text, secret text, api_template text, pages text, lines text, epoch bigint) language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        m app.message;
        a app.message_attempt;
        s app.mail_setting;
        e app.endpoint;
        routed record;
        reached text;
        elsewhere text;
    begin
        -- a begin that is lost with the machine of PostgreSQL is begun again; what hands over waits for the disk
        perform set_config('synchronous_commit', 'off', true);
        select n.* into m from app.message n where n.tenant_id = app.tenant() and n.id = message and app.sees_message(n) for no key update;
        if not found then
            return;
        end if;
        select r.channel, r.receiver into routed from app.message_route(m) r;
        m.channel := routed.channel;
        e := routed.receiver;
        m.endpoint_id := e.id;
        if app.message_stays(m, job) then
            return;
        end if;
        select t.* into s from app.mail_setting t where t.tenant_id = m.tenant_id;
        select r.address into reached from app.message_address(m) r;
        elsewhere := case when e.id is null then coalesce(nullif(sandbox_address, ''), s.sandbox_address) else e.sandbox_address end;
        if elsewhere is null and exists (select from app.address_stop t where t.tenant_id = m.tenant_id and t.address_hash = app.message_address_hash(reached)) then
            perform app.message_fire(m, 'fail', 'stopped');
            return;
        end if;
        update app.message n set channel = m.channel, endpoint_id = m.endpoint_id
        where n.tenant_id = m.tenant_id and n.id = m.id and (n.channel, n.endpoint_id) is distinct from (m.channel, m.endpoint_id);
        a := app.message_attempt_begin(m, job, elsewhere is not null, app.message_address_hash(reached));
        return query
        select a.number, a.begun, coalesce(elsewhere, e.address, reached), case when elsewhere is not null then app.message_receiver(m) end,
               t.name::text, m.language::text, m.template::text, w.version, w.subject, w.body,
               to_char(clock.now() at time zone 'UTC', 'Dy, DD Mon YYYY HH24:MI:SS') || ' +0000',
               coalesce(e.kind, 'mail')::text, m.channel::text, a.handed_at is not null, t.code, e.secret::text,
               case m.channel when 'api' then e.email_template when 'sms' then e.sms_template end::text,
               case when m.channel = 'letter' then (select encode(d.bytes, 'hex') from app.document_content d where d.tenant_id = m.tenant_id and d.document_id = m.document_id) end,
               case when m.purpose is null and e.id is not null then app.message_lines(m, reached) end,
               extract(epoch from clock.now())::bigint
        from ref.tenant t, app.message_said(m, coalesce(s.portal, portal)) w where t.tenant_id = m.tenant_id;
    end $$;

-- The last byte follows. False: this attempt is somebody else's by now, the message was withdrawn, or nothing is let out any more: nothing more may be sent.
create function app.message_hand_over(message uuid, attempt int, begun_as int, words_version int, bytes text) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        perform from app.message m where m.tenant_id = app.tenant() and m.id = message and m.state = 'queued' and app.sees_message(m) for no key update;
        if not found or exists (select from app.mail_setting s where s.tenant_id = app.tenant() and s.stopped) then
            return false;
        end if;
        update app.message_attempt a set handed_at = clock.now(), template_version = words_version, content_hash = sha256(convert_to(bytes, 'UTF8')), copy = bytes
        from app.message m join ref.channel c on c.channel = m.channel
        where a.tenant_id = app.tenant() and a.message_id = message and a.number = attempt and a.begun = begun_as and a.outcome is null
          and (a.handed_at is null or c.recognises) and m.tenant_id = a.tenant_id and m.id = a.message_id;
        return found;
    end $$;

-- The other side has it. What it must acknowledge is looked at again when that takes too long.
create function app.message_accepted(m app.message, a app.message_attempt) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        c ref.channel;
    begin
        select o.* into c from ref.channel o where o.channel = m.channel;
        if c.proof = 'answer' or (select e.kind from app.endpoint e where e.tenant_id = m.tenant_id and e.id = m.endpoint_id) = 'api' then
            perform app.message_fire(m, 'send', null, null, a);
        else
            perform app.message_fire(m, 'hand', null, null, a);
            perform app.messages_enqueue(array[m.id], false, clock.now() + c.silence);
        end if;
    end $$;

-- How an attempt ended: accepted, deferred, refused or uncertain. `bad_address`: the other side says that there is no such address.
create function app.message_end(message uuid, attempt int, begun_as int, how text, code int, status_code text, said text, bad_address boolean)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
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
            perform app.message_accepted(m, a);
        elsif how = 'uncertain' then
            perform app.message_fire(m, 'lose', 'not_known', null, a);
        elsif how = 'refused' then
            perform app.message_fire(m, 'fail', 'refused', null, a);
            if bad_address and not a.sandbox then
                perform app.message_address_stopped(m, a.address_hash, status_code);
            end if;
        else
            update app.message n set deferred = n.deferred + 1, keep_until = case when a.handed_at is null then n.keep_until else app.message_kept_until(m) end
            where n.tenant_id = m.tenant_id and n.id = m.id;
            select r.wait into wait from ref.retry_ladder r where r.channel = m.channel and r.attempt = m.deferred + 1;
            if found then
                perform app.message_wait(m, clock.now() + wait);
            else
                perform app.message_fire(m, 'fail', 'exhausted', null, a);
            end if;
        end if;
    end $$;

-- Gives each message that this job has not sent a job of its own, so that none of them waits for another. Returns how many.
create function app.messages_apart(payload jsonb) returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        many int;
    begin
        perform app.messages_enqueue(array[m.id], m.urgent, clock.now()) from app.message m
        where m.tenant_id = app.tenant() and m.id = any (app.message_ids(payload)) and m.state = 'queued' and m.next_at <= clock.now() and app.sees_message(m);
        get diagnostics many = row_count;
        return many;
    end $$;
