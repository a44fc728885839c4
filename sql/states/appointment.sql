-- The life of an appointment. What was noted of somebody who came, or did not, can be corrected.
-- row: app.appointment old.state
-- unasked: merge
insert into ref.state (noun, state, phase, initial) values
    ('appointment', 'planned',   'pending', true),
    ('appointment', 'invited',   'open',    false),
    ('appointment', 'present',   'settled', false),
    ('appointment', 'absent',    'settled', false),
    ('appointment', 'excused',   'settled', false),
    ('appointment', 'moved',     'ended',   false),
    ('appointment', 'cancelled', 'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('appointment', 'planned', 'invite', 'invited',   '{case_manager,team_lead,consultant,coach,firm,agency}', 'a channel'),
    ('appointment', 'planned', 'attend', 'present',   '{case_manager,team_lead,consultant,coach,firm,agency,course_leader}', 'not before the day'),
    ('appointment', 'invited', 'attend', 'present',   '{case_manager,team_lead,consultant,coach,firm,agency,course_leader}', 'not before the day'),
    ('appointment', 'absent',  'attend', 'present',   '{case_manager,team_lead,consultant,coach,firm,agency,course_leader}', 'a correction'),
    ('appointment', 'excused', 'attend', 'present',   '{case_manager,team_lead,consultant,coach,firm,agency,course_leader}', 'a correction'),
    ('appointment', 'planned', 'miss',   'absent',    '{case_manager,team_lead,consultant,coach,firm,agency,course_leader}', 'not before the day'),
    ('appointment', 'invited', 'miss',   'absent',    '{case_manager,team_lead,consultant,coach,firm,agency,course_leader}', 'not before the day; it makes a signal'),
    ('appointment', 'present', 'miss',   'absent',    '{case_manager,team_lead,consultant,coach,firm,agency,course_leader}', 'a correction'),
    ('appointment', 'excused', 'miss',   'absent',    '{case_manager,team_lead,consultant,coach,firm,agency,course_leader}', 'a correction'),
    ('appointment', 'planned', 'excuse', 'excused',   '{case_manager,team_lead,consultant,coach,firm,agency,course_leader,candidate}', 'a reason'),
    ('appointment', 'invited', 'excuse', 'excused',   '{case_manager,team_lead,consultant,coach,firm,agency,course_leader,candidate}', 'a reason'),
    ('appointment', 'present', 'excuse', 'excused',   '{case_manager,team_lead,consultant,coach,firm,agency,course_leader}', 'a correction'),
    ('appointment', 'absent',  'excuse', 'excused',   '{case_manager,team_lead,consultant,coach,firm,agency,course_leader}', 'a correction'),
    ('appointment', 'planned', 'move',   'moved',     '{case_manager,team_lead,consultant,coach,firm,agency}', 'another time'),
    ('appointment', 'invited', 'move',   'moved',     '{case_manager,team_lead,consultant,coach,firm,agency}', 'another time'),
    ('appointment', 'planned', 'cancel', 'cancelled', '{case_manager,team_lead,consultant,coach,firm,agency,account_manager,system}', 'it does not take place'),
    ('appointment', 'invited', 'cancel', 'cancelled', '{case_manager,team_lead,consultant,coach,firm,agency,account_manager,system}', 'it does not take place'),
    ('appointment', 'present', 'merge',  'cancelled', '{case_manager,team_lead}', 'the other file of the person says as much of the session'),
    ('appointment', 'absent',  'merge',  'cancelled', '{case_manager,team_lead}', 'the other file of the person says as much of the session, or more'),
    ('appointment', 'excused', 'merge',  'cancelled', '{case_manager,team_lead}', 'the other file of the person says as much of the session, or more')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('appointment', 'updateAppointment.time', '{kind,starts_at,ends_at}', '{planned}'),
    ('appointment', 'updateAppointment.with', '{place,user_id,organisation_id,employer_id,coach_id,trajectory_id,proposal_id}', '{planned,invited}'),
    ('appointment', 'answerAppointment', '{answer,answered_at}', '{planned,invited}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
