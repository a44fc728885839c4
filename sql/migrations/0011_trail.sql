-- Who looked at whom, who was refused, and how long what grows with use is kept.

-- The processing log: one row for each person whose data an answer shows. It is written for several requests and municipalities
-- together (audit.looked), and read by way of app.inspection.
create table audit.look (
    tenant_id int not null,
    candidate_id uuid not null,
    at timestamptz not null,
    number bigint not null default nextval('audit.number'),
    actor uuid,
    role text not null,
    organisation uuid,
    operation text not null,
    purpose text not null,
    request uuid not null,
    primary key (tenant_id, candidate_id, at, number)
) partition by range (at);
create table audit.look_rest partition of audit.look default;
alter table audit.look_rest enable row level security;

-- A call that was refused. Equal refusals of one moment are one row: `times` says how many, `request` is the first of them.
create table audit.denial (
    tenant_id int not null,
    at timestamptz not null,
    number bigint not null default nextval('audit.number'),
    actor uuid,
    role text,
    organisation uuid,
    operation text not null,
    reason text not null,
    subject_id uuid,
    request uuid not null,
    times int not null,
    primary key (tenant_id, at, number)
) partition by range (at);
create table audit.denial_rest partition of audit.denial default;
alter table audit.denial_rest enable row level security;
create index denial_by_subject on audit.denial (tenant_id, subject_id, at, number) where subject_id is not null;
comment on column audit.denial.reason is 'the code of the problem that was answered';
comment on column audit.denial.subject_id is 'what the call was about: the resource of its path, or whom a number belongs to';

-- The rows are the documentation; an installation may change `keep`. A part is dropped when its last moment is longer ago.
create table audit.retention (
    relation text primary key check (relation ~ '^(audit|app)\.[a-z_]+$'),
    keep interval not null check (keep >= '1 month'),
    source text not null
);
insert into audit.retention (relation, keep, source) values
    ('audit.entry', '10 years', 'as long as the file that it is about: Selectielijst gemeenten en intergemeentelijke organen 2020, 12.1.1'),
    ('audit.denial', '2 years', 'ours; no law names a term: GDPR article 5(1)(e), BIO 8.15 leaves it to the risk assessment'),
    ('audit.look', '2 years', 'ours; no law names a term: GDPR articles 5(1)(e) and 5(2), BIO 8.15 leaves it to the risk assessment'),
    ('app.event', '3 months', 'ours: whoever follows events is never further behind'),
    ('app.tombstone', '3 months', 'ours: a copy in memory that is older is read anew');
