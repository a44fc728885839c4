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
            keep_until = case when a.handed_at is null then n.keep_until else app.message_kept_until(m, now) end
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

-- Whether its pages are not there yet, or never will be. It waits for them: the one who makes them, or cannot, wakes it (app.document_awaited).
create function app.message_lacks_pages(m app.message) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.document;
        renewed boolean;
    begin
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

-- Begins an attempt of each message of this job. Of a message without a row there is nothing to send, now or ever, and the message says why. `again`: the other
-- side may have it, and can be asked. `route` is how: mail, webhook, drop or api. The messages are locked first, and what is asked of them is asked after that.
create function app.messages_begin(payload jsonb, job bigint, sandbox_address text, portal text)
    returns table (message uuid, number int, begun int, address text, receiver text, sender text, language text, template text, version int, subject text,
                   body text, date text, route text, channel text, again boolean, tenant text, secret text, api_template text, pages text, lines text, epoch bigint) language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
    as $$
    declare
        now timestamptz := clock.now();
        quiet boolean := calendar.in_quiet_hours(now);
        stops boolean := exists (select from app.address_stop t where t.tenant_id = app.tenant());
        ids uuid[] := app.message_ids(payload);
        s app.mail_setting;
        f record;
        m app.message;
        routed record;
        reached record;
        elsewhere text;
        rests timestamptz;
        ready uuid[] := '{}';
        addresses text[] := '{}';
        trials text[] := '{}';
    begin
        -- a begin that is lost with the machine of PostgreSQL is begun again; what hands over waits for the disk
        perform set_config('synchronous_commit', 'off', true);
        perform from app.message n where n.tenant_id = app.tenant() and n.id = any (ids) and app.sees_message(n) order by n.id for no key update;
        select t.* into s from app.mail_setting t where t.tenant_id = app.tenant();
        for f in select n as m, b.message_id is not null as begun, c.died_on is not null as died
                 from app.message n
                 left join app.message_attempt b on b.tenant_id = n.tenant_id and b.message_id = n.id and b.outcome is null
                 left join app.candidate c on c.tenant_id = n.tenant_id and c.id = n.candidate_id
                 where n.tenant_id = app.tenant() and n.id = any (ids) and app.sees_message(n) order by n.id loop
            m := f.m;
            routed := app.message_route(m);
            m.channel := routed.channel;
            m.endpoint_id := (routed.receiver).id;
            continue when (f.begun or m.state <> 'queued') and app.message_settled(m, job);
            continue when (routed.waits or coalesce(s.stopped, false)) and app.message_hold(m);
            if f.died and m.purpose is null then
                perform app.message_fire(m, 'withdraw', case when m.to_candidate_id is null then 'ended' else 'gone' end); -- others may not read that somebody died
                continue;
            end if;
            if quiet and not m.urgent and app.message_keeps_quiet(m.channel) then
                perform app.message_wait(m, calendar.after_quiet_hours(now));
                continue;
            end if;
            rests := case when m.endpoint_id is not null then app.message_receiver_rests(m) end;
            if rests is not null and not f.begun then
                perform app.message_defer(m, rests);
                continue;
            end if;
            reached := app.message_address(m);
            if not reached.known or reached.address is null then
                perform app.message_fire(m, 'fail', case when reached.known then 'no_address' else 'gone' end);
                continue;
            end if;
            continue when (m.channel = 'letter' or m.document_id is not null) and app.message_lacks_pages(m);
            elsewhere := case when m.endpoint_id is null then coalesce(nullif(sandbox_address, ''), s.sandbox_address) else (routed.receiver).sandbox_address end;
            if stops and elsewhere is null and app.message_is_stopped(m.tenant_id, reached.address) then
                perform app.message_fire(m, 'fail', 'stopped');
                continue;
            end if;
            if (m.channel, m.endpoint_id) is distinct from ((f.m).channel, (f.m).endpoint_id) then
                update app.message n set channel = m.channel, endpoint_id = m.endpoint_id where n.tenant_id = m.tenant_id and n.id = m.id;
            end if;
            ready := array_append(ready, m.id);
            addresses := array_append(addresses, reached.address);
            trials := array_append(trials, elsewhere);
        end loop;
        update app.message_attempt b set begun = b.begun + 1, begun_at = now, job_id = job, sandbox = r.trial is not null, address_hash = app.message_address_hash(r.address)
        from unnest(ready, addresses, trials) r(id, address, trial)
        where b.tenant_id = app.tenant() and b.message_id = r.id and b.outcome is null;
        insert into app.message_attempt as b (tenant_id, message_id, number, job_id, begun_at, sandbox, address_hash)
        select app.tenant(), r.id, 1 + coalesce(o.last, 0), job, now, r.trial is not null, app.message_address_hash(r.address)
        from unnest(ready, addresses, trials) r(id, address, trial)
        cross join lateral (select max(o.number) as last, bool_or(o.outcome is null) as begun from app.message_attempt o where o.tenant_id = app.tenant() and o.message_id = r.id) o
        where o.begun is not true;
        return query
        select n.id, a.number, a.begun, coalesce(r.trial, e.address, r.address), case when r.trial is not null then app.message_receiver(n) end,
               t.name::text, n.language::text, n.template::text, w.version, w.subject, w.body,
               to_char(now at time zone 'UTC', 'Dy, DD Mon YYYY HH24:MI:SS') || ' +0000',
               coalesce(e.kind, 'mail')::text, n.channel::text, a.handed_at is not null, t.code, e.secret::text,
               case n.channel when 'api' then e.email_template when 'sms' then e.sms_template end::text,
               case when n.channel = 'letter' then (select encode(d.bytes, 'hex') from app.document_content d where d.tenant_id = n.tenant_id and d.document_id = n.document_id) end,
               case when n.purpose is null and e.id is not null then app.message_lines(n, r.address) end,
               extract(epoch from now)::bigint
        from unnest(ready, addresses, trials) with ordinality r(id, address, trial, place)
        join app.message n on n.tenant_id = app.tenant() and n.id = r.id
        join app.message_attempt a on a.tenant_id = n.tenant_id and a.message_id = n.id and a.outcome is null
        left join app.endpoint e on e.tenant_id = n.tenant_id and e.id = n.endpoint_id
        join ref.tenant t on t.tenant_id = n.tenant_id
        cross join lateral app.message_said(n, coalesce(s.portal, portal)) w
        order by r.place;
    end $$;

