-- Every table in parts has those of the months that come.
select audit.sweep();
