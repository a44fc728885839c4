-- Somebody is found by name and day of birth.
create index candidate_by_birth on app.candidate (tenant_id, birth_date) where birth_date is not null;
