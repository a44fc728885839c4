-- The life of a message. Nobody knows of an uncertain one whether it arrived: it is never sent again, unless a person asks for it. What is open
-- waits for a person, or for an acknowledgement.
-- row: app.message old.state
-- log-names: :shows_by_name::boolean and n.wall is distinct from 'measure'
-- unasked: send, hand, fail, lose, deliver, bounce, withdraw
insert into ref.state (noun, state, phase, initial) values
    ('message', 'queued',      'pending', true),
    ('message', 'handed',      'open',    false),
    ('message', 'sent',        'settled', false),
    ('message', 'delivered',   'settled', false),
    ('message', 'uncertain',   'open',    false),
    ('message', 'failed',      'open',    false),
    ('message', 'undelivered', 'open',    false),
    ('message', 'withdrawn',   'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('message', 'queued',      'send',     'sent',        '{system}', 'the other side has accepted it'),
    ('message', 'queued',      'hand',     'handed',      '{system}', 'the other side has it, and acknowledges it later'),
    ('message', 'handed',      'send',     'sent',        '{system}', 'the other side acknowledges it, or says that it has it already'),
    ('message', 'handed',      'deliver',  'delivered',   '{system}', 'the other side says so'),
    ('message', 'handed',      'fail',     'failed',      '{system}', 'the other side refuses it'),
    ('message', 'handed',      'bounce',   'undelivered', '{system}', 'it came back'),
    ('message', 'handed',      'lose',     'uncertain',   '{system}', 'nothing was acknowledged in time'),
    ('message', 'uncertain',   'send',     'sent',        '{system}', 'the other side has it after all'),
    ('message', 'uncertain',   'fail',     'failed',      '{system}', 'the other side says that it does not take it'),
    ('message', 'handed',      'acknowledge', 'delivered', '{benefits_payment}', 'the one who got it has dealt with it'),
    ('message', 'sent',        'acknowledge', 'delivered', '{benefits_payment}', 'the one who got it has dealt with it'),
    ('message', 'uncertain',   'acknowledge', 'delivered', '{benefits_payment}', 'the one who got it has dealt with it'),
    ('message', 'handed',      'reject',   'undelivered', '{benefits_payment}', 'the one who got it cannot deal with it'),
    ('message', 'sent',        'reject',   'undelivered', '{benefits_payment}', 'the one who got it cannot deal with it'),
    ('message', 'uncertain',   'reject',   'undelivered', '{benefits_payment}', 'the one who got it cannot deal with it'),
    ('message', 'queued',      'fail',     'failed',      '{system}', 'the other side refuses it, or nobody can be written to'),
    ('message', 'queued',      'lose',     'uncertain',   '{system}', 'its last byte may have been sent, and no answer came'),
    ('message', 'queued',      'withdraw', 'withdrawn',   '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,partner,candidate,analyst,tenant_admin,system}', 'what it is about needs nobody any more'),
    ('message', 'sent',        'deliver',  'delivered',   '{system}', 'a report says so'),
    ('message', 'uncertain',   'deliver',  'delivered',   '{system}', 'a report says so'),
    ('message', 'sent',        'bounce',   'undelivered', '{system}', 'a report says so'),
    ('message', 'delivered',   'bounce',   'undelivered', '{system}', 'a later report says so'),
    ('message', 'uncertain',   'bounce',   'undelivered', '{system}', 'a report says so'),
    ('message', 'uncertain',   'resend',   'queued',      '{case_manager,consultant,account_manager,team_lead,tenant_admin}', 'a person decides'),
    ('message', 'failed',      'resend',   'queued',      '{case_manager,consultant,account_manager,team_lead,tenant_admin}', 'a person decides'),
    ('message', 'undelivered', 'resend',   'queued',      '{case_manager,consultant,account_manager,team_lead,tenant_admin}', 'a person decides, and the address may be written to again')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;