-- The last byte follows. False: this attempt is somebody else's by now, the message was withdrawn, or nothing is let out any more: nothing more may be sent.
create function app.message_hand_over(message uuid, attempt int, begun_as int, words_version int, bytes text) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        update app.message_attempt a set handed_at = clock.now(), template_version = words_version, content_hash = sha256(convert_to(bytes, 'UTF8')), copy = bytes
        from (select m.tenant_id, m.id, m.channel from app.message m
              where m.tenant_id = app.tenant() and m.id = message and m.state = 'queued' and app.sees_message(m) for no key update) m
        where a.tenant_id = m.tenant_id and a.message_id = m.id and a.number = attempt and a.begun = begun_as and a.outcome is null
          and (a.handed_at is null or (select c.recognises from ref.channel c where c.channel = m.channel))
          and not exists (select from app.mail_setting s where s.tenant_id = m.tenant_id and s.stopped);
        return found;
    end $$;

-- It goes later: when the ladder of its channel says, and not before `after`. At the end of the ladder it has failed.
create function app.message_defer(m app.message, after timestamptz, a app.message_attempt default null) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        wait interval;
    begin
        update app.message n set deferred = n.deferred + 1, keep_until = case when a.handed_at is null then n.keep_until else app.message_kept_until(m, clock.now()) end
        where n.tenant_id = m.tenant_id and n.id = m.id;
        select r.wait into wait from ref.retry_ladder r where r.channel = m.channel and r.attempt = m.deferred + 1;
        if found then
            perform app.message_wait(m, greatest(clock.now() + wait, after));
        else
            perform app.message_fire(m, 'fail', 'exhausted', null, a);
        end if;
    end $$;

