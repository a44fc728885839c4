-- program: placements

-- fragment: proposal_columns
p.id, p.round_id, p.vacancy_id, p.employer_id, p.project_id, p.candidate_id, p.state, p.score, p.rank,
case when p.rejection_shared or app.role() not in ('firm', 'agency', 'candidate') then p.rejection_reason end as rejection_reason,
p.rejection_shared, p.rejection_note, p.return_reason, p.unlisted_reason, p.undo_reason, p.undo_note, p.undone_at, p.sent_at, p.answered_at, p.version, p.changed_at

-- query: proposal_list
-- rows: many
-- whose: candidate_id
-- filter: state p.state = %
-- filter: vacancyId p.vacancy_id = %::uuid
-- filter: candidateId p.candidate_id = %::uuid
-- filter: projectId p.project_id = %::uuid
-- filter: sentBefore p.sent_at < %::timestamptz
-- changes: p.changed_in
-- reached: p.candidate_id
-- sort: changedAt p.changed_at timestamptz changed_at
-- key: p.id
-- newest-first:
select {{proposal_columns}},
       case when :shows_candidate_alias::boolean then app.proposal_alias(p.id) end as candidate_alias,
       case when :shows_vacancy_title::boolean then app.proposal_title(p.id) end as vacancy_title,
       case when :shows_employer_name::boolean then app.proposal_employer(p.id) end as employer_name,
       case when :shows_card::boolean then app.card_of_proposal(p.id) end as card, p.changed_in
from app.proposal p where true

-- query: proposal_get
-- rows: one
-- whose: candidate_id
select {{proposal_columns}},
       app.proposal_alias(p.id) as candidate_alias, app.proposal_title(p.id) as vacancy_title, app.proposal_employer(p.id) as employer_name,
       app.card_of_proposal(p.id) as card
from app.proposal p where p.id = :id

-- query: proposal_answer
-- body: ProposalAnswer
-- rows: none
-- writes: yes
select app.proposal_answer(:id::uuid, @answer, @reason, @note, @reason_shared::boolean)

-- query: proposal_withdraw
-- rows: none
-- writes: yes
select app.proposal_withdraw(:id::uuid)

-- query: proposal_undo
-- body: HireReversal
-- rows: none
-- writes: yes
select app.proposal_undo(:id::uuid, @reason, @note)
