-- program: notifications

-- query: send_begin
-- rows: many
-- writes: yes
select message, number, begun, address, receiver, sender, language, template, version, subject, body, date, route, channel, again, tenant, secret, api_template, pages, lines, epoch
from app.messages_begin(:payload::jsonb, :job::bigint, :sandbox, :portal)

-- query: send_apart
-- rows: none
-- writes: yes
select app.messages_apart(:payload::jsonb)

-- query: send_hand_over
-- rows: one
-- writes: yes
select app.message_hand_over(:message::uuid, :attempt::int, :begun::int, :version::int, :bytes) as handed

-- query: send_end
-- rows: none
-- writes: yes
select app.message_end(:message::uuid, :attempt::int, :begun::int, :outcome, :code::int, :status, :receipt, :about_address::boolean, :retry_after::int)

-- query: report_note
-- rows: one
-- writes: yes
select app.message_reported(:message::uuid, decode(:hash, 'hex'), :action, :status) as noted

-- query: acknowledgement_note
-- rows: one
-- writes: yes
select app.message_acknowledged(:message::uuid, :tenant, :what, :reference) as known
