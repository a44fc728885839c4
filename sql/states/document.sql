-- The life of a document. It is asked for, and a worker makes it, or says why it cannot.
-- row: app.document old.state
-- unasked: make, fail
insert into ref.state (noun, state, phase, initial) values
    ('document', 'asked',     'pending', true),
    ('document', 'made',      'settled', false),
    ('document', 'failed',    'ended',   false),
    ('document', 'withdrawn', 'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('document', 'asked', 'make',     'made',      '{system}', ''),
    ('document', 'asked', 'fail',     'failed',    '{system}', 'what it would say does not fit the page'),
    ('document', 'asked', 'withdraw', 'withdrawn', '{case_manager,team_lead,consultant,account_manager,coach,firm,agency,employer,candidate,system}', 'nobody needs it any more, or may see it'),
    ('document', 'made',  'withdraw', 'withdrawn', '{case_manager,team_lead,consultant,account_manager,coach,firm,agency,employer,candidate,system}', 'nobody may see it any more')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;
