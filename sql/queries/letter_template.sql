-- program: agreements

-- fragment: letter_template_columns
l.id, l.template, l.number, l.state, l.fault, encode(l.hash, 'hex') as hash, l.preview_id, l.uploaded_by, case when :shows_uploaded_by_name::boolean then app.colleague_name(l.uploaded_by) end as uploaded_by_name, l.uploaded_at, l.version, l.changed_at

-- query: letter_template_list
-- rows: many
-- filter: template l.template = %
-- sort: uploadedAt l.uploaded_at timestamptz uploaded_at
-- key: l.id
-- newest-first:
select {{letter_template_columns}} from app.letter_template l where true

-- query: letter_template_get
-- rows: one
select {{letter_template_columns}} from app.letter_template l where l.id = :id

-- query: letter_template_insert
-- body: LetterTemplateNew
-- rows: one
insert into app.letter_template as l (tenant_id, id, template, content, uploaded_by, uploaded_at)
values (app.tenant(), :id::uuid, @template, app.letter_template_bytes(@content), :actor::uuid, clock.now())
returning l.id

-- query: letter_template_use
-- rows: none
-- writes: yes
select app.letter_template_use(:letter_template_id::uuid)
