-- Candidates: who sees them, what is known of them, and what a change of one sets going.

create function app.sees_candidate(c app.candidate, scope text default app.scope(), role text default app.role(),
                                   organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then c.organisation_id = organisation
           when 'caseload' then actor = any (array[c.case_manager_id, c.coach_id])
           else false end;
call app.wall('app.candidate', 'candidate', '{}');
call app.open_to_scope('app.candidate', 'app.sees_candidate');
call app.guarded('app.candidate', 'candidate', 'old.merged_into is not distinct from new.merged_into');
create trigger log_transition after update on app.candidate
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

-- Who changes the status of a file moves it: the status that is wanted names the event. Functions that hire, and undo it, have moved it.
create function app.candidate_move() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not exists (select from ref.state_move m where m.noun = 'candidate' and m.from_state = old.status
                       and m.event = current_setting('app.event', true) and m.to_state = new.status) then
            perform app.move('candidate', old.status, case new.status when 'active' then 'activate' when 'paused' then 'pause'
                                                                      when 'placed' then 'place' else 'leave' end);
        end if;
        return new;
    end $$;
create trigger move before update of status on app.candidate
    for each row when (new.status <> old.status) execute function app.candidate_move();
call app.found_by('app.candidate', 'candidate', 'alias');
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
call app.owned_by('app.candidate', 'candidate', 'coach_id', 'user', 'coach');
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
-- which of the two it was, and never the number. Each counts, as a search does. `more` follows in the statement that calls this: then it
-- is refused after that when somebody has the number already (app.candidate_refuse_known), and else at once.
create function app.candidate_bsn_store(candidate uuid, key_id int, nonce bytea, ciphertext bytea, blind_index bytea, more boolean)
    returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare seen app.candidate; before bytea; known uuid;
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
        raise exception using errcode = '23505', message = 'known', table = 'candidate_bsn', constraint = 'candidate_bsn_once',
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

-- Two files of one person become one: the kept file gets what the other one has, and the other one stays as a sign that leads to it.
-- What two files can say differently is the property of the contract, and its column. Of a list of parts the items are united.
create function app.candidate_properties() returns table (property text, held text) language sql immutable parallel safe
    as $$ values ('alias', 'alias'), ('firstName', 'first_name'), ('lastName', 'last_name'), ('birthDate', 'birth_date'), ('email', 'email'),
                 ('phone', 'phone'), ('pc4', 'postcode4'), ('neighbourhood', 'neighbourhood'), ('caseManagerId', 'case_manager_id'),
                 ('coachId', 'coach_id'), ('organisationId', 'organisation_id'), ('status', 'status'), ('benefit', 'benefit'), ('phase', 'phase'),
                 ('targetGroups', 'target_groups'), ('hoursMin', 'hours_min'), ('hoursMax', 'hours_max'), ('hoursWorked', 'hours_worked'),
                 ('shifts', 'shifts'),
                 ('maxDistanceKm', 'max_distance_km'), ('transport', 'transport'), ('availableFrom', 'available_from'),
                 ('wishes', 'wishes'), ('introduction', 'introduction'), ('sectors', 'sectors') $$;

-- Its lists of parts, and what tells one part from another.
create function app.candidate_part_lists() returns table (property text, key text) language sql immutable parallel safe
    as $$ values ('competences', 'competenceId'), ('conditions', 'condition'), ('languages', 'language'), ('occupations', 'occupationId') $$;
create function app.candidate_parts_of(c app.candidate, property text) returns table (key text, part jsonb) language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    select part ->> l.key, part from app.candidate_part_lists() l, jsonb_array_elements(nullif(to_jsonb(c) -> l.property, 'null')) part
    where l.property = candidate_parts_of.property
    $$;

-- The properties of which both files say something, and not the same; of parts, those in which one item is told in two ways.
create function app.candidate_merge_conflicts(kept app.candidate, other app.candidate) returns text[] language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select array(
        select p.property from app.candidate_properties() p,
               nullif(nullif(to_jsonb(kept) -> p.held, 'null'), '[]') k, nullif(nullif(to_jsonb(other) -> p.held, 'null'), '[]') o
        where k <> o
        union all
        select distinct l.property from app.candidate_part_lists() l,
               app.candidate_parts_of(kept, l.property) k join app.candidate_parts_of(other, l.property) o using (key)
        where k.part || o.part <> o.part || k.part)
    $$;

-- The kept file with what it takes of the other one: what `take` names, and what only the other one has.
create function app.candidate_merged(kept app.candidate, other app.candidate, take text[]) returns app.candidate language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select jsonb_populate_record(kept, (
        select jsonb_object_agg(p.held, case when o is not null and (k is null or p.property = any (take)) then o
                                             else to_jsonb(kept) -> p.held end)
        from app.candidate_properties() p,
             nullif(nullif(to_jsonb(kept) -> p.held, 'null'), '[]') k, nullif(nullif(to_jsonb(other) -> p.held, 'null'), '[]') o))
    $$;

-- The parts of both: of one that both have, what `first` says of it, and what only `second` says.
create function app.candidate_parts_united(property text, first app.candidate, second app.candidate) returns jsonb language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(jsonb_agg(coalesce(s.part, '{}') || coalesce(f.part, '{}')), '[]')
    from app.candidate_parts_of(first, property) f full join app.candidate_parts_of(second, property) s using (key)
    $$;

-- Makes `other` a part of `kept`. The caller sees both. Refuses what would be lost: properties that differ and that neither `take` nor
-- `keep` names, two citizen service numbers, open proposals of both for one vacancy.
create function app.candidate_merge(kept uuid, other uuid, take text[], keep text[]) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        k app.candidate;
        o app.candidate;
        m app.candidate;
        united jsonb;
        open_conflicts text[];
        numbers int;
    begin
        perform app.proposals_lock_vacancies(kept, other);
        perform from app.candidate c where c.tenant_id = app.tenant() and c.id in (kept, other) order by c.id for no key update;
        select c.* into k from app.candidate c where c.tenant_id = app.tenant() and c.id = kept and app.sees_candidate(c);
        select c.* into o from app.candidate c where c.tenant_id = app.tenant() and c.id = other and app.sees_candidate(c) and other <> kept;
        if k.id is null or o.id is null then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        if k.merged_into is not null or o.merged_into is not null then
            perform app.refuse_state('merged', '{}');
        end if;
        perform app.require('candidate', k.status, 'mergeCandidates');
        select array_agg(c order by c) into open_conflicts from unnest(app.candidate_merge_conflicts(k, o)) c
        where c <> all (take) and c <> all (keep);
        if open_conflicts is not null then
            raise exception using errcode = 'MW409', message = 'merge-conflicts',
                detail = json_build_object('properties', open_conflicts)::text;
        end if;
        select count(*) into numbers from app.candidate_bsn b where b.tenant_id = k.tenant_id and b.candidate_id in (k.id, o.id);
        if numbers = 2 then
            raise exception using errcode = 'MW409', message = 'two-persons';
        end if;
        if exists (select from app.proposal p join app.proposal q on q.tenant_id = p.tenant_id and q.vacancy_id = p.vacancy_id
                   where p.tenant_id = k.tenant_id and p.candidate_id = k.id and q.candidate_id = o.id
                     and app.proposal_is_open(p.state) and app.proposal_is_open(q.state)) then
            raise exception using errcode = 'MW409', message = 'both-proposed';
        end if;
        if app.proposals_open_of(k.id) + app.proposals_open_of(o.id) > 2 then
            raise exception using errcode = 'MW409', message = 'candidate-has-two-open-proposals',
                detail = json_build_object('pointer', '/otherId', 'limit', 2)::text;
        end if;
        m := app.candidate_merged(k, o, take);
        select jsonb_object_agg(p.property, case when p.property = any (take) then app.candidate_parts_united(p.property, o, k)
                                                 else app.candidate_parts_united(p.property, k, o) end)
        into united from app.candidate_part_lists() p;
        m.competences := (select json_strip_nulls(json_agg(c)) from (
            select c.* from jsonb_to_recordset(united -> 'competences') as c ("competenceId" uuid, level int, evidence text) order by 1) c);
        m.conditions := (select json_strip_nulls(json_agg(c)) from (
            select c.* from jsonb_to_recordset(united -> 'conditions') as c (condition text, met boolean, source text) order by 1) c);
        m.languages := (select json_agg(c) from (
            select c.* from jsonb_to_recordset(united -> 'languages') as c (language text, level text) order by 1) c);
        m.occupations := (select json_strip_nulls(json_agg(c)) from (
            select c.* from jsonb_to_recordset(united -> 'occupations') as c ("occupationId" uuid, wanted boolean, years int) order by 1) c);
        update app.candidate_bsn b set candidate_id = k.id, sealed_for = coalesce(b.sealed_for, o.id)
        where b.tenant_id = k.tenant_id and b.candidate_id = o.id;
        m.bsn_changes := k.bsn_changes + found::int;
        update app.candidate c set (alias, first_name, last_name, birth_date, email, phone, postcode4, neighbourhood, case_manager_id,
                coach_id, organisation_id, status, benefit, phase, target_groups, hours_min, hours_max, hours_worked, shifts, max_distance_km, transport,
                available_from, wishes, introduction, sectors, competences, conditions, languages, occupations, bsn_changes,
                consent_withdrawn_at, consent_withdrawn_channel) =
            (m.alias, m.first_name, m.last_name, m.birth_date, m.email, m.phone, m.postcode4, m.neighbourhood, m.case_manager_id,
                m.coach_id, m.organisation_id, m.status, m.benefit, m.phase, m.target_groups, m.hours_min, m.hours_max, m.hours_worked, m.shifts, m.max_distance_km,
                m.transport, m.available_from, m.wishes, m.introduction, m.sectors, m.competences, m.conditions, m.languages,
                m.occupations, m.bsn_changes, greatest(k.consent_withdrawn_at, o.consent_withdrawn_at),
                case when k.consent_withdrawn_at >= o.consent_withdrawn_at or o.consent_withdrawn_at is null
                     then k.consent_withdrawn_channel else o.consent_withdrawn_channel end)
        where c.tenant_id = k.tenant_id and c.id = k.id;
        perform app.candidate_move_history(k.tenant_id, k.id, o.id);
        if num_nonnulls(k.consent_withdrawn_at, o.consent_withdrawn_at) > 0 then
            perform app.proposals_revoke(k.id, greatest(k.consent_withdrawn_at, o.consent_withdrawn_at));
        end if;
        update app.candidate c set merged_into = k.id, status = 'left', first_name = null, last_name = null, birth_date = null, email = null,
               phone = null, neighbourhood = null, wishes = null, introduction = null, competences = null, conditions = null,
               languages = null, occupations = null
        where c.tenant_id = k.tenant_id and c.id = o.id;
        perform audit.note('candidate', k.id, 'change', array['merge', 'from:' || o.id] || take);
        perform audit.note('candidate', o.id, 'change', array['merge', 'to:' || k.id]);
    end $$;

-- What refers to the other file refers to the kept one from now on. Where both were rejected by one employer, or hired, the proposal of the
-- other file stays with it: a pair is proposed once.
create function app.candidate_move_history(tenant int, kept uuid, other uuid) returns void language sql
    set search_path = pg_catalog, pg_temp
    as $$
    update app.proposal p set candidate_id = kept
    where p.tenant_id = tenant and p.candidate_id = other and (app.proposal_is_ended(p.state) or not exists (
        select from app.proposal q where q.tenant_id = tenant and q.vacancy_id = p.vacancy_id and q.candidate_id = kept
        and not app.proposal_is_ended(q.state)));
    update app.candidate c set merged_into = kept, changed_in = pg_current_xact_id() where c.tenant_id = tenant and c.merged_into = other
    $$;

-- A file that became part of another one stays as it is; only copies may be told to read it again.
create function app.candidate_stays_merged() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.refuse_state('merged', '{}');
        return null;
    end $$;
create trigger merged_stays before update on app.candidate for each row
    when (old.merged_into is not null and new.changed_in = old.changed_in) execute function app.candidate_stays_merged();

-- A candidate withdraws the consent that employers see the card: nothing new is sent, and open proposals are withdrawn.
create function app.candidate_withdraw_consent(candidate uuid, channel text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare c app.candidate;
    begin
        perform app.proposals_lock_vacancies(candidate);
        select q.* into c from app.candidate q
        where q.tenant_id = app.tenant() and q.id = candidate and app.sees_candidate(q) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform app.require('candidate', c.status, 'withdrawConsent');
        update app.candidate q set consent_withdrawn_at = clock.now(), consent_withdrawn_channel = channel
        where q.tenant_id = c.tenant_id and q.id = c.id;
        perform app.proposals_revoke(c.id, 'infinity');
    end $$;
