-- Figures as they are asked: the numbers that somebody may see, by month and by year, for a filter and by one dimension.

-- The names of dimensions and the values that are asked of them, in the order of the alphabet. Refuses what this figure cannot be asked by.
create function app.figure_asked(f ref.figure_code, asked jsonb, group_by text) returns text[] language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        names text[] := array(select k from jsonb_object_keys(jsonb_strip_nulls(asked)) k union select group_by where group_by is not null order by 1);
    begin
        if not names <@ f.dimensions or cardinality(names) > 2 or (group_by is not null and jsonb_strip_nulls(asked) ? group_by) then
            raise exception using errcode = 'MW400', message = 'figure-dimensions',
                detail = json_build_object('allowed', f.dimensions, 'limit', 2)::text;
        end if;
        return names;
    end $$;

-- What the caller may ask: an organisation asks of itself (and nothing of what stays inside the municipality), a partner or an employer of the project in which it takes part, and nobody of a project
-- that he does not see. Returns what is asked.
create function app.figure_own(f ref.figure_code, asked jsonb) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.scope() = 'organisation' and not f.inside then
            if app.role() in ('firm', 'agency') and coalesce(asked ->> 'organisation', app.organisation()::text) = app.organisation()::text then
                asked := asked || jsonb_build_object('organisation', app.organisation());
            elsif asked ->> 'project' is null or app.role() in ('firm', 'agency') then
                raise exception using errcode = 'MW404', message = 'not-found';
            end if;
        elsif app.scope() is distinct from 'tenant' then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        if asked ->> 'project' is not null and not exists (select from region.project p where p.region_id = region.here() and p.id = (asked ->> 'project')::uuid
                                                           and region.sees_project(p)) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return asked;
    end $$;

-- How people call a value of a dimension.
create function app.figure_label(dimension text, value text) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if value in ('', '-') then
            return null;
        end if;
        return case dimension
            when 'organisation' then (select o.name from app.organisation o where o.tenant_id = app.tenant() and o.id = value::uuid
                                      and app.sees_organisation(o))
            when 'project' then (select p.title from region.project p where p.region_id = region.here() and p.id = value::uuid and region.sees_project(p))
            when 'neighbourhood' then (select b.name from ref.neighbourhood b where b.code = value)
            when 'municipality' then (select t.name from ref.tenant t where t.id = value::uuid)
            else value end;
    end $$;

-- The cells of a figure in a period, with the value of the dimension by which it is grouped and whether the number is hidden from the caller.
-- `names` are the dimensions, `asked` has the values that are given. A number that everybody may see comes from the tables of app.figure_table().
create function app.figure_cells(f ref.figure_code, names text[], asked jsonb, group_by text, starts date, ends date, whole boolean)
    returns table (held text, grain text, period date, n bigint, value bigint, hidden boolean) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        sides text := array_to_string(names, ',');
        fixed text := (select asked ->> k from unnest(names) k where k is distinct from group_by limit 1);
        first boolean := names[1] is not distinct from group_by;      -- the grouped dimension is a, the fixed one b
        smallest bigint := app.figure_smallest();
        slice date;
    begin
        if whole then
            return query
            select case when group_by is null then null when first then c.a else c.b end, c.grain, c.period, c.n, c.value, false
            from app.figure_cell c
            where c.tenant_id = app.tenant() and c.code = f.code and c.dimensions = sides
              and c.a = case when group_by is null or not first then coalesce(fixed, '-') else c.a end
              and c.b = case when cardinality(names) = 2 and first then fixed else c.b end
              and (c.grain = 'month' and c.period between starts and ends or c.grain = 'year' and c.period between date_trunc('year', starts) and ends);
            return;
        end if;
        -- a year at a time, and of a stock a month at a time
        for slice in select g::date from generate_series(date_trunc(case f.measure when 'stock' then 'month' else 'year' end, starts), ends,
                                                          case f.measure when 'stock' then interval '1 month' else interval '1 year' end) g loop
            return query
            with table_of as materialized (
                select t.* from app.figure_table((
                    select jsonb_agg(case when cardinality(names) = 2 then jsonb_build_array(c.a, c.b, c.n)
                                          else jsonb_build_array(case when cardinality(names) = 1 then c.a else 'all' end, c.period, c.n) end)
                    from app.figure_cell c
                    where c.tenant_id = app.tenant() and c.code = f.code and c.dimensions = sides
                      and c.grain = case when cardinality(names) = 2 and f.measure <> 'stock' then 'year' else 'month' end
                      and (c.period = slice or (c.grain = 'month' and f.measure <> 'stock' and date_trunc('year', c.period) = slice))), smallest) t)
            select case when group_by is null then null when cardinality(names) = 1 or first then t.down else t.across end,
                   case when f.measure = 'stock' then 'month' when cardinality(names) = 2 or t.across is null then 'year' else 'month' end,
                   case when cardinality(names) = 2 or t.across is null then slice else t.across::date end, t.n,
                   (select c.value from app.figure_cell c
                    where c.tenant_id = app.tenant() and c.code = f.code and c.dimensions = sides and not t.hidden
                      and c.a = case when cardinality(names) = 0 then '-' else t.down end and c.b = case when cardinality(names) = 2 then t.across else '-' end
                      and c.grain = case when f.measure <> 'stock' and (cardinality(names) = 2 or t.across is null) then 'year' else 'month' end
                      and c.period = case when cardinality(names) = 2 or t.across is null then slice else t.across::date end), t.hidden
            from table_of t
            where case when cardinality(names) = 2 then case when first then t.across = fixed and t.down is not null else t.down = fixed and t.across is not null end
                       when cardinality(names) = 1 then t.down is not null and t.across is distinct from '' and (group_by is not null or t.down = fixed)
                            and (f.measure <> 'stock' or t.across is not null)
                       else t.down is not null and t.down <> '' and t.across is distinct from '' and (f.measure <> 'stock' or t.across is not null) end;
        end loop;
    end $$;

