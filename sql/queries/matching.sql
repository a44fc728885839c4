-- program: matching

-- Taken before the rows are read: what commits in between is read now and once more next time. The revision also tells the cap of open
-- proposals: when that is another one, everybody is read again.
-- query: copy_snapshot
-- rows: one
select pg_current_snapshot()::text as snapshot, r.revision * 64 + app.rule_count('cap.open_proposals') as revision from ref.revision r

-- Everybody whose row the copy lacks; without a snapshot everybody. Lists as text: number:level,… What the taxonomy has
-- withdrawn counts as its successor.
-- query: copy_candidates
-- rows: many
select c.id, c.alias, p.x, p.y, c.max_distance_km, c.hours_min, c.hours_max, c.hours_worked, array_to_string(c.shifts, ',') as shifts,
       c.status = 'active' and c.consent_withdrawn_at is null as active, (coalesce(c.available_from, date '1970-01-01') - date '1970-01-01') as available_day,
       array_to_string(c.sectors, ',') as sectors,
       (select count(*) from app.proposal o where o.candidate_id = c.id and app.proposal_is_open(o.state))
           as open_proposals, (select app.rule_count('cap.open_proposals')) as proposals_max,
       (select string_agg(k.number || ':' || k.level, ',' order by k.number) from (
            select r.number, max(k.level) as level from app.candidate_competence k
            join ref.competence w on w.id = k.competence_id join ref.competence r on r.id = coalesce(w.replaced_by, w.id)
            where k.candidate_id = c.id group by r.number) k) as competences,
       (select string_agg(k.number || ':' || k.isco || ':' || k.wanted || ':' || k.years, ',' order by k.number) from (
            select r.number, r.isco, bool_or(k.wanted)::int as wanted, max(coalesce(k.years, 0)) as years
            from app.candidate_occupation k
            join ref.occupation w on w.id = k.occupation_id join ref.occupation r on r.id = coalesce(w.replaced_by, w.id)
            where k.candidate_id = c.id group by r.number, r.isco) k) as occupations,
       (select string_agg(r.bit || ':' || k.met::int, ',')
        from app.candidate_condition k join ref.condition r on r.code = k.condition where k.candidate_id = c.id)
           as conditions,
       (select string_agg(k.language || ':' || k.level, ',') from app.candidate_language k where k.candidate_id = c.id)
           as languages
from app.candidate c join ref.place p on p.postcode4 = c.postcode4
where c.tenant_id = (select app.tenant())
  and (:snapshot::pg_snapshot is null or (c.changed_in >= pg_snapshot_xmin(:snapshot::pg_snapshot)
                                          and not pg_visible_in_snapshot(c.changed_in, :snapshot::pg_snapshot)))

-- query: copy_tombstones
-- rows: many
select t.id from app.tombstone t
where t.tenant_id = (select app.tenant()) and t.noun = 'candidate' and :snapshot::pg_snapshot is not null
  and not pg_visible_in_snapshot(t.changed_in, :snapshot::pg_snapshot)

-- The demand of a vacancy. Conditions of the employer count for all its vacancies. A condition that both ask counts once, and is hard when
-- one of them says so. A vacancy without a first day, or whose first day has come, needs people now.
-- query: demand_of_vacancy
-- rows: many
select v.id, app.vacancy_is_open(app.vacancy_now(v.state, v.needed_by)) as open, v.state = 'open' as unlisted, v.match_input, v.candidates_wanted, p.x, p.y,
       v.hours_min, v.hours_max, array_to_string(v.shifts, ',') as shifts,
       (greatest(coalesce(v.needed_by, v.start_date), clock.today()) - date '1970-01-01') as start_day,
       o.number as occupation, o.isco, left(e.sector, 2) as sector,
       (select string_agg(k.number || ':' || k.must || ':' || k.level || ':' || k.weight || ':' || k.rarity, ','
                          order by k.number) from (
            select r.number, r.rarity, bool_or(k.need = 'must')::int as must, max(k.level) as level, max(k.weight) as weight
            from app.vacancy_competence k
            join ref.competence w on w.id = k.competence_id join ref.competence r on r.id = coalesce(w.replaced_by, w.id)
            where k.vacancy_id = v.id group by r.number, r.rarity) k) as competences,
       (select string_agg(r.bit::text, ',') from ref.condition r where r.code in (
            select k.condition from app.vacancy_asks(v.tenant_id, v.id, v.employer_id) k where k.hard)) as hard,
       (select string_agg(r.bit::text, ',') from ref.condition r where r.code in (
            select k.condition from app.vacancy_asks(v.tenant_id, v.id, v.employer_id) k where not k.hard)) as soft,
       (select string_agg(distinct k.candidate_id::text, ',') from app.proposal k where k.vacancy_id = v.id
        and (not app.proposal_is_ended(k.state) or k.state = 'withdrawn')) as excluded,
       clock.today() - date '1970-01-01' as today
