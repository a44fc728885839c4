-- Messages: what goes out to somebody, every attempt to send it, and what came back.

-- How a message goes out. The rows say what counts for each channel, and an installation may change them; what a channel needs to
-- work is in workers/notifications.
create domain app.message_channel as text check (value in ('e_mail', 'letter', 'webhook', 'drop', 'sms', 'api'));
create table ref.channel (
    channel app.message_channel primary key,
    proof text not null check (proof in ('answer', 'acknowledgement')),
    chosen boolean not null,
    quiet boolean not null,
    recognises boolean not null,
    fall_back app.message_channel references ref.channel,
    silence interval check (silence > interval '0')
);
comment on column ref.channel.proof is 'what makes a message count as sent: the answer to it, or what the other side acknowledges later';
comment on column ref.channel.chosen is 'a person gets a message so only after choosing to be reached digitally (Awb 2:14)';
comment on column ref.channel.quiet is 'it keeps to the quiet hours, unless it is urgent';
comment on column ref.channel.recognises is 'the other side knows by its number a message that it has already: what became of an attempt that did not end is asked, and never guessed';
comment on column ref.channel.fall_back is 'how a message to a person goes out instead, once, when it did not arrive';
comment on column ref.channel.silence is 'how long an acknowledgement may take; after that the message is uncertain';
insert into ref.channel (channel, proof, chosen, quiet, recognises, fall_back, silence) values
    ('letter',  'acknowledgement', false, false, true,  null,     '5 days'),
    ('drop',    'acknowledgement', false, false, true,  null,     '2 days'),
    ('webhook', 'answer',          false, false, false, null,     null),
    ('sms',     'answer',          true,  true,  true,  null,     null),
    ('e_mail',  'answer',          true,  true,  false, 'letter', null),
    ('api',     'answer',          true,  true,  true,  'letter', null);

-- The words of messages: workers/notifications/templates, by their version. What was sent with a version can be shown for ever.
create table ref.message_template (
    channel app.message_channel not null,
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
    channel app.message_channel not null references ref.channel,
    attempt int not null check (attempt > 0),
    wait interval not null check (wait > interval '0'),
    primary key (channel, attempt)
);
-- RFC 5321, 4.5.4.1: two attempts in the first hour, and after that for four days or more
insert into ref.retry_ladder (channel, attempt, wait) values
    ('e_mail', 1, '10 minutes'), ('e_mail', 2, '30 minutes'), ('e_mail', 3, '1 hour'), ('e_mail', 4, '2 hours'), ('e_mail', 5, '4 hours'),
    ('e_mail', 6, '8 hours'), ('e_mail', 7, '1 day'), ('e_mail', 8, '1 day'), ('e_mail', 9, '2 days');
-- The times that Standard Webhooks recommends; the others wait for a service that is down, and give up before a term of weeks is lost
insert into ref.retry_ladder (channel, attempt, wait)
select 'webhook', n, w::interval from unnest('{5 seconds,5 minutes,30 minutes,2 hours,5 hours,10 hours,14 hours,20 hours,24 hours}'::text[]) with ordinality l (w, n);
insert into ref.retry_ladder (channel, attempt, wait)
select c, n, w::interval from unnest('{letter,drop,sms,api}'::text[]) c, unnest('{1 minute,5 minutes,30 minutes,2 hours,6 hours,1 day,1 day}'::text[]) with ordinality l (w, n);

create domain app.message_template as text check (value ~ '^[a-z][a-z_]{1,39}$');
create domain app.message_language as text check (value in ('nl', 'en'));
create domain app.message_fault as text check (value in ('refused', 'exhausted', 'bounced', 'stopped', 'no_address', 'gone', 'not_known', 'ended', 'no_pages', 'silent'));
create domain app.endpoint_purpose as text check (value in ('benefits_payment', 'events', 'print', 'notify_api'));
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
    purpose app.endpoint_purpose,
    endpoint_id uuid,
    subject_id uuid,
    wall text,
    noun text,
    candidate_id uuid,
    employer_id uuid,
    urgent boolean not null,
    parameters jsonb not null,
    data jsonb,
    occasion uuid,
    document_id uuid,
    state text not null default 'queued',
    fault app.message_fault,
    planned_at timestamptz not null,
    deferred int not null default 0,
    next_at timestamptz,
    handed_at timestamptz,
    sent_at timestamptz,
    content_hash bytea,
    keep_until date,
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
    constraint message_to_one check (num_nonnulls(to_user_id, to_contact_id, to_candidate_id, purpose) = 1)
);
comment on column app.message.to_contact_id is 'a contact person of an employer, who may be removed: the message stays';
comment on column app.message.parameters is 'counts and identifiers that the template names; never data about a person';
comment on column app.message.purpose is 'a message of a machine: the receiver that the municipality has for this purpose gets it';
comment on column app.message.endpoint_id is 'the receiver through which it goes or went; null: none, or the mail server of the installation';
comment on column app.message.data is 'what a machine reads of it; a webhook carries only identifiers, and the reader asks for the rest';
comment on column app.message.occasion is 'what it is made for: of one recipient and one occasion there is one message';
comment on column app.message.document_id is 'the pages that go with it; a letter waits until they are made';
comment on column app.message.handed_at is 'when the other side got it, which acknowledges it later';
comment on column app.message.keep_until is 'the last day on which a copy of what was sent is kept';
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
create index message_by_purpose on app.message (tenant_id, purpose, planned_at, id) where purpose is not null;
create index message_of_document on app.message (tenant_id, document_id) where document_id is not null;
create index message_to_erase on app.message (tenant_id, keep_until) where keep_until is not null;
create unique index message_fallback_once on app.message (tenant_id, fallback_of) where fallback_of is not null;
create unique index message_occasion_once on app.message (tenant_id, occasion, coalesce(to_candidate_id, to_user_id, to_contact_id, '00000000-0000-0000-0000-000000000000'), coalesce(purpose, ''))
    where occasion is not null and fallback_of is null;
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
