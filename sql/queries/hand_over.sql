-- program: platform

-- query: hand_over_make
-- body: HandOverNew
-- rows: none
-- writes: yes
select app.hand_over_make(:id::uuid, @from_user_id::uuid, @from_organisation_id::uuid, @to_user_id::uuid, @to_organisation_id::uuid)

-- fragment: hand_over_columns
h.id, h.from_user_id, h.from_organisation_id, h.to_user_id, h.to_organisation_id,
case when :shows_from_name::boolean then coalesce((select u.name from app.user_account u where u.id = h.from_user_id),
                                                  (select o.name from app.organisation o where o.id = h.from_organisation_id)) end as from_name,
case when :shows_to_name::boolean then coalesce((select u.name from app.user_account u where u.id = h.to_user_id),
                                                (select o.name from app.organisation o where o.id = h.to_organisation_id)) end as to_name,
h.tasks, h.vacancies, h.candidates, h.employers, h.tasks_left, h.vacancies_left, h.candidates_left, h.employers_left, h.made_at, h.made_by, case when :shows_made_by_name::boolean then app.colleague_name(h.made_by) end as made_by_name, h.version, h.changed_at

-- query: hand_over_list
-- rows: many
-- filter: fromUserId h.from_user_id = %::uuid
-- filter: toUserId h.to_user_id = %::uuid
-- sort: madeAt h.made_at timestamptz made_at
-- key: h.id
-- newest-first:
select {{hand_over_columns}} from app.hand_over h where true

-- query: hand_over_get
-- rows: one
select {{hand_over_columns}} from app.hand_over h where h.id = :id
