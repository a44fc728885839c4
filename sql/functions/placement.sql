-- Placements: who sees them, what they need, and what follows when one is accepted, starts or ends.

create function app.sees_placement(r app.placement, scope text default app.scope(), role text default app.role(),
                                   organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then 'person' = any (app.walls_of(role))
           when 'organisation' then case organisation when r.employer_id then true when r.formal_employer_id then true
                                                      when r.formal_organisation_id then true else app.reaches_my_organisation(r.candidate_id) end
           when 'caseload' then app.has_to_do_with(r.candidate_id)
           else false end;
call app.wall('app.placement', 'placement', '{holds_position}');
call app.days_within('app.placement', 'starts_on begins', 'started_on begins', 'ends_on ends', 'permanent_from ends');
call app.open_to_scope('app.placement', 'app.sees_placement');
call app.unique_by('app.placement_full_once', 'app.sees_placement', '/placements/');
call app.guarded('app.placement', 'placement');
call app.referable('app.placement', 'placement', 'person', 'app.sees_placement', candidate => 'r.candidate_id', employer => 'r.employer_id',
                   label => 'coalesce((select e.name from app.employer e where e.tenant_id = r.tenant_id and e.id = r.employer_id), r.employer_name, r.kind)');
create trigger zz_log_transition before update on app.placement
    for each row when (new.state is distinct from old.state) execute function app.log_transition('placement');
call region.project_of('app.placement', 'project_id');

-- Locks a placement for the one who sees it, or MW404: first the vacancy that it takes a position of, then the person, then itself, in the order of
-- app.proposal_lock().
create function app.placement_lock(placement uuid) returns app.placement language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare p app.placement;
    begin
        select q.* into p from app.placement q where q.tenant_id = app.tenant() and q.id = placement and app.sees_placement(q);
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform from app.vacancy v where v.tenant_id = p.tenant_id and v.id = p.vacancy_id for no key update;
        perform from app.candidate c where c.tenant_id = p.tenant_id and c.id = p.candidate_id for no key update;
        select q.* into p from app.placement q where q.tenant_id = p.tenant_id and q.id = p.id for no key update;
        if not app.sees_placement(p) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return p;
    end $$;

-- The days on which somebody works there, as far as is known. The last day of what has ended leaves room for what begins then. The constraint
-- placement_full_once says the same.
create function app.placement_period(p app.placement) returns daterange language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        first date := coalesce(p.started_on, p.starts_on, p.offered_on);
        last date := coalesce(p.ended_on, p.ends_on);
    begin
        return daterange(first, case when last is not null then greatest(last, first) end, case when p.ended_on is null and p.ends_on is not null then '[]' else '[)' end);
    end $$;

-- The most hours a week that somebody works on a day of this period, in placements other than this one; at least what the file says.
create function app.placement_hours_taken(candidate uuid, apart_from uuid, during daterange) returns int language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return greatest(
            (select c.hours_worked from app.candidate c where c.tenant_id = app.tenant() and c.id = candidate),
            (with other as (select o.hours, app.placement_period(o) as period from app.placement o
                            where o.tenant_id = app.tenant() and o.candidate_id = candidate and o.id <> apart_from
                              and not app.placement_is_ended(o.state) and app.placement_period(o) && during)
             select max(day.total) from (
                 select sum(o.hours) as total
                 from (select lower(during) union select lower(x.period) from other x where lower(x.period) > lower(during)) d (day)
                 join other o on o.period @> d.day group by d.day) day));
    end $$;

-- After a placement is written that takes time: the hours of somebody add up to no more than this person can work. The lock of the person's file
-- makes two who place the same person wait for each other.
create function app.placement_hours_fit() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        can int;
        taken int;
    begin
        select c.hours_max into can from app.candidate c where c.tenant_id = new.tenant_id and c.id = new.candidate_id for no key update;
        taken := coalesce(app.placement_hours_taken(new.candidate_id, new.id, app.placement_period(new)), 0);
        if taken + new.hours > can then
            raise exception using errcode = 'MW409', message = 'hours', detail = json_build_object('limit', can, 'taken', taken)::text;
        end if;
        return null;
    end $$;
create trigger hours_first after insert on app.placement for each row execute function app.placement_hours_fit();
create trigger hours_changed after update of hours, candidate_id, starts_on, started_on, ends_on on app.placement for each row
    when ((new.hours, new.candidate_id, new.starts_on, new.started_on, new.ends_on) is distinct from (old.hours, old.candidate_id, old.starts_on, old.started_on, old.ends_on))
    execute function app.placement_hours_fit();

-- In which phase of a placement it ended.
create function app.placement_phase(started_on date, ended_on date) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return coalesce((select f.phase from ref.placement_phase f where started_on + make_interval(months => f.from_months) <= ended_on
                         order by f.from_months desc limit 1), 'before_start');
    end $$;

-- Before a placement is written that takes a position no more: the position goes back (app.placement_ends does it).
create function app.placement_let_go() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.holds_position := not (app.placement_is_ended(new.state) or coalesce(new.replacement_wanted, false));
        return new;
    end $$;
create trigger let_go before update on app.placement for each row
    when (new.holds_position and new.state <> old.state) execute function app.placement_let_go();

-- After a placement stops to count on: its instruments and its tasks end in the same commit, its position is free again when it held one, and the one who
-- has no other work looks for it again. What a hire set going besides, app.proposal_undo() turns back itself, and app.placement_undo() a conversion.
create function app.placement_ends() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.placement_is_open(new.state) then
            return null;
        end if;
        perform app.instruments_end_of(new.id, coalesce(new.ended_on, clock.today()));
        if new.ended_on >= new.ends_on then
            perform app.task_settle('placement', new.id, 'placement_end', case when new.converted_to is null then 'ended' else 'converted' end);
        end if;
        perform app.task_drop('placement', new.id);
        if old.holds_position and not new.holds_position and new.converted_to is null then -- what goes on as another kind keeps its position
            perform app.vacancy_vacate(new.vacancy_id);
        end if;
        if not (new.state = 'undone' and num_nonnulls(new.proposal_id, new.converts) > 0)
           and (select e.works_on from ref.placement_end e where e.reason = new.end_reason) is not true then
            perform app.placement_look_again(new.candidate_id, case new.state when 'undone' then 'undo_hire' else 'end_placement' end);
        end if;
        return null;
    end $$;
create trigger placement_ends after update on app.placement for each row
    when (new.state <> old.state) execute function app.placement_ends();

-- Somebody who was placed by us and has no other placement looks for work again.
create function app.placement_look_again(candidate uuid, event text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.candidate c set status = app.move('candidate', c.status, event)
        where c.tenant_id = app.tenant() and c.id = candidate and c.status = 'placed' and c.merged_into is null and c.died_on is null
          and not exists (select from app.placement o where o.tenant_id = c.tenant_id and o.candidate_id = c.id and app.placement_is_open(o.state))
          and (select t.event from app.transition t where t.tenant_id = c.tenant_id and t.noun = 'candidate' and t.subject_id = c.id
               order by t.seq desc limit 1) in ('hire', 'accept_placement');
    end $$;

-- Somebody who died works nowhere any more.
create function app.placements_follow_death() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.placement p set state = app.move('placement', p.state, case p.state when 'started' then 'end' else 'withdraw' end),
               end_reason = 'died', ended_on = greatest(new.died_on, p.started_on), end_phase = app.placement_phase(p.started_on, new.died_on)
        where p.tenant_id = new.tenant_id and p.candidate_id = new.id and (app.placement_is_open(p.state) or app.placement_is_pending(p.state));
        return null;
    end $$;
create trigger placements_follow after update on app.candidate
    for each row when (old.died_on is null and new.died_on is not null) execute function app.placements_follow_death();

-- After a hire, or after a hire is undone: the placement that comes of it opens, accepted by both, or is undone, with who and why.
create function app.placement_of_hire() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        v app.vacancy;
        begins date;
        free int;
    begin
        if new.state = 'undone' then
            perform app.placement_undo_chain(n, new.undo_reason, true) from app.placement p
                join app.placement n on n.tenant_id = p.tenant_id and n.id = p.converted_to and not app.placement_is_ended(n.state)
            where p.tenant_id = new.tenant_id and p.proposal_id = new.id and not app.placement_is_ended(p.state);
            update app.placement p set state = app.move('placement', p.state, 'undo'), undone_at = new.undone_at, undone_by = new.undone_by,
                   undo_reason = new.undo_reason, rule_id = new.rule_id
            where p.tenant_id = new.tenant_id and p.proposal_id = new.id and not app.placement_is_ended(p.state);
        elsif new.state = 'hired' then
            select w.* into v from app.vacancy w where w.tenant_id = new.tenant_id and w.id = new.vacancy_id;
            begins := greatest(v.start_date, clock.today());
            free := (select c.hours_max from app.candidate c where c.tenant_id = new.tenant_id and c.id = new.candidate_id)
                    - coalesce(app.placement_hours_taken(new.candidate_id, new.id, daterange(begins, null)), 0);
            insert into app.placement (tenant_id, id, candidate_id, employer_id, vacancy_id, proposal_id, trajectory_id, project_id, agreement_id, kind, origin,
                                       state, offered_on, accepted_on, starts_on, hours, holds_position, replacement_for)
            values (new.tenant_id, gen_random_uuid(), new.candidate_id, new.employer_id, new.vacancy_id, new.id,
                    (select t.id from app.trajectory t where t.tenant_id = new.tenant_id and t.vacancy_id = new.vacancy_id and t.candidate_id = new.candidate_id
                     order by t.starts_on desc, t.id limit 1), new.project_id, v.agreement_id,
                    case v.kind when 'trial_placement' then 'trial' else v.kind end, 'proposal', 'accepted', clock.today(), clock.today(), begins,
                    least(v.hours_max, greatest(v.hours_min, free)), true, app.placement_to_replace(v.id));
        end if;
        return null;
    end $$;
create trigger placement_of_hire after update on app.proposal for each row
    when (new.state <> old.state) execute function app.placement_of_hire();

-- The placement for this vacancy that ended with the wish for a replacement, and has none yet.
create function app.placement_to_replace(vacancy uuid) returns uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select p.id from app.placement p
                where p.tenant_id = app.tenant() and p.vacancy_id = vacancy and p.replacement_wanted and p.state <> 'undone'
                  and not exists (select from app.placement n where n.tenant_id = p.tenant_id and n.replacement_for = p.id and not app.placement_is_ended(n.state))
                order by p.ended_on, p.id limit 1);
    end $$;

-- Names of a placement. Everyone who sees it gets them, also without a right to the candidate or the employer.
-- The names of whom and what a placement is about. Everyone who sees the placement gets them, also without a right to these themselves.
create function app.placement_names(placement uuid)
    returns table (candidate_alias text, employer_name text, formal_employer_name text, formal_organisation_name text, vacancy_title text, project_title text) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        select c.alias::text, coalesce(e.name, p.employer_name)::text, f.name::text, o.name::text, v.title::text, j.title::text from app.placement p
        join app.candidate c on c.tenant_id = p.tenant_id and c.id = p.candidate_id
        left join app.employer e on e.tenant_id = p.tenant_id and e.id = p.employer_id
        left join app.employer f on f.tenant_id = p.tenant_id and f.id = p.formal_employer_id
        left join app.organisation o on o.tenant_id = p.tenant_id and o.id = p.formal_organisation_id
        left join app.vacancy v on v.tenant_id = p.tenant_id and v.id = p.vacancy_id
        left join region.project j on j.region_id = region.here() and j.id = p.project_id
        where p.tenant_id = app.tenant() and p.id = placement and app.sees_placement(p);
    end $$;
