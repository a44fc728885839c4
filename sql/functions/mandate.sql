-- Mandates: who may give them, who has which claim, and when they end.

-- The state at this moment: what is past its end has ended, whatever the sweep has written.
create function app.mandate_now(state text, until_at timestamptz) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return case when state = 'granted' and until_at <= clock.now() then 'ended' else state end; end $$;

create function app.sees_mandate(m app.mandate, scope text default app.scope(), role text default app.role(),
                                 organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then m.wall = any (app.walls_of(role))
           when 'organisation' then coalesce(organisation = any (array[m.grantee_organisation_id, m.employer_id]), false)
           when 'caseload' then case actor when m.grantee_user_id then true when m.asked_by then true else app.reaches_me(m.candidate_id) end
           else false end;
call app.wall('app.mandate', 'mandate', '{}');
call app.open_to_scope('app.mandate', 'app.sees_mandate');
create trigger zz_log_transition before update on app.mandate
    for each row when (new.state is distinct from old.state) execute function app.log_transition('mandate');

-- Refuses what this caller may not give. A consultant or case manager gives access to one person, of a caseload when that is the scope; an
-- account manager gives claims on employers; a team lead gives access to many persons at a time. Nobody gives access to persons to themselves, nor to a firm
-- for which they work with another hat.
create function app.mandate_may(m app.mandate) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.role() = 'system' then
            return;
        end if;
        if not (m.wall = any (app.walls_of(app.role()))) or (m.wall = 'general' and app.role() <> 'team_lead')
           or app.role() not in ('team_lead', 'case_manager', 'consultant', 'account_manager') or (app.role() = 'case_manager' and m.wall <> 'person') then
            raise exception using errcode = 'MW403', message = 'forbidden';
        end if;
        if m.wall <> 'employer' and (entry.same_login(m.grantee_user_id, app.actor()) or exists (
            select from entry.hat h where h.tenant_id = m.tenant_id and h.organisation_id = m.grantee_organisation_id and h.role in ('firm', 'agency')
            and entry.same_login(h.user_id, app.actor()))) then
            raise exception using errcode = 'MW403', message = 'own-powers';
        end if;
    end $$;

-- Refuses a claim on an employer while somebody else has one: by whom, until when, and whom to call. Of two who claim in the same moment
-- one waits for the other here, and is told; the constraint is there for the one who forgets to ask.
create function app.mandate_claim(m app.mandate) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare claimed_by text; claimed_until text; contact_with text;
    begin
        perform from app.employer e where e.tenant_id = m.tenant_id and e.id = m.employer_id for no key update;
        select coalesce(o.name, u.name, t.name), to_char(c.until_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), concat_ws(', ', a.name, a.phone)
        into claimed_by, claimed_until, contact_with
        from app.mandate c
        left join app.organisation o on o.tenant_id = c.tenant_id and o.id = c.grantee_organisation_id
        left join app.user_account u on u.tenant_id = c.tenant_id and u.id = c.grantee_user_id
        left join app.user_account a on a.tenant_id = c.tenant_id and a.id = coalesce(c.grantee_user_id, c.asked_by)
        left join ref.tenant t on t.id = c.grantee_tenant_id
        where c.tenant_id = m.tenant_id and c.employer_id = m.employer_id and c.purpose = m.purpose and c.exclusive and c.state = 'granted'
          and c.id <> m.id and tstzrange(c.from_at, c.until_at) && tstzrange(m.from_at, m.until_at)
        order by c.from_at limit 1;
        if found then
            raise exception using errcode = 'MW409', message = 'approached',
                detail = json_build_object('by', claimed_by, 'until', claimed_until, 'contact', contact_with)::text;
        end if;
    end $$;

-- Refuses a grantor or a scope that is not there. A person or employer gives only what is its own.
create function app.mandate_refer(m app.mandate) returns void language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare wrong text := case
        when m.scope = 'cohort' and not exists (select from region.project p where p.region_id = region.here() and p.id = m.scope_id and m.tenant_id = any (p.readers)) then 'scope_id'
        when m.scope = 'desk' and not exists (select from app.organisation o where o.tenant_id = m.tenant_id and o.id = m.scope_id) then 'scope_id'
        when m.grantor_id is null or m.grantor = 'tenant' then null
        when m.grantor_id is distinct from case m.grantor when 'candidate' then m.candidate_id when 'employer' then coalesce(m.employer_id, m.grantor_id) else m.grantor_id end then 'grantor_id'
        when m.grantor = 'employer' and not exists (select from app.employer e where e.tenant_id = m.tenant_id and e.id = m.grantor_id) then 'grantor_id'
        when m.grantor = 'channel' and not exists (select from app.organisation o where o.tenant_id = m.tenant_id and o.id = m.grantor_id) then 'grantor_id' end;
    begin
        if wrong is not null then
            raise exception using errcode = '23503', message = 'reference', table = 'mandate', constraint = format('mandate_%s_fkey', wrong);
        end if;
    end $$;

-- Before a mandate is written: on which wall it is, who asked or gave it, and whether it may be so.
create function app.mandate_prepare() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.wall := case new.scope when 'person' then 'person' when 'employer' then 'employer' else 'general' end;
        if tg_op = 'INSERT' then
            new.asked_by := app.actor();
            if num_nonnulls(new.grantee_user_id, new.grantee_organisation_id, new.grantee_tenant_id) = 0 then
                new.grantee_organisation_id := case app.scope() when 'organisation' then app.organisation() end;
                new.grantee_user_id := case when new.grantee_organisation_id is null then app.actor() end;
            end if;
            perform from app.candidate c where c.tenant_id = new.tenant_id and c.id = new.candidate_id and app.sees_candidate(c) for key share;
            if new.candidate_id is not null and not found then
                raise exception using errcode = '23503', message = 'reference', table = 'mandate', constraint = 'mandate_candidate_id_fkey';
            end if;
            perform app.mandate_refer(new);
        end if;
        if new.state = 'granted' and (tg_op = 'INSERT' or old.state <> 'granted') then
            perform app.mandate_may(new);
            new.decided_by := app.actor();
            if new.exclusive then
                perform app.mandate_claim(new);
            end if;
        elsif tg_op = 'UPDATE' and new.state = 'revoked' and old.state <> 'revoked' then
            if app.role() not in ('system', 'team_lead', 'case_manager', 'consultant', 'account_manager')
               and (new.grantee_user_id = app.actor() or new.asked_by = app.actor() or new.grantee_organisation_id = app.organisation()) is not true then
                raise exception using errcode = 'MW403', message = 'forbidden';
            end if;
            new.decided_by := app.actor();
        end if;
        return new;
    end $$;
create trigger a_prepare before insert or update on app.mandate for each row execute function app.mandate_prepare();

-- After a mandate about persons is asked or given: it opens something. Where each role in which the grantee works has to do with persons for another purpose, it is refused. Nobody but who has
-- an interview as the only purpose gets that one.
create function app.mandate_opens() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare purposes text[] := array(
        select distinct p from (
            select u.role from app.user_account u where u.tenant_id = new.tenant_id and u.id = new.grantee_user_id
            union select h.role from entry.hat h where h.tenant_id = new.tenant_id and h.user_id = new.grantee_user_id
            union select r.role from app.organisation o join ref.organisation_of_role r on r.kind = o.kind
                  where o.tenant_id = new.tenant_id and o.id = new.grantee_organisation_id and app.role_purpose(r.role) is not null) r,
            unnest(case when app.role_purpose(r.role) is null then '{file,mediation}' else array[app.role_purpose(r.role)] end) p order by p);
    begin
        if cardinality(purposes) > 0 and new.purpose <> all (purposes) then
            raise exception using errcode = 'MW400', message = 'invalid', detail = format('role-purpose=%s /purpose', array_to_string(purposes, ','));
        end if;
        return null;
    end $$;
create trigger opens after insert on app.mandate for each row
    when (new.scope in ('person', 'cohort', 'desk', 'neighbourhood')) execute function app.mandate_opens();

-- What others of the municipality may know of a mandate that they see: the name of who has it.
create function app.mandate_grantee(mandate uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select coalesce(o.name, u.name, t.name) from app.mandate m
                left join app.organisation o on o.tenant_id = m.tenant_id and o.id = m.grantee_organisation_id
                left join app.user_account u on u.tenant_id = m.tenant_id and u.id = m.grantee_user_id
                left join ref.tenant t on t.id = m.grantee_tenant_id
                where m.tenant_id = app.tenant() and m.id = mandate and app.sees_mandate(m));
    end $$;

-- After a mandate is written: a task before its end, for the one who gave it. It is about the person or the employer.
create function app.mandate_tasks() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        about uuid := coalesce(new.candidate_id, new.employer_id);
        noun text := case when new.candidate_id is not null then 'candidate' else 'employer' end;
    begin
        if about is null then
            return null;
        end if;
        if new.state = 'granted' and new.until_at is not null then
            perform app.task_open('mandate_end', noun, about, new.decided_by, null, 'mandate:' || new.id, clock.now(), new.until_at);
        elsif new.state = 'ended' then
            perform app.task_settle(noun, about, 'mandate_end', 'ended', 'mandate:' || new.id);
        elsif new.state = 'revoked' then
            perform app.task_drop(noun, about, 'mandate_end', 'mandate:' || new.id);
        end if;
        return null;
    end $$;
create trigger tasks_of_new after insert on app.mandate for each row when (new.state = 'granted') execute function app.mandate_tasks();
create trigger tasks after update on app.mandate for each row when (new.state <> old.state) execute function app.mandate_tasks();

-- Writes the end of those that have ended. Returns how many.
create function app.mandates_expire() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare count int;
    begin
        update app.mandate m set state = app.move('mandate', 'granted', 'end')
        where m.tenant_id = app.tenant() and m.state = 'granted' and m.until_at <= clock.now() and app.sees_mandate(m);
        get diagnostics count = row_count;
        return count;
    end $$;

-- What was about the file that became part of another one is about that one. Who mediates the person is what the kept file says.
create function app.mandates_move(kept uuid, other uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.mandate m set state = app.move('mandate', 'granted', 'revoke'), reason = 'file_merged'
        where m.tenant_id = app.tenant() and m.candidate_id = other and m.purpose = 'mediation' and m.grantee_organisation_id is not null
          and app.mandate_now(m.state, m.until_at) = 'granted';
        update app.mandate m set candidate_id = kept where m.tenant_id = app.tenant() and m.candidate_id = other;
    end $$;
