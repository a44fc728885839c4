-- Rules: which one is in force, who sees and writes them, and which form a value has.

call app.wall('app.rule', 'rule', '{}');
call app.open_to_tenant('app.rule');
call app.guarded('app.rule', 'rule', 'new.state = old.state');
create trigger zz_log_transition before update on app.rule
    for each row when (new.state is distinct from old.state) execute function app.log_transition('rule');

-- After a rule of a project or agreement is drafted: it is one in which the municipality takes part. It is refused in the words of a foreign key.
create function app.rule_scope_fits() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.scope = 'project' then
            perform from region.project p where p.region_id = region.here() and p.id = new.scope_id and new.tenant_id = any (p.readers) for key share;
        else
            perform from region.agreement a where a.region_id = region.here() and a.id = new.scope_id and new.tenant_id = any (a.readers) for key share;
        end if;
        if not found then
            raise exception using errcode = '23503', message = 'reference', table = 'rule', constraint = 'rule_scope_id_fkey';
        end if;
        return null;
    end $$;
create trigger scope_fits after insert on app.rule for each row when (new.scope_id is not null) execute function app.rule_scope_fits();

-- The rule that is in force at a moment: that of the project or agreement, else of the municipality, else of the country. Clocks ask it for
-- every task and message, so it is one look-up in an index for each of them, and whole names instead of a search_path of its own.
create function app.rule_in_force(code text, at timestamptz, scope_id uuid, out id uuid, out value jsonb) language plpgsql stable
    as $$
    begin
        if scope_id is not null then
            select r.id, r.value into id, value from app.rule r
            where r.tenant_id = app.tenant() and r.code = rule_in_force.code and r.scope_id = rule_in_force.scope_id
                  and app.rule_is_settled(r.state) and r.from_at <= at and (r.until_at is null or r.until_at > at);
        end if;
        if id is null then
            select r.id, r.value into id, value from app.rule r
            where r.tenant_id = app.tenant() and r.code = rule_in_force.code and r.scope_id is null
                  and app.rule_is_settled(r.state) and r.from_at <= at and (r.until_at is null or r.until_at > at);
        end if;
        if id is null then
            select r.id, r.value into id, value from ref.rule r
            where r.code = rule_in_force.code and r.from_at <= at and (r.until_at is null or r.until_at > at);
        end if;
    end $$;

-- What the rule says, and which row says it.
create function app.rule(code text, at timestamptz default clock.now(), scope_id uuid default null) returns jsonb language plpgsql stable
    as $$ begin return (app.rule_in_force(code, at, scope_id)).value; end $$;
create function app.rule_used(code text, at timestamptz default clock.now(), scope_id uuid default null) returns uuid language plpgsql stable
    as $$ begin return (app.rule_in_force(code, at, scope_id)).id; end $$;

create trigger check_value before insert or update on app.rule for each row execute function ref.check_rule();

-- What a rule of days says, and one of a number.
create function app.rule_days(code text) returns interval language plpgsql stable
    as $$ begin return make_interval(days => ((app.rule_in_force(code, clock.now(), null)).value ->> 'days')::int); end $$;
create function app.rule_count(code text, scope_id uuid default null) returns int language plpgsql stable
    as $$ begin return ((app.rule_in_force(code, clock.now(), scope_id)).value ->> 'count')::int; end $$;

-- The rules in force at a moment: of each code that of the municipality, else that of the country, and those of projects and agreements.
create function app.rules_in_force(at timestamptz) returns setof uuid language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select (app.rule_in_force(c.code, at, null)).id from ref.rule_code c
    union all
    select r.id from app.rule r
    where r.tenant_id = app.tenant() and r.scope_id is not null and app.rule_is_settled(r.state)
          and r.from_at <= at and (r.until_at is null or r.until_at > at)
    $$;

-- Refuses the rule of the country: nobody changes it.
create function app.rule_own(rule uuid) returns void language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if exists (select from ref.rule r where r.id = rule) then
            raise exception using errcode = 'MW409', message = 'rule-not-settable';
        end if;
    end $$;

-- Locks a rule of the municipality.
create function app.rule_lock(rule uuid) returns app.rule language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare locked app.rule;
    begin
        perform app.rule_own(rule);
        select r.* into locked from app.rule r where r.tenant_id = app.tenant() and r.id = rule for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return locked;
    end $$;

-- Adopts a draft: it holds from the moment that it names, and not before now. The rule that is in force then ends with it. Of two that are adopted at
-- the same moment the constraint rule_one_in_force refuses one.
create function app.rule_adopt(rule uuid, decision text) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
        one app.rule := app.rule_lock(rule);
        since timestamptz := greatest(now, one.from_at);
    begin
        perform app.move('rule', one.state, 'adopt'); -- or refuses it, before others are touched
        update app.rule r set state = app.move('rule', r.state, 'restore') -- its end, which another one brought, comes sooner
        where r.tenant_id = one.tenant_id and r.code = one.code and r.scope_id is not distinct from one.scope_id
              and r.state = 'replaced' and r.from_at < since and r.until_at > since;
        update app.rule r set state = app.move('rule', r.state, 'replace'), until_at = since
        where r.tenant_id = one.tenant_id and r.code = one.code and r.scope_id is not distinct from one.scope_id
              and r.state = 'adopted' and r.from_at < since and (r.until_at is null or r.until_at > since);
        update app.rule r set state = app.move('rule', r.state, 'adopt'), decision = rule_adopt.decision, adopted_at = now, adopted_by = app.actor(), from_at = since
        where r.tenant_id = one.tenant_id and r.id = one.id;
        return one.id;
    end $$;

-- Withdraws what has not begun, or ends what is in force. The rule that another one would have replaced goes on in its place.
create function app.rule_end(rule uuid, how text) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
        one app.rule := app.rule_lock(rule);
        begun boolean := one.state = 'adopted' and one.from_at <= now;
    begin
        if one.state = 'adopted' and begun <> (how = 'end') then
            perform app.refuse_state(one.state, array[case when begun then 'end' else 'withdraw' end]);
        end if;
        update app.rule r set state = app.move('rule', r.state, how), until_at = case when begun then now else r.until_at end
        where r.tenant_id = one.tenant_id and r.id = one.id;
        if one.state = 'adopted' and not begun then
            update app.rule r set state = app.move('rule', r.state, 'restore'), until_at = one.until_at
            where r.tenant_id = one.tenant_id and r.code = one.code and r.scope_id is not distinct from one.scope_id
                  and r.state = 'replaced' and r.until_at = one.from_at;
        end if;
        return one.id;
    end $$;

-- Since when somebody knew the rules on a day: the first receipt of the letter that can be proved, in any trajectory, before that day. Null: not known. For functions,
-- which have asked who may.
create function app.rules_known(candidate uuid, on_day date) returns date language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select min(t.rules_received_on) from app.trajectory t
                where t.tenant_id = app.tenant() and t.candidate_id = candidate and t.rules_received_on < on_day);
    end $$;
