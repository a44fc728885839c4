-- Instruments: who sees them, what is missing before one is granted, how long it lasts, and what it pays.

create function app.sees_instrument(r app.instrument, scope text default app.scope(), role text default app.role(),
                                    organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then 'person' = any (app.walls_of(role))
           when 'organisation' then case organisation when r.employer_id then true else app.reaches_my_organisation(r.candidate_id) end
           when 'caseload' then app.has_to_do_with(r.candidate_id)
           else false end;
call app.wall('app.instrument', 'instrument', '{decide_by,last_day}');
call app.days_within('app.instrument', 'from_day begins', 'until_day ends', 'ended_on ends');
call app.open_to_scope('app.instrument', 'app.sees_instrument');
call app.unique_by('app.instrument_once_at_a_time', 'app.sees_instrument', '/instruments/');
call app.guarded('app.instrument', 'instrument');
call app.referable('app.instrument', 'instrument', 'person', 'app.sees_instrument', candidate => 'r.candidate_id', employer => 'r.employer_id',
                   label => '(select k.title_nl from ref.instrument_kind k where k.kind = r.kind)');
create trigger zz_log_transition before update on app.instrument
    for each row when (new.state is distinct from old.state) execute function app.log_transition('instrument');
call app.wall('app.instrument_suspension');
call app.days_within('app.instrument_suspension', 'from_day begins', 'until_day begins');
call app.open_to_tenant('app.instrument_suspension');

-- The last day of a period of so many months that begins on this day: the day before the same day of the month, or the last day of a month that does
-- not have that day (Regulation (EEC, Euratom) No 1182/71, article 3, paragraph 2, under c).
create function app.last_day_of_months(first date, months int) returns date immutable strict parallel safe
    return (first + make_interval(months => months))::date
           - case when extract(day from first + make_interval(months => months)) = extract(day from first) then 1 else 0 end;

-- The instruments that this one goes on from, the first one first, and itself.
create function app.instrument_chain(i app.instrument) returns setof app.instrument language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if i.extends_id is not null then
            return query select c.* from app.instrument e cross join lateral app.instrument_chain(e) c where e.tenant_id = i.tenant_id and e.id = i.extends_id;
        end if;
        return next i;
    end $$;

-- The wage value that holds for a placement on a day.
create function app.wage_value_of(placement uuid, day date) returns app.wage_value language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        months int := (app.rule('wage_value.valid', calendar.moment(day::timestamp)) ->> 'months')::int;
        found app.wage_value;
    begin
        select w.* into found from app.wage_value w where w.tenant_id = app.tenant() and w.placement_id = placement and w.measured_on <= day
            and coalesce(w.valid_until, app.last_day_of_months(w.measured_on, months)) >= day order by w.measured_on desc, w.id desc limit 1;
        return found;
    end $$;

-- The rule of a kind on the first day of an instrument.
create function app.instrument_rule(i app.instrument) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return app.rule('instrument.' || i.kind, calendar.moment(i.from_day::timestamp), i.project_id); end $$;

-- Which periods are too long, by the rule of the kind.
create function app.instrument_terms(i app.instrument, rule jsonb) returns setof text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        first date;
        second date;
        suspended int;
    begin
        select min(c.from_day), min(c.from_day) filter (where c.extends_id is not null), sum(c.days_suspended)
        into first, second, suspended from app.instrument_chain(i) c;
        if i.last_day is null then
            return;
        elsif i.kind = 'trial' and i.extends_id is null then
            return query select 'trial_term' where i.last_day > app.last_day_of_months(first, (rule ->> 'months')::int) + suspended;
        elsif i.kind = 'trial' then
            return query select 'trial_term_whole' where i.last_day > app.last_day_of_months(first, (rule ->> 'months_whole')::int) + suspended
                or i.last_day > app.last_day_of_months(second, (rule ->> 'months_whole')::int - (rule ->> 'months')::int) + suspended;
        elsif i.kind = 'flat_rate_subsidy' then
            return query select 'flat_term' where i.last_day > app.last_day_of_months(first, (rule ->> 'months')::int) + suspended;
        else
            return query select 'term' where i.last_day > app.last_day_of_months(first, (rule ->> 'months')::int) + suspended;
        end if;
    end $$;

-- What a wage-cost subsidy lacks. Whether there is no wage value, or one that leaves nothing, is one and the same code for a role that does not read wage values.
create function app.instrument_subsidy_needs(i app.instrument, rule jsonb) returns setof text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        value app.wage_value := app.wage_value_of(i.placement_id, i.from_day);
        most numeric := (rule ->> 'percentage')::numeric;
    begin
        if i.kind = 'wage_cost_subsidy' then
            return query select case when value.percentage >= 100 and app.instrument_tells_value(i.kind) then 'full_wage_value' else 'wage_value' end
                where value.id is null or value.percentage >= 100;
            most := least(most, 100 - coalesce(value.percentage, 0));
        end if;
        return query select 'ceiling' where i.percentage > most and (i.kind = 'flat_rate_subsidy' or (value.percentage < 100) is not false);
        return query select 'asked_too_soon' where exists (
            select from app.instrument o where o.tenant_id = i.tenant_id and o.candidate_id = i.candidate_id and o.kind in ('wage_cost_subsidy', 'flat_rate_subsidy')
              and o.state = 'refused' and o.id <> i.id and o.asked_on <= i.asked_on
              and o.asked_on + make_interval(months => (rule ->> 'again_months')::int) > i.asked_on);
    end $$;

-- What a trial placement lacks.
create function app.instrument_trial_needs(i app.instrument, p app.placement, rule jsonb) returns setof text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        c app.candidate;
    begin
        select x.* into c from app.candidate x where x.tenant_id = i.tenant_id and x.id = i.candidate_id;
        return query select 'benefit' where case when c.benefit_until <= clock.today() then app.benefit_lives(c.id) else c.benefit end = 'none';
        return query select 'wage' where p.wage_cents > 0;
        return query select 'intention' where coalesce(i.intention_months, 0) < (rule ->> 'intention_months')::int;
        return query select 'worked_there' where p.employer_id is not null and (
            exists (select from app.placement o where o.tenant_id = p.tenant_id and o.candidate_id = p.candidate_id and o.employer_id = p.employer_id
                    and o.id <> p.id and o.started_on < i.from_day and o.state <> 'undone')
            or c.current_employer_id = p.employer_id);
    end $$;

-- Everything that is missing before this instrument can be granted: codes of ref.instrument_need.
create function app.instrument_missing(i app.instrument) returns setof text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement;
        k ref.instrument_kind;
        rule jsonb := app.instrument_rule(i);
    begin
        select x.* into p from app.placement x where x.tenant_id = i.tenant_id and x.id = i.placement_id;
        select x.* into k from ref.instrument_kind x where x.kind = i.kind;
        return query select 'placement_over' where app.placement_is_settled(p.state) or app.placement_is_ended(p.state);
        return query select 'outside_placement' where k.family in ('wage', 'no_risk', 'trial', 'return_option', 'job_coach')
            and (i.from_day < coalesce(p.started_on, p.starts_on, i.from_day) or coalesce(i.last_day, i.from_day) > coalesce(p.ended_on, p.ends_on, 'infinity'));
        return query select 'end' where k.needs_end and i.last_day is null;
        return query select 'contract' where k.needs_contract and coalesce(p.contract, 'none') = 'none';
        if rule ? 'cents' then
            return query select 'amount' where i.amount_cents is null;
            return query select 'amount_over' where i.amount_cents > (rule ->> 'cents')::bigint;
        end if;
        if i.kind = 'trial' then
            return query select n from app.instrument_trial_needs(i, p, rule) n;
        elsif i.kind in ('wage_cost_subsidy', 'flat_rate_subsidy') then
            return query select n from app.instrument_subsidy_needs(i, rule) n;
        end if;
        if rule ? 'months' then
            return query select t from app.instrument_terms(i, rule) t;
        end if;
        return query select 'twice_for_a_job' where k.family = 'wage' and exists (
            select from app.instrument o where o.tenant_id = i.tenant_id and o.placement_id = i.placement_id and o.family = 'wage' and o.id <> i.id
              and (app.instrument_is_open(o.state) or app.instrument_is_settled(o.state))
              and (o.kind = 'wage_supplement') <> (i.kind = 'wage_supplement'));
        return query select 'project' where exists (select from region.project r where r.region_id = region.here() and r.id = i.project_id
                                                    and not (i.kind::text = any (r.allowed_instruments)));
        return query select 'displacement' where k.subsidises and exists (
            select from app.task t where t.tenant_id = i.tenant_id and t.subject_id = i.placement_id and t.kind = 'consult'
              and (app.task_is_open(t.state) or app.task_is_pending(t.state) or t.outcome = 'refused'));
    end $$;

-- The same in the order of ref.instrument_need, and in words for a gate.
create function app.instrument_missing_codes(i app.instrument) returns text[] language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return array(select n.code from ref.instrument_need n where n.code in (select m from app.instrument_missing(i) m) order by n.place); end $$;
create function app.instrument_lacks(wanted uuid) returns json language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select json_agg(json_build_object('code', n.code, 'saidNl', n.said_nl, 'saidEn', n.said_en, 'source', n.source) order by n.place)
                from app.instrument i join ref.instrument_need n on n.code = any (app.instrument_missing_codes(i))
                where i.tenant_id = app.tenant() and i.id = wanted and i.state = 'asked');
    end $$;

