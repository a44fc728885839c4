-- Reference data: each change of occupations, competences, conditions or places raises their revision.

create function ref.revise() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update ref.revision set revision = revision + 1;
        return null;
    end $$;
create trigger revise after insert or update or delete or truncate on ref.occupation
    for each statement execute function ref.revise();
create trigger revise after insert or update or delete or truncate on ref.competence
    for each statement execute function ref.revise();
create trigger revise after insert or update or delete or truncate on ref.condition
    for each statement execute function ref.revise();
create trigger revise after insert or update or delete or truncate on ref.place
    for each statement execute function ref.revise();

-- The words of the name of a neighbourhood.
create function ref.note_name_words() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.words := app.words(new.name);
        return new;
    end $$;
create trigger note_words before insert or update of name on ref.neighbourhood
    for each row execute function ref.note_name_words();
update ref.neighbourhood set words = app.words(name) where words is distinct from app.words(name);

-- The words of each label; also of the labels that are there, when the way to make words has changed.
create function ref.note_words() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.label_search := lower(new.label);
        new.words := app.words(new.label);
        return new;
    end $$;
create trigger note_words before insert or update of label on ref.occupation_label
    for each row execute function ref.note_words();
create trigger note_words before insert or update of label on ref.competence_label
    for each row execute function ref.note_words();
update ref.occupation_label set words = app.words(label) where words is distinct from app.words(label);
update ref.competence_label set words = app.words(label) where words is distinct from app.words(label);

-- After an occupation or competence got its label: it is the English one, and the Dutch one while there is no other. TG_ARGV[0]: the noun.
create function ref.keep_labels() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if tg_op = 'UPDATE' then
            execute format($sql$delete from ref.%1$I l where l.%2$I = $1 and l.preferred and (l.language = 'en' or l.label = $2)$sql$,
                           tg_argv[0] || '_label', tg_argv[0] || '_id') using new.id, old.label;
        end if;
        execute format($sql$insert into ref.%1$I as l (%2$I, language, label, preferred)
                       select $1, g.language, $2, true from unnest('{en,nl}'::text[]) g (language)
                       where not exists (select from ref.%1$I o where o.%2$I = $1 and o.language = g.language and o.preferred)
                       on conflict on constraint %3$I do update set preferred = true$sql$,
                       tg_argv[0] || '_label', tg_argv[0] || '_id', tg_argv[0] || '_label_pkey') using new.id, new.label;
        return null;
    end $$;
create trigger keep_labels after insert on ref.occupation for each row execute function ref.keep_labels('occupation');
create trigger keep_labels_changed after update of label on ref.occupation for each row
    when (new.label <> old.label) execute function ref.keep_labels('occupation');
create trigger keep_labels after insert on ref.competence for each row execute function ref.keep_labels('competence');
create trigger keep_labels_changed after update of label on ref.competence for each row
    when (new.label <> old.label) execute function ref.keep_labels('competence');
insert into ref.occupation_label (occupation_id, language, label, preferred)
select o.id, g.language, o.label, true from ref.occupation o, unnest('{en,nl}'::text[]) g (language)
where not exists (select from ref.occupation_label l where l.occupation_id = o.id and l.language = g.language and l.preferred);
insert into ref.competence_label (competence_id, language, label, preferred)
select c.id, g.language, c.label, true from ref.competence c, unnest('{en,nl}'::text[]) g (language)
where not exists (select from ref.competence_label l where l.competence_id = c.id and l.language = g.language and l.preferred);

-- The parts of a noun, such as the competences of a candidate, each with the label of what it names.
create function ref.labelled(parts json, wanted text) returns json language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select json_agg(p.part || jsonb_strip_nulls(jsonb_build_object('label', coalesce(c.label, o.label,
                        case wanted when 'en' then k.label_en else k.label_nl end))) order by p.place)
        from jsonb_array_elements(parts::jsonb) with ordinality p (part, place)
        left join ref.competence_label c on c.competence_id = (p.part ->> 'competenceId')::uuid and c.language = wanted and c.preferred
        left join ref.occupation_label o on o.occupation_id = (p.part ->> 'occupationId')::uuid and o.language = wanted and o.preferred
        left join ref.condition k on k.code = p.part ->> 'condition');
    end $$;

