-- Candidates: who sees them, what is known of them, and what a change of one sets going.

create function app.sees_candidate(c app.candidate, scope text default app.scope(), role text default app.role(),
                                   organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then app.reached(c.id, organisation)
           when 'caseload' then case actor when c.case_manager_id then true when c.coach_id then true else app.mandated_to_me(c.id) end
           else false end;
call app.wall('app.candidate', 'candidate', '{organisation_until,benefit_until}');
call app.open_to_scope('app.candidate', 'app.sees_candidate');
call app.guarded('app.candidate', 'candidate', 'old.merged_into is not distinct from new.merged_into');
call app.referable('app.candidate', 'candidate', 'person', 'app.sees_candidate', label => 'r.alias', candidate => 'r.id');
create trigger zz_log_transition before update on app.candidate
    for each row when (new.status is distinct from old.status) execute function app.log_transition('candidate', 'status');

-- A file begins in a state that somebody can begin in.
create function app.candidate_begin() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.require('candidate', new.status, 'createCandidate');
        return new;
    end $$;
create trigger begin before insert on app.candidate
    for each row when (new.status <> 'active') execute function app.candidate_begin();

-- A regional hub keeps no files of persons.
create function app.candidates_refuse_hub() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if exists (select from ref.tenant t where t.tenant_id = new.tenant_id and t.kind = 'hub') then
            raise exception using errcode = 'MW409', message = 'hub-without-persons';
        end if;
        return new;
    end $$;
create trigger hub before insert on app.candidate for each row execute function app.candidates_refuse_hub();

-- Who changes the status of a file moves it: the status that is wanted names the event. Functions that hire, and undo it, have moved it.
create function app.candidate_move() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not exists (select from ref.state_move m where m.noun = 'candidate' and m.from_state = old.status
                       and m.event = current_setting('app.event_candidate', true) and m.to_state = new.status) then
            perform app.move('candidate', old.status, case new.status when 'active' then 'activate' when 'paused' then 'pause'
                                                                      when 'placed' then 'place' else 'leave' end);
        end if;
        return new;
    end $$;
create trigger move before update of status on app.candidate
    for each row when (new.status <> old.status) execute function app.candidate_move();
call app.found_by('app.candidate', 'candidate', 'alias');
-- A case manager may give one of their own files to somebody else. They see the row for the rest of that transaction, because the answer
-- is the file after the change.
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
call app.owned_by('app.candidate', 'candidate', 'coach_id', 'user', 'coach');
call app.owned_by('app.candidate', 'candidate', 'organisation_id', 'organisation', 'firm', 'agency', 'sheltered_work', 'centre');
call app.owned_by('app.candidate', 'candidate', 'user_id', 'user', 'candidate');
call app.unique_by('app.candidate_user_once', 'app.sees_candidate', '/candidates/', 'alias');
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
            select g.competence_id as "competenceId", coalesce(g.level, 1) as level, g.evidence, g.evidence_kind as "evidenceKind"
            from jsonb_to_recordset(given) as g (competence_id uuid, level int, evidence text, evidence_kind text) order by 1) c); end $$;
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

-- Own applications as the client reads them, the latest first. They have no rows: nothing refers to them.
create function app.candidate_own_applications(given jsonb) returns json language plpgsql stable strict
    as $$ begin return (
        select json_strip_nulls(json_agg(a)) from (
            select g.date, g.employer, g.outcome from jsonb_to_recordset(given) as g (date date, employer text, outcome text)
            order by 1 desc, 2, 3) a); end $$;

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
        insert into app.candidate_competence (tenant_id, candidate_id, competence_id, level, evidence, evidence_kind)
        select new.tenant_id, new.id, c."competenceId", c.level, c.evidence, c."evidenceKind"
        from json_to_recordset(new.competences) as c ("competenceId" uuid, level int, evidence text, "evidenceKind" text);
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
-- which of the two it was, and never the number. Each counts, as a search does. `more` follows in the statement that calls this: then it
-- is refused after that when somebody has the number already (app.candidate_refuse_known), and else at once.
create function app.candidate_bsn_store(candidate uuid, key_id int, nonce bytea, ciphertext bytea, blind_index bytea, more boolean)
    returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare seen app.candidate; before bytea; known uuid;
    begin
        select c.* into seen from app.candidate c
        where c.tenant_id = app.tenant() and c.id = candidate and app.sees_candidate(c) for no key update;
        if not found or not app.sees_candidate(seen) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        select b.blind_index into before from app.candidate_bsn b where b.tenant_id = seen.tenant_id and b.candidate_id = seen.id;
        if before = candidate_bsn_store.blind_index then
            return false;
        end if;
        perform app.require('candidate', seen.status, 'updateCandidate.identity');
        perform entry.use('bsn-store', 'file');
        select b.candidate_id into known from app.candidate_bsn b
        where b.tenant_id = seen.tenant_id and b.blind_index = candidate_bsn_store.blind_index and b.candidate_id <> seen.id;
        perform set_config('app.bsn_known', coalesce(known::text, ''), true);
        if known is not null then
            if not more then
                perform app.candidate_known();
            end if;
            return true;
        end if;
        delete from app.candidate_bsn b where b.tenant_id = seen.tenant_id and b.candidate_id = seen.id;
        insert into app.candidate_bsn (tenant_id, candidate_id, key_id, nonce, ciphertext, blind_index)
        values (seen.tenant_id, seen.id, candidate_bsn_store.key_id, candidate_bsn_store.nonce, candidate_bsn_store.ciphertext,
                candidate_bsn_store.blind_index);
        perform audit.note('candidate', seen.id, 'change',
                           array['bsn', case when before is null then 'registration' else 'correction' end]);
        return true;
    end $$;

