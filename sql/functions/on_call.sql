-- The on-call roster.

-- Who is on call at this moment; without a roster the one who does the after-care, and nobody at night: then it lies with the municipality, and the
-- ladder of the task goes to the team lead.
create function app.on_call_now(candidate uuid) returns uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return coalesce(
            (select c.user_id from app.on_call c join app.user_account u on u.tenant_id = c.tenant_id and u.id = c.user_id and u.active
             where c.tenant_id = app.tenant() and c.duty = 'after_care' and c.from_at <= clock.now() and c.until_at > clock.now()),
            case when not calendar.in_quiet_hours(clock.now()) then app.placement_carer(candidate) end);
    end $$;
-- Who checks today what somebody saw of a person: the person on duty for checks now, else the next one of today, else the case manager. Nobody, when that is
-- somebody who does not pass the wall of measures: then it lies with the municipality.
create function app.on_call_checker(candidate uuid) returns uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select u.id from (
                select c.user_id, 1 as place, c.from_at from app.on_call c
                where c.tenant_id = app.tenant() and c.duty = 'checks' and c.until_at > clock.now() and c.from_at <= calendar.moment(clock.today() + time '23:59:59')
                union all
                select c.case_manager_id, 2, null from app.candidate c where c.tenant_id = app.tenant() and c.id = candidate) w
            join app.user_account u on u.tenant_id = app.tenant() and u.id = w.user_id and u.active and u.role in ('case_manager', 'team_lead', 'field_officer')
            order by w.place, w.from_at limit 1);
    end $$;
call app.wall('app.on_call', 'on_call', '{}');
call app.days_within('app.on_call', 'from_at meeting', 'until_at meeting');
call app.open_to_tenant('app.on_call');
create function app.sees_on_call(r app.on_call) returns boolean immutable parallel safe
    return true;
call app.unique_by('app.on_call_one_at_a_time', 'app.sees_on_call', '/on-calls/');
