-- What was written comes back to the letter, so that a stored verdict can be judged again: `json` keeps its text,
-- `jsonb` would sort the keys. What SQL asks has columns of its own: `->` fails on a `json` with an escaped NUL in it.
drop index snapshots_expr_idx;
alter table snapshots
  -- Of default branches: `[{ "ref": …, "template": { "ref": …, "version": … } }]`. Who holds an entity, and what a template made.
  add column entities jsonb not null default '[]',
  add column names_owners boolean not null default false;
update snapshots set names_owners = snapshot->'accounts' <> '{}', entities = coalesce(
  (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('ref', entity->'ref', 'template', entity->'template')))
   from jsonb_array_elements(snapshot->'entities') as entity), '[]')
where ref_key = 'default-branch';
alter table snapshots alter column snapshot type json using snapshot::text::json;
create index on snapshots using gin (entities jsonb_path_ops) where ref_key = 'default-branch';

-- What verdicts were judged on. A snapshot is taken apart: each large piece is kept once, by its hash, whoever has it,
-- so that a push costs what it changed.
create table archived_snapshots (
  hash text primary key,
  -- The snapshot with `{ "$part": hash }` in place of its large pieces, and without times.
  outline json not null,
  parts text[] not null
);
create index on archived_snapshots using gin (parts);
create table archived_parts (
  hash text primary key,
  content text not null
);

-- `[{ "id": …, "status": …, "level": … }]`, a control each.
alter table verdicts add column standing jsonb not null default '[]';
update verdicts set standing = coalesce(
  (select jsonb_agg(jsonb_build_object('id', control->'id', 'status', control->'status', 'level', control->'level'))
   from jsonb_array_elements(verdict->'controls') as control), '[]');
alter table verdicts
  alter column verdict type json using verdict::text::json,
  -- Of the verdict without the time of its decision; null in rows older than this column.
  add column hash text,
  -- The last time that the same was decided again.
  add column confirmed_at timestamptz,
  -- The version of Golden Path that decided it.
  add column program text,
  add column archived text references archived_snapshots,
  -- When its snapshot was taken, and which of its facts were read before that.
  add column times json;
update verdicts set confirmed_at = decided_at;
alter table verdicts alter column confirmed_at set not null;
create index on verdicts (archived) where archived is not null;
-- What `prune` looks for.
create index on verdicts (confirmed_at) where archived is not null and ref_key <> 'default-branch';
-- The files of the policy that a verdict names.
create index on policies (owner_id, version);
