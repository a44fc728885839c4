-- The life of a rule of a municipality.
-- row: app.rule old.state
-- log: app.transition s join ref.known_rule n on n.id = s.subject_id
-- unasked: replace, restore
insert into ref.state (noun, state, phase, initial) values
    ('rule', 'drafted',   'pending', true),
    ('rule', 'adopted',   'settled', false),
    ('rule', 'replaced',  'settled', false),
    ('rule', 'withdrawn', 'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('rule', 'drafted', 'adopt',    'adopted',   '{tenant_admin}', 'no other one of the same code begins later'),
    ('rule', 'drafted', 'withdraw', 'withdrawn', '{tenant_admin}', ''),
    ('rule', 'adopted', 'withdraw', 'withdrawn', '{tenant_admin}', 'it has not begun'),
    ('rule', 'adopted', 'end',      'replaced',  '{tenant_admin}', 'it has begun'),
    ('rule', 'replaced', 'restore', 'adopted',   '{tenant_admin}', 'the one that would have replaced it is withdrawn before it begins'),
    ('rule', 'adopted', 'replace',  'replaced',  '{tenant_admin}', 'another one of the same code is adopted')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('rule', 'updateRule', '{value,source,from_at,until_at}', '{drafted}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
