-- Channels beside e-mail: the receivers of a municipality, and its own templates of letters.

-- A receiver: a webhook, a folder that somebody collects, or an API as that of GOV.UK Notify. For each purpose one receives.
create domain app.endpoint_kind as text check (value in ('webhook', 'drop', 'api'));
create domain app.endpoint_secret as text check (value ~ '^[a-z0-9][a-z0-9_-]{0,59}$');
create table app.endpoint (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    purpose app.endpoint_purpose not null,
    kind app.endpoint_kind not null,
    address app.line_200 not null,
    sandbox_address app.line_200,
    secret app.endpoint_secret,
    email_template uuid,
    sms_template uuid,
    paused boolean not null default false,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    constraint endpoint_kind_fits check (kind = any (case purpose when 'print' then '{drop,api}'::text[] when 'notify_api' then '{api}' else '{webhook,drop}' end)),
    constraint endpoint_address_fits check (case kind when 'drop' then address ~ '^[a-z0-9][a-z0-9-]{0,59}$' else address ~ '^https://[A-Za-z0-9.-]{1,150}(:[0-9]{1,5})?(/[A-Za-z0-9._~/%=&?-]*)?$' end),
    constraint endpoint_sandbox_fits check (case kind when 'drop' then sandbox_address ~ '^[a-z0-9][a-z0-9-]{0,59}$' else sandbox_address ~ '^https://[A-Za-z0-9.-]{1,150}(:[0-9]{1,5})?(/[A-Za-z0-9._~/%=&?-]*)?$' end),
    constraint endpoint_secret_there check (kind = 'drop' or secret is not null),
    constraint endpoint_templates_of_api check (purpose = 'notify_api' or num_nonnulls(email_template, sms_template) = 0)
);
comment on column app.endpoint.address is 'an https address, or the name of a folder of this municipality';
comment on column app.endpoint.sandbox_address is 'everything goes here instead, and each attempt says so';
comment on column app.endpoint.secret is 'the name of the file with its keys, in the folder of this municipality: keys are not in this database';
comment on column app.endpoint.email_template is 'the template with ((subject)) and ((body)) that its API has for e-mail; e-mail to people goes through it then';
comment on column app.endpoint.sms_template is 'the same for text messages';
comment on column app.endpoint.paused is 'nothing goes out through it, and nothing is lost: messages wait';
create index endpoint_by_purpose on app.endpoint (tenant_id, purpose, id);
create unique index endpoint_once on app.endpoint (tenant_id, purpose) where not paused;
-- A receiver that did not answer, how often in succession, and until when nothing is sent through it. Apart from the receiver: who writes here holds a message already.
create table app.endpoint_rest (
    tenant_id int not null,
    endpoint_id uuid not null,
    trips int not null,
    until timestamptz not null,
    primary key (tenant_id, endpoint_id)
);
alter table app.message add foreign key (tenant_id, endpoint_id) references app.endpoint (tenant_id, id);
alter table app.message add foreign key (tenant_id, document_id) references app.document (tenant_id, id);
alter table app.message add column over boolean not null default false;
comment on column app.message.over is 'what it says does not hold any more: when it did not arrive, nobody sends it again';

-- A letter as a municipality writes it: an OpenDocument text, each version by itself. A worker reads it, and makes a page of it with invented values; a person
-- looks at that page before it is used.
create domain app.letter_template_fault as text check (value in ('values', 'characters', 'too_long', 'not_made', 'too_large', 'not_odt', 'macros', 'objects', 'links', 'marks'));
create domain app.letter_template_file as bytea check (octet_length(value) between 1 and 2097152);
create table app.letter_template (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    template text not null references ref.document_template,
    number int not null,
    state text not null default 'uploaded',
    fault app.letter_template_fault,
    content app.letter_template_file not null,
    hash bytea not null,
    preview_id uuid,
    uploaded_by uuid,
    uploaded_at timestamptz not null,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, preview_id) references app.document (tenant_id, id)
);
create index letter_template_by_upload on app.letter_template (tenant_id, uploaded_at, id);
create unique index letter_template_number on app.letter_template (tenant_id, template, number);
create unique index letter_template_in_use on app.letter_template (tenant_id, template) where state = 'in_use';
alter table app.letter_template alter column content set storage external;
alter table app.document add foreign key (tenant_id, letter_template_id) references app.letter_template (tenant_id, id);
