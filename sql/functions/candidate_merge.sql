-- Candidates of whom there are two files.

-- Two files of one person become one: the kept file gets what the other one has, and the other one stays as a sign that leads to it.
-- What two files can say differently is the property of the contract, and its column. Of a list of parts the items are united.
create function app.candidate_properties() returns table (property text, held text) language sql immutable parallel safe
    as $$ values ('alias', 'alias'), ('firstName', 'first_name'), ('lastName', 'last_name'), ('birthDate', 'birth_date'), ('email', 'email'),
                 ('phone', 'phone'), ('addressLines', 'address_lines'), ('digitalChosenAt', 'digital_chosen_at'), ('pc4', 'postcode4'), ('neighbourhood', 'neighbourhood'), ('caseManagerId', 'case_manager_id'),
                 ('coachId', 'coach_id'), ('organisationId', 'organisation_id'), ('userId', 'user_id'), ('status', 'status'), ('benefit', 'benefit'), ('situation', 'situation'),
                 ('currentEmployer', 'current_employer'), ('currentEmployerId', 'current_employer_id'), ('educationLevel', 'education_level'),
                 ('basicQualification', 'basic_qualification'), ('phase', 'phase'),
                 ('targetGroups', 'target_groups'), ('hoursMin', 'hours_min'), ('hoursMax', 'hours_max'), ('hoursWorked', 'hours_worked'),
                 ('shifts', 'shifts'),
                 ('maxDistanceKm', 'max_distance_km'), ('transport', 'transport'), ('availableFrom', 'available_from'),
                 ('wishes', 'wishes'), ('introduction', 'introduction'), ('sectors', 'sectors') $$;

-- Its lists of parts, and what tells one part from another.
create function app.candidate_part_lists() returns table (property text, held text, keys text[]) language sql immutable parallel safe
    as $$ values ('competences', 'competences', '{competenceId}'::text[]), ('conditions', 'conditions', '{condition}'), ('languages', 'languages', '{language}'),
                 ('occupations', 'occupations', '{occupationId}'), ('ownApplications', 'own_applications', '{date,employer,outcome}') $$;
