-- Access: who may see which person now. Caseloads and mandates say so, and triggers keep what they say in one table, where a list starts
-- and where a policy looks. The clock is that of the moment at which a row is read, so access ends with the second, also within a transaction.

call app.wall('app.access');
call app.open_to_tenant('app.access');

-- May this user or organisation see this person, for the purpose of the request?
create function app.reached(candidate uuid, grantee uuid) returns boolean language plpgsql stable
    as $$
    begin
        return exists (select from app.access a
                       where a.tenant_id = app.tenant() and a.candidate_id = reached.candidate and a.grantee_id = reached.grantee
                         and a.purpose in ('any', app.purpose())
                         and (a.until_at is null or a.until_at > clock.now()) and (a.from_at is null or a.from_at <= clock.now()));
    end $$;

-- The same of the user who asks, and of the organisation of that user.
create function app.reaches_me(candidate uuid) returns boolean language plpgsql stable
    as $$ begin return app.reached(candidate, app.actor()); end $$;
-- Only by a mandate, or as the person whose file it is: where a row says itself whose caseload the person is in, that decides. A file that somebody gives away is theirs no more,
-- also while the table of access is still as it was when the statement began.
create function app.mandated_to_me(candidate uuid) returns boolean language plpgsql stable
    as $$
    begin
        return exists (select from app.access a
                       where a.tenant_id = app.tenant() and a.candidate_id = mandated_to_me.candidate
                         and a.grantee_id in (app.actor(), case app.role() when 'course_leader' then app.organisation() end) -- a mandate of the one who gives the course, too
                         and a.purpose = case app.role() when 'candidate' then 'own' else app.purpose() end
                         and (a.until_at is null or a.until_at > clock.now()) and (a.from_at is null or a.from_at <= clock.now()));
    end $$;
-- Whether the caller has this person by a caseload or a mandate, or is this person.
create function app.has_to_do_with(candidate uuid) returns boolean language plpgsql stable
    as $$
    begin
        return exists (select from app.access a
                       where a.tenant_id = app.tenant() and a.candidate_id = has_to_do_with.candidate and a.grantee_id = app.actor()
                         and a.purpose in ('any', 'own', app.purpose())
                         and (a.until_at is null or a.until_at > clock.now()) and (a.from_at is null or a.from_at <= clock.now()));
    end $$;
create function app.reaches_my_organisation(candidate uuid) returns boolean language plpgsql stable
    as $$ begin return app.reached(candidate, app.organisation()); end $$;

-- The persons whom the caller may see, when that is not the whole municipality: where a list starts.
create function app.reached_by_me() returns setof uuid language plpgsql stable
    as $$
    begin
        return query
            select a.candidate_id from app.access a
            where a.tenant_id = app.tenant() and a.grantee_id = case app.scope() when 'organisation' then app.organisation() else app.actor() end
              and a.purpose in ('any', 'own', app.purpose())
              and (a.until_at is null or a.until_at > clock.now()) and (a.from_at is null or a.from_at <= clock.now());
        if app.role() = 'course_leader' then -- also those of a mandate of the one who gives the course
            return query
                select a.candidate_id from app.access a
                where a.tenant_id = app.tenant() and a.grantee_id = app.organisation() and a.purpose = app.purpose()
                  and (a.until_at is null or a.until_at > clock.now()) and (a.from_at is null or a.from_at <= clock.now());
        end if;
    end $$;

-- The mandate by which the caller sees this person; null when it is no mandate.
create function app.mandate_used(candidate uuid, grantee uuid, purpose text) returns uuid language plpgsql stable
    as $$
    begin
        return (select a.source from app.access a
                where a.tenant_id = app.tenant() and a.candidate_id = mandate_used.candidate and a.grantee_id = mandate_used.grantee
                  and a.purpose = mandate_used.purpose order by a.until_at desc nulls first limit 1);
    end $$;

-- The persons whom a mandate is about, of one candidate or of all. A cohort is everyone who takes part in a project. Sectors and address
-- lists name no persons.
create function app.access_of(m app.mandate, wanted uuid default null) returns setof app.access language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select m.tenant_id, p.id, coalesce(m.grantee_user_id, m.grantee_organisation_id), m.purpose::text, m.id, m.from_at, m.until_at
    from (select m.candidate_id as id where m.scope = 'person'
          union all
          select c.id from app.candidate c where m.scope = 'neighbourhood' and c.tenant_id = m.tenant_id and c.neighbourhood = m.scope_code
          union all
          select c.id from app.candidate c join app.user_account u on u.tenant_id = c.tenant_id and u.id = c.case_manager_id
          where m.scope = 'desk' and c.tenant_id = m.tenant_id and u.organisation_id = m.scope_id
          union all
          select c.candidate_id from app.candidate_participation c where m.scope = 'cohort' and c.tenant_id = m.tenant_id and c.project_id = m.scope_id) p
    where m.state = 'granted' and m.grantee_tenant_id is null and (m.until_at is null or m.until_at > clock.now()) and (wanted is null or p.id = wanted)
    $$;

-- After a mandate is written: its access, and the firm that a candidate shows.
create function app.access_follow_mandate() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        delete from app.access a where a.tenant_id = new.tenant_id and a.source = new.id;
        insert into app.access select a.* from app.access_of(new) a;
        if new.candidate_id is not null and new.grantee_organisation_id is not null and new.purpose = 'mediation' then
            perform app.access_show_firm(new.tenant_id, new.candidate_id);
        end if;
        return null;
    end $$;
create trigger access_first after insert on app.mandate for each row execute function app.access_follow_mandate();
create trigger access after update on app.mandate for each row
    when ((new.state, new.from_at, new.until_at, new.candidate_id) is distinct from (old.state, old.from_at, old.until_at, old.candidate_id))
    execute function app.access_follow_mandate();

