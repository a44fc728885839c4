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
        new.words := app.words(new.label);
        return new;
    end $$;
create trigger note_words before insert or update of label on ref.occupation
    for each row execute function ref.note_words();
create trigger note_words before insert or update of label on ref.competence
    for each row execute function ref.note_words();
update ref.occupation set words = app.words(label) where words is distinct from app.words(label);
update ref.competence set words = app.words(label) where words is distinct from app.words(label);
