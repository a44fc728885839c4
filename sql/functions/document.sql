-- Documents: who sees them, and how they are asked for and made.

-- A document stands behind the wall of what it is about. Of a person the audience says who of those reads it; the person reads all, and an employer
-- what both are parties to.
create function app.document_told(d app.document, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when role = 'candidate' then scope = 'caseload' and d.wall = 'person' and app.is_own_file(d.candidate_id, actor)
                    when role = 'employer' then scope = 'organisation' and d.audience = 'parties' and d.employer_id = organisation
                    else (d.audience <> 'file' or d.wall not in ('person', 'measure') or role in ('case_manager', 'team_lead', 'system'))
                         and app.sees_about(d.wall, d.candidate_id, d.employer_id, scope, role, organisation, actor) end is true;
    end $$;
grant execute on function app.document_told(app.document, text, text, uuid, uuid) to public;
create function app.sees_document(d app.document, scope text default app.scope(), role text default app.role(),
                                  organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.document_told(d, scope, role, organisation, actor);
call app.wall('app.document', 'document', '{wall,noun,candidate_id,employer_id,parameters,fault,hash,pages,size,claimed_until,made_at}');
call app.open_to_scope('app.document', 'app.sees_document');
call app.about('app.document');
call app.referable('app.document', 'document', 'r.wall', 'app.sees_document', label => 'r.title', candidate => 'r.candidate_id', employer => 'r.employer_id');
create trigger log_transition after update on app.document
    for each row when (new.state is distinct from old.state) execute function app.log_transition('document');
call app.wall('app.document_content');

-- For functions of other nouns and for workers, which have asked themselves who may: a page of this template about this subject. `parameters` are
-- what it says: texts, and lists of texts. The page says what was true at this moment, whenever it is made.
create function app.document_request(template text, noun text, subject uuid, parameters jsonb) returns uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        about app.subject := app.subject_put(noun, subject);
        made uuid := gen_random_uuid();
    begin
        insert into app.document (tenant_id, id, subject_id, template, audience, retention, title, parameters, asked_by, asked_at)
        select about.tenant_id, made, about.id, t.code, t.audience, t.retention, t.title_nl, document_request.parameters, app.actor(), clock.now()
        from ref.document_template t where t.code = document_request.template;
        assert found, format('there is no template %s', template);
        return made;
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
        if not found then
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
