-- program: platform

-- A reader outside the wall of measures does not see who asked for a message from behind it: the name of a decider would tell that there is a decision.
-- fragment: message_columns
m.id, m.template, m.template_version, m.channel, m.language, m.to_user_id, case when :shows_to_user_name::boolean then app.colleague_name(m.to_user_id) end as to_user_name, m.to_contact_id, m.to_candidate_id, m.purpose, m.document_id, m.noun, m.subject_id, m.candidate_id,
m.urgent, m.state, m.fault, m.planned_at, m.next_at, m.handed_at, m.sent_at, m.keep_until, encode(m.content_hash, 'hex') as content_hash, m.fallback_of,
case when (m.wall is distinct from 'measure' or app.sees_about(m.wall, m.candidate_id, m.employer_id, app.scope(), app.role(), app.organisation(), app.actor())) then m.asked_by end as asked_by, case when :shows_asked_by_name::boolean then app.colleague_name(case when (m.wall is distinct from 'measure' or app.sees_about(m.wall, m.candidate_id, m.employer_id, app.scope(), app.role(), app.organisation(), app.actor())) then m.asked_by end) end as asked_by_name, m.version,
m.changed_at

-- query: message_list
-- rows: many
-- whose: candidate_id
-- filter: state m.state = %
-- filter: aboutId m.subject_id = %::uuid
-- filter: candidateId m.candidate_id = app.asked_of(%::uuid)
-- filter: employerId m.employer_id = %::uuid
-- filter: toMe m.to_user_id = (select app.actor())
-- sort: plannedAt m.planned_at timestamptz planned_at
-- sort: changedAt m.changed_at timestamptz changed_at
-- key: m.id
-- newest-first:
select {{message_columns}}, case when :shows_about_label::boolean then app.subject_label(m.noun, m.subject_id) end as about_label
from app.message m where true

-- query: message_get
-- rows: one
-- whose: candidate_id
select {{message_columns}}, m.data, app.subject_label(m.noun, m.subject_id) as about_label, app.message_attempts(m.id) as attempts,
       case when :shows_sent_text::boolean then app.message_copy(m.id) end as sent_text
from app.message m where m.id = :id

-- query: message_resend
-- rows: none
-- writes: yes
select app.message_resend(:id::uuid)

-- query: message_acknowledge
-- rows: none
-- body: MessageAcknowledgement
-- writes: yes
select app.message_acknowledge(:id::uuid, @event, @reference)
