-- What a general row is about, and who may see such a row because of it.

call app.wall('app.subject');

-- Has this user or organisation to do with this person now, for whatever purpose? Of somebody else than the caller; the caller is asked for the
-- purpose too (app.reached).
create function app.reaches(candidate uuid, organisation uuid, actor uuid) returns boolean language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.access a where a.tenant_id = app.tenant() and a.candidate_id = candidate and a.grantee_id in (organisation, actor)
                       and (a.until_at is null or a.until_at > clock.now()) and (a.from_at is null or a.from_at <= clock.now()));
    end $$;
grant execute on function app.reaches(uuid, uuid, uuid) to public;

-- The walls that a role passes for the whole municipality. Who is not here sees what is its own.
create function app.walls_of(role text) returns text[] immutable parallel safe
    return case role
           when 'system' then '{person,measure,employer,region,general}'::text[]
           when 'team_lead' then '{person,measure,employer,region,general}'
           when 'case_manager' then '{person,employer,region,general}'
           when 'consultant' then '{person,employer,region,general}'
           when 'account_manager' then '{employer,region,general}'
           when 'coach' then '{employer,region,general}'
           when 'sector_coach' then '{employer,region,general}'
           when 'hub' then '{employer,region,general}'
           when 'analyst' then '{region}'
           when 'tenant_admin' then '{region,general}'
           else '{}' end;
grant execute on function app.walls_of(text) to public;

-- Who sees a general row because of what it is about. Everyone who owns such a row sees it besides. Measures are a wall inside that of the person: beside the
-- team lead, the case manager of the person passes it.
create function app.sees_about(wall text, candidate uuid, employer uuid, scope text, role text, organisation uuid, actor uuid)
    returns boolean language plpgsql stable parallel safe set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case scope
               when 'tenant' then wall = any (app.walls_of(role))
               when 'organisation' then (wall = 'employer' and employer = organisation)
                   or (wall = 'person' and app.reached(candidate, organisation))
               when 'caseload' then (wall = 'person' or (wall = 'measure' and role = 'case_manager')) and app.reached(candidate, actor)
                   or (wall = 'person' and role = 'course_leader' and app.reached(candidate, organisation)) -- a mandate of the one who gives the course
               else false end;
    end $$;
grant execute on function app.sees_about(text, uuid, uuid, text, text, uuid, uuid) to public;

-- Whether this is the person's own file. Of the caller only: whose file it is, stands in app.access.
create function app.is_own_file(candidate uuid, actor uuid) returns boolean language plpgsql stable
    as $$
    begin
        return exists (select from app.access a where a.tenant_id = app.tenant() and a.candidate_id = candidate and a.grantee_id = actor and a.purpose = 'own');
    end $$;
grant execute on function app.is_own_file(uuid, uuid) to public;

-- The caller's own file, when the caller is a candidate.
create function app.own_file() returns uuid language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select a.candidate_id from app.access a where a.tenant_id = app.tenant() and a.grantee_id = app.actor() and a.purpose = 'own');
    end $$;

-- Who sees a row about a person that is shown to the person too: nouns on the wall of the person ask this, and add what they show to others.
create function app.sees_person(candidate uuid, scope text, role text, organisation uuid, actor uuid)
    returns boolean language plpgsql stable parallel safe set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when scope = 'caseload' and role = 'candidate' then app.is_own_file(candidate, actor)
                    else app.sees_about('person', candidate, null, scope, role, organisation, actor) end;
    end $$;
grant execute on function app.sees_person(uuid, text, text, uuid, uuid) to public;

-- Whether the caller holds a power with this hat (an attribute of it): looked up, and not believed.
create function app.has_power(power text, role text, actor uuid) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from entry.hat h where h.user_id = actor and h.tenant_id = app.tenant() and h.role = has_power.role and power = any (h.attributes));
    end $$;
grant execute on function app.has_power(text, text, uuid) to public;

-- Who passes the wall of measures for a person: the case manager who has the person, a team lead, the one who decides measures, the privacy officer, and the person. A
-- noun behind this wall asks it, and adds or takes away what is its own.
create function app.sees_measure(candidate uuid, scope text default app.scope(), role text default app.role(), organisation uuid default app.organisation(),
                                 actor uuid default app.actor())
    returns boolean language plpgsql stable parallel safe set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case role
               when 'system' then scope = 'tenant'
               when 'team_lead' then scope = 'tenant'
               when 'case_manager' then scope in ('caseload', 'tenant') and (app.reached(candidate, actor) or app.has_power('decider', role, actor))
               when 'tenant_admin' then app.has_power('privacy_officer', role, actor)
               when 'candidate' then app.is_own_file(candidate, actor)
               else false end is true;
    end $$;
