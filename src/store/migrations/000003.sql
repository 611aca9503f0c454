-- Whether members must have a second factor: a fact, so that why it is not known is kept too.
alter table directories add column two_factor jsonb;
