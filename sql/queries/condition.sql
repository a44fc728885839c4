-- program: platform

-- query: condition_list
-- rows: many
-- sort: code c.code text code
-- key: c.bit bit int
select c.code, c.bit, c.kind, c.label_nl, c.label_en, c.trainable from ref.condition c where true
