-- Who may come in: the hats that users wear now, and the refusal of everybody else.

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

-- The hat follows the user. An organisation that the municipality does not know (an employer's users have that of the employer)
-- cannot be inactive. One that it knows is locked until the end: else somebody who ends it in the same moment does not see this hat, nor
-- this function that end.
create function entry.follow_user() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform from app.organisation o where o.tenant_id = new.tenant_id
            and o.id in (new.organisation_id, case tg_op when 'UPDATE' then old.organisation_id end) order by o.id for share;
        delete from entry.hat h where h.user_id = new.id and h.tenant_id = new.tenant_id;
        insert into entry.hat (user_id, tenant_id, role, organisation_id, attributes)
        select new.id, new.tenant_id, new.role, new.organisation_id, new.attributes
        where new.active and not exists (select from app.organisation o where o.tenant_id = new.tenant_id
                                         and o.id = new.organisation_id and not o.active);
        return null;
    end $$;
create trigger entry after insert or update on app.user_account
    for each row execute function entry.follow_user();

create function entry.follow_organisation() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        delete from entry.hat h where h.tenant_id = new.tenant_id and h.organisation_id = new.id;
        insert into entry.hat (user_id, tenant_id, role, organisation_id, attributes)
        select u.id, u.tenant_id, u.role, u.organisation_id, u.attributes from app.user_account u
        where u.tenant_id = new.tenant_id and u.organisation_id = new.id and u.active and new.active;
        return null;
    end $$;
create trigger entry after update on app.organisation
    for each row when (old.active is distinct from new.active) execute function entry.follow_organisation();

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
