import { mostDependencies, type Read, type Saying } from '../manifest.ts'
import { parseToml, record } from './python.ts'

/** go.mod */
export const readGoMod = (text: string): Read => {
  const module = /^module\s+"?([^\s"]{1,300})/m.exec(text)?.[1]
  const uses: string[] = []
  for (const line of text.split('\n')) {
    if (/\/\/\s*indirect/.test(line)) continue
    const path = /^[ \t]*(?:require\s+)?([a-z\d][\w.-]*\.[a-z]+\/[^\s]{1,200})\s+v\d/i.exec(line)?.[1]
    if (path && uses.length < mostDependencies) uses.push(withoutMajor(path.toLowerCase()))
  }
  const name = module && withoutMajor(module)
  return { ...(name ? { name: name.slice(name.lastIndexOf('/') + 1) } : {}), uses }
}

const withoutMajor = (path: string): string => path.replace(/\/v\d{1,3}$/, '')

/** go.work: the directories of its `use` lines. */
export const readGoWork = (text: string): Read => ({
  says: ['workspace-only'],
  members: [...text.matchAll(/^[ \t]*(?:use\s+)?\.\/([\w./-]{1,200})\s*$/gm)]
    .map(match => match[1] ?? '')
    .slice(0, 100),
})

/** Cargo.toml */
export const readCargo = (text: string): Read => {
  const toml = parseToml(text)
  const crate = record(toml.package)
  const workspace = record(toml.workspace)
  const isCrate = typeof crate.name === 'string'
  const says: Saying[] = [
    ...(crate.publish === false ? (['private'] as const) : []),
    ...(toml.lib !== undefined ? (['imported'] as const) : []),
    ...(toml.bin !== undefined ? (['command'] as const) : []),
    ...(isCrate ? [] : (['workspace-only'] as const)),
  ]
  return {
    ...(typeof crate.name === 'string' ? { name: crate.name } : {}),
    ...(typeof crate.description === 'string' ? { description: crate.description } : {}),
    ...(typeof crate.version === 'string' ? { version: crate.version } : {}),
    uses: Object.keys({ ...record(workspace.dependencies), ...record(toml.dependencies) })
      .slice(0, mostDependencies)
      .map(each => each.toLowerCase()),
    says,
    members: Array.isArray(workspace.members)
      ? workspace.members.filter(each => typeof each === 'string')
      : [],
  }
}

/** *.csproj */
export const readCsproj = (path: string, text: string): Read => {
  const element = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]{1,300})</${name}>`).exec(text)?.[1]?.trim()
  const sdk = /<Project\s+Sdk\s*=\s*["']([\w.-]{1,100})/.exec(text)?.[1] ?? ''
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.csproj$/, '')
  const packages = [...text.matchAll(/<PackageReference\s+Include\s*=\s*["']([\w.-]{1,100})/g)]
    .slice(0, mostDependencies)
    .map(match => (match[1] ?? '').toLowerCase())
  const isTest = /\.?Tests?$|\.(?:Unit|Integration|Acceptance)Tests?$|Specs$/.test(stem)
  const isTool = element('PackAsTool') === 'true'
  const isExecutable = /^(?:Win)?Exe$/.test(element('OutputType') ?? '')
  const says: Saying[] = [
    ...(isTest || packages.includes('microsoft.net.test.sdk') ? (['tests'] as const) : []),
    ...(/\.Sdk\.(?:Web|Worker|Functions)$/.test(sdk) || element('AzureFunctionsVersion') !== undefined
      ? (['serves', 'runs'] as const)
      : []),
    ...(isTool ? (['command'] as const) : isExecutable ? (['runs'] as const) : []),
    ...(element('PackageId') ||
    element('GeneratePackageOnBuild') === 'true' ||
    element('IsPackable') === 'true'
      ? (['published', 'imported'] as const)
      : []),
  ]
  const version = element('Version')
  const description = element('Description')
  return {
    name: stem,
    ...(description ? { description } : {}),
    ...(version ? { version } : {}),
    uses: packages,
    says: says.length === 0 ? ['imported'] : says,
  }
}