grant execute on function app.sees_measure(uuid, text, text, uuid, uuid) to public;

-- For lists that are asked for one person: the person. Before any row is read, it notes of a caller who passes the wall of measures of some people whether that is so of this person: then
-- app.apart() turns the rows away by that. The note only takes away. It runs once, so it costs a plan nothing. Everyone who has to check something of the person knows that there is something, and is asked row by row.
create function app.task_behind(candidate uuid, actor uuid) returns boolean language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.task t where t.tenant_id = app.tenant() and t.candidate_id = task_behind.candidate and t.wall = 'measure' and t.owner_user_id = task_behind.actor);
    end $$;
grant execute on function app.task_behind(uuid, uuid) to public;
create function app.asked_of(candidate uuid) returns uuid language plpgsql stable cost 1
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.role() in ('case_manager', 'field_officer') then
            perform set_config('app.outside', case when app.sees_measure(candidate) or app.task_behind(candidate, app.actor()) then '' else candidate::text end, true);
        end if;
        return candidate;
    end $$;
grant execute on function app.asked_of(uuid) to public;

-- The same for a list with rows of measures only: nobody, when the caller is outside. Then no row is read.
create function app.inside_of(candidate uuid) returns uuid language plpgsql stable cost 1
    set search_path = pg_catalog, pg_temp
    as $$ begin return case when app.sees_measure(candidate) then candidate end; end $$;
grant execute on function app.inside_of(uuid) to public;

