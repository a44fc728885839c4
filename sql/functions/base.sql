-- What every noun stands on: the context of a request, the stamps and the trail of its rows, and its wall.

-- The context. The plan runner and the workers set it for one transaction. After a transaction PostgreSQL leaves '' there,
-- not null, hence nullif: without context nothing is equal to null, and no row is seen.

create function app.tenant() returns int stable parallel safe
    return nullif(current_setting('app.tenant', true), '')::int;
create function app.actor() returns uuid stable parallel safe
    return nullif(current_setting('app.actor', true), '')::uuid;
create function app.organisation() returns uuid stable parallel safe
    return nullif(current_setting('app.org', true), '')::uuid;
create function app.role() returns text stable parallel safe
    return nullif(current_setting('app.role', true), '');
create function app.scope() returns text stable parallel safe
    return nullif(current_setting('app.scope', true), '');
-- What is done: operation/request/purpose, in one setting, because each one costs every request. A mandate for another purpose does not count.
create function app.operation() returns text stable parallel safe
    return nullif(split_part(current_setting('app.call', true), '/', 1), '');
create function app.request() returns uuid stable parallel safe
    return nullif(split_part(current_setting('app.call', true), '/', 2), '')::uuid;
create function app.purpose() returns text stable parallel safe
    return nullif(split_part(current_setting('app.call', true), '/', 3), '');

-- Before a row is written: version, time, transaction. `version` counts what people changed: If-Match compares it, and what the machine
-- keeps up to date breaks nobody's change. So it stays when only columns of TG_ARGV[0] differ, or when a worker writes (role system).
-- `changed_in` is the position of every change: copies and readers of changes find by it what they lack. A row that is written as it
-- was keeps all of them; who only wants others to read it again writes changed_in (docs/adr/0032-versions-count-people.md).
create function app.stamp() returns trigger language plpgsql
    as $$
    declare
        touched boolean := tg_op = 'UPDATE' and new.changed_in <> old.changed_in;
        kept text[] := tg_argv[0]::text[] || coalesce(string_to_array(nullif(current_setting('app.kept', true), ''), ','), '{}'); -- app.kept: columns that the machine keeps in this statement
        differs boolean;
    begin
        if tg_op = 'INSERT' then
            new.version := 1;
            new.changed_at := clock.now();
            new.changed_in := pg_current_xact_id();
            return new;
        end if;
        new.version := old.version;
        new.changed_at := old.changed_at;
        new.changed_in := old.changed_in;
        differs := new *<> old;
        if differs and app.role() is distinct from 'system'
           and (kept = '{}' or to_jsonb(new) - kept <> to_jsonb(old) - kept) then
            new.version := old.version + 1;
            new.changed_at := clock.now();
        end if;
        if differs or touched then
            new.changed_in := pg_current_xact_id();
        end if;
        return new;
    end $$;

-- After a row is written: audit (names of changed columns, never values) and an event (ids only); nothing when nothing has changed.
-- TG_ARGV[0] is the noun.
create function app.trail() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        changed text[];
        before jsonb;
        action text := case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'change' else 'delete' end;
        subject record := coalesce(new, old);
        at timestamptz := case tg_op when 'INSERT' then new.changed_at else clock.now() end;
    begin
        if tg_op = 'UPDATE' then
            before := to_jsonb(old);
            select array_agg(n.key order by n.key) into changed from jsonb_each(to_jsonb(new)) n
            where n.value is distinct from before -> n.key and n.key not in ('version', 'changed_at', 'changed_in');
            if changed is null then
                return null;
            end if;
        end if;
        insert into audit.entry (tenant_id, at, actor, role, organisation, operation, request, noun, subject_id, action,
                                 columns, mandate)
        values (subject.tenant_id, at, app.actor(), app.role(), app.organisation(),
                app.operation(), app.request(), tg_argv[0], subject.id, action, changed,
                case when tg_argv[0] = 'candidate' and app.scope() in ('organisation', 'caseload')
                     then app.mandate_used(subject.id, case app.scope() when 'organisation' then app.organisation() else app.actor() end, app.purpose()) end);
        insert into app.event (tenant_id, at, type, noun, subject_id, version)
        values (subject.tenant_id, at, tg_argv[0] || '.' || action, tg_argv[0], subject.id, subject.version);
        return null;
    end $$;

