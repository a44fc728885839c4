-- program: platform

-- query: deputy_get
-- rows: one
select d.deputy_id, (select c.name from app.colleague c where c.tenant_id = d.tenant_id and c.id = d.deputy_id) as deputy_name, d.from_day, d.until_day,
       coalesce(d.version + 1, 1) as version
from (values (app.tenant(), app.actor())) caller (tenant_id, id)
left join app.deputy d on d.tenant_id = caller.tenant_id and d.id = caller.id

-- A user who has named no deputy yet has version 1.
-- query: deputy_put
-- body: DeputyChoice
-- rows: one
-- none: stale
insert into app.deputy as d (tenant_id, id, deputy_id, from_day, until_day)
select app.tenant(), app.actor(), @deputy_id::uuid, case when @deputy_id is not null then coalesce(@from_day::date, clock.today()) end,
       case when @deputy_id is not null then @until_day::date end
where :version::int8multirange @> coalesce((select o.version + 1 from app.deputy o where o.id = app.actor()), 1)
on conflict (tenant_id, id) do update set deputy_id = excluded.deputy_id, from_day = excluded.from_day, until_day = excluded.until_day
    where :version::int8multirange @> (d.version + 1)
returning d.id
