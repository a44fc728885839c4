-- The life of a proposal. A pair of vacancy and candidate whose proposal is settled is not proposed again.
insert into ref.state (noun, state, phase, initial) values
    ('proposal', 'drafted',   'open',    true),
    ('proposal', 'sent',      'open',    false),
    ('proposal', 'invited',   'open',    false),
    ('proposal', 'hired',     'settled', false),
    ('proposal', 'rejected',  'settled', false),
    ('proposal', 'withdrawn', 'ended',   false),
    ('proposal', 'obsolete',  'ended',   false),
    ('proposal', 'expired',   'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('proposal', 'drafted', 'send',     'sent',      '{consultant}', 'the number the employer asked for, or a stated shortfall'),
    ('proposal', 'sent',    'invite',   'invited',   '{employer,consultant}', ''),
    ('proposal', 'sent',    'hire',     'hired',     '{employer,consultant}', 'a position is free'),
    ('proposal', 'invited', 'hire',     'hired',     '{employer,consultant}', 'a position is free'),
    ('proposal', 'sent',    'reject',   'rejected',  '{employer,consultant}', 'a reason, shared with the candidate or internal'),
    ('proposal', 'invited', 'reject',   'rejected',  '{employer,consultant}', 'a reason, shared with the candidate or internal'),
    ('proposal', 'drafted', 'withdraw', 'withdrawn', '{consultant}', ''),
    ('proposal', 'sent',    'withdraw', 'withdrawn', '{consultant}', 'the candidate no longer wants or can'),
    ('proposal', 'invited', 'withdraw', 'withdrawn', '{consultant}', 'the candidate no longer wants or can'),
    ('proposal', 'drafted', 'overtake', 'obsolete',  '{employer,consultant,account_manager,team_lead,firm,agency,system}', 'hired elsewhere, or the vacancy has ended'),
    ('proposal', 'sent',    'overtake', 'obsolete',  '{employer,consultant,account_manager,team_lead,firm,agency,system}', 'hired elsewhere, or the vacancy has ended'),
    ('proposal', 'invited', 'overtake', 'obsolete',  '{employer,consultant,account_manager,team_lead,firm,agency,system}', 'hired elsewhere, or the vacancy has ended'),
    ('proposal', 'sent',    'expire',   'expired',   '{system}', 'no answer in time'),
    ('proposal', 'invited', 'expire',   'expired',   '{system}', 'no answer in time')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;
