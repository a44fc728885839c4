-- Who takes part in a project of the region.

-- Who sees the project sees who takes part in it; who changes the project changes that, too.
call region.wall('region.participation', 'participation');
call region.open('region.participation',
                 'case when r.project_id is not null then exists (select from region.project p where p.region_id = r.region_id and p.id = r.project_id)
                       else exists (select from region.agreement a where a.region_id = r.region_id and a.id = r.agreement_id) end',
                 'r.tenant_id = (select app.tenant()) and (select app.scope()) = ''tenant''');

-- The name of who may take part: a municipality of the region, or an organisation or an employer of the own municipality. Null when there is none.
create function region.participation_name(kind text, wanted uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when app.scope() = 'tenant' then case kind
            when 'municipality' then (select t.name from ref.tenant t where t.region_id = region.here() and t.id = wanted and t.status = 'active')
            when 'organisation' then (select o.name from app.organisation o
                                      where o.tenant_id = app.tenant() and o.id = wanted and o.active and app.sees_organisation(o))
            when 'employer' then (select e.name from app.employer e
                                  where e.tenant_id = app.tenant() and e.id = wanted and app.sees_employer(e)) end end;
    end $$;

-- Before a participation is written: the project goes on, and it is locked until the end, so that it does not end meanwhile.
create function region.participation_refuse_ended() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        state text;
    begin
        select p.state into state from region.project p where p.region_id = new.region_id and p.id = new.project_id for no key update;
        perform app.require('project', state, 'createParticipation') where state is not null;
        return new;
    end $$;
create trigger refuse_ended before insert on region.participation for each row execute function region.participation_refuse_ended();

-- Before a participation is written: its name is that of who takes part. Somebody who is not there is refused in the words of a foreign key.
create function region.participation_note_name() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.participant_name := region.participation_name(new.participant_kind, new.participant_id);
        if new.participant_name is null then
            raise exception using errcode = '23503', message = 'reference', table = 'participation', constraint = 'participation_participant_id_fkey';
        end if;
        return new;
    end $$;
create trigger note_name before insert on region.participation for each row execute function region.participation_note_name();

-- Who takes part as the same twice is refused, with the way to what is there.
create function region.sees_participation(a region.participation) returns boolean language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from region.project p where p.region_id = a.region_id and p.id = a.project_id and region.sees_project(p))
            or exists (select from region.agreement g where g.region_id = a.region_id and g.id = a.agreement_id and region.sees_agreement(g));
    end $$;
call app.unique_by('region.participation_once', 'region.sees_participation', '/participations/', 'participant_name');

-- After somebody begins or stops to take part: the project or agreement knows its readers, so that its policy asks one row only.
create function region.participation_follow() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        one region.participation := coalesce(new, old);
        towns int[] := array(select one.tenant_id union select t.tenant_id from region.participation a join ref.tenant t on t.id = a.participant_id
                             where a.region_id = one.region_id and a.participant_kind = 'municipality'
                               and (a.project_id = one.project_id or a.agreement_id = one.agreement_id) order by 1);
        others uuid[] := array(select distinct a.participant_id from region.participation a
                               where a.region_id = one.region_id and a.participant_kind <> 'municipality'
                                 and (a.project_id = one.project_id or a.agreement_id = one.agreement_id) order by 1);
    begin
        update region.project p set readers = towns, organisations = others where p.region_id = one.region_id and p.id = one.project_id;
        update region.agreement a set readers = towns, organisations = others where a.region_id = one.region_id and a.id = one.agreement_id;
        return null;
    end $$;
create trigger follow after insert or delete on region.participation for each row execute function region.participation_follow();