-- After a row is deleted: what in-memory copies must learn. TG_ARGV[0] is the noun.
create function app.bury() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        insert into app.tombstone (tenant_id, noun, id, at) values (old.tenant_id, tg_argv[0], old.id, clock.now());
        return null;
    end $$;

-- Gives a table its wall: row-level security, forced, with a restrictive policy per municipality. Functions that are SECURITY
-- DEFINER run as maatwerk_owner: they see the whole municipality of the context, and never another one. `noun`, when
-- given, also stamps its rows and leaves a trail: the table then has id, version, changed_at and changed_in. `machine` has the columns
-- that only the machine writes (counters, copies, input versions), and is {} when there are none.
create procedure app.wall(wanted regclass, noun text default null, machine text[] default null) language plpgsql as $$
    begin
        assert noun is null or machine <@ array(select a.attname::text from pg_attribute a where a.attrelid = wanted and a.attnum > 0),
            format('app.wall(%s): say which of its columns the machine keeps; {} when there are none', wanted);
        execute format('alter table %s enable row level security', wanted);
        execute format('alter table %s force row level security', wanted);
        execute format('create policy tenant_wall on %s as restrictive for all
                        using (tenant_id = (select app.tenant()))
                        with check (tenant_id = (select app.tenant()))', wanted);
        execute format('create policy owner_functions on %s for all to maatwerk_owner
                        using (true) with check (true)', wanted);
        if noun is not null then
            execute format('create trigger stamp before insert or update on %s
                            for each row execute function app.stamp(%L)', wanted, machine);
            execute format('create trigger trail after insert or update or delete on %s
                            for each row execute function app.trail(%L)', wanted, noun);
        end if;
    end $$;

-- Opens a table to every program that has the grant: it sees and writes all rows of the municipality.
create procedure app.open_to_tenant(wanted regclass) language plpgsql as $$
    begin
        execute format('create policy whole_tenant on %s for all using (true) with check (true)', wanted);
    end $$;

-- Before a program writes a row, which is locked by now: the caller sees it still. The policy asked before the statement waited for that lock, and a mandate
-- may have ended since. TG_ARGV[0] is app.sees_<noun>().
create function app.still_seen() returns trigger language plpgsql
    as $$
    declare seen boolean;
    begin
        execute format('select %s($1)', tg_argv[0]) into seen using old;
        if seen is not true then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return coalesce(new, old);
    end $$;
grant execute on function app.still_seen() to public;

-- Opens the table of a noun by scope: the whole municipality, the own organisation, the own caseload. `sees` is the function
-- app.sees_<noun>(row, scope, role, organisation, actor). `changes` is given when fewer may write a row than may see it.
--
-- The policy and the functions that are SECURITY DEFINER ask the same predicate; such a function asks in the `where` of the
-- statement that reads the row it acts on, and raises MW404 when there is none; and once more when it has waited for the lock of that row. In a policy each `(select …)` is computed
-- once for a statement. Each argument of the context stands once in a predicate: else PostgreSQL calls the function for each
-- row, instead of putting its condition in the plan.
create procedure app.open_to_scope(wanted regclass, sees regproc, changes regproc default null) language plpgsql as $$
    declare
        asks text := '%s(%s.*, (select app.scope()), (select app.role()), (select app.organisation()), (select app.actor()))';
    begin
        execute format('grant execute on function %s to public', sees);
        execute format('create trigger a_still_seen before update or delete on %s for each row
                        when (current_user <> ''maatwerk_owner'' and app.scope() in (''organisation'', ''caseload'')) execute function app.still_seen(%L)', wanted, sees);
        if changes is null then
            execute format('create policy by_scope on %s for all using (' || asks || ')', wanted, sees, wanted);
            return;
        end if;
        execute format('grant execute on function %s to public', changes);
        execute format('create policy seen on %s for select using (' || asks || ')', wanted, sees, wanted);
        execute format('create policy added on %s for insert with check (' || asks || ')', wanted, changes, wanted);
        execute format('create policy changed on %s for update using (' || asks || ')', wanted, changes, wanted);
        execute format('create policy deleted on %s for delete using (' || asks || ')', wanted, changes, wanted);
    end $$;
-- After a row is written: what it refers to can be what the reference says. TG_ARGV: the column; user or organisation; then the roles or
-- kinds that it may have. It is refused in the words of a foreign key. The row is locked until the end, so that it stays so.
create function app.refer() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare wanted uuid := (to_jsonb(new) ->> tg_argv[0])::uuid;
    begin
        if tg_argv[1] = 'user' then
            perform from app.user_account u where u.tenant_id = new.tenant_id and u.id = wanted and u.active
                and (u.role = any (tg_argv[2:])
                     or exists (select from app.hat h where h.tenant_id = u.tenant_id and h.user_id = u.id and h.role = any (tg_argv[2:])
                                and h.from_at <= clock.now() and (h.until_at is null or h.until_at > clock.now()))) for share;
        else
            perform from app.organisation o where o.tenant_id = new.tenant_id and o.id = wanted and o.active
                and o.kind = any (tg_argv[2:]) for share;
        end if;
        if not found then
            raise exception using errcode = '23503', message = 'reference', table = tg_table_name,
                constraint = tg_table_name || '_' || tg_argv[0] || '_fkey';
        end if;
        return null;
    end $$;

-- After a file or a relation is handed over: from whom, to whom. TG_ARGV: the noun; the column.
create function app.note_hand_over() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform audit.note(tg_argv[0], new.id, 'change', array[tg_argv[1],
            'from:' || coalesce(to_jsonb(old) ->> tg_argv[1], 'nobody'), 'to:' || coalesce(to_jsonb(new) ->> tg_argv[1], 'nobody')]);
        return null;
    end $$;

-- Who a row belongs to: `owner` refers to a user or an organisation (`target`) that has one of these roles or kinds, and leaves a
-- trail when it changes.
create procedure app.owned_by(wanted regclass, noun text, owner text, target text, variadic kinds text[]) language plpgsql as $$
    declare given text := format('%L, %L', owner, target) || (select string_agg(', ' || quote_literal(k), '') from unnest(kinds) k);
    begin
        execute format('create trigger refer_%1$s_first after insert on %2$s for each row when (new.%1$I is not null)
                        execute function app.refer(%3$s)', owner, wanted, given);
        execute format('create trigger refer_%1$s after update of %1$I on %2$s for each row
                        when (new.%1$I is not null and new.%1$I is distinct from old.%1$I)
                        execute function app.refer(%3$s)', owner, wanted, given);
        execute format('create trigger hand_over_%1$s after update of %1$I on %2$s for each row
                        when (new.%1$I is distinct from old.%1$I) execute function app.note_hand_over(%3$L, %1$L)',
                       owner, wanted, noun);
    end $$;

-- Before a row is written that a unique index or an exclusion constraint would refuse: it is refused in the words of that index, and the detail leads to the row that
-- has the value already, when the caller sees it. TG_ARGV: the index; the query that looks, with the new row as $1. A row that
-- somebody else writes in the same moment is refused by the index itself: the server then runs the transaction again, and finds it here.
create function app.refuse_taken() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare there json;
    begin
        begin
            execute tg_argv[1] into there using new;
        exception when data_exception then -- a period that ends before it begins: its check says so
        end;
        if there is not null then
            raise exception using errcode = '23505', message = 'taken', table = tg_table_name, constraint = tg_argv[0], detail = there::text;
        end if;
        return new;
    end $$;

-- When this unique index, or that of an exclusion constraint, refuses a row, the answer links the row that is there. `place` is the path at which clients read such a row. `name`
-- is the column with its name, when that is not the name of a person.
create procedure app.unique_by(index regclass, sees regproc, place text, name text default null) language plpgsql as $$
    declare
        wanted regclass := (select i.indrelid from pg_index i where i.indexrelid = index);
        label text := (select c.relname from pg_class c where c.oid = index);
        named text[] := array(select distinct a.attname from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                              left join pg_constraint x on x.conindid = index and x.contype = 'x'
                              where d.refobjsubid > 0 and ((d.classid = 'pg_class'::regclass and d.objid = index) or (d.classid = 'pg_constraint'::regclass and d.objid = x.oid)));
        has text := (select coalesce(pg_get_expr(i.indpred, i.indrelid), 'true') from pg_index i where i.indexrelid = index);
        same text := (select string_agg(format('(%1$s) operator(pg_catalog.%2$s) (select %1$s from (select ($1).*) n where %3$s)', pg_get_indexdef(index, k, true),
                                               coalesce((select o.oprname from pg_constraint x join pg_operator o on o.oid = x.conexclop[k]
                                                         where x.conindid = index and x.contype = 'x'), '='), has), ' and ' order by k)
                      from pg_index i cross join generate_series(1, i.indnkeyatts) k where i.indexrelid = index);
        looks text := format('select json_strip_nulls(json_build_object(''existing'', case when o.seen then %L || o.id end,
                                                                         ''existingName'', case when o.seen then %s end))
            from (select o.*, %s(o) as seen from %s o
                  where o.id = (select id from %s where (%s) and id <> ($1).id and %s limit 1)) o',
            '/v1' || place, coalesce('o.' || quote_ident(name), 'null'), sees, wanted, wanted, has, same);
    begin
        execute format('create trigger %I before insert on %s for each row execute function app.refuse_taken(%L, %L)',
                       'taken_' || label, wanted, label, looks);
        execute format('create trigger %I before update on %s for each row when (row(%s) is distinct from row(%s))
                        execute function app.refuse_taken(%L, %L)', 'taken_again_' || label, wanted, 'new.' || array_to_string(named, ', new.'),
                       'old.' || array_to_string(named, ', old.'), label, looks);
    end $$;

call app.wall('app.event');
call app.open_to_tenant('app.event');
call app.wall('app.tombstone');
call app.open_to_tenant('app.tombstone');

-- Text as people look for it: in any case, with or without diacritics, vowel signs and a hamza. Letters that Unicode does not take apart are as passports write
-- them (ICAO Doc 9303, part 3), the letters of Arabic that keyboards exchange are one, digits are digits, and each sign that people use as an apostrophe is the one of the keyboard.
create function app.fold(value text) returns text language sql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
    as $$ select replace(replace(replace(replace(translate(lower(regexp_replace(normalize(replace(value, '´', ''''), NFKD),
                     '[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0621\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f]', '', 'g')),
                 E'øłđðıħŧŋəĸɓɗƙƴɛɔǥς`\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02be\u02bf\ua78c'
                 '\u0671\u0649\u06cc\u06ce\u06d2\u0629\u06be\u06c1\u06c3\u06d5\u06a9\u06c6\u0695\u06b5'
                 '\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9',
                 E'olddihtneqbdkyeogσ'''''''''''''''''''''''
                 '\u0627\u064a\u064a\u064a\u064a\u0647\u0647\u0647\u0647\u0647\u0643\u0648\u0631\u0644'
                 '01234567890123456789'),
                 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th') $$;

-- The ways in which a text may be written: its words with spaces between them, where its punctuation parts words or joins them, and
-- with ä, ö, ü, å and ø as one letter or as two. % and _ are letters like others.
create function app.spellings(value text) returns text[] language plpgsql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        marks text := '[]!"#$&''()*+,./:;<=>?@[\\^`{|}~\u2010-\u2027\u00ab\u00b7\u00bb-]+';
        lowered text := lower(normalize(value, NFC));
        folded text[] := array[app.fold(value)];
        spellings text[] := '{}';
        spelling text;
    begin
        if lowered ~ '[äöüåø]' then
            folded := folded || app.fold(replace(replace(replace(replace(replace(lowered,
                'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'å', 'aa'), 'ø', 'oe'));
        end if;
        foreach spelling in array folded loop
            spellings := spellings || regexp_replace(spelling, marks, ' ', 'g');
            if spelling ~ marks then
                spellings := spellings || regexp_replace(spelling, marks, '', 'g');
            end if;
        end loop;
        return spellings;
    end $$;

-- The words of a text, in each of its spellings.
create function app.words(value text) returns tsvector language sql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
    as $$ select array_to_tsvector(array_remove(regexp_split_to_array(array_to_string(app.spellings(value), ' '), '\s+'), '')) $$;

-- What finds a text in which the words of one spelling of each given piece begin words. Null, which finds nothing, when no word is given.
create function app.asked(value text) returns tsquery language sql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    select string_agg('(' || piece.any_of || ')', ' & ')::tsquery
    from regexp_split_to_table(value, '\s+') given, lateral (
        select string_agg(spelling.all_of, ' | ') as any_of
        from unnest(app.spellings(given)) s, lateral (
            select string_agg(format('''%s'':*', word), ' & ') as all_of from unnest(array_remove(regexp_split_to_array(s, '\s+'), '')) word
        ) spelling) piece $$;

-- Names are found by their words (sql/migrations/0001_base.sql). Only these functions see the words.
call app.wall('app.name_word');

-- After a row is written: the words of its name. TG_ARGV: the noun; the column.
create function app.note_name() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        delete from app.name_word n where tg_op = 'UPDATE' and n.tenant_id = new.tenant_id and n.noun = tg_argv[0] and n.id = new.id;
        insert into app.name_word (tenant_id, noun, word, id)
        select new.tenant_id, tg_argv[0], w, new.id from unnest(tsvector_to_array(app.words(to_jsonb(new) ->> tg_argv[1]))) w;
        return null;
    end $$;

create procedure app.found_by(wanted regclass, noun text, named text) language plpgsql as $$
    declare municipality int;
    begin
        execute format('create trigger note_name after insert on %s for each row execute function app.note_name(%L, %L)', wanted, noun, named);
        execute format('create trigger note_new_name after update of %1$I on %2$s for each row when (new.%1$I is distinct from old.%1$I)
                        execute function app.note_name(%3$L, %1$L)', named, wanted, noun);
        for municipality in select t.tenant_id from ref.tenant t loop -- the way to make words may have changed
            perform set_config('app.tenant', municipality::text, true);
            execute format('insert into app.name_word (tenant_id, noun, word, id)
                            select r.tenant_id, %L, w, r.id from %s r, unnest(tsvector_to_array(app.words(r.%I))) w on conflict do nothing', noun, wanted, named);
        end loop;
        perform set_config('app.tenant', '', true);
    end $$;

-- Finds rows of a noun by their names: every word of one spelling of the wanted text must begin a word of the name. It searches the whole
-- municipality, so the statement that calls it has a wall of its own. A program finds nothing in a table that it cannot read. `rare` is the
-- word that the fewest names have (counting stops early); the other words are looked up only for those names.
create function app.named(noun text, wanted text) returns setof uuid language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        spelling text;
        words text[];
        rare text;
    begin
        if not has_any_column_privilege(session_user, 'app.' || case noun when 'user' then 'user_account' else noun end, 'select') then
            return;
        end if;
        foreach spelling in array app.spellings(wanted) loop
            words := array_remove(regexp_split_to_array(spelling, '\s+'), '');
            select w into rare from unnest(words) w
            order by (select count(*) from (select from app.name_word n where n.tenant_id = (select app.tenant()) and n.noun = named.noun
                                            and n.word >= w and n.word < w || chr(1114111) limit 1000) few), w limit 1;
            return query
            select n.id from app.name_word n
            where n.tenant_id = (select app.tenant()) and n.noun = named.noun and n.word >= rare and n.word < rare || chr(1114111)
              and not exists (
                select from unnest(words) w where w <> rare and not exists (
                    select from app.name_word m
                    where m.tenant_id = n.tenant_id and m.noun = n.noun and m.id = n.id and m.word >= w and m.word < w || chr(1114111)));
        end loop;
    end $$;

-- A list of parts, as a client reads it, without the one that `key` names; in the names of columns (`held` is that of the key), as the
-- functions that make such a list take it.
create function app.parts_but(parts json, key text, named text, held text) returns jsonb language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(jsonb_agg((p - key) || jsonb_build_object(held, p -> key)), '[]')
    from jsonb_array_elements(coalesce(parts::jsonb, '[]')) p where p ->> key <> named
    $$;

-- The same parts, when there is room for one more; else it is refused.
create function app.parts_with_room(parts jsonb, most int) returns jsonb language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if jsonb_array_length(parts) >= most then
            raise exception using errcode = 'MW409', message = 'list-full', detail = json_build_object('limit', most)::text;
        end if;
        return parts;
    end $$;

-- A moment in JSON, as the contract writes it (RFC 3339).
create function app.json_instant(at timestamptz) returns text immutable parallel safe
    return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
