-- program: platform

-- query: place_list
-- rows: many
-- filter: municipality p.municipality = %
-- sort: pc4 p.postcode4 text postcode4
-- key: p.postcode4 postcode4 text
select p.postcode4, p.place, p.municipality from ref.place p where true
