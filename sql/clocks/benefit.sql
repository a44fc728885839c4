-- The clock of a benefit: an application is decided within the term of the law. What ended by mistake has been looked at when it goes on.
insert into ref.noun_clock (noun, event, effect, kind, outcome, owner_user, runs_from) values
    ('benefit', 'create',            'open',   'term', null,  'case_manager', 'applied_on'),
    ('benefit', 'grant',             'settle', 'term', 'met', null,           null),
    ('benefit', 'refuse',            'settle', 'term', 'met', null,           null),
    ('benefit', 'restore',           'settle', 'look_again', 'finished', null, null)
on conflict (noun, event, effect, kind) do update set outcome = excluded.outcome, owner_user = excluded.owner_user, runs_from = excluded.runs_from;
