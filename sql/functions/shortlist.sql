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

-- A candidate has changed: asks for a new match of each open vacancy whose list this touches. `vacancies` admit this
-- person now, with these `scores` (-1: below a floor); lists that have the person are touched anyway. Returns how many.
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

-- What the worker stored of a run, for who reads it: labels in the language (nl or en), and in words why somebody is on the list, what
-- has to be verified first and what is lacking. All rows at once: a list may have a thousand.
create function app.shortlist_told(run uuid, wanted text) returns table (candidate_id uuid, told jsonb) language sql stable
    as $$
    with part as materialized (
        select m.candidate_id, k.*, coalesce(cl.label, ol.label, k.label) as named,
               max(k.number) filter (where k.code = 'wish' and k.against) over (partition by m.candidate_id) as unwanted,
               app.shortlist_words(wanted) as w
        from app.match_result m
        cross join lateral rows from (jsonb_to_recordset(m.explanation -> 'contributions')
                        as (code text, points int, "of" int, number int, label text, value int, "limit" int, against boolean))
             with ordinality k (code, points, "of", number, label, value, "limit", against, place)
        left join ref.competence c on k.code in ('must', 'nice') and c.number = k.number
        left join ref.competence_label cl on cl.competence_id = c.id and cl.language = wanted and cl.preferred
        left join ref.occupation o on k.code in ('occupation', 'wish') and o.number = k.number
        left join ref.occupation_label ol on ol.occupation_id = o.id and ol.language = wanted and ol.preferred
        where m.run_id = run
    ), wished as (
        select m.candidate_id, k.label, coalesce(case wanted when 'en' then c.label_en else c.label_nl end, k.label) as named
        from app.match_result m cross join lateral jsonb_to_recordset(m.explanation -> 'missing') as k (code text, label text)
        left join ref.condition c on c.code = k.label
        where m.run_id = run and k.code = 'condition'
    ), contribution as (
        select p.candidate_id, jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', p.code, 'label', p.named, 'value', p.value, 'limit', p."limit",
                                             'against', p.against, 'points', p.points, 'of', p."of")) order by p.place) as list
        from part p group by 1
    ), missing as (
        select x.candidate_id, jsonb_agg(x.one order by x.place) as list from (
            select p.candidate_id, p.place, jsonb_strip_nulls(jsonb_build_object('code', 'competence', 'label', p.named, 'points', p."of" - p.points)) as one
            from part p where p.code in ('must', 'nice') and p.number is not null and p.points < p."of"
            union all
            select d.candidate_id, 1000, jsonb_build_object('code', 'condition', 'label', d.label, 'points', 0) from wished d) x
        group by 1
    ), reason as (
        select x.candidate_id, jsonb_agg(left(x.told, 4000) order by x.place) as list from (
            select p.candidate_id, 1 as place, format(p.w ->> 'has', count(*) filter (where p.points = p."of"), count(*),
                                                string_agg(p.named, ', ' order by p.place) filter (where p.points = p."of")) as told
            from part p where p.code = 'must' and p.number is not null group by 1, p.w having bool_or(p.points = p."of")
            union all
            select p.candidate_id, 2, format(p.w ->> 'lower', string_agg(p.named, ', ' order by p.place))
            from part p where p.code = 'must' and p.points > 0 and p.points < p."of" group by 1, p.w
            union all
            select p.candidate_id, 3, format(p.w ->> 'also', string_agg(p.named, ', ' order by p.place))
            from part p where p.code = 'nice' and p.number is not null and p.points > 0 group by 1, p.w
            union all
            select p.candidate_id, 4, case when p.value > 0 then format(p.w ->> 'years', p.named, p.value) else format(p.w ->> 'done', p.named) end
            from part p where p.code = 'occupation' and p.points > 0 and (p.value > 0 or p.number = p.unwanted)
            union all
            select p.candidate_id, 5, format(p.w ->> case when p.points = p."of" then 'wants' else 'wants_near' end, p.named)
            from part p where p.code = 'wish' and p.points > 0 and p.number is not null and p.against is not true
            union all
            select p.candidate_id, 6, case when p.value < 1000 then p.w ->> 'near'
                                           else format(p.w ->> 'far', (p.value + 500) / 1000, p."limit" / 1000) end
            from part p where p.code = 'distance' and p."limit" is not null
            union all
            select p.candidate_id, 7, format(p.w ->> 'hours', p.value, p."limit") from part p where p.code = 'hours' and p."limit" is not null) x
        where x.told is not null group by 1
    ), hard as (
        select m.candidate_id, jsonb_agg(jsonb_build_object('condition', c.code, 'label', l.label, 'result', h.result) order by c.bit) as list,
               jsonb_agg(l.label order by c.bit) filter (where h.result = 'verify') as verify
        from app.match_result m cross join lateral jsonb_to_recordset(m.explanation -> 'hard') as h (condition text, result text)
        join ref.condition c on c.code = h.condition cross join lateral (select case wanted when 'en' then c.label_en else c.label_nl end) l (label)
        where m.run_id = run group by 1
    ), lack as (
        select x.candidate_id, jsonb_agg(x.told order by x.place) as list from (
            select p.candidate_id, p.place, case when p.points = 0 then p.named else format(p.w ->> 'level', p.named) end as told
            from part p where p.code in ('must', 'nice') and p.number is not null and p.points < p."of"
            union all select d.candidate_id, 1000, d.named from wished d
            union all
            select p.candidate_id, 1001, case when p.against then format(p.w ->> 'against', p.named) else p.w ->> 'other_work' end
            from part p where p.code = 'wish' and p.points < p."of" and (p.against or p.number is null)
            union all
            select p.candidate_id, 1002, p.w ->> 'other_sector' from part p where p.code = 'sector' and p.points = 0) x
        where x.told is not null group by 1
    )
    select m.candidate_id, jsonb_build_object(
        'explanation', jsonb_build_object('contributions', coalesce(contribution.list, '[]'), 'hard', coalesce(hard.list, '[]'),
                                          'missing', coalesce(missing.list, '[]')),
        'reasons', coalesce(reason.list, '[]'), 'verify', coalesce(hard.verify, '[]'), 'lacks', coalesce(lack.list, '[]'))
    from app.match_result m left join contribution using (candidate_id) left join missing using (candidate_id) left join reason using (candidate_id)
    left join hard using (candidate_id) left join lack using (candidate_id)
    where m.run_id = run
    $$;

