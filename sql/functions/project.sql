-- Projects of a region: who sees them, who leads them, and what names them.

-- A project is seen by the municipalities that take part in it, and there by the one who has the whole municipality; and by an organisation or
-- employer that takes part itself. The municipality that keeps it changes it.
create function region.sees_project(p region.project, scope text default app.scope(), tenant int default app.tenant(),
                                    organisation uuid default app.organisation())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then tenant = any (p.readers)
           when 'organisation' then organisation = any (p.organisations)
           else false end;
grant execute on function region.sees_project(region.project, text, int, uuid) to public;
create function region.changes_project(p region.project, scope text default app.scope(), tenant int default app.tenant())
    returns boolean stable parallel safe
    return case scope when 'tenant' then tenant = p.tenant_id else false end;
grant execute on function region.changes_project(region.project, text, int) to public;
call region.wall('region.project', 'project', '{readers,organisations}');
call app.days_within('region.project', 'starts_on begins', 'ends_on ends');
call region.open('region.project',
                 'region.sees_project(r.*, (select app.scope()), (select app.tenant()), (select app.organisation()))',
                 'region.changes_project(r.*, (select app.scope()), (select app.tenant()))');
call app.guarded('region.project', 'project');
create trigger zz_log_transition before update on region.project
    for each row when (new.state is distinct from old.state) execute function app.log_transition('project');

-- Before a project is written: the municipality that keeps it is the first that sees it.
create function region.project_begin() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.readers := array[new.tenant_id];
        new.organisations := '{}';
        return new;
    end $$;
create trigger begin before insert on region.project for each row execute function region.project_begin();

call region.project_of('app.vacancy', 'project_id');
call region.project_of('region.project', 'parent_id');

-- The leader of a project is a user of the municipality that keeps it.
call app.wall('app.project_leader');
call app.open_to_tenant('app.project_leader');
create trigger refer_leader after insert or update on app.project_leader
    for each row execute function app.refer('user_id', 'user', 'account_manager', 'team_lead', 'consultant', 'case_manager', 'hub', 'sector_coach');
create function app.project_leader_put(project uuid, leader uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        delete from app.project_leader l where l.tenant_id = app.tenant() and l.project_id = project and l.user_id is distinct from leader
            and exists (select from region.project p where p.region_id = l.region_id and p.id = l.project_id and region.changes_project(p));
        insert into app.project_leader (tenant_id, region_id, project_id, user_id)
        select p.tenant_id, p.region_id, p.id, leader from region.project p
        where p.region_id = region.here() and p.id = project and region.changes_project(p) and leader is not null
        on conflict on constraint project_leader_pkey do nothing;
    end $$;

-- Tasks, messages and notes can be about a project.
call app.referable('region.project', 'project', 'region', 'region.sees_project', label => 'r.title');
call region.project_of('app.task', 'project_id');
