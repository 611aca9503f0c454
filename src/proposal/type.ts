import type { Component } from './component.ts'
import { neededFor } from './frameworks.ts'
import type { Saying } from './manifest.ts'
import type { Surroundings } from './surroundings.ts'
import { typesByPaths } from './type-by-paths.ts'
import { typesByWords } from './type-by-words.ts'
import { type ComponentType, typeSign as sign } from './types.ts'
import { type Sign, type Weighed, weigh } from './weighed.ts'

/** What kind of thing it is, the likeliest first; empty when nothing tells. */
export const typesOf = (component: Component, around: Surroundings): Weighed<ComponentType>[] =>
  weigh([...ofManifests(component), ...typesByPaths(component), ...typesByWords(component, around)])

const ofManifests = (component: Component): Sign<ComponentType>[] => {
  const { manifests } = component
  const code = manifests.filter(({ ecosystem }) => ecosystem !== 'docker' && ecosystem !== 'helm')
  const says = (saying: Saying) => code.find(manifest => manifest.says.has(saying))
  const docker = manifests.find(({ ecosystem }) => ecosystem === 'docker')
  const chart = manifests.find(({ ecosystem, says: said }) => ecosystem === 'helm' && !said.has('imported'))
  const uses = code.flatMap(manifest => manifest.uses)
  const runnable = code.filter(({ says: said }) => !said.has('imported') || said.has('runs'))
  const builds = runnable.filter(({ ecosystem }) => ecosystem === 'npm').flatMap(manifest => manifest.builds)
  const imported = says('imported')
  const published = says('published')
  const command = says('command')
  const mobile = says('mobile')
  const isPrivate = code.length > 0 && code.every(({ says: said }) => said.has('private'))
  const found: Sign<ComponentType>[] = []

  const serving = neededFor('serving', uses)
  const documenting = neededFor('documenting', uses)
  const showing = neededFor('showing', uses) ?? neededFor('showing', builds)
  const bulk = neededFor('bulk', uses)
  if (bulk) found.push(sign('data-pipeline', 0.7, `it needs ${bulk} to run`))
  const commanding = neededFor('commanding', uses)
  const serves = code.find(manifest => manifest.says.has('serves'))
  const runs = code.find(manifest => manifest.says.has('runs') && manifest.ecosystem !== 'npm')

  // A library for a framework needs it as well: then it is asked of whoever uses it, or published.
  const isForOthers = imported && (published || !isPrivate) && !docker && !runs
  if (mobile) found.push(sign('mobile-app', 0.75, `${mobile.path} builds an app for phones`))
  if (serves) found.push(sign('service', 0.75, `${serves.path} builds something that answers requests`))
  if (serving && !mobile) found.push(sign('service', isForOthers ? 0.35 : 0.7, `it needs ${serving} to run`))
  if (runs && !serves && !mobile)
    found.push(sign('service', 0.45, `${runs.path} builds something that runs by itself`))
  if (showing && !mobile && !serving)
    found.push(sign('website', imported && !isPrivate ? 0.25 : 0.8, `it is built with ${showing}`))
  else if (showing && !mobile)
    found.push(
      sign('website', /^(?:next|nuxt|@remix-run)/.test(showing) ? 0.7 : 0.4, `it is built with ${showing}`),
    )
  if (documenting && !serving) found.push(sign('documentation', 0.2, `it is built with ${documenting}`))
  if (docker) {
    found.push(
      docker.says.has('serves')
        ? sign(showing && !serving ? 'website' : 'service', 0.5, `${docker.path} opens a port`)
        : sign(showing && !serving ? 'website' : 'service', 0.4, `${docker.path} builds an image`),
    )
  }
  if (chart) found.push(sign(showing && !serving ? 'website' : 'service', 0.4, `${chart.path} deploys it`))
  if (command) {
    found.push(
      sign(
        'tool',
        serving || serves ? 0.2 : imported && command.ecosystem !== 'npm' ? 0.55 : 0.65,
        `${command.path} installs a command`,
      ),
    )
  }
  if (commanding && !serving && !serves)
    found.push(sign('tool', 0.45, `it reads its command line with ${commanding}`))
  if (imported && !mobile) {
    const ran = docker || runs || serves || chart
    const weight = ran || command ? 0.2 : published ? 0.75 : isPrivate && showing ? 0.45 : 0.65
    found.push(sign('library', weight, `${imported.path} is made to be imported`))
  }
  if (published && !serves && !docker)
    found.push(sign('library', command ? 0.2 : 0.5, `${published.path} is published`))
  if (code.some(({ says: said }) => said.has('settings')))
    found.push(sign('library', 0.7, 'it holds settings that other projects import'))
  return found
}
