import type { Metadata } from '../../snapshot/snapshot.ts'
import type { Concerns } from '../concerns.ts'
import type { IssueEffect, PublishedDetail } from '../effect.ts'
import type { PlanInput } from '../plan.ts'
import type { Planned } from '../planned.ts'
import type { IssuePlace } from './issue-place.ts'
import { renderMovedIssue } from './render-issue.ts'

/** Where a tracking issue lies and where it is to be: what must be done before anything is told in it. */

export interface IssueState {
  detail: PublishedDetail
  hash?: string
  /** Of an issue that is there, as far as we know. */
  lies?: number
  /** A call was made and its answer not recorded, or the database is new, perhaps because the old one was lost. */
  uncertain: boolean
  exists: boolean
}

export function stateOf({ published }: PlanInput, place: IssuePlace): IssueState {
  const row = published.find(({ key }) => key === 'issue')
  const isLost = place.former === 'hidden' || row?.detail.gone
  const lies = isLost || !row?.externalId ? undefined : Number(row.externalId)
  return {
    detail: row?.detail ?? {},
    hash: row?.hash,
    ...(lies === undefined ? {} : { lies }),
    uncertain: row?.state === 'intended' || published.length === 0,
    exists: row !== undefined,
  }
}

export const isWanted = ({ enforced, ending }: Concerns): boolean => enforced.length > 0 || ending.length > 0

/** What nobody told may be seen by anybody. */
export const isSeenByAll = ({ visibility, untold }: Metadata): boolean =>
  visibility === 'public' || untold?.includes('visibility') === true

export function refusalOf(
  own: Metadata,
  { home, settings }: IssuePlace,
  name: string,
): { at: string; sentence: string } | undefined {
  if (home === undefined || !settings.repository) return undefined
  const at = `${settings.repository.owner}/${settings.repository.name}`
  if (home === 'hidden')
    return {
      at,
      sentence: `No issue is opened for ${name}: the policy wants it in ${at}, which the app does not see. Install the app there, in the same organisation, or correct \`issues.repository\`.`,
    }
  if (home.isPublic && !isSeenByAll(own) && settings.publicRepositories === 'neutral')
    return {
      at: `${at} (public)`,
      sentence: `No issue is opened for ${name}: ${at} is public, or nobody knows yet that it is not, and ${name} is not, so that its title would tell everybody its name. Make ${at} private, or set \`issues.public-repositories\` to \`full\`.`,
    }
  return undefined
}

/** Told once: nothing is sent, and what is there stays as it is. */
export const refuse = (
  issue: IssueState,
  { at, sentence }: { at: string; sentence: string },
): Planned<IssueEffect>[] =>
  issue.detail.refused === at
    ? []
    : [
        {
          kind: 'issue',
          key: 'issue',
          action: issue.lies === undefined ? 'open' : 'edit',
          ...(issue.lies === undefined ? {} : { number: issue.lies }),
          title: '',
          body: '',
          refused: sentence,
          hash: issue.hash ?? '',
          detail: { ...issue.detail, refused: at },
          uncertain: issue.uncertain,
        },
      ]

/** The issue is closed where it lies; the next plan opens another where it is to be. */
export function move(
  issue: IssueState,
  input: PlanInput,
  { home, former }: IssuePlace,
  own: Metadata,
): Planned<IssueEffect>[] {
  if (!former || former === 'hidden') return []
  const wanted = home === 'hidden' ? undefined : home
  const { owner, name } = wanted ?? input.snapshot.repository
  const mayBeNamed = wanted ? wanted.isPublic || !isSeenByAll(own) : isSeenByAll(own)
  const { failing: _failing, change: _change, refused: _refused, home: _home, ...kept } = issue.detail
  const isClosed = issue.detail.closedBy === 'person'
  return [
    {
      kind: 'issue',
      key: 'issue',
      action: 'close',
      ...(issue.lies === undefined ? {} : { number: issue.lies }),
      home: former,
      ...renderMovedIssue(input, mayBeNamed ? { to: `${owner}/${name}` } : {}),
      hash: issue.hash ?? '',
      pending: issue.detail,
      detail: {
        ...(isClosed ? kept : { mention: kept.mention }),
        open: false,
        gone: true,
        ...(wanted ? { home: wanted.id } : {}),
      },
      uncertain: issue.uncertain,
    },
  ]
}