from app.vacancy v
join ref.place p on p.postcode4 = v.postcode4
join ref.occupation w on w.id = v.occupation_id
join ref.occupation o on o.id = coalesce(w.replaced_by, w.id)
join app.employer e on e.tenant_id = v.tenant_id and e.id = v.employer_id
where v.tenant_id = (select app.tenant())
  and case when :vacancy::uuid is not null then v.id = :vacancy::uuid
           else app.vacancy_is_open(v.state) end

-- query: run_exists
-- rows: many
select r.id from app.match_run r
where r.tenant_id = (select app.tenant()) and r.vacancy_id = :vacancy::uuid and r.match_input >= :match_input::bigint

-- query: run_insert
-- rows: none
insert into app.match_run (tenant_id, id, vacancy_id, match_input, rules_version, taxonomy, input_digest, asked,
                           considered, suitable, shortfall, excluded, made_at)
values (app.tenant(), :id::uuid, :vacancy::uuid, :match_input::bigint, :rules_version,
        coalesce((select t.version from ref.taxonomy t where t.current), 'none'), :input_digest, :asked::int,
        :considered::int, :suitable::int, :shortfall::int, :excluded::jsonb, clock.now())

-- query: results_insert
-- rows: none
insert into app.match_result (tenant_id, run_id, rank, candidate_id, score, explanation)
select app.tenant(), :run::uuid, r.rank, r.candidate_id, r.score, r.explanation
from jsonb_to_recordset(:results::jsonb) as r (rank int, candidate_id uuid, score int, explanation jsonb)

-- query: vacancy_shortlisted
-- rows: none
-- writes: yes
select app.vacancy_fire(:vacancy::uuid, 'shortlist')

-- query: supply_store
-- rows: none
insert into app.vacancy_supply (tenant_id, vacancy_id, match_input, active, pass, without, counted_at)
values (app.tenant(), :vacancy::uuid, :match_input::bigint, :active::int, :pass::int, :without::jsonb, clock.now())
on conflict (tenant_id, vacancy_id) do update set match_input = excluded.match_input, active = excluded.active,
    pass = excluded.pass, without = excluded.without, counted_at = excluded.counted_at

-- What the rules say, now that the supply is known.
-- query: supply_advise
-- rows: none
update app.vacancy_supply s set advice = (select a.advice from app.screening_advice(s.vacancy_id) a)
where s.tenant_id = (select app.tenant()) and s.vacancy_id = :vacancy::uuid

-- query: rematch_touched
-- rows: none
-- writes: yes
select app.shortlists_request_touched(:candidate::uuid, :vacancies::uuid[], :scores::int[])

-- query: names_of_conditions
-- rows: many
select r.bit, r.code from ref.condition r

-- query: names_of_competences
-- rows: many
select r.number, r.label from ref.competence r

-- What is past its day or its term ends; who becomes available today is matched; and the next sweep is planned.
-- query: expire
-- rows: none
-- writes: yes
select app.vacancies_expire(), app.proposals_expire(), app.mandates_expire(), app.benefits_end(), app.trajectories_release(), app.agreements_lapse(), app.candidates_arrive(), app.decisions_go_on(), app.signals_of_duties(), app.reminders_sweep(), app.messages_erase(),
       queue.plan_daily('expire', app.tenant())

-- The numbers of the municipality are made anew of its records, and the next count is planned.
-- query: count_figures
-- rows: none
-- writes: yes
select app.figures_count(), queue.plan_daily('count_figures', app.tenant())
