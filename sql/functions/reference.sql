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
