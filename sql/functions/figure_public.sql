-- Which numbers of a figure are shown to somebody who does not see its records. What is shown may be added and subtracted at will: nobody learns of
-- fewer people than the smallest cell (rule figure.smallest_cell) more than that there are some.
--
-- The tables that are shown are few and always the same, no matter who asks and whatever period is asked: for each calendar year the months and the total;
-- for each dimension its values by month and by year; for each pair of dimensions their values by year. All of them are decided from
-- the totals down, so that a sum of one table is never what another one hides (docs/adr/0042-the-region.md).

-- The smallest number that is shown to everybody; zero is shown, too, except of measures: app.figure_is_secret().
create function app.figure_smallest() returns bigint language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return greatest(1, (app.rule('figure.smallest_cell') ->> 'count')::bigint);
    end $$;

-- Which numbers of a line are hidden, when their sum is shown: the small ones, and then the smallest others until what is hidden is at least two
-- numbers and together at least the smallest cell. With `insiders` each number is known to somebody: also without the largest one it is as much.
create function app.figure_hidden_in_line(numbers bigint[], smallest bigint, insiders boolean default false) returns boolean[] language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        hidden boolean[] := array(select x > 0 and x < smallest from unnest(numbers) with ordinality u (x, i) order by i);
        held bigint;
        many int;
        most bigint;
        next int;
    begin
        loop
            select coalesce(sum(numbers[i]), 0), count(*), coalesce(max(numbers[i]), 0) into held, many, most
            from generate_subscripts(numbers, 1) i where hidden[i] and numbers[i] > 0;
            exit when many = 0 or (many > 1 and held >= smallest and (not insiders or held - most >= smallest));
            select i into next from generate_subscripts(numbers, 1) i where not hidden[i] and numbers[i] > 0 order by numbers[i], i limit 1;
            exit when next is null;
            hidden[next] := true;
        end loop;
        return hidden;
    end $$;

-- Which numbers of a table of `wide` columns are hidden, when the sum of each row and each column is shown, and none of those is small. What is
-- hidden is a block: some rows in some columns, all of it. Every sum within the block is zero or at least the smallest cell, and there are at least
-- two rows and two columns with something. Then nobody can compute a hidden number closer than within the smallest cell: of a table with
-- given margins a number is free between max(0, row + column - all) and min(row, column).
create function app.figure_hidden_in_table(numbers bigint[], wide int, smallest bigint) returns boolean[] language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        high int := cardinality(numbers) / greatest(wide, 1);
        rows int[];
        columns int[];
        added int;
        sums record;
    begin
        select array_agg(distinct (i - 1) / wide), array_agg(distinct (i - 1) % wide) into rows, columns
        from generate_subscripts(numbers, 1) i where numbers[i] > 0 and numbers[i] < smallest;
        while rows is not null loop
            -- a column whose hidden part is small, or the only one with something, gets a row more; and the other way round
            with held as (select r, c, numbers[r * wide + c + 1] as n from unnest(rows) r, unnest(columns) c),
                 by_row as (select r, sum(n) as n from held group by r), by_column as (select c, sum(n) as n from held group by c)
            select (select min(c) from by_column where n > 0 and n < smallest) as small_column, (select min(r) from by_row where n > 0 and n < smallest) as small_row,
                   (select count(*) from by_row where n > 0) as many_rows, (select count(*) from by_column where n > 0) as many_columns into sums;
            added := null;
            if sums.small_column is not null or sums.many_rows < 2 then
                select r into added from generate_series(0, high - 1) r where not r = any (rows)
                order by case when sums.small_column is not null then numbers[r * wide + sums.small_column + 1]
                              else (select sum(numbers[r * wide + c + 1]) from unnest(columns) c) end desc, r limit 1;
                rows := rows || added;
            elsif sums.small_row is not null or sums.many_columns < 2 then
                select c into added from generate_series(0, wide - 1) c where not c = any (columns)
                order by case when sums.small_row is not null then numbers[sums.small_row * wide + c + 1]
                              else (select sum(numbers[r * wide + c + 1]) from unnest(rows) r) end desc, c limit 1;
                columns := columns || added;
            end if;
            exit when added is null;
        end loop;
        return array(select coalesce((i - 1) / wide = any (rows) and (i - 1) % wide = any (columns), false) from generate_subscripts(numbers, 1) i order by i);
    end $$;

