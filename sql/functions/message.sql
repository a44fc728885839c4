-- Messages: who sees them, how they are asked for, and what a person does with one. sql/functions/message_send.sql has how they are sent.

-- Who sees one: the one who gets it, and the one who passes the wall of what it is about. What is about nothing is for who gets it and for the administrator.
create function app.message_told(m app.message, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return m.to_user_id is not distinct from coalesce(actor, '00000000-0000-0000-0000-000000000000')
            or (role = 'benefits_payment' and m.purpose is not distinct from 'benefits_payment')
            or case when m.wall is null then scope = 'tenant' and role in ('tenant_admin', 'system')
                    else app.sees_about(m.wall, m.candidate_id, m.employer_id, scope, role, organisation, actor) end is true;
    end $$;
grant execute on function app.message_told(app.message, text, text, uuid, uuid) to public;
create function app.sees_message(m app.message, scope text default app.scope(), role text default app.role(),
                                 organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.message_told(m, scope, role, organisation, actor);
call app.wall('app.message', 'message', '{next_at,deferred,content_hash,template_version,handed_at,sent_at,keep_until,endpoint_id,channel,wall,noun,candidate_id,employer_id,over}');
call app.open_to_scope('app.message', 'app.sees_message');
call app.about('app.message');
call app.apart('app.message', $$wall is distinct from 'measure' or to_user_id is not null and to_user_id = app.actor()$$, payer => true);
call app.referable('app.message', 'message', $$coalesce(r.wall, 'general')$$, 'app.sees_message', label => 'r.template', candidate => 'r.candidate_id',
                   employer => 'r.employer_id');

-- Before a message is written, after it got the wall of what it is about (by its name this trigger is later): what a task about a measure asks is
-- behind that wall, too.
create function app.message_behind() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.wall := case when new.wall = 'person' then new.parameters ->> 'wall' else new.wall end;
        return new;
    end $$;
create trigger behind before insert or update of subject_id, wall, noun, candidate_id, employer_id, parameters on app.message for each row when (new.parameters ? 'wall') execute function app.message_behind();
create trigger zz_log_transition before update on app.message
    for each row when (new.state is distinct from old.state) execute function app.log_transition('message');

-- Only functions reach attempts, reports, stopped addresses and resting receivers.
call app.wall('app.message_attempt');
call app.wall('app.message_report');
call app.wall('app.address_stop');
call app.wall('app.endpoint_rest');

-- The template as it is now; `asked` gives an older version.
create function app.message_words(code text, language text, asked int default null, channel text default 'e_mail') returns ref.message_template language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        words ref.message_template;
    begin
        select t.* into words from ref.message_template t
        where t.channel = message_words.channel and t.code = message_words.code and t.language = message_words.language and t.version = coalesce(asked, t.version)
        order by t.version desc limit 1;
        return words;
    end $$;

-- A text with its values: {name} is the value of that name.
create function app.message_filled(words text, given jsonb) returns text language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        name text;
    begin
        foreach name in array array(select distinct f[1] from regexp_matches(words, '[{]([a-z_]+)[}]', 'g') f) loop
            words := replace(words, '{' || name || '}', coalesce(given ->> name, '–'));
        end loop;
        return words;
    end $$;

-- Writes messages, in the transaction of the caller. The address is read when one is sent. Of each the caller fills who gets it and what it is about. A
-- recipient gets one message for one occasion: a second one is not written. Returns those that were written. The caller also asks for the jobs that send them.
create function app.messages_write(wanted app.message[]) returns setof app.message language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
    begin
        return query insert into app.message as n (tenant_id, id, template, channel, language, to_user_id, to_contact_id, to_candidate_id, purpose, subject_id, urgent,
                                                   parameters, data, occasion, document_id, planned_at, next_at, fallback_of, asked_by)
        select app.tenant(), gen_random_uuid(), m.template, m.channel, coalesce(m.parameters ->> 'language', 'nl'), m.to_user_id, m.to_contact_id, m.to_candidate_id,
               m.purpose, case when m.subject_id is not null then (app.subject_put(m.noun, m.subject_id)).id end, coalesce(m.urgent, false), coalesce(m.parameters, '{}'),
               m.data, m.occasion, m.document_id, coalesce(m.planned_at, now), coalesce(m.planned_at, now), m.fallback_of, app.actor()
        from unnest(wanted) m on conflict do nothing returning n.*;
    end $$;
create function app.message_write(m app.message) returns app.message language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        select w.* into m from app.messages_write(array[m]) w;
        return m;
    end $$;

-- The same with the job that sends it.
create function app.message_insert(m app.message) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        m := app.message_write(m);
        if m.id is not null then
            perform app.messages_enqueue(array[m.id], m.urgent, m.planned_at);
        end if;
        return m.id;
    end $$;

-- Sends many messages with few jobs: a job has 16 at most, and urgent ones have jobs of their own.
create function app.messages_enqueue_together(messages uuid[]) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.messages_enqueue(array_agg(n.id), n.urgent, clock.now())
        from (select m.id, m.urgent, row_number() over (partition by m.urgent order by m.id) as place from app.message m where m.tenant_id = app.tenant() and m.id = any (messages)) n
        group by n.urgent, (n.place - 1) / 16;
    end $$;

-- An e-mail, not written yet. `parameters` has counts and identifiers, the language (nl or en) when it is not Dutch, and the wall when it is another one than
-- that of the subject.
create function app.message_mail(template text, to_user uuid, to_contact uuid, to_candidate uuid, noun text, subject uuid, urgent boolean,
                                 parameters jsonb, at timestamptz) returns app.message language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
    begin
        assert (app.message_words(template, 'nl')).code is not null, format('there is no template %s', template);
        m.template := template;
        m.channel := 'e_mail';
        m.to_user_id := to_user;
        m.to_contact_id := to_contact;
        m.to_candidate_id := to_candidate;
        m.noun := noun;
        m.subject_id := subject;
        m.urgent := urgent;
        m.parameters := parameters;
        m.planned_at := at;
        return m;
    end $$;

-- One job that sends these messages, one after the other.
create function app.messages_enqueue(messages uuid[], urgent boolean, at timestamptz) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform queue.enqueue('send_message', app.tenant(), jsonb_build_object('messages', messages),
                              prio => case when urgent then 0 else 1 end::smallint, run_at => at);
    end $$;

-- For functions and workers, which have asked themselves who may: something is there for this user.
create function app.message_queue(template text, to_user uuid, noun text, subject uuid, urgent boolean default false,
                                  parameters jsonb default '{}', at timestamptz default clock.now()) returns uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return app.message_insert(app.message_mail(template, to_user, null, null, noun, subject, urgent, parameters, at));
    end $$;
-- The same for a contact person of an employer, and for a candidate.
create function app.message_queue_contact(template text, to_contact uuid, noun text, subject uuid, urgent boolean default false,
                                          parameters jsonb default '{}', at timestamptz default clock.now()) returns uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return app.message_insert(app.message_mail(template, null, to_contact, null, noun, subject, urgent, parameters, at));
    end $$;
create function app.message_queue_candidate(template text, to_candidate uuid, noun text, subject uuid, urgent boolean default false,
                                            parameters jsonb default '{}', at timestamptz default clock.now()) returns uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return app.message_insert(app.message_mail(template, null, null, to_candidate, noun, subject, urgent, parameters, at));
    end $$;

-- A text message to a candidate who chose to be reached so. Nothing when that cannot be: the caller takes another way.
create function app.message_queue_text(template text, to_candidate uuid, noun text, subject uuid, urgent boolean default false,
                                       parameters jsonb default '{}', at timestamptz default clock.now()) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
    begin
        if not exists (select from app.candidate c where c.tenant_id = app.tenant() and c.id = to_candidate and c.phone is not null and c.digital_chosen_at is not null)
           or not exists (select from app.endpoint e where e.tenant_id = app.tenant() and e.purpose = 'notify_api' and e.sms_template is not null and not e.paused) then
            return null;
        end if;
        m.template := template;
        m.channel := 'sms';
        m.to_candidate_id := to_candidate;
        m.noun := noun;
        m.subject_id := subject;
        m.urgent := urgent;
        m.parameters := parameters;
        m.planned_at := at;
        return app.message_insert(m);
    end $$;

-- For functions of other nouns: nobody needs messages about this subject any more. A message that has not gone out is withdrawn, and a message that did not arrive is not sent again.
-- `to_person`: only messages to the person. A message that another transaction is changing stays as it is. Returns how many messages do not go.
create function app.message_withdraw(noun text, subject uuid, to_person boolean default false) returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        many int;
    begin
        update app.message m set state = app.move('message', m.state, 'withdraw'), next_at = null, fault = 'ended'
        where m.tenant_id = app.tenant() and m.subject_id = subject and m.noun = message_withdraw.noun and m.state = 'queued' and (m.to_candidate_id is not null or not to_person)
          and not exists (select from app.message_attempt a where a.tenant_id = m.tenant_id and a.message_id = m.id and a.handed_at is not null and a.outcome is null);
        get diagnostics many = row_count;
        update app.message m set over = true where m.tenant_id = app.tenant() and m.id = any (array(
            select o.id from app.message o where o.tenant_id = app.tenant() and o.subject_id = subject and o.noun = message_withdraw.noun and not o.over
                and not app.message_is_ended(o.state) and (o.to_candidate_id is not null or not to_person) order by o.id for no key update skip locked));
        return many;
    end $$;

-- Messages that wait because nothing is let out go on. A message that begins to wait takes the same lock (app.message_hold), so that none is
-- overlooked; what still may not go out waits again.
create function app.messages_release() returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        held app.message;
    begin
        perform pg_advisory_xact_lock('app.mail_setting'::regclass::int, app.tenant());
        for held in update app.message m set next_at = clock.now()
                    where m.tenant_id = app.tenant() and m.state = 'queued' and m.next_at is null returning m.* loop
            perform app.messages_enqueue(array[held.id], held.urgent, clock.now());
        end loop;
    end $$;

-- Messages that wait for these pages go on.
create function app.messages_wake(document uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        waits app.message;
    begin
        for waits in update app.message m set next_at = clock.now()
                     where m.tenant_id = app.tenant() and m.document_id = document and m.state = 'queued' and m.next_at is null returning m.* loop
            perform app.messages_enqueue(array[waits.id], waits.urgent, clock.now());
        end loop;
    end $$;

-- A person sends a message again: perhaps it arrives twice. An address that was stopped may be written to again. A message that is not true any more is not sent again.
create function app.message_resend(message uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
    begin
        select n.* into m from app.message n where n.tenant_id = app.tenant() and n.id = message and app.sees_message(n) for no key update;
        if not found or not app.sees_message(m) then
            raise exception using errcode = 'MW404', message = 'not-found';
        elsif m.over then
            perform app.refuse_state(m.state, '{}');
        end if;
        update app.message n set state = app.move('message', m.state, 'resend'), fault = null, next_at = clock.now(), deferred = 0, sent_at = null,
               document_id = coalesce((select app.document_request(d.template, d.noun, d.subject_id, d.parameters) from app.document d -- its pages could not be made: they are asked for once more
                                       where d.tenant_id = m.tenant_id and d.id = m.document_id and d.state = 'failed' and d.parameters <> '{}'), n.document_id)
        where n.tenant_id = m.tenant_id and n.id = m.id;
        delete from app.address_stop s where s.tenant_id = m.tenant_id
            and s.address_hash = app.message_address_hash((app.message_address(m)).address);
        perform app.messages_enqueue(array[m.id], true, clock.now());
    end $$;

-- The one who got it says that it was dealt with, or cannot be; `reference` is kept with the last attempt. Only whom it is for may say so.
create function app.message_acknowledge(message uuid, event text, reference text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
    begin
        select n.* into m from app.message n where n.tenant_id = app.tenant() and n.id = message and app.sees_message(n) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        if m.purpose is null then
            perform app.refuse_state(m.state, '{}');
        end if;
        update app.message n set state = app.move('message', m.state, event), fault = case event when 'reject' then 'refused' end,
               next_at = null, sent_at = coalesce(m.sent_at, clock.now())
        where n.tenant_id = m.tenant_id and n.id = m.id;
        if reference is not null then
            update app.message_attempt a set receipt = reference
            where a.tenant_id = m.tenant_id and a.message_id = m.id
              and a.number = (select max(o.number) from app.message_attempt o where o.tenant_id = m.tenant_id and o.message_id = m.id);
        end if;
    end $$;

-- The attempts of a message, as a client reads them.
create function app.message_attempts(message uuid) returns json language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select coalesce(json_agg(json_strip_nulls(json_build_object(
                    'number', a.number, 'begunAt', app.json_instant(a.begun_at), 'handedAt', app.json_instant(a.handed_at),
                    'endedAt', app.json_instant(a.ended_at), 'outcome', a.outcome,
                    'replyCode', a.reply_code, 'status', a.status, 'receipt', a.receipt, 'sandbox', a.sandbox,
                    'contentHash', encode(a.content_hash, 'hex'))) order by a.number), '[]')
                from app.message m join app.message_attempt a on a.tenant_id = m.tenant_id and a.message_id = m.id
                where m.tenant_id = app.tenant() and m.id = message and app.sees_message(m));
    end $$;
-- The bytes that were handed over last.
create function app.message_copy(message uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select a.copy from app.message m join app.message_attempt a on a.tenant_id = m.tenant_id and a.message_id = m.id
                where m.tenant_id = app.tenant() and m.id = message and app.sees_message(m) and a.copy is not null
                  and (m.keep_until is null or m.keep_until >= clock.today())
                order by a.number desc limit 1);
    end $$;
