create table installations (
  id bigint primary key,
  account text not null,
  account_id bigint not null,
  account_type text not null,
  permissions jsonb not null default '{}',
  suspended_at timestamptz,
  gone_at timestamptz,
  synced_at timestamptz,
  updated_at timestamptz not null default now()
);
create index on installations (account_id);

-- By GitHub's id: a rename or a transfer changes names and owner, never the row.
create table repositories (
  id bigint primary key,
  node_id text not null,
  name text not null,
  owner text not null,
  owner_id bigint not null,
  installation_id bigint not null,
  default_branch text,
  archived boolean,
  gone_at timestamptz,
  updated_at timestamptz not null default now()
);
create index on repositories (installation_id) where gone_at is null;
create index on repositories (owner_id, name);

create table deliveries (
  guid text primary key,
  event text not null,
  action text,
  installation_id bigint,
  repository_id bigint,
  sender text,
  ref text,
  before text,
  after text,
  -- Why it led to no job, in a sentence; null when it did.
  ignored text,
  received_at timestamptz not null default now()
);
create index on deliveries (received_at);

create table snapshots (
  repository_id bigint not null,
  -- `default-branch`, `pull:7`, …: what is looked at, whichever commit it is at.
  ref_key text not null,
  sha text not null,
  taken_at timestamptz not null,
  snapshot jsonb not null,
  primary key (repository_id, ref_key)
);
create index on snapshots (repository_id, sha);
-- Who holds an entity, and what a template made.
create index on snapshots using gin ((snapshot->'entities') jsonb_path_ops) where ref_key = 'default-branch';

create table verdicts (
  id bigint generated always as identity primary key,
  repository_id bigint not null,
  ref_key text not null,
  sha text not null,
  policy text not null,
  conclusion text not null,
  decided_at timestamptz not null,
  verdict jsonb not null
);
create index on verdicts (repository_id, ref_key, id desc);
create index on verdicts (repository_id, sha, id desc);

create table published (
  repository_id bigint not null,
  key text not null,
  kind text not null,
  state text not null check (state in ('intended', 'done')),
  external_id text,
  hash text not null,
  detail jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (repository_id, key)
);
create index on published (kind, key);

-- One row per attempt to read an owner's policy that changed something; the newest good one is in force.
create table policies (
  id bigint generated always as identity primary key,
  owner_id bigint not null,
  version text not null,
  commit text not null,
  good boolean not null,
  files jsonb not null,
  problems jsonb not null,
  read_at timestamptz not null default now()
);
create index on policies (owner_id, id desc);

create table directories (
  owner_id bigint primary key,
  teams jsonb not null,
  members jsonb not null,
  fetched_at timestamptz not null
);

create table property_values (
  repository_id bigint primary key,
  owner_id bigint not null,
  properties jsonb not null
);
create index on property_values (owner_id);

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  repository_id bigint,
  what text not null,
  detail jsonb not null
);
create index on audit (repository_id, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is append-only.';
end
$$;
create trigger audit_is_append_only before update or delete on audit
  for each statement execute function refuse_change();

-- Why each job is to run. A pg-boss job carries only its key: jobs coalesce, reasons never do.
create table job_reasons (
  id bigint generated always as identity primary key,
  key text not null,
  kind text not null,
  installation_id bigint not null,
  priority text not null,
  job jsonb not null,
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
create index on job_reasons (key, id) where settled_at is null;
create index on job_reasons (settled_at) where settled_at is not null;
