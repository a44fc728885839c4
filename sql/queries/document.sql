-- program: agreements

-- fragment: document_columns
d.id, d.template, d.noun, d.subject_id, case when :shows_subject_label::boolean then app.subject_label(d.noun, d.subject_id) end as subject_label,
d.candidate_id, case when :shows_candidate_alias::boolean and d.candidate_id is not null then app.subject_label('candidate', d.candidate_id) end as candidate_alias,
d.employer_id, case when :shows_employer_name::boolean and d.employer_id is not null then app.subject_label('employer', d.employer_id) end as employer_name, d.title, d.language, d.audience, d.retention, d.state, d.fault,
encode(d.hash, 'hex') as hash, d.pages, d.size, d.asked_by, case when :shows_asked_by_name::boolean then app.colleague_name(d.asked_by) end as asked_by_name, d.asked_at, d.made_at, d.version, d.changed_at

-- query: document_list
-- rows: many
-- whose: candidate_id
-- filter: subjectId d.subject_id = %::uuid
-- filter: candidateId d.candidate_id = app.asked_of(%::uuid)
-- filter: employerId d.employer_id = %::uuid
-- filter: template d.template = %
-- filter: state d.state = %
-- sort: askedAt d.asked_at timestamptz asked_at
-- key: d.id
-- newest-first:
select {{document_columns}} from app.document d where true

-- query: document_get
-- rows: one
-- whose: candidate_id
select {{document_columns}} from app.document d where d.id = :id

-- query: document_content
-- rows: one
-- whose: candidate_id
select c.candidate_id, c.as_text from (select d.candidate_id, app.document_bytes(d.id) as as_text from app.document d where d.id = :document_id) c
where c.as_text is not null

-- query: document_withdraw
-- rows: none
-- writes: yes
select app.document_withdraw(:document_id::uuid)

-- query: document_card
-- rows: none
-- writes: yes
select app.document_card(:candidate_id::uuid, :id::uuid)
