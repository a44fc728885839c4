-- The dispatcher that leads. It renews its lease each second; it loses the lead when the lease runs out (it stands still), or
-- when its connection ends (it is gone).
create table queue.leader (
    one boolean primary key default true check (one),
    holder text not null,
    backend int not null,
    backend_start timestamptz not null,
    until timestamptz not null,
    trouble text check (trouble ~ '^[a-z-]{1,20}$')
);
comment on column queue.leader.holder is 'for people: the application_name of its connection';
comment on column queue.leader.trouble is 'why it cannot send jobs through Redis; null: it can';
