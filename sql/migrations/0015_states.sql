-- What the states of each noun allow, beside the moves between them: rows of sql/states/<noun>.sql, and no others.
create table ref.state_operation (
    noun text not null,
    operation text not null,
    columns text[] not null,
    states text[] not null,
    primary key (noun, operation)
);
comment on table ref.state_operation is
    'an operation of the contract, or the part of it that changes these columns, and the states of the noun that allow it';

-- Terms in days. The rows are the documentation: an installation may change `days`.
create table ref.term (
    code text primary key,
    days int not null check (days > 0),
    meaning text not null
);
insert into ref.term (code, days, meaning) values
    ('undo-hire', 14, 'how long a hire can be undone, and the employer sees the card of somebody whom he hired'),
    ('draft', 14, 'a drafted proposal that was not sent expires'),
    ('answer', 30, 'a proposal that the employer did not answer expires'),
    ('decision', 60, 'an invitation that led to no decision expires'),
    ('card', 30, 'the copy of a card is erased after the end of the proposal');
