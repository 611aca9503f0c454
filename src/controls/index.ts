import { catalogInfoValid } from './catalog-info-valid.ts'
import { codeownersValid } from './codeowners-valid.ts'
import type { Control } from './control.ts'
import { defaultBranchProtected } from './default-branch-protected.ts'
import { entityRefFree } from './entity-ref-free.ts'
import { ownerExists } from './owner-exists.ts'
import { ownershipAgrees } from './ownership-agrees.ts'
import { techdocs } from './techdocs.ts'
import { templateControls } from './template-controls.ts'

/** The library, in the order in which people read it: is it described, who owns it, is it kept. */
const library: readonly Control[] = [
  catalogInfoValid,
  entityRefFree,
  ownerExists,
  codeownersValid,
  ownershipAgrees,
  templateControls,
  defaultBranchProtected,
  techdocs,
]

export const builtInControls: ReadonlyMap<string, Control> = new Map(
  library.map(control => [control.id, control]),
)
