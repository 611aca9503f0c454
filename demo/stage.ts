import { fileURLToPath } from 'node:url'
import { freePort } from './backstage/free-port.ts'
import { type Backstage, startBackstage } from './backstage/start.ts'
import { readOrganisation } from './github/read-organisation.ts'
import { type EmulatedGitHub, startGitHub } from './github/start.ts'
import type { Keeper } from './keeper.ts'
import { newcomer } from './newcomer.ts'
import { type Person, person } from './person.ts'
import { step } from './progress.ts'
import { type Service, startService } from './service.ts'
import { createWitness, type Witness } from './witness.ts'

/** Where the story is played. */
export interface Stage {
  organisation: string
  github: EmulatedGitHub
  backstage: Backstage
  service: Service
  /** An owner of the organisation. */
  ada: Person
  witness: Witness
}

const organisationFolder = fileURLToPath(new URL('organisation', import.meta.url))

/** One after the other: on two cores nothing is gained by starting them at once. */
export async function startStage({ keep }: Keeper, onEnded: (sentence: string) => void): Promise<Stage> {
  const port = await freePort()
  const github = await step('An emulated GitHub with the sample organisation', () =>
    keep(async () =>
      startGitHub({
        org: [await readOrganisation(organisationFolder), newcomer],
        webhook: `http://127.0.0.1:${port}/api/github/webhooks`,
      }),
    ),
  )
  const backstage = await step('A real Backstage catalogue, with a PostgreSQL of its own', () =>
    keep(signal =>
      startBackstage({ githubUrl: github.url, githubToken: github.userToken, processingSeconds: 1, signal }),
    ),
  )
  void backstage.ended.then(() => onEnded('Backstage ended.'))
  const service = await step('The app, on PGlite', () =>
    keep(signal => startService({ github, backstage, port, signal })),
  )
  void service.ended.then(onEnded)
  const organisation = github.installations[0]?.account ?? ''
  const ada = person(github.url, github.userToken, organisation)
  const witness = createWitness({ person: ada, organisation, githubUrl: github.url, backstage })
  return { organisation, github, backstage, service, ada, witness }
}
