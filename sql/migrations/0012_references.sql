-- Two users of a municipality do not share an address that differs in capitals only.

drop index app.user_account_email;
create unique index user_account_email on app.user_account (tenant_id, lower(email));
