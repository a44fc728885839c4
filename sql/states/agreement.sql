-- The life of a sheet or a quote. It is offered as one text; when all parties have signed that text, it is agreed. What is agreed changes by a
-- new version only.
-- row: app.agreement old.state
-- unasked: agree, lapse
insert into ref.state (noun, state, phase, initial) values
    ('agreement', 'draft',   'pending', true),
    ('agreement', 'offered', 'open',    false),
    ('agreement', 'agreed',  'open',    false),
    ('agreement', 'running', 'settled', false),
    ('agreement', 'ended',   'ended',   false),
    ('agreement', 'lapsed',  'ended',   false),
    ('agreement', 'refused', 'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('agreement', 'draft',   'offer',    'offered', '{consultant,account_manager,case_manager,team_lead}', 'what each gets, does and pays, and a first day'),
    ('agreement', 'offered', 'withdraw', 'draft',   '{consultant,account_manager,case_manager,team_lead}', 'signatures become void'),
    ('agreement', 'offered', 'refuse',   'refused', '{consultant,account_manager,case_manager,team_lead,employer,candidate}', ''),
    ('agreement', 'offered', 'agree',    'agreed',  '{system}', 'all parties have signed the text that is offered'),
    ('agreement', 'offered', 'lapse',    'lapsed',  '{system}', 'the day until which it was valid has passed'),
    ('agreement', 'agreed',  'start',    'running', '{consultant,account_manager,case_manager,team_lead}', ''),
    ('agreement', 'agreed',  'end',      'ended',   '{consultant,account_manager,case_manager,team_lead}', ''),
    ('agreement', 'running', 'end',      'ended',   '{consultant,account_manager,case_manager,team_lead}', '')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('agreement', 'updateAgreement', '{gets,does,costs,from_day,until_day,valid_until}', '{draft,offered}'),
    ('agreement', 'signAgreement', '{}', '{offered}'),
    ('agreement', 'makeSigningLink', '{}', '{offered}'),
    ('agreement', 'reviseAgreement', '{}', '{offered,agreed,running,ended,lapsed,refused}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
