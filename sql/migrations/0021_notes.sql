-- Notes: what people write down about something. Words about a person stand here, and nowhere else.

create domain app.note_purpose as text check (value in ('file', 'mediation'));
create domain app.note_text as text check (char_length(value) between 1 and 4000);
create table app.note (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    subject_id uuid not null,
    wall app.wall_name not null,
    noun text not null,
    candidate_id uuid,
    employer_id uuid,
    purpose app.note_purpose not null default 'mediation',
    text app.note_text not null,
    author_id uuid,
    made_at timestamptz not null,
    withdrawn_at timestamptz,
    withdrawn_by uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, subject_id) references app.subject (tenant_id, id)
);
comment on column app.note.purpose is 'about a person: for what it was written, and so who reads it';
comment on column app.note.withdrawn_at is 'with what it belongs to: only the author and a team lead still see it';
comment on column app.note.author_id is 'null: a worker wrote it';
create index note_by_subject on app.note (tenant_id, subject_id, made_at, id);
create index note_by_making on app.note (tenant_id, made_at, id);
create index note_by_candidate on app.note (tenant_id, candidate_id, made_at, id) where candidate_id is not null;
create index note_by_employer on app.note (tenant_id, employer_id, made_at, id) where employer_id is not null;
