-- Appointments with people: who is invited where and when, how that can be proved, and who came. A cohort is a project; its sessions are appointments
-- that share the project and a number.

create domain app.appointment_kind as text check (value in ('interview', 'introduction', 'session', 'hearing', 'home_visit', 'talk'));
create domain app.appointment_channel as text check (value in ('e_mail', 'letter', 'in_person', 'phone', 'portal'));
create domain app.appointment_answer as text check (value in ('accepted', 'declined'));
create domain app.appointment_reason as text check (value in ('ill', 'work', 'care', 'transport', 'holiday', 'other'));
create domain app.appointment_cancel_reason as text check (value in ('leader', 'place', 'too_few', 'programme', 'other'));
create domain app.session_number as smallint check (value between 1 and 999);
create table app.appointment (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    candidate_id uuid not null,
    kind app.appointment_kind not null,
    state text not null default 'planned',
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    place app.line_200,
    user_id uuid,
    organisation_id uuid,
    employer_id uuid,
    coach_id uuid,
    trajectory_id uuid,
    proposal_id uuid,
    project_id uuid,
    session app.session_number,
    invited_at timestamptz,
    channel app.appointment_channel,
    handed_by uuid,
    message_id uuid,
    answer app.appointment_answer,
    answered_at timestamptz,
    reason app.appointment_reason,
    cancel_reason app.appointment_cancel_reason,
    not_told boolean not null default false,
    recorded_at timestamptz,
    recorded_by uuid,
    moved_to_id uuid,
    made_at timestamptz not null,
    made_by uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, user_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, organisation_id) references app.organisation (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, coach_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, handed_by) references app.user_account (tenant_id, id),
    foreign key (tenant_id, trajectory_id) references app.trajectory (tenant_id, id),
    foreign key (tenant_id, proposal_id) references app.proposal (tenant_id, id),
    constraint appointment_times_in_order check (starts_at < ends_at),
    constraint appointment_session_of_a_project check (num_nonnulls(project_id, session) in (0, 2))
);
comment on column app.appointment.user_id is 'with whom: a colleague, or (the next two) an organisation or an employer';
comment on column app.appointment.coach_id is 'who goes along';
comment on column app.appointment.handed_by is 'who handed the invitation over: one of the two proofs; the other is a message that was sent';
comment on column app.appointment.reason is 'why somebody was excused';
comment on column app.appointment.cancel_reason is 'why it does not take place';
comment on column app.appointment.not_told is 'the person has no address, or what was written to the person did not arrive';
comment on column app.appointment.moved_to_id is 'the appointment that took its place';
create unique index appointment_session_once on app.appointment (tenant_id, project_id, session, candidate_id) where session is not null and state not in ('moved', 'cancelled');
create index appointment_by_start on app.appointment (tenant_id, starts_at, id);
create index appointment_changed_at on app.appointment (tenant_id, changed_at, id);
create index appointment_by_candidate on app.appointment (tenant_id, candidate_id, starts_at, id);
create index appointment_by_session on app.appointment (tenant_id, project_id, session) where session is not null;
create index appointment_by_user on app.appointment (tenant_id, user_id, starts_at, id) where user_id is not null;
create index appointment_by_coach on app.appointment (tenant_id, coach_id, starts_at, id) where coach_id is not null;
create index appointment_by_trajectory on app.appointment (tenant_id, trajectory_id, starts_at, id) where trajectory_id is not null;
create index appointment_by_proposal on app.appointment (tenant_id, proposal_id, starts_at, id) where proposal_id is not null;
