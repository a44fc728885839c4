-- Instruments: what a municipality does so that a placement lasts.

-- The placement ends, and so do its instruments. Called by app.placement_end(), which has locked the placement.
create function app.instruments_end_of(placement uuid, on_day date) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return;
    end $$;
