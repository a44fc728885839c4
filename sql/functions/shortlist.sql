-- Shortlists: the runs of the matching worker and their results.

create function app.sees_shortlist(r app.match_run, scope text default app.scope(), role text default app.role(),
                                   organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'tenant' then true else false end;
call app.wall('app.match_run');
call app.open_to_scope('app.match_run', 'app.sees_shortlist');
call app.wall('app.match_result');
call app.open_to_tenant('app.match_result');

-- How the candidates of a list are called and reached, of those whom the asker sees: the program that shows lists cannot read it itself.
create function app.shortlist_people(run uuid) returns table (candidate_id uuid, shown jsonb) language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select c.id, jsonb_strip_nulls(jsonb_build_object('firstName', c.first_name, 'lastName', c.last_name, 'phone', c.phone,
                                                      'caseManagerName', k.name))
    from app.match_run r join app.match_result m on m.tenant_id = r.tenant_id and m.run_id = r.id
    join app.candidate c on c.tenant_id = m.tenant_id and c.id = m.candidate_id
    left join app.colleague k on k.tenant_id = c.tenant_id and k.id = c.case_manager_id
    where r.tenant_id = app.tenant() and r.id = run and app.sees_shortlist(r) and app.sees_candidate(c)
    $$;

-- Whether nobody matches for this municipality now: an operator has paused its work, or the kind of job is paused.
create function app.shortlists_paused() returns boolean language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select exists (select from queue.tenant_setting s where s.tenant = app.tenant() and s.paused_until > clock.now())
        or exists (select from queue.kind k where k.kind = 'match_vacancy' and k.paused_until > clock.now())
    $$;

-- A candidate has changed: asks for a new match of each open vacancy whose list this touches. `vacancies` admit him
-- now, with these `scores` (-1: below a floor); lists that he is on are touched anyway. Returns how many.
create function app.shortlists_request_touched(candidate uuid, vacancies uuid[], scores int[]) returns int language sql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    with newest as (
        select v.id, r.id as run, r.asked, r.suitable from app.vacancy v
        cross join lateral (select r.* from app.match_run r where r.tenant_id = v.tenant_id and r.vacancy_id = v.id
                            order by r.match_input desc limit 1) r
        where v.tenant_id = app.tenant() and app.vacancy_is_open(v.state) and app.sees_vacancy(v)
    ), touched as (
        select n.id from newest n join app.match_result m on m.tenant_id = app.tenant() and m.run_id = n.run
        where m.candidate_id = candidate
        union
        select n.id from newest n join unnest(vacancies, scores) g (vacancy, score) on g.vacancy = n.id
        where g.score >= 0 and (n.suitable < n.asked + 10
              or g.score >= (select min(m.score) from app.match_result m
                             where m.tenant_id = app.tenant() and m.run_id = n.run))
    ), locked as (
        select v.id from app.vacancy v where v.tenant_id = app.tenant() and v.id in (select t.id from touched t)
        order by v.id for no key update
    ), changed as (
        update app.vacancy v set match_input = v.match_input + 1 from locked l
        where v.tenant_id = app.tenant() and v.id = l.id returning 1
    )
    select count(*)::int from changed
    $$;
