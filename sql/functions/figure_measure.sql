-- The records of figures about signals, decisions and objections, as app.figure_records() has the others.

-- Whether a decision was made and not taken back: neither itself, nor the one that revised it. One that a heavier decision took the place of was made.
create function app.figure_decision_stands(d app.decision) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        last app.decision := d;
        next app.decision;
    begin
        loop
            select n.* into next from app.decision n where n.tenant_id = last.tenant_id and n.id = last.revised_by_id and n.revises_id = last.id;
            exit when not found;
            last := next;
        end loop;
        return last.state <> 'withdrawn';
    end $$;

-- How many days in Europe/Amsterdam lie between two moments.
create function app.figure_days(since timestamptz, until timestamptz) returns numeric language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$ begin return (until at time zone 'Europe/Amsterdam')::date - (since at time zone 'Europe/Amsterdam')::date; end $$;

create function app.figure_measure_records(wanted text, starts timestamptz, ends timestamptz)
    returns table (id uuid, candidate_id uuid, at timestamptz, organisation uuid, project uuid, neighbourhood text, sector text, kind text,
                   weight bigint, amount numeric)
    language plpgsql stable set search_path = pg_catalog, pg_temp
    as $$
    #variable_conflict use_column
    declare
        nobody constant uuid := null;
        nothing constant text := null;
        unmeasured constant numeric := null;
    begin
        case wanted
        when 'signals', 'signals_same_day' then return query
            select s.id, s.candidate_id, s.received_at, nobody, s.project_id, nothing, nothing, s.kind::text, 1::bigint,
                   coalesce(app.figure_days(s.received_at, s.looked_into_at) = 0, false)::int::numeric
            from app.signal s where s.tenant_id = app.tenant() and s.received_at >= starts and s.received_at < ends and s.doubles_id is null
              and not app.signal_is_ended(s.state) and app.sees_signal(s);
        when 'time_to_look_into' then return query
            select s.id, s.candidate_id, s.looked_into_at, nobody, s.project_id, nothing, nothing, s.kind::text, 1::bigint,
                   ceil(extract(epoch from s.looked_into_at - s.received_at) / 3600)
            from app.signal s where s.tenant_id = app.tenant() and s.looked_into_at >= starts and s.looked_into_at < ends and s.doubles_id is null
              and not app.signal_is_ended(s.state) and app.sees_signal(s);
        when 'measures', 'measures_step' then return query
            select d.id, d.candidate_id, d.decided_at, nobody, d.project_id, nothing, nothing,
                   case wanted when 'measures' then d.kind::text else 'step_' || d.step end, 1::bigint, unmeasured
            from app.decision d join ref.decision_kind k on k.kind = d.kind
            where d.tenant_id = app.tenant() and d.decided_at >= starts and d.decided_at < ends and d.revises_id is null
              and case wanted when 'measures' then k.adverse else k.lowers end and app.figure_decision_stands(d) and app.sees_decision(d);
        when 'premiums', 'premiums_step' then return query
            select d.id, d.candidate_id, p.at, nobody, d.project_id, nothing, nothing,
                   case wanted when 'premiums' then d.kind::text else d.category::text end, 1::bigint, unmeasured
            from app.decision d join ref.decision_kind k on k.kind = d.kind
            cross join lateral (select calendar.moment(d.paid_on::timestamp) as at) p
            where d.tenant_id = app.tenant() and k.pays and p.at >= starts and p.at < ends and app.decision_is_settled(d.state) and app.sees_decision(d);
        when 'time_per_phase' then return query
            select d.id, d.candidate_id, p.until, nobody, d.project_id, nothing, nothing, p.phase, 1::bigint, app.figure_days(p.since, p.until)
            from app.decision d join ref.decision_kind k on k.kind = d.kind
            cross join lateral (
                select 'draft' as phase, min(s.received_at) as since, d.drafted_at as until
                from app.decision_signal x join app.signal s on s.tenant_id = x.tenant_id and s.id = x.signal_id
                where x.tenant_id = d.tenant_id and x.decision_id = d.id
                union all select 'decision', d.drafted_at, d.decided_at
                union all select 'notification', d.decided_at, calendar.moment(d.notified_on::timestamp)) p
            where d.tenant_id = app.tenant() and k.adverse and d.revises_id is null and p.since is not null and p.until >= starts and p.until < ends
              and app.sees_decision(d);
        when 'objections' then return query
            select o.id, o.candidate_id, r.at, nobody, d.project_id, nothing, nothing, d.kind::text, 1::bigint, unmeasured
            from app.objection o join app.decision d on d.tenant_id = o.tenant_id and d.id = o.decision_id
            cross join lateral (select calendar.moment(o.received_on::timestamp) as at) r
            where o.tenant_id = app.tenant() and r.at >= starts and r.at < ends and app.sees_objection(o);
        when 'objections_outcome', 'time_to_objection' then return query
            select o.id, o.candidate_id, r.at, nobody, d.project_id, nothing, nothing, o.state, 1::bigint, (r.day - o.received_on)::numeric
            from app.objection o join app.decision d on d.tenant_id = o.tenant_id and d.id = o.decision_id
            cross join lateral (select coalesce(o.decided_on, (select (max(t.at) at time zone 'Europe/Amsterdam')::date from app.transition t
                where t.tenant_id = o.tenant_id and t.noun = 'objection' and t.subject_id = o.id)) as day) e
            cross join lateral (select e.day, calendar.moment(e.day::timestamp) as at) r
            where o.tenant_id = app.tenant() and o.state <> 'registered' and r.at >= starts and r.at < ends
              and (wanted = 'objections_outcome' or o.decided_on is not null) and app.sees_objection(o);
        else return;
        end case;
    end $$;
