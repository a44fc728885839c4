-- Reference data without personal data: occupations, competences, conditions, places.
-- Layout of ESCO's own CSV download; CompetentNL fits the same tables. number is small and dense, for the
-- matching worker's columns; id is derived from the URI (UUIDv5), so that it survives a re-import.

create table ref.taxonomy (
    version text primary key check (char_length(version) between 1 and 60),
    name text not null,
    imported_at timestamptz not null,
    current boolean not null default false
);
create unique index taxonomy_one_current on ref.taxonomy (current) where current;

create table ref.occupation (
    id uuid primary key,
    number int not null unique generated always as identity,
    uri text not null unique,
    isco text not null check (isco ~ '^[0-9]{4}$'),
    label text not null,
    label_search text not null,
    status text not null default 'released' check (status in ('released', 'withdrawn')),
    replaced_by uuid references ref.occupation,
    taxonomy text not null references ref.taxonomy
);
create index occupation_by_label on ref.occupation (label_search text_pattern_ops, id);

create table ref.competence (
    id uuid primary key,
    number int not null unique generated always as identity,
    uri text not null unique,
    kind text not null check (kind in ('skill', 'knowledge', 'attitude', 'language')),
    label text not null,
    label_search text not null,
    status text not null default 'released' check (status in ('released', 'withdrawn')),
    replaced_by uuid references ref.competence,
    rarity smallint not null default 0 check (rarity between 0 and 20),
    taxonomy text not null references ref.taxonomy
);
create index competence_by_label on ref.competence (label_search text_pattern_ops, id);
comment on column ref.competence.rarity is
    'integer log2 of the number of occupations divided by the number that name it; fixed per taxonomy version';

-- The labels of occupations and competences: in each language one that is preferred, and others that people also say.
create table ref.occupation_label (
    occupation_id uuid not null references ref.occupation on delete cascade,
    language text not null check (language in ('nl', 'en')),
    label text not null,
    preferred boolean not null,
    label_search text collate app.names not null,
    words tsvector not null,
    primary key (occupation_id, language, label)
);
create unique index occupation_label_preferred on ref.occupation_label (occupation_id, language) where preferred;
create index occupation_label_in_order on ref.occupation_label (language, label_search, occupation_id) where preferred;
create index occupation_label_by_word on ref.occupation_label using gin (words);
create table ref.competence_label (
    competence_id uuid not null references ref.competence on delete cascade,
    language text not null check (language in ('nl', 'en')),
    label text not null,
    preferred boolean not null,
    label_search text collate app.names not null,
    words tsvector not null,
    primary key (competence_id, language, label)
);
create unique index competence_label_preferred on ref.competence_label (competence_id, language) where preferred;
create index competence_label_in_order on ref.competence_label (language, label_search, competence_id) where preferred;
create index competence_label_by_word on ref.competence_label using gin (words);

create table ref.occupation_competence (
    occupation_id uuid not null references ref.occupation,
    competence_id uuid not null references ref.competence,
    essential boolean not null,
    primary key (occupation_id, competence_id)
);
create index occupation_competence_by_competence on ref.occupation_competence (competence_id);

