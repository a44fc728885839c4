-- program: employers

-- fragment: vacancy_columns
v.id, v.employer_id, v.title, v.description, v.kind, v.state, v.occupation_id, v.hours_min, v.hours_max,
v.shifts, v.postcode4, v.neighbourhood, v.site_id, v.positions, v.candidates_wanted, v.start_date, v.needed_by, v.hand_over_date,
v.first_look_until, v.wage_text, v.off_season, v.off_season_months, v.residence_neighbourhood, v.internal_note, v.source,
v.client_employer_id, v.client_organisation_id, v.carved_from_id, v.reported_at, v.assignee_id, v.project_id, v.match_input, v.answer_due_at, v.answered_at

-- fragment: vacancy_employer
(select e.name from app.employer e where e.tenant_id = v.tenant_id and e.id = v.employer_id)

-- fragment: vacancy_occupation
(select l.label from ref.occupation_label l where l.occupation_id = v.occupation_id and l.language = :language and l.preferred)

-- fragment: vacancy_assignee
(select c.name from app.colleague c where c.tenant_id = v.tenant_id and c.id = v.assignee_id)

-- fragment: vacancy_advice
case when app.vacancy_is_pending(v.state) then
    (select s.advice from app.vacancy_supply s where s.tenant_id = v.tenant_id and s.vacancy_id = v.id and s.match_input = v.match_input) end

-- query: vacancy_list
-- rows: many
-- filter: state v.state = %
-- filter: kind v.kind = %
-- filter: employerId v.employer_id = %::uuid
-- filter: occupationId v.occupation_id = %::uuid
-- filter: source v.source = %
-- filter: neighbourhood v.neighbourhood = %
-- filter: assigneeId v.assignee_id = %::uuid
-- filter: assignedToMe v.assignee_id = (select app.actor())
-- filter: projectId v.project_id = %::uuid
-- filter: unattended not exists (select from app.colleague k where k.tenant_id = v.tenant_id and k.id = v.assignee_id and k.active and k.role in ('consultant', 'account_manager', 'team_lead'))
-- filter: reportedBefore v.reported_at < %::timestamptz
-- filter: dueBefore v.answered_at is null and v.answer_due_at < %::timestamptz
-- filter: neededByFrom v.needed_by >= %::date
-- filter: neededByTo v.needed_by <= %::date
-- changes: v.changed_in
-- sort: reportedAt v.reported_at timestamptz reported_at
-- sort: changedAt v.changed_at timestamptz changed_at
-- sort: title v.title text title
-- key: v.id
-- newest-first:
select {{vacancy_columns}}, v.positions_taken,
       case when :shows_employer_name::boolean then {{vacancy_employer}} end as employer_name,
       case when :shows_occupation_label::boolean then {{vacancy_occupation}} end as occupation_label,
       case when :shows_assignee_name::boolean then {{vacancy_assignee}} end as assignee_name,
       case when :shows_advice::boolean then {{vacancy_advice}} end as advice,
       v.version, v.changed_at, v.changed_in
from app.vacancy v where true

-- Whether the asker sees it: a list of what belongs to it is 404 when not.
-- query: vacancy_seen
-- rows: one
select v.id from app.vacancy v where v.id = :vacancy_id

-- query: vacancy_get
-- rows: one
select {{vacancy_columns}}, v.competences, v.conditions, v.positions_taken, v.version, v.changed_at
from app.vacancy v where v.id = :id

-- query: vacancy_get_named
-- rows: one
select {{vacancy_columns}}, v.positions_taken, {{vacancy_employer}} as employer_name,
       {{vacancy_occupation}} as occupation_label, {{vacancy_assignee}} as assignee_name, {{vacancy_advice}} as advice,
       ref.labelled(v.competences, :language) as competences, ref.labelled(v.conditions, :language) as conditions, v.version, v.changed_at
from app.vacancy v where v.id = :id

-- The employer must be visible to the asker; a firm or agency reports for any employer of the municipality.
-- query: vacancy_insert
-- body: VacancyNew
-- rows: one
insert into app.vacancy as v (tenant_id, id, employer_id, title, description, kind, occupation_id, competences, conditions, hours_min,
    hours_max, shifts, postcode4, neighbourhood, site_id, positions, candidates_wanted, start_date, needed_by, hand_over_date, first_look_until,
    wage_text, off_season, off_season_months, residence_neighbourhood, internal_note, client_employer_id, client_organisation_id, carved_from_id,
    assignee_id, project_id, source,
    reported_at, reported_by, reported_by_organisation)
