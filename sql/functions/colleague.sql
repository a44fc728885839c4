-- Colleagues: what may be known of the users who work for a municipality.

-- Whose name everybody of the municipality may know: those who work for it, and the hub of its region.
create function app.colleague_is(role text) returns boolean immutable parallel safe
    return role in ('case_manager', 'team_lead', 'consultant', 'account_manager', 'coach', 'field_officer', 'sector_coach', 'hub',
                    'course_leader', 'analyst', 'tenant_admin');

-- What others may know of a user follows the account.
call app.wall('app.colleague');
call app.open_to_tenant('app.colleague');
create function app.colleague_follow() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        delete from app.colleague c where c.tenant_id = new.tenant_id and c.id = new.id and not app.colleague_is(new.role);
        insert into app.colleague as c (tenant_id, id, name, role, phone, active)
        select new.tenant_id, new.id, new.name, new.role, new.phone, new.active where app.colleague_is(new.role)
        on conflict on constraint colleague_pkey do update set name = excluded.name, role = excluded.role, phone = excluded.phone,
            active = excluded.active;
        return null;
    end $$;
create trigger colleague after insert or update on app.user_account for each row execute function app.colleague_follow();

-- The name beside the identifier of a colleague. Nothing of users of firms and employers.
create function app.colleague_name(who uuid) returns text language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$ begin return (select c.name from app.colleague c where c.tenant_id = app.tenant() and c.id = who); end $$;
grant execute on function app.colleague_name(uuid) to public;
