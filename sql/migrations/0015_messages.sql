-- Messages: what goes out to somebody, every attempt to send it, and what came back.

-- The words of messages: workers/notifications/templates, by their version. What was sent with a version can be shown for ever.
create table ref.message_template (
    channel text not null check (channel in ('e_mail')),
    code text not null check (code ~ '^[a-z][a-z_]{1,39}$'),
    version int not null check (version > 0),
    language text not null check (language in ('nl', 'en')),
    subject text not null check (char_length(subject) between 1 and 200),
    body text not null check (char_length(body) between 1 and 4000),
    primary key (channel, code, version, language)
);

-- When a message that could not be handed over is tried again: the time after each attempt. After the last one it has failed. The rows are
-- the documentation: an installation may change them.
create table ref.retry_ladder (
    channel text not null check (channel in ('e_mail')),
    attempt int not null check (attempt > 0),
    wait interval not null check (wait > interval '0'),
    primary key (channel, attempt)
);
-- RFC 5321, 4.5.4.1: two attempts in the first hour, and after that for four days or more
insert into ref.retry_ladder (channel, attempt, wait) values
    ('e_mail', 1, '10 minutes'), ('e_mail', 2, '30 minutes'), ('e_mail', 3, '1 hour'), ('e_mail', 4, '2 hours'), ('e_mail', 5, '4 hours'),
    ('e_mail', 6, '8 hours'), ('e_mail', 7, '1 day'), ('e_mail', 8, '1 day'), ('e_mail', 9, '2 days');

create domain app.message_channel as text check (value in ('e_mail'));
create domain app.message_template as text check (value ~ '^[a-z][a-z_]{1,39}$');
create domain app.message_language as text check (value in ('nl', 'en'));
create domain app.message_fault as text check (value in ('refused', 'exhausted', 'bounced', 'stopped', 'no_address', 'gone', 'not_known', 'ended'));
create table app.message (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    template app.message_template not null,
    template_version int,
    channel app.message_channel not null,
    language app.message_language not null,
    to_user_id uuid,
    to_contact_id uuid,
    to_candidate_id uuid,
    subject_id uuid,
    wall text,
    noun text,
    candidate_id uuid,
    employer_id uuid,
    urgent boolean not null,
    parameters jsonb not null,
    state text not null default 'queued',
    fault app.message_fault,
    planned_at timestamptz not null,
    deferred int not null default 0,
    next_at timestamptz,
    sent_at timestamptz,
    content_hash bytea,
    fallback_of uuid,
    asked_by uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, to_user_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, to_candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, subject_id) references app.subject (tenant_id, id),
    foreign key (tenant_id, fallback_of) references app.message (tenant_id, id),
    constraint message_to_one check (num_nonnulls(to_user_id, to_contact_id, to_candidate_id) = 1)
);
comment on column app.message.to_contact_id is 'a contact person of an employer, who may be removed: the message stays';
comment on column app.message.parameters is 'counts and identifiers that the template names; never data about a person';
comment on column app.message.deferred is 'how often the other side asked to come back later, since a person last asked for it';
comment on column app.message.next_at is 'when it is tried; null while it is queued: it waits until the municipality lets messages out again';
comment on column app.message.content_hash is 'SHA-256 of the bytes that were handed over';
comment on column app.message.asked_by is 'the user who asked for it; null: the machine';
create index message_by_plan on app.message (tenant_id, planned_at, id);
create index message_by_state on app.message (tenant_id, state, planned_at, id);
create index message_by_change on app.message (tenant_id, changed_at, id);
create index message_by_subject on app.message (tenant_id, subject_id, planned_at, id) where subject_id is not null;
create index message_by_user on app.message (tenant_id, to_user_id, planned_at, id) where to_user_id is not null;
create index message_by_candidate on app.message (tenant_id, candidate_id, planned_at, id) where candidate_id is not null;
create index message_by_employer on app.message (tenant_id, employer_id, planned_at, id) where employer_id is not null;
create index message_held on app.message (tenant_id, id) where state = 'queued' and next_at is null;

-- An attempt is begun, its bytes are handed over, and it ends. It is noted that the last byte follows before it follows: so of an attempt that never
-- ended it is known whether the other side can have the message. A worker that begins an attempt again raises `begun`, and whoever had begun it
-- before can hand nothing over any more.
create domain app.message_outcome as text check (value in ('accepted', 'deferred', 'refused', 'uncertain'));
create table app.message_attempt (
    tenant_id int not null,
    message_id uuid not null,
    number int not null,
    job_id bigint not null,
    begun int not null default 1,
    begun_at timestamptz not null,
    handed_at timestamptz,
    ended_at timestamptz,
    outcome app.message_outcome,
    reply_code int check (reply_code between 200 and 599),
    status text check (status ~ '^[245][.][0-9]{1,3}[.][0-9]{1,3}$'),
    receipt app.text_200,
    sandbox boolean not null,
    address_hash bytea not null,
    content_hash bytea,
    copy text check (char_length(copy) <= 20000),
    primary key (tenant_id, message_id, number),
    foreign key (tenant_id, message_id) references app.message (tenant_id, id)
);
comment on column app.message_attempt.status is 'enhanced status code (RFC 3463)';
comment on column app.message_attempt.receipt is 'what the other side said when it accepted the message; of a refusal only the codes are kept, because its words may name somebody';

-- Addresses that are written to no more, because a message to them came back. Only their hashes are here.
create table app.address_stop (
    tenant_id int not null,
    address_hash bytea not null,
    message_id uuid not null,
    at timestamptz not null,
    primary key (tenant_id, address_hash)
);

-- What came back about a message: each report once.
create table app.message_report (
    tenant_id int not null,
    message_id uuid not null,
    report_hash bytea not null,
    at timestamptz not null,
    action text not null check (action in ('failed', 'delayed', 'delivered', 'relayed', 'expanded')),
    status text not null check (status ~ '^[245][.][0-9]{1,3}[.][0-9]{1,3}$'),
    primary key (tenant_id, message_id, report_hash),
    foreign key (tenant_id, message_id) references app.message (tenant_id, id)
);

-- How a municipality sends. No row: as its columns begin.
create table app.mail_setting (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    stopped boolean not null default false,
    sandbox_address app.text_254,
    portal app.text_200,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id)
);
comment on column app.mail_setting.stopped is 'nothing goes out, and nothing is lost: messages wait';
comment on column app.mail_setting.sandbox_address is 'every message goes to this address, and says for which recipient it was';
comment on column app.mail_setting.portal is 'where people read what a message tells them of: its link begins so';
insert into app.mail_setting (tenant_id, id, version, changed_at, changed_in)
select t.tenant_id, t.id, 1, clock_timestamp(), pg_current_xact_id() from ref.tenant t;
