-- program: reminders

-- query: remind
-- rows: none
-- writes: yes
-- gathers:
select app.reminders_fire(:tasks::uuid[], :stamps::bigint[])

-- query: remind_digest
-- rows: none
-- writes: yes
select app.reminder_digests_send(:after::uuid)
