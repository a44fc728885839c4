-- program: candidates

-- fragment: candidate_columns
c.id, c.alias, c.first_name, c.last_name, c.birth_date, c.email, c.phone, c.address_lines, c.digital_chosen_at, c.postcode4, c.neighbourhood, c.case_manager_id, c.coach_id,
case when c.organisation_until is null or c.organisation_until > (select clock.now()) then c.organisation_id end as organisation_id, c.user_id, c.status, case when c.benefit_until <= (select clock.today()) then app.candidate_benefit_now(c.id) else c.benefit end as benefit, c.situation, c.current_employer, c.current_employer_id, c.education_level, c.basic_qualification, c.phase, c.target_groups, c.hours_min, c.hours_max, c.hours_worked,
c.shifts, c.max_distance_km, c.transport, c.available_from, c.wishes, c.introduction,
c.sectors, c.consent_withdrawn_at, c.consent_given_at, c.consent_text_version, c.died_on, c.version, c.changed_at,
case when c.merged_into is not null
     then json_build_object('id', c.merged_into, 'href', '/v1/candidates/' || c.merged_into) end as merged_into

-- fragment: candidate_case_manager
(select k.name from app.colleague k where k.tenant_id = c.tenant_id and k.id = c.case_manager_id)

-- fragment: candidate_coach
(select k.name from app.colleague k where k.tenant_id = c.tenant_id and k.id = c.coach_id)

-- query: candidate_list
-- rows: many
-- whose: id
-- filter: status c.status = %
-- filter: caseManagerId c.case_manager_id = %::uuid
-- filter: coachId c.coach_id = %::uuid
-- filter: projectId exists (select from app.candidate_participation a where a.tenant_id = c.tenant_id and a.candidate_id = c.id and a.project_id = %::uuid)
-- filter: neighbourhood c.neighbourhood = %
-- filter: situation c.situation = %
-- filter: assignedToMe (select app.actor()) = any (array[c.case_manager_id, c.coach_id])
-- filter: unattended not exists (select from app.colleague k where k.tenant_id = c.tenant_id and k.id = c.case_manager_id and k.active and k.role in ('case_manager', 'team_lead'))
-- filter: aliasPrefix c.id = any (array(select app.named('candidate', %)))
-- changes: c.changed_in
-- living: c.merged_into is null
-- reached: c.id
-- sort: changedAt c.changed_at timestamptz changed_at
-- sort: alias c.alias text alias
-- key: c.id
-- newest-first:
select {{candidate_columns}},
       case when :shows_case_manager_name::boolean then {{candidate_case_manager}} end as case_manager_name,
       case when :shows_coach_name::boolean then {{candidate_coach}} end as coach_name,
       case when :shows_organisation_name::boolean then app.candidate_organisation(c.id) end as organisation_name,
       c.changed_in
from app.candidate c where true

-- query: candidate_get
-- rows: one
-- whose: id
select {{candidate_columns}}, c.competences, c.conditions, c.languages, c.occupations, c.own_applications, app.proposals_open_of(c.id) as open_proposals
from app.candidate c where c.id = :id

-- query: candidate_get_named
-- rows: one
-- whose: id
select {{candidate_columns}}, ref.labelled(c.competences, :language) as competences, ref.labelled(c.conditions, :language) as conditions,
       c.languages, ref.labelled(c.occupations, :language) as occupations, c.own_applications,
       (select b.name from ref.neighbourhood b where b.code = c.neighbourhood) as neighbourhood_name, app.proposals_open_of(c.id) as open_proposals,
       {{candidate_case_manager}} as case_manager_name, {{candidate_coach}} as coach_name,
       app.candidate_organisation(c.id) as organisation_name
from app.candidate c where c.id = :id

