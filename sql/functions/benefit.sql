-- Benefits: who sees them, and what follows when one is granted or ends.

-- Everyone who keeps the file, and the person. The unit that matches sees no benefit, nor does who executes a trajectory.
create function app.benefit_told(b app.benefit, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return scope in ('tenant', 'caseload') and role in ('case_manager', 'team_lead', 'candidate', 'system')
            and app.sees_person(b.candidate_id, scope, role, organisation, actor);
    end $$;
grant execute on function app.benefit_told(app.benefit, text, text, uuid, uuid) to public;
create function app.sees_benefit(b app.benefit, scope text default app.scope(), role text default app.role(),
                                 organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.benefit_told(b, scope, role, organisation, actor);
call app.wall('app.benefit', 'benefit', '{}');
call app.days_within('app.benefit', 'applied_on happened', 'from_day begins', 'until_day ends');
call app.open_to_scope('app.benefit', 'app.sees_benefit');
call app.guarded('app.benefit', 'benefit');
call app.unique_by('app.benefit_applied_once', 'app.sees_benefit', '/benefits/');
call app.unique_by('app.benefit_once_at_a_time', 'app.sees_benefit', '/benefits/');
call app.referable('app.benefit', 'benefit', 'measure', 'app.sees_benefit', candidate => 'r.candidate_id', label => 'r.kind');
create trigger zz_log_transition before update on app.benefit
    for each row when (new.state is distinct from old.state) execute function app.log_transition('benefit');

-- Exemptions in one form: the earliest first. A body gives the names of columns, and a row those of the contract.
create function app.benefit_exemptions(given jsonb) returns jsonb language plpgsql immutable strict
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(e)) order by e."fromDay", e.code), '[]')
                from (select x.code, coalesce(x."fromDay", x.from_day) as "fromDay", coalesce(x."untilDay", x.until_day) as "untilDay"
                      from jsonb_to_recordset(given) as x (code text, "fromDay" text, "untilDay" text, from_day text, until_day text)) e);
    end $$;

-- A person who died cannot apply for a benefit, and does not get one again. It waits for a death that is being recorded. A day of a benefit that has ended can still be corrected.
create function app.benefit_begin() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare c app.candidate;
    begin
        select q.* into c from app.candidate q where q.tenant_id = new.tenant_id and q.id = new.candidate_id for no key update;
        if c.died_on is not null then
            perform app.refuse_state('died', '{}');
        end if;
        return new;
    end $$;
create trigger begin before insert on app.benefit for each row execute function app.benefit_begin();
create trigger begin_again before update on app.benefit for each row
    when (new.state <> old.state and (app.benefit_is_pending(new.state) or app.benefit_is_open(new.state))) execute function app.benefit_begin();

-- A correction does not undo a decision. When a decision ended a benefit, the benefit goes on longer only after that decision is taken back or revised.
create function app.benefit_stays_ended() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if exists (select from app.decision d where d.tenant_id = old.tenant_id and d.benefit_id = old.id and d.kind = 'ending' and d.notified_on is not null
                   and (app.decision_is_open(d.state) or app.decision_is_settled(d.state)) and coalesce(d.end_reason, 'other') = old.end_reason
                   and greatest(coalesce(d.from_day, d.notified_on) - 1, old.from_day) = old.until_day) then
            raise exception using errcode = 'MW409', message = 'decision-rests-on-it';
        end if;
        return new;
    end $$;
create trigger stays_ended before update on app.benefit for each row
    when (old.end_reason is not null and (new.until_day is null or new.until_day > old.until_day)) execute function app.benefit_stays_ended();

-- The state on a day, or today. A benefit that is going to end is `ended` from its last day on, also before the sweep has written that.
create function app.benefit_now(state text, until_day date, end_reason text, day date default null) returns text language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when state = 'granted' and end_reason is not null and until_day <= coalesce(day, clock.today()) then 'ended' else state end;
    end $$;

-- The benefit that somebody has today: the kind that is granted, or none.
create function app.benefit_lives(candidate uuid) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return coalesce((select max(case when b.kind in ('ww', 'wia') then b.kind else 'assistance' end) from app.benefit b
                         where b.tenant_id = app.tenant() and b.candidate_id = candidate and app.benefit_now(b.state, b.until_day, b.end_reason) = 'granted'), 'none');
    end $$;

-- What the file says of benefits follows at once. The version of the file stays: it would tell the one who sees no benefits. It also has the first last day that is known: from then on it is reckoned again when it is read
-- (app.candidate_benefit_now), until the sweep has written it.
create function app.benefit_in_file() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        lives text := app.benefit_lives(new.candidate_id);
        until date := (select min(b.until_day) from app.benefit b where b.tenant_id = new.tenant_id and b.candidate_id = new.candidate_id and b.state = 'granted' and b.end_reason is not null);
    begin
        perform set_config('app.kept', 'benefit', true);
        update app.candidate c set benefit = lives, benefit_until = until
        where c.tenant_id = new.tenant_id and c.id = new.candidate_id and c.status <> 'left' and (c.benefit, c.benefit_until) is distinct from (lives, until);
        perform set_config('app.kept', '', true);
        return null;
    end $$;
create trigger in_file after update on app.benefit for each row
    when ((new.state <> old.state or (new.until_day, new.end_reason) is distinct from (old.until_day, old.end_reason)) and 'granted' in (new.state, old.state))
    execute function app.benefit_in_file();

-- The state after somebody says that the benefit ends. It goes on until its last day has come.
create function app.benefit_ending(state text, last_day date) returns text language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare ended text := app.move('benefit', state, 'end');
    begin
        return case when last_day <= clock.today() then ended else state end;
    end $$;

-- The state after the last day is corrected. When the new day has come, the benefit has ended. When the new day lies ahead, the benefit goes on.
create function app.benefit_corrected(b app.benefit, last_day date) returns text language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare wanted text := case when last_day <= clock.today() then 'ended' else 'granted' end;
    begin
        return case when b.end_reason is null or last_day is null or last_day is not distinct from b.until_day or wanted = b.state then b.state
                    else app.move('benefit', b.state, case wanted when 'ended' then 'end' else 'restore' end) end;
    end $$;

-- Ends the benefits whose last day has come. Returns how many.
create function app.benefits_end() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare count int;
    begin
        update app.benefit b set state = app.move('benefit', b.state, 'end')
        where b.tenant_id = app.tenant() and b.state = 'granted' and app.benefit_now(b.state, b.until_day, b.end_reason) = 'ended' and app.sees_benefit(b);
        get diagnostics count = row_count;
        return count;
    end $$;
