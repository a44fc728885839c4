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
