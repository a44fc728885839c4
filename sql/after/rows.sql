-- Removes the rows that no file of sql/states and sql/kinds has written in this transaction: they are in no file any more.
-- A row that something refers to stays, and so does everything else: the migration is refused.
delete from ref.state_operation o where o.xmin <> pg_current_xact_id()::xid;
delete from ref.state_move m where m.xmin <> pg_current_xact_id()::xid;
delete from ref.state s where s.xmin <> pg_current_xact_id()::xid;
delete from queue.kind k where k.xmin <> pg_current_xact_id()::xid;
