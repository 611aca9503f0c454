import { evidence } from './evidence.ts'
import { frameworks } from './frameworks.ts'

/** Controls that a rule can ask for together: `packs: { ownership: enforce }`. */
export interface Pack {
  id: string
  title: string
  /** Ids in the order of the library. */
  controls: readonly string[]
}

const inOrder = (ids: readonly string[]): string[] => Object.keys(evidence).filter(id => ids.includes(id))

/** A framework's pack is every control that is evidence for one of its requirements. */
const evidenceFor = (framework: string): string[] =>
  Object.entries(evidence).flatMap(([id, satisfies]) => (framework in satisfies ? [id] : []))

export const packs: readonly Pack[] = [
  {
    id: 'baseline',
    title: 'What any repository can be asked for',
    controls: inOrder([
      'catalog-info-valid',
      'owner-exists',
      'codeowners-valid',
      'ownership-agrees',
      'template-controls',
      'default-branch-protected',
      'readme-present',
      'security-policy',
      'dependency-alerts-enabled',
      'secret-scanning-enabled',
      'no-secret-files',
      'workflow-permissions',
      'lockfile-present',
      'techdocs',
    ]),
  },
  {
    id: 'ownership',
    title: 'Who answers for it',
    controls: inOrder([
      'catalog-info-valid',
      'entity-ref-free',
      'owner-exists',
      'codeowners-valid',
      'ownership-agrees',
      'codeowners-cover',
      'system-declared',
      'on-call-declared',
    ]),
  },
  ...frameworks.map(({ id, title, pack }) => ({
    id: pack,
    title: `Evidence for ${title}`,
    controls: evidenceFor(id),
  })),
]

/** The packs that a control is in, by id. */
export const packsWith = (control: string): string[] =>
  packs.filter(({ controls }) => controls.includes(control)).map(({ id }) => id)

const byId: ReadonlyMap<string, Pack> = new Map(packs.map(pack => [pack.id, pack]))

export const packOf = (id: string): Pack | undefined => byId.get(id)
