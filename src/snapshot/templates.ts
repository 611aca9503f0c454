import { type Fact, known, type TemplateEntry } from './snapshot.ts'

/** A repository that we look at and that holds a Template of the name asked for. */
export interface TemplateHolder {
  repository: string
  /** `https://github.com/acme/service-template` */
  url: string
  entry: TemplateEntry
}

/**
 * Which contract a template's name stands for. Where Backstage holds it, the repository that Backstage has it from says
 * what it asks, since our snapshot of that is newer than Backstage's; anybody else who claims the name is not heard. Where
 * Backstage doesn't hold it, a single repository that does is believed, and two decide nothing.
 */
export function chooseTemplate(
  inCatalogue: Fact<TemplateEntry>,
  holders: readonly TemplateHolder[],
): Fact<TemplateEntry> {
  if (inCatalogue.known && inCatalogue.value.exists) {
    const { origin } = inCatalogue.value
    const rightful = holders.find(({ url }) => origin?.startsWith(`url:${url}/`))
    return rightful ? known(rightful.entry, 'snapshot') : inCatalogue
  }
  const [only, second] = holders
  if (!only) return inCatalogue
  if (!second) return known(only.entry, 'snapshot')
  return known(
    only.entry.exists
      ? { ...only.entry, problem: `${only.repository} and ${second.repository} both claim its name` }
      : only.entry,
    'snapshot',
  )
}
