-- program: documents

-- query: document_claim
-- rows: many
-- writes: yes
select c.id, c.template, c.parameters, c.pages_most, encode(c.own, 'hex') as own from app.documents_claim(:document::uuid, :job::bigint, :most::int) c

-- query: document_waits
-- rows: one
select app.document_waits(:document::uuid, :job::bigint) as waits

-- query: document_end
-- rows: none
-- writes: yes
select app.document_end(:document::uuid, :job::bigint, decode(:bytes, 'hex'), :pages::int, :fault)
