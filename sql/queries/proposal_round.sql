-- program: placements

-- All candidates of one go, or none.
-- query: proposal_round_propose
-- body: ProposalRoundNew
-- rows: none
-- writes: yes
select app.proposal_round_propose(:id::uuid, :vacancy_id::uuid,
                                  array(select jsonb_array_elements_text(@candidate_ids::jsonb))::uuid[],
                                  coalesce(@draft::boolean, false), @shortfall_reason, @shortfall_note, @consent::jsonb,
                                  @return_reason, @unlisted_reason)

-- query: proposal_round_send
-- rows: none
-- writes: yes
select app.proposal_round_send(:id::uuid)

-- query: proposal_round_get
-- rows: one
-- whose: candidates
select r.id, r.vacancy_id, r.asked, r.already_open, r.proposed, r.shortfall_reason, r.shortfall_note, r.made_by_organisation, r.version,
       r.changed_at,
       (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', p.id, 'candidateId', p.candidate_id,
                                  'candidateAlias', app.proposal_alias(p.id), 'rank', case when app.scope() = 'tenant' then p.rank end, 'unlistedReason', p.unlisted_reason, 'state', p.state)) order by p.rank, p.id), '[]')
        from app.proposal p where p.round_id = r.id) as proposals,
       array(select p.candidate_id from app.proposal p where p.round_id = r.id) as candidates
from app.proposal_round r where r.id = :id
