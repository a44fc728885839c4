-- The life of a signal. It is looked into, and then somebody says what it was. The sender withdraws it before it was looked into.
-- row: app.signal old.state
-- unasked: look_into, correct
-- log: app.transition s join app.signal n on n.id = s.subject_id and app.signal_inside(n)
insert into ref.state (noun, state, phase, initial) values
    ('signal', 'received',    'pending', true),
    ('signal', 'looked_into', 'open',    false),
    ('signal', 'handled',     'settled', false),
    ('signal', 'withdrawn',   'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('signal', 'received',    'look_into', 'looked_into', '{case_manager,team_lead,field_officer,consultant,coach,firm,agency,course_leader,employer,system}', 'a check about it has ended'),
    ('signal', 'received',    'handle',    'handled',     '{case_manager,team_lead}', 'an outcome'),
    ('signal', 'looked_into', 'handle',    'handled',     '{case_manager,team_lead}', 'an outcome'),
    ('signal', 'received',    'withdraw',  'withdrawn',   '{case_manager,team_lead,field_officer,consultant,coach,firm,agency,course_leader,employer}', 'by its sender, before it was looked into'),
    ('signal', 'received',    'correct',   'withdrawn',   '{case_manager,team_lead,field_officer,consultant,coach,firm,agency,course_leader,employer,candidate,system}', 'the list of attendance was corrected, or the person died'),
    ('signal', 'looked_into', 'correct',   'withdrawn',   '{case_manager,team_lead,field_officer,consultant,coach,firm,agency,course_leader,employer,candidate,system}', 'the list of attendance was corrected, or the person died')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('signal', 'handleSignal', '{}', '{received,looked_into}'),
    ('signal', 'handleSignal.duty', '{duty}', '{received,looked_into,handled}'),
    ('signal', 'correctHandling', '{}', '{handled}'),
    ('signal', 'withdrawSignal', '{}', '{received,looked_into}'),
    ('signal', 'orderCheck', '{}', '{received,looked_into}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
