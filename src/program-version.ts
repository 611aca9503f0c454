import { readFileSync } from 'node:fs'

const manifest: { version: string } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
)

/** Of Golden Path itself: kept with each verdict, since another version may judge the same facts otherwise. */
export const programVersion = manifest.version