-- The first place at which a value does not have its form, and what is expected there; null when it has its form. A form is a part of JSON Schema
-- (2020-12): type, enum, minimum, maximum, pattern, format date, items, minItems, maxItems, properties, required. An object has no other
-- properties. `x-order` names two of them, of which the first is less; of two numbers it is not more. `x-unique-by` names the property by which the items of a list differ.
create function ref.value_fault(form jsonb, value jsonb, place text default '/value') returns jsonb language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        wanted text := form ->> 'type';
        expected text;
        one record;
        fault jsonb;
    begin
        if jsonb_typeof(value) is distinct from replace(wanted, 'integer', 'number') or (wanted = 'integer' and value::numeric % 1 <> 0) then
            expected := wanted;
        elsif not form -> 'enum' @> value then
            select string_agg(e, ', ') into expected from jsonb_array_elements_text(form -> 'enum') e;
        elsif wanted = 'integer' and value::numeric not between (form ->> 'minimum')::int and (form ->> 'maximum')::int then
            expected := format('%s..%s', form ->> 'minimum', form ->> 'maximum');
        elsif wanted = 'string' and (value #>> '{}' !~ (form ->> 'pattern') or (form ->> 'format' = 'date' and not ref.is_date(value #>> '{}'))) then
            expected := coalesce(form ->> 'format', form ->> 'pattern');
        elsif wanted = 'array' and jsonb_array_length(value) not between (form ->> 'minItems')::int and (form ->> 'maxItems')::int then
            expected := format('%s..%s items', form ->> 'minItems', form ->> 'maxItems');
        end if;
        if expected is not null then
            return jsonb_build_object('pointer', place, 'expected', expected);
        end if;
        for one in select (e.ordinality - 1)::text as key, form -> 'items' as form, e.value
                   from jsonb_array_elements(case when wanted = 'array' then value else '[]' end) with ordinality e
                   union all
                   select k.key, form -> 'properties' -> k.key, value -> k.key
                   from (select jsonb_array_elements_text(form -> 'required') union select jsonb_object_keys(value)
                         where wanted = 'object') k (key) loop
            fault := case when one.value is null then jsonb_build_object('pointer', place || '/' || one.key, 'expected', one.form -> 'type')
                          when one.form is null then jsonb_build_object('pointer', place || '/' || one.key, 'expected', 'nothing')
                          else ref.value_fault(one.form, one.value, place || '/' || one.key) end;
            if fault is not null then
                return fault;
            end if;
        end loop;
        select jsonb_build_object('pointer', format('%s/%s/%s', place, twice.at - 1, form ->> 'x-unique-by'), 'expected', 'unique') into fault
        from (select e.at, row_number() over (partition by e.item -> (form ->> 'x-unique-by') order by e.at) as nth
              from jsonb_array_elements(case when form ? 'x-unique-by' then value else '[]' end) with ordinality e (item, at)) twice
        where twice.nth > 1 order by twice.at limit 1;
        if fault is not null then
            return fault;
        end if;
        if (case jsonb_typeof(value -> (form #>> '{x-order,0}')) when 'number' then value -> (form #>> '{x-order,0}') > value -> (form #>> '{x-order,1}')
                else value ->> (form #>> '{x-order,0}') >= value ->> (form #>> '{x-order,1}') end) then
            return jsonb_build_object('pointer', place || '/' || (form #>> '{x-order,1}'),
                'expected', case jsonb_typeof(value -> (form #>> '{x-order,0}')) when 'number' then '>= ' else '> ' end || (form #>> '{x-order,0}'));
        end if;
        return null;
    end $$;

create function ref.is_date(given text) returns boolean language plpgsql immutable strict
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return given ~ '^\d{4}-\d\d-\d\d$' and to_char(given::date, 'YYYY-MM-DD') = given;
    exception when datetime_field_overflow or invalid_datetime_format then
        return false;
    end $$;

-- Before a rule is written: a municipality may say it, and its value has the form of its code. A row of the country gets the identifier that it has in every installation.
create function ref.check_rule() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        found ref.rule_code := (select c from ref.rule_code c where c.code = new.code);
        fault jsonb := ref.value_fault(found.schema, new.value);
    begin
        if tg_table_schema = 'app' and not to_jsonb(new) ->> 'scope' = any (found.scopes) then
            raise exception using errcode = 'MW409', message = 'rule-not-settable';
        end if;
        if fault is not null then
            raise exception using errcode = 'MW400', message = 'rule-value',
                detail = json_build_object('pointer', left(fault ->> 'pointer', 200), 'expected', left(fault ->> 'expected', 200))::text;
        end if;
        new.id := coalesce(new.id, overlay(overlay(md5(new.code || extract(epoch from new.from_at)) placing '3' from 13) placing '8' from 17)::uuid);
        return new;
    end $$;
create trigger check_value before insert or update on ref.rule for each row execute function ref.check_rule();

-- The one who keeps the installation sets a rule for all its municipalities, from now on. The one before ends, and stays for what was decided by it.
create function ref.set_rule(code text, value jsonb, source text) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
        made uuid;
    begin
        update ref.rule r set until_at = now where r.code = set_rule.code and (r.until_at is null or r.until_at > now);
        insert into ref.rule (code, value, source, from_at) values (code, value, source, now) returning id into made;
        return made;
    end $$;

-- The rules that somebody of a municipality knows: those of the country and its own.
create view ref.known_rule with (security_invoker) as
    select r.id, r.code, 'country' as scope, null::uuid as scope_id, case when r.until_at is null then 'adopted' else 'replaced' end as state,
           r.value, r.source, null as decision, null::timestamptz as adopted_at, null::uuid as adopted_by,
           nullif(r.from_at, '-infinity') as from_at, r.until_at, 1::bigint as version, null::timestamptz as changed_at
    from ref.rule r
    union all
    select r.id, r.code, r.scope, r.scope_id, r.state, r.value, r.source, r.decision, r.adopted_at, r.adopted_by, r.from_at, r.until_at,
           r.version, r.changed_at
    from app.rule r;
