import { isRecord } from '../../snapshot/plain-record.ts'
import { mostDependencies, type Read, type Saying } from '../manifest.ts'

/** package.json */
export const readNpm = (text: string): Read => {
  const json = parsed(text)
  if (!isRecord(json)) return {}
  const name = typeof json.name === 'string' ? json.name : undefined
  const uses = names(json.dependencies)
  const peers = names(json.peerDependencies)
  const entry = ['main', 'module', 'exports', 'types', 'typings'].some(key => json[key] !== undefined)
  const members = workspaces(json.workspaces)
  const scripts = isRecord(json.scripts) ? json.scripts : {}
  const says: Saying[] = [
    ...(json.private === true ? (['private'] as const) : []),
    ...(json.publishConfig !== undefined || json.files !== undefined ? (['published'] as const) : []),
    ...(entry || peers.length > 0 ? (['imported'] as const) : []),
    ...(json.bin !== undefined ? (['command'] as const) : []),
    ...(typeof scripts.start === 'string' ? (['runs'] as const) : []),
    ...(isSettings(name ?? '') ? (['settings'] as const) : []),
    ...(uses.some(each => each === 'react-native' || each === 'expo' || each === '@ionic/core')
      ? (['mobile'] as const)
      : []),
    ...(uses.length === 0 && !entry && json.bin === undefined && json.private === true
      ? (['workspace-only'] as const)
      : []),
  ]
  return {
    ...(name ? { name: name.slice(name.lastIndexOf('/') + 1) } : {}),
    ...textField(json, 'description'),
    ...textField(json, 'version'),
    uses,
    builds: [...names(json.devDependencies), ...peers],
    says,
    members,
  }
}

/** project.json of Nx: what builds it tells what it is; what it needs stands in the package.json of the root. */
export const readNxProject = (text: string): Read => {
  const json = parsed(text)
  if (!isRecord(json) || (json.projectType === undefined && json.targets === undefined))
    return { says: ['tests'] }
  const targets = isRecord(json.targets) ? Object.values(json.targets).slice(0, 50) : []
  const executors = targets.flatMap(target =>
    isRecord(target) && typeof target.executor === 'string' ? (target.executor.split(':')[0] ?? []) : [],
  )
  return {
    ...(typeof json.name === 'string' ? { name: json.name } : {}),
    uses: executors.map(each => each.toLowerCase()),
    says: ['private', ...(json.projectType === 'library' ? (['imported'] as const) : [])],
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}

const textField = (json: Record<string, unknown>, key: 'description' | 'version') =>
  typeof json[key] === 'string' ? { [key]: json[key] } : {}

const names = (value: unknown): string[] =>
  isRecord(value)
    ? Object.keys(value)
        .slice(0, mostDependencies)
        .map(name => name.toLowerCase())
    : []

/** A list, or yarn's `{ packages: [] }`. */
const workspaces = (value: unknown): string[] => {
  const list = isRecord(value) ? value.packages : value
  return Array.isArray(list) ? list.filter(each => typeof each === 'string').slice(0, 100) : []
}

const isSettings = (name: string): boolean =>
  /(?:^|[/-])(?:tsconfig|config|configs|(?:eslint|typescript|ts|prettier|jest|babel|stylelint|tailwind|vitest|rollup|webpack|commitlint|renovate|lint)-(?:config|preset|rules|plugin)s?(?:-[\w-]+)?)$/.test(
    name,
  )
