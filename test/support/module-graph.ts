import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** One source file: what it imports, and its code with comments and strings taken out. */
export interface Module {
  imports: Import[]
  code: string
}

export interface Import {
  /** A path from the project's root for our own files, otherwise the specifier: `node:fs`, `pg`. */
  target: string
  /** Erased before it runs. */
  isType: boolean
}

/** By path from the project's root. */
export type ModuleGraph = ReadonlyMap<string, Module>

const comment = /\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*/g
// Within one line, so that a quote in a regular expression spoils no more than its line. Templates stay: they hold code.
const quoted = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g
const statement = /^(?:import|export)\s+(?:(type\s+)?([\w$*{}\s,]+?)\s+from\s+)?['"]([^'"\n]+)['"]/gm
const dynamic = /(typeof\s+)?\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g

const onlyTypes = (clause: string): boolean =>
  /^\{[^}]*\}$/.test(clause) &&
  clause
    .slice(1, -1)
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
    .every(name => name.startsWith('type '))

const resolve = (path: string, specifier: string): string =>
  specifier.startsWith('.') ? join(dirname(path), specifier) : specifier

export function readModule(path: string, text: string): Module {
  const uncommented = text.replace(comment, '')
  const statements = [...uncommented.matchAll(statement)].map(([, type, clause = '', specifier = '']) => ({
    target: resolve(path, specifier),
    isType: type !== undefined || onlyTypes(clause),
  }))
  const calls = [...uncommented.matchAll(dynamic)].map(([, type, specifier = '']) => ({
    target: resolve(path, specifier),
    isType: type !== undefined,
  }))
  return { imports: [...statements, ...calls], code: uncommented.replace(quoted, "''") }
}

/** Every .ts file below the folders, the sample organisation's left out. */
export function readModules(root: string, folders: string[]): ModuleGraph {
  const paths = folders.flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
      .map(entry => relative(root, join(entry.parentPath, entry.name)))
      .filter(path => !path.includes('node_modules') && !path.startsWith('demo/organisation/')),
  )
  return new Map(paths.map(path => [path, readModule(path, readFileSync(join(root, path), 'utf8'))]))
}
