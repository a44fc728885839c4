-- The records of which figures are made: what is counted, once, for the job that counts and for the one who asks which records a number has.

-- One row for each record of a figure whose moment is in these days (Europe/Amsterdam), as far as the caller sees it. `weight` is what it adds to the
-- number, `amount` what is measured of it (hours, days). Of a stock: what there is now.
create function app.figure_records(wanted text, since date, until date)
    returns table (id uuid, candidate_id uuid, at timestamptz, organisation uuid, project uuid, neighbourhood text, sector text, kind text,
                   weight bigint, amount numeric)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    #variable_conflict use_column
    declare
        starts timestamptz := since::timestamp at time zone 'Europe/Amsterdam';
        ends timestamptz := (until + 1)::timestamp at time zone 'Europe/Amsterdam';
        nobody constant uuid := null;
        nothing constant text := null;
        unmeasured constant numeric := null;
    begin
        case wanted
        when 'reported' then return query
            select v.id, nobody, v.reported_at, v.reported_by_organisation, v.project_id, v.neighbourhood, left(e.sector, 2), v.kind::text, 1::bigint, unmeasured
            from app.vacancy v join app.employer e on e.tenant_id = v.tenant_id and e.id = v.employer_id
            where v.tenant_id = app.tenant() and v.reported_at >= starts and v.reported_at < ends and app.sees_vacancy(v);
        when 'filled', 'time_to_fill' then return query
            select v.id, nobody, t.at, v.reported_by_organisation, v.project_id, v.neighbourhood, left(e.sector, 2), v.kind::text, 1::bigint,
                   ceil(extract(epoch from t.at - v.reported_at) / 86400)
            from (select x.subject_id, max(x.at) as at from app.transition x
                  where x.tenant_id = app.tenant() and x.noun = 'vacancy' and x.to_state = 'filled' group by 1) t
            join app.vacancy v on v.tenant_id = app.tenant() and v.id = t.subject_id
            join app.employer e on e.tenant_id = v.tenant_id and e.id = v.employer_id
            where t.at >= starts and t.at < ends and v.positions_taken >= v.positions and app.sees_vacancy(v);
        when 'time_to_answer' then return query
            select v.id, nobody, v.reported_at, v.reported_by_organisation, v.project_id, v.neighbourhood, left(e.sector, 2), v.kind::text, 1::bigint,
                   ceil(extract(epoch from s.at - v.reported_at) / 3600)
            from app.vacancy v join app.employer e on e.tenant_id = v.tenant_id and e.id = v.employer_id
            join lateral (select min(x.screened_at) as at from app.screening x where x.tenant_id = v.tenant_id and x.vacancy_id = v.id) s
                on s.at is not null
            where v.tenant_id = app.tenant() and v.reported_at >= starts and v.reported_at < ends and app.sees_vacancy(v);
        when 'proposed' then return query
            select p.id, p.candidate_id, p.sent_at, p.candidate_organisation_id, p.project_id, c.neighbourhood::text, left(e.sector, 2), v.kind::text,
                   1::bigint, unmeasured
            from app.proposal p join app.vacancy v on v.tenant_id = p.tenant_id and v.id = p.vacancy_id
            join app.employer e on e.tenant_id = p.tenant_id and e.id = p.employer_id
            join app.candidate c on c.tenant_id = p.tenant_id and c.id = p.candidate_id
            where p.tenant_id = app.tenant() and p.sent_at >= starts and p.sent_at < ends and app.sees_proposal(p);
        when 'hired' then return query
            select p.id, p.candidate_id, p.answered_at, p.candidate_organisation_id, p.project_id, c.neighbourhood::text, left(e.sector, 2), v.kind::text,
                   1::bigint, unmeasured
            from app.proposal p join app.vacancy v on v.tenant_id = p.tenant_id and v.id = p.vacancy_id
            join app.employer e on e.tenant_id = p.tenant_id and e.id = p.employer_id
            join app.candidate c on c.tenant_id = p.tenant_id and c.id = p.candidate_id
            where p.tenant_id = app.tenant() and p.state = 'hired' and p.answered_at >= starts and p.answered_at < ends and app.sees_proposal(p);
        when 'shortfall' then return query
            select r.id, nobody, t.at, v.reported_by_organisation, v.project_id, v.neighbourhood, left(e.sector, 2), v.kind::text,
                   (r.asked - r.already_open - r.proposed)::bigint, unmeasured
            from app.proposal_round r join app.vacancy v on v.tenant_id = r.tenant_id and v.id = r.vacancy_id
            join app.employer e on e.tenant_id = r.tenant_id and e.id = r.employer_id
            join lateral (select min(p.sent_at) as at from app.proposal p where p.tenant_id = r.tenant_id and p.round_id = r.id) t
                on t.at >= starts and t.at < ends
            where r.tenant_id = app.tenant() and r.asked > r.already_open + r.proposed and app.sees_proposal_round(r);
        when 'open_vacancies' then return query
            select v.id, nobody, clock.now(), v.reported_by_organisation, v.project_id, v.neighbourhood, left(e.sector, 2), v.kind::text, 1::bigint, unmeasured
            from app.vacancy v join app.employer e on e.tenant_id = v.tenant_id and e.id = v.employer_id
            where v.tenant_id = app.tenant() and (app.vacancy_is_pending(v.state) or app.vacancy_is_open(v.state))
              and app.vacancy_now(v.state, v.needed_by) = v.state and app.sees_vacancy(v);
        when 'open_candidates' then return query
            select c.id, c.id, clock.now(), c.organisation_id, null::uuid, c.neighbourhood::text, nothing, nothing, 1::bigint, unmeasured
            from app.candidate c where c.tenant_id = app.tenant() and app.candidate_is_open(c.status) and app.sees_candidate(c);
        when 'tasks_kept', 'tasks_late' then return query
            select t.id, t.candidate_id, d.at, t.owner_organisation_id, t.project_id, nothing, nothing, t.kind, 1::bigint, unmeasured
            from app.task t cross join lateral (
                select coalesce(t.due_at, (t.due_day + 1)::timestamp at time zone 'Europe/Amsterdam' - interval '1 second') as at) d
            where t.tenant_id = app.tenant() and d.at >= starts and d.at < ends and t.wall <> 'measure'
              and case when app.task_is_open(t.state) then wanted = 'tasks_late' and d.at < clock.now()
                       when t.state = 'done' and t.ended_at <= d.at then wanted = 'tasks_kept'
                       when t.state = 'done' or t.state = 'failed' then wanted = 'tasks_late' else false end
              and app.sees_task(t);
        else return query select w.* from app.figure_work_records(wanted, starts, ends) w;
        end case;
    end $$;

-- The records of a number: of one figure in one month, as far as the caller sees them. Refuses with MW403 who sees no records of it. Of a stock only the
-- records of now are there.
create function app.figure_records_seen(code text, day date)
    returns table (id uuid, noun text, candidate_id uuid, at timestamptz, organisation uuid, project uuid, neighbourhood text, sector text, kind text,
                   weight bigint, amount bigint) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        f ref.figure_code := (select x from ref.figure_code x where x.code = figure_records_seen.code and x.measure <> 'stated');
        starts date := date_trunc('month', day);
    begin
        if f.code is null then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        if app.scope() is distinct from 'tenant' or not app.figure_is_whole(f.code, app.role()) then
            raise exception using errcode = 'MW403', message = 'forbidden';
        end if;
        return query
        select r.id, f.records, r.candidate_id, r.at, r.organisation, r.project, r.neighbourhood, r.sector, r.kind, r.weight, r.amount::bigint
        from app.figure_records(f.code, starts, (starts + interval '1 month' - interval '1 day')::date) r
        where f.measure <> 'stock' or starts = date_trunc('month', clock.today());
    end $$;
