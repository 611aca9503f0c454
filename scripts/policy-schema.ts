// `npm run schema`: writes what editors are given and the tables of docs/policy.md, both from src/policy/schema.ts.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonSchemas } from '../src/policy/json-schema.ts'
import { withReference } from './policy-reference.ts'

const inRoot = (path: string): string => join(import.meta.dirname, '..', path)

for (const [file, schema] of Object.entries(jsonSchemas()))
  writeFileSync(inRoot(file), `${JSON.stringify(schema, undefined, 2)}\n`)

const page = inRoot('docs/policy.md')
writeFileSync(page, withReference(readFileSync(page, 'utf8')))
