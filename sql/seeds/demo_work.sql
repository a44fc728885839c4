-- The demo region, after demo.sql: what the examples of the contract about tasks and what belongs to them show.

-- step: tasks, messages, mandates
-- The receiver that the examples of the contract name; it is paused, so that nothing goes there.
insert into app.endpoint (tenant_id, id, purpose, kind, address, secret, paused, version, changed_at, changed_in)
select t.tenant, '01920000-0000-7000-8000-00000000ed01', 'benefits_payment', 'webhook', 'https://uitkeringen.maasdrecht.example/berichten', 'uitkeringen', true, 1, clock.now(),
       pg_current_xact_id() from town t where t.n = 1;
insert into app.letter_template (tenant_id, id, template, number, state, fault, content, hash, uploaded_at, version, changed_at, changed_in)
select t.tenant, '01920000-0000-7000-8000-00000000ed31', 'decision', 1, 'refused', 'not_odt', 'x', sha256('x'), clock.now(), 1, clock.now(), pg_current_xact_id() from town t where t.n = 1;
insert into app.contact (tenant_id, id, organisation_id, name, function_title, email, version, changed_at, changed_in)
select o.tenant_id, gen_random_uuid(), o.id, 'Henk Pad', 'planning', 'planning@werkpad.example', 1, clock.now(), pg_current_xact_id() from app.organisation o where o.id = pg_temp.uid('org', 11);
insert into app.vacancy_answer (tenant_id, id, vacancy_id, employer_id, chance, channel, answered_by, answered_at, version, changed_at, changed_in)
select v.tenant_id, '01920000-0000-7000-8000-000000000a21', v.id, v.employer_id, 'at_short_notice', 'call', pg_temp.uid('user', 1003), clock.now(), 1, clock.now(), pg_current_xact_id() from app.vacancy v where v.id = pg_temp.uid('vacancy', 1000001);
update app.vacancy v set answered_at = clock.now() where v.id = pg_temp.uid('vacancy', 1000001);
insert into app.calendar_feed (tenant_id, id, user_id, name, made_at, version, changed_at, changed_in)
select u.tenant_id, '01920000-0000-7000-8000-00000000aa01', u.id, 'Telefoon', clock.now(), 1, clock.now(), pg_current_xact_id() from app.user_account u where u.id = pg_temp.uid('user', 1101);
create temp table spoken_of as select e.tenant_id, e.id, e.id as employer_id, clock.now() as at, pg_current_xact_id() as xact from app.employer e where e.id = pg_temp.uid('employer', 1000001);
insert into app.subject (tenant_id, id, wall, noun, employer_id) select s.tenant_id, s.id, 'employer', 'employer', s.id from spoken_of s on conflict do nothing;
insert into app.task (tenant_id, id, kind, subject_id, wall, noun, employer_id, summary, owner_user_id, promised_to_employer_id, due_day, due_at, rank_at, desk_id, urgent, clock_from, made_at, made_by, version, changed_at, changed_in)
select s.tenant_id, w.id::uuid, w.kind, s.id, 'employer', 'employer', s.id, w.summary, pg_temp.uid('user', w.owner), case w.kind when 'promise' then s.id end, d.day, d.moment, d.moment, app.task_no_desk(), false, s.at, s.at, pg_temp.uid('user', 1002), 1, s.at, s.xact
from spoken_of s cross join (values ('01920000-0000-7000-8000-00000000a801', 'promise', 'Vergunning voor de laadkuil', 1003, 5), ('01920000-0000-7000-8000-00000000a802', 'idea', 'Rondleiding voor een klas', 1002, 9)) w (id, kind, summary, owner, days)
cross join lateral (select clock.today() + w.days as day, calendar.moment(clock.today() + w.days + time '23:59:59') as moment) d;
insert into app.transition (tenant_id, noun, subject_id, from_state, event, to_state, at, actor, role)
select s.tenant_id, 'task', '01920000-0000-7000-8000-00000000a801', 'proposed', 'accept', 'open', s.at, pg_temp.uid('user', 1003), 'consultant' from spoken_of s;
insert into app.hand_over (tenant_id, id, from_user_id, to_user_id, tasks, vacancies, candidates, employers, tasks_left, vacancies_left, candidates_left, employers_left, made_at, made_by, version, changed_at, changed_in)
select s.tenant_id, '01920000-0000-7000-8000-00000000a901', pg_temp.uid('user', 1004), pg_temp.uid('user', 1003), 2, 0, 0, 0, 0, 0, 0, 0, s.at, pg_temp.uid('user', 1002), 1, s.at, s.xact from spoken_of s;
insert into app.note (tenant_id, id, subject_id, wall, noun, employer_id, text, author_id, made_at, version, changed_at, changed_in)
select s.tenant_id, '01920000-0000-7000-8000-00000000d001', s.id, 'employer', 'employer', s.id, 'Zoekt mensen voor de ochtend; bellen na tien uur.', pg_temp.uid('user', 1003), s.at, 1, s.at, s.xact from spoken_of s;
insert into app.message (tenant_id, id, template, template_version, channel, language, to_user_id, subject_id, wall, noun, employer_id, urgent, parameters, state, planned_at, sent_at, version, changed_at, changed_in)
select s.tenant_id, '01920000-0000-7000-8000-0000000000b1', 'reminder', 1, 'e_mail', 'nl', pg_temp.uid('user', 1003), s.id, 'employer', 'employer', s.id, false, '{}', 'sent', s.at, s.at, 1, s.at, s.xact from spoken_of s;
insert into app.mandate (tenant_id, id, state, grantor, grantee_organisation_id, role, scope, employer_id, wall, purpose, from_at, exclusive, asked_by, decided_by, version, changed_at, changed_in)
select s.tenant_id, '01920000-0000-7000-8000-00000000fb01', 'granted', 'tenant', pg_temp.uid('org', 11), 'firm', 'employer', s.id, 'employer', 'approach', s.at, false, pg_temp.uid('user', 1004), pg_temp.uid('user', 1004), 1, s.at, s.xact from spoken_of s;

