import type { Snapshot } from '../snapshot/snapshot.ts'

/** Entity names and slugs alike; nothing else goes into a file. */
export const plainSlug = /^[a-z\d](?:[a-z\d._-]{0,61}[a-z\d])?$/

/** `payments` of `@acme/payments`, where that is this organisation. */
export const slugOf = (handle: string, { repository }: Snapshot): string | undefined => {
  const [, owner, slug] = /^@([^/]+)\/(.+)$/.exec(handle.toLowerCase()) ?? []
  return slug && (repository.owner === '' || owner === repository.owner.toLowerCase()) ? slug : undefined
}

/** Teams that most people are in, or that have rights everywhere by their office. */
export const isWide = (slug: string): boolean =>
  /^(?:everyone|everybody|all(?:-.+)?|engineering|engineers?|developers?|devs|employees|staff|members|org-.+|(?:.+-)?admins?|owners|security(?:-.+)?|ci|bots?|automation)$/i.test(
    slug,
  )
