-- program: platform

-- query: colleague_list
-- rows: many
-- filter: role c.role = %
-- filter: namePrefix c.id = any (array(select app.named('user', %)))
-- sort: name c.name text name
-- key: c.id
select c.id, c.name, c.role, c.phone from app.colleague c where c.active