-- Turns the one who can never pass the wall of measures away from the rows of a table that stand behind it, or keeps for them the ones of their own. By columns and settings alone, without
-- a function in PL/pgSQL or a subquery that the first such row begins: what the rows cost is lost in what an answer costs, so that its time does not say whether somebody has a
-- measure (make bench-inference). An administrator may be inside with a power, which the context says. Everyone who may be inside is asked by `sees`, as ever.
-- `payer`: that is also the payer of benefits.
create procedure app.apart(wanted regclass, others text, payer boolean default false) language plpgsql as $$
    begin
        execute format('create policy measures_apart on %s as restrictive for select
                        using (%s or case current_setting(''app.role'', true)
                                       when ''case_manager'' then current_setting(''app.outside'', true) is distinct from candidate_id::text
                                       when ''field_officer'' then current_setting(''app.outside'', true) is distinct from candidate_id::text
                                       when ''team_lead'' then true
                                       when ''candidate'' then true
                                       when ''system'' then true
                                       when ''tenant_admin'' then current_setting(''app.powers'', true) like ''%%privacy_officer%%''
                                       when ''benefits_payment'' then %L::boolean
                                     end or current_user = ''maatwerk_owner'')', wanted, others, payer);
    end $$;

-- What a noun says of one of its rows, or nothing. `as_seen`: only when the caller sees the row, and passes the wall that it stands behind. app.referable() adds a statement for
-- each noun, whose plan is kept: one that is put together for each row takes longer to plan than to run.
create function app.subject_read(noun text, wanted uuid, as_seen boolean)
    returns table (wall text, candidate_id uuid, employer_id uuid, label text) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin end $$;

-- Rows of this noun can be referred to. `wall` is the one that they stand behind, by its name or as an expression of the columns of `r`;
-- `candidate`, `employer` and `label` are such expressions, too: whom they concern and how people call them (of a person: the alias).
create procedure app.referable(wanted regclass, noun text, wall text, sees regproc, label text, candidate text default 'null::uuid',
                               employer text default 'null::uuid') language plpgsql as $$
    begin
        execute format($f$
            create function app.subject_of_%1$s(wanted uuid, as_seen boolean)
                returns table (wall text, candidate_id uuid, employer_id uuid, label text) language plpgsql stable
                security definer set search_path = pg_catalog, pg_temp
                as $b$
                begin
                    return query select (%2$s)::text, %3$s, %4$s, (%5$s)::text from %6$s r
                    where r.tenant_id = app.tenant() and r.id = wanted and (not as_seen or %7$s(r));
                end $b$ $f$, noun, case when array[wall] <@ app.walls_of('system') then quote_literal(wall) else wall end, candidate, employer, label, wanted, sees);
        execute format($f$
            create or replace function app.subject_read(noun text, wanted uuid, as_seen boolean)
                returns table (wall text, candidate_id uuid, employer_id uuid, label text) language plpgsql stable
                set search_path = pg_catalog, pg_temp
                as $b$
                declare everywhere boolean := not as_seen or app.scope() is distinct from 'tenant';
                begin
                    case noun %s else return;
                    end case;
                end $b$ $f$, (
            select string_agg(format($w$
                        when %L then
                            return query select r.* from app.%I(wanted, as_seen) r
                            where not as_seen or (everywhere or r.wall = any (app.walls_of(app.role()))) and (r.wall <> 'measure' or app.sees_measure(r.candidate_id));$w$,
                        substr(p.proname, length('subject_of_') + 1), p.proname), '' order by p.proname)
            from pg_proc p where p.pronamespace = 'app'::regnamespace and p.proname like 'subject\_of\_%'));
    end $$;

-- The row that something is going to be about. For functions and triggers, which have asked themselves who may.
create function app.subject_put(noun text, wanted uuid) returns app.subject language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        made app.subject;
    begin
        select s.* into made from app.subject s where s.tenant_id = app.tenant() and s.id = wanted and s.noun = subject_put.noun;
        if found then
            return made;
        end if;
        insert into app.subject as s (tenant_id, id, noun, wall, candidate_id, employer_id)
        select app.tenant(), wanted, subject_put.noun, r.wall, r.candidate_id, r.employer_id from app.subject_read(noun, wanted, false) r
        on conflict on constraint subject_pkey do update set noun = excluded.noun
        returning s.* into made;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return made;
    end $$;

-- The same for callers: what the caller does not see is refused as a reference to nothing, and so is a noun that nothing can be about.
create function app.refer_to(noun text, wanted uuid) returns uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        made app.subject;
    begin
        if noun !~ '^[a-z_]{1,40}$' or to_regprocedure('app.subject_of_' || noun || '(uuid,boolean)') is null then
            raise exception using errcode = '23514', message = 'noun', table = 'subject', constraint = 'subject_noun_check';
        end if;
        if not exists (select from app.subject_read(noun, wanted, true)) then
            raise exception using errcode = '23503', message = 'reference', table = 'subject', constraint = 'subject_id_fkey';
        end if;
        return (app.subject_put(noun, wanted)).id;
    end $$;

-- How people call a row; null when the caller does not see it.
create function app.subject_label(noun text, wanted uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select r.label from app.subject_read(noun, wanted, true) r);
    end $$;

-- Where clients read a row of this noun.
create function app.subject_place(noun text, id uuid) returns text immutable parallel safe
    return '/v1/' || replace(case when right(noun, 1) = 'y' then left(noun, -1) || 'ies' else noun || 's' end, '_', '-') || '/' || id;
grant execute on function app.subject_place(text, uuid) to public;

-- Before a general row is written: it stands behind the wall of what it is about, whatever the caller says.
create function app.copy_subject() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        select s.wall, s.noun, s.candidate_id, s.employer_id into new.wall, new.noun, new.candidate_id, new.employer_id
        from app.subject s where s.tenant_id = new.tenant_id and s.id = new.subject_id for key share;
        return new;
    end $$;

-- The rows of a general table are about something: its columns subject_id, wall, noun, candidate_id and employer_id.
create procedure app.about(wanted regclass) language plpgsql as $$
    begin
        execute format('create trigger about before insert or update of subject_id, wall, noun, candidate_id, employer_id on %s
                        for each row execute function app.copy_subject()', wanted);
    end $$;

-- After whom a subject concerns has changed (two files of one person became one): what is about it follows.
create function app.subject_follow() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        general regclass;
    begin
        for general in select t.tgrelid::regclass from pg_trigger t where t.tgfoid = 'app.copy_subject()'::regprocedure loop
            execute format('update %s g set subject_id = g.subject_id where g.tenant_id = $1 and g.subject_id = $2', general)
            using new.tenant_id, new.id;
        end loop;
        return null;
    end $$;
create trigger follow after update on app.subject
    for each row when ((new.wall, new.candidate_id, new.employer_id) is distinct from (old.wall, old.candidate_id, old.employer_id))
    execute function app.subject_follow();

-- Two files of one person became one: what is about the other file, or concerns it, is about the kept one from now on.
create function app.subjects_move(kept uuid, other uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        general regclass;
    begin
        update app.subject s set candidate_id = kept where s.tenant_id = app.tenant() and s.candidate_id = other and s.id <> other;
        if not exists (select from app.subject s where s.tenant_id = app.tenant() and s.id = other) then
            return;
        end if;
        perform app.subject_put('candidate', kept);
        for general in select t.tgrelid::regclass from pg_trigger t where t.tgfoid = 'app.copy_subject()'::regprocedure loop
            execute format('update %s g set subject_id = $1 where g.tenant_id = app.tenant() and g.subject_id = $2', general) using kept, other;
        end loop;
        delete from app.subject s where s.tenant_id = app.tenant() and s.id = other;
    end $$;
