import type { SettingStep } from '../../controls/control.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { link, prose, urlPath } from './markdown.ts'

/** `Settings › Rules › Rulesets` */
export const menuPath = ({ path }: SettingStep): string => path.map(each => prose(each, 80)).join(' › ')

/** The same, linked to the page where there is one to show. */
export function settingWay({ repository }: Snapshot, step: SettingStep): string {
  const way = menuPath(step)
  if (repository.url === '') return way
  const page =
    step.of === 'organisation'
      ? `${new URL(repository.url).origin}/organizations/${urlPath(repository.owner)}/${urlPath(step.page)}`
      : `${repository.url}/${urlPath(step.page)}`
  return link(way, page)
}