-- Adds up what is hidden of one margin, so that the rest of a table has margins that are all shown: the values that are shown, and one more, `null`,
-- for all others together.
create function app.figure_shown_values(names text[], numbers bigint[], smallest bigint) returns table (name text, shown boolean) language sql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    select n, not h from unnest(names, app.figure_hidden_in_line(numbers, smallest)) u (n, h)
    $$;

-- A table of a figure as everybody may see it: `down` and `across` are the names of its two sides in the cells that are given (JSON: [down, across, n]).
-- All cells of each side are there. Gives each cell with whether it is hidden; a side of null is its total, and the value '' is what is hidden of a
-- side, all together.
create function app.figure_table(cells jsonb, smallest bigint) returns table (down text, across text, n bigint, hidden boolean) language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        total bigint := (select sum((c ->> 2)::bigint) from jsonb_array_elements(cells) c);
        names text[];
        heads text[];
        shown_down jsonb;
        shown_across jsonb;
        numbers bigint[];
        secret boolean[];
    begin
        if total is null or total < smallest then
            return query
            select x.d, x.a, 0::bigint, true from (
                select distinct x.d, x.a from jsonb_array_elements(cells) c
                cross join lateral (values (c ->> 0, c ->> 1), (c ->> 0, null), (null, c ->> 1), (null, null)) x (d, a)) x
            where total > 0;
            return;
        end if;
        shown_down := (select jsonb_object_agg(s.name, s.shown) from (
            select array_agg(x.d order by x.d) as names, array_agg(x.n order by x.d) as numbers
            from (select c ->> 0 as d, sum((c ->> 2)::bigint)::bigint as n from jsonb_array_elements(cells) c group by 1) x) m,
            app.figure_shown_values(m.names, m.numbers, smallest) s);
        shown_across := (select jsonb_object_agg(s.name, s.shown) from (
            select array_agg(x.a order by x.a) as names, array_agg(x.n order by x.a) as numbers
            from (select c ->> 1 as a, sum((c ->> 2)::bigint)::bigint as n from jsonb_array_elements(cells) c group by 1) x) m,
            app.figure_shown_values(m.names, m.numbers, smallest) s);
        -- the rows and columns that are shown, and the rest of each
        names := array(select k from jsonb_each(shown_down) e (k, v) where v::boolean order by k)
                 || case when exists (select from jsonb_each(shown_down) e (k, v) where not v::boolean) then array[''] else '{}' end;
        heads := array(select k from jsonb_each(shown_across) e (k, v) where v::boolean order by k)
                 || case when exists (select from jsonb_each(shown_across) e (k, v) where not v::boolean) then array[''] else '{}' end;
        numbers := (
            with folded as (select case when (shown_down ->> (c ->> 0))::boolean then c ->> 0 else '' end as d,
                                   case when (shown_across ->> (c ->> 1))::boolean then c ->> 1 else '' end as a, sum((c ->> 2)::bigint)::bigint as n
                            from jsonb_array_elements(cells) c group by 1, 2)
            select array_agg(coalesce(f.n, 0) order by r, k)
            from generate_subscripts(names, 1) r cross join generate_subscripts(heads, 1) k left join folded f on f.d = names[r] and f.a = heads[k]);
        secret := app.figure_hidden_in_table(numbers, cardinality(heads), smallest);
        return query
        select null::text, null::text, total, false
        union all select names[r], null, sum(numbers[(r - 1) * cardinality(heads) + k])::bigint, false
        from generate_subscripts(names, 1) r, generate_subscripts(heads, 1) k group by r
        union all select null, heads[k], sum(numbers[(r - 1) * cardinality(heads) + k])::bigint, false
        from generate_subscripts(names, 1) r, generate_subscripts(heads, 1) k group by k
        union all select names[r], heads[k], numbers[(r - 1) * cardinality(heads) + k], secret[(r - 1) * cardinality(heads) + k]
        from generate_subscripts(names, 1) r, generate_subscripts(heads, 1) k
        union all select d.k, a.k, 0::bigint, true
        from (select e.k, e.v::boolean as shown from jsonb_each(shown_down) e (k, v)
              union all select null, true union all select '', true where '' = any (names)) d,
             (select e.k, e.v::boolean as shown from jsonb_each(shown_across) e (k, v) union all select null, true) a
        where not (d.shown and a.shown);
    end $$;
