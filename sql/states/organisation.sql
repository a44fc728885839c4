-- The life of an organisation that works for the municipality. A column says whether it is active; the users of one that is not are not
-- let in (entry.hat).
-- row: app.organisation app.activity(old.active)
insert into ref.state (noun, state, phase, initial) values
    ('organisation', 'active',   'open',    true),
    ('organisation', 'inactive', 'settled', false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('organisation', 'active',   'deactivate', 'inactive', '{tenant_admin}', ''),
    ('organisation', 'inactive', 'activate',   'active',   '{tenant_admin}', '')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('organisation', 'updateOrganisation.identity', '{name,kvk_number,start_date}', '{active,inactive}'),
    ('organisation', 'updateOrganisation.kind', '{kind,parent_id}', '{active}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