-- What an answer says about the receiver. A receiver that does not answer, or is not able to, rests: other messages to it wait without a call. Without that, each of its slow calls would delay the
-- messages of all municipalities. It rests for the first step of the ladder, and for the second step after each further failure, until it accepts a message.
create function app.message_receiver_answered(m app.message, at timestamptz, how text, code int, retry_after int) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if how = 'accepted' then
            delete from app.endpoint_rest r where r.tenant_id = m.tenant_id and r.endpoint_id = m.endpoint_id;
        elsif how in ('deferred', 'uncertain') and (code is null or code in (408, 425, 429) or code >= 500) then
            insert into app.endpoint_rest as r (tenant_id, endpoint_id, trips, until)
            select m.tenant_id, m.endpoint_id, o.trips, at + greatest((select l.wait from ref.retry_ladder l where l.channel = m.channel and l.attempt = least(o.trips, 2)),
                                                                               make_interval(secs => coalesce(retry_after, 0)))
            from (select 1 + coalesce((select r.trips from app.endpoint_rest r where r.tenant_id = m.tenant_id and r.endpoint_id = m.endpoint_id), 0) as trips) o
            on conflict (tenant_id, endpoint_id) do update set trips = excluded.trips, until = excluded.until where r.until <= clock.now();
        end if;
    end $$;
create function app.message_receiver_rests(m app.message) returns timestamptz language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select r.until from app.endpoint_rest r where r.tenant_id = m.tenant_id and r.endpoint_id = m.endpoint_id and r.until > clock.now());
    end $$;

-- How an attempt ended: accepted, deferred, refused or uncertain. `bad_address`: the other side says that there is no such address. `retry_after`: so many seconds it asks to wait.
create function app.message_end(message uuid, attempt int, begun_as int, how text, code int, status_code text, said text, bad_address boolean, retry_after int)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        f record;
        m app.message;
        a app.message_attempt;
    begin
        select n as m, c.proof = 'answer' or coalesce(e.kind = 'api', false) as answered, c.silence, coalesce(e.kind in ('webhook', 'api'), false) as called into f
        from app.message n join ref.channel c on c.channel = n.channel left join app.endpoint e on e.tenant_id = n.tenant_id and e.id = n.endpoint_id
        where n.tenant_id = app.tenant() and n.id = message and app.sees_message(n) for no key update of n;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        m := f.m;
        update app.message_attempt b set outcome = how, ended_at = clock.now(), reply_code = code, status = status_code, receipt = left(said, 200)
        where b.tenant_id = m.tenant_id and b.message_id = m.id and b.number = attempt and b.begun = begun_as and b.outcome is null
        returning b.* into a;
        if not found or m.state <> 'queued' then
            return;
        end if;
        if how = 'accepted' and f.answered then
            perform app.message_fire(m, 'send', null, null, a);
        elsif how = 'accepted' then                 -- the other side has it, and must acknowledge it: it is looked at again when that takes too long
            perform app.message_fire(m, 'hand', null, null, a);
            perform app.messages_enqueue(array[m.id], false, clock.now() + f.silence);
        elsif how = 'uncertain' then
            perform app.message_fire(m, 'lose', 'not_known', null, a);
        elsif how = 'refused' then
            perform app.message_fire(m, 'fail', 'refused', null, a);
            if bad_address and not a.sandbox then
                perform app.message_address_stopped(m, a.address_hash, status_code);
            end if;
            if code = 410 and not a.sandbox then -- it wants nothing more (Standard Webhooks): what follows waits until somebody lets it receive again
                update app.endpoint e set paused = true where e.tenant_id = m.tenant_id and e.id = m.endpoint_id and e.kind = 'webhook';
            end if;
        else
            perform app.message_defer(m, clock.now() + make_interval(secs => retry_after), a);
        end if;
        if f.called then
            perform app.message_receiver_answered(m, a.ended_at, how, code, retry_after);
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
