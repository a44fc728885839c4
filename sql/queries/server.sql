-- program: server

-- What every service asks, whatever its nouns.

-- The first statement of every transaction. It sets by asking, and answers with neither rows nor columns: those of every
-- request would have to be sent and read. When the hat is not there, or the hats of the user are others than were remembered
-- (their version), the context is empty: nothing is visible in it, and the answer is one row; a write is refused. Without a role nobody asks: the operation is public. Who
-- operates the installation (role system) is a user of no municipality; the key of the issuer says who may be that. Reads of several people share a transaction (docs/adr/0015-reads-travel-in-groups.md),
-- so each setting is set, also to nothing: else one has the organisation of the one before. Two are read of some roles only, and set for them only.
-- query: context_set
-- rows: none
-- writes: no
select where (set_config('app.tenant', case when :role in ('', 'system') or exists (
        select from entry.hat h where h.user_id = :actor::text::uuid and h.tenant_id = :tenant::text::int
          and h.id = :hat::uuid and h.version = :version::bigint
          and (coalesce(h.from_at, h.until_at) is null or clock.holds(h.from_at, h.until_at))
          and (:role <> 'tenant_admin' or set_config('app.powers', array_to_string(h.attributes, ','), true) is not null)) then :tenant else '' end, true)
    || set_config('app.actor', :actor, true) || set_config('app.org', :organisation, true) || set_config('app.role', :role, true)
    || set_config('app.scope', :scope, true) || set_config('app.call', :call, true)
    || case when :role in ('case_manager', 'field_officer') then set_config('app.outside', '', true) else '' end
    || set_config('transaction_read_only', :read_only, true)) is null
    or (:role not in ('', 'system') and current_setting('app.tenant') = '' and entry.refuse(:read_only))

-- The hats of a login, that of the account first. Without a row of its own a login leads to the user whose identifier is its subject.
-- query: hat_list
-- rows: many
select h.user_id, h.id, h.role, h.organisation_id, array_to_string(h.attributes, ',') as attributes, h.version
from entry.hat h
where h.tenant_id = :tenant::int
  and h.user_id = coalesce((select l.user_id from entry.login l where l.issuer = :issuer and l.subject = :subject and l.tenant_id = :tenant::int),
                           :user_id::uuid)
  and clock.holds(h.from_at, h.until_at)
order by h.id <> h.user_id, h.id

-- query: tenant_directory
-- rows: many
select tenant_id, id, array_to_string(origins, ' ') as origins from ref.tenant where status = 'active'

-- query: allowance_directory
-- rows: many
select q.what, q.who, q.most, extract(epoch from q.per)::bigint as seconds from entry.quota q

-- query: idempotency_begin
-- rows: none
-- writes: yes
select idempotency.begin(:route, :key, :fingerprint, :status::int, :resource::uuid)

-- query: idempotency_outcome
-- rows: one
select fingerprint, status, resource from idempotency.outcome(:route, :key)

-- What is noted of many requests together takes the word of the token for who asks: the one who may not come in is noted, too.
-- query: audit_denied
-- rows: none
-- writes: yes
-- gathers:
select audit.denied(:tenants::int[], :actors::uuid[], :roles::text[], :organisations::uuid[], :operations::text[],
                    :reasons::text[], :subjects::uuid[], :requests::uuid[], :times::int[])

-- Before looks of one municipality are noted. The transaction does not wait for the disk (docs/adr/0031-who-looked.md).
-- query: audit_look_begin
-- rows: none
-- writes: yes
select where (set_config('app.tenant', :tenant, true) || set_config('synchronous_commit', 'off', true)) is null

-- Whose data the answers show that are about to leave. Several rows travel in one statement (plan_add_rows): that is quicker than arrays.
-- query: audit_look
-- rows: none
insert into audit.look (tenant_id, at, candidate_id, actor, role, organisation, operation, purpose, request, mandate)
select (select app.tenant()), (select clock.now()), v.candidate, v.actor, v.role, v.organisation, v.operation, v.purpose, v.request,
       case v.scope when 'organisation' then app.mandate_used(v.candidate, v.organisation, v.purpose)
                    when 'caseload' then coalesce(app.mandate_used(v.candidate, v.actor, v.purpose),
                                                  case v.role when 'course_leader' then app.mandate_used(v.candidate, v.organisation, v.purpose) end) end
from (values (:candidate::uuid, :actor::uuid, :role::text, :organisation::uuid, :operation::text, :purpose::text, :request::uuid, :scope::text)) v
     (candidate, actor, role, organisation, operation, purpose, request, scope)
