-- The life of a task. Somebody of another department is bound by a task that is proposed to him from the moment that he accepts it. Overdue and
-- escalated are no states: they are computed.
-- row: app.task old.state
-- unasked: settle, lapse, drop, offer
insert into ref.state (noun, state, phase, initial) values
    ('task', 'proposed',  'pending', false),
    ('task', 'open',      'open',    true),
    ('task', 'done',      'settled', false),
    ('task', 'failed',    'settled', false),
    ('task', 'withdrawn', 'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('task', 'proposed', 'accept',   'open',      '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,tenant_admin}', 'by the owner, or the desk that owns it'),
    ('task', 'proposed', 'decline',  'withdrawn', '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,tenant_admin}', 'by the owner, with a reason'),
    ('task', 'open',     'complete', 'done',      '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,candidate,hub,employer,tenant_admin}', 'an outcome of its kind'),
    ('task', 'open',     'fail',     'failed',    '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,candidate,hub,employer,tenant_admin}', 'an outcome of its kind that says that it was not done'),
    ('task', 'proposed', 'withdraw', 'withdrawn', '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,tenant_admin}', 'by the one who made it, with a reason'),
    ('task', 'open',     'withdraw', 'withdrawn', '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,tenant_admin}', 'by the one who made it, with a reason'),
    ('task', 'open',     'offer',    'proposed',  '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,tenant_admin}', 'given to another department, which is not bound by it yet'),
    ('task', 'proposed', 'settle',   'done',      '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,partner,candidate,analyst,tenant_admin,system}', 'what it asks was done elsewhere'),
    ('task', 'open',     'settle',   'done',      '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,partner,candidate,analyst,tenant_admin,system}', 'what it asks was done elsewhere'),
    ('task', 'proposed', 'lapse',    'failed',    '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,partner,candidate,analyst,tenant_admin,system}', 'it can no longer be done'),
    ('task', 'open',     'lapse',    'failed',    '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,partner,candidate,analyst,tenant_admin,system}', 'it can no longer be done'),
    ('task', 'proposed', 'drop',     'withdrawn', '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,partner,candidate,analyst,tenant_admin,system}', 'what it is about has ended'),
    ('task', 'open',     'drop',     'withdrawn', '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,partner,candidate,analyst,tenant_admin,system}', 'what it is about has ended'),
    ('task', 'done',     'reopen',   'open',      '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,tenant_admin}', 'by who ended it or a team lead, within the term, with a reason; or the contact that did it is withdrawn'),
    ('task', 'failed',   'reopen',   'open',      '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,employer,tenant_admin}', 'by who ended it or a team lead, within the term, with a reason; or the contact that did it is withdrawn')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('task', 'replanTask',   '{due_at,due_day}', '{proposed,open}'),
    ('task', 'reassignTask', '{owner_user_id,owner_organisation_id,owner_employer_id,owner_candidate_id}', '{proposed,open}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