-- The firm or agency that a file shows is that of the newest mandate to mediate this person.
create function app.access_show_firm(municipality int, candidate uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare newest app.mandate;
    begin
        select m.* into newest from app.mandate m
        where m.tenant_id = municipality and m.candidate_id = access_show_firm.candidate and m.purpose = 'mediation' and m.state = 'granted'
          and m.grantee_organisation_id is not null and m.from_at <= clock.now() and (m.until_at is null or m.until_at > clock.now())
        order by m.from_at desc, m.id desc limit 1;
        perform set_config('app.firm_shown', 'yes', true);
        update app.candidate c set organisation_id = newest.grantee_organisation_id, organisation_until = newest.until_at
        where c.tenant_id = municipality and c.id = access_show_firm.candidate and c.merged_into is null
          and (c.organisation_id, c.organisation_until) is distinct from (newest.grantee_organisation_id, newest.until_at);
        perform set_config('app.firm_shown', '', true);
    end $$;

-- After somebody writes the firm of a file: that is a mandate to mediate the person, and the end of the one before.
create function app.access_follow_firm() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if current_setting('app.firm_shown', true) = 'yes' then -- it is shown because of a mandate
            return null;
        end if;
        if new.organisation_id is not null and not exists (
            select from app.mandate m where m.tenant_id = new.tenant_id and m.candidate_id = new.id and m.purpose = 'mediation' and m.state = 'granted'
            and m.grantee_organisation_id = new.organisation_id and m.from_at <= clock.now() and (m.until_at is null or m.until_at > clock.now())) then
            insert into app.mandate (tenant_id, id, state, grantor, grantee_organisation_id, scope, candidate_id, purpose, from_at, exclusive)
            values (new.tenant_id, gen_random_uuid(), 'granted', 'tenant', new.organisation_id, 'person', new.id, 'mediation', clock.now(), false);
        end if;
        if tg_op = 'UPDATE' and old.organisation_id is not null then
            update app.mandate m set state = app.move('mandate', m.state, 'revoke'), reason = 'replaced'
            where m.tenant_id = new.tenant_id and m.candidate_id = new.id and m.purpose = 'mediation' and m.state = 'granted'
              and m.grantee_organisation_id = old.organisation_id and (m.until_at is null or m.until_at > clock.now());
        end if;
        return null;
    end $$;
create trigger firm_of_new after insert on app.candidate for each row when (new.organisation_id is not null) execute function app.access_follow_firm();
create trigger firm after update of organisation_id on app.candidate for each row
    when (new.organisation_id is distinct from old.organisation_id) execute function app.access_follow_firm();

-- After a file is written: the access of its caseload, and of the mandates for its neighbourhood and desk.
create function app.access_follow_candidate() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if tg_op = 'UPDATE' then
            delete from app.access a where a.tenant_id = new.tenant_id and a.candidate_id = new.id and a.source = new.id;
            delete from app.access a using app.mandate m where a.tenant_id = new.tenant_id and a.candidate_id = new.id
                and m.tenant_id = a.tenant_id and m.id = a.source and m.scope in ('neighbourhood', 'desk');
        end if;
        insert into app.access (tenant_id, candidate_id, grantee_id, purpose, source)
        select distinct new.tenant_id, new.id, u, 'any', new.id from unnest(array[new.case_manager_id, new.coach_id]) u where u is not null
        union all
        select new.tenant_id, new.id, new.user_id, 'own', new.id where new.user_id is not null;
        insert into app.access
        select a.* from app.mandate m cross join app.access_of(m, new.id) a
        where m.tenant_id = new.tenant_id and m.state = 'granted' and m.scope in ('neighbourhood', 'desk');
        return null;
    end $$;
create trigger access_of_new after insert on app.candidate for each row
    when (coalesce(new.case_manager_id, new.coach_id, new.user_id) is not null or new.neighbourhood is not null) execute function app.access_follow_candidate();
create trigger access after update of case_manager_id, coach_id, user_id, neighbourhood on app.candidate for each row
    when ((new.case_manager_id, new.coach_id, new.user_id, new.neighbourhood)
          is distinct from (old.case_manager_id, old.coach_id, old.user_id, old.neighbourhood))
    execute function app.access_follow_candidate();

-- After somebody goes to another desk: the mandates of both follow.
create function app.access_follow_desk() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare m app.mandate;
    begin
        for m in select d.* from app.mandate d where d.tenant_id = new.tenant_id and d.state = 'granted' and d.scope = 'desk'
                 and d.scope_id in (old.organisation_id, new.organisation_id) order by d.id loop
            delete from app.access a where a.tenant_id = m.tenant_id and a.source = m.id;
            insert into app.access select a.* from app.access_of(m) a;
        end loop;
        return null;
    end $$;
create trigger access_of_desk after update of organisation_id on app.user_account for each row
    when (new.organisation_id is distinct from old.organisation_id) execute function app.access_follow_desk();

-- After somebody takes part in a project, or no longer: the mandates for that cohort.
create function app.access_follow_cohort() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare part app.candidate_participation := coalesce(new, old);
    begin
        delete from app.access a using app.mandate m where a.tenant_id = part.tenant_id and a.candidate_id = part.candidate_id
            and m.tenant_id = a.tenant_id and m.id = a.source and m.scope = 'cohort' and m.scope_id = part.project_id;
        insert into app.access
        select a.* from app.mandate m cross join app.access_of(m, part.candidate_id) a
        where m.tenant_id = part.tenant_id and m.state = 'granted' and m.scope = 'cohort' and m.scope_id = part.project_id;
        return null;
    end $$;
create trigger access_of_cohort after insert or update or delete on app.candidate_participation
    for each row execute function app.access_follow_cohort();
