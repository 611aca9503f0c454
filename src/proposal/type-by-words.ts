import { nameOf } from '../snapshot/files/tree-files.ts'
import type { Component } from './component.ts'
import type { Surroundings } from './surroundings.ts'
import { type ComponentType, typeSign as sign } from './types.ts'
import type { Sign } from './weighed.ts'

/** Where it lies tells what it is meant for. */
const places: [ComponentType, RegExp][] = [
  ['service', /(?:^|\/)(?:services?|microservices|functions|lambdas|workers?|backends?|servers?)\//],
  ['website', /(?:^|\/)(?:frontends?|websites?)\//],
  ['library', /(?:^|\/)(?:packages|pkgs|libs?|libraries|plugins|sdks?)\//],
]

/** What people call it. */
export const typesByWords = (
  { directory, isPart, manifests }: Component,
  { name, description, topics }: Surroundings,
): Sign<ComponentType>[] => {
  const called = (isPart && directory !== '' ? nameOf(directory) : name).toLowerCase()
  const found: Sign<ComponentType>[] = []
  const words: [ComponentType, RegExp][] = [
    [
      'service',
      /(?:^|[-_.])(?:service|svc|api|server|backend|worker|gateway|bff|consumer|processor|lambda|function)$/,
    ],
    ['website', /(?:^|[-_.])(?:web|website|frontend|ui|site|dashboard|portal|webapp|spa|www|storefront)$/],
    [
      'library',
      /(?:^|[-_.])(?:lib|library|sdk|client|common|shared|utils?|core|types|components|toolkit|kit)$/,
    ],
    ['tool', /(?:^|[-_.])(?:cli|tool|ctl)$|^[a-z]{2,}ctl$/],
    ['documentation', /(?:^|[-_.])(?:docs|documentation|handbook|wiki|adrs?|runbooks?)$/],
    [
      'infrastructure',
      /(?:^|[-_.])(?:infra|infrastructure|terraform|gitops|ansible)$|^(?:infra|infrastructure|gitops)[-_.]/,
    ],
  ]
  // A library of buttons is called ui as well.
  const isImported = manifests.some(({ says }) => says.has('imported') && !says.has('runs'))
  for (const [kind, pattern] of words)
    if (pattern.test(called))
      found.push(
        sign(kind, isImported && kind !== 'library' ? 0.15 : 0.35, `it is called ${called.slice(0, 80)}`),
      )
  for (const [kind, pattern] of places)
    if (isPart && pattern.test(directory))
      found.push(sign(kind, 0.35, `it lies in ${directory.slice(0, 80)}`))
  if (isPart) return found
  const said = `${description.slice(0, 300)} `.toLowerCase()
  const spoken: [ComponentType, RegExp][] = [
    ['service', /\b(?:micro)?service\b|\b(?:rest|graphql|grpc|http) api\b|\bbackend\b|\bapi server\b/],
    [
      'website',
      /\bweb ?site\b|\bweb ?app(?:lication)?\b|\bfront-?end\b|\bsingle.page\b|\bportal\b|\bstorefront\b/,
    ],
    ['library', /\blibrary\b|\bsdk\b|\bclient for\b|\bhelpers\b|\breusable\b/],
    ['tool', /\bcommand.?line\b|\bcli\b/],
    ['documentation', /\bdocumentation\b|\bhandbook\b|\brunbooks?\b/],
    ['infrastructure', /\bterraform\b|\binfrastructure\b|\bgitops\b/],
  ]
  for (const [kind, pattern] of spoken)
    if (pattern.test(said)) found.push(sign(kind, 0.3, 'its description says so'))
  for (const [kind, pattern] of spoken)
    if (topics.some(topic => pattern.test(topic.replaceAll('-', ' '))))
      found.push(sign(kind, 0.3, 'its topics say so'))
  return found
}
