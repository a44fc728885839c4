-- Who may come in. A row is a hat: a user with the role and the organisation in which the user may act now. It is gone while the
-- user or the organisation is not active. The first statement of every transaction looks the hat up, before there is a
-- context, so the table stands apart from those of app. It names nobody.

create schema entry;

create table entry.hat (
    user_id uuid not null,
    tenant_id int not null references ref.tenant,
    role text not null,
    organisation_id uuid,
    attributes text[] not null,
    primary key (user_id, tenant_id),
    foreign key (tenant_id, user_id) references app.user_account (tenant_id, id) on delete cascade
) with (fillfactor = 10);
comment on table entry.hat is
    'The rows lie apart, so that the planner takes the index from a few dozen users on: every transaction looks here, by a plan that is kept';

insert into entry.hat (user_id, tenant_id, role, organisation_id, attributes)
select u.id, u.tenant_id, u.role, u.organisation_id, u.attributes
from app.user_account u left join app.organisation o on o.tenant_id = u.tenant_id and o.id = u.organisation_id
where u.active and o.active is distinct from false;