-- step: placements
insert into app.placement (tenant_id, id, candidate_id, employer_id, kind, origin, state, offered_on, accepted_on, starts_on, started_on, ends_on, hours, version, changed_at, changed_in)
select c.tenant_id, case when t.n = 1 and c.k = 1 then '01920000-0000-7000-8000-000000000f01' else gen_random_uuid() end, c.id, pg_temp.uid('employer', t.n * 1000000 + 1 + c.k % t.employers), 'temp',
       'self_found', 'started', d - 40, d - 38, d - 30, d - 30, d + 150, c.hours_min, 1, clock.now(), pg_current_xact_id()
from (select p.*, row_number() over (partition by p.tenant_id order by p.id desc) as k from app.candidate p where p.status = 'active') c join town t on t.tenant = c.tenant_id, clock.today() d where c.k <= 3;
insert into app.placement_contact (tenant_id, id, placement_id, candidate_id, with_whom, channel, outcome, held_at, held_by, version, changed_at, changed_in) select p.tenant_id, '01920000-0000-7000-8000-000000000fc1', p.id, p.candidate_id, 'candidate', 'at_work', 'fine', clock.now() - interval '9 days', pg_temp.uid('user', 1005), 1, clock.now(), pg_current_xact_id() from app.placement p where p.id = '01920000-0000-7000-8000-000000000f01';
update app.candidate c set status = 'placed' from app.placement p where p.tenant_id = c.tenant_id and p.candidate_id = c.id;
insert into app.on_call (tenant_id, id, user_id, from_at, until_at, version, changed_at, changed_in) select t.tenant, '01920000-0000-7000-8000-000000000f71', pg_temp.uid('user', 1005), clock.now() - interval '9 days', clock.now() - interval '8 days', 1, clock.now(), pg_current_xact_id() from town t where t.n = 1;

-- step: instruments
insert into app.wage_value (tenant_id, id, placement_id, candidate_id, measured_on, percentage, method, measured_by, noted_on, version, changed_at, changed_in)
select p.tenant_id, '01920000-0000-7000-8000-000000001101', p.id, p.candidate_id, clock.today() - 35, 55, 'Uniforme loonwaardemethodiek', 'Loonwaarde Midden BV', clock.today() - 34,
       1, clock.now(), pg_current_xact_id()
from app.placement p where p.id = '01920000-0000-7000-8000-000000000f01';
insert into app.instrument (tenant_id, id, placement_id, candidate_id, employer_id, family, kind, state, asked_on, from_day, until_day, last_day, amount_cents, decided_on, version, changed_at, changed_in)
select p.tenant_id, '01920000-0000-7000-8000-000000001001', p.id,
       p.candidate_id, p.employer_id, k.family, k.kind, 'granted', clock.today() - 34, p.started_on, p.started_on + 120, p.started_on + 120, 25000, clock.today() - 32, 1, clock.now(), pg_current_xact_id()