-- What a vacancy may ask and a candidate may meet, not meet, or not have told yet. bit is the place in the
-- matching worker's 64-bit masks. Languages form a thermometer: who has B1 also has A2 and A1.
create table ref.condition (
    code text primary key check (code ~ '^[a-z][a-z0-9_]{1,39}$'),
    bit smallint not null unique check (bit between 0 and 63),
    kind text not null check (kind in ('document', 'licence', 'language', 'task', 'certificate')),
    label_nl text not null,
    label_en text not null,
    trainable boolean not null default false
);
insert into ref.condition (code, bit, kind, label_nl, label_en, trainable) values
    ('certificate_of_conduct',  0, 'document',    'VOG (verklaring omtrent het gedrag) kan worden verkregen', 'Certificate of conduct can be had', false),
    ('driving_licence_b',       1, 'licence',     'Rijbewijs B', 'Driving licence B', true),
    ('driving_licence_be',      2, 'licence',     'Rijbewijs BE', 'Driving licence BE', true),
    ('driving_licence_c',       3, 'licence',     'Rijbewijs C', 'Driving licence C', true),
    ('driving_licence_am',      4, 'licence',     'Rijbewijs AM (bromfiets)', 'Moped licence AM', true),
    ('own_transport',           5, 'task',        'Eigen vervoer', 'Own transport', false),
    ('dutch_a1',                6, 'language',    'Nederlands A1', 'Dutch A1', true),
    ('dutch_a2',                7, 'language',    'Nederlands A2', 'Dutch A2', true),
    ('dutch_b1',                8, 'language',    'Nederlands B1', 'Dutch B1', true),
    ('dutch_b2',                9, 'language',    'Nederlands B2', 'Dutch B2', true),
    ('english_a2',             10, 'language',    'Engels A2', 'English A2', true),
    ('english_b1',             11, 'language',    'Engels B1', 'English B1', true),
    ('physical_work',          12, 'task',        'Wil en kan lichamelijk werk doen', 'Will and can do physical work', false),
    ('standing_work',          13, 'task',        'Wil en kan staand werk doen', 'Will and can work standing', false),
    ('pork_alcohol_products',  14, 'task',        'Geen bezwaar tegen producten met varkensvlees of alcohol', 'No objection to products with pork or alcohol', false),
    ('heights',                15, 'task',        'Wil en kan op hoogte werken', 'Will and can work at heights', false),
    ('vca',                    16, 'certificate', 'VCA-certificaat', 'VCA safety certificate', true),
    ('forklift',               17, 'certificate', 'Heftruckcertificaat', 'Forklift certificate', true),
    ('haccp',                  18, 'certificate', 'HACCP (sociale hygiëne)', 'HACCP food hygiene', true),
    ('bhv',                    19, 'certificate', 'BHV (bedrijfshulpverlening)', 'In-company emergency response', true),
    ('cooled_work',            20, 'task',        'Wil en kan in gekoelde ruimte werken', 'Will and can work in cooled rooms', false),
    ('outdoor_work',           21, 'task',        'Wil en kan buiten werken', 'Will and can work outdoors', false),
    ('computer_work',          22, 'task',        'Kan met een computer werken', 'Can work with a computer', true),
    ('customer_contact',       23, 'task',        'Wil contact met klanten', 'Will have contact with customers', false);

create table ref.place (
    postcode4 text primary key check (postcode4 ~ '^[1-9][0-9]{3}$'),
    place text not null,
    municipality text not null,
    x int not null check (x between -7000 and 300000),
    y int not null check (y between 289000 and 629000)
);
comment on table ref.place is 'Postcode-4 areas with their centre in RD New (EPSG:28992), metres';
create index place_by_name on ref.place (place, postcode4);

-- Neighbourhoods as CBS numbers them: the code of a neighbourhood has eight positions, four of the municipality, two of the district (wijk) and
-- two of the neighbourhood (buurt), after the letters BU. The last four are digits, or letters where a municipality has a hundred districts or more, or a
-- district a hundred neighbourhoods or more (CBS, Toelichting Wijk- en Buurtkaart 2020, 2021 en 2022).
create table ref.neighbourhood (
    code text primary key check (code ~ '^BU[0-9]{4}[0-9A-Z]{4}$'),
    name text collate app.names not null check (char_length(name) between 1 and 120),
    district text collate app.names check (char_length(district) between 1 and 120),
    municipality text not null generated always as ('gm' || substr(code, 3, 4)) stored,
    status text not null default 'current' check (status in ('current', 'withdrawn')),
    words tsvector not null
);
comment on column ref.neighbourhood.status is 'withdrawn: a later list of this municipality does not have it any more; what refers to it still does';
create index neighbourhood_by_name on ref.neighbourhood (name, code);
create index neighbourhood_by_municipality on ref.neighbourhood (municipality, name, code);

-- How often the reference data changed. Whoever keeps a copy of them in memory compares this number first.
create table ref.revision (
    singular boolean primary key default true check (singular),
    revision bigint not null
);
insert into ref.revision (revision) values (1);
