-- program: platform

-- query: neighbourhood_list
-- rows: many
-- filter: municipality n.municipality = %
-- filter: district n.district = %
-- filter: namePrefix n.words @@ app.asked(%)
-- filter: status n.status = %
-- sort: name n.name text name
-- sort: code n.code text code
-- key: n.code code text
select n.code, n.name, n.district, n.municipality, n.status from ref.neighbourhood n where true
