-- Tasks: whatever somebody must have done by a moment. A promise, an answer, a check, a term of law and a step are tasks of different kinds.

-- What a task that is still open stops: a step of what it is about.
create domain app.task_blocks as text check (value in ('propose', 'send', 'invite', 'hire', 'start', 'pay'));
create domain app.task_outcome as text check (value in ('contacted', 'not_contacted', 'taken_up', 'refused', 'kept', 'not_kept', 'answered', 'not_answered',
    'held', 'not_held', 'fine', 'attention', 'at_risk', 'ended', 'not_reached', 'present', 'ill', 'absent', 'removed', 'not_removed', 'finished',
    'not_finished', 'met', 'not_met', 'granted', 'agreed', 'permanent', 'extended', 'converted', 'used', 'not_used', 'handed_over', 'received',
    'not_received', 'full', 'partial', 'none', 'renewed', 'lapsed', 'decided', 'followed', 'dropped', 'not_done'));
create domain app.task_topic as text check (value in ('child_care', 'debts', 'housing', 'transport', 'rhythm', 'language', 'documents', 'pre_training',
    'language_course', 'motivation_training', 'application_training', 'digital_skills', 'work_stage', 'apprenticeship', 'certificate', 'diploma', 'other', 'call', 'home_visit', 'sick_report'));
create domain app.task_cents as bigint check (value between 0 and 100000000);
create domain app.task_reason as text check (value in ('no_time', 'not_ours', 'wrong_person', 'cannot_be_met', 'no_longer_needed', 'made_by_mistake',
    'twice', 'subject_ended', 'person_left', 'other'));
create domain app.task_reopen_reason as text check (value in ('made_by_mistake', 'wrong_task', 'not_finished', 'other'));
create domain app.task_replan_reason as text check (value in ('asked_by_other_side', 'illness', 'holiday', 'waiting_for_others', 'no_capacity', 'more_time_needed', 'other'));
create domain app.task_agreed_by as text check (value in ('employer', 'candidate', 'organisation', 'team_lead', 'colleague'));

-- What a kind of task is. When it is due, and who is reminded, is the rule `clock.<kind>`.
create table ref.task_kind (
    kind text primary key check (kind ~ '^[a-z_]{2,40}$'),
    title_nl text not null,
    title_en text not null,
    outcomes text[] not null check (cardinality(outcomes) > 0),
    failures text[] not null check (cardinality(failures) > 0),
    blocks app.task_blocks,
    urgent boolean not null default false,
    binds boolean not null default false,
    measure boolean not null default false,
    law boolean not null default false,
    acts boolean not null default false,
    roles text[] not null default '{}',
    constraint task_kind_measure_blocks_nothing check (not measure or blocks is null)
);
comment on column ref.task_kind.outcomes is 'with which it ends as done; with those of failures it ends as failed';
comment on column ref.task_kind.blocks is 'the step that it stops, unless the task says another';
comment on column ref.task_kind.binds is 'also somebody of another department is bound at once, and not only after accepting it';
comment on column ref.task_kind.measure is 'about a person it stands behind the wall of measures';
comment on column ref.task_kind.law is 'a law sets when it is due, so nobody agrees to another moment';
comment on column ref.task_kind.acts is 'its outcome sets something going (a signal, a contact, an answer, money, what it stopped), which is taken back there: such a task is not reopened by hand';
comment on column ref.task_kind.roles is 'who makes one by hand';
insert into ref.task_kind (kind, title_nl, title_en, outcomes, failures, blocks, urgent, binds, measure, law, acts, roles)
select k.kind, k.nl, k.en, k.outcomes::text[], k.failures::text[], k.blocks, k.how ~ 'urgent', k.how ~ 'binds', k.how ~ 'measure', k.how ~ 'law', k.how ~ 'acts',
       case k.who when '' then '{}'
                  when 'unit' then '{team_lead,consultant,account_manager,case_manager,coach,sector_coach}'
                  when 'person' then '{team_lead,consultant,case_manager,coach}'
                  when 'measure' then '{team_lead,case_manager}'
                  when 'hub' then '{hub,team_lead}'
                  when 'all' then '{team_lead,consultant,account_manager,case_manager,coach,sector_coach,hub,firm,agency,employer}'
                  else '{team_lead,consultant,account_manager}' end::text[]
