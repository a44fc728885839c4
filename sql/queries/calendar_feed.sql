-- program: platform

-- query: calendar_feed_make
-- body: CalendarFeedNew
-- rows: none
-- writes: yes
select app.calendar_feed_make(:id::uuid, @name)

-- query: calendar_feed_list
-- rows: many
-- sort: madeAt f.made_at timestamptz made_at
-- key: f.id
select f.id, f.name, f.made_at, f.version, f.changed_at from app.calendar_feed f where true

-- query: calendar_feed_get
-- rows: one
select f.id, f.name, app.calendar_feed_address(f.id) as address, f.made_at, f.version, f.changed_at from app.calendar_feed f where f.id = :id

-- query: calendar_feed_delete
-- rows: one
-- none: stale
delete from app.calendar_feed f where f.id = :id and :version::int8multirange @> f.version returning f.id

-- query: calendar_feed_read
-- rows: one
-- whose: nobody
select c.as_text from (select app.calendar_feed_read(:calendar_token, :language) as as_text) c where c.as_text is not null
