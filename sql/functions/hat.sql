-- Hats that users have beside that of their account.

create function app.sees_hat(h app.hat, scope text default app.scope(), role text default app.role(),
                             organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then h.organisation_id = organisation
           when 'caseload' then h.user_id = actor
           else false end;
call app.wall('app.hat', 'hat', '{}');
call app.open_to_scope('app.hat', 'app.sees_hat');

-- Nobody gives a hat to themselves, nor keeps one longer: somebody else knows of it. To end one takes nobody else. One that has ended
-- stays so: the next one is another hat. A user has so many that a program remembers them all.
create function app.hat_powers() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare kept int;
    begin
        if new.user_id = app.actor() and (tg_op = 'INSERT' or coalesce(new.until_at > old.until_at, old.until_at is not null)) then
            raise exception using errcode = 'MW403', message = 'own-powers';
        end if;
        if tg_op = 'UPDATE' and old.until_at <= clock.now() then
            raise exception using errcode = 'MW409', message = 'hat-ended';
        end if;
        if tg_op = 'INSERT' then
            perform from app.user_account u where u.tenant_id = new.tenant_id and u.id = new.user_id for no key update;
            select count(*) into kept from app.hat h where h.tenant_id = new.tenant_id and h.user_id = new.user_id
                and (h.until_at is null or h.until_at > clock.now());
            if kept >= 15 then
                raise exception using errcode = 'MW409', message = 'list-full', detail = json_build_object('limit', 15)::text;
            end if;
        end if;
        return new;
    end $$;
create trigger powers before insert or update on app.hat for each row execute function app.hat_powers();

-- The name of the organisation or employer of a hat, for the one who sees the hat, or has it.
create function app.hat_organisation(hat uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select coalesce(o.name, e.name) from app.hat h
                left join app.organisation o on o.tenant_id = h.tenant_id and o.id = h.organisation_id
                left join app.employer e on e.tenant_id = h.tenant_id and e.id = h.organisation_id
                where h.tenant_id = app.tenant() and h.id = hat and (app.sees_hat(h) or app.sees_hat(h, 'caseload')));
    end $$;
