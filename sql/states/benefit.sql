-- The life of a benefit. Lowering one is a decision and no state: it goes on.
-- row: app.benefit old.state
insert into ref.state (noun, state, phase, initial) values
    ('benefit', 'applied', 'pending', true),
    ('benefit', 'granted', 'open',    false),
    ('benefit', 'ended',   'settled', false),
    ('benefit', 'refused', 'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('benefit', 'applied', 'grant',   'granted', '{case_manager,team_lead}', 'from a day'),
    ('benefit', 'applied', 'refuse',  'refused', '{case_manager,team_lead,system}', 'with a reason; also when the applicant withdraws it'),
    ('benefit', 'granted', 'end',     'ended',   '{case_manager,team_lead,system}', 'on its last day, with a reason'),
    ('benefit', 'refused', 'restore', 'granted', '{case_manager,team_lead}', 'it is granted after all'),
    ('benefit', 'ended',   'restore', 'granted', '{case_manager,team_lead,system}', 'it should not have ended')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('benefit', 'updateBenefit.application', '{kind,applied_on}', '{applied}'),
    ('benefit', 'updateBenefit.days', '{from_day,until_day}', '{applied,granted,ended,refused}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
