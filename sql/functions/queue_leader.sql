-- Who leads the dispatchers, and what happens when nobody does.

create function queue.leader_lives(l queue.leader) returns boolean language sql stable
    as $$ select l.until > clock.now() and exists (
              select from pg_stat_get_activity(l.backend) a where a.backend_start = l.backend_start) $$;

-- Takes the lead, or renews it, for 5 seconds; `trouble`: why Redis cannot be used. False: another one leads.
create function queue.lead(trouble text default null) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        started timestamptz := (select a.backend_start from pg_stat_get_activity(pg_backend_pid()) a);
        ends timestamptz := clock.now() + interval '5 seconds';
    begin
        if exists (select from queue.leader l where queue.leader_lives(l)
                   and (l.backend, l.backend_start) is distinct from (pg_backend_pid(), started)) then
            return false;
        end if;
        perform set_config('synchronous_commit', 'off', true);
        insert into queue.leader as l (holder, backend, backend_start, until, trouble)
        values (current_setting('application_name'), pg_backend_pid(), started, ends, lead.trouble)
        on conflict (one) do update set holder = excluded.holder, backend = excluded.backend,
            backend_start = excluded.backend_start, until = excluded.until, trouble = excluded.trouble
        where (l.backend, l.backend_start) = (excluded.backend, excluded.backend_start) or not queue.leader_lives(l);
        return found;
    end $$;

-- Whether workers must take jobs themselves: nobody leads, or the one that leads cannot use Redis. When nobody leads, the one who asks
-- also makes ready what is due.
create function queue.unserved() returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        leads boolean := exists (select from queue.leader l where queue.leader_lives(l));
    begin
        if not leads then
            perform queue.promote(1000);
        end if;
        return not leads or exists (select from queue.leader l where l.trouble is not null);
    end $$;
