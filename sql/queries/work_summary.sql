-- program: placements

-- Each number is counted in the rows that the asker sees, and only for those who get it.
-- query: work_summary_get
-- whose: nobody
-- rows: one
select case when :shows_reported::boolean then (select count(*) from (select from app.vacancy v where v.state = 'reported' limit 10000) x) end as reported,
       case when :shows_to_screen::boolean then
           (select count(*) from (select from app.vacancy v where app.vacancy_is_pending(v.state) limit 10000) x) end as to_screen,
       case when :shows_overdue::boolean then
           (select count(*) from (select from app.vacancy v where app.vacancy_is_pending(v.state)
                                  and v.answered_at is null and v.answer_due_at < (select clock.now()) limit 10000) x) end as overdue,
       case when :shows_assigned_to_me::boolean then
           (select count(*) from (select from app.vacancy v where v.assignee_id = (select app.actor())
                                  and (app.vacancy_is_pending(v.state) or app.vacancy_is_open(v.state)) limit 10000) x) end as assigned_to_me,
       case when :shows_proposals_to_send::boolean then
           (select count(*) from (select from app.proposal p where p.state = 'drafted' limit 10000) x) end as proposals_to_send,
       case when :shows_proposals_to_answer::boolean then
           (select count(*) from (select from app.proposal p where p.state = 'sent' limit 10000) x) end as proposals_to_answer,
       case when :shows_interviews::boolean then
           (select count(*) from (select from app.proposal p where p.state = 'invited' limit 10000) x) end as interviews,
       case when :shows_active_candidates::boolean then
           (select count(*) from (select from app.candidate c where c.status = 'active' limit 10000) x) end as active_candidates,
       case when :shows_candidates_without_proposal::boolean then
           (select count(*) from (select from app.candidate c where c.status = 'active' and not exists (
                select from app.proposal p where p.tenant_id = c.tenant_id and p.candidate_id = c.id and app.proposal_is_open(p.state))
                limit 10000) x) end as candidates_without_proposal