values (app.tenant(), :id::uuid, @employer_id::uuid, @title, @description, @kind, @occupation_id::uuid,
    app.vacancy_competences(@competences::jsonb), app.vacancy_conditions(@conditions::jsonb), @hours_min::int, @hours_max::int,
    coalesce(nullif(array(select jsonb_array_elements_text(@shifts::jsonb)), '{}'), '{day}'),
    @postcode4, @neighbourhood, @site_id::uuid, @positions::int, coalesce(@candidates_wanted::int, app.rule_count('cap.candidates_wanted', @project_id::uuid)), @start_date::date, @needed_by::date,
    @hand_over_date::date, @first_look_until::date, @wage_text, @off_season,
    nullif(array(select jsonb_array_elements_text(@off_season_months::jsonb)), '{}'), @residence_neighbourhood, @internal_note, @client_employer_id::uuid,
    @client_organisation_id::uuid, @carved_from_id::uuid, @assignee_id::uuid, @project_id::uuid,
    case when @source is not null then @source when app.role() in ('employer', 'firm', 'agency', 'hub') then app.role() else 'account_manager' end,
    clock.now(), app.actor(), case when app.role() in ('firm', 'agency') then app.organisation() end)
returning {{vacancy_columns}}, v.competences, v.conditions, v.positions_taken, v.version, v.changed_at

-- query: vacancy_change
-- rows: one
-- none: stale
update app.vacancy v set (title, description, kind, occupation_id, hours_min, hours_max, shifts, postcode4, neighbourhood, site_id, positions,
                          candidates_wanted, start_date, needed_by, hand_over_date, first_look_until, wage_text, off_season, off_season_months,
                          residence_neighbourhood, internal_note, source, client_employer_id, client_organisation_id, carved_from_id, assignee_id, project_id,
                          competences, conditions) =
    (select n.title, n.description, n.kind, n.occupation_id, n.hours_min, n.hours_max, n.shifts, n.postcode4,
            n.neighbourhood, n.site_id, n.positions, n.candidates_wanted, n.start_date, n.needed_by, n.hand_over_date, n.first_look_until, n.wage_text,
            n.off_season, nullif(n.off_season_months::text[], '{}'), n.residence_neighbourhood, n.internal_note, n.source, n.client_employer_id, n.client_organisation_id,
            n.carved_from_id, n.assignee_id, n.project_id,
            case when :document::jsonb ? 'competences' then app.vacancy_competences(nullif(:document::jsonb -> 'competences', 'null'))
                 else v.competences end,
            case when :document::jsonb ? 'conditions' then app.vacancy_conditions(nullif(:document::jsonb -> 'conditions', 'null'))
                 else v.conditions end
     from jsonb_populate_record(v, :document::jsonb) n)
where v.id = :id and :version::int8multirange @> v.version
returning v.id

-- Puts one competence or condition in the place of the one with the same code, or removes it.
-- query: vacancy_competence_put
-- body: AskedCompetence
-- rows: one
-- none: stale
update app.vacancy v set competences = app.vacancy_competences(
    app.parts_with_room(app.parts_but(v.competences, 'competenceId', :competence_id, 'competence_id'), 40)
    || jsonb_build_object('competence_id', :competence_id, 'need', @need, 'level', @level::int, 'weight', @weight::int))
where v.id = :vacancy_id and :version::int8multirange @> v.version
returning v.id

-- query: vacancy_competence_remove
-- rows: one
-- none: stale
update app.vacancy v set competences = app.vacancy_competences(app.parts_but(v.competences, 'competenceId', :competence_id, 'competence_id'))
where v.id = :vacancy_id and :version::int8multirange @> v.version
returning v.id

-- query: vacancy_condition_put
-- body: AskedCondition
-- rows: one
-- none: stale
update app.vacancy v set conditions = app.vacancy_conditions(
    app.parts_with_room(app.parts_but(v.conditions, 'condition', :condition, 'condition'), 30)
    || jsonb_build_object('condition', :condition, 'hard', @hard::boolean))
where v.id = :vacancy_id and :version::int8multirange @> v.version
returning v.id

-- query: vacancy_condition_remove
-- rows: one
-- none: stale
update app.vacancy v set conditions = app.vacancy_conditions(app.parts_but(v.conditions, 'condition', :condition, 'condition'))
where v.id = :vacancy_id and :version::int8multirange @> v.version
returning v.id

-- query: vacancy_end
-- body: VacancyEnding
-- rows: one
update app.vacancy v set state = app.move('vacancy', app.vacancy_now(v.state, v.needed_by), @how) where v.id = :id returning v.id
