-- Signals: somebody saw that a person did not do what was asked, and says so the same day. A signal is a fact with a place and a moment; what is made of it is
-- a decision.

-- Numbers of transitions behind the wall of measures. A gap in those of the others would tell how many there were in one transaction.
create sequence app.transition_behind;
create domain app.signal_kind as text check (value in ('no_show', 'refusal', 'misconduct', 'sick', 'no_search', 'other'));
create domain app.signal_outcome as text check (value in ('present', 'ill', 'excused', 'not_excused', 'mistaken', 'unknown'));
create domain app.signal_duty as text check (value in ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'ordinance'));
create table app.signal (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    candidate_id uuid not null,
    kind app.signal_kind not null,
    state text not null default 'received',
    appointment_id uuid,
    trajectory_id uuid,
    placement_id uuid,
    proposal_id uuid,
    vacancy_id uuid,
    project_id uuid,
    seen_by app.line_120,
    seen_at timestamptz not null,
    received_at timestamptz not null,
    made_by uuid,
    organisation_id uuid,
    employer_id uuid,
    sender uuid not null,
    listed boolean not null default false,
    doubles_id uuid,
    checked_with_id uuid,
    duty app.signal_duty,
    outcome app.signal_outcome,
    looked_into_at timestamptz,
    handled_at timestamptz,
    handled_by uuid,
    withdrawn_at timestamptz,
    corrected_at timestamptz,
    amended_at timestamptz,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, appointment_id) references app.appointment (tenant_id, id),
    foreign key (tenant_id, trajectory_id) references app.trajectory (tenant_id, id),
    foreign key (tenant_id, placement_id) references app.placement (tenant_id, id),
    foreign key (tenant_id, proposal_id) references app.proposal (tenant_id, id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id),
    foreign key (tenant_id, organisation_id) references app.organisation (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, doubles_id) references app.signal (tenant_id, id),
    foreign key (tenant_id, checked_with_id) references app.signal (tenant_id, id),
    constraint signal_of_one_sender check (num_nonnulls(organisation_id, employer_id) <= 1),
    constraint signal_handled_with_outcome check ((state = 'handled') = (handled_at is not null) and (state <> 'handled' or outcome is not null))
);
comment on column app.signal.seen_by is 'who saw it, in words: somebody of the sender, such as the teacher';
comment on column app.signal.organisation_id is 'the firm, agency or training bureau that sent it; employer_id when an employer did; neither of somebody of the municipality';
comment on column app.signal.sender is 'that organisation, employer or user: of one appointment a sender tells one kind once';
comment on column app.signal.listed is 'an absence on a list of attendance made it, and a correction of the list takes it back';
comment on column app.signal.doubles_id is 'somebody else told the same of that appointment first: it is looked into once';
comment on column app.signal.duty is 'which duty it is about: those of the Participatiewet, article 18, paragraph 4, under a to h, or one of the ordinance';
comment on column app.signal.checked_with_id is 'the signal whose check looks into this one, too: of that person and that kind, of that day; absent when its check is its own';
comment on column app.signal.amended_at is 'after it was handled, somebody corrected its outcome: the audit has both, and a note the reason';
comment on column app.signal.corrected_at is 'after it was handled, the list of attendance was corrected';
-- How a signal of a kind is looked into first, and how next after a check that ended in this way.
create domain app.signal_check_how as text check (value in ('call', 'home_visit', 'sick_report'));
create table ref.signal_check (
    kind app.signal_kind,
    after app.signal_check_how,
    outcome app.task_outcome,
    how app.signal_check_how not null,
    constraint signal_check_once unique nulls not distinct (kind, after, outcome)
);
comment on table ref.signal_check is 'with a kind: how it begins; with a check and its outcome: what follows on it the same day';
insert into ref.signal_check (kind, after, outcome, how) values
    ('no_show',    null,         null,          'home_visit'),
    ('refusal',    null,         null,          'call'),
    ('misconduct', null,         null,          'call'),
    ('sick',       null,         null,          'sick_report'),
    ('no_search',  null,         null,          'call'),
    ('other',      null,         null,          'call'),
    (null,         'call',       'not_reached', 'home_visit'),
    (null,         'call',       'ill',         'sick_report'),
    (null,         'home_visit', 'ill',         'sick_report');
create unique index signal_once on app.signal (tenant_id, appointment_id, kind, sender) where appointment_id is not null and state <> 'withdrawn';
create index signal_by_receipt on app.signal (tenant_id, received_at, id);
create index signal_by_candidate on app.signal (tenant_id, candidate_id, received_at, id);
create index signal_by_state on app.signal (tenant_id, state, received_at, id);
create index signal_by_organisation on app.signal (tenant_id, organisation_id, received_at, id) where organisation_id is not null;
create index signal_by_employer on app.signal (tenant_id, employer_id, received_at, id) where employer_id is not null;
create index signal_by_project on app.signal (tenant_id, project_id, received_at, id) where project_id is not null;
create index signal_doubled_by on app.signal (tenant_id, doubles_id) where doubles_id is not null;
create index signal_checked_by on app.signal (tenant_id, checked_with_id) where checked_with_id is not null;
-- Whether somebody has a task behind the wall about a person (app.task_behind): by the tasks of the user, so that its time says nothing of the person.
create index task_behind on app.task (tenant_id, owner_user_id, candidate_id) where wall = 'measure' and owner_user_id is not null;
