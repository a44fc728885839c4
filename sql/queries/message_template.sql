-- program: platform

-- query: message_template_list
-- rows: many
-- sort: code t.code text code
-- key: t.code code text
select t.code, t.channel, t.version, t.subject as subject_nl, e.subject as subject_en
from ref.message_template t join ref.message_template e on (e.channel, e.code, e.version, e.language) = (t.channel, t.code, t.version, 'en')
where t.channel = 'e_mail' and t.language = 'nl' and not exists (select from ref.message_template l where (l.channel, l.code) = (t.channel, t.code) and l.version > t.version)

-- The values are invented: a template names counts and a link.
-- query: message_template_preview
-- rows: one
select w.code, w.version, app.message_filled(w.subject, v.all_of) as subject_nl, app.message_filled(w.body, v.all_of) as body_nl,
       app.message_filled(e.subject, v.all_of) as subject_en, app.message_filled(e.body, v.all_of) as body_en
from app.message_words(:code, 'nl') w, app.message_words(:code, 'en') e,
     lateral (select jsonb_build_object('municipality', t.name, 'open', 7, 'overdue', 2,
                     'link', coalesce(s.portal, 'https://portal.example') || '/messages/01920000-0000-7000-8000-0000000000b1') as all_of
              from ref.tenant t left join app.mail_setting s on s.tenant_id = t.tenant_id where t.tenant_id = (select app.tenant())) v
where w.code is not null
