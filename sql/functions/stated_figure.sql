-- Stated figures: what parties aim at, expect or report.

-- A figure of a project is seen by the one who sees the project. Any other is seen by the municipality that said it, or by the whole region when
-- it is of the whole region. The municipality that said it changes it.
call region.wall('region.figure', 'stated_figure', '{weighed_at}');
call app.days_within('region.figure', 'day ends');
call region.open('region.figure',
                 'case when r.project_id is not null then exists (select from region.project p where p.region_id = r.region_id and p.id = r.project_id)
                       else (select app.scope()) = ''tenant'' and (r.whole_region or r.tenant_id = (select app.tenant())) end',
                 '(select app.scope()) = ''tenant'' and r.tenant_id = (select app.tenant())
                  and (r.project_id is null or exists (select from region.project p where p.region_id = r.region_id and p.id = r.project_id))');

-- An organisation that is named works for the municipality; without one, and of a project of others, it is refused in the words of a foreign key.
create function region.stated_figure_refer() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.organisation_id is not null and not exists (select from app.organisation o where o.tenant_id = new.tenant_id
                                                           and o.id = new.organisation_id and app.sees_organisation(o)) then
            raise exception using errcode = '23503', message = 'reference', table = 'figure', constraint = 'figure_organisation_id_fkey';
        end if;
        if new.project_id is not null and not exists (select from region.project p where p.region_id = new.region_id
                                                      and p.id = new.project_id and region.sees_project(p)) then
            raise exception using errcode = '23503', message = 'reference', table = 'figure', constraint = 'figure_project_id_fkey';
        end if;
        return new;
    end $$;
create trigger refer before insert on region.figure for each row execute function region.stated_figure_refer();
