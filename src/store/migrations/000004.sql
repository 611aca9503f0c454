-- What each template asked for and made, a row for each time that it changed: services are held to the version they came from.
create table template_contracts (
  id bigint generated always as identity primary key,
  -- The template's repository.
  repository_id bigint not null,
  ref text not null,
  version text,
  since timestamptz not null,
  contract json not null
);
create index on template_contracts (repository_id, ref, id desc);
