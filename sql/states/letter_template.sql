-- The life of a letter as a municipality writes it. A worker reads it and makes a page of it; a person looks at that, and uses it.
-- row: app.letter_template old.state
-- unasked: fit, refuse, replace
insert into ref.state (noun, state, phase, initial) values
    ('letter_template', 'uploaded', 'pending', true),
    ('letter_template', 'ready',    'open',    false),
    ('letter_template', 'in_use',   'settled', false),
    ('letter_template', 'refused',  'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('letter_template', 'uploaded', 'fit',     'ready',   '{system}', 'a page could be made of it'),
    ('letter_template', 'uploaded', 'refuse',  'refused', '{system}', 'it has macros, objects or links, unknown marks, or no page can be made of it'),
    ('letter_template', 'ready',    'use',     'in_use',  '{team_lead,tenant_admin}', 'somebody has seen the page'),
    ('letter_template', 'in_use',   'replace', 'ready',   '{team_lead,tenant_admin}', 'another one is used')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;