-- The whole of a municipality and of its region: what each municipality counted in a year, of a project or in all. Everybody knows the numbers of the
-- own municipality, so a number is hidden from the others also when somebody knows the largest of those that are hidden.
create function app.figure_of_region(f ref.figure_code, project uuid, starts date, ends date)
    returns table (held text, grain text, period date, n bigint, value bigint, hidden boolean) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        smallest bigint := app.figure_smallest();
    begin
        return query
        with cells as (
            select c.year, array_agg(t.id::text order by c.tenant_id) as towns, array_agg(c.n order by c.tenant_id) as numbers, sum(c.n)::bigint as total
            from region.figure_cell c join ref.tenant t on t.tenant_id = c.tenant_id
            where c.region_id = region.here() and c.code = f.code and c.project_id = coalesce(figure_of_region.project, '00000000-0000-0000-0000-000000000000')
              and c.year between date_trunc('year', starts) and ends
            group by c.year),
        secret as (select c.*, app.figure_hidden_in_line(c.numbers, smallest, true) as hidden from cells c),
        judged as (select s.*, (select coalesce(sum(u.n) - max(u.n), smallest) < smallest from unnest(s.numbers, s.hidden) u (n, h) where u.h) as closed from secret s)
        select u.town, 'year', j.year, u.n, null::bigint, u.h from judged j, unnest(j.towns, j.numbers, j.hidden) u (town, n, h)
        union all select '', 'year', j.year, j.total, null::bigint, j.closed from judged j;
    end $$;

-- What parties said of the same: targets, forecasts and what others counted. It stands beside what is counted, and is never added to it.
create function app.figure_stated(f ref.figure_code, asked jsonb, starts date, ends date) returns json language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (
            select coalesce(json_agg(json_strip_nulls(json_build_object('nature', s.nature, 'day', s.day, 'value', s.value, 'targetGroup', s.target_group,
                                     'kind', s.kind, 'source', s.source)) order by s.day, s.nature, s.id), '[]')
            from (select x.* from region.figure x
                  where x.region_id = region.here() and x.code = f.code and x.day between starts and (ends + interval '1 month' - interval '1 day')
                    and x.project_id is not distinct from (asked ->> 'project')::uuid
                    and x.organisation_id is not distinct from (asked ->> 'organisation')::uuid
                    and x.neighbourhood is not distinct from asked ->> 'neighbourhood'
                    and x.kind is not distinct from coalesce(asked ->> 'kind', x.kind)
                    and (x.tenant_id = app.tenant() or x.whole_region or (asked ->> 'project') is not null)
                  order by x.day limit 200) s);
    end $$;

-- Whether zero is hidden as few are: of one person in a project, "some" already says who has a measure.
create function app.figure_is_secret(f ref.figure_code) returns boolean immutable parallel safe
    return f.records in ('signal', 'decision', 'objection');

