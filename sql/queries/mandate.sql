-- program: platform

-- fragment: mandate_columns
m.id, app.mandate_now(m.state, m.until_at) as state, m.grantor, m.grantor_id, m.grantee_user_id, m.grantee_organisation_id, m.grantee_tenant_id,
m.role, m.scope, m.candidate_id, m.employer_id, m.scope_id, m.scope_code, m.purpose, m.from_at, m.until_at, m.exclusive, m.asked_by, case when :shows_asked_by_name::boolean then app.colleague_name(m.asked_by) end as asked_by_name, m.decided_by, case when :shows_decided_by_name::boolean then app.colleague_name(m.decided_by) end as decided_by_name,
m.reason, m.version, m.changed_at

-- fragment: mandate_scope_name
case when m.employer_id is not null then app.subject_label('employer', m.employer_id)
     when m.candidate_id is not null then app.subject_label('candidate', m.candidate_id)
     when m.scope = 'desk' then app.subject_label('organisation', m.scope_id) end

-- query: mandate_list
-- rows: many
-- whose: candidate_id
-- filter: state app.mandate_now(m.state, m.until_at) = %
-- filter: purpose m.purpose = %
-- filter: candidateId m.candidate_id = %::uuid
-- filter: employerId m.employer_id = %::uuid
-- filter: organisationId m.grantee_organisation_id = %::uuid
-- filter: userId m.grantee_user_id = %::uuid
-- sort: changedAt m.changed_at timestamptz changed_at
-- key: m.id
-- newest-first:
select {{mandate_columns}}, case when :shows_grantee_name::boolean then app.mandate_grantee(m.id) end as grantee_name,
       case when :shows_scope_name::boolean then {{mandate_scope_name}} end as scope_name
from app.mandate m where true

-- query: mandate_get
-- rows: one
-- whose: candidate_id
select {{mandate_columns}}, app.mandate_grantee(m.id) as grantee_name, {{mandate_scope_name}} as scope_name from app.mandate m where m.id = :id

-- query: mandate_insert
-- body: MandateNew
-- rows: one
-- whose: nobody
insert into app.mandate as m (tenant_id, id, state, grantor, grantor_id, grantee_user_id, grantee_organisation_id, grantee_tenant_id, role, scope,
    candidate_id, employer_id, scope_id, scope_code, purpose, from_at, until_at, exclusive)
values (app.tenant(), :id::uuid, :state, coalesce(@grantor, 'tenant'), @grantor_id::uuid, @grantee_user_id::uuid, @grantee_organisation_id::uuid,
    @grantee_tenant_id::uuid, @role, @scope, @candidate_id::uuid, @employer_id::uuid, @scope_id::uuid, @scope_code, @purpose,
    coalesce(@from_at::timestamptz, clock.now()), @until_at::timestamptz, coalesce(@exclusive::boolean, false))
returning m.id

-- query: mandate_grant
-- rows: one
-- whose: nobody
update app.mandate m set state = app.move('mandate', app.mandate_now(m.state, m.until_at), 'grant') where m.id = :id returning m.id

-- query: mandate_revoke
-- body: MandateRevocation
-- rows: one
-- whose: nobody
update app.mandate m set reason = @reason,
    state = app.move('mandate', app.mandate_now(m.state, m.until_at), 'revoke')
where m.id = :id returning m.id
