-- program: db

-- How many connections each program may open, in all its processes together (-1: no limit), and by how many processes they are
-- used now. A connection carries the name of its process.
-- query: connection_limits
-- rows: many
select r.rolconnlimit as most,
       (select count(distinct a.application_name) from pg_stat_activity a where a.usename = r.rolname) as processes
from unnest(:programs::text[]) with ordinality p (name, place) join pg_roles r on r.rolname = 'maatwerk_' || p.name
order by p.place
