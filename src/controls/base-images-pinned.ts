import { type BaseImage, type Dockerfile, readDockerfile } from '../snapshot/files/dockerfile.ts'
import { filesMatching } from '../snapshot/files/tree-files.ts'
import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { Control, Finding } from './control.ts'
import { failIfAny, notApplicable, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest } from './support/at-rest.ts'
import { bounded } from './support/bounded.ts'
import { notOurs } from './support/manifests.ts'
import { given, globs, matchesAny } from './support/parameter.ts'

const dockerfiles = [
  '**/Dockerfile',
  '**/Dockerfile.*',
  '**/*.Dockerfile',
  '**/*.dockerfile',
  '**/Containerfile',
] as const

const messages = {
  none: 'There is no Dockerfile.',
  leftOut: 'There is no Dockerfile but those that are left out, as of tests and examples.',
  unpinned: (image: string): string =>
    `${quoted(image)} is whatever stands under that name on the day of the build. Expected the image by its digest (@sha256:…).`,
  byDefault: (image: string, written: string): string =>
    `${quoted(written)} is ${quoted(image)} unless the build says otherwise. Expected an image by its digest (@sha256:…).`,
  open: (path: string, line: number, image: string): string =>
    `${plain(path)}:${line} begins from ${quoted(image)}, which only the build knows`,
  broken: (path: string): string => `${plain(path)} can't be read as a Dockerfile. Expected one that can.`,
  tooMuch: (path: string): string =>
    `${plain(path)} is not read: the Dockerfiles of the repository have more than 1 MiB together. Expected less.`,
}

/** Together; the slowest text takes 1.2 s for it. A Dockerfile has 2 KiB. */
const mostCharacters = 1 << 20

const ignore = globs([...notOurs, '.devcontainer/**'])

export const baseImagesPinned: Control = {
  id: 'base-images-pinned',
  title: 'Base images pinned',
  why: 'The same tag names another image tomorrow, so that nobody can say what a build was made of or repeat it.',
  satisfies: evidenceOf('base-images-pinned'),
  reads: { files: ['Dockerfile', ...dockerfiles], facts: ['metadata'], tree: true },
  parameters: { ignore },
  check: (snapshot, context) => {
    const resting = atRest(snapshot)
    if (resting) return resting
    const matched = filesMatching(snapshot, dockerfiles)
    if (!matched.known) return undecided(`${matched.detail}.`)
    const isIgnored = matchesAny(given(context, 'ignore', ignore))
    const findings: Finding[] = []
    const open: string[] = []
    let [count, characters, leftOut] = [0, 0, 0]
    for (const { path, fact } of matched.value) {
      if (path.endsWith('.dockerignore')) continue
      if (isIgnored(path)) {
        leftOut += 1
        continue
      }
      if (!fact.known) {
        const outcome = unreadableFile(path, fact)
        if (outcome.status === 'fail') findings.push(...outcome.findings)
        else open.push(fact.detail)
        continue
      }
      if (!fact.value.exists) continue
      count += 1
      characters += fact.value.text.length
      const read = characters > mostCharacters ? undefined : readDockerfile(fact.value.text)
      if (!read) {
        findings.push({
          message: characters > mostCharacters ? messages.tooMuch(path) : messages.broken(path),
          location: { path, line: 1 },
          next: `Shorten, repair or remove ${plain(path)}`,
        })
        continue
      }
      const judged = judge(path, read)
      findings.push(...judged.findings)
      open.push(...judged.open)
    }
    return failIfAny(bounded(findings), () => {
      if (open.length > 0) return undecided(`${listed(open, 2)}.`)
      if (count === 0) return notApplicable(leftOut === 0 ? messages.none : messages.leftOut)
      return pass(
        count === 1
          ? 'The Dockerfile begins from images by their digests.'
          : `All ${count} Dockerfiles begin from images by their digests.`,
      )
    })
  },
}

const judge = (path: string, dockerfile: Dockerfile): { findings: Finding[]; open: string[] } => {
  const findings: Finding[] = []
  const open: string[] = []
  const stages = new Set<string>()
  for (const { image: written, stage, line } of dockerfile.from) {
    const image = filledIn(written, dockerfile)
    if (image === undefined) open.push(messages.open(path, line, written))
    else if (!isPinned(image, stages))
      findings.push({
        message: image === written ? messages.unpinned(image) : messages.byDefault(image, written),
        location: { path, line },
        next: `Write the digest of ${plain(image)} after it: @sha256: and 64 digits`,
      })
    if (stage !== undefined) stages.add(stage.toLowerCase())
  }
  return { findings, open }
}

const isPinned = (image: BaseImage['image'], stages: ReadonlySet<string>): boolean =>
  image === 'scratch' || stages.has(image.toLowerCase()) || /@sha256:[0-9a-f]{64}$/i.test(image)

/** With the defaults of the ARGs; `undefined` when one has none. */
const filledIn = (image: string, { arguments: defaults }: Dockerfile): string | undefined => {
  let known = true
  const filled = image.replace(
    /\$(?:\{(\w{1,200})(?::-([^{}]{0,500}))?\}|(\w{1,200}))/g,
    (_, braced: string | undefined, otherwise: string | undefined, bare: string | undefined) => {
      const value = defaults.get(braced ?? bare ?? '') ?? otherwise
      if (!value || value.includes('$')) known = false
      return value ?? ''
    },
  )
  return known && !filled.includes('$') ? filled : undefined
}
