-- The clocks of a round of proposals: what was drafted is sent, and the employer answers. What is sent to the employer also answers the vacancy.
insert into ref.noun_clock (noun, event, effect, kind, outcome, owner_user, owner_employer, about_noun, about) values
    ('proposal_round', 'draft',          'open',   'expire',          null,           'made_by', null,          null,      null),
    ('proposal_round', 'send',           'settle', 'expire',          'finished',     null,      null,          null,      null),
    ('proposal_round', 'expire_drafted', 'settle', 'expire',          'lapsed',       null,      null,          null,      null),
    ('proposal_round', 'end_drafted',    'drop',   'expire',          null,           null,      null,          null,      null),
    ('proposal_round', 'send',           'open',   'answer_proposal', null,           null,      'employer_id', null,      null),
    ('proposal_round', 'answer',         'settle', 'answer_proposal', 'answered',     null,      null,          null,      null),
    ('proposal_round', 'expire_sent',    'settle', 'answer_proposal', 'not_answered', null,      null,          null,      null),
    ('proposal_round', 'end_sent',       'drop',   'answer_proposal', null,           null,      null,          null,      null),
    ('proposal_round', 'send',           'settle', 'answer',          'contacted',    null,      null,          'vacancy', 'vacancy_id')
on conflict (noun, event, effect, kind) do update set outcome = excluded.outcome, owner_user = excluded.owner_user,
    owner_employer = excluded.owner_employer, about_noun = excluded.about_noun, about = excluded.about;
