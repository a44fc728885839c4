-- The words of names, one row each, as people look for them. Row security lets no operator of a text search into an index, because it might tell
-- what a hidden row holds; it lets the comparisons of texts in. So the words are found by a range of them.
create table app.name_word (
    tenant_id int not null,
    noun text not null,
    word text collate "C" not null,
    id uuid not null,
    primary key (tenant_id, noun, word, id)
);
create index name_word_by_id on app.name_word (tenant_id, noun, id);
