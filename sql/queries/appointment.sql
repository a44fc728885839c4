-- program: candidates

-- fragment: appointment_columns
a.id, a.candidate_id, a.kind, a.state, a.starts_at, a.ends_at, a.place, a.user_id, a.organisation_id, a.employer_id, a.coach_id, a.trajectory_id,
a.proposal_id, a.project_id, a.session, a.invited_at, a.channel, a.handed_by, case when :shows_handed_by_name::boolean then app.colleague_name(a.handed_by) end as handed_by_name, a.message_id, a.answer, a.answered_at, a.reason, a.cancel_reason, a.not_told, a.recorded_at,
a.recorded_by, case when :shows_recorded_by_name::boolean then app.colleague_name(a.recorded_by) end as recorded_by_name, a.moved_to_id, a.version, a.changed_at

-- fragment: appointment_link
jsonb_build_object('id', o.id, 'href', '/v1/appointments/' || o.id, 'kind', o.kind, 'startsAt', app.json_instant(o.starts_at), 'endsAt', app.json_instant(o.ends_at))

-- When the same person is expected elsewhere (`o`) while `t` takes place. Each row passes the policies of the table, so that it is one that the asker sees.
-- fragment: appointment_overlaps
o.candidate_id = t.candidate_id and o.id <> t.id and o.starts_at < t.ends_at and o.ends_at > t.starts_at and t.starts_at > clock.now()
and (app.appointment_is_pending(t.state) or app.appointment_is_open(t.state)) and (app.appointment_is_pending(o.state) or app.appointment_is_open(o.state))

-- query: appointment_list
-- rows: many
-- whose: candidate_id
-- reached: a.candidate_id
-- filter: candidateId a.candidate_id = app.asked_of(%::uuid)
-- filter: state a.state = %
-- filter: kind a.kind = %
-- filter: userId a.user_id = %::uuid
-- filter: coachId a.coach_id = %::uuid
-- filter: trajectoryId a.trajectory_id = %::uuid
-- filter: proposalId a.proposal_id = %::uuid
-- filter: projectId a.project_id = %::uuid
-- filter: startsFrom a.starts_at >= %::timestamptz
-- filter: startsBefore a.starts_at < %::timestamptz
-- sort: startsAt a.starts_at timestamptz starts_at
-- sort: changedAt a.changed_at timestamptz changed_at
-- key: a.id
select {{appointment_columns}}, case when :shows_candidate_alias::boolean then (select c.alias from app.candidate c where c.id = a.candidate_id) end as candidate_alias,
       n.user_name, n.organisation_name, n.employer_name, n.coach_name, n.project_title
from app.appointment a
left join lateral (select m.* from app.appointment_names(a.id) m where :shows_user_name::boolean or :shows_organisation_name::boolean
                   or :shows_employer_name::boolean or :shows_coach_name::boolean or :shows_project_title::boolean) n on true
where true

-- query: appointment_get
-- rows: one
-- whose: candidate_id
select {{appointment_columns}}, case when :shows_candidate_alias::boolean then (select c.alias from app.candidate c where c.id = a.candidate_id) end as candidate_alias,
       case when :shows_invitation_proven::boolean then app.appointment_proven(a.id) end as invitation_proven,
       -- one that was moved tells of the one that took its place
       (select jsonb_agg({{appointment_link}} order by o.starts_at, o.id) from app.appointment t join app.appointment o on {{appointment_overlaps}}
        where t.id = coalesce(a.moved_to_id, a.id)) as overlaps,
       n.user_name, n.organisation_name, n.employer_name, n.coach_name, n.project_title
from app.appointment a left join lateral app.appointment_names(a.id) n on true where a.id = :id

-- The candidate must be visible to the asker.
-- query: appointment_insert
-- body: AppointmentNew
-- rows: one
-- whose: nobody
insert into app.appointment as a (tenant_id, id, candidate_id, kind, starts_at, ends_at, place, user_id, organisation_id, employer_id, coach_id,
                                  trajectory_id, proposal_id, project_id, session, made_at, made_by)
select c.tenant_id, :id::uuid, c.id, @kind, @starts_at::timestamptz, coalesce(@ends_at::timestamptz, @starts_at::timestamptz + interval '1 hour'), @place,
       @user_id::uuid, @organisation_id::uuid, @employer_id::uuid, @coach_id::uuid, @trajectory_id::uuid, @proposal_id::uuid, @project_id::uuid,
       @session::smallint, clock.now(), :actor::uuid
from app.candidate c where c.id = @candidate_id::uuid
returning a.id

-- query: appointment_change
-- rows: one
-- none: stale
-- whose: nobody
update app.appointment a set (kind, starts_at, ends_at, place, user_id, organisation_id, employer_id, coach_id, trajectory_id, proposal_id) =
    (select n.kind, n.starts_at, case when :document::jsonb ? 'ends_at' then n.ends_at else n.starts_at + (a.ends_at - a.starts_at) end, n.place, n.user_id, n.organisation_id, n.employer_id, n.coach_id, n.trajectory_id, n.proposal_id
     from jsonb_populate_record(a, :document::jsonb) n)
where a.id = :id and :version::int8multirange @> a.version
returning a.id

-- query: appointment_move
-- body: AppointmentMove
-- rows: none
-- writes: yes
select app.appointment_move(:id::uuid, @event, jsonb_build_object('channel', @channel, 'handed_by', @handed_by, 'reason', @reason, 'starts_at', @starts_at,
                                                                   'ends_at', @ends_at, 'place', @place, 'cancel_reason', @cancel_reason), :new_id::uuid)