-- Refuses a number that somebody has. The hint is for the audit: it is never shown.
create function app.candidate_known() returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        raise exception using errcode = '23505', message = 'taken', table = 'candidate_bsn', constraint = 'candidate_bsn_once',
            hint = current_setting('app.bsn_known', true);
    end $$;

-- After everything else that may refuse a change (by its name this trigger is the last one): a change that cannot be made tells of no
-- number whether somebody has it, because then nothing would be counted, and nothing noted.
create function app.candidate_refuse_known() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if current_setting('app.bsn_known', true) <> '' then
            perform app.candidate_known();
        end if;
        return null;
    end $$;
create trigger zz_refuse_known after update of bsn_changes on app.candidate for each row
    when (new.bsn_changes <> old.bsn_changes) execute function app.candidate_refuse_known();

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
        perform entry.use('name-search', purpose);
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
                              null, 'match_candidate:' || new.id, 'coalesce', 2::smallint);
        return null;
    end $$;
create trigger follow_up_first after insert on app.candidate
    for each row execute function app.candidate_follow_up();
create trigger follow_up after update on app.candidate
    for each row when (new.changed_in <> old.changed_in) execute function app.candidate_follow_up();

-- Who becomes available is matched on that day: nothing else of the file changes. Also who did so yesterday, when no worker came. Returns
-- how many.
create function app.candidates_arrive() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare count int;
    begin
        update app.candidate c set changed_in = pg_current_xact_id()
        where c.tenant_id = app.tenant() and c.available_from between clock.today() - 1 and clock.today() and c.status = 'active'
          and app.sees_candidate(c);
        get diagnostics count = row_count;
        return count;
    end $$;

-- A candidate withdraws the consent that employers see the card: nothing new is sent, and open proposals are withdrawn.
create function app.candidate_withdraw_consent(candidate uuid, channel text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare c app.candidate;
    begin
        perform app.proposals_lock_vacancies(candidate);
        select q.* into c from app.candidate q
        where q.tenant_id = app.tenant() and q.id = candidate and app.sees_candidate(q) for no key update;
        if not found or not app.sees_candidate(c) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform app.require('candidate', c.status, 'withdrawConsent');
        update app.candidate q set consent_withdrawn_at = clock.now(), consent_withdrawn_channel = channel
        where q.tenant_id = c.tenant_id and q.id = c.id;
        perform app.proposals_revoke(c.id, 'infinity');
        perform app.documents_withdraw(c.id, 'card');
    end $$;

-- The name of the firm or agency that has the mandate, for the one who sees the candidate.
create function app.candidate_organisation(candidate uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select o.name from app.candidate c join app.organisation o on o.tenant_id = c.tenant_id and o.id = c.organisation_id
                where c.tenant_id = app.tenant() and c.id = candidate and (c.organisation_until is null or c.organisation_until > clock.now())
                  and app.sees_candidate(c));
    end $$;

-- The candidates of a case manager or coach whom the caller sees.
create function app.candidates_of(owner uuid) returns setof uuid language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select c.id from app.candidate c
        where c.tenant_id = app.tenant() and owner in (c.case_manager_id, c.coach_id) and app.sees_candidate(c);
    end $$;

-- Gives the files of a case manager, the people of a coach, or those of a firm to another one, for hand-overs. Returns how many.
create function app.candidates_hand_over(from_user uuid, from_organisation uuid, to_user uuid, to_organisation uuid) returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        role text := (select u.role from app.user_account u where u.tenant_id = app.tenant() and u.id = to_user and u.active);
        kind text := (select o.kind from app.organisation o where o.tenant_id = app.tenant() and o.id = to_organisation and o.active);
        count int;
    begin
        update app.candidate c set
            case_manager_id = case when c.case_manager_id = from_user and role in ('case_manager', 'team_lead') then to_user else c.case_manager_id end,
            coach_id = case when c.coach_id = from_user and role = 'coach' then to_user else c.coach_id end,
            organisation_id = case when c.organisation_id = from_organisation and kind in ('firm', 'agency') then to_organisation else c.organisation_id end
        where c.tenant_id = app.tenant() and c.merged_into is null and c.died_on is null
          and ((c.case_manager_id = from_user and role in ('case_manager', 'team_lead')) or (c.coach_id = from_user and role = 'coach')
               or (c.organisation_id = from_organisation and kind in ('firm', 'agency')));
        get diagnostics count = row_count;
        return count;
    end $$;

-- Whether there is a way to write to somebody on paper: an address, and somebody who prints for the municipality. And whether there is a way at all.
create function app.candidate_has_post(candidate uuid) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.candidate c join app.endpoint e on e.tenant_id = c.tenant_id and e.purpose = 'print'
                       where c.tenant_id = app.tenant() and c.id = candidate and c.address_lines is not null);
    end $$;
create function app.candidate_can_be_told(candidate uuid) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.candidate c where c.tenant_id = app.tenant() and c.id = candidate and c.email is not null) or app.candidate_has_post(candidate);
    end $$;

-- What the file of somebody says of a benefit whose last day has come, for the one who sees the file.
create function app.candidate_benefit_now(candidate uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select app.benefit_lives(c.id) from app.candidate c where c.tenant_id = app.tenant() and c.id = candidate and app.sees_candidate(c));
    end $$;
