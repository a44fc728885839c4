-- Counting: the job of each night, and of the one who asks, makes the numbers anew of the records. So a figure is read in the same time whatever it counts,
-- and says as of when it holds (docs/adr/0042-the-region.md).

call app.wall('app.figure_count');
call app.wall('app.figure_cell');
alter table region.figure_cell enable row level security;
alter table region.figure_cell force row level security;
create policy region_wall on region.figure_cell as restrictive for all using (region_id = (select region.here()))
    with check (region_id = (select region.here()) and tenant_id = (select app.tenant()));
create policy owner_functions on region.figure_cell for all to maatwerk_owner using (true) with check (true);

-- The numbers of one figure, by month and by year, for no, one and two dimensions.
create function app.figure_cells_put(f ref.figure_code) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        month date := date_trunc('month', clock.today());
    begin
        delete from app.figure_cell c where c.tenant_id = app.tenant() and c.code = f.code and (f.measure <> 'stock' or c.period >= month);
        insert into app.figure_cell (tenant_id, code, dimensions, a, b, grain, period, n, value)
        select app.tenant(), f.code, array_to_string(m.names, ','), coalesce(m.held[1], '-'), coalesce(m.held[2], '-'), m.grain, m.period, m.n, m.value
        from (
            select array_remove(array[case when grouping(r.kind) = 0 then 'kind' end, case when grouping(r.neighbourhood) = 0 then 'neighbourhood' end,
                                      case when grouping(r.organisation) = 0 then 'organisation' end, case when grouping(r.project) = 0 then 'project' end,
                                      case when grouping(r.sector) = 0 then 'sector' end], null) as names,
                   array_remove(array[r.kind, r.neighbourhood, r.organisation, r.project, r.sector], null) as held,
                   g.grain, g.period, sum(r.weight) as n,
                   case f.measure when 'median' then percentile_disc(0.5) within group (order by r.amount)
                                  when 'share' then round(1000.0 * sum(r.amount) / sum(r.weight)) end as value
            from (select coalesce(x.kind, '-') as kind, coalesce(x.neighbourhood, '-') as neighbourhood, coalesce(x.organisation::text, '-') as organisation,
                         coalesce(x.project::text, '-') as project, coalesce(x.sector, '-') as sector, x.weight,
                         case when f.measure in ('median', 'share') then x.amount::bigint end as amount,
                         (x.at at time zone 'Europe/Amsterdam')::date as day
                  from app.figure_records(f.code, '2000-01-01', clock.today()) x) r
            cross join lateral (values ('month', date_trunc('month', r.day)::date), ('year', date_trunc('year', r.day)::date)) g (grain, period)
            where g.grain = 'month' or f.measure <> 'stock'
            group by g.grain, g.period, grouping sets ((), (r.kind), (r.neighbourhood), (r.organisation), (r.project), (r.sector),
                (r.kind, r.neighbourhood), (r.kind, r.organisation), (r.kind, r.project), (r.kind, r.sector), (r.neighbourhood, r.organisation),
                (r.neighbourhood, r.project), (r.neighbourhood, r.sector), (r.organisation, r.project), (r.organisation, r.sector), (r.project, r.sector))) m;
    end $$;

-- What the region gets of a municipality: its numbers by year, in all and of each project in which it takes part.
create function region.figure_cells_put() returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        delete from region.figure_cell c where c.region_id = region.here() and c.tenant_id = app.tenant();
        insert into region.figure_cell (region_id, tenant_id, code, project_id, year, n)
        select region.here(), c.tenant_id, c.code, case c.dimensions when '' then '00000000-0000-0000-0000-000000000000' else c.a end::uuid, c.period, c.n
        from app.figure_cell c join ref.figure_code f on f.code = c.code and f.measure = 'flow' and 'municipality' = any (f.dimensions)
        where c.tenant_id = app.tenant() and c.grain = 'year' and (c.dimensions = '' or (c.dimensions = 'project' and c.a <> '-'));
    end $$;

-- A target of a project that is due, and below which what was counted since the project began stays, is a task for the leader: once.
create function app.figures_weigh() returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        one record;
        count int := 0;
    begin
        for one in select t.*, p.starts_on, l.user_id, (select coalesce(sum(r.weight), 0) from app.figure_records(t.code, p.starts_on, t.day) r
                                                        where r.project = t.project_id and (t.kind is null or r.kind = t.kind)) as counted
                   from region.figure t join region.project p on p.region_id = t.region_id and p.id = t.project_id and p.tenant_id = t.tenant_id
                   join ref.figure_code f on f.code = t.code and f.measure = 'flow'
                   left join app.project_leader l on l.tenant_id = p.tenant_id and l.project_id = p.id
                   where t.region_id = region.here() and t.tenant_id = app.tenant() and t.nature = 'target' and t.weighed_at is null
                     and t.target_group is null and t.day < clock.today() and not app.project_is_settled(p.state) loop
            if one.counted < one.value then
                perform app.task_open('below_line', 'project', one.project_id, one.user_id, null, 'figure:' || one.id, project => one.project_id);
                count := count + 1;
            end if;
            update region.figure t set weighed_at = clock.now() where t.region_id = one.region_id and t.id = one.id;
        end loop;
        return count;
    end $$;

-- Counts everything of the municipality of the context. Returns how many figures.
create function app.figures_count() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        f ref.figure_code;
        count int := 0;
    begin
        for f in select x.* from ref.figure_code x where x.measure <> 'stated' order by x.place loop
            perform app.figure_cells_put(f);
            count := count + 1;
        end loop;
        perform region.figure_cells_put();
        perform app.figures_weigh();
        insert into app.figure_count as c (tenant_id, as_of) select app.tenant(), clock.now()
        on conflict on constraint figure_count_pkey do update set as_of = excluded.as_of;
        return count;
    end $$;

-- Asks for a count now; one is pending at most.
create function app.figures_request() returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform queue.enqueue('count_figures', t.tenant_id, '{}', null, 'count_figures:' || t.id, 'coalesce', 2::smallint)
        from ref.tenant t where t.tenant_id = app.tenant();
    end $$;
