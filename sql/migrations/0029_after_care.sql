-- After-care: who was spoken with about a placement, when and how, and who is on call.

create domain app.contact_with as text check (value in ('candidate', 'employer'));
create domain app.contact_channel as text check (value in ('at_work', 'call', 'video', 'message', 'home'));
create domain app.contact_outcome as text check (value in ('fine', 'attention', 'at_risk', 'ended', 'not_reached'));
create domain app.contact_withdrawal_reason as text check (value in ('wrong_person', 'entered_by_mistake', 'other'));
create table app.placement_contact (
    tenant_id int not null,
    id uuid not null,
    placement_id uuid not null,
    candidate_id uuid not null,
    task_id uuid,
    with_whom app.contact_with not null,
    channel app.contact_channel not null,
    outcome app.contact_outcome not null,
    held_at timestamptz not null,
    held_by uuid,
    note_id uuid,
    withdrawn_at timestamptz,
    withdrawn_by uuid,
    withdrawn_reason app.contact_withdrawal_reason,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, placement_id) references app.placement (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, task_id) references app.task (tenant_id, id),
    constraint placement_contact_withdrawn_with_reason check ((withdrawn_at is null) = (withdrawn_reason is null))
);
comment on column app.placement_contact.withdrawn_at is 'it did not take place as it was noted; it stays with who withdrew it and why';
comment on column app.placement_contact.note_id is 'what was said, in words';
comment on column app.placement_contact.task_id is 'the contact of the plan that this was; null: a call in between';
create index placement_contact_by_moment on app.placement_contact (tenant_id, held_at, id);
create index placement_contact_of_placement on app.placement_contact (tenant_id, placement_id, held_at, id);
create index placement_contact_by_candidate on app.placement_contact (tenant_id, candidate_id, held_at, id);

-- Who is called when a placement is at risk, and who checks today: of each duty one at a time.
create domain app.on_call_duty as text check (value in ('after_care', 'checks'));
create table app.on_call (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    user_id uuid not null,
    duty app.on_call_duty not null default 'after_care',
    from_at timestamptz not null,
    until_at timestamptz not null,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.user_account (tenant_id, id),
    constraint on_call_in_order check (from_at < until_at),
    constraint on_call_one_at_a_time exclude using gist (tenant_id with =, (duty::text) with =, tstzrange(from_at, until_at) with &&)
);
create index on_call_by_begin on app.on_call (tenant_id, from_at, id);

-- What a placement of this kind asks besides its after-care: when it is due says the clock of the task.
create table ref.placement_task (
    placement_kind app.placement_kind not null,
    task_kind text not null references ref.task_kind,
    primary key (placement_kind, task_kind)
);
insert into ref.placement_task (placement_kind, task_kind) values ('temp', 'contract'), ('successor', 'hand_over'), ('adoption', 'adoption');
