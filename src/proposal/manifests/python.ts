import { parse } from 'smol-toml'
import { isRecord } from '../../snapshot/plain-record.ts'
import { mostDependencies, type Read, type Saying } from '../manifest.ts'

/** pyproject.toml, of PEP 621 or Poetry. */
export const readPyproject = (text: string): Read => {
  const toml = parseToml(text)
  const project = record(toml.project)
  const tool = record(toml.tool)
  const poetry = record(tool.poetry)
  const uv = record(record(tool.uv).workspace)
  const commands = { ...record(project.scripts), ...record(poetry.scripts) }
  const name = project.name ?? poetry.name
  const description = project.description ?? poetry.description
  const version = project.version ?? poetry.version
  const says: Saying[] = [
    ...(isRecord(toml['build-system']) && poetry['package-mode'] !== false ? (['imported'] as const) : []),
    ...(Object.keys(commands).length > 0 ? (['command'] as const) : []),
    // Only settings of linters and formatters.
    ...(name === undefined ? (['workspace-only'] as const) : []),
    ...(classifiers(project).some(each => each.startsWith('Private ::')) ? (['private'] as const) : []),
  ]
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof version === 'string' ? { version } : {}),
    uses: [
      ...requirements(project.dependencies),
      ...Object.keys(record(poetry.dependencies)).map(lower),
    ].slice(0, mostDependencies),
    says,
    members: Array.isArray(uv.members) ? uv.members.filter(each => typeof each === 'string') : [],
  }
}

/** setup.py and setup.cfg: code, of which only the plainest lines are read. */
export const readSetup = (text: string): Read => {
  const name = /^[ \t]*name\s*=\s*["']?([\w.-]{1,100})["']?\s*,?\s*$/m.exec(text)?.[1]
  const description = /^[ \t]*description\s*=\s*["']?([^"'\n]{1,300})["']?\s*,?\s*$/m.exec(text)?.[1]
  const version = /^[ \t]*version\s*=\s*["']?(\d[\w.]{0,30})["']?\s*,?\s*$/m.exec(text)?.[1]
  return {
    ...(name ? { name } : {}),
    ...(description ? { description } : {}),
    ...(version ? { version } : {}),
    uses: [...text.matchAll(/["']([A-Za-z][\w.-]{0,60})(?:\[[\w,]{0,40}\])?[=<>~!]=/g)]
      .slice(0, mostDependencies)
      .map(match => lower(match[1] ?? '')),
    says: ['imported', ...(/console_scripts/.test(text) ? (['command'] as const) : [])],
  }
}

/** requirements.txt */
export const readRequirements = (text: string): Read => ({
  uses: requirements(text.split('\n').slice(0, mostDependencies)),
})

const requirements = (list: unknown): string[] =>
  Array.isArray(list)
    ? list.slice(0, mostDependencies).flatMap(line => {
        const name = typeof line === 'string' ? /^[ \t]*([A-Za-z][\w.-]{0,80})/.exec(line)?.[1] : undefined
        return name ? [lower(name)] : []
      })
    : []

const classifiers = (project: Record<string, unknown>): string[] =>
  Array.isArray(project.classifiers) ? project.classifiers.filter(each => typeof each === 'string') : []

const lower = (text: string): string => text.toLowerCase()

export const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})

/** What does not parse holds nothing. */
export const parseToml = (text: string): Record<string, unknown> => {
  try {
    return record(parse(text, { integersAsBigInt: 'asNeeded', maxDepth: 100 }))
  } catch {
    return {}
  }
}
