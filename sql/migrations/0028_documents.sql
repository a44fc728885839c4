-- Documents: pages for people, made of a template and of what it says at that moment, as PDF/A-2b and PDF/UA-1.

-- Who reads a document about a person: `file` the case manager, the team lead and the person; `mediation` whoever sees the person; `parties` also the
-- employer whom it concerns.
create domain app.document_audience as text check (value in ('file', 'mediation', 'parties'));
create domain app.document_retention as text check (value in ('file', 'agreement', 'card'));
create domain app.document_fault as text check (value in ('values', 'characters', 'too_long', 'not_made', 'too_large', 'not_odt', 'macros', 'objects', 'links', 'marks'));
create domain app.text_30000 as text check (char_length(value) between 1 and 30000);
create domain app.page_count as int check (value between 1 and 1000);

-- What there is to be made. The pages themselves are in workers/documents/templates.
create table ref.document_template (
    code text primary key check (code ~ '^[a-z][a-z_]{1,39}$'),
    title_nl text not null,
    audience app.document_audience not null,
    retention app.document_retention not null,
    pages_most int not null check (pages_most between 1 and 20)
);
comment on column ref.document_template.title_nl is 'the title of the document: it names nobody';
comment on column ref.document_template.pages_most is 'what does not fit on so many pages of A4 is refused, and says so';
insert into ref.document_template (code, title_nl, audience, retention, pages_most) values
    ('placement_sheet', 'Afspraken over de plaatsing', 'parties', 'agreement', 1),
    ('project_sheet', 'Afspraken over het project', 'parties', 'agreement', 2),
    ('quote', 'Offerte', 'parties', 'agreement', 1),
    ('card', 'Kaart van een kandidaat', 'mediation', 'card', 2),
    ('rules_letter', 'Uw uitkering: rechten en plichten', 'file', 'file', 3),
    ('decision', 'Besluit', 'file', 'file', 6),
    ('view_request', 'Wij willen van u horen', 'file', 'file', 2),
    ('objection', 'Uw bezwaar', 'file', 'file', 6),
    ('appointment', 'U hebt een afspraak', 'file', 'file', 1),
    ('appointment_cancelled', 'Uw afspraak gaat niet door', 'file', 'file', 1),
    ('notice', 'Er is bericht voor u', 'file', 'file', 1);

create table app.document (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    subject_id uuid not null,
    wall app.wall_name not null,
    noun text not null,
    candidate_id uuid,
    employer_id uuid,
    template text not null references ref.document_template,
    letter_template_id uuid,
    audience app.document_audience not null,
    retention app.document_retention not null,
    title app.line_200 not null,
    language text not null default 'nl' check (language in ('nl')),
    state text not null default 'asked',
    parameters jsonb not null,
    fault app.document_fault,
    hash bytea,
    pages app.page_count,
    size int,
    asked_by uuid,
    asked_at timestamptz not null,
    claimed_until timestamptz,
    claimed_by bigint,
    made_at timestamptz,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, subject_id) references app.subject (tenant_id, id),
    constraint document_made_is_whole check (state not in ('made') or num_nonnulls(hash, pages, size, made_at) = 4),
    constraint document_parameters_small check (pg_column_size(parameters) <= 200000)
);
comment on column app.document.parameters is 'what the page says, as it was when it was asked; emptied once it is made';
comment on column app.document.letter_template_id is 'the template of the municipality of which it is made; null: ours';
comment on column app.document.claimed_until is 'until then the job claimed_by makes it';
create index document_by_asking on app.document (tenant_id, asked_at, id);
create index document_by_subject on app.document (tenant_id, subject_id, asked_at, id);
create index document_by_candidate on app.document (tenant_id, candidate_id, asked_at, id) where candidate_id is not null;
create index document_by_employer on app.document (tenant_id, employer_id, asked_at, id) where employer_id is not null;
create index document_to_make on app.document (tenant_id, asked_at, id) where state = 'asked';

-- The pages. Only functions reach them.
create table app.document_content (
    tenant_id int not null,
    document_id uuid not null,
    bytes bytea not null,
    primary key (tenant_id, document_id),
    foreign key (tenant_id, document_id) references app.document (tenant_id, id) on delete cascade,
    constraint document_content_small check (octet_length(bytes) <= 2097152)
);
alter table app.document_content alter column bytes set storage external;

-- Who signs a sheet or a quote. A signature holds for one text; when that text changes, it is void.
create domain app.signatory_party as text check (value in ('candidate', 'employer', 'organisation', 'municipality'));
create table app.signatory (
    tenant_id int not null,
    id uuid not null,
    agreement_id uuid not null,
    place int not null,
    party app.signatory_party not null,
    party_id uuid not null,
    party_name app.line_200 not null,
    signed_at timestamptz,
    signed_hash bytea,
    signed_by uuid,
    signed_name app.line_120,
    voided_at timestamptz,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, agreement_id) references app.agreement (tenant_id, id),
    constraint signatory_signed_whole check (num_nonnulls(signed_at, signed_hash, signed_name) in (0, 3))
);
comment on column app.signatory.signed_by is 'null when it was signed with a link';
comment on column app.signatory.voided_at is 'when a signature was made void by a change of the text';
create unique index signatory_once on app.signatory (tenant_id, agreement_id, party, party_id);

-- Each text that was offered, as it was. It is never changed nor deleted.
create table app.offered_text (
    tenant_id int not null,
    agreement_id uuid not null,
    hash bytea not null,
    text app.text_30000 not null,
    document_id uuid not null,
    offered_at timestamptz not null,
    primary key (tenant_id, agreement_id, hash),
    foreign key (tenant_id, agreement_id) references app.agreement (tenant_id, id),
    foreign key (tenant_id, document_id) references app.document (tenant_id, id)
);

-- A link with which one party signs once. The token itself is nowhere: only its hash is. It is looked up before there is a context, so the table
-- stands apart from those of app.
create table entry.signing_link (
    hash bytea primary key,
    tenant_id int not null,
    signatory_id uuid not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    foreign key (tenant_id, signatory_id) references app.signatory (tenant_id, id) on delete cascade
);
create unique index signing_link_of_signatory on entry.signing_link (tenant_id, signatory_id);