create function app.candidate_parts_of(c app.candidate, property text) returns table (key text, part jsonb) language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    select distinct (select string_agg(part ->> k.name, '/' order by k.place) from unnest(l.keys) with ordinality k (name, place)), part
    from app.candidate_part_lists() l, jsonb_array_elements(nullif(to_jsonb(c) -> l.held, 'null')) part
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
        if k.died_on is not null or o.died_on is not null then
            perform app.refuse_state('died', '{}');
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
        if app.proposals_open_of(k.id) + app.proposals_open_of(o.id) > app.rule_count('cap.open_proposals') then
            raise exception using errcode = 'MW409', message = 'candidate-has-two-open-proposals',
                detail = json_build_object('pointer', '/otherId', 'limit', app.rule_count('cap.open_proposals'))::text;
        end if;
        m := app.candidate_merged(k, o, take);
        select jsonb_object_agg(p.property, case when p.property = any (take) then app.candidate_parts_united(p.property, o, k)
                                                 else app.candidate_parts_united(p.property, k, o) end)
        into united from app.candidate_part_lists() p;
        m.competences := (select json_strip_nulls(json_agg(c)) from (
            select c.* from jsonb_to_recordset(united -> 'competences') as c ("competenceId" uuid, level int, evidence text, "evidenceKind" text) order by 1) c);
        m.conditions := (select json_strip_nulls(json_agg(c)) from (
            select c.* from jsonb_to_recordset(united -> 'conditions') as c (condition text, met boolean, source text) order by 1) c);
        m.languages := (select json_agg(c) from (
            select c.* from jsonb_to_recordset(united -> 'languages') as c (language text, level text) order by 1) c);
        m.occupations := (select json_strip_nulls(json_agg(c)) from (
            select c.* from jsonb_to_recordset(united -> 'occupations') as c ("occupationId" uuid, wanted boolean, years int) order by 1) c);
        m.own_applications := app.candidate_own_applications(nullif(united -> 'ownApplications', '[]'));
        if m.user_id = o.user_id then -- one account is of one file
            update app.candidate c set user_id = null where c.tenant_id = k.tenant_id and c.id = o.id;
        end if;
        update app.candidate_bsn b set candidate_id = k.id, sealed_for = coalesce(b.sealed_for, o.id)
        where b.tenant_id = k.tenant_id and b.candidate_id = o.id;
        m.bsn_changes := k.bsn_changes + found::int;
        update app.candidate c set (alias, first_name, last_name, birth_date, email, phone, address_lines, digital_chosen_at, postcode4, neighbourhood, case_manager_id,
                coach_id, organisation_id, user_id, status, benefit, situation, current_employer, current_employer_id, education_level,
                basic_qualification, phase, target_groups, hours_min, hours_max, hours_worked, shifts, max_distance_km, transport,
                available_from, wishes, introduction, sectors, competences, conditions, languages, occupations, own_applications, bsn_changes,
                consent_withdrawn_at, consent_withdrawn_channel) =
            (m.alias, m.first_name, m.last_name, m.birth_date, m.email, m.phone, m.address_lines, m.digital_chosen_at, m.postcode4, m.neighbourhood, m.case_manager_id,
                m.coach_id, m.organisation_id, m.user_id, m.status, m.benefit, m.situation, m.current_employer, m.current_employer_id, m.education_level,
                m.basic_qualification, m.phase, m.target_groups, m.hours_min, m.hours_max, m.hours_worked, m.shifts, m.max_distance_km,
                m.transport, m.available_from, m.wishes, m.introduction, m.sectors, m.competences, m.conditions, m.languages,
                m.occupations, m.own_applications, m.bsn_changes, greatest(k.consent_withdrawn_at, o.consent_withdrawn_at),
                case when k.consent_withdrawn_at >= o.consent_withdrawn_at or o.consent_withdrawn_at is null
                     then k.consent_withdrawn_channel else o.consent_withdrawn_channel end)
        where c.tenant_id = k.tenant_id and c.id = k.id;
        perform app.candidate_move_history(k.tenant_id, k.id, o.id);
        perform app.subjects_move(k.id, o.id);
        perform app.mandates_move(k.id, o.id);
        if app.candidate_is_settled(m.status) then -- as after a change of the status: what came along is with employers no more
            update app.proposal p set state = app.move('proposal', p.state, 'overtake')
            where p.tenant_id = k.tenant_id and p.candidate_id = k.id and app.proposal_is_open(p.state);
        end if;
        if num_nonnulls(k.consent_withdrawn_at, o.consent_withdrawn_at) > 0 then
            perform app.proposals_revoke(k.id, greatest(k.consent_withdrawn_at, o.consent_withdrawn_at));
        end if;
        update app.candidate c set merged_into = k.id, status = 'left', first_name = null, last_name = null, birth_date = null, email = null,
               phone = null, address_lines = null, digital_chosen_at = null, neighbourhood = null, user_id = null, current_employer = null, current_employer_id = null, wishes = null,
               introduction = null, competences = null, conditions = null, languages = null, occupations = null, own_applications = null
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
    update app.placement p set candidate_id = kept where p.tenant_id = tenant and p.candidate_id = other;
    update app.instrument i set candidate_id = kept where i.tenant_id = tenant and i.candidate_id = other;
    update app.wage_value w set candidate_id = kept where w.tenant_id = tenant and w.candidate_id = other;
    update app.placement_contact c set candidate_id = kept where c.tenant_id = tenant and c.candidate_id = other;
    update app.task t set owner_candidate_id = kept where t.tenant_id = tenant and t.owner_candidate_id = other;
    update app.task t set promised_to_candidate_id = kept where t.tenant_id = tenant and t.promised_to_candidate_id = other;
    update app.benefit b set candidate_id = kept
    where b.tenant_id = tenant and b.candidate_id = other and not exists (select from app.benefit k
        where k.tenant_id = tenant and k.candidate_id = kept and k.kind = b.kind and (app.benefit_is_pending(k.state) and app.benefit_is_pending(b.state)
            or 'refused' not in (k.state, b.state) and not app.benefit_is_pending(k.state) and not app.benefit_is_pending(b.state)
               and daterange(k.from_day, k.until_day, '[]') && daterange(b.from_day, b.until_day, '[]')));
    update app.trajectory t set state = app.move('trajectory', t.state, 'stop'), stop_reason = 'merged', ended_on = clock.today()
    where t.tenant_id = tenant and t.candidate_id = other and (app.trajectory_is_pending(t.state) or app.trajectory_is_open(t.state))
      and exists (select from app.trajectory k where k.tenant_id = tenant and k.candidate_id = kept
                  and (k.kind = 'intake' and t.kind = 'intake' and (app.trajectory_is_pending(k.state) or app.trajectory_is_open(k.state))
                       or k.holds_place and t.holds_place and k.vacancy_id = t.vacancy_id));
    update app.trajectory t set candidate_id = kept where t.tenant_id = tenant and t.candidate_id = other;
    select app.appointments_unite(tenant, kept, other);
    select app.candidate_participations_unite(tenant, kept, other);
    update app.signal s set candidate_id = kept where s.tenant_id = tenant and s.candidate_id = other;
    update app.decision d set candidate_id = kept where d.tenant_id = tenant and d.candidate_id = other;
    update app.objection o set candidate_id = kept where o.tenant_id = tenant and o.candidate_id = other;
    update app.message m set to_candidate_id = kept where m.tenant_id = tenant and m.to_candidate_id = other;
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
