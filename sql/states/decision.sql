-- The life of a decision. It is drafted, the person is heard, somebody else decides, and from its notification it has effect.
-- row: app.decision old.state
-- unasked: redraft, begin, end, lapse, replace, restore, reinstate, take_back_hand_out
insert into ref.state (noun, state, phase, initial) values
    ('decision', 'drafted',   'pending', true),
    ('decision', 'hearing',   'pending', false),
    ('decision', 'decided',   'open',    false),
    ('decision', 'notified',  'open',    false),
    ('decision', 'in_force',  'open',    false),
    ('decision', 'ended',     'settled', false),
    ('decision', 'revised',   'ended',   false),
    ('decision', 'withdrawn', 'ended',   false),
    ('decision', 'lapsed',    'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('decision', 'drafted',  'ask',      'hearing',   '{case_manager,team_lead}', 'the person is asked for a view'),
    ('decision', 'hearing',  'redraft',  'drafted',   '{case_manager,team_lead}', 'it became heavier than what the person was asked about'),
    ('decision', 'drafted',  'decide',   'decided',   '{case_manager,team_lead}', 'nothing is missing (GET /decisions/{id}/gate), and by somebody else than the drafter'),
    ('decision', 'hearing',  'decide',   'decided',   '{case_manager,team_lead}', 'nothing is missing (GET /decisions/{id}/gate), and by somebody else than the drafter'),
    ('decision', 'drafted',  'withdraw', 'withdrawn', '{case_manager,team_lead}', 'a reason'),
    ('decision', 'hearing',  'withdraw', 'withdrawn', '{case_manager,team_lead}', 'a reason'),
    ('decision', 'decided',  'withdraw', 'withdrawn', '{case_manager,team_lead}', 'a reason, and by a decider'),
    ('decision', 'notified', 'withdraw', 'withdrawn', '{case_manager,team_lead}', 'a reason, and by a decider'),
    ('decision', 'in_force', 'withdraw', 'withdrawn', '{case_manager,team_lead}', 'a reason, and by a decider'),
    ('decision', 'ended',    'withdraw', 'withdrawn', '{case_manager,team_lead}', 'a reason, and by a decider; what was paid less is paid after all'),
    ('decision', 'drafted',  'lapse',    'lapsed',    '{case_manager,team_lead,system}', 'the conduct became too old, or the person died'),
    ('decision', 'hearing',  'lapse',    'lapsed',    '{case_manager,team_lead,system}', 'the conduct became too old, or the person died'),
    ('decision', 'decided',  'lapse',    'lapsed',    '{case_manager,team_lead,system}', 'the person died before anybody told of it'),
    ('decision', 'revised',  'restore',  'notified',  '{case_manager,team_lead,system}', 'what took its place lapsed, or was withdrawn untold; it begins and ends again as it had'),
    ('decision', 'revised',  'reinstate','decided',   '{case_manager,team_lead,system}', 'what took its place was withdrawn, and the person was told of neither'),
    ('decision', 'decided',  'notify',   'notified',  '{case_manager,team_lead,system}', 'the letter was sent or handed out'),
    ('decision', 'notified', 'take_back_hand_out', 'decided', '{case_manager,team_lead}', 'a reason, and by somebody else or a team lead: it was handed out on another day, or not at all'),
    ('decision', 'in_force', 'take_back_hand_out', 'decided', '{case_manager,team_lead}', 'a reason, and by somebody else or a team lead: it was handed out on another day, or not at all'),
    ('decision', 'notified', 'begin',    'in_force',  '{case_manager,team_lead,system}', 'the first day has come, and nothing suspends it'),
    ('decision', 'notified', 'end',      'ended',     '{case_manager,team_lead,benefits_payment,system}', 'the last day has passed'),
    ('decision', 'in_force', 'end',      'ended',     '{case_manager,team_lead,benefits_payment,system}', 'the last day has passed, or it was paid'),
    ('decision', 'decided',  'replace',  'revised',   '{case_manager,team_lead}', 'another decision takes its place'),
    ('decision', 'notified', 'replace',  'revised',   '{case_manager,team_lead}', 'another decision takes its place'),
    ('decision', 'in_force', 'replace',  'revised',   '{case_manager,team_lead}', 'another decision takes its place'),
    ('decision', 'ended',    'replace',  'revised',   '{case_manager,team_lead}', 'another decision takes its place')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('decision', 'updateDecision', '{kind,benefit_id,project_id,duty,category,conduct_on,task_id,placement_id,also,spread,starts_on,adjusted_percentage,adjusted_months,adjust_reason,amount_asked,end_reason,refusal_reason,blame,blame_text,seriousness,seriousness_text,circumstances,circumstances_text,urgent_reasons,urgent_text,own_role,own_role_text,reasons,drafted_logins,method,rule_ids,calculated_on,percentage,step,amount_cents,occasion}',
     '{drafted,hearing}'),
    ('decision', 'updateDecision.days', '{inputs,calculation,hash,concurrent}', '{drafted,hearing,decided}'),
    ('decision', 'askView', '{}', '{drafted,hearing}'),
    ('decision', 'giveView', '{}', '{hearing}'),
    ('decision', 'skipView', '{}', '{drafted,hearing}'),
    ('decision', 'reviseDecision', '{}', '{decided,notified,in_force,ended}'),
    ('decision', 'correctHandOut', '{}', '{notified,in_force}'),
    ('decision', 'askReturn', '{}', '{decided,notified,in_force}'),
    ('decision', 'payDecision', '{}', '{decided,notified,in_force}'),
    ('decision', 'createObjection', '{}', '{decided,notified,in_force,ended}'),
    ('decision', 'enjoinObjection', '{}', '{decided,notified,in_force}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
