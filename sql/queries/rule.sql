-- program: platform

-- fragment: rule_columns
r.id, r.code, r.scope, r.scope_id, r.state, r.value, r.source, r.decision, r.adopted_at, r.adopted_by, r.from_at, r.until_at, r.version, r.changed_at

-- query: rule_list
-- rows: many
-- filter: code r.code = %
-- filter: codePrefix starts_with(r.code, %)
-- filter: scope r.scope = %
-- filter: scopeId r.scope_id = %::uuid
-- filter: state r.state = %
-- filter: inForceAt r.id = any (array(select app.rules_in_force(%::timestamptz)))
-- sort: code r.code text code
-- key: r.id
select {{rule_columns}} from ref.known_rule r where true

-- query: rule_seen
-- rows: one
select r.id from ref.known_rule r where r.id = :rule_id

-- query: rule_get
-- rows: one
select {{rule_columns}}, app.colleague_name(r.adopted_by) as adopted_by_name from ref.known_rule r where r.id = :id

-- query: rule_insert
-- body: RuleNew
-- rows: one
insert into app.rule as r (tenant_id, id, code, scope, scope_id, value, source, from_at, until_at)
values (app.tenant(), :id, @code, coalesce(@scope, 'tenant'), @scope_id::uuid, @value::jsonb, @source, @from_at::timestamptz, @until_at::timestamptz)
returning r.id

-- query: rule_settable
-- rows: none
select app.rule_own(:id)

-- query: rule_change
-- rows: one
-- none: stale
update app.rule r set (value, source, from_at, until_at) =
    (select n.value, n.source, n.from_at, n.until_at from jsonb_populate_record(r, :document::jsonb) n)
where r.id = :id and :version::int8multirange @> r.version
returning r.id

-- query: rule_adopt
-- body: RuleAdoption
-- rows: one
select app.rule_adopt(:id, @decision) as id

-- query: rule_end
-- body: RuleEnding
-- rows: one
select app.rule_end(:id, @how) as id

-- query: rule_preview
-- rows: one
-- whose: nobody
select p.* from app.rule_preview(:id) p where p.rule_id is not null
