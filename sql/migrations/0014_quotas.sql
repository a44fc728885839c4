-- What one user may do how often. The rows of entry.quota are the documentation: an installation may change `most`.

create table entry.quota (
    what text primary key,
    most int not null check (most > 0),
    per interval not null
);
insert into entry.quota (what, most, per) values ('bsn-search', 120, '1 hour');
comment on table entry.quota is 'bsn-search: searches by citizen service number, of one user for one purpose';

create table entry.quota_use (
    tenant_id int not null,
    user_id uuid not null,
    what text not null references entry.quota,
    purpose text not null,
    since timestamptz not null,
    used int not null,
    primary key (tenant_id, user_id, what, purpose)
);
