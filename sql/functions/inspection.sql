-- Inspections: who looked at a candidate, who changed something, who was refused. It is read by the privacy officer.

-- Whether the actor of the context may read them: a hat that says so, looked up and not believed.
create function app.sees_inspection() returns boolean language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select exists (select from entry.hat h where h.user_id = app.actor() and h.tenant_id = app.tenant() and h.role = app.role()
                   and 'privacy_officer' = any (h.attributes))
    $$;

-- It reads the audit with the rights of the owner, behind the wall of the municipality. Names are those of today.
create view app.inspection as
select i.number, i.candidate_id, i.at, i.kind, i.actor as user_id, u.name as user_name, i.role, i.organisation as organisation_id,
       coalesce(o.name, e.name) as organisation_name, i.operation, i.purpose, i.parts, i.reason, i.times, i.request as request_id, i.mandate as mandate_id
from (select l.tenant_id, l.candidate_id, l.number, l.at, 'look' as kind, l.actor, l.role, l.organisation, l.operation, l.purpose,
             null::text[] as parts, null::text as reason, 1 as times, l.request, l.mandate
      from audit.look l
      union all
      select e.tenant_id, e.subject_id, e.seq, e.at, case e.action when 'look-up' then 'look' else 'change' end, e.actor, e.role,
             e.organisation, e.operation, case e.action when 'look-up' then e.columns[2] end,
             case e.action when 'look-up' then null when 'create' then '{}' else e.columns end, null, 1, e.request, e.mandate
      from audit.entry e where e.noun = 'candidate'
      union all
      select d.tenant_id, d.subject_id, d.number, d.at, 'denial', d.actor, d.role, d.organisation, d.operation, null, null, d.reason,
             d.times, d.request, null
      from audit.denial d where d.subject_id is not null) i
left join app.user_account u on u.tenant_id = i.tenant_id and u.id = i.actor
left join app.organisation o on o.tenant_id = i.tenant_id and o.id = i.organisation
left join app.employer e on e.tenant_id = i.tenant_id and e.id = i.organisation
where (select app.sees_inspection());
