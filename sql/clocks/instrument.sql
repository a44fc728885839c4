-- The clocks of an instrument. It is decided in time, its paperwork is the municipality's own, and somebody sees to it before its last day.
insert into ref.noun_clock (noun, event, effect, kind, outcome, owner_user, owner_kind, promised_to, runs_from, due, phase) values
    ('instrument', 'create',   'open',   'paperwork',      null,       null, null, null, null, 'decide_by', null),
    ('instrument', 'grant',    'settle', 'paperwork',      'finished', null, null, null, null, null,        null),
    ('instrument', 'refuse',   'settle', 'paperwork',      'finished', null, null, null, null, null,        null),
    ('instrument', 'withdraw', 'drop',   'paperwork',      null,       null, null, null, null, null,        null),
    ('instrument', 'grant',    'open',   'instrument_end', null,       null, null, null, null, 'last_day', null),
    ('instrument', 'end',      'settle', 'instrument_end', 'ended',    null, null, null, null, null,        null),
    ('instrument', 'lapse',    'settle', 'instrument_end', 'ended',    null, null, null, null, null,        null),
    ('instrument', 'lapse',    'drop',   'paperwork',      null,       null, null, null, null, null,        null)
on conflict (noun, event, effect, kind) do update set outcome = excluded.outcome, owner_user = excluded.owner_user, owner_kind = excluded.owner_kind,
    promised_to = excluded.promised_to, runs_from = excluded.runs_from, due = excluded.due, phase = excluded.phase;
