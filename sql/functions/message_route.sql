-- Messages: to whom, by which channel and with which words.

create function app.message_address_hash(address text) returns bytea immutable strict parallel safe
    return sha256(convert_to(lower(address), 'UTF8'));

-- Whether this channel keeps to the quiet hours, and whether nothing is sent to this address any more.
create function app.message_keeps_quiet(channel text) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return (select c.quiet from ref.channel c where c.channel = message_keeps_quiet.channel); end $$;
create function app.message_is_stopped(tenant int, address text) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.address_stop t where t.tenant_id = tenant and t.address_hash = app.message_address_hash(address));
    end $$;

-- To whom a message goes now. `known` is false when that is nobody: the person left, or died, or was removed. A decision reaches who left, too: without it it has no effect (Awb, article 3:40).
create function app.message_address(m app.message, out known boolean, out address text) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if m.to_user_id is not null then
            select u.active, u.email into known, address from app.user_account u where u.tenant_id = m.tenant_id and u.id = m.to_user_id;
        elsif m.to_contact_id is not null then
            select true, c.email into known, address from app.contact c where c.tenant_id = m.tenant_id and c.id = m.to_contact_id;
        elsif m.to_candidate_id is not null then
            select (c.status <> 'left' or m.wall = 'measure') and c.merged_into is null and c.died_on is null,
                   case m.channel when 'letter' then c.address_lines when 'sms' then c.phone else c.email end into known, address
            from app.candidate c where c.tenant_id = m.tenant_id and c.id = m.to_candidate_id;
        else
            select true, e.address into known, address from app.endpoint e where e.tenant_id = m.tenant_id and e.id = m.endpoint_id;
        end if;
        known := coalesce(known, false);
    end $$;

-- By which channel a message goes out now, and through which receiver. `waits`: the municipality has none that receives.
create function app.message_route(m app.message, out channel text, out receiver app.endpoint, out waits boolean) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        channel := case when m.channel = 'api' then 'e_mail' else m.channel end;
        select e.* into receiver from app.endpoint e
        where e.tenant_id = m.tenant_id and case when m.purpose is not null then e.purpose = m.purpose
            else e.purpose = case channel when 'letter' then 'print' else 'notify_api' end
                and case channel when 'sms' then e.sms_template is not null when 'e_mail' then e.email_template is not null else true end end
        order by e.paused, e.id limit 1;
        waits := coalesce(receiver.paused, m.purpose is not null or channel in ('letter', 'sms'));
        channel := case when m.purpose is not null then coalesce(receiver.kind, m.channel) when channel = 'e_mail' and receiver.id is not null then 'api' else channel end;
    end $$;

-- For whom it was, when it goes to an address for trials.
create function app.message_receiver(m app.message) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when m.to_user_id is not null then 'user ' || m.to_user_id when m.to_contact_id is not null then 'contact ' || m.to_contact_id
                    when m.to_candidate_id is not null then 'candidate ' || m.to_candidate_id else m.purpose end;
    end $$;

-- Where a provider delivers it: an address or a number, or on paper the name and the lines below it.
create function app.message_lines(m app.message, reached text) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case m.channel when 'letter' then (select coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.alias) || E'\n' || reached
            from app.candidate c where c.tenant_id = m.tenant_id and c.id = m.to_candidate_id) else reached end;
    end $$;

-- What a message says: the words of its template, or an event of CloudEvents 1.0. A webhook carries identifiers only.
create function app.message_said(m app.message, portal text, out version int, out subject text, out body text) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        words ref.message_template;
        given jsonb;
    begin
        if m.purpose is not null then
            version := 1;
            subject := m.template;
            body := json_build_object('specversion', '1.0', 'id', m.id, 'source', '/tenants/' || (select t.code from ref.tenant t where t.tenant_id = m.tenant_id),
                'type', 'nl.maatwerk.' || m.template, 'subject', concat_ws('/', m.noun, m.subject_id), 'time', app.json_instant(m.planned_at),
                'datacontenttype', 'application/json',
                'data', jsonb_strip_nulls(jsonb_build_object('message', m.id, 'noun', m.noun, 'id', m.subject_id)) || case m.channel when 'webhook' then '{}' else coalesce(m.data, '{}') end)::text;
            return;
        end if;
        words := app.message_words(m.template, m.language, null, case m.channel when 'sms' then 'sms' else 'e_mail' end);
        if words.code is null then
            words := app.message_words('notice', m.language);
        end if;
        given := m.parameters || jsonb_build_object('municipality', (select t.name from ref.tenant t where t.tenant_id = m.tenant_id),
                                                    'link', rtrim(portal, '/') || '/messages/' || m.id);
        version := words.version;
        subject := app.message_filled(words.subject, given);
        body := app.message_filled(words.body, given);
    end $$;

-- The last day on which a copy of it is kept: by what it is about. Days are those of Amsterdam, so a change to summer time moves nothing.
create function app.message_kept_until(m app.message, at timestamptz) returns date language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (at at time zone 'Europe/Amsterdam')::date + make_interval(months => (app.rule('copies.' || case when m.wall = 'measure' or (m.purpose is not null and m.candidate_id is not null) then 'measure'
            when m.wall = 'person' or m.to_candidate_id is not null then 'person' else 'general' end, at) ->> 'months')::int);
    end $$;
