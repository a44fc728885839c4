-- Organisations.

create function app.sees_organisation(o app.organisation, scope text default app.scope(), role text default app.role(),
                                      organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then o.id = organisation
           else false end;
call app.wall('app.organisation', 'organisation', '{}');
call app.open_to_scope('app.organisation', 'app.sees_organisation');
call app.found_by('app.organisation', 'organisation', 'name');
call app.unique_by('app.organisation_kvk', 'app.sees_organisation', '/organisations/', 'name');
call app.guarded('app.organisation', 'organisation');
call app.referable('app.organisation', 'organisation', 'general', 'app.sees_organisation', label => 'r.name');

-- An organisation is a part of another one, and that of a third: without a circle, and no more than six of them. One change at a time, so
-- that two who make each other a part of the other at the same moment see each other.
create function app.organisation_parent() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare above uuid[]; below int;
    begin
        perform pg_advisory_xact_lock('app.organisation'::regclass::int, new.tenant_id);
        with recursive up (id, path) as (
            select new.parent_id, array[new.parent_id]
            union all
            select o.parent_id, up.path || o.parent_id from up join app.organisation o on o.tenant_id = new.tenant_id and o.id = up.id
            where o.parent_id is not null and up.id <> new.id and cardinality(up.path) < 7)
        select up.path into above from up order by cardinality(up.path) desc limit 1;
        with recursive down (id, depth) as (
            select new.id, 1
            union all
            select o.id, down.depth + 1 from down join app.organisation o on o.tenant_id = new.tenant_id and o.parent_id = down.id
            where down.depth < 7 and new.id <> all (above))
        select max(down.depth) into below from down;
        if new.id = any (above) then
            raise exception using errcode = '23514', message = 'circle', table = 'organisation', constraint = 'organisation_parent_no_circle';
        elsif cardinality(above) + below > 6 then
            raise exception using errcode = '23514', message = 'deep', table = 'organisation', constraint = 'organisation_parent_not_deep';
        end if;
        return null;
    end $$;
create trigger parent_first after insert on app.organisation for each row
    when (new.parent_id is not null) execute function app.organisation_parent();
create trigger parent after update of parent_id on app.organisation for each row
    when (new.parent_id is not null and new.parent_id is distinct from old.parent_id) execute function app.organisation_parent();
