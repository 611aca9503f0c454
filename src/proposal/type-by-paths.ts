import { directoryOf, nameOf } from '../snapshot/files/tree-files.ts'
import type { Component } from './component.ts'
import { neededFor } from './frameworks.ts'
import { type ComponentType, typeSign as sign } from './types.ts'
import type { Sign } from './weighed.ts'

/** What the names of its files tell of what kind of thing it is. */
export const typesByPaths = ({ directory, paths, manifests }: Component): Sign<ComponentType>[] => {
  const below = directory === '' ? paths : paths.map(path => path.slice(directory.length + 1))
  const has = (pattern: RegExp): string | undefined => below.find(path => pattern.test(path))
  const ecosystems = new Set(manifests.map(({ ecosystem }) => ecosystem))
  const found: Sign<ComponentType>[] = []
  const add = (
    kind: ComponentType,
    weight: number,
    pattern: RegExp,
    say: (path: string) => string,
  ): boolean => {
    const path = has(pattern)
    if (path) found.push(sign(kind, weight, say(path)))
    return path !== undefined
  }
  add(
    'service',
    0.45,
    /(?:^|\/)(?:openapi|swagger)\.(?:ya?ml|json)$|^(?:api|openapi)\/[^/]+\.openapi\.ya?ml$/,
    path => `${path} describes its API`,
  )
  add('service', 0.3, /\.proto$/, path => `${path} describes its API`)
  add(
    'service',
    0.5,
    /^(?:k8s|kubernetes|kustomize|manifests|deploy|deployments?|\.k8s)\/(?:.*\/)?[\w-]*(?:deployment|service|statefulset|kustomization)[\w-]*\.ya?ml$/i,
    path => `${path} deploys it`,
  )
  add('service', 0.5, /^Procfile$/, path => `${path} says what is to run`)
  add(
    'service',
    0.4,
    /^(?:fly\.toml|render\.ya?ml|app\.ya?ml|cloudbuild\.ya?ml|heroku\.yml|railway\.(?:toml|json)|skaffold\.ya?ml|apprunner\.yaml)$/,
    path => `${path} deploys it`,
  )
  add(
    'service',
    0.5,
    /^src\/main\/resources\/(?:application|bootstrap)[\w-]*\.(?:ya?ml|properties)$/,
    path => `${path} configures what runs`,
  )
  add(
    'service',
    0.4,
    /^(?:manage\.py|config\.ru|artisan|bin\/rails|asgi\.py|wsgi\.py)$/,
    path => `${path} starts a server`,
  )
  add('service', 0.6, /^(?:host\.json|function\.json)$/, path => `${path} makes it a cloud function`)
  add('tool', 0.5, /^\.goreleaser\.ya?ml$/, path => `${path} releases a program`)
  add(
    'website',
    0.4,
    /^(?:vercel|netlify|firebase|staticwebapp\.config)\.(?:json|toml)$/,
    path => `${path} publishes pages`,
  )
  add(
    'mobile-app',
    0.7,
    /\.xcodeproj\/|(?:^|\/)AndroidManifest\.xml$/,
    path => `${directoryOf(path)} builds an app for phones`,
  )

  const isServing = manifests.some(({ uses }) => neededFor('serving', uses) !== undefined)
  if (ecosystems.has('go') && !ecosystems.has('docker')) goSigns(below, isServing, found)
  if (ecosystems.has('go') && ecosystems.has('docker') && below.some(isGoMain))
    found.push(sign('service', 0.25, 'it has a Go program and an image'))
  if (ecosystems.has('rust') && !manifests.some(({ says }) => says.has('runs'))) {
    const main = has(/^src\/main\.rs$|^src\/bin\//)
    if (main && !ecosystems.has('docker') && !isServing)
      found.push(sign('tool', 0.45, `${main} is a program`))
    else if (!main && has(/^src\/lib\.rs$|^(?:crates\/)?[\w-]+\/src\/lib\.rs$/))
      found.push(sign('library', 0.75, 'it has a lib.rs and no main.rs'))
  }
  add('github-action', 0.85, /^action\.ya?ml$/, path => `${path} makes it an action for workflows`)
  if (ecosystems.size === 0) found.push(...withoutCode(below))
  return found
}

const isGoMain = (path: string): boolean => /^(?:main\.go|cmd\/(?:[\w.-]+\/)?main\.go)$/.test(path)

const goSigns = (below: readonly string[], isServing: boolean, found: Sign<ComponentType>[]): void => {
  const main = below.find(isGoMain)
  if (main && !isServing) found.push(sign('tool', 0.35, `${main} is a program`))
  else if (!main && below.some(path => /^[^/]+\.go$|^pkg\//.test(path)))
    found.push(sign('library', 0.75, 'it is a Go module without a program'))
}

/** No manifest of any language. */
const withoutCode = (below: readonly string[]): Sign<ComponentType>[] => {
  // What holds the repository itself together tells nothing.
  const counted = below.filter(path => !/^\.|^mkdocs\.ya?ml$|^(?:LICENSE|CODEOWNERS)/.test(path))
  const share = (pattern: RegExp): number =>
    counted.length === 0 ? 0 : counted.filter(path => pattern.test(nameOf(path))).length / counted.length
  const terraform = below.filter(path => path.endsWith('.tf')).length
  const found: Sign<ComponentType>[] = []
  if (terraform > 0) {
    const isModule =
      below.includes('variables.tf') &&
      below.includes('outputs.tf') &&
      !below.some(path =>
        /(?:^|\/)(?:backend|providers?)\.tf$|\.tfvars$|^(?:environments?|envs?|live|stacks?)\//.test(path),
      )
    found.push(
      isModule
        ? sign('library', 0.65, 'it is a Terraform module that others use')
        : sign('infrastructure', 0.7, 'it is Terraform for what runs'),
    )
  }
  if (below.some(path => /(?:^|\/)Chart\.yaml$/.test(path)))
    found.push(sign('helm-chart', 0.7, 'it holds Helm charts'))
  if (below.some(path => /^(?:ansible\.cfg|playbooks?\/|roles\/|site\.ya?ml)/.test(path)))
    found.push(sign('infrastructure', 0.6, 'it holds Ansible playbooks'))
  if (below.some(path => /(?:^|\/)kustomization\.ya?ml$/.test(path)) && share(/\.ya?ml$/) > 0.6)
    found.push(sign('infrastructure', 0.6, 'it holds what Kubernetes is to run'))
  if (
    below.some(path =>
      /^(?:index\.html|public\/index\.html|_config\.yml|hugo\.(?:toml|ya?ml)|config\.toml)$/.test(path),
    ) &&
    below.some(path => /\.html$|^content\/|^_posts\//.test(path))
  )
    found.push(sign('website', 0.7, 'it holds pages'))
  const written = share(/\.(?:md|mdx|rst|adoc|png|svg|jpe?g|drawio|puml)$/i)
  if (below.length > 1 && written > 0.6)
    found.push(
      sign(
        'documentation',
        written > 0.8 || below.includes('mkdocs.yml') ? 0.75 : 0.5,
        'it holds hardly anything but text',
      ),
    )
  return found
}
