-- The life of a project.
-- row: region.project old.state
insert into ref.state (noun, state, phase, initial) values
    ('project', 'planned', 'pending', true),
    ('project', 'running', 'open',    false),
    ('project', 'ended',   'settled', false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('project', 'planned', 'start', 'running', '{team_lead,account_manager,case_manager,hub}', ''),
    ('project', 'planned', 'end',   'ended',   '{team_lead,account_manager,case_manager,hub}', 'it does not take place'),
    ('project', 'running', 'end',   'ended',   '{team_lead,account_manager,case_manager,hub}', ''),
    ('project', 'running', 'renew', 'running', '{team_lead,account_manager,case_manager,hub}', 'an evaluation asks for another structure'),
    ('project', 'ended',   'renew', 'running', '{team_lead,account_manager,case_manager,hub}', 'an evaluation asks for another structure')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it
insert into ref.state_operation (noun, operation, columns, states) values
    ('project', 'updateProject.words', '{title,summary,kind,parent_id,target_groups,starts_on,ends_on}', '{planned,running}'),
    ('project', 'createParticipation', '{}', '{planned,running}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
