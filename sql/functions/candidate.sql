-- Candidates: who sees them, what is known of them, and what a change of one sets going.

create function app.sees_candidate(c app.candidate, scope text default app.scope(), role text default app.role(),
                                   organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then c.organisation_id = organisation
           when 'caseload' then c.case_manager_id = actor
           else false end;
call app.wall('app.candidate', 'candidate');
call app.open_to_scope('app.candidate', 'app.sees_candidate');
create trigger bury after delete on app.candidate for each row execute function app.bury('candidate');

call app.wall('app.candidate_competence');
call app.open_to_tenant('app.candidate_competence');
call app.wall('app.candidate_condition');
call app.open_to_tenant('app.candidate_condition');
call app.wall('app.candidate_language');
call app.open_to_tenant('app.candidate_language');
call app.wall('app.candidate_occupation');
call app.open_to_tenant('app.candidate_occupation');
call app.wall('app.candidate_bsn');

create function app.candidate_bsn_store(candidate uuid, key_id int, nonce bytea, ciphertext bytea, blind_index bytea)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        insert into app.candidate_bsn (tenant_id, candidate_id, key_id, nonce, ciphertext, blind_index)
        select c.tenant_id, c.id, candidate_bsn_store.key_id, candidate_bsn_store.nonce, candidate_bsn_store.ciphertext,
               candidate_bsn_store.blind_index
        from app.candidate c where c.tenant_id = app.tenant() and c.id = candidate and app.sees_candidate(c);
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
    end $$;

-- The candidate with this blind index, or nothing: also when the asker does not see who it is. Each call is audited with
-- what was found, never with the number.
create function app.candidate_by_bsn(wanted bytea, purpose text) returns uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare found_id uuid;
    begin
        select b.candidate_id into found_id from app.candidate_bsn b
        where b.tenant_id = app.tenant() and b.blind_index = wanted;
        perform audit.note('candidate', found_id, 'look-up', array['bsn', purpose]);
        return (select c.id from app.candidate c where c.tenant_id = app.tenant() and c.id = found_id and app.sees_candidate(c));
    end $$;

create function app.candidate_replace_parts(candidate uuid, document jsonb) returns void language sql
    set search_path = pg_catalog, pg_temp
    as $$
    delete from app.candidate_competence c using app.candidate p
    where p.id = candidate and p.changed_in = pg_current_xact_id() and c.candidate_id = p.id
      and document ? 'competences';
    insert into app.candidate_competence (tenant_id, candidate_id, competence_id, level, evidence)
    select p.tenant_id, p.id, c.competence_id, coalesce(c.level, 1), c.evidence
    from app.candidate p, jsonb_to_recordset(coalesce(document -> 'competences', '[]'))
         as c (competence_id uuid, level int, evidence text)
    where p.id = candidate and p.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'competences') = 'array';
    delete from app.candidate_condition c using app.candidate p
    where p.id = candidate and p.changed_in = pg_current_xact_id() and c.candidate_id = p.id
      and document ? 'conditions';
    insert into app.candidate_condition (tenant_id, candidate_id, condition, met, source)
    select p.tenant_id, p.id, c.condition, c.met, c.source
    from app.candidate p, jsonb_to_recordset(coalesce(document -> 'conditions', '[]'))
         as c (condition text, met boolean, source text)
    where p.id = candidate and p.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'conditions') = 'array';
    delete from app.candidate_language c using app.candidate p
    where p.id = candidate and p.changed_in = pg_current_xact_id() and c.candidate_id = p.id
      and document ? 'languages';
    insert into app.candidate_language (tenant_id, candidate_id, language, level)
    select p.tenant_id, p.id, c.language, c.level
    from app.candidate p, jsonb_to_recordset(coalesce(document -> 'languages', '[]')) as c (language text, level text)
    where p.id = candidate and p.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'languages') = 'array';
    delete from app.candidate_occupation c using app.candidate p
    where p.id = candidate and p.changed_in = pg_current_xact_id() and c.candidate_id = p.id
      and document ? 'occupations';
    insert into app.candidate_occupation (tenant_id, candidate_id, occupation_id, wanted, years)
    select p.tenant_id, p.id, c.occupation_id, coalesce(c.wanted, true), c.years
    from app.candidate p, jsonb_to_recordset(coalesce(document -> 'occupations', '[]'))
         as c (occupation_id uuid, wanted boolean, years int)
    where p.id = candidate and p.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'occupations') = 'array';
    $$;

-- A changed candidate may change the lists of open vacancies: one job finds which.
create function app.candidate_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform queue.enqueue('match_candidate', new.tenant_id, jsonb_build_object('candidate', new.id),
                              null, 'match_candidate:' || new.id, 'c', 2::smallint);
        return null;
    end $$;
create trigger follow_up after insert or update on app.candidate
    for each row execute function app.candidate_follow_up();
