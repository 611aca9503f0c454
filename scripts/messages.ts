// `npm run messages`: writes docs/messages.md, every text that a person meets, from fixtures/messages.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkRuns } from './messages/check-run.ts'
import { commandLine } from './messages/command-line.ts'
import { fixes, suggestions } from './messages/fix.ts'
import { issues } from './messages/issue.ts'
import { previews, starter } from './messages/policy.ts'
import { refusals, replies, waivers } from './messages/replies.ts'
import { type Chapter, page } from './messages/shape.ts'

export const chapters = async (): Promise<Chapter[]> => [
  await checkRuns(),
  await issues(),
  await fixes(),
  await suggestions(),
  await replies(),
  await refusals(),
  waivers(),
  await previews(),
  await starter(),
  await commandLine(),
]

if (import.meta.main) writeFileSync(join(import.meta.dirname, '../docs/messages.md'), page(await chapters()))