-- The percentage of the minimum wage that a wage-cost subsidy pays on a day.
create function app.instrument_percentage_of(i app.instrument, day date) returns numeric language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        rule jsonb := app.instrument_rule(i);
        value app.wage_value;
    begin
        if i.kind = 'flat_rate_subsidy' then
            return coalesce(i.percentage, (rule ->> 'percentage')::numeric);
        end if;
        value := app.wage_value_of(i.placement_id, day);
        return coalesce(i.percentage, least((rule ->> 'percentage')::numeric, 100 - value.percentage));
    end $$;

-- What a wage-cost subsidy pays for a whole month, in cents, on a day: the minimum wage of that day for the hours of the placement (no more than a full
-- week), the percentage of it, with holiday allowance and what an employer pays besides. Rounded once, at the end, half a cent up.
create function app.instrument_month_cents(i app.instrument, day date) returns bigint language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        rule jsonb := app.instrument_rule(i);
        minimum numeric := (app.rule('wage.minimum', calendar.moment(day::timestamp)) ->> 'cents')::numeric;
        hours numeric;
    begin
        if i.kind not in ('wage_cost_subsidy', 'flat_rate_subsidy') then
            return i.amount_cents;
        end if;
        select least(p.hours, (rule ->> 'full_time_hours')::int) into hours from app.placement p where p.tenant_id = i.tenant_id and p.id = i.placement_id;
        return round(minimum * hours * 52 / 12 * app.instrument_percentage_of(i, day) / 100
                     * (1000 + (rule ->> 'holiday_permille')::int) / 1000 * (1000 + (rule ->> 'employer_permille')::int) / 1000);
    end $$;

