import { builtInControls } from '../../src/controls/index.ts'
import { renderWaiver } from '../../src/effects/pull-request/render-waiver.ts'
import {
  type CommandPlace,
  renderClosed,
  renderGivenUp,
  renderHeadUnseen,
  renderHelp,
  renderLimit,
  renderLooked,
  renderLooking,
  renderNoControl,
  renderNoTeam,
  renderNotAllowed,
  renderNotLookedAt,
  renderNotSeen,
  renderOwnerAccepted,
  renderPermissionUnknown,
  renderPolicyUnseen,
  renderPreparing,
  renderRefused,
  renderTeamsUnread,
  renderUnknown,
  renderWaiverAsked,
} from '../../src/effects/reply/render-reply.ts'
import { renderExplained, renderExplainedNeutrally } from '../../src/effects/reply/render-reply-explain.ts'
import { readCommand } from '../../src/intake/commands.ts'
import { mostAnswered } from '../../src/jobs/commands/limit.ts'
import { explain } from '../../src/policy/explain.ts'
import { askableControls } from '../../src/policy/named-controls.ts'
import { hint } from '../../src/policy/nearest.ts'
import { checkWaiver, proposeWaiver } from '../../src/policy/propose-waiver.ts'
import { fixAnswers } from './fix.ts'
import { type Chapter, type Message, markdown, plain } from './shape.ts'
import {
  broken,
  judged,
  now,
  policy,
  policyFiles,
  pullRequest,
  repositoryOf,
  sound,
  unseenProtection,
} from './stage.ts'

const repository = 'acme/payments-api'
const onIssue: CommandPlace = { isPullRequest: false, isNeutral: false }
const onPull: CommandPlace = { isPullRequest: true, isNeutral: false }

const reply = (name: string, seen: string, text: string): Message => ({
  name,
  seen,
  parts: [markdown('Reply', text)],
})

export const replies = async (): Promise<Chapter> => {
  const main = judged(await repositoryOf({ files: broken }))
  const open = judged(await repositoryOf({ files: sound, facts: { protection: unseenProtection } }))
  const run = 'https://github.com/acme/payments-api/commit/3f2c1ab000000000000000000000000000000002/checks'
  const explained = (id: string, of = main) => {
    const { snapshot, verdict } = of
    const explanation = explain(snapshot, policy, verdict, id)
    const [control] = explanation.controls
    if (!control) throw new Error(`There is no control ${id}`)
    return { control, judgement: { ...of, explanation } }
  }
  const told = (id: string, of = main): string => {
    const { control, judgement } = explained(id, of)
    return renderExplained(control, judgement)
  }
  const neutral = explained('owner-exists')
  const pull = judged(await pullRequest())
  return {
    title: 'Replies to commands',
    about:
      'One reply to each command, edited in place: first what is under way, then what came of it. Commands stand in comments on the tracking issue or on a pull request.',
    messages: [
      reply('`help`', 'Who asked, on the tracking issue.', renderHelp(onIssue)),
      reply('`help` on a pull request', 'Who asked.', renderHelp(onPull)),
      reply('`recheck`: under way', 'Who asked.', renderLooking(onIssue)),
      reply('`recheck`: done', 'Who asked.', renderLooked(main.verdict, run, false)),
      reply('`recheck` on a pull request: done', 'Who asked.', renderLooked(pull.verdict, run, false)),
      reply('`recheck`: something can’t be decided', 'Who asked.', renderLooked(open.verdict, run, false)),
      reply('`recheck` in a public repository: done', 'Everybody.', renderLooked(main.verdict, run, true)),
      reply('`recheck`: not seen', 'Who asked, when GitHub did not show the commit.', renderNotSeen()),
      reply('`explain`: fails', 'Who asked.', told('owner-exists')),
      reply('`explain`: advises', 'Who asked.', told('codeowners-valid')),
      reply('`explain`: passes', 'Who asked.', told('readme-present')),
      reply('`explain`: waived', 'Who asked.', told('techdocs')),
      reply('`explain`: can’t be decided', 'Who asked.', told('default-branch-protected', open)),
      reply('`explain`: not asked', 'Who asked.', told('license-present')),
      reply(
        '`explain` in a public repository',
        'Everybody.',
        renderExplainedNeutrally(neutral.control, neutral.judgement),
      ),
      reply('`owner`: accepted', 'Who asked.', renderOwnerAccepted('payments')),
      reply('`fix`: under way', 'Who asked, on the tracking issue.', renderPreparing(onIssue)),
      reply('`fix` on a pull request: under way', 'Who asked.', renderPreparing(onPull)),
      ...(await fixAnswers()),
      reply(
        '`waive`: asked',
        'Who asked.',
        renderWaiverAsked(
          { number: 12, url: 'https://github.com/acme/.github/pull/12', repository: 'acme/.github' },
          { control: 'owner-exists', until: '2027-03-31', renews: false, approver: '@acme/security' },
        ),
      ),
      reply(
        '`waive`: asked, with nobody named who approves',
        'Who asked.',
        renderWaiverAsked(
          { number: 12, url: 'https://github.com/acme/.github/pull/12', repository: 'acme/.github' },
          { control: 'techdocs', until: '2027-04-30', renews: true },
        ),
      ),
    ],
  }
}

