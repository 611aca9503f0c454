import type { Component } from './component.ts'
import { type Lifecycle, lifecyclesOf } from './lifecycle.ts'
import type { GuessedName } from './name.ts'
import { oneLine } from './one-line.ts'
import { ownersFor } from './owner.ts'
import { type Guess, type GuessedField, sureEnough } from './proposal.ts'
import type { Surroundings } from './surroundings.ts'
import { typesOf } from './type.ts'
import type { Weighed } from './weighed.ts'
import { descriptionOf, systemOf, tagsOf } from './words.ts'
import type { ComponentLines, Line } from './write.ts'

/** A component with all that was guessed of it. */
export interface DraftComponent {
  path: string
  lines: ComponentLines
  guesses: Guess[]
}

const mostCandidates = 5

/** @param all every path of the repository */
export const draftOf = (
  component: Component,
  path: string,
  name: GuessedName,
  around: Surroundings,
  all: ReadonlySet<string>,
): DraftComponent => {
  const types = typesOf(component, around)
  const lifecycles = lifecyclesOf(component, around, types[0]?.answer)
  const owners = ownersFor(component, around)
  const description = descriptionOf(component, around)
  const tags = tagsOf(component, around)
  const system = systemOf(around)
  const guess = (
    field: GuessedField,
    confidence: number,
    evidence: string,
    value?: string,
    candidates: readonly string[] = [],
  ): Guess => ({
    path,
    component: name.name,
    field,
    ...(value === undefined ? {} : { value }),
    confidence,
    evidence: `${oneLine(evidence, 300)}.`,
    candidates: [...candidates],
  })
  const type = line(types, ['service', 'website', 'library'])
  const lifecycle = line<Lifecycle>(lifecycles, ['production', 'experimental', 'deprecated'])
  const owner = line(owners.teams, [...owners.unsure, ...owners.people])
  const at = component.directory === '' ? '' : `${component.directory}/`
  return {
    path,
    lines: {
      name: name.name,
      ...(name.title === undefined ? {} : { title: oneLine(name.title, 100) }),
      ...(description ? { description: description.value } : {}),
      tags,
      hasDocumentation: all.has(`${at}mkdocs.yml`) || all.has(`${at}mkdocs.yaml`),
      type,
      lifecycle,
      owner,
      ...(system ? { system: system.value } : {}),
    },
    guesses: [
      guess('metadata.name', name.confidence, name.because, name.name, name.candidates),
      ...(description
        ? [guess('metadata.description', description.confidence, description.because, description.value)]
        : []),
      ...(tags.length > 0
        ? [guess('metadata.tags', 0.9, "They are the repository's topics", tags.join(', '))]
        : []),
      guess(
        'spec.type',
        types[0]?.confidence ?? 0,
        reasons(types, 'Nothing in the repository tells what it is'),
        type.value,
        type.candidates,
      ),
      guess(
        'spec.lifecycle',
        lifecycles[0]?.confidence ?? 0,
        reasons(lifecycles, 'Nothing tells how far it is'),
        lifecycle.value,
        lifecycle.candidates,
      ),
      guess(
        'spec.owner',
        owners.teams[0]?.confidence ?? 0,
        reasons(owners.teams, 'No team that exists is named, nor has one the right to write'),
        owner.value,
        owner.candidates,
      ),
      ...(system ? [guess('spec.system', system.confidence, system.because, system.value)] : []),
    ],
  }
}

/** The best answer where it is sure enough; the others stand by, and the usual ones behind them. */
const line = <Answer extends string>(weighed: readonly Weighed<Answer>[], usual: readonly string[]): Line => {
  const [best] = weighed
  const isSure = best !== undefined && best.confidence >= sureEnough
  const others = [...new Set([...weighed.map(({ answer }): string => answer), ...usual])]
  const candidates = others.filter(each => !isSure || each !== best.answer).slice(0, mostCandidates)
  return { ...(isSure ? { value: best.answer } : {}), candidates }
}

/** The strongest reasons for the best answer, and the best against it. */
const reasons = (weighed: readonly Weighed[], none: string): string => {
  const [best, second] = weighed
  if (!best) return none
  const because = best.because.slice(0, 2).join(', and ')
  const against =
    second && second.confidence > 0.2 ? `; but ${second.because[0]}, which speaks for ${second.answer}` : ''
  return capitalised(`${because}${against}`)
}

/** A path keeps its case. */
const capitalised = (text: string): string =>
  /^[^\s]*[/.\d]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)