-- query: candidate_insert
-- body: CandidateNew
-- rows: one
-- whose: nobody
insert into app.candidate as c (tenant_id, id, alias, first_name, last_name, birth_date, email, phone, address_lines, digital_chosen_at, postcode4,
    neighbourhood, case_manager_id, coach_id, organisation_id, user_id, status, benefit, situation, current_employer, current_employer_id,
    education_level, basic_qualification, phase, target_groups, hours_min, hours_max, hours_worked, shifts,
    max_distance_km, transport, available_from, wishes, introduction, sectors, competences, conditions, languages, occupations, own_applications)
values (app.tenant(), :id::uuid, @alias, @first_name, @last_name, @birth_date::date, @email, @phone, @address_lines, @digital_chosen_at::timestamptz, @postcode4,
    @neighbourhood, :case_manager_id::uuid, @coach_id::uuid, @organisation_id::uuid, @user_id::uuid, coalesce(@status, 'active'),
    coalesce(@benefit, 'assistance'), coalesce(@situation, 'unemployed'), @current_employer, @current_employer_id::uuid, @education_level,
    @basic_qualification::boolean, @phase::int,
    array(select jsonb_array_elements_text(@target_groups::jsonb)), coalesce(@hours_min::int, 1),
    coalesce(@hours_max::int, 40), coalesce(@hours_worked::int, 0),
    coalesce(nullif(array(select jsonb_array_elements_text(@shifts::jsonb)), '{}'), '{day}'),
    coalesce(@max_distance_km::int, 15), array(select jsonb_array_elements_text(@transport::jsonb)),
    @available_from::date, @wishes, @introduction, array(select jsonb_array_elements_text(@sectors::jsonb)),
    app.candidate_competences(@competences::jsonb), app.candidate_conditions(@conditions::jsonb),
    app.candidate_languages(@languages::jsonb), app.candidate_occupations(@occupations::jsonb),
    app.candidate_own_applications(@own_applications::jsonb))
returning c.id

-- A number that is given is stored when the row is one that the client read; :blind_index is null when none is given.
-- query: candidate_change
-- rows: one
-- whose: nobody
-- none: stale
with number as (
    select app.candidate_bsn_store(:id::uuid, :key_id::int, :nonce::bytea, :ciphertext::bytea, :blind_index::bytea, true) as changed
    where :blind_index::bytea is not null
)
update app.candidate c set (alias, first_name, last_name, birth_date, email, phone, address_lines, digital_chosen_at, postcode4, neighbourhood,
        case_manager_id, coach_id, organisation_id, user_id, status, benefit, situation, current_employer, current_employer_id, education_level,
        basic_qualification, phase, target_groups, hours_min, hours_max, hours_worked, shifts,
        max_distance_km, transport, available_from, wishes, introduction, sectors, competences, conditions, languages,
        occupations, own_applications, bsn_changes) =
    (select n.alias, n.first_name, n.last_name, n.birth_date, n.email, n.phone, n.address_lines, n.digital_chosen_at, n.postcode4, n.neighbourhood,
        n.case_manager_id, n.coach_id, n.organisation_id, n.user_id, n.status, n.benefit, n.situation, n.current_employer, n.current_employer_id,
        n.education_level, n.basic_qualification, n.phase, n.target_groups, n.hours_min, n.hours_max,
        n.hours_worked, n.shifts, n.max_distance_km, n.transport, n.available_from, n.wishes, n.introduction, n.sectors,
        case when d ? 'competences' then app.candidate_competences(nullif(d -> 'competences', 'null')) else c.competences end,
        case when d ? 'conditions' then app.candidate_conditions(nullif(d -> 'conditions', 'null')) else c.conditions end,
        case when d ? 'languages' then app.candidate_languages(nullif(d -> 'languages', 'null')) else c.languages end,
        case when d ? 'occupations' then app.candidate_occupations(nullif(d -> 'occupations', 'null')) else c.occupations end,
        case when d ? 'own_applications' then app.candidate_own_applications(nullif(d -> 'own_applications', 'null')) else c.own_applications end,
        c.bsn_changes + coalesce((select number.changed::int from number), 0)
     from (select :document::jsonb) given (d) cross join jsonb_populate_record(c, given.d) n)
