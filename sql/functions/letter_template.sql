-- Letters as a municipality writes them.

create function app.sees_letter_template(l app.letter_template, scope text default app.scope(), role text default app.role(),
                                         organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'tenant' then true else false end;
call app.wall('app.letter_template', 'letter_template', '{state,fault,preview_id}');
call app.open_to_scope('app.letter_template', 'app.sees_letter_template');
call app.referable('app.letter_template', 'letter_template', 'general', 'app.sees_letter_template', label => 'r.template');
create trigger zz_log_transition before update on app.letter_template
    for each row when (new.state is distinct from old.state) execute function app.log_transition('letter_template');

-- The one that is used for letters of this kind; null: ours.
create function app.letter_template_of(code text) returns uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return (select l.id from app.letter_template l where l.tenant_id = app.tenant() and l.template = code and l.state = 'in_use'); end $$;

-- The marks of a page of this kind: marks that always have a value, marks that may be empty, and marks that every such letter must have. A letter must have its reader and
-- its day. A decision must also have its text, its reasons, and how to object to it.
create function app.letter_template_marks(code text, out always text[], out perhaps text[], out needs text[]) returns record language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        case when code in ('decision', 'view_request', 'objection') then
            always := '{name,municipality,day,number,heading,paragraphs,reasons,articles,remedies}'; perhaps := '{address}'; needs := '{name,address,day,paragraphs,reasons,remedies}';
        when code in ('appointment', 'appointment_cancelled', 'notice') then
            always := '{name,municipality,day}' || case when code <> 'notice' then '{when}'::text[] else '{}' end; perhaps := '{address,where}';
            needs := '{name,address}' || case when code <> 'notice' then '{when}'::text[] else '{}' end;
        when code = 'rules_letter' then
            always := '{name,municipality,date,reference,rights,duties,contact,sender}'; perhaps := '{address,search_until}'; needs := '{name,rights,duties}';
        when code = 'card' then
            always := '{municipality,date,alias,hours,occupations,competences}'; perhaps := '{available,introduction,shifts,wishes}'; needs := '{alias}';
        else
            always := '{municipality,parties,from,gets,does,costs,mark}'; perhaps := '{until,project,vacancy,valid}'; needs := '{parties,gets,does,costs,mark}';
        end case;
    end $$;

-- What a page that the municipality wrote has for marks that may be empty.
create function app.letter_template_blanks(code text) returns jsonb language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$ begin return (select coalesce(jsonb_object_agg(p, ''), '{}') from unnest((app.letter_template_marks(code)).perhaps) p); end $$;

-- What a page with invented values says: something for each mark that a letter of this kind has.
create function app.letter_template_example(code text) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare marks record;
    begin
        select m.* into marks from app.letter_template_marks(code) m;
        return (select jsonb_object_agg(e.key, e.value) from jsonb_each(app.letter_template_values()) e where e.key = any (marks.always || marks.perhaps)) || jsonb_build_object('needs', marks.needs);
    end $$;
create function app.letter_template_values() returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare today text := calendar.in_words(clock.today());
    begin
        return jsonb_build_object('name', 'Roos Voorbeeld', 'address', E'Dorpsstraat 12\n5012 AB Maasdrecht', 'municipality', (select t.name from ref.tenant t where t.tenant_id = app.tenant()),
            'day', today, 'number', '01920000-0000-7000-8000-0000000000d1', 'heading', 'Ons besluit: verlaging',
            'paragraphs', jsonb_build_array('Wij maken uw uitkering lager, met 100 procent.', 'Dat doen wij van 1 tot en met 31 december.'), 'reasons', jsonb_build_array('U kwam niet naar de training.'),
            'articles', 'Participatiewet 18 lid 4', 'remedies', app.decision_remedies(), 'when', '01-12-2026 09:00', 'where', 'Raadhuisplein 1',
            'date', today, 'reference', '01920000-0000', 'rights', jsonb_build_array('U krijgt hulp bij het zoeken naar werk.'), 'duties', jsonb_build_array('U zoekt werk.'),
            'contact', 'Bel ons op werkdagen.', 'sender', 'Karin de Vries', 'search_until', calendar.in_words(clock.today() + 28))
            || jsonb_build_object('alias', 'Roos V', 'hours', '24 tot 32', 'occupations', jsonb_build_array('Magazijnmedewerker'), 'competences', jsonb_build_array('Nederlands (goed)'), 'available', today,
            'introduction', 'Ik werk graag met mensen.', 'shifts', 'overdag', 'wishes', 'Dicht bij huis.', 'parties', jsonb_build_array('Roos Voorbeeld (kandidaat)'), 'from', today,
            'until', calendar.in_words(clock.today() + 180), 'gets', 'Een training.', 'does', 'Werken in de winkel.', 'costs', 'Niets.', 'mark', repeat('0', 64), 'project', 'Proef',
            'vacancy', 'Magazijnmedewerker', 'valid', calendar.in_words(clock.today() + 28));
    end $$;

-- The bytes of base64; of what is no such text the text itself, which is no letter either.
create function app.letter_template_bytes(content text) returns bytea language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return decode(content, 'base64');
    exception when invalid_parameter_value then
        return convert_to(content, 'UTF8');
    end $$;

-- Before a file is taken in: it is the next version of letters of this kind.
create function app.letter_template_count() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform pg_advisory_xact_lock('app.letter_template'::regclass::int, new.tenant_id);
        new.number := 1 + coalesce((select max(o.number) from app.letter_template o where o.tenant_id = new.tenant_id and o.template = new.template), 0);
        new.hash := sha256(new.content);
        return new;
    end $$;
create trigger count before insert on app.letter_template for each row execute function app.letter_template_count();

-- After that: a page of it is asked for. The program that makes it reads the template, too: one that cannot be used is refused then.
create function app.letter_template_preview() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.letter_template o set preview_id = app.document_request(new.template, 'letter_template', new.id, app.letter_template_example(new.template), own => new.id)
        where o.tenant_id = new.tenant_id and o.id = new.id;
        return null;
    end $$;
create trigger preview after insert on app.letter_template for each row execute function app.letter_template_preview();

-- After its page was made, or could not be made: it can be used, or says why not.
create function app.letter_template_judge(document uuid, made text, why text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare l app.letter_template;
    begin
        select o.* into l from app.letter_template o where o.tenant_id = app.tenant() and o.preview_id = document and o.state = 'uploaded' for no key update;
        if found and made in ('made', 'failed') then
            update app.letter_template o set state = app.move('letter_template', l.state, case made when 'made' then 'fit' else 'refuse' end), fault = why
            where o.tenant_id = l.tenant_id and o.id = l.id;
        end if;
    end $$;

-- From now on letters of this kind are made of it. The one before stays, and can be used again.
create function app.letter_template_use(wanted uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare l app.letter_template;
    begin
        perform pg_advisory_xact_lock('app.letter_template'::regclass::int, app.tenant());
        select o.* into l from app.letter_template o where o.tenant_id = app.tenant() and o.id = wanted and app.sees_letter_template(o) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform app.move('letter_template', l.state, 'use');
        update app.letter_template o set state = app.move('letter_template', o.state, 'replace') where o.tenant_id = l.tenant_id and o.template = l.template and o.state = 'in_use';
        update app.letter_template o set state = app.move('letter_template', l.state, 'use') where o.tenant_id = l.tenant_id and o.id = l.id;
    end $$;
