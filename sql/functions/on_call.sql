-- The on-call roster.

-- Who is on call at this moment; without a roster whoever does the after-care, and nobody at night: then it lies with the municipality, and the
-- ladder of the task goes to the team lead.
create function app.on_call_now(candidate uuid) returns uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return coalesce(
            (select c.user_id from app.on_call c join app.user_account u on u.tenant_id = c.tenant_id and u.id = c.user_id and u.active
             where c.tenant_id = app.tenant() and c.from_at <= clock.now() and c.until_at > clock.now()),
            case when not calendar.in_quiet_hours(clock.now()) then app.placement_carer(candidate) end);
    end $$;
call app.wall('app.on_call', 'on_call', '{}');
call app.open_to_tenant('app.on_call');
