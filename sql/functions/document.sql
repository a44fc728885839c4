-- Documents: who sees them, and how they are asked for and made.

-- A document stands behind the wall of what it is about. Of a person the audience says who of those reads it; the person reads all, and an employer
-- what both are parties to.
create function app.document_told(d app.document, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when role = 'candidate' then scope = 'caseload' and d.wall in ('person', 'measure') and app.is_own_file(d.candidate_id, actor)
                    when role = 'tenant_admin' then scope = 'tenant' and d.noun = 'letter_template'
                    when role = 'employer' then scope = 'organisation' and d.audience = 'parties' and d.employer_id = organisation
                    else (d.audience <> 'file' or d.wall not in ('person', 'measure') or role in ('case_manager', 'team_lead', 'system'))
                         and app.sees_about(d.wall, d.candidate_id, d.employer_id, scope, role, organisation, actor) end is true;
    end $$;
grant execute on function app.document_told(app.document, text, text, uuid, uuid) to public;
create function app.sees_document(d app.document, scope text default app.scope(), role text default app.role(),
                                  organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.document_told(d, scope, role, organisation, actor);
call app.wall('app.document', 'document', '{wall,noun,candidate_id,employer_id,parameters,fault,hash,pages,size,claimed_until,claimed_by,made_at}');
call app.open_to_scope('app.document', 'app.sees_document');
call app.about('app.document');
call app.apart('app.document', $$wall <> 'measure'$$);
call app.referable('app.document', 'document', 'r.wall', 'app.sees_document', label => 'r.title', candidate => 'r.candidate_id', employer => 'r.employer_id');
create trigger zz_log_transition before update on app.document
    for each row when (new.state is distinct from old.state) execute function app.log_transition('document');
call app.wall('app.document_content');

-- For functions of other nouns and for workers, which have asked themselves who may: a page of this template about this subject. `parameters` are
-- what it says: texts, and lists of texts. The page says what was true at this moment, whenever it is made.
create function app.document_request(template text, noun text, subject uuid, parameters jsonb, made uuid default gen_random_uuid(),
                                     own uuid default null) returns uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        about app.subject := app.subject_put(noun, subject);
    begin
        insert into app.document (tenant_id, id, subject_id, template, letter_template_id, audience, retention, title, parameters, asked_by, asked_at)
        select about.tenant_id, made, about.id, t.code, coalesce(own, app.letter_template_of(t.code)), t.audience, t.retention, t.title_nl, document_request.parameters, app.actor(), clock.now()
        from ref.document_template t where t.code = document_request.template;
        assert found, format('there is no template %s', template);
        perform queue.enqueue('make_document', about.tenant_id, jsonb_build_object('document', made));
        return made;
    end $$;

-- The card of a candidate as a page, for the one who sees the candidate: what an employer may see now. Without consent there is none.
create function app.document_card(candidate uuid, document uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        c app.candidate;
        k jsonb;
    begin
        select q.* into c from app.candidate q where q.tenant_id = app.tenant() and q.id = candidate and q.merged_into is null and app.sees_candidate(q) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform app.require('candidate', c.status, 'createCardDocument');
        if c.consent_withdrawn_at is not null then
            raise exception using errcode = 'MW409', message = 'consent-withdrawn', detail = json_build_object('pointer', '')::text;
        end if;
        k := app.card(c, false);
        perform app.document_request('card', 'candidate', c.id, jsonb_strip_nulls(jsonb_build_object(
            'municipality', (select t.name from ref.tenant t where t.tenant_id = c.tenant_id), 'date', calendar.in_words(clock.today()), 'alias', c.alias,
            'introduction', c.introduction, 'wishes', c.wishes, 'available', calendar.in_words(c.available_from),
            'hours', case when c.hours_min = c.hours_max then c.hours_max::text else format('%s tot %s', c.hours_min, c.hours_max) end,
            'shifts', (select string_agg(case s.name when 'day' then 'overdag' when 'evening' then 'in de avond' when 'night' then 'in de nacht' else 'in het weekend' end, ', ' order by s.place)
                       from unnest(c.shifts) with ordinality s (name, place)),
            'occupations', k -> 'occupations',
            'competences', (select coalesce(jsonb_agg(format('%s (%s)', v ->> 'label', (array['basis', 'goed', 'heel goed'])[(v ->> 'level')::int])), '[]')
                            from jsonb_array_elements(k -> 'competences') v))), document);
    end $$;

-- The pages of a document that the caller sees.
create function app.document_bytes(document uuid) returns bytea language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select c.bytes from app.document d join app.document_content c on c.tenant_id = d.tenant_id and c.document_id = d.id
                where d.tenant_id = app.tenant() and d.id = document and d.state = 'made' and app.sees_document(d));
    end $$;

-- Nobody may see this document any more. Its pages are gone, and what is known of it stays.
create function app.document_take_back(d app.document) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        delete from app.document_content c where c.tenant_id = d.tenant_id and c.document_id = d.id;
        update app.document o set state = app.move('document', d.state, 'withdraw'), parameters = '{}' where o.tenant_id = d.tenant_id and o.id = d.id;
    end $$;

-- A person withdraws a document that should not be there.
create function app.document_withdraw(document uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.document;
    begin
        select o.* into d from app.document o where o.tenant_id = app.tenant() and o.id = document and app.sees_document(o) for no key update;
        if not found or not app.sees_document(d) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform app.document_take_back(d);
    end $$;

-- For functions of other nouns: the same of all documents of this template about this subject. Returns how many.
create function app.documents_withdraw(subject uuid, of_template text) returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.document;
        many int := 0;
    begin
        for d in select o.* from app.document o where o.tenant_id = app.tenant() and o.subject_id = subject and o.template = of_template
                 and (app.document_is_pending(o.state) or app.document_is_settled(o.state)) order by o.id for no key update loop
            perform app.document_take_back(d);
            many := many + 1;
        end loop;
        return many;
    end $$;

-- Whether a job is making it. A claim is over when its job no longer runs: its worker died, and another one goes on.
create function app.document_is_claimed(d app.document) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return d.claimed_until > clock.now() and exists (select from queue.job j where j.id = d.claimed_by and j.state = 'leased');
    end $$;

-- Claims for this job what is asked and nobody makes: its own document first. A claim ends by itself, because a worker may die.
create function app.documents_claim(document uuid, job bigint, most int)
    returns table (id uuid, template text, parameters jsonb, pages_most int, own bytea) language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not exists (select from app.document d where d.tenant_id = app.tenant() and (d.id = document or d.claimed_by = job) and app.document_is_pending(d.state)
                       and app.sees_document(d)) then
            return;
        end if;
        return query
        with chosen as (
            select d.tenant_id, d.id from app.document d
            where d.tenant_id = app.tenant() and d.state = 'asked' and (d.claimed_by = job or not app.document_is_claimed(d)) and app.sees_document(d)
            order by (d.id = document) desc, d.asked_at, d.id limit most for no key update skip locked),
        claimed as (
            update app.document d set claimed_until = clock.now() + make_interval(secs => (select k.timeout_ms / 1000 from queue.kind k where k.kind = 'make_document')), claimed_by = job
            from chosen c where d.tenant_id = c.tenant_id and d.id = c.id returning d.tenant_id, d.id, d.template, d.letter_template_id, d.parameters || jsonb_build_object('title', d.title) as parameters)
        select c.id, c.template, case when o.id is null then c.parameters else app.letter_template_blanks(c.template) || c.parameters end, t.pages_most, o.content::bytea from claimed c join ref.document_template t on t.code = c.template
        left join app.letter_template o on o.tenant_id = c.tenant_id and o.id = c.letter_template_id order by c.id;
    end $$;

-- Whether another job has claimed this document and not ended it: it may die yet.
create function app.document_waits(document uuid, job bigint) returns boolean language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.document d where d.tenant_id = app.tenant() and d.id = document and app.document_is_pending(d.state)
                       and app.sees_document(d) and d.claimed_by is distinct from job);
    end $$;

-- A document that this job claimed is made, or cannot be made. One that was withdrawn meanwhile stays so.
create function app.document_end(document uuid, job bigint, bytes bytea, pages int, fault text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.document;
    begin
        select o.* into d from app.document o where o.tenant_id = app.tenant() and o.id = document and o.claimed_by = job
            and app.document_is_pending(o.state) and app.sees_document(o) for no key update;
        if not found then
            return;
        end if;
        if document_end.fault is not null then
            update app.document o set state = app.move('document', d.state, 'fail'), fault = document_end.fault
            where o.tenant_id = d.tenant_id and o.id = d.id;
            return;
        end if;
        insert into app.document_content (tenant_id, document_id, bytes) values (d.tenant_id, d.id, document_end.bytes);
        update app.document o set state = app.move('document', d.state, 'make'), hash = sha256(document_end.bytes),
            parameters = case when exists (select from app.message m where m.tenant_id = d.tenant_id and m.document_id = d.id) then d.parameters else '{}' end, -- a letter may have to be made anew
            pages = document_end.pages, size = octet_length(document_end.bytes), made_at = clock.now()
        where o.tenant_id = d.tenant_id and o.id = d.id;
    end $$;

-- After a document is made, or cannot be: messages that waited for it go on.
create function app.document_awaited() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.messages_wake(new.id), app.letter_template_judge(new.id, new.state, new.fault);
        return null;
    end $$;
create trigger zz_awaited after update on app.document for each row when (old.state = 'asked' and new.state <> 'asked') execute function app.document_awaited();

-- After a job that makes a document was buried: nobody makes it any more, and whatever waits for it hears that.
create function app.document_job_died() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        before text := current_setting('app.tenant', true);
        role text := current_setting('app.role', true);
    begin
        perform set_config('app.tenant', new.tenant::text, true), set_config('app.role', 'system', true);
        update app.document d set state = app.move('document', d.state, 'fail'), fault = 'not_made'
        where d.tenant_id = new.tenant and d.id = (new.payload ->> 'document')::uuid and app.document_is_pending(d.state);
        perform set_config('app.tenant', coalesce(before, ''), true), set_config('app.role', coalesce(role, ''), true);
        return null;
    end $$;
create trigger document_job_died after insert on queue.dead for each row when (new.kind = 'make_document') execute function app.document_job_died();

-- For functions of other nouns: the last day of the pages has passed. What is known of them stays.
create function app.document_erase(document uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare earlier uuid;
    begin
        while document is not null loop
            select (d.parameters ->> 'renews')::uuid into earlier from app.document d where d.tenant_id = app.tenant() and d.id = document;
            delete from app.document_content c where c.tenant_id = app.tenant() and c.document_id = document;
            update app.document d set parameters = '{}' where d.tenant_id = app.tenant() and d.id = document and app.document_is_settled(d.state);
            document := earlier;
        end loop;
    end $$;
