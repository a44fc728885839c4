-- Rules: which one is in force, who sees and writes them, and which form a value has.

call app.wall('app.rule', 'rule', '{}');
call app.open_to_tenant('app.rule');

-- The rule that is in force at a moment: that of the project or agreement, else of the municipality, else of the country. Clocks ask it for
-- every task and message, so it is two look-ups in an index at most, and whole names instead of a search_path of its own.
create function app.rule_in_force(code text, at timestamptz, scope_id uuid, out id uuid, out value jsonb) language plpgsql stable
    as $$
    begin
        select r.id, r.value into id, value from app.rule r
        where r.tenant_id = app.tenant() and r.code = rule_in_force.code and r.state in ('adopted', 'replaced')
              and (r.scope_id is null or r.scope_id = rule_in_force.scope_id)
              and r.from_at <= at and (r.until_at is null or r.until_at > at)
        order by r.scope_id nulls last limit 1;
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
