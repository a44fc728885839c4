-- program: placements

-- The newest result of matching for a vacancy that the asker sees.
-- query: shortlist_get
-- rows: one
select v.id as vacancy_id, r.id as run_id, r.match_input, r.match_input = v.match_input as current, r.asked,
       r.considered, r.suitable, r.shortfall, r.excluded, r.rules_version, r.taxonomy, r.made_at,
       (select coalesce(jsonb_agg(jsonb_build_object('rank', m.rank, 'candidateId', m.candidate_id, 'alias', c.alias,
                   'score', m.score, 'openProposals', app.candidate_open_proposals(c.id),
                   'explanation', m.explanation) order by m.rank), '[]')
        from app.match_result m join app.candidate c on c.id = m.candidate_id where m.run_id = r.id) as items
from app.vacancy v
cross join lateral (select * from app.match_run r where r.vacancy_id = v.id order by r.match_input desc limit 1) r
where v.id = :vacancy_id

-- All candidates of one go, or none.
-- query: round_propose
-- rows: none
-- writes: yes
select app.propose(:id::uuid, :vacancy_id::uuid, array(select jsonb_array_elements_text(:candidates::jsonb))::uuid[],
                   coalesce(:draft::boolean, false), :shortfall_reason, :shortfall_note, :consent::jsonb)

-- query: round_send
-- rows: none
-- writes: yes
select app.send_round(:id::uuid)

-- query: round_get
-- rows: one
select r.id, r.vacancy_id, r.asked, r.already_open, r.proposed, r.shortfall_reason, r.shortfall_note, r.version,
       r.changed_at,
       (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', p.id, 'candidateId', p.candidate_id,
                                  'rank', p.rank, 'state', p.state)) order by p.rank, p.id), '[]')
        from app.proposal p where p.round_id = r.id) as proposals
from app.proposal_round r where r.id = :id

-- query: proposal_list
-- rows: many
-- filter: state p.state = %
-- filter: vacancyId p.vacancy_id = %::uuid
-- filter: candidateId p.candidate_id = %::uuid
-- filter: changedAfter p.changed_at > %::timestamptz
-- sort: changedAt p.changed_at timestamptz changed_at
-- key: p.id
-- newest-first
select p.id, p.round_id, p.vacancy_id, p.employer_id, p.candidate_id, p.state, p.score, p.rank, p.rejection_reason,
       p.rejection_shared, p.rejection_note, p.sent_at, p.answered_at, p.version, p.changed_at
from app.proposal p where true

-- query: proposal_get
-- rows: one
select p.id, p.round_id, p.vacancy_id, p.employer_id, p.candidate_id, p.state, p.score, p.rank, p.rejection_reason,
       p.rejection_shared, p.rejection_note, p.sent_at, p.answered_at, p.version, p.changed_at,
       app.card(p.candidate_id, p.consent_by is not null) as card
from app.proposal p where p.id = :id

-- query: proposal_answer
-- body: ProposalAnswer
-- rows: none
-- writes: yes
select app.answer_proposal(:id::uuid, @answer, @reason, @note, @reason_shared::boolean)

-- query: proposal_withdraw
-- rows: none
-- writes: yes
select app.withdraw_proposal(:id::uuid)
