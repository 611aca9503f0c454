import { codeownersPaths } from '../snapshot/files/codeowners.ts'
import { expandBraces } from '../snapshot/files/linear-glob.ts'
import { workflowGlobs } from '../snapshot/files/workflow.ts'
import type { ProposalReads } from './proposal.ts'
import { manifestGlobs } from './read-manifests.ts'

/** What a proposal is drawn from, beside `Snapshot.activity`. Read on demand: only for a repository that gets one. */
export const proposalReads: ProposalReads = {
  files: [
    'catalog-info.yaml',
    'catalog-info.yml',
    ...codeownersPaths,
    'README.md',
    ...workflowGlobs.flatMap(expandBraces),
    ...manifestGlobs,
  ],
  facts: ['metadata', 'topics', 'properties', 'languages', 'latestRelease', 'environments'],
  entities: true,
  tree: true,
}
