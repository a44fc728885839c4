-- Who may come in: the hats that users have, and the refusal of everybody else.

-- It is read before there is a context: everybody sees every hat, and no program writes one.
alter table entry.hat enable row level security;
alter table entry.hat force row level security;
create policy looked_up on entry.hat for select using (true);
create policy owner_functions on entry.hat for all to maatwerk_owner using (true) with check (true);

-- What a refusal of the context statement does: a read, which shares its transaction with others, gets a row instead of an empty
-- context without one. A write is undone.
create function entry.refuse(read_only text) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if read_only = 'off' then
            raise exception using errcode = 'MW403', message = 'not-admitted';
        end if;
        return true;
    end $$;

-- The hats that a user has now or later: that of the account, and those beside it. None while the user is not active, nor one of an
-- organisation that is not. An organisation that the municipality does not know (an employer's users have that of the employer) cannot be
-- inactive. Of one user, or of all who have a hat of one organisation; of those, only the hats of that organisation.
create function entry.held(municipality int, account uuid, org uuid default null) returns setof entry.hat language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select u.id, u.tenant_id, g.id, g.role, g.organisation_id, g.attributes, g.from_at, g.until_at, pg_current_xact_id()::text::bigint
    from app.user_account u cross join lateral (
        select u.id, u.role, u.organisation_id, u.attributes, null::timestamptz as from_at, null::timestamptz as until_at
        union all
        select h.id, h.role, h.organisation_id, h.attributes, h.from_at, h.until_at
        from app.hat h where h.tenant_id = u.tenant_id and h.user_id = u.id and (h.until_at is null or h.until_at > clock.now())) g
    where u.tenant_id = municipality and u.active
      and u.id = any (case when org is null then array[account]
                           else array(select o.id from app.user_account o where o.tenant_id = municipality and o.organisation_id = org
                                      union select h.user_id from app.hat h where h.tenant_id = municipality and h.organisation_id = org) end)
      and (org is null or g.organisation_id = org)
      and not exists (select from app.organisation o where o.tenant_id = u.tenant_id and o.id = g.organisation_id and not o.active)
    $$;

-- All hats of these users get another version: the one who remembers them asks again.
create function entry.renew(municipality int, accounts uuid[]) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update entry.hat h set version = pg_current_xact_id()::text::bigint
        where h.user_id = any (accounts) and h.tenant_id = municipality and h.version <> pg_current_xact_id()::text::bigint;
    end $$;

-- The hats follow the user. The user is locked when a hat changes, and the organisations are, until the end: else somebody who ends one of
-- them in the same moment does not see this hat, nor this function that end.
create function entry.follow_user() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform from app.organisation o where o.tenant_id = new.tenant_id
            and o.id in (select new.organisation_id union all select case tg_op when 'UPDATE' then old.organisation_id end
                         union all select h.organisation_id from app.hat h where h.tenant_id = new.tenant_id and h.user_id = new.id)
            order by o.id for share;
        delete from entry.hat h where h.user_id = new.id and h.tenant_id = new.tenant_id;
        insert into entry.hat select h.* from entry.held(new.tenant_id, new.id) h;
        return null;
    end $$;
create trigger entry after insert or update on app.user_account
    for each row execute function entry.follow_user();

create function entry.follow_hat() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform from app.user_account u where u.tenant_id = new.tenant_id and u.id = new.user_id for no key update;
        perform from app.organisation o where o.tenant_id = new.tenant_id and o.id = new.organisation_id for share;
        delete from entry.hat h where h.user_id = new.user_id and h.tenant_id = new.tenant_id and h.id = new.id;
        insert into entry.hat select h.* from entry.held(new.tenant_id, new.user_id) h where h.id = new.id;
        perform entry.renew(new.tenant_id, array[new.user_id]);
        return null;
    end $$;
create trigger entry after insert or update on app.hat for each row execute function entry.follow_hat();

create function entry.follow_organisation() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare theirs uuid[] := array(select h.user_id from entry.hat h where h.tenant_id = new.tenant_id and h.organisation_id = new.id);
    begin
        delete from entry.hat h where h.tenant_id = new.tenant_id and h.organisation_id = new.id;
        insert into entry.hat select h.* from entry.held(new.tenant_id, null, new.id) h;
        perform entry.renew(new.tenant_id, theirs || array(select h.user_id from entry.hat h where h.tenant_id = new.tenant_id and h.organisation_id = new.id));
        return null;
    end $$;
create trigger entry after update on app.organisation
    for each row when (old.active is distinct from new.active) execute function entry.follow_organisation();

-- Which user a login leads to. It is read before there is a context, like the hats.
alter table entry.login enable row level security;
alter table entry.login force row level security;
create policy looked_up on entry.login for select using (true);
create policy owner_functions on entry.login for all to maatwerk_owner using (true) with check (true);
-- Everyone who remembers where the login led before finds other hats there, and asks again.
create function entry.follow_login() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare led uuid := case when tg_op = 'DELETE' then old.user_id when new.subject ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then new.subject::uuid end;
    begin
        perform entry.renew(coalesce(new.tenant_id, old.tenant_id), array[led]);
        if tg_op = 'DELETE' then
            delete from entry.login l where l.issuer = old.issuer and l.subject = old.subject and l.tenant_id = old.tenant_id;
        else
            insert into entry.login (issuer, subject, tenant_id, user_id) values (new.issuer, new.subject, new.tenant_id, new.user_id);
        end if;
        return null;
    end $$;
create trigger entry after insert or delete on app.login for each row execute function entry.follow_login();

-- Whether it is the same person who logs in as one user and as the other, also of two municipalities: the drafter something does not
-- decide it. False when one of them is null.
create function entry.same_login(one uuid, other uuid) returns boolean language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(one = other, false)
        or exists (select from entry.login a join entry.login b on b.issuer = a.issuer and b.subject = a.subject
                   where a.user_id = one and b.user_id = other)
    $$;

alter table entry.quota_use enable row level security;
alter table entry.quota_use force row level security;
create policy tenant_wall on entry.quota_use as restrictive for all
    using (tenant_id = (select app.tenant())) with check (tenant_id = (select app.tenant()));
create policy owner_functions on entry.quota_use for all to maatwerk_owner using (true) with check (true);

-- Counts one use by the caller, and refuses it when there are too many. Without a municipality nothing is found, nor counted. It holds over all processes. A use that is refused is not
-- counted: it is rolled back. The hint says which it is, and after how many seconds there is a next one.
create function entry.use(wanted text, reason text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare quota entry.quota; count int; ends timestamptz;
    begin
        select q.* into strict quota from entry.quota q
        where q.what = wanted and q.who = coalesce(entry.group_of(app.role()), 'person');
        insert into entry.quota_use as u (tenant_id, user_id, what, purpose, since, used)
        select app.tenant(), coalesce(app.actor(), '00000000-0000-0000-0000-000000000000'), wanted, reason, clock.now(), 1
        where app.tenant() is not null
        on conflict on constraint quota_use_pkey do update
            set used = case when u.since + quota.per <= excluded.since then 1 else u.used + 1 end,
                since = case when u.since + quota.per <= excluded.since then excluded.since else u.since end
        returning u.used, u.since + quota.per into count, ends;
        if count > quota.most then
            raise exception using errcode = 'MW429', message = 'quota-reached',
                hint = format('%s %s', wanted, greatest(1, ceil(extract(epoch from ends - clock.now()))));
        end if;
    end $$;