-- Whether this role reads the percentage of an instrument. The percentage of a wage-cost subsidy shows the wage value of a person, so only roles that read wage
-- values read it. A flat rate says nothing about the person.
create function app.instrument_tells_value(kind text, role text default app.role()) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$ begin return kind <> 'wage_cost_subsidy' or role in ('case_manager', 'team_lead', 'labour_expert', 'candidate', 'system'); end $$;

-- The employer of the person gets the money of a subsidy, so the employer reads the amount.
create function app.instrument_is_paid_to(placement uuid, organisation uuid) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.placement p where p.tenant_id = app.tenant() and p.id = placement
                       and coalesce(p.formal_organisation_id, p.formal_employer_id, p.employer_id) = organisation);
    end $$;

-- A role that may not read a wage value may not write a percentage: a refusal would tell the wage value.
create function app.instrument_refuse_percentage() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not app.instrument_tells_value(new.kind) then
            raise exception using errcode = 'MW400', message = 'invalid', detail = 'not-writable /percentage';
        end if;
        return new;
    end $$;
create trigger refuse_percentage before insert on app.instrument for each row when (new.percentage is not null) execute function app.instrument_refuse_percentage();
create trigger refuse_other_percentage before update on app.instrument for each row
    when (new.percentage is distinct from old.percentage and new.state = old.state) execute function app.instrument_refuse_percentage();

-- What an instrument pays for a whole month now, or on its first day when that lies ahead; null for the one who does not see it.
create function app.instrument_pays(instrument uuid) returns bigint language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select app.instrument_month_cents(i, greatest(i.from_day, least(clock.today(), coalesce(i.ended_on, i.last_day, clock.today()))))
                from app.instrument i join ref.instrument_kind k on k.kind = i.kind
                where i.tenant_id = app.tenant() and i.id = instrument and k.monthly and app.sees_instrument(i)
                  and (app.instrument_tells_value(i.kind) or app.instrument_is_paid_to(i.placement_id, app.organisation())));
    end $$;
