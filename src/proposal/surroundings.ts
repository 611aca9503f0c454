import { type Fact, file, type Snapshot } from '../snapshot/snapshot.ts'

/** What is told of the repository as a whole; what is unknown is empty. */
export interface Surroundings {
  /** Of the repository, as GitHub has it. */
  name: string
  description: string
  topics: readonly string[]
  properties: Readonly<Record<string, string | string[]>>
  /** The first lines of README.md. */
  readme: string
  snapshot: Snapshot
}

const mostOfReadme = 20_000

export const surroundingsOf = (snapshot: Snapshot): Surroundings => {
  const { metadata, topics, properties } = snapshot.facts
  const readme = file(snapshot, 'README.md')
  return {
    name: snapshot.repository.name,
    description: valueOr(metadata, undefined)?.description ?? '',
    topics: valueOr(topics, []).slice(0, 50),
    properties: valueOr(properties, {}),
    readme: readme.known && readme.value.exists ? readme.value.text.slice(0, mostOfReadme) : '',
    snapshot,
  }
}

const valueOr = <T, Other>(fact: Fact<T>, other: Other): T | Other => (fact.known ? fact.value : other)
