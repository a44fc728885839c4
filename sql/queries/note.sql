-- program: platform

-- fragment: note_columns
n.id, n.noun, n.subject_id, n.candidate_id, n.employer_id, n.purpose, n.text, n.author_id,
(select c.name from app.colleague c where c.id = n.author_id) as author_name, n.made_at, n.withdrawn_at, n.withdrawn_by, app.colleague_name(n.withdrawn_by) as withdrawn_by_name

-- query: note_list
-- rows: many
-- whose: candidate_id
-- filter: subjectId n.subject_id = %::uuid
-- filter: candidateId n.candidate_id = app.asked_of(%::uuid)
-- filter: employerId n.employer_id = %::uuid
-- filter: purpose n.purpose = %
-- sort: madeAt n.made_at timestamptz made_at
-- key: n.id
-- newest-first:
select {{note_columns}}, case when :shows_subject_label::boolean then app.note_subject(n.id) end as subject_label, n.version, n.changed_at
from app.note n where true

-- query: note_get
-- rows: one
-- whose: candidate_id
select {{note_columns}}, app.note_subject(n.id) as subject_label, n.version, n.changed_at
from app.note n where n.id = :id

-- query: note_insert
-- body: NoteNew
-- rows: none
-- writes: yes
insert into app.note (tenant_id, id, subject_id, purpose, text, author_id, made_at)
values (app.tenant(), :id::uuid, app.refer_to(@noun, @subject_id::uuid), coalesce(@purpose, 'mediation'), @text, :actor::uuid, clock.now())

-- query: note_change
-- rows: one
-- none: stale
-- whose: nobody
update app.note n set (purpose, text) = (select c.purpose, c.text from jsonb_populate_record(n, :document::jsonb) c)
where n.id = :id and :version::int8multirange @> n.version
returning n.id

-- query: note_delete
-- rows: one
-- none: stale
-- whose: nobody
delete from app.note n where n.id = :id and :version::int8multirange @> n.version returning n.id
