-- Feeds of work lists for an agenda (RFC 5545). A calendar can only fetch an address, so the token is in the address: it opens one feed that names
-- nobody, it is stored as a hash, it is shown once, and its user takes it away.

create function app.sees_calendar_feed(f app.calendar_feed, scope text default app.scope(), role text default app.role(),
                                       organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'tenant' then f.user_id is not distinct from actor else false end;
call app.wall('app.calendar_feed', 'calendar_feed', '{}');
call app.open_to_scope('app.calendar_feed', 'app.sees_calendar_feed');

alter table entry.calendar_token enable row level security;
alter table entry.calendar_token force row level security;
create policy owner_functions on entry.calendar_token for all to maatwerk_owner using (true) with check (true);

-- Makes a feed of the caller, with a token of 244 random bits. Its address is told in this transaction only (app.calendar_feed_address).
create function app.calendar_feed_make(feed uuid, name text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        token text := translate(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), '+/=', '-_');
        made app.calendar_feed;
    begin
        perform from app.user_account u where u.tenant_id = app.tenant() and u.id = app.actor() and u.active for share; -- or its end would miss this feed
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        insert into app.calendar_feed (tenant_id, id, user_id, name, made_at) values (app.tenant(), feed, app.actor(), calendar_feed_make.name, clock.now()) returning * into made;
        if app.sees_calendar_feed(made) is not true then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        insert into entry.calendar_token (hash, tenant_id, feed_id, user_id)
        values (sha256(convert_to(token, 'UTF8')), made.tenant_id, made.id, made.user_id);
        perform set_config('app.calendar_feed_made', made.id || ' /v1/calendars/' || token, true);
    end $$;

-- After a user left, or their organisation was closed, their feeds end, and do not come back with them: nobody knows any more where the addresses are. They make new ones.
create function app.calendar_feeds_end() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        delete from app.calendar_feed f using app.user_account u where f.tenant_id = u.tenant_id and f.user_id = u.id
            and u.tenant_id = new.tenant_id and new.id in (u.id, u.organisation_id);
        return null;
    end $$;
create trigger calendar_feeds_end after update of active on app.user_account for each row when (old.active and not new.active) execute function app.calendar_feeds_end();
create trigger calendar_feeds_end after update of active on app.organisation for each row when (old.active and not new.active) execute function app.calendar_feeds_end();

-- The address of a feed that this transaction has made.
create function app.calendar_feed_address(feed uuid) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select split_part(made, ' ', 2) from current_setting('app.calendar_feed_made', true) made where split_part(made, ' ', 1) = feed::text);
    end $$;

-- A content line, folded after at most 75 octets and never inside a character (RFC 5545, 3.1).
create function app.calendar_feed_line(line text) returns text language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        folded text := '';
        octets int := 0;
        letter text;
    begin
        foreach letter in array regexp_split_to_array(line, '') loop
            if octets + octet_length(letter) > 75 then
                folded := folded || E'\r\n ';
                octets := 1;
            end if;
            folded := folded || letter;
            octets := octets + octet_length(letter);
        end loop;
        return folded || E'\r\n';
    end $$;

-- Text as a value (RFC 5545, 3.3.11).
create function app.calendar_feed_text(value text) returns text immutable strict parallel safe
    return replace(replace(replace(replace(value, '\', '\\'), ';', '\;'), ',', '\,'), E'\n', '\n');

-- An open task as an event: calendars that subscribe to an address show events, and most of them leave to-dos out. It takes no time of the day. It has the title of
-- its kind, and no name.
create function app.calendar_feed_event(t app.task, title text) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare stamp text := to_char(t.changed_at at time zone 'UTC', 'YYYYMMDD"T"HH24MISS"Z"');
    begin
        return (select string_agg(app.calendar_feed_line(l), '' order by n) from unnest(array[
            'BEGIN:VEVENT', 'UID:' || t.id || '@maatwerk', 'DTSTAMP:' || stamp, 'LAST-MODIFIED:' || stamp, 'SEQUENCE:' || t.version - 1,
            case when t.due_day is not null then 'DTSTART;VALUE=DATE:' || to_char(t.due_day, 'YYYYMMDD')
                 else 'DTSTART:' || to_char(t.due_at at time zone 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') end,
            'SUMMARY:' || app.calendar_feed_text(title), 'PRIORITY:' || case when t.urgent then 1 else 5 end, 'CLASS:PRIVATE', 'TRANSP:TRANSPARENT',
            'END:VEVENT']) with ordinality x (l, n));
    end $$;

-- The feed that a token opens, or nothing: also when its user is not in any more. It acts as that user, who sees the tasks that they own. It has the name that the
-- user gave it (RFC 7986, 5.1), which older calendars read under another word.
create function app.calendar_feed_read(token text, language text) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        found_token entry.calendar_token;
        u app.user_account;
        name text;
        events text;
    begin
        select c.* into found_token from entry.calendar_token c where c.hash = sha256(convert_to(token, 'UTF8'));
        perform set_config('app.tenant', coalesce(found_token.tenant_id::text, ''), true);
        select a.* into u from app.user_account a where a.tenant_id = found_token.tenant_id and a.id = found_token.user_id
            and exists (select from entry.hat h where h.tenant_id = a.tenant_id and h.id = a.id)
            and app.sees_user(a, 'caseload', a.role, a.organisation_id, found_token.user_id);
        if not found then
            return null;
        end if;
        name := (select app.calendar_feed_text(f.name) from app.calendar_feed f where f.tenant_id = found_token.tenant_id and f.id = found_token.feed_id and app.sees_calendar_feed(f, 'tenant', u.role, u.organisation_id, u.id));
        select string_agg(app.calendar_feed_event(t, case language when 'en' then k.title_en else k.title_nl end), '' order by t.rank_at, t.id) into events
        from (select o.* from app.task o where o.tenant_id = u.tenant_id and o.owner_user_id = u.id and o.due_at is not null
              and (app.task_is_open(o.state) or app.task_is_pending(o.state)) and app.sees_task(o, 'caseload', u.role, u.organisation_id, u.id)
              order by o.rank_at, o.id limit 1000) t join ref.task_kind k on k.kind = t.kind;
        return E'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Maatwerk//Work list//EN\r\nCALSCALE:GREGORIAN\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n'
               || app.calendar_feed_line('NAME:' || name) || app.calendar_feed_line('X-WR-CALNAME:' || name) || coalesce(events, '') || E'END:VCALENDAR\r\n';
    end $$;
