import { z } from 'zod'

/** How messages and the reference speak of a part of the schema. */
export interface Words {
  /** What it is, without an article: `selector`, `day of the calendar`. */
  name: string
  /** What is right, after "Expected", where the type alone doesn't say it. */
  expects?: string
}

/** Kept beside the schema, not in it: `policy.schema.json` has no use for them. */
export const words = z.registry<Words>()

export const text = z.string().trim().min(1)

/** One, or a list of them. */
export const texts = z.union([text, z.array(text).min(1)])

export const date = z.iso
  .date()
  .register(words, { name: 'day of the calendar', expects: 'YYYY-MM-DD, as 2027-01-15' })

/** `30d`, `6w`, `3m`, `2y`. */
export const duration = z
  .string()
  .regex(/^[1-9]\d{0,3}[dwmy]$/)
  .register(words, {
    name: 'length of time',
    expects: 'a number of days, weeks, months or years, as 30d, 6w, 3m or 2y',
  })

// A month of 30 days: what is meant is "about so long", and an end that moves with February surprises.
const daysOf: Record<string, number> = { d: 1, w: 7, m: 30, y: 365 }

export const daysIn = (written: z.infer<typeof duration>): number =>
  Number(written.slice(0, -1)) * (daysOf[written.slice(-1)] ?? 1)

/** Of whole percents. */
export const percentage = z
  .string()
  .regex(/^(?:100|[1-9]?\d)%$/)
  .register(words, { name: 'percentage', expects: 'a whole one from 0% to 100%, as 10%' })

/** A team or a person, as CODEOWNERS names them. */
export const handle = z
  .string()
  .regex(/^@[A-Za-z\d][\w-]*(?:\/[\w.-]+)?$/)
  .register(words, { name: 'team or person', expects: '@organisation/team or @person, in quotes' })

/** With its owner, since it may be another organisation's. */
export const repositoryName = z
  .string()
  .regex(/^[A-Za-z\d](?:[A-Za-z\d-]{0,38})\/[\w.-]{1,100}$/)
  .register(words, { name: 'repository', expects: 'owner/name, as acme/compliance' })

export const label = z
  .string()
  .trim()
  .min(1)
  .max(50)
  .register(words, { name: 'label', expects: 'at most 50 characters' })

/** Of one day: an end before the begin would be the night, which nobody means. */
export const hours = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/)
  .refine(written => written.slice(0, 5) < written.slice(6))
  .register(words, { name: 'span of hours', expects: 'two times of one day, as 08:00-17:00' })

export const timeZone = z
  .string()
  .refine(isTimeZone)
  .register(words, { name: 'time zone', expects: 'a name like Europe/Berlin' })

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
