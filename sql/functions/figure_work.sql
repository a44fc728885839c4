-- The records of figures about people at work and on the way there, as app.figure_records() has the others.

-- A placement, those that it went on as after conversions, and the last day of the whole: null while it runs.
create function app.figure_placement_end(p app.placement) returns date language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        last app.placement := p;
    begin
        while last.converted_to is not null loop
            select n.* into last from app.placement n where n.tenant_id = p.tenant_id and n.id = last.converted_to;
        end loop;
        return case when app.placement_is_open(last.state) then null else last.ended_on end;
    end $$;

-- Placements that began, with what figures ask of them. Not those that go on after a conversion, and none that was undone.
create function app.figure_placements() returns table (p app.placement, at timestamptz, organisation uuid, neighbourhood text, sector text) language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select q, calendar.moment(q.started_on::timestamp), c.organisation_id, c.neighbourhood::text, left(e.sector, 2)
    from app.placement q join app.candidate c on c.tenant_id = q.tenant_id and c.id = q.candidate_id
    left join app.employer e on e.tenant_id = q.tenant_id and e.id = q.employer_id
    where q.tenant_id = app.tenant() and q.started_on is not null and q.converts is null and not app.placement_is_ended(q.state) and app.sees_placement(q)
    $$;

create function app.figure_work_records(wanted text, starts timestamptz, ends timestamptz)
    returns table (id uuid, candidate_id uuid, at timestamptz, organisation uuid, project uuid, neighbourhood text, sector text, kind text,
                   weight bigint, amount numeric)
    language plpgsql stable set search_path = pg_catalog, pg_temp
    as $$
    #variable_conflict use_column
    declare
        nothing constant text := null;
        unmeasured constant numeric := null;
    begin
        case wanted
        when 'placed', 'own_business' then return query
            select (f.p).id, (f.p).candidate_id, f.at, f.organisation, (f.p).project_id, f.neighbourhood, f.sector, (f.p).kind::text, 1::bigint, unmeasured
            from app.figure_placements() f where f.at >= starts and f.at < ends and (wanted = 'placed' or (f.p).kind = 'own_business');
        when 'started_after_cohort' then return query
            select (f.p).id, (f.p).candidate_id, f.at, f.organisation, g.project_id, f.neighbourhood, f.sector, (f.p).kind::text, 1::bigint, unmeasured
            from app.figure_placements() f cross join lateral (
                select a.project_id from app.candidate_participation a join region.project r on r.region_id = a.region_id and r.id = a.project_id and r.kind = 'cohort'
                where a.tenant_id = (f.p).tenant_id and a.candidate_id = (f.p).candidate_id and a.from_day <= (f.p).started_on order by a.from_day desc limit 1) g
            where f.at >= starts and f.at < ends;
        when 'followed', 'retained', 'lost' then return query
            select (f.p).id, (f.p).candidate_id, m.at, f.organisation, (f.p).project_id, f.neighbourhood, f.sector, m.name, 1::bigint, unmeasured
            from app.figure_placements() f
            cross join lateral (select n.months || '_months' as name, calendar.moment(((f.p).started_on + make_interval(months => n.months))::timestamp) as at,
                                       ((f.p).started_on + make_interval(months => n.months))::date as day
                                from unnest(array[1, 3, 6, 12]) n (months)) m
            cross join lateral (select app.figure_placement_end(f.p) as day) e
            cross join lateral (select coalesce(e.day is null and (f.p).converted_to is null and (f.p).ends_on < m.day, false) as lost) l
            where m.at >= starts and m.at < ends and m.at <= clock.now()
              and case wanted when 'followed' then true when 'lost' then l.lost else not l.lost and coalesce(e.day >= m.day, true) end;
        when 'drop_out', 'drop_out_phase', 'converted' then return query
            select q.id, q.candidate_id, d.at, c.organisation_id, q.project_id, c.neighbourhood::text, left(e.sector, 2),
                   case wanted when 'drop_out' then q.end_reason::text when 'drop_out_phase' then q.end_phase::text else n.kind::text end, 1::bigint, unmeasured
            from app.placement q join app.candidate c on c.tenant_id = q.tenant_id and c.id = q.candidate_id
            left join app.employer e on e.tenant_id = q.tenant_id and e.id = q.employer_id
            left join app.placement n on n.tenant_id = q.tenant_id and n.id = q.converted_to
            left join ref.placement_end x on x.reason = q.end_reason
            cross join lateral (select calendar.moment(q.ended_on::timestamp) as at) d
            where q.tenant_id = app.tenant() and q.ended_on is not null and d.at >= starts and d.at < ends and q.state <> 'undone'
              and case wanted when 'converted' then n.id is not null else x.drop_out end and app.sees_placement(q);
        when 'permanent' then return query
            select q.id, q.candidate_id, d.at, c.organisation_id, q.project_id, c.neighbourhood::text, left(e.sector, 2), q.kind::text, 1::bigint, unmeasured
            from app.placement q join app.candidate c on c.tenant_id = q.tenant_id and c.id = q.candidate_id
            left join app.employer e on e.tenant_id = q.tenant_id and e.id = q.employer_id
            cross join lateral (select calendar.moment(greatest(coalesce(q.permanent_from, q.started_on), q.started_on)::timestamp) as at) d
            where q.tenant_id = app.tenant() and q.started_on is not null and (q.contract = 'permanent' or q.permanent_from is not null)
              and not app.placement_is_ended(q.state) and coalesce(q.ended_on >= q.permanent_from, true)
              and d.at >= starts and d.at < ends and d.at <= clock.now() and app.sees_placement(q);
        when 'on_the_way' then return query
            select distinct on (t.candidate_id) t.id, t.candidate_id, clock.now(), t.organisation_id, t.project_id, c.neighbourhood::text, nothing, t.kind::text,
                   1::bigint, unmeasured
            from app.trajectory t join app.candidate c on c.tenant_id = t.tenant_id and c.id = t.candidate_id
            where t.tenant_id = app.tenant() and t.vacancy_id is not null and (app.trajectory_is_open(t.state) or app.trajectory_is_pending(t.state))
              and app.sees_trajectory(t) order by t.candidate_id, t.id;
        when 'registered' then return query
            select t.id, t.candidate_id, d.at, t.organisation_id, t.project_id, c.neighbourhood::text, nothing, coalesce(t.outcome::text, t.state), 1::bigint, unmeasured
            from app.trajectory t join app.candidate c on c.tenant_id = t.tenant_id and c.id = t.candidate_id
            cross join lateral (select calendar.moment(t.starts_on::timestamp) as at) d
            where t.tenant_id = app.tenant() and t.kind <> 'intake' and d.at >= starts and d.at < ends and app.sees_trajectory(t);
        when 'intakes' then return query
            select t.id, t.candidate_id, d.at, t.organisation_id, t.project_id, c.neighbourhood::text, nothing, coalesce(t.outcome::text, 'stopped'), 1::bigint, unmeasured
            from app.trajectory t join app.candidate c on c.tenant_id = t.tenant_id and c.id = t.candidate_id
            cross join lateral (select calendar.moment(t.ended_on::timestamp) as at) d
            where t.tenant_id = app.tenant() and t.kind = 'intake' and t.ended_on is not null and d.at >= starts and d.at < ends and app.sees_trajectory(t);
        when 'outflow', 'applied' then return query
            select b.id, b.candidate_id, d.at, c.organisation_id, null::uuid, c.neighbourhood::text, nothing,
                   case wanted when 'outflow' then b.end_reason::text else b.kind::text end, 1::bigint, unmeasured
            from app.benefit b join app.candidate c on c.tenant_id = b.tenant_id and c.id = b.candidate_id
            cross join lateral (select calendar.moment(case wanted when 'outflow' then b.until_day else b.applied_on end::timestamp) as at) d
            where b.tenant_id = app.tenant() and d.at >= starts and d.at < ends and (wanted = 'applied' or app.benefit_now(b.state, b.until_day, b.end_reason) = 'ended') and app.sees_benefit(b);
        when 'basic_qualification' then return query
            select c.id, c.id, clock.now(), c.organisation_id, null::uuid, c.neighbourhood::text, nothing, nothing, 1::bigint, unmeasured
            from app.candidate c where c.tenant_id = app.tenant() and c.basic_qualification and c.status <> 'left' and c.merged_into is null and app.sees_candidate(c);
        else return query select m.* from app.figure_measure_records(wanted, starts, ends) m;
        end case;
    end $$;
