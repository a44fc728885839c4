-- The life of a trajectory. What somebody reached with it is the outcome.
-- row: app.trajectory old.state
insert into ref.state (noun, state, phase, initial) values
    ('trajectory', 'planned',  'pending', true),
    ('trajectory', 'running',  'open',    false),
    ('trajectory', 'finished', 'settled', false),
    ('trajectory', 'stopped',  'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('trajectory', 'planned', 'start',  'running',  '{case_manager,team_lead,consultant,coach,firm,agency}', 'no barrier that stops a start is open'),
    ('trajectory', 'planned', 'finish', 'finished', '{case_manager,team_lead,consultant,coach,firm,agency}', 'with an outcome: it was reached at once'),
    ('trajectory', 'planned', 'stop',   'stopped',  '{case_manager,team_lead,consultant,coach,firm,agency,system}', 'with a reason'),
    ('trajectory', 'running', 'finish', 'finished', '{case_manager,team_lead,consultant,coach,firm,agency}', 'with an outcome'),
    ('trajectory', 'running', 'stop',   'stopped',  '{case_manager,team_lead,consultant,coach,firm,agency,system}', 'with a reason')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('trajectory', 'updateTrajectory', '{organisation_id,project_id,benefit_id,vacancy_id,reserved_until,employer_id,current_employer_id,starts_on,ends_on,search_until,register_by,guarantee_by,flow_through_on}',
     '{planned,running}'),
    ('trajectory', 'handRules', '{}', '{planned,running}'),
    ('trajectory', 'receiveRules', '{}', '{planned,running,finished,stopped}'),
    ('trajectory', 'shareTrajectory', '{}', '{planned,running,finished,stopped}'),
    ('trajectory', 'askEmployer', '{}', '{planned,running}'),
    ('trajectory', 'answerForEmployer', '{}', '{planned,running}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
