-- The life of a mandate. It ends by itself: what is past its end counts as ended from that moment on, and a sweep writes it.
-- row: app.mandate app.mandate_now(old.state, old.until_at)
-- unasked: end
insert into ref.state (noun, state, phase, initial) values
    ('mandate', 'asked',   'pending', true),
    ('mandate', 'granted', 'settled', false),
    ('mandate', 'ended',   'ended',   false),
    ('mandate', 'revoked', 'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('mandate', 'asked',   'grant',  'granted', '{case_manager,team_lead,consultant,account_manager}', 'by somebody else than who gets it; nobody else has the claim'),
    ('mandate', 'asked',   'revoke', 'revoked', '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,alderman,labour_expert}', 'with a reason; who asked takes it back'),
    ('mandate', 'granted', 'revoke', 'revoked', '{case_manager,team_lead,consultant,account_manager,coach,field_officer,sector_coach,firm,agency,course_leader,hub,alderman,labour_expert}', 'with a reason; who has it gives it back'),
    ('mandate', 'granted', 'end',    'ended',   '{system}', 'its last moment has passed')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;