from (values
    ('answer',           'Werkgever antwoorden',              'Answer the employer',              '{contacted}', '{not_contacted}', null, 'binds acts', ''),
    ('take_up',          'Vacature oppakken',                 'Take up the vacancy',              '{taken_up}', '{refused}', null, 'acts', 'hub'),
    ('promise',          'Toezegging nakomen',                'Keep a promise',                   '{kept}', '{not_kept}', null, '', 'unit'),
    ('question',         'Vraag beantwoorden',                'Answer a question',                '{answered}', '{not_answered}', null, 'binds', 'all'),
    ('visit',            'Werkgever bezoeken',                'Visit the employer',               '{held}', '{not_held}', null, '', 'employer'),
    ('follow_up',        'Nazorg',                            'Follow-up',                        '{fine,attention,at_risk,ended}', '{not_reached}', null, 'binds acts', 'unit'),
    ('urgent_follow_up', 'Nazorg met spoed',                  'Urgent follow-up',                 '{fine,attention,at_risk,ended}', '{not_reached}', null, 'urgent binds acts', 'unit'),
    ('check',            'Controle vandaag',                  'Check today',                      '{present,ill,absent,refused}', '{not_reached}', null, 'urgent binds measure acts', 'measure'),
    ('barrier',          'Belemmering wegnemen',              'Remove a barrier',                 '{removed}', '{not_removed}', 'send', '', 'person'),
    ('step',             'Stap zetten',                       'Take a step',                      '{finished}', '{not_finished}', null, '', 'person'),
    ('search',           'Werk zoeken',                       'Search for work',                  '{met}', '{not_met}', null, 'binds', 'person'),
    ('register',         'Inschrijven',                       'Register',                         '{met}', '{not_met}', null, 'binds', 'person'),
    ('flow_through',     'Doorstromen',                       'Move on to other work',            '{converted,extended,ended}', '{not_done}', null, 'binds', 'person'),
    ('cost_request',     'Kostenaanvraag behandelen',         'Handle a request for costs',       '{granted,refused}', '{not_done}', null, 'acts', 'unit'),
    ('paperwork',        'Papierwerk regelen',                'Do the paperwork',                 '{finished}', '{not_finished}', null, '', 'unit'),
    ('consult',          'Overleggen over verdringing',       'Consult about displacement',       '{agreed}', '{refused}', 'hire', 'acts', 'unit'),
    ('contract',         'Vervolgcontract bespreken',         'Discuss the next contract',        '{permanent,extended,ended}', '{not_done}', null, 'binds acts', 'unit'),
    ('instrument_end',   'Einde van een voorziening',         'End of an instrument',             '{ended,extended,converted}', '{not_done}', null, 'binds', 'unit'),
    ('placement_end',    'Einde van een plaatsing',           'End of a placement',               '{ended,extended,converted}', '{not_done}', null, 'binds', 'unit'),
    ('return_option',    'Terugkeeroptie beslissen',          'Decide on the return option',      '{used,not_used}', '{not_done}', null, 'binds', 'unit'),
    ('hand_over',        'Opvolger inwerken',                 'Hand over to the successor',       '{handed_over}', '{not_done}', null, '', 'unit'),
    ('adoption',         'Adoptie nakomen',                   'Keep the adoption promise',        '{kept}', '{not_kept}', null, '', 'unit'),
    ('guarantee',        'Baangarantie nakomen',              'Keep the job guarantee',           '{kept}', '{not_kept}', null, '', 'unit'),
    ('proof',            'Bewijs van social return leveren',  'Prove social return',              '{received}', '{not_received}', null, 'binds', 'employer'),
    ('assess',           'Locatie beoordelen',                'Assess the location',              '{full,partial,none}', '{not_done}', null, '', 'employer'),
    ('evaluate',         'Evalueren',                         'Evaluate',                         '{held}', '{not_held}', null, 'binds', 'employer'),
    ('renew',            'Verlengen',                         'Renew',                            '{renewed,ended}', '{lapsed}', null, 'binds', 'employer'),
    ('term',             'Wettelijke termijn',                'Term of law',                      '{met}', '{not_met}', null, 'binds measure law acts', 'measure'),
    ('protocol_term',    'Termijn van een protocol',          'Term of a protocol',               '{met}', '{not_met}', null, 'binds', 'unit'),
    ('screen',           'Vacature beoordelen',               'Screen the vacancy',               '{decided}', '{not_done}', null, 'binds acts', ''),
    ('answer_proposal',  'Voordracht beantwoorden',           'Answer the proposal',              '{answered}', '{not_answered}', null, 'binds acts', ''),
    ('expire',           'Concept afmaken of laten verlopen', 'Finish the draft or let it expire', '{finished,ended}', '{lapsed}', null, 'binds acts', ''),
    ('last_day',         'Laatste dag van een vacature',      'Last day of a vacancy',            '{ended,extended}', '{lapsed}', null, 'binds acts', ''),
    ('mandate_end',      'Einde van een mandaat',             'End of a mandate',                 '{extended,ended}', '{lapsed}', null, 'binds acts', ''),
    ('undelivered',      'Bericht kwam niet aan',             'A message did not arrive',         '{finished}', '{not_done}', null, 'binds', ''),
    ('look_again',       'Nakijken na een vergissing',        'Look again after a mistake',       '{finished}', '{not_done}', null, 'binds', ''),
    ('below_line',       'Cijfer onder de lijn',              'A figure is below its line',       '{followed}', '{not_done}', null, 'binds', ''),
    ('idea',             'Idee uitwerken',                    'Work out an idea',                 '{followed,dropped}', '{not_done}', null, '', 'unit'),
    ('meeting',          'Overleg houden',                    'Hold a meeting',                   '{held}', '{not_held}', null, '', 'unit')
) k (kind, nl, en, outcomes, failures, blocks, how, who);