from app.placement p join ref.instrument_kind k on k.kind = 'job_coach' where p.id = '01920000-0000-7000-8000-000000000f01';
insert into app.appointment (tenant_id, id, candidate_id, kind, starts_at, ends_at, place, coach_id, project_id, session, made_at, version, changed_at, changed_in)
select c.tenant_id, pg_temp.uid('appointment', n), c.id, case n when 1 then 'introduction' else 'session' end, calendar.moment(clock.today() + 2 + n + time '10:00'),
       calendar.moment(clock.today() + 2 + n + time '11:00'), 'Werkplein, kamer 3', case n when 1 then c.coach_id end,
       case when n > 1 then pg_temp.uid('project', 1) end, nullif(n - 1, 0), clock.now(), 1, clock.now(), pg_current_xact_id()
from app.candidate c cross join generate_series(1, 3) n where c.id = pg_temp.uid('candidate', 1000001);

-- step: measures
insert into app.signal (tenant_id, id, candidate_id, kind, state, seen_at, received_at, made_by, sender, version, changed_at, changed_in)
select c.tenant_id, '01920000-0000-7000-8000-000000001401', c.id, 'no_search', 'received', clock.now() - interval '2 hours', clock.now() - interval '1 hour',
       pg_temp.uid('user', 1003), pg_temp.uid('user', 1003), 1, clock.now(), pg_current_xact_id()
from app.candidate c where c.id = pg_temp.uid('candidate', 1000001);
insert into app.decision (tenant_id, id, candidate_id, kind, state, duty, conduct_on, blame, reasons, inputs, calculation, method, hash, calculated_on, drafted_at, drafted_by, drafted_logins,
                          view_asked_at, view_until, view_channel, view_handed_by, view_given_at, view_text, decided_at, decided_by, decided_logins, notified_on, objection_until, version, changed_at, changed_in)
select c.tenant_id, n.id::uuid, c.id, 'warning', n.state, 'b', clock.today() - 20, 'full', 'U meldde zich niet aan bij het uitzendbureau.', r.inputs, r.calculation, 1,
       sha256(convert_to(r.inputs::text || E'\n' || r.calculation::text, 'UTF8')), clock.today() - 15, clock.now() - interval '15 days', c.case_manager_id, array[c.case_manager_id::text],
       g.at, g.at::date, g.channel, g.by, g.at, g.said, g.at, g.lead, array[g.lead::text], g.day, g.day + 42, 1, clock.now(), pg_current_xact_id()
from app.candidate c cross join (values ('01920000-0000-7000-8000-00000000de01', 'drafted'), ('01920000-0000-7000-8000-00000000de02', 'notified')) n (id, state)
cross join lateral (select i.inputs, app.decision_reckon(1, i.inputs) as calculation from (select jsonb_build_object('kind', 'warning', 'duty', 'b', 'conduct_on', clock.today() - 20,
    'decided_on', clock.today() - 15, 'blame', 'full', 'benefit', 'applied', 'rules', '[]'::jsonb, 'history', '[]'::jsonb) as inputs) i) r
left join lateral (select clock.now() - interval '10 days' as at, 'in_person' as channel, c.case_manager_id as by, 'Ik was het vergeten.' as said, pg_temp.uid('user', 1002) as lead,
                          clock.today() - 10 as day where n.state = 'notified') g on true
where c.id = pg_temp.uid('candidate', 1000001);
insert into app.objection (tenant_id, id, decision_id, candidate_id, channel, received_on, in_time, grounds, complete, decide_by, noted_at, noted_by, version, changed_at, changed_in)
select d.tenant_id, '01920000-0000-7000-8000-00000000bc01', d.id, d.candidate_id, 'letter', clock.today() - 3, true, 'Ik had me wel aangemeld.', true, d.objection_until + 42, clock.now(),
       d.drafted_by, 1, clock.now(), pg_current_xact_id()
from app.decision d where d.id = '01920000-0000-7000-8000-00000000de02';

-- step: agreements
insert into app.subject (tenant_id, id, noun, wall, candidate_id, employer_id)
select p.tenant_id, p.id, 'placement', 'person', p.candidate_id, p.employer_id from app.placement p where p.id = '01920000-0000-7000-8000-000000000f01' on conflict do nothing;
insert into app.agreement (tenant_id, id, kind, subject_id, wall, noun, candidate_id, employer_id, gets, does, costs, from_day, until_day, version, changed_at, changed_in)
select p.tenant_id, '01920000-0000-7000-8000-00000000a601', 'placement_sheet', p.id, 'person', 'placement', p.candidate_id, p.employer_id, 'Een collega voor de ochtend, en een jobcoach die langskomt.',
       'Werkt iemand in, en belt zodra er iets is.', 'Loon volgens de cao; de jobcoach betaalt de gemeente.', p.starts_on, p.ends_on, 1, clock.now(), pg_current_xact_id()
from app.placement p where p.id = '01920000-0000-7000-8000-000000000f01';
