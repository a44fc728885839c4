-- The life of a vacancy. Candidates are matched and proposed while it is open. One that is past its last day counts as expired, also
-- before the sweep has moved it.
-- row: app.vacancy app.vacancy_now(old.state, old.needed_by)
-- unasked: take_up, shortlist, fill_partly, fill, rescreen, resume, reopen, vacate, vacate_partly, expire
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
    ('vacancy', 'open',          'fill_partly', 'partly_filled', '{employer,consultant,case_manager,team_lead}', 'somebody is hired, places are left'),
    ('vacancy', 'open',          'fill',        'filled',        '{employer,consultant,account_manager,case_manager,team_lead}', 'all positions are taken'),
    ('vacancy', 'shortlisted',   'fill_partly', 'partly_filled', '{employer,consultant,case_manager,team_lead}', 'somebody is hired, places are left'),
    ('vacancy', 'shortlisted',   'fill',        'filled',        '{employer,consultant,account_manager,case_manager,team_lead}', 'all positions are taken'),
    ('vacancy', 'partly_filled', 'fill_partly', 'partly_filled', '{employer,consultant,case_manager,team_lead}', 'somebody is hired, places are left'),
    ('vacancy', 'partly_filled', 'fill',        'filled',        '{employer,consultant,account_manager,case_manager,team_lead}', 'all positions are taken'),
    ('vacancy', 'open',          'rescreen',    'screening',     '{employer,consultant,account_manager}', 'kind, occupation, conditions, place of work or more positions: the verdict was on something else'),
    ('vacancy', 'shortlisted',   'rescreen',    'screening',     '{employer,consultant,account_manager}', 'kind, occupation, conditions, place of work or more positions: the verdict was on something else'),
    ('vacancy', 'partly_filled', 'rescreen',    'screening',     '{employer,consultant,account_manager}', 'kind, occupation, conditions, place of work or more positions: the verdict was on something else'),
    ('vacancy', 'unsuitable',    'rescreen',    'screening',     '{employer,consultant,account_manager}', 'kind, occupation, conditions, place of work or more positions: the verdict was on something else'),
    ('vacancy', 'screening',     'resume',      'partly_filled', '{consultant,team_lead}', 'verdict suitable, and somebody is hired already'),
    ('vacancy', 'screening',     'fill',        'filled',        '{employer,consultant,account_manager}', 'no more positions than are taken'),
    ('vacancy', 'filled',        'reopen',      'partly_filled', '{employer,consultant,account_manager}', 'more positions'),
    ('vacancy', 'filled',        'vacate',      'open',          '{consultant,team_lead,case_manager,coach,firm,agency,employer,candidate,system}', 'the only position that was taken is free again'),
    ('vacancy', 'filled',        'vacate_partly', 'partly_filled', '{consultant,team_lead,case_manager,coach,firm,agency,employer,candidate,system}', 'a position is free again, others stay taken'),
    ('vacancy', 'partly_filled', 'vacate',      'open',          '{consultant,team_lead,case_manager,coach,firm,agency,employer,candidate,system}', 'the only position that was taken is free again'),
    ('vacancy', 'partly_filled', 'vacate_partly', 'partly_filled', '{consultant,team_lead,case_manager,coach,firm,agency,employer,candidate,system}', 'a position is free again, others stay taken'),
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

-- operation, or the part of it that changes these columns; the states that allow it. What was worked on before the verdict may change after
-- it, and the vacancy is screened anew (`rescreen`).
insert into ref.state_operation (noun, operation, columns, states) values
    ('vacancy', 'updateVacancy.words', '{title,description,wage_text,off_season,off_season_months}', '{reported,screening,open,shortlisted,partly_filled,unsuitable}'),
    ('vacancy', 'updateVacancy.work', '{kind,occupation_id,conditions,postcode4}', '{reported,screening,open,shortlisted,partly_filled,unsuitable}'),
    ('vacancy', 'updateVacancy.terms', '{competences,hours_min,hours_max,shifts,neighbourhood,site_id,residence_neighbourhood}', '{reported,screening,open,shortlisted,partly_filled,unsuitable}'),
    ('vacancy', 'updateVacancy.numbers', '{positions,candidates_wanted}', '{reported,screening,open,shortlisted,partly_filled,filled,unsuitable}'),
    ('vacancy', 'updateVacancy.dates', '{start_date,needed_by,hand_over_date,first_look_until}', '{reported,screening,open,shortlisted,partly_filled,filled,unsuitable}'),
    ('vacancy', 'updateVacancy.note', '{internal_note,assignee_id,source,client_employer_id,client_organisation_id,carved_from_id,agreement_id,project_id}', '{reported,screening,open,shortlisted,partly_filled,filled,unsuitable}'),
    ('vacancy', 'createVacancyAnswer', '{}', '{reported,screening,open,shortlisted,partly_filled,filled,unsuitable}'),
    ('vacancy', 'createProposalRound', '{}', '{open,shortlisted,partly_filled}'),
    ('vacancy', 'sendProposalRound', '{}', '{open,shortlisted,partly_filled}'),
    ('vacancy', 'answerProposal.invite', '{}', '{open,shortlisted,partly_filled}'),
    ('vacancy', 'answerProposal.hire', '{}', '{open,shortlisted,partly_filled}'),
    ('vacancy', 'createTrajectory', '{}', '{open,shortlisted,partly_filled}'),
    ('vacancy', 'answerProposal.reject', '{}', '{screening,open,shortlisted,partly_filled,filled}')
on conflict (noun, operation) do update set columns = excluded.columns, states = excluded.states;
