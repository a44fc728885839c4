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

-- What the worker stored, for who reads it: labels in the language (nl or en), and in words why somebody is on the list, what has to be
-- verified first and what is lacking.
create function app.shortlist_told(explanation jsonb, language text) returns jsonb language sql stable
    as $$
    with part as (
        select k.*, case k.code when 'must' then 'competence' when 'nice' then 'competence' when 'occupation' then 'occupation'
                                when 'wish' then 'occupation' end as kind,
               case when k.code in ('must', 'nice') then coalesce(ref.competence_named(k.number, language), k.label)
                    when k.code in ('occupation', 'wish') then ref.occupation_named(k.number, language) end as named
        from rows from (jsonb_to_recordset(explanation -> 'contributions')
                        as (code text, points int, "of" int, number int, label text, value int, "limit" int, against boolean))
             with ordinality k (code, points, "of", number, label, value, "limit", against, place)
    ), condition as (
        select h.condition, case language when 'en' then c.label_en else c.label_nl end as named, h.result
        from jsonb_to_recordset(explanation -> 'hard') as h (condition text, result text) left join ref.condition c on c.code = h.condition
    ), wished as (
        select m.label, coalesce(case language when 'en' then c.label_en else c.label_nl end, m.label) as named
        from jsonb_to_recordset(explanation -> 'missing') as m (code text, label text) left join ref.condition c on c.code = m.label
        where m.code = 'condition'
    ), words as (
        select app.shortlist_words(language) as w
    ), reason (place, told) as (
        select 1, format(w ->> 'has', count(*) filter (where points = "of"), count(*), string_agg(named, ', ' order by place) filter (where points = "of"))
        from part, words where code = 'must' and number is not null group by w having count(*) filter (where points = "of") > 0
        union all
        select 2, format(w ->> 'lower', string_agg(named, ', ' order by place))
        from part, words where code = 'must' and points > 0 and points < "of" group by w
        union all
        select 3, format(w ->> 'also', string_agg(named, ', ' order by place))
        from part, words where code = 'nice' and number is not null and points > 0 group by w
        union all
        select 4, case when value > 0 then format(w ->> 'years', named, value) else format(w ->> 'done', named) end
        from part o, words where code = 'occupation' and points > 0 and number is not null
          and (value > 0 or exists (select from part k where k.code = 'wish' and k.against and k.number = o.number))
        union all
        select 5, format(w ->> case when points = "of" then 'wants' else 'wants_near' end, named)
        from part, words where code = 'wish' and points > 0 and number is not null and against is not true
        union all
        select 6, case when value < 1000 then w ->> 'near' else format(w ->> 'far', (value + 500) / 1000, "limit" / 1000) end
        from part, words where code = 'distance' and "limit" is not null
        union all
        select 7, format(w ->> 'hours', value, "limit") from part, words where code = 'hours' and "limit" is not null
    ), lack (place, told) as (
        select place, case when points = 0 then named else format(w ->> 'level', named) end
        from part, words where code in ('must', 'nice') and number is not null and points < "of"
        union all select 200, named from wished
        union all
        select 300, case when against then format(w ->> 'against', named) else w ->> 'other_work' end
        from part, words where code = 'wish' and points < "of" and (against or number is null)
        union all
        select 301, w ->> 'other_sector' from part, words where code = 'sector' and points = 0
    )
    select jsonb_build_object(
        'explanation', jsonb_build_object(
            'contributions', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', code, 'label', named, 'value', value, 'limit', "limit",
                                  'against', against, 'points', points, 'of', "of")) order by place), '[]') from part),
            'hard', explanation -> 'hard',
            'missing', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', 'competence', 'label', named, 'points', "of" - points)) order by place), '[]')
                        from part where code in ('must', 'nice') and number is not null and points < "of")
                       || (select coalesce(jsonb_agg(jsonb_build_object('code', 'condition', 'label', label, 'points', 0)), '[]') from wished)),
        'reasons', (select coalesce(jsonb_agg(told order by place), '[]') from reason where told is not null),
        'verify', (select coalesce(jsonb_agg(named order by named), '[]') from condition where result = 'verify' and named is not null),
        'lacks', (select coalesce(jsonb_agg(told order by place), '[]') from lack where told is not null))
    $$;

create function app.shortlist_words(language text) returns jsonb language sql immutable parallel safe
    as $$
    select case language when 'en' then jsonb_build_object(
        'has', 'Has %s of %s competences that are asked: %s', 'lower', 'Has these at a lower level: %s', 'also', 'Also has: %s',
        'years', 'Experience: %s, %s years', 'done', 'Experience: %s', 'wants', 'Looks for this work: %s', 'wants_near', 'Looks for work like it: %s',
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
