-- Reminders: what each open task has planned, who was reminded, and when people want to hear. And the clocks of nouns: which move of
-- which noun opens, ends or moves which kind of task.

-- One row for each task that was ever open. `stamp` is new with every change that moves, reassigns, holds or ends the task: a job that was
-- planned before it names another one, and stays silent.
create sequence app.reminder_stamp;
create table app.reminder_plan (
    tenant_id int not null,
    task_id uuid not null,
    stamp bigint not null,
    next_at timestamptz,
    primary key (tenant_id, task_id),
    foreign key (tenant_id, task_id) references app.task (tenant_id, id)
);
comment on column app.reminder_plan.next_at is 'the moment of the next rung of its ladder; null: none is left, or the task reminds nobody now';

-- Who was reminded of a task. One that is not urgent waits for the digest of its reader: a user, a contact person of an employer, or a candidate.
create domain app.reminder_reader as text check (value in ('user', 'contact', 'candidate'));
create domain app.reminder_fate as text check (value in ('waiting', 'sent', 'dropped'));
create domain app.reminder_receiver as text check (value in ('owner', 'team_lead', 'hub', 'desk', 'leader', 'promised_to'));
create table app.reminder (
    tenant_id int not null,
    id uuid not null default gen_random_uuid(),
    task_id uuid not null,
    stamp bigint not null,
    rung smallint not null,
    receiver app.reminder_receiver not null,
    reader_kind app.reminder_reader not null,
    reader_id uuid not null,
    rung_at timestamptz not null,
    fate app.reminder_fate not null,
    made_at timestamptz not null,
    ended_at timestamptz,
    message_id uuid,
    primary key (tenant_id, id),
    foreign key (tenant_id, task_id) references app.task (tenant_id, id),
    foreign key (tenant_id, message_id) references app.message (tenant_id, id),
    constraint reminder_sent_by_message check ((fate = 'sent') = (message_id is not null)),
    constraint reminder_once unique (tenant_id, task_id, stamp, rung, reader_id)
);
comment on column app.reminder.rung is 'its place in the ladder, from 0';
comment on column app.reminder.rung_at is 'when the ladder says; made_at may be later, because of quiet hours';
comment on column app.reminder.message_id is 'the message that told it: its own, or the digest';
create index reminder_waiting on app.reminder (tenant_id, reader_id, id) where fate = 'waiting';
create index reminder_by_end on app.reminder (tenant_id, ended_at) where ended_at is not null;
create index reminder_by_task on app.reminder (tenant_id, task_id, made_at, id);

-- The digest of a reader: whether one is planned, and the day of the last one.
create table app.reminder_digest (
    tenant_id int not null references ref.tenant,
    reader_id uuid not null,
    reader_kind app.reminder_reader not null,
    planned_at timestamptz,
    last_on date,
    primary key (tenant_id, reader_id)
);

-- When a user wants the digest, and whether. No row: as the rule reminder.digest says.
create domain app.reminder_time as text check (value ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$');
create table app.reminder_preference (
    tenant_id int not null,
    id uuid not null,
    digest boolean not null default true,
    digest_at app.reminder_time,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, id) references app.user_account (tenant_id, id)
);
comment on column app.reminder_preference.id is 'the user';
comment on column app.reminder_preference.digest_at is 'time of day in Amsterdam; null: as the municipality says';

-- Who sees to the tasks of a user who is away. Without a deputy nobody does.
create table app.deputy (
    tenant_id int not null,
    id uuid not null,
    deputy_id uuid,
    from_day date,
    until_day date,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, deputy_id) references app.user_account (tenant_id, id),
    constraint deputy_is_another check (deputy_id <> id),
    constraint deputy_has_days check (num_nonnulls(deputy_id, from_day, until_day) in (0, 3)),
    constraint deputy_days_in_order check (from_day <= until_day)
);
comment on column app.deputy.id is 'the user who is away';
create index deputy_by_deputy on app.deputy (tenant_id, deputy_id) where deputy_id is not null;

create index hat_by_role on entry.hat (tenant_id, role, organisation_id);

-- Which event of which noun does what with which kind of task: rows of sql/clocks, and no others. A new clock is a row.
create table ref.noun_clock (
    noun text not null,
    event text not null,
    effect text not null check (effect in ('open', 'settle', 'drop')),
    kind text not null references ref.task_kind,
    outcome text,
    owner_user text,
    owner_employer text,
    owner_kind text,
    owner_candidate text,
    promised_to text,
    promised_to_candidate text,
    promised_to_organisation text,
    runs_from text,
    due text,
    phase text,
    about_noun text,
    about text,
    primary key (noun, event, effect, kind),
    constraint noun_clock_settles_with_outcome check ((effect = 'settle') = (outcome is not null)),
    constraint noun_clock_only_what_opens_has_an_owner check
        (effect = 'open' or num_nonnulls(owner_user, owner_employer, owner_kind, owner_candidate, promised_to, promised_to_candidate,
                                         promised_to_organisation, runs_from, due) = 0),
    constraint noun_clock_about_another check (num_nonnulls(about_noun, about) in (0, 2))
);
comment on column ref.noun_clock.event is
    'of sql/states; create; change:<column>; escalate:<kind> after a rung of the ladder of such a task about it; or one that an operation names';
comment on column ref.noun_clock.outcome is 'settle: how the task ends; one of the failures of its kind says that it was not kept';
comment on column ref.noun_clock.owner_user is 'open: the column with the user whose task it is, and who gets it when the column changes; with the unit of the municipality when there is none, or nobody who works here';
comment on column ref.noun_clock.owner_employer is 'open: the column with the employer whose task it is';
comment on column ref.noun_clock.owner_kind is 'open: it is a task of the organisation of this kind';
comment on column ref.noun_clock.promised_to is 'open: the column with the employer to whom it is promised';
comment on column ref.noun_clock.runs_from is 'open: the column with the moment from which the clock runs; null: from now';
comment on column ref.noun_clock.due is 'open: the column with the moment or the day; null: as the rule of the kind says. Without a value nothing is opened';
comment on column ref.noun_clock.phase is 'only while the state of the row is in this phase';
comment on column ref.noun_clock.about_noun is 'the task is about this noun, whose identifier is in the column `about`; null: about the row itself';
