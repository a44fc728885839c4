-- Feeds of work lists for the agenda of a user. Who has the token reads one feed, and nothing else.

create table app.calendar_feed (
    tenant_id int not null,
    id uuid not null,
    user_id uuid not null,
    name app.line_60 not null,
    made_at timestamptz not null,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.user_account (tenant_id, id) on delete cascade
);
create index calendar_feed_by_user on app.calendar_feed (tenant_id, user_id, made_at, id);
create index calendar_feed_by_moment on app.calendar_feed (tenant_id, made_at, id);

-- The token itself is nowhere: only its hash is. It is looked up before there is a context, so the table stands apart from those of app.
create table entry.calendar_token (
    hash bytea primary key,
    tenant_id int not null,
    feed_id uuid not null,
    user_id uuid not null,
    foreign key (tenant_id, feed_id) references app.calendar_feed (tenant_id, id) on delete cascade
);
create index calendar_token_of_feed on entry.calendar_token (tenant_id, feed_id);
