-- The life of a vacancy. Candidates are matched and proposed while it is open.
insert into ref.state (noun, state, phase, initial) values
    ('vacancy', 'reported',      'pending', true),
    ('vacancy', 'screening',     'pending', false),
    ('vacancy', 'open',          'open',    false),
    ('vacancy', 'shortlisted',   'open',    false),
    ('vacancy', 'partly_filled', 'open',    false),
    ('vacancy', 'filled',        'settled', false),
    ('vacancy', 'unsuitable',    'settled', false),
    ('vacancy', 'closed',        'ended',   false),
    ('vacancy', 'withdrawn',     'ended',   false),
    ('vacancy', 'expired',       'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('vacancy', 'reported',      'take_up',     'screening',     '{consultant,account_manager,team_lead}', 'somebody screens it'),
    ('vacancy', 'reported',      'approve',     'open',          '{consultant,team_lead}', 'verdict suitable, or suitable after job carving'),
    ('vacancy', 'reported',      'refuse',      'unsuitable',    '{consultant,team_lead}', 'verdict not suitable, with a reason'),
    ('vacancy', 'screening',     'approve',     'open',          '{consultant,team_lead}', 'verdict suitable, or suitable after job carving'),
    ('vacancy', 'screening',     'refuse',      'unsuitable',    '{consultant,team_lead}', 'verdict not suitable, with a reason'),
    ('vacancy', 'open',          'shortlist',   'shortlisted',   '{system}', 'a match result is stored'),
    ('vacancy', 'open',          'fill_partly', 'partly_filled', '{employer,consultant}', 'somebody is hired, places are left'),
    ('vacancy', 'open',          'fill',        'filled',        '{employer,consultant}', 'all positions are taken'),
    ('vacancy', 'shortlisted',   'fill_partly', 'partly_filled', '{employer,consultant}', 'somebody is hired, places are left'),
    ('vacancy', 'shortlisted',   'fill',        'filled',        '{employer,consultant}', 'all positions are taken'),
    ('vacancy', 'partly_filled', 'fill_partly', 'partly_filled', '{employer,consultant}', 'somebody is hired, places are left'),
    ('vacancy', 'partly_filled', 'fill',        'filled',        '{employer,consultant}', 'all positions are taken'),
    ('vacancy', 'reported',      'withdraw',    'withdrawn',     '{employer,consultant,account_manager,firm,agency}', 'the employer no longer wants it'),
    ('vacancy', 'screening',     'withdraw',    'withdrawn',     '{employer,consultant,account_manager,firm,agency}', 'the employer no longer wants it'),
    ('vacancy', 'open',          'withdraw',    'withdrawn',     '{employer,consultant,account_manager,firm,agency}', 'the employer no longer wants it'),
    ('vacancy', 'shortlisted',   'withdraw',    'withdrawn',     '{employer,consultant,account_manager,firm,agency}', 'the employer no longer wants it'),
    ('vacancy', 'partly_filled', 'withdraw',    'withdrawn',     '{employer,consultant,account_manager,firm,agency}', 'the employer no longer wants it'),
    ('vacancy', 'open',          'close',       'closed',        '{consultant,account_manager,team_lead}', 'handled otherwise'),
    ('vacancy', 'shortlisted',   'close',       'closed',        '{consultant,account_manager,team_lead}', 'handled otherwise'),
    ('vacancy', 'partly_filled', 'close',       'closed',        '{consultant,account_manager,team_lead}', 'handled otherwise'),
    ('vacancy', 'filled',        'close',       'closed',        '{consultant,account_manager,team_lead}', 'all placements have started'),
    ('vacancy', 'unsuitable',    'close',       'closed',        '{consultant,account_manager,team_lead}', 'the employer knows'),
    ('vacancy', 'reported',      'expire',      'expired',       '{system}', 'needed by has passed'),
    ('vacancy', 'screening',     'expire',      'expired',       '{system}', 'needed by has passed'),
    ('vacancy', 'open',          'expire',      'expired',       '{system}', 'needed by has passed'),
    ('vacancy', 'shortlisted',   'expire',      'expired',       '{system}', 'needed by has passed'),
    ('vacancy', 'partly_filled', 'expire',      'expired',       '{system}', 'needed by has passed')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;