-- The owner is a user, an organisation, an employer, the candidate himself, or nobody: then it lies with the unit of the municipality.
create table app.task (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    kind text not null references ref.task_kind,
    subject_id uuid not null,
    wall app.wall_name not null,
    noun text not null,
    candidate_id uuid,
    employer_id uuid,
    state text not null default 'open',
    summary app.line_120,
    owner_user_id uuid,
    owner_organisation_id uuid,
    owner_employer_id uuid,
    owner_candidate_id uuid,
    promised_to_employer_id uuid,
    promised_to_candidate_id uuid,
    promised_to_organisation_id uuid,
    due_at timestamptz,
    due_day date,
    clock_from timestamptz not null,
    held interval not null default '0',
    held_since timestamptz,
    blocks app.task_blocks,
    topic app.task_topic,
    amount_cents app.task_cents,
    granted_cents app.task_cents,
    outcome app.task_outcome,
    reason app.task_reason,
    reopened_at timestamptz,
    reopened_by uuid,
    reopen_reason app.task_reopen_reason,
    deviation_agreed_by app.task_agreed_by,
    deviation_reason app.task_replan_reason,
    escalated_at timestamptz,
    escalated_to_user_id uuid,
    escalated_to_organisation_id uuid,
    rule_id uuid,
    project_id uuid,
    cause text,
    rung smallint not null default 0,
    urgent boolean not null,
    desk_id uuid not null,
    rank_at timestamptz not null,
    made_at timestamptz not null,
    made_by uuid,
    ended_at timestamptz,
    ended_by uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, subject_id) references app.subject (tenant_id, id),
    foreign key (tenant_id, owner_user_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, owner_organisation_id) references app.organisation (tenant_id, id),
    foreign key (tenant_id, owner_employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, owner_candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, promised_to_employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, promised_to_candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, promised_to_organisation_id) references app.organisation (tenant_id, id),
    foreign key (tenant_id, escalated_to_user_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, escalated_to_organisation_id) references app.organisation (tenant_id, id),
    constraint task_one_owner check (num_nonnulls(owner_user_id, owner_organisation_id, owner_employer_id, owner_candidate_id) <= 1),
    constraint task_promised_to_one check (num_nonnulls(promised_to_employer_id, promised_to_candidate_id, promised_to_organisation_id) <= 1),
    constraint task_person_without_words check (summary is null or wall not in ('person', 'measure')),
    constraint task_measure_blocks_nothing check (blocks is null or wall <> 'measure'),
    constraint task_topic_of_its_kind check (topic is null or kind in ('barrier', 'step', 'cost_request', 'check')),
    constraint task_amount_of_a_request check (amount_cents is null or kind = 'cost_request'),
    constraint task_granted_of_a_request check (granted_cents is null or (kind = 'cost_request' and outcome = 'granted')),
    constraint task_ends_with_outcome check (state not in ('done', 'failed') or outcome is not null)
);
comment on column app.task.due_at is 'the moment; of a task that is due on a day the end of that day, in Amsterdam';
comment on column app.task.topic is 'of a barrier what is in the way, of a step what it is, of a request for costs what they are for, of a check how it is done';
comment on column app.task.amount_cents is 'what is asked; granted_cents is what was granted';
comment on column app.task.held is 'for how long the clock stood still, without the time since held_since';
comment on column app.task.cause is 'what made it, when that was no person: one task of a kind and subject is open for one cause';
comment on column app.task.desk_id is 'where it lies: the organisation of its owner, zeros when that is the municipality itself';
comment on column app.task.rank_at is 'the order of work lists: what is urgent a hundred years earlier than it is due, and what has no moment last';
-- For work lists: what is still open, of a user, of a desk, of a team, about a person. The order of the list is in each of them.
create index task_of_user on app.task (tenant_id, owner_user_id, rank_at, id) where state in ('proposed', 'open') and owner_user_id is not null;
create index task_of_desk on app.task (tenant_id, desk_id, rank_at, id) where state in ('proposed', 'open') and owner_user_id is null;
create index task_of_team on app.task (tenant_id, desk_id, rank_at, id) where state in ('proposed', 'open');
create index task_of_person on app.task (tenant_id, candidate_id, rank_at, id) where state in ('proposed', 'open') and candidate_id is not null;
create unique index task_once on app.task (tenant_id, subject_id, kind, cause) where state in ('proposed', 'open') and cause is not null;
create index task_blocking on app.task (tenant_id, subject_id, blocks) where state in ('proposed', 'open') and blocks is not null;
create index task_by_subject on app.task (tenant_id, subject_id, changed_at, id);
create index task_by_change on app.task (tenant_id, changed_at, id);
create index task_changed_in on app.task (tenant_id, changed_in, id);
create index task_by_employer on app.task (tenant_id, employer_id, changed_at, id) where employer_id is not null;
create index task_by_candidate on app.task (tenant_id, candidate_id, changed_at, id) where candidate_id is not null;
create index task_by_project on app.task (tenant_id, project_id, changed_at, id) where project_id is not null;

-- Somebody, or a desk, handed everything over: how much of it, and how much is left because the new owner may not have it.
create table app.hand_over (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    from_user_id uuid,
    from_organisation_id uuid,
    to_user_id uuid,
    to_organisation_id uuid,
    tasks int not null,
    vacancies int not null,
    candidates int not null,
    employers int not null,
    tasks_left int not null,
    vacancies_left int not null,
    candidates_left int not null,
    employers_left int not null,
    made_at timestamptz not null,
    made_by uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, from_user_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, from_organisation_id) references app.organisation (tenant_id, id),
    foreign key (tenant_id, to_user_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, to_organisation_id) references app.organisation (tenant_id, id),
    constraint hand_over_from_one check (num_nonnulls(from_user_id, from_organisation_id) = 1),
    constraint hand_over_to_one check (num_nonnulls(to_user_id, to_organisation_id) = 1),
    constraint hand_over_to_another check (coalesce(from_user_id, from_organisation_id) <> coalesce(to_user_id, to_organisation_id))
);
create index hand_over_by_moment on app.hand_over (tenant_id, made_at, id);
