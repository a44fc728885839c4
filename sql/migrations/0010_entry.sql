-- Who may come in. A row is a hat: a user with the role and the organisation in which the user may act now. It is gone while the
-- user or the organisation is not active. The first statement of every transaction looks the hat up, before there is a
-- context, so the table stands apart from those of app. It names nobody.

create schema entry;

create table entry.hat (
    user_id uuid not null,
    tenant_id int not null references ref.tenant,
    role text not null,
    organisation_id uuid,
    attributes text[] not null,
    primary key (user_id, tenant_id),
    foreign key (tenant_id, user_id) references app.user_account (tenant_id, id) on delete cascade
) with (fillfactor = 10);
comment on table entry.hat is
    'The rows lie apart, so that the planner takes the index from a few dozen users on: every transaction looks here, by a plan that is kept';

-- What one user may do how often. openapi/limits.yaml has the first rows; an installation may change `most`.

create table entry.quota (
    what text not null,
    who text not null,
    most int not null check (most > 0),
    per interval not null,
    primary key (what, who)
);
comment on column entry.quota.who is 'a group of roles, as entry.group_of() knows it';

create table entry.quota_use (
    tenant_id int not null,
    user_id uuid not null,
    what text not null,
    purpose text not null,
    since timestamptz not null,
    used int not null,
    primary key (tenant_id, user_id, what, purpose)
);
