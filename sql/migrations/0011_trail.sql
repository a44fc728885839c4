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
    mandate uuid,
    primary key (tenant_id, candidate_id, at, number)
) partition by range (at);
comment on column audit.look.mandate is 'by which they could be seen; null when it was no mandate';
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
