-- The life of an instrument. It is asked for and decided; what was granted ends with its last day, with its placement, or earlier.
-- row: app.instrument old.state
-- unasked: lapse
insert into ref.state (noun, state, phase, initial) values
    ('instrument', 'asked',     'pending', true),
    ('instrument', 'granted',   'open',    false),
    ('instrument', 'ended',     'settled', false),
    ('instrument', 'refused',   'ended',   false),
    ('instrument', 'withdrawn', 'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('instrument', 'asked',   'grant',    'granted',   '{case_manager,consultant,team_lead}', 'nothing is missing (GET /instruments/{id}/gate)'),
    ('instrument', 'asked',   'refuse',   'refused',   '{case_manager,consultant,team_lead}', 'a reason'),
    ('instrument', 'asked',   'withdraw', 'withdrawn', '{case_manager,consultant,team_lead,coach,account_manager,system}', ''),
    ('instrument', 'asked',   'lapse',    'withdrawn', '{case_manager,consultant,team_lead,coach,employer,firm,agency,candidate,account_manager,system}', 'the placement has ended'),
    ('instrument', 'granted', 'end',      'ended',     '{case_manager,consultant,team_lead,system}', 'a reason'),
    ('instrument', 'granted', 'lapse',    'ended',     '{case_manager,consultant,team_lead,coach,employer,firm,agency,candidate,account_manager,system}', 'the placement has ended, or the last day has passed')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('instrument', 'updateInstrument', '{kind,from_day,until_day,percentage,amount_cents,intention_months}', '{asked}'),
    ('instrument', 'endInstrument', '{}', '{asked,granted}'),
    ('instrument', 'extendInstrument', '{}', '{granted,ended}'),
    ('instrument', 'suspendInstrument', '{}', '{granted}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
