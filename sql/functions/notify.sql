-- Telling somebody: a person on paper unless the person chose otherwise, and a machine that the municipality has for a purpose.

-- A number for an occasion, of what makes it one: the same words give the same number.
create function app.occasion(variadic words text[]) returns uuid immutable parallel safe
    return md5(array_to_string(words, ' '))::uuid;

-- What a letter says of whom it is for.
create function app.letter_values(c app.candidate) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return jsonb_strip_nulls(jsonb_build_object('name', coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.alias), 'address', coalesce(c.address_lines, ''),
            'municipality', (select t.name from ref.tenant t where t.tenant_id = c.tenant_id), 'day', calendar.in_words(clock.today())));
    end $$;

-- The same letter for the heirs of somebody who died.
create function app.letter_for_heirs(given jsonb) returns jsonb language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return given || jsonb_build_object('name', 'De erven van ' || (given ->> 'name'), 'paragraphs', jsonb_build_array(
            format('Deze brief is voor de erven van %1$s. Staat er "u"? Dan bedoelen wij %1$s.', given ->> 'name')) || (given -> 'paragraphs'));
    end $$;

-- What a letter says beside that, of what its message is about: of an appointment when and where.
create function app.letter_about(m app.message) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return coalesce((select jsonb_strip_nulls(jsonb_build_object('when', to_char(a.starts_at at time zone 'Europe/Amsterdam', 'DD-MM-YYYY HH24:MI'), 'where', a.place))
                         from app.appointment a where a.tenant_id = m.tenant_id and a.id = coalesce((m.parameters ->> 'appointment')::uuid, m.subject_id)), '{}');
    end $$;

-- For functions of other nouns, which have asked themselves who may: the person gets this letter, and when the person chose to be reached digitally an
-- e-mail that says that it is there. `parameters` are what the letter says. Of one occasion each person is told once. Who died is told nothing: what was decided is a page, which somebody hands
-- to the heirs.
create function app.notify_person(template text, candidate uuid, noun text, subject uuid, parameters jsonb, occasion uuid default null) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        c app.candidate;
        m app.message;
    begin
        select o.* into c from app.candidate o where o.tenant_id = app.tenant() and o.id = candidate and o.merged_into is null;
        if c.died_on is not null then
            perform app.document_request(template, noun, subject, app.letter_for_heirs(app.letter_values(c) || coalesce(parameters, '{}'))) where template in ('decision', 'objection');
            return null;
        elsif c.id is null or exists (select from app.message n where n.tenant_id = c.tenant_id and n.occasion = notify_person.occasion and n.to_candidate_id = c.id) then
            return null;
        end if;
        m.template := template;
        m.channel := case when app.reached_digitally(c) then 'e_mail' else 'letter' end;
        m.to_candidate_id := c.id;
        m.noun := noun;
        m.subject_id := subject;
        m.occasion := occasion;
        m.document_id := app.document_request(template, noun, subject, app.letter_values(c) || coalesce(parameters, '{}'));
        return app.message_insert(m);
    end $$;
create function app.reached_digitally(c app.candidate) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return c.digital_chosen_at is not null and c.email is not null
            and not exists (select from app.address_stop s where s.tenant_id = c.tenant_id and s.address_hash = app.message_address_hash(c.email::text));
    end $$;

-- For functions of other nouns, which have asked themselves who may: something is there for this user, if there is one, once for an occasion.
create function app.notify_user(who uuid, noun text, subject uuid, occasion uuid) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
    begin
        m.template := 'notice';
        m.channel := 'e_mail';
        m.to_user_id := who;
        m.noun := noun;
        m.subject_id := subject;
        m.occasion := occasion;
        return case when who is not null then app.message_insert(m) end;
    end $$;

-- For functions of other nouns, which have asked themselves who may: a message for a machine. `type` says what happened; `data` is what the machine
-- must know of it. While the municipality has no receiver for the purpose, it waits.
create function app.notify_endpoint(purpose text, type text, noun text, subject uuid, data jsonb, occasion uuid default null) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        m app.message;
    begin
        m.template := type;
        m.channel := coalesce((app.endpoint_of(purpose)).kind, 'webhook');
        m.purpose := purpose;
        m.noun := noun;
        m.subject_id := subject;
        m.data := data;
        m.occasion := occasion;
        m.urgent := true;
        return app.message_insert(m);
    end $$;
