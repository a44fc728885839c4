-- Notes: who reads them, and who changes them.

-- A note is read by the one who may see what it is about, but for employers: it is internal. About a person the purpose says who of them. What was withdrawn is
-- read by its author and by a team lead only.
create function app.note_told(n app.note, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (role <> 'employer' and (n.withdrawn_at is null or n.author_id = actor or role in ('team_lead', 'system')) and (n.wall not in ('person', 'measure') or n.purpose = 'mediation' or role in ('case_manager', 'team_lead', 'system'))
                and app.sees_about(n.wall, n.candidate_id, n.employer_id, scope, role, organisation, actor)) is true;
    end $$;
grant execute on function app.note_told(app.note, text, text, uuid, uuid) to public;
create function app.sees_note(n app.note, scope text default app.scope(), role text default app.role(),
                              organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.note_told(n, scope, role, organisation, actor);
call app.wall('app.note', 'note', '{}');
call app.open_to_scope('app.note', 'app.sees_note');
call app.about('app.note');
call app.apart('app.note', $$wall <> 'measure'$$);

-- What is about a note stands behind the same wall, and has its words only when these are about nobody: the one who sees a task about a note does not
-- always read the note.
call app.referable('app.note', 'note', 'r.wall', 'app.sees_note', candidate => 'r.candidate_id', employer => 'r.employer_id',
    label => $$case when r.wall in ('person', 'measure') then to_char(r.made_at at time zone 'Europe/Amsterdam', 'DD-MM-YYYY') else left(r.text, 60) end$$);


-- What is about a measure is for the file.
create function app.note_keep_in_file() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.purpose := case when new.wall = 'measure' then 'file' else new.purpose end;
        return new;
    end $$;
create trigger keep_in_file before insert or update on app.note for each row execute function app.note_keep_in_file();

-- The words are those of the author: nobody else changes them. A team lead may remove a note that stands in the wrong place.
create function app.note_of_author() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if old.author_id is distinct from app.actor() and (tg_op = 'UPDATE' or app.role() is distinct from 'team_lead') then
            raise exception using errcode = 'MW403', message = 'forbidden';
        end if;
        return coalesce(new, old);
    end $$;
create trigger of_author before update of text, purpose on app.note for each row
    when ((new.text, new.purpose) is distinct from (old.text, old.purpose)) execute function app.note_of_author();
create trigger of_author_removed before delete on app.note for each row execute function app.note_of_author();

-- How people call what a note is about.
create function app.note_subject(note uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select app.subject_label(n.noun, n.subject_id) from app.note n
                where n.tenant_id = app.tenant() and n.id = note and app.sees_note(n));
    end $$;

-- Writes down what happened, for other nouns. Without an author it is a worker, and `words` name nobody.
create function app.note_put(noun text, subject uuid, words text, purpose text default 'file', author uuid default null) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        about app.subject := app.subject_put(noun, subject);
        made uuid;
    begin
        insert into app.note as n (tenant_id, id, subject_id, purpose, text, made_at, author_id)
        values (about.tenant_id, gen_random_uuid(), about.id, note_put.purpose, words, clock.now(), author) returning n.id into made;
        return made;
    end $$;

-- For other nouns: a row was withdrawn, so the note that belongs to it is withdrawn, too.
create function app.note_withdraw(note uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.note n set withdrawn_at = clock.now(), withdrawn_by = app.actor() where n.tenant_id = app.tenant() and n.id = note and n.withdrawn_at is null;
    end $$;
