-- The life of an objection to a decision.
-- row: app.objection old.state
insert into ref.state (noun, state, phase, initial) values
    ('objection', 'registered',   'open',    true),
    ('objection', 'upheld',       'settled', false),
    ('objection', 'partly',       'settled', false),
    ('objection', 'rejected',     'settled', false),
    ('objection', 'inadmissible', 'settled', false),
    ('objection', 'withdrawn',    'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('objection', 'registered', 'uphold',   'upheld',       '{case_manager,team_lead}', 'nothing is missing, and by somebody who did not make the decision; it is taken back'),
    ('objection', 'registered', 'partly',   'partly',       '{case_manager,team_lead}', 'the same; a decision that takes its place is drafted'),
    ('objection', 'registered', 'reject',   'rejected',     '{case_manager,team_lead}', 'the same'),
    ('objection', 'registered', 'refuse',   'inadmissible', '{case_manager,team_lead}', 'it is late, or was not repaired'),
    ('objection', 'registered', 'withdraw', 'withdrawn',    '{case_manager,team_lead,candidate}', 'by the objector')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('objection', 'updateObjection', '{by_whom,representative,channel,received_on,mailed_on,late_excused,late_text,grounds,complete,committee,heard_on,unheard_ground}', '{registered}'),
    ('objection', 'repairObjection', '{repair_asked_on,repair_until,repaired_on}', '{registered}'),
    ('objection', 'postponeObjection', '{deferred,agreed_until}', '{registered}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
