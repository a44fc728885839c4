-- The life of a candidate's file. Somebody is proposed, and hired, while active.
-- row: app.candidate case when old.merged_into is null then old.status else 'merged' end
-- unasked: hire, undo_hire, accept_placement, end_placement, die, revive_active, revive_paused, revive_placed
insert into ref.state (noun, state, phase, initial) values
    ('candidate', 'active', 'open',    true),
    ('candidate', 'paused', 'pending', false),
    ('candidate', 'placed', 'settled', false),
    ('candidate', 'left',   'settled', false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

-- from, event, to, roles that may, what must hold
insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('candidate', 'active', 'pause',     'paused', '{case_manager,consultant,team_lead}', ''),
    ('candidate', 'active', 'place',     'placed', '{case_manager,consultant,team_lead}', 'found work without us; open proposals become obsolete'),
    ('candidate', 'active', 'leave',     'left',   '{case_manager,consultant,team_lead}', 'open proposals become obsolete'),
    ('candidate', 'active', 'hire',      'placed', '{employer,consultant}', 'an employer hires; open proposals elsewhere become obsolete'),
    ('candidate', 'paused', 'activate',  'active', '{case_manager,consultant,team_lead}', ''),
    ('candidate', 'paused', 'place',     'placed', '{case_manager,consultant,team_lead}', 'found work without us; open proposals become obsolete'),
    ('candidate', 'paused', 'leave',     'left',   '{case_manager,consultant,team_lead}', 'open proposals become obsolete'),
    ('candidate', 'placed', 'activate',  'active', '{case_manager,consultant,team_lead}', 'looks for work again'),
    ('candidate', 'placed', 'pause',     'paused', '{case_manager,consultant,team_lead}', ''),
    ('candidate', 'placed', 'leave',     'left',   '{case_manager,consultant,team_lead}', ''),
    ('candidate', 'active', 'die',       'left',   '{case_manager,team_lead}', 'the death is recorded; open proposals become obsolete'),
    ('candidate', 'paused', 'die',       'left',   '{case_manager,team_lead}', 'the death is recorded'),
    ('candidate', 'placed', 'die',       'left',   '{case_manager,team_lead}', 'the death is recorded'),
    ('candidate', 'left',   'revive_active', 'active', '{case_manager,team_lead}', 'the death was recorded by mistake'),
    ('candidate', 'left',   'revive_paused', 'paused', '{case_manager,team_lead}', 'the death was recorded by mistake'),
    ('candidate', 'left',   'revive_placed', 'placed', '{case_manager,team_lead}', 'the death was recorded by mistake'),
    ('candidate', 'active', 'accept_placement', 'placed', '{case_manager,consultant,team_lead,coach,firm,agency,employer,candidate}', 'a placement is accepted; open proposals become obsolete'),
    ('candidate', 'paused', 'accept_placement', 'placed', '{case_manager,consultant,team_lead,coach,firm,agency,employer,candidate}', 'a placement is accepted'),
    ('candidate', 'placed', 'end_placement', 'active', '{case_manager,consultant,team_lead,coach,firm,agency,employer,system}', 'the work ended, and there is no other'),
    ('candidate', 'placed', 'undo_hire', 'active', '{consultant,team_lead,case_manager}', 'the hire that placed the candidate is undone'),
    ('candidate', 'left',   'activate',  'active', '{case_manager,consultant,team_lead}', 'came back'),
    ('candidate', 'left',   'pause',     'paused', '{case_manager,consultant,team_lead}', 'came back, and looks for no work yet')
on conflict (noun, from_state, event) do update set
    to_state = excluded.to_state, roles = excluded.roles, guard = excluded.guard;

-- operation, or the part of it that changes these columns; the states that allow it. Somebody who left may have the own data corrected
-- (GDPR, article 16), and the file has an owner.
insert into ref.state_operation (noun, operation, columns, states) values
    ('candidate', 'createCandidate', '{}', '{active,paused,placed}'),
    ('candidate', 'updateCandidate.identity', '{first_name,last_name,birth_date,email,phone,address_lines,digital_chosen_at,postcode4,neighbourhood,bsn_changes}',
     '{active,paused,placed,left}'),
    ('candidate', 'updateCandidate.owner', '{case_manager_id,coach_id,organisation_id,user_id}', '{active,paused,placed,left}'),
    ('candidate', 'updateCandidate.profile', '{alias,benefit,situation,current_employer,current_employer_id,education_level,basic_qualification,own_applications,phase,target_groups,hours_min,hours_max,hours_worked,shifts,max_distance_km,transport,available_from,wishes,introduction,sectors,competences,conditions,languages,occupations}',
     '{active,paused,placed}'),
    ('candidate', 'recordDeath', '{}', '{active,paused,placed,left}'),
    ('candidate', 'mergeCandidates', '{}', '{active,paused,placed}'),
    ('candidate', 'withdrawConsent', '{}', '{active,paused,placed,left}'),
    ('candidate', 'createCardDocument', '{}', '{active,paused,placed}'),
    ('candidate', 'createTrajectory', '{}', '{active,paused,placed}'),
    ('candidate', 'createAppointment', '{}', '{active,paused,placed}'),
    ('candidate', 'createSignal', '{}', '{active,paused,placed}'),
    ('candidate', 'createDecision', '{}', '{active,paused,placed,left}'),
    ('candidate', 'giveConsent', '{}', '{active,paused,placed}'),
    ('candidate', 'createPlacement', '{}', '{active,paused,placed}'),
    ('candidate', 'createProposalRound', '{}', '{active}'),
    ('candidate', 'sendProposalRound', '{}', '{active}'),
    ('candidate', 'answerProposal.invite', '{}', '{active}'),
    ('candidate', 'answerProposal.hire', '{}', '{active}'),
    ('candidate', 'answerProposal.reject', '{}', '{active,paused,placed,left}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
