/** Which files are read as data, by their path. */
export type Format = 'yaml' | 'json' | 'toml' | 'properties' | 'dockerfile' | 'text'

export const formatOf = (path: string): Format => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (/^(?:docker|container)file(?:\.[^.]*)?$|\.dockerfile$/i.test(name)) return 'dockerfile'
  if (/\.ya?ml$/i.test(name)) return 'yaml'
  if (/\.json$/i.test(name)) return 'json'
  if (/\.toml$/i.test(name)) return 'toml'
  return /\.properties$/i.test(name) ? 'properties' : 'text'
}

/** Whether a condition may ask for `doc` in it. */
export const isData = (path: string): boolean => formatOf(path) !== 'text'

export const ecosystems = {
  'package.json': 'npm',
  'pyproject.toml': 'pypi',
  'Cargo.toml': 'cargo',
  'go.mod': 'go',
} as const

export type Ecosystem = (typeof ecosystems)[keyof typeof ecosystems]

/** Of which packages it is the manifest; `undefined` for any other file. */
export const ecosystemOf = (path: string): Ecosystem | undefined => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return Object.hasOwn(ecosystems, name) ? ecosystems[name as keyof typeof ecosystems] : undefined
}