-- A figure, by month and by year. Null when there is none with this code that is counted.
create function app.figure_series(wanted text, asked jsonb, split text, day_from date, day_to date, language text)
    returns table (code text, name text, definition text, unit text, measure text, as_of timestamptz, smallest bigint, whole boolean, group_by text,
                   points json, totals json, stated json)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    #variable_conflict use_column
    declare
        f ref.figure_code := (select x from ref.figure_code x where x.code = wanted and x.measure <> 'stated');
        now date := date_trunc('month', clock.today());
        ends date := least(date_trunc('month', coalesce(day_to, now)), now);
        starts date := greatest(date_trunc('month', coalesce(day_from, ends - interval '11 months')), ends - interval '119 months');
        names text[];
        whole boolean;
        secret boolean;
    begin
        if f.code is null then
            return;
        end if;
        asked := app.figure_own(f, jsonb_strip_nulls(asked));
        names := app.figure_asked(f, asked, split);
        whole := app.scope() = 'tenant' and app.figure_is_whole(f.code, app.role()) and split is distinct from 'municipality';
        secret := not whole and app.figure_is_secret(f);
        if split = 'municipality' and cardinality(names) = 2 and asked ->> 'project' is null then
            raise exception using errcode = 'MW400', message = 'figure-dimensions', detail = json_build_object('allowed', '{project}'::text[], 'limit', 2)::text;
        end if;
        return query
        with counted as materialized (
            select c.* from app.figure_cells(f, names, asked, split, starts, ends, whole) c where split is distinct from 'municipality'
            union all
            select c.* from app.figure_of_region(f, (asked ->> 'project')::uuid, starts, ends) c where split = 'municipality'),
        cells as materialized (
            select c.* from counted c where not (secret and split is not null and exists (
                select from counted y where y.held = c.held and y.grain = 'year' and y.period = date_trunc('year', c.period) and y.hidden))
            union all
            select null, 'year', y::date, 0, null, true from generate_series(date_trunc('year', starts), ends, interval '1 year') y
            where secret and split is null and not exists (select from counted c where c.grain = 'year' and c.period = y)),
        months as (select g::date as period from generate_series(starts, ends, interval '1 month') g),
        groups as (select distinct c.held from cells c union select null where split is null),
        monthly as (
            select g.held, m.period, coalesce(y.hidden, false) or coalesce(c.hidden, false) as hidden,
                   case when f.measure in ('median', 'share') then c.value when f.measure = 'stock' then c.n else coalesce(c.n, 0) end as number
            from groups g cross join months m
            left join cells c on c.held is not distinct from g.held and c.grain = 'month' and c.period = m.period
            left join cells y on y.held is not distinct from g.held and y.grain = 'year' and y.period = date_trunc('year', m.period)
            where exists (select from app.figure_count k where k.tenant_id = app.tenant())
              and (whole or cardinality(names) < 2 or f.measure = 'stock') and split is distinct from 'municipality')
        select f.code, case language when 'en' then f.name_en else f.name_nl end, case language when 'en' then f.definition_en else f.definition_nl end,
               f.unit, f.measure, (select k.as_of from app.figure_count k where k.tenant_id = app.tenant()), app.figure_smallest(), whole, split,
               (select coalesce(json_agg(json_strip_nulls(json_build_object('group', nullif(m.held, ''), 'label', app.figure_label(split, m.held),
                       'rest', case when m.held = '' then true end, 'month', to_char(m.period, 'YYYY-MM'),
                       'value', case when not m.hidden then m.number end, 'suppressed', m.hidden)) order by nullif(m.held, '') nulls last, m.period), '[]')
                from monthly m where m.hidden or m.number is not null),
               (select coalesce(json_agg(json_strip_nulls(json_build_object('group', nullif(c.held, ''), 'label', app.figure_label(split, c.held),
                       'rest', case when c.held = '' then true end, 'year', extract(year from c.period)::int,
                       'value', case when not c.hidden then case when f.measure in ('median', 'share') then c.value else c.n end end, 'suppressed', c.hidden))
                       order by nullif(c.held, '') nulls last, c.period), '[]')
                from cells c where c.grain = 'year' and (c.hidden or f.measure not in ('median', 'share') or c.value is not null)),
               app.figure_stated(f, asked, starts, ends);
    end $$;

-- A figure as lines with commas (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe, also after what separates cells in some countries.
create function app.figure_csv(code text, unit text, as_of timestamptz, points json, totals json) returns text language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select 'code,group,label,rest,period,value,suppressed,unit,asOf' || E'\r\n' || coalesce(string_agg(concat_ws(',',
        figure_csv.code, coalesce(p ->> 'group', ''),
        coalesce('"' || replace(regexp_replace(p ->> 'label', '(^|[;|\t\r\n])(\s*)([=+@\t\r＝＋＠－-])', '\1\2''\3', 'g'), '"', '""') || '"', ''),
        coalesce(p ->> 'rest', 'false'), coalesce(p ->> 'month', p ->> 'year'), coalesce(p ->> 'value', ''), p ->> 'suppressed', figure_csv.unit,
        coalesce(to_char(figure_csv.as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')) || E'\r\n', '' order by place), '')
    from (select x.p, x.place from json_array_elements(points) with ordinality x (p, place)
          union all select x.p, x.place + 1000000 from json_array_elements(totals) with ordinality x (p, place)) u
    $$;
