-- program: agreements

-- fragment: agreement_columns
a.id, a.kind, a.state, a.noun, a.subject_id, a.candidate_id, case when :shows_candidate_alias::boolean and a.candidate_id is not null then app.subject_label('candidate', a.candidate_id) end as candidate_alias,
a.employer_id, case when :shows_employer_name::boolean and a.employer_id is not null then app.subject_label('employer', a.employer_id) end as employer_name, a.gets, a.does, a.costs, a.from_day, a.until_day, a.valid_until,
a.revises_id, encode(a.text_hash, 'hex') as text_hash, a.document_id

-- query: agreement_list
-- rows: many
-- whose: candidate_id
-- filter: subjectId a.subject_id = %::uuid
-- filter: candidateId a.candidate_id = %::uuid
-- filter: employerId a.employer_id = %::uuid
-- filter: kind a.kind = %
-- filter: state a.state = %
-- sort: changedAt a.changed_at timestamptz changed_at
-- key: a.id
-- newest-first:
select {{agreement_columns}}, case when :shows_subject_label::boolean then app.subject_label(a.noun, a.subject_id) end as subject_label,
       case when :shows_signatories::boolean then app.agreement_signatories(a.id) end as signatories, a.version, a.changed_at from app.agreement a where true

-- query: agreement_get
-- rows: one
-- whose: candidate_id
select {{agreement_columns}}, case when :shows_subject_label::boolean then app.subject_label(a.noun, a.subject_id) end as subject_label,
       app.agreement_offered(a.id) as text, app.agreement_signatories(a.id) as signatories, a.version, a.changed_at
from app.agreement a where a.id = :id

-- query: agreement_insert
-- body: AgreementNew
-- rows: none
-- writes: yes
insert into app.agreement (tenant_id, id, kind, subject_id, gets, does, costs, from_day, until_day, valid_until)
values (app.tenant(), :id::uuid, @kind, app.refer_to(@noun, @subject_id::uuid), @gets, @does, @costs, @from_day::date, @until_day::date, @valid_until::date)

-- query: agreement_change
-- rows: one
-- none: stale
-- whose: nobody
update app.agreement a set (gets, does, costs, from_day, until_day, valid_until) =
    (select n.gets, n.does, n.costs, n.from_day, n.until_day, n.valid_until from jsonb_populate_record(a, :document::jsonb) n)
where a.id = :id and :version::int8multirange @> a.version
returning a.id

-- query: agreement_move
-- body: AgreementMove
-- rows: one
-- whose: nobody
update app.agreement a set state = app.move('agreement', a.state, @event) where a.id = :id returning a.id

-- query: agreement_revise
-- rows: none
-- writes: yes
select app.agreement_revise(:agreement_id::uuid, :id::uuid)

-- query: agreement_sign
-- body: AgreementSignature
-- rows: none
-- writes: yes
select app.agreement_sign(:id::uuid, @hash, @name)

-- query: agreement_link_make
-- rows: none
-- writes: yes
select app.agreement_link_make(:signatory_id::uuid)

-- query: agreement_link_read
-- rows: one
select l.token, l.expires_at from app.agreement_link_read(:signatory_id::uuid) l where l.token is not null

-- query: agreement_read_by_link
-- body: SigningToken
-- rows: one
-- writes: yes
-- whose: nobody
select s.title, s.party_name, s.text, s.hash, s.expires_at from app.agreement_read_by_link(@token) s

-- query: agreement_sign_by_link
-- body: SigningSignature
-- rows: one
-- writes: yes
-- whose: nobody
select s.signed_at, s.party_name, s.hash_signed as hash from app.agreement_sign_by_link(@token, @hash, @name) s
