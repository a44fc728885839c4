-- Who may come in: logins, and the hats of the users to whom they lead.

-- A hat that a user has beside that of the account: another role, or the same for another organisation, from one moment until another.
create table app.hat (
    tenant_id int not null,
    id uuid not null,
    user_id uuid not null,
    role text not null,
    attributes text[] not null default '{}',
    organisation_id uuid,
    from_at timestamptz not null,
    until_at timestamptz,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.user_account (tenant_id, id),
    constraint hat_until_after_from check (until_at > from_at)
);
create index hat_by_user on app.hat (tenant_id, user_id, changed_at, id);
create index hat_by_change on app.hat (tenant_id, changed_at, id);
create index hat_by_organisation on app.hat (tenant_id, organisation_id) where organisation_id is not null;

-- Which login of an identity provider leads to which user: at most one of a municipality. A login whose subject is the identifier of the
-- user needs no row.
create table app.login (
    tenant_id int not null,
    id uuid not null,
    user_id uuid not null,
    issuer app.line_500 not null,
    subject app.line_500 not null,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.user_account (tenant_id, id)
);
create unique index login_once on app.login (tenant_id, issuer, subject);
create index login_by_user on app.login (tenant_id, user_id, changed_at, id);
create index login_by_change on app.login (tenant_id, changed_at, id);

-- What is looked up before there is a context stands apart from app, and names nobody. A row of entry.hat is a user with the role
-- and the organisation in which the user may act; it is gone while the user or the organisation is not active, and after its end. The
-- first statement of every transaction looks it up. The hat of an account has the identifier of the user.

create schema entry;

create table entry.hat (
    user_id uuid not null,
    tenant_id int not null references ref.tenant,
    id uuid not null,
    role text not null,
    organisation_id uuid,
    attributes text[] not null,
    from_at timestamptz,
    until_at timestamptz,
    version bigint not null,
    primary key (user_id, tenant_id, id),
    foreign key (tenant_id, user_id) references app.user_account (tenant_id, id) on delete cascade
) with (fillfactor = 10);
create index hat_of_organisation on entry.hat (tenant_id, organisation_id) where organisation_id is not null;
comment on table entry.hat is
    'The rows lie apart, so that the planner takes the index from a few dozen users on: every transaction looks here, by a plan that is kept';
comment on column entry.hat.version is 'the last transaction that changed any hat of the user: whoever remembers them sees by it that they are others now';

create table entry.login (
    issuer text not null,
    subject text not null,
    tenant_id int not null references ref.tenant,
    user_id uuid not null,
    primary key (issuer, subject, tenant_id),
    foreign key (tenant_id, user_id) references app.user_account (tenant_id, id) on delete cascade
);
create index login_of_user on entry.login (tenant_id, user_id);

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
