-- program: placements

-- The newest result of matching for a vacancy that the asker sees, and whether another one is on its way.
-- query: shortlist_get
-- rows: one
-- whose: candidates
select s.vacancy_id, s.run_id, s.match_input, s.current, s.status, s.asked, s.considered, s.suitable, s.shortfall, s.excluded,
       s.rules_version, s.taxonomy, s.made_at, s.items, s.candidates, case s.status when 'pending' then 1 when 'paused' then 60 end as retry_after
from (
    select v.id as vacancy_id, r.id as run_id, r.match_input, r.match_input = v.match_input as current,
           case when r.match_input = v.match_input then 'ready'
                when not app.vacancy_is_open(app.vacancy_now(v.state, v.needed_by)) then case when r.id is null then 'not_open' else 'ready' end
                when app.shortlists_paused() then 'paused' else 'pending' end as status,
           coalesce(r.asked, v.candidates_wanted) as asked, r.considered, r.suitable, r.shortfall, r.excluded, r.rules_version,
           r.taxonomy, r.made_at,
           (select coalesce(jsonb_agg(jsonb_build_object('rank', m.rank, 'candidateId', m.candidate_id, 'alias', c.alias,
                       'score', m.score, 'openProposals', app.proposals_open_of(c.id), 'elsewhere', coalesce(e.elsewhere, '[]'))
                       || t.told || coalesce(p.shown, '{}') order by m.rank), '[]')
            from app.match_result m join app.candidate c on c.id = m.candidate_id and c.status = 'active'
            left join app.shortlist_people(r.id) p on p.candidate_id = m.candidate_id
            left join app.shortlist_elsewhere(r.id) e on e.candidate_id = m.candidate_id
            join app.shortlist_told(r.id, :language) t on t.candidate_id = m.candidate_id
            where m.run_id = r.id) as items,
           array(select c.id from app.match_result m join app.candidate c on c.id = m.candidate_id and c.status = 'active'
                 where m.run_id = r.id) as candidates
    from app.vacancy v
    left join lateral (select * from app.match_run r where r.vacancy_id = v.id order by r.match_input desc limit 1) r on true
    where v.id = :vacancy_id) s
