-- The clocks of a vacancy. It is screened; its employer hears within 72 hours whether it can be filled, and a hub takes up what cannot be
-- filled at short notice; and somebody sees to it before its last day has passed.
insert into ref.noun_clock (noun, event, effect, kind, outcome, owner_user, owner_kind, promised_to, runs_from, due, phase) values
    ('vacancy', 'create',           'open',   'screen',  null,            'assignee_id', null,  null,          'reported_at', null,        null),
    ('vacancy', 'rescreen',         'open',   'screen',  null,            'assignee_id', null,  null,          null,          null,        null),
    ('vacancy', 'approve',          'settle', 'screen',  'decided',       null,          null,  null,          null,          null,        null),
    ('vacancy', 'resume',           'settle', 'screen',  'decided',       null,          null,  null,          null,          null,        null),
    ('vacancy', 'refuse',           'settle', 'screen',  'decided',       null,          null,  null,          null,          null,        null),
    ('vacancy', 'fill',             'drop',   'screen',  null,            null,          null,  null,          null,          null,        null),
    ('vacancy', 'withdraw',         'drop',   'screen',  null,            null,          null,  null,          null,          null,        null),
    ('vacancy', 'close',            'drop',   'screen',  null,            null,          null,  null,          null,          null,        null),
    ('vacancy', 'expire',           'settle', 'screen',  'not_done',      null,          null,  null,          null,          null,        null),

    ('vacancy', 'create',           'open',   'answer',  null,            'assignee_id', null,  'employer_id', 'reported_at', null,        null),
    ('vacancy', 'answered',         'settle', 'answer',  'contacted',     null,          null,  null,          null,          null,        null),
    ('vacancy', 'withdraw',         'drop',   'answer',  null,            null,          null,  null,          null,          null,        null),
    ('vacancy', 'close',            'drop',   'answer',  null,            null,          null,  null,          null,          null,        null),
    ('vacancy', 'fill',             'settle', 'answer',  'contacted',     null,          null,  null,          null,          null,        null),
    ('vacancy', 'expire',           'settle', 'answer',  'not_contacted', null,          null,  null,          null,          null,        null),

    ('vacancy', 'not_at_short_notice', 'open', 'take_up', null,           null,          'hub', 'employer_id', null,          null,        null),
    ('vacancy', 'escalate:answer',  'open',   'take_up', null,            null,          'hub', 'employer_id', null,          null,        null),
    ('vacancy', 'fill',             'settle', 'take_up', 'taken_up',      null,          null,  null,          null,          null,        null),
    ('vacancy', 'withdraw',         'drop',   'take_up', null,            null,          null,  null,          null,          null,        null),
    ('vacancy', 'close',            'drop',   'take_up', null,            null,          null,  null,          null,          null,        null),
    ('vacancy', 'expire',           'drop',   'take_up', null,            null,          null,  null,          null,          null,        null),

    ('vacancy', 'approve',          'open',   'last_day', null,            'assignee_id', null,  'employer_id', null,          'needed_by', null),
    ('vacancy', 'resume',           'open',   'last_day', null,            'assignee_id', null,  'employer_id', null,          'needed_by', null),
    ('vacancy', 'reopen',           'open',   'last_day', null,            'assignee_id', null,  'employer_id', null,          'needed_by', null),
    ('vacancy', 'vacate',           'open',   'last_day', null,            'assignee_id', null,  'employer_id', null,          'needed_by', null),
    ('vacancy', 'vacate_partly',    'open',   'last_day', null,            'assignee_id', null,  'employer_id', null,          'needed_by', null),
    ('vacancy', 'change:needed_by', 'open',   'last_day', null,            'assignee_id', null,  'employer_id', null,          'needed_by', 'open'),
    ('vacancy', 'fill',             'settle', 'last_day', 'ended',         null,          null,  null,          null,          null,        null),
    ('vacancy', 'withdraw',         'settle', 'last_day', 'ended',         null,          null,  null,          null,          null,        null),
    ('vacancy', 'close',            'settle', 'last_day', 'ended',         null,          null,  null,          null,          null,        null),
    ('vacancy', 'rescreen',         'drop',   'last_day', null,            null,          null,  null,          null,          null,        null),
    ('vacancy', 'expire',           'settle', 'last_day', 'lapsed',        null,          null,  null,          null,          null,        null)
on conflict (noun, event, effect, kind) do update set outcome = excluded.outcome, owner_user = excluded.owner_user, owner_kind = excluded.owner_kind,
    promised_to = excluded.promised_to, runs_from = excluded.runs_from, due = excluded.due, phase = excluded.phase;
