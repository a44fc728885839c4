-- program: placements

-- query: coach_visit_day
-- rows: one
-- whose: candidate_ids
select d.day, d.candidate_ids, d.visits, d.appointments from app.coach_visits() d
