-- program: placements

-- The newest result of matching for a vacancy that the asker sees.
-- query: shortlist_get
-- rows: one
-- whose: candidates
select v.id as vacancy_id, r.id as run_id, r.match_input, r.match_input = v.match_input as current, r.asked,
       r.considered, r.suitable, r.shortfall, r.excluded, r.rules_version, r.taxonomy, r.made_at,
       (select coalesce(jsonb_agg(jsonb_build_object('rank', m.rank, 'candidateId', m.candidate_id, 'alias', c.alias,
                   'score', m.score, 'openProposals', app.proposals_open_of(c.id),
                   'explanation', m.explanation) order by m.rank), '[]')
        from app.match_result m join app.candidate c on c.id = m.candidate_id and c.status = 'active' where m.run_id = r.id) as items,
       array(select c.id from app.match_result m join app.candidate c on c.id = m.candidate_id and c.status = 'active'
             where m.run_id = r.id) as candidates
from app.vacancy v
cross join lateral (select * from app.match_run r where r.vacancy_id = v.id order by r.match_input desc limit 1) r
where v.id = :vacancy_id