export const refusals = async (): Promise<Chapter> => {
  const { verdict } = judged(await repositoryOf({ files: broken }))
  const asked = (control: string, until: string): string => {
    const checked = checkWaiver(
      { control, until },
      { policy, verdict, today: now.toISOString().slice(0, 10) },
    )
    if (checked.ok) throw new Error('It is not refused')
    return renderRefused(checked.why)
  }
  const waived = (folder: string, waiver: { control: string; until: string; reason: string }): string => {
    const proposed = proposeWaiver(
      policyFiles(folder),
      { repository: 'payments-api', approvedBy: '@acme/security', ...waiver },
      builtInControls,
    )
    if (proposed.ok) throw new Error('It is not refused')
    return renderRefused(proposed.why)
  }
  const unknown = (comment: string): string => {
    const command = readCommand(comment)
    if (command?.name !== 'unknown') throw new Error('It is understood')
    return renderUnknown(command)
  }
  const again = { control: 'techdocs', until: '2027-03-31', reason: 'The service is switched off in March' }
  return {
    title: 'Commands that are refused',
    about: 'Nothing is done then, and the reply says so, and what would work.',
    messages: [
      reply('No such command', 'Who asked.', unknown('/golden-path rechek')),
      reply('A command that can’t be read', 'Who asked.', unknown('/golden-path waive techdocs')),
      reply('A command with something behind it', 'Who asked.', unknown('/golden-path fix everything')),
      reply('An owner that can’t be read', 'Who asked.', unknown('/golden-path owner')),
      reply('No right to it', 'Who asked.', renderNotAllowed('mallory', repository)),
      reply('The right is not known', 'Who asked.', renderPermissionUnknown('jane', repository)),
      reply('Too many', 'Whoever commands too much.', renderLimit(mostAnswered.team)),
      reply('On a closed pull request', 'Who asked.', renderClosed()),
      reply('Not looked at yet', 'Who asked.', renderNotLookedAt()),
      reply('Given up', 'Who asked, after the last try.', renderGivenUp(10)),
      reply(
        '`explain`: no such control',
        'Who asked.',
        renderNoControl('owner-exist', hint('owner-exist', askableControls(policy))),
      ),
      reply(
        '`owner`: no such team',
        'Who asked.',
        renderNoTeam('@acme/paymnts', 'acme', hint('paymnts', ['payments', 'search'])),
      ),
      reply('`owner`: the teams are not known', 'Who asked.', renderTeamsUnread('payments', 'acme')),
      reply('`fix` on a pull request: not looked at yet', 'Who asked.', renderHeadUnseen()),
      reply('`waive`: the policy’s repository is not seen', 'Who asked.', renderPolicyUnseen()),
      reply('`waive`: no such control', 'Who asked.', asked('owner-exist', '31 March 2027')),
      reply('`waive`: not asked here', 'Who asked.', asked('license-present', '31 March 2027')),
      reply('`waive`: no day', 'Who asked.', asked('owner-exists', 'next spring')),
      reply('`waive`: a day that has passed', 'Who asked.', asked('owner-exists', '1 March 2026')),
      reply('`waive`: too long', 'Who asked.', asked('owner-exists', '31 December 2027')),
      reply('`waive`: said already', 'Who asked.', waived('policy', again)),
      reply('`waive`: the policy has a mistake', 'Who asked.', waived('policy-with-mistake', again)),
    ],
  }
}

export const waivers = (): Chapter => {
  const of = (odd: { approver?: string; isOnlyAsker?: boolean; renews: boolean }): Message['parts'] => {
    const { title, body, commitMessage } = renderWaiver({
      repository,
      control: {
        id: 'owner-exists',
        title: 'Owner exists',
        why: builtInControls.get('owner-exists')?.why ?? '',
      },
      until: '2027-01-31',
      reason: 'The team is renamed in January',
      by: 'jane',
      url: 'https://github.com/acme/payments-api/issues/5#issuecomment-99',
      path: 'golden-path/waivers.yml',
      ...odd,
    })
    return [plain('Title', title), markdown('Text', body), plain('Commit message', commitMessage)]
  }
  return {
    title: 'The pull request of a waiver',
    about: 'In the repository of the policy, opened by `/golden-path waive`.',
    messages: [
      {
        name: 'A waiver is asked for',
        seen: 'Who approves waivers.',
        parts: of({ approver: '@acme/security', renews: false }),
      },
      {
        name: 'A waiver is to be changed, and nobody is named who approves',
        seen: 'Whoever looks after the policy.',
        parts: of({ renews: true }),
      },
      {
        name: 'A waiver is asked for by the only one who approves',
        seen: 'Whoever looks after the policy.',
        parts: of({ isOnlyAsker: true, renews: false }),
      },
    ],
  }
}