create function app.shortlist_words(language text) returns jsonb language sql immutable parallel safe
    as $$
    select case language when 'en' then jsonb_build_object(
        'has', 'Has %s of %s competences that are asked: %s', 'lower', 'Has these at a lower level: %s', 'also', 'Also has: %s',
        'years', 'Experience: %s, %s year(s)', 'done', 'Experience: %s', 'wants', 'Looks for this work: %s', 'wants_near', 'Looks for work like it: %s',
        'near', 'Lives less than a kilometre from the work', 'far', 'Lives %s km from the work, and goes up to %s km',
        'hours', 'Can work %s of the %s hours that are asked at most', 'level', '%s: at a lower level',
        'against', 'Did this work or work like it, and does not look for it: %s', 'other_work', 'Looks for other work',
        'other_sector', 'Would like another sector')
    else jsonb_build_object(
        'has', 'Heeft %s van de %s gevraagde competenties: %s', 'lower', 'Heeft op een lager niveau: %s', 'also', 'Heeft ook: %s',
        'years', 'Ervaring: %s, %s jaar', 'done', 'Ervaring: %s', 'wants', 'Zoekt dit werk: %s', 'wants_near', 'Zoekt werk dat erop lijkt: %s',
        'near', 'Woont op minder dan een kilometer van het werk', 'far', 'Woont op %s km van het werk, en wil tot %s km reizen',
        'hours', 'Kan %s van de hoogstens %s gevraagde uren werken', 'level', '%s: op een lager niveau',
        'against', 'Deed dit werk of werk dat erop lijkt, en zoekt het niet: %s', 'other_work', 'Zoekt ander werk',
        'other_sector', 'Zoekt een andere sector') end
    $$;

-- With whom the candidates of a list are now: their open proposals for other vacancies, and who made them. The program that shows lists
-- cannot read all of this itself.
create function app.shortlist_elsewhere(run uuid) returns table (candidate_id uuid, elsewhere jsonb) language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select p.candidate_id, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
               'proposalId', p.id, 'vacancyId', p.vacancy_id, 'vacancyTitle', v.title, 'employerName', e.name, 'state', p.state,
               'since', to_char(coalesce(p.sent_at, p.changed_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'byName', u.name)) order by p.id)
    from app.match_run r join app.match_result m on m.tenant_id = r.tenant_id and m.run_id = r.id
    join app.proposal p on p.tenant_id = m.tenant_id and p.candidate_id = m.candidate_id and p.vacancy_id <> r.vacancy_id
    join app.vacancy v on v.tenant_id = p.tenant_id and v.id = p.vacancy_id
    join app.employer e on e.tenant_id = p.tenant_id and e.id = p.employer_id
    join app.proposal_round o on o.tenant_id = p.tenant_id and o.id = p.round_id
    left join app.user_account u on u.tenant_id = o.tenant_id and u.id = o.made_by
    where r.tenant_id = app.tenant() and r.id = run and app.proposal_is_open(p.state)
      and app.sees_shortlist(r) and app.sees_proposal(p) and app.sees_vacancy(v)
    group by p.candidate_id
    $$;
