-- Who is told of a decision: each recipient once.

-- For the transaction that decides, revises, ends or suspends: one message for each recipient. What was made for an occasion is not made again.
create function app.decision_notify(decision uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
    end $$;
