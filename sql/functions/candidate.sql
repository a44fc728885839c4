-- Candidates: who sees them, what is known of them, and what a change of one sets going.

create function app.sees_candidate(c app.candidate, scope text default app.scope(), role text default app.role(),
                                   organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then c.organisation_id = organisation
           when 'caseload' then c.case_manager_id = actor
           else false end;
call app.wall('app.candidate', 'candidate', '{}');
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

-- The parts of a candidate are kept twice, like those of a vacancy: as the client reads them, with the candidate, and as rows, which
-- refer to what is meant and are matched. These make the first of a body (column names, as the contract engine makes it); a trigger
-- makes the rows of that.
create function app.candidate_competences(given jsonb) returns json language plpgsql stable strict
    as $$ begin return (
        select json_strip_nulls(json_agg(c)) from (
            select g.competence_id as "competenceId", coalesce(g.level, 1) as level, g.evidence
            from jsonb_to_recordset(given) as g (competence_id uuid, level int, evidence text) order by 1) c); end $$;
create function app.candidate_conditions(given jsonb) returns json language plpgsql stable strict
    as $$ begin return (
        select json_strip_nulls(json_agg(c)) from (
            select g.condition, g.met, g.source
            from jsonb_to_recordset(given) as g (condition text, met boolean, source text) order by 1) c); end $$;
create function app.candidate_languages(given jsonb) returns json language plpgsql stable strict
    as $$ begin return (
        select json_agg(c) from (
            select g.language, g.level from jsonb_to_recordset(given) as g (language text, level text) order by 1) c); end $$;
create function app.candidate_occupations(given jsonb) returns json language plpgsql stable strict
    as $$ begin return (
        select json_strip_nulls(json_agg(c)) from (
            select g.occupation_id as "occupationId", coalesce(g.wanted, true) as wanted, g.years
            from jsonb_to_recordset(given) as g (occupation_id uuid, wanted boolean, years int) order by 1) c); end $$;

create function app.candidate_parts() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if tg_op = 'UPDATE' then
            delete from app.candidate_competence c where c.tenant_id = new.tenant_id and c.candidate_id = new.id;
            delete from app.candidate_condition c where c.tenant_id = new.tenant_id and c.candidate_id = new.id;
            delete from app.candidate_language c where c.tenant_id = new.tenant_id and c.candidate_id = new.id;
            delete from app.candidate_occupation c where c.tenant_id = new.tenant_id and c.candidate_id = new.id;
        end if;
        insert into app.candidate_competence (tenant_id, candidate_id, competence_id, level, evidence)
        select new.tenant_id, new.id, c."competenceId", c.level, c.evidence
        from json_to_recordset(new.competences) as c ("competenceId" uuid, level int, evidence text);
        insert into app.candidate_condition (tenant_id, candidate_id, condition, met, source)
        select new.tenant_id, new.id, c.condition, c.met, c.source
        from json_to_recordset(new.conditions) as c (condition text, met boolean, source text);
        insert into app.candidate_language (tenant_id, candidate_id, language, level)
        select new.tenant_id, new.id, c.language, c.level
        from json_to_recordset(new.languages) as c (language text, level text);
        insert into app.candidate_occupation (tenant_id, candidate_id, occupation_id, wanted, years)
        select new.tenant_id, new.id, c."occupationId", c.wanted, c.years
        from json_to_recordset(new.occupations) as c ("occupationId" uuid, wanted boolean, years int);
        return null;
    end $$;
create trigger parts_of_new after insert on app.candidate for each row
    when (coalesce(new.competences, new.conditions, new.languages, new.occupations) is not null)
    execute function app.candidate_parts();
create trigger parts_of_changed after update of competences, conditions, languages, occupations on app.candidate for each row
    when ((new.competences::text, new.conditions::text, new.languages::text, new.occupations::text)
          is distinct from (old.competences::text, old.conditions::text, old.languages::text, old.occupations::text))
    execute function app.candidate_parts();

-- Stores or corrects the number of a candidate whom the caller sees. Returns whether it is another number than before. The audit says
-- which of the two it was, and never the number.
create function app.candidate_bsn_store(candidate uuid, key_id int, nonce bytea, ciphertext bytea, blind_index bytea)
    returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare seen app.candidate; before bytea;
    begin
        select c.* into seen from app.candidate c
        where c.tenant_id = app.tenant() and c.id = candidate and app.sees_candidate(c) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        select b.blind_index into before from app.candidate_bsn b where b.tenant_id = seen.tenant_id and b.candidate_id = seen.id;
        if before = candidate_bsn_store.blind_index then
            return false;
        end if;
        delete from app.candidate_bsn b where b.tenant_id = seen.tenant_id and b.candidate_id = seen.id;
        insert into app.candidate_bsn (tenant_id, candidate_id, key_id, nonce, ciphertext, blind_index)
        values (seen.tenant_id, seen.id, candidate_bsn_store.key_id, candidate_bsn_store.nonce, candidate_bsn_store.ciphertext,
                candidate_bsn_store.blind_index);
        perform audit.note('candidate', seen.id, 'change',
                           array['bsn', case when before is null then 'registration' else 'correction' end]);
        return true;
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

-- A changed candidate may change the lists of open vacancies: one job finds which.
create function app.candidate_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform queue.enqueue('match_candidate', new.tenant_id, jsonb_build_object('candidate', new.id),
                              null, 'match_candidate:' || new.id, 'c', 2::smallint);
        return null;
    end $$;
create trigger follow_up_first after insert on app.candidate
    for each row execute function app.candidate_follow_up();
create trigger follow_up after update on app.candidate
    for each row when (new.changed_in <> old.changed_in) execute function app.candidate_follow_up();
