-- The life of a user's account. A column says whether it is active; a user who is not is not let in (entry.hat).
-- row: app.user_account app.activity(old.active)
insert into ref.state (noun, state, phase, initial) values
    ('user', 'active',   'open',    true),
    ('user', 'inactive', 'settled', false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('user', 'active',   'deactivate', 'inactive', '{tenant_admin}', ''),
    ('user', 'inactive', 'activate',   'active',   '{tenant_admin}', '')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it. Nobody gets powers while nobody is let in.
insert into ref.state_operation (noun, operation, columns, states) values
    ('user', 'updateUser.identity', '{name,email,phone}', '{active,inactive}'),
    ('user', 'updateUser.powers', '{role,attributes,organisation_id}', '{active}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
