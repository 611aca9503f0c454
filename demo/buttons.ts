import type { Stage } from './stage.ts'

/** The buttons of a check run. GitHub's API tells them to nobody but the app: they are read out of the emulated one. */

export interface Button {
  identifier: string
  label: string
  description: string
}

export const buttonsOf = ({ github }: Pick<Stage, 'github'>, checkRun: number): Button[] =>
  github.world.db.checkRuns.get(checkRun)?.actions ?? []

/** As a person does on the page of the check run; GitHub has no API for it. */
export async function press(
  { github, organisation }: Pick<Stage, 'github' | 'organisation'>,
  repository: string,
  checkRun: number,
  action = 'fix',
): Promise<void> {
  const answer = await fetch(`${github.url}/_emulator/requested-action`, {
    method: 'POST',
    body: JSON.stringify({ repository: `${organisation}/${repository}`, checkRun, action }),
  })
  if (!answer.ok) throw new Error(`The button could not be pressed: ${await answer.text()}`)
}
