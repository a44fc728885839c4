-- The life of a proposal. A pair of vacancy and candidate whose proposal is settled is not proposed again; one whose proposal was
-- withdrawn only with a reason.
-- row: app.proposal old.state
-- unasked: overtake, revoke, restore_draft, restore, restore_invitation, expire
insert into ref.state (noun, state, phase, initial) values
    ('proposal', 'drafted',   'open',    true),
    ('proposal', 'sent',      'open',    false),
    ('proposal', 'invited',   'open',    false),
    ('proposal', 'hired',     'settled', false),
    ('proposal', 'rejected',  'settled', false),
    ('proposal', 'withdrawn', 'ended',   false),
    ('proposal', 'obsolete',  'ended',   false),
    ('proposal', 'expired',   'ended',   false),
    ('proposal', 'undone',    'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('proposal', 'drafted', 'send',     'sent',      '{consultant,firm,agency}', 'the number the employer asked for, or a stated shortfall'),
    ('proposal', 'sent',    'invite',   'invited',   '{employer,consultant}', ''),
    ('proposal', 'sent',    'hire',     'hired',     '{employer,consultant}', 'a position is free'),
    ('proposal', 'invited', 'hire',     'hired',     '{employer,consultant}', 'a position is free'),
    ('proposal', 'sent',    'reject',   'rejected',  '{employer,consultant}', 'a reason, shared with the candidate or internal'),
    ('proposal', 'invited', 'reject',   'rejected',  '{employer,consultant}', 'a reason, shared with the candidate or internal'),
    ('proposal', 'drafted', 'withdraw', 'withdrawn', '{consultant}', ''),
    ('proposal', 'sent',    'withdraw', 'withdrawn', '{consultant,firm,agency}', 'the candidate no longer wants or can'),
    ('proposal', 'invited', 'withdraw', 'withdrawn', '{consultant,firm,agency}', 'the candidate no longer wants or can'),
    ('proposal', 'drafted', 'overtake', 'obsolete',  '{employer,consultant,account_manager,team_lead,case_manager,coach,firm,agency,candidate,system}', 'hired elsewhere, left, or the vacancy has ended'),
    ('proposal', 'sent',    'overtake', 'obsolete',  '{employer,consultant,account_manager,team_lead,case_manager,coach,firm,agency,candidate,system}', 'hired elsewhere, left, or the vacancy has ended'),
    ('proposal', 'invited', 'overtake', 'obsolete',  '{employer,consultant,account_manager,team_lead,case_manager,coach,firm,agency,candidate,system}', 'hired elsewhere, left, or the vacancy has ended'),
    ('proposal', 'drafted', 'revoke',   'withdrawn', '{case_manager,consultant,team_lead}', 'the candidate withdraws consent'),
    ('proposal', 'sent',    'revoke',   'withdrawn', '{case_manager,consultant,team_lead}', 'the candidate withdraws consent'),
    ('proposal', 'invited', 'revoke',   'withdrawn', '{case_manager,consultant,team_lead}', 'the candidate withdraws consent'),
    ('proposal', 'hired',   'undo',     'undone',    '{consultant,team_lead}', 'within the term, with a reason'),
    ('proposal', 'obsolete', 'restore_draft',      'drafted', '{consultant,team_lead}', 'the hire that made it obsolete is undone'),
    ('proposal', 'obsolete', 'restore',            'sent',    '{consultant,team_lead}', 'the hire that made it obsolete is undone'),
    ('proposal', 'obsolete', 'restore_invitation', 'invited', '{consultant,team_lead}', 'the hire that made it obsolete is undone'),
    ('proposal', 'drafted', 'expire',   'expired',   '{system}', 'not sent in time, or the vacancy has expired'),
    ('proposal', 'sent',    'expire',   'expired',   '{system}', 'no answer in time, or the vacancy has expired'),
    ('proposal', 'invited', 'expire',   'expired',   '{system}', 'no answer in time, or the vacancy has expired')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;
