-- The clocks of a trajectory: the applicant searches and registers, a job that was guaranteed is there in time, and somebody moves on to other
-- work as planned. What belonged to it is asked no more when it has ended.
insert into ref.noun_clock (noun, event, effect, kind, outcome, owner_user, owner_candidate, promised_to_candidate, promised_to_organisation, due) values
    ('trajectory', 'create',                 'open',   'search',       null,       null,           'candidate_id', null,           null,              'search_until'),
    ('trajectory', 'change:search_until',    'open',   'search',       null,       null,           'candidate_id', null,           null,              'search_until'),
    ('trajectory', 'finish',                 'drop',   'search',       null,       null,           null,           null,           null,              null),
    ('trajectory', 'stop',                   'drop',   'search',       null,       null,           null,           null,           null,              null),
    ('trajectory', 'create',                 'open',   'register',     null,       null,           'candidate_id', null,           'organisation_id', 'register_by'),
    ('trajectory', 'change:register_by',     'open',   'register',     null,       null,           'candidate_id', null,           'organisation_id', 'register_by'),
    ('trajectory', 'finish',                 'drop',   'register',     null,       null,           null,           null,           null,              null),
    ('trajectory', 'stop',                   'drop',   'register',     null,       null,           null,           null,           null,              null),
    ('trajectory', 'create',                 'open',   'guarantee',    null,       'case_manager', null,           'candidate_id', null,              'guarantee_by'),
    ('trajectory', 'change:guarantee_by',    'open',   'guarantee',    null,       'case_manager', null,           'candidate_id', null,              'guarantee_by'),
    ('trajectory', 'finish',                 'settle', 'guarantee',    'not_kept', null,           null,           null,           null,              null),
    ('trajectory', 'stop',                   'drop',   'guarantee',    null,       null,           null,           null,           null,              null),
    ('trajectory', 'create',                 'open',   'flow_through', null,       'case_manager', null,           'candidate_id', null,              'flow_through_on'),
    ('trajectory', 'change:flow_through_on', 'open',   'flow_through', null,       'case_manager', null,           'candidate_id', null,              'flow_through_on'),
    ('trajectory', 'finish',                 'drop',   'flow_through', null,       null,           null,           null,           null,              null),
    ('trajectory', 'stop',                   'drop',   'flow_through', null,       null,           null,           null,           null,              null),
    ('trajectory', 'finish',                 'drop',   'step',         null,       null,           null,           null,           null,              null),
    ('trajectory', 'stop',                   'drop',   'step',         null,       null,           null,           null,           null,              null),
    ('trajectory', 'finish',                 'drop',   'barrier',      null,       null,           null,           null,           null,              null),
    ('trajectory', 'stop',                   'drop',   'barrier',      null,       null,           null,           null,           null,              null)
on conflict (noun, event, effect, kind) do update set outcome = excluded.outcome, owner_user = excluded.owner_user,
    owner_candidate = excluded.owner_candidate, promised_to_candidate = excluded.promised_to_candidate,
    promised_to_organisation = excluded.promised_to_organisation, due = excluded.due;