-- query: appointment_answer
-- body: AppointmentReply
-- rows: none
-- writes: yes
select app.appointment_answer(:id::uuid, @answer)

-- query: appointment_session_plan
-- body: SessionsNew
-- rows: none
-- writes: yes
select app.appointment_sessions_plan(:project_id::uuid, jsonb_strip_nulls(jsonb_build_object('starts_at', @starts_at, 'minutes', @minutes, 'count', @count,
    'every_days', @every_days, 'place', @place, 'user_id', @user_id, 'organisation_id', @organisation_id, 'channel', @channel, 'handed_by', @handed_by)))

-- The sessions that somebody sees, with how many came. A session is when most of its people are expected: who was moved to another time does not change it. One that was cancelled has no people.
-- query: appointment_session_list
-- rows: one
-- whose: nobody
select :project_id::uuid as project_id, app.appointment_group(:project_id::uuid) as project_title, s.sessions from (
    select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('number', n.session, 'userId', n.user_id, 'userName', l.user_name, 'organisationId', n.organisation_id,
               'organisationName', l.organisation_name, 'startsAt', app.json_instant(n.starts_at), 'endsAt', app.json_instant(n.ends_at),
               'people', n.people, 'invited', n.invited, 'notTold', n.not_told, 'present', n.present, 'absent', n.absent, 'excused', n.excused,
               'cancelled', n.cancelled, 'overlapping', n.overlapping)) order by n.session) as sessions
    from (select a.session, coalesce(mode() within group (order by a.starts_at) filter (where a.state <> 'cancelled'), min(a.starts_at)) as starts_at,
                 coalesce(mode() within group (order by a.ends_at) filter (where a.state <> 'cancelled'), max(a.ends_at)) as ends_at, count(*) filter (where a.state <> 'cancelled') as people,
                 count(a.invited_at) filter (where a.state <> 'cancelled' and not a.not_told) as invited, count(*) filter (where a.not_told) as not_told,
                 count(*) filter (where a.state = 'present') as present, count(*) filter (where a.state = 'absent') as absent,
                 count(*) filter (where a.state = 'excused') as excused, count(*) filter (where a.state = 'cancelled') as cancelled,
                 mode() within group (order by a.user_id) filter (where a.state <> 'cancelled') as user_id,
                 mode() within group (order by a.organisation_id) filter (where a.state <> 'cancelled') as organisation_id, count(*) filter (where a.overlaps) as overlapping
          from (select t.session, t.user_id, t.organisation_id, t.state, t.starts_at, t.ends_at, t.invited_at, t.not_told, exists (select from app.appointment o where {{appointment_overlaps}}) as overlaps
                from app.appointment t where t.project_id = :project_id::uuid and t.session is not null and t.state <> 'moved') a
          group by a.session) n
    left join lateral (select m.user_name, m.organisation_name from app.appointment o cross join lateral app.appointment_names(o.id) m
                       where o.project_id = :project_id::uuid and o.session = n.session and o.user_id is not distinct from n.user_id
                         and o.organisation_id is not distinct from n.organisation_id limit 1) l on true) s
where s.sessions is not null

-- query: appointment_session_move
-- body: SessionMove
-- rows: none
-- writes: yes
select app.appointment_session_change(:project_id::uuid, :number::int, 'move', jsonb_build_object('starts_at', @starts_at, 'ends_at', @ends_at, 'place', @place))

-- query: appointment_session_cancel
-- body: SessionCancellation
-- rows: none
-- writes: yes
select app.appointment_session_change(:project_id::uuid, :number::int, 'cancel', jsonb_build_object('cancel_reason', @cancel_reason))

-- query: appointment_session_lead
-- body: SessionLeader
-- rows: none
-- writes: yes
select app.appointment_sessions_lead(:project_id::uuid, @user_id::uuid, @organisation_id::uuid, @numbers::jsonb)

-- query: appointment_attendance_put
-- body: Attendance
-- rows: one
-- none: stale
-- whose: nobody
-- writes: yes
select p as project_id from app.appointment_attendance_put(:project_id::uuid, :number::int, @items::jsonb, :version::int8multirange) p where p is not null

-- query: appointment_attendance_get
-- rows: one
-- whose: candidates
select s.project_id, app.appointment_group(s.project_id) as project_title, s.number, s.starts_at, s.ends_at, s.items, s.candidates, app.appointment_session_version(s.project_id, s.number) as version from (
    select a.project_id, a.session::int as number, mode() within group (order by a.starts_at) as starts_at, mode() within group (order by a.ends_at) as ends_at, array_agg(a.candidate_id) as candidates,
           jsonb_agg(jsonb_strip_nulls(jsonb_build_object('candidateId', a.candidate_id, 'alias', c.alias, 'appointmentId', a.id, 'state', a.state,
               'answer', a.answer, 'reason', a.reason, 'notTold', case when a.not_told then true end, 'overlaps', a.overlaps)) order by c.alias, a.id) as items
    from (select t.id, t.candidate_id, t.project_id, t.session, t.state, t.starts_at, t.ends_at, t.answer, t.reason, t.not_told, (select jsonb_agg({{appointment_link}} order by o.starts_at, o.id) from app.appointment o where {{appointment_overlaps}}) as overlaps
          from app.appointment t) a join app.candidate c on c.id = a.candidate_id
    where a.project_id = :project_id::uuid and a.session = :number::int and not app.appointment_is_ended(a.state) group by 1, 2) s
