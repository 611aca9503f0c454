-- When something was created at GitHub that its limits on content count: kept for an hour, so that a restart or a second
-- replica knows what the others did.
create table content_created (
  installation_id bigint not null,
  at timestamptz not null
);
create index on content_created (installation_id, at);
