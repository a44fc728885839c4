-- program: server

-- What every service asks, whatever its nouns.

-- The first statement of every transaction. It sets by asking, and answers with neither rows nor columns: those of every
-- request would have to be sent and read.
-- query: context_set
-- rows: none
-- writes: no
select where (set_config('app.tenant', :tenant, true) || set_config('app.actor', :actor, true)
    || set_config('app.org', :organisation, true) || set_config('app.role', :role, true)
    || set_config('app.scope', :scope, true) || set_config('app.request', :request, true)
    || set_config('app.operation', :operation, true)
    || set_config('transaction_read_only', :read_only, true)) is null

-- query: tenant_directory
-- rows: many
select tenant_id, id from ref.tenant where status = 'active'

-- query: idempotency_begin
-- rows: none
-- writes: yes
select idempotency.begin(:route, :key, :fingerprint)

-- query: idempotency_finish
-- rows: none
-- writes: yes
select idempotency.finish(:route, :key, :status::int, :resource::uuid)

-- query: idempotency_outcome
-- rows: one
select fingerprint, status, resource from idempotency.outcome(:route, :key)

-- query: audit_deny
-- rows: none
-- writes: yes
select audit.deny(:operation, :reason)