where c.id = :id and :version::int8multirange @> c.version
returning c.id

-- query: candidate_bsn_store
-- rows: none
-- writes: yes
select app.candidate_bsn_store(:id::uuid, :key_id::int, :nonce::bytea, :ciphertext::bytea, :blind_index::bytea, false)

-- query: candidate_merge
-- body: CandidateMerge
-- rows: none
-- writes: yes
select app.candidate_merge(:id::uuid, @other_id::uuid, array(select jsonb_array_elements_text(@take::jsonb)),
                           array(select jsonb_array_elements_text(@keep::jsonb)))

-- Notes the look-up in the audit, found or not; then only what the asker may see.
-- query: candidate_search
-- rows: one
-- whose: noted
-- writes: yes
select coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'alias', c.alias, 'status', c.status))
                 from app.candidate_by_bsn(:blind_index::bytea, :purpose) b join app.candidate c on c.id = b), '[]') as items

-- The same by name and day of birth.
-- query: candidate_search_name
-- rows: one
-- whose: noted
-- writes: yes
select jsonb_path_query_array(f.found, '$[0]') as items, nullif(f.found - 0, '[]') as also
from (select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'alias', c.alias, 'status', c.status) order by c.id), '[]') as found
      from app.candidates_by_name(:name, :born::date, :purpose) b join app.candidate c on c.id = b) f

-- query: candidate_withdraw_consent
-- body: ConsentWithdrawal
-- rows: none
-- writes: yes
select app.candidate_withdraw_consent(:id::uuid, @channel)

-- query: candidate_give_consent
-- body: ConsentGiving
-- rows: none
-- writes: yes
select app.candidate_give_consent(:id::uuid, @channel, @text_version)

-- query: candidate_report_sick
-- rows: none
-- writes: yes
select app.candidate_report_sick(:id::uuid)

-- query: candidate_ask
-- body: CandidateQuestion
-- rows: none
-- writes: yes
select app.candidate_ask(:id::uuid, @text)

-- query: candidate_die
-- body: CandidateDeath
-- rows: none
-- writes: yes
select app.candidate_die(:id::uuid, @died_on::date)

-- query: candidate_revive
-- body: CandidateDeathReversal
-- rows: none
-- writes: yes
select app.candidate_revive(:id::uuid, @reason)

-- Puts one competence or condition in the place of the one with the same code, or removes it.
-- query: candidate_competence_put
-- whose: nobody
-- body: HeldCompetence
-- rows: one
-- none: stale
update app.candidate c set competences = app.candidate_competences(
    app.parts_with_room(app.parts_but(c.competences, 'competenceId', :competence_id, 'competence_id'), 100)
    || jsonb_build_object('competence_id', :competence_id, 'level', @level::int, 'evidence', @evidence, 'evidence_kind', @evidence_kind))
where c.id = :candidate_id and :version::int8multirange @> c.version
returning c.id

-- query: candidate_competence_remove
-- whose: nobody
-- rows: one
-- none: stale
update app.candidate c set competences = app.candidate_competences(app.parts_but(c.competences, 'competenceId', :competence_id, 'competence_id'))
where c.id = :candidate_id and :version::int8multirange @> c.version
returning c.id

-- query: candidate_condition_put
-- whose: nobody
-- body: HeldCondition
-- rows: one
-- none: stale
update app.candidate c set conditions = app.candidate_conditions(
    app.parts_with_room(app.parts_but(c.conditions, 'condition', :condition, 'condition'), 60)
    || jsonb_build_object('condition', :condition, 'met', @met::boolean, 'source', @source))
where c.id = :candidate_id and :version::int8multirange @> c.version
returning c.id

-- query: candidate_condition_remove
-- whose: nobody
-- rows: one
-- none: stale
update app.candidate c set conditions = app.candidate_conditions(app.parts_but(c.conditions, 'condition', :condition, 'condition'))
where c.id = :candidate_id and :version::int8multirange @> c.version
returning c.id
