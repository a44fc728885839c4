-- Idempotency keys. The first statement of a plan that creates inserts the key; when the key is there already, the plan ends
-- itself with MW001 and the runner answers from the stored outcome.

call app.wall('idempotency.key');
create policy own_keys on idempotency.key for all
    using (actor = (select app.actor())) with check (actor = (select app.actor()));

-- What comes of the request is stored with its key: when the transaction fails, neither is there.
create function idempotency.begin(route text, key text, fingerprint text, status int, resource uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not pg_try_advisory_xact_lock(hashtextextended(
                concat_ws('|', app.tenant(), app.actor(), route, key), 0)) then
            raise exception using errcode = 'MW409', message = 'idempotency-busy';
        end if;
        insert into idempotency.key (tenant_id, actor, route, key, fingerprint, status, resource, at)
        values (app.tenant(), app.actor(), begin.route, begin.key, begin.fingerprint, begin.status, begin.resource, clock.now())
        on conflict do nothing;
        if not found then
            raise exception using errcode = 'MW001', message = 'idempotency-replay';
        end if;
    end $$;

create function idempotency.outcome(route text, key text)
    returns table (fingerprint text, status int, resource uuid) language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select k.fingerprint, k.status, k.resource from idempotency.key k
    where k.tenant_id = app.tenant() and k.actor = app.actor() and k.route = outcome.route and k.key = outcome.key
    $$;

-- Removes keys older than 72 hours, of one municipality after the other: the wall holds for this function too.
create function idempotency.sweep() returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        before text := current_setting('app.tenant', true);
        municipality int;
    begin
        for municipality in select t.tenant_id from ref.tenant t loop
            perform set_config('app.tenant', municipality::text, true);
            delete from idempotency.key k where k.at < clock.now() - interval '72 hours';
        end loop;
        perform set_config('app.tenant', coalesce(before, ''), true);
    end $$;
