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
-- A case manager may give a file of his own to somebody else. He sees the row for the rest of that transaction: the answer is the
-- file as he left it.
create function app.candidate_handed_over() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.candidate_handed_over', true), '')::uuid $$;
create function app.candidate_hand_over() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.scope() = 'caseload' and old.case_manager_id = app.actor() then
            perform set_config('app.candidate_handed_over', new.id::text, true);
        end if;
        return new;
    end $$;
create trigger hand_over before update of case_manager_id on app.candidate for each row
    when (new.case_manager_id <> old.case_manager_id) execute function app.candidate_hand_over();
create policy handed_over_seen on app.candidate for select using (id = (select app.candidate_handed_over()));
create policy handed_over on app.candidate for update using (false) with check (id = (select app.candidate_handed_over()));
call app.owned_by('app.candidate', 'candidate', 'case_manager_id', 'user', 'case_manager', 'team_lead');
call app.owned_by('app.candidate', 'candidate', 'organisation_id', 'organisation', 'firm', 'agency');
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

-- Stores or corrects the number of a candidate whom the caller sees, when the version is one that he read (null: the candidate is
-- new). The audit says which of the two, and never the number.
create function app.candidate_bsn_store(candidate uuid, versions text, key_id int, nonce bytea, ciphertext bytea, blind_index bytea)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare seen app.candidate; corrected boolean;
    begin
        select c.* into seen from app.candidate c
        where c.tenant_id = app.tenant() and c.id = candidate and app.sees_candidate(c) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        if not versions::int8multirange @> seen.version then
            return; -- the statement that changes the candidate refuses it
        end if;
        delete from app.candidate_bsn b where b.tenant_id = seen.tenant_id and b.candidate_id = seen.id;
        corrected := found;
        insert into app.candidate_bsn (tenant_id, candidate_id, key_id, nonce, ciphertext, blind_index)
        values (seen.tenant_id, seen.id, candidate_bsn_store.key_id, candidate_bsn_store.nonce, candidate_bsn_store.ciphertext,
                candidate_bsn_store.blind_index);
        perform audit.note('candidate', seen.id, 'change', array['bsn', case when corrected then 'correction' else 'registration' end]);
    end $$;

-- The candidate with this blind index, or nothing: also when the asker does not see who it is. Each call is audited with
-- what was found, never with the number.
create function app.candidate_by_bsn(wanted bytea, purpose text) returns uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare found_id uuid;
    begin
        perform entry.use('bsn-search', purpose);
        select b.candidate_id into found_id from app.candidate_bsn b
        where b.tenant_id = app.tenant() and b.blind_index = wanted;
        perform audit.note('candidate', found_id, 'look-up', array['bsn', purpose]);
        return (select c.id from app.candidate c where c.tenant_id = app.tenant() and c.id = found_id and app.sees_candidate(c));
    end $$;

-- The candidates with this day of birth and each of these words in their names, of those that the asker sees. Each call is
-- audited, with whom it found, and never with what was asked.
create function app.candidates_by_name(wanted text, born date, purpose text) returns setof uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare found_ids uuid[] := array(
        select c.id from app.candidate c
        where c.tenant_id = app.tenant() and c.birth_date = born and app.sees_candidate(c)
          and app.words(concat_ws(' ', c.first_name, c.last_name)) @@ app.asked(wanted)
        order by c.id limit 20);
    begin
        perform audit.note('candidate', f, 'look-up', array['name', purpose])
        from unnest(case found_ids when '{}' then array[null::uuid] else found_ids end) f;
        return query select unnest(found_ids);
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
