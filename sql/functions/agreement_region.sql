-- Agreements, arrangements and bookings: their walls. Their operations come later.

-- An agreement of the region is seen by its parties, as a project is.
create function region.sees_agreement(a region.agreement, scope text default app.scope(), tenant int default app.tenant(),
                                      organisation uuid default app.organisation())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then tenant = any (a.readers)
           when 'organisation' then organisation = any (a.organisations)
           else false end;
grant execute on function region.sees_agreement(region.agreement, text, int, uuid) to public;
create function region.changes_agreement(a region.agreement, scope text default app.scope(), tenant int default app.tenant())
    returns boolean stable parallel safe
    return case scope when 'tenant' then tenant = a.tenant_id else false end;
grant execute on function region.changes_agreement(region.agreement, text, int) to public;
call region.wall('region.agreement', 'agreement', '{readers,organisations}');
call app.days_within('region.agreement', 'from_day begins', 'until_day ends', 'valid_until ends');
call region.open('region.agreement',
                 'region.sees_agreement(r.*, (select app.scope()), (select app.tenant()), (select app.organisation()))',
                 'region.changes_agreement(r.*, (select app.scope()), (select app.tenant()))');
create function region.agreement_begin() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.readers := array[new.tenant_id];
        new.organisations := '{}';
        return new;
    end $$;
create trigger begin before insert on region.agreement for each row execute function region.agreement_begin();

-- After what an agreement says has changed, nobody has signed it any more.
create function region.agreement_unsign() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update region.participation a set signed_at = null, signed_hash = null
        where a.region_id = new.region_id and a.agreement_id = new.id and a.signed_at is not null;
        return null;
    end $$;
create trigger unsign after update on region.agreement for each row
    when ((new.gets, new.does, new.costs, new.from_day, new.until_day, new.title) is distinct from (old.gets, old.does, old.costs, old.from_day, old.until_day, old.title))
    execute function region.agreement_unsign();

-- Agreements of one municipality (sheets, quotes) are in agreement.sql.

call app.wall('app.arrangement', 'arrangement', '{}');
call app.open_to_tenant('app.arrangement');

call app.wall('app.booking', 'booking', '{}');
call app.open_to_tenant('app.booking');

-- What is reserved and paid of a project or an agreement stays within its budget; rows of the same budget wait for each other.
create function app.booking_within_budget() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        budget bigint;
        spent bigint;
    begin
        perform from region.project p where p.region_id = new.region_id and p.id = new.project_id for no key update;
        perform from region.agreement a where a.region_id = new.region_id and a.id = new.agreement_id for no key update;
        select sum(b.amount_cents) filter (where b.kind = 'budget'), sum(b.amount_cents) filter (where b.kind in ('reserved', 'paid'))
        into budget, spent
        from app.booking b where b.tenant_id = new.tenant_id
            and case when new.project_id is null then b.agreement_id = new.agreement_id else b.project_id = new.project_id end;
        if spent > budget then
            raise exception using errcode = '23514', message = 'budget', table = 'booking', constraint = 'booking_amount_cents_check';
        end if;
        return null;
    end $$;
create trigger within_budget after insert or update on app.booking
    for each row when (new.kind in ('budget', 'reserved', 'paid')) execute function app.booking_within_budget();
