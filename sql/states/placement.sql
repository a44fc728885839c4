-- The life of a placement. What was offered is accepted or not; what was accepted starts or falls through; what started ends.
-- row: app.placement old.state
-- unasked: convert, return, resume, correct
insert into ref.state (noun, state, phase, initial) values
    ('placement', 'offered',   'pending', true),
    ('placement', 'accepted',  'open',    false),
    ('placement', 'started',   'open',    false),
    ('placement', 'ended',     'settled', false),
    ('placement', 'declined',  'ended',   false),
    ('placement', 'withdrawn', 'ended',   false),
    ('placement', 'undone',    'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('placement', 'offered',  'accept',   'accepted',  '{case_manager,consultant,team_lead,coach,firm,agency,employer,candidate}', 'hours that the person can work, and a free position'),
    ('placement', 'offered',  'decline',  'declined',  '{case_manager,consultant,team_lead,coach,firm,agency,employer,candidate}', 'a reason'),
    ('placement', 'offered',  'withdraw', 'withdrawn', '{case_manager,consultant,team_lead,coach,firm,agency,system}', 'a reason'),
    ('placement', 'accepted', 'withdraw', 'withdrawn', '{case_manager,consultant,team_lead,coach,firm,agency,system}', 'a reason'),
    ('placement', 'accepted', 'start',    'started',   '{case_manager,consultant,team_lead,coach,firm,agency,employer}', 'nothing that stops a start'),
    ('placement', 'started',  'correct',  'started',   '{case_manager,consultant,team_lead,coach}', 'another first day: a correction'),
    ('placement', 'started',  'end',      'ended',     '{case_manager,consultant,team_lead,coach,firm,agency,system}', 'a reason'),
    ('placement', 'started',  'convert',  'ended',     '{case_manager,consultant,team_lead,coach}', 'another placement takes over'),
    ('placement', 'accepted', 'return',   'withdrawn', '{case_manager,consultant,team_lead,coach,employer}', 'a reason: somebody did not come'),
    ('placement', 'started',  'return',   'ended',     '{case_manager,consultant,team_lead,coach,employer}', 'a reason'),
    ('placement', 'offered',  'undo',     'undone',    '{consultant,team_lead}', 'within the term, with a reason'),
    ('placement', 'accepted', 'undo',     'undone',    '{consultant,team_lead}', 'within the term, with a reason'),
    ('placement', 'started',  'undo',     'undone',    '{consultant,team_lead}', 'within the term, with a reason'),
    ('placement', 'ended',    'undo',     'undone',    '{consultant,team_lead}', 'within the term, with a reason'),
    ('placement', 'ended',    'resume',   'started',   '{consultant,team_lead}', 'what it went on as is undone')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('placement', 'createPlacementContact', '{}', '{accepted,started}'),
    ('placement', 'callAboutPlacement', '{}', '{accepted,started}'),
    ('placement', 'deviateFromPlan', '{plan,plan_days,plan_agreed_by,plan_reason}', '{offered,accepted,started}'),
    ('placement', 'endPlacement', '{}', '{offered,accepted,started}'),
    ('placement', 'correctPlacementEnd', '{}', '{ended,withdrawn}'),
    ('placement', 'updatePlacement.offer', '{kind,hours,wage_cents,wage_per,starts_on}', '{offered,accepted}'),
    ('placement', 'updatePlacement.work', '{ends_on,contract,permanent_from,mentor,workplace,employer_name,formal_employer_id,formal_organisation_id,project_id}', '{offered,accepted,started}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
