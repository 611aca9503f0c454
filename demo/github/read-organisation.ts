import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { FileSeed, OrganisationSeed } from './seed.ts'

/** A folder a repository, and `org.yaml` beside them for all that files cannot say. */
export async function readOrganisation(folder: string): Promise<OrganisationSeed> {
  const described = await readFile(join(folder, 'org.yaml'), 'utf8').then(parse, () => undefined)
  const seed: OrganisationSeed = { login: 'acme', ...described }
  const repositories = { ...seed.repositories }
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === '.git') continue
    const settings = repositories[entry.name] ?? {}
    repositories[entry.name] = {
      ...settings,
      files: { ...(await filesIn(join(folder, entry.name))), ...settings.files },
    }
  }
  return { ...seed, repositories }
}

async function filesIn(folder: string, prefix = ''): Promise<Record<string, FileSeed>> {
  const files: Record<string, FileSeed> = {}
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isSymbolicLink()) files[prefix + entry.name] = { symlink: await readlink(path) }
    else if (entry.isDirectory()) {
      if (entry.name !== '.git') Object.assign(files, await filesIn(path, `${prefix}${entry.name}/`))
    } else if (entry.isFile()) {
      const content = await readFile(path)
      const executable = ((await stat(path)).mode & 0o100) !== 0
      files[prefix + entry.name] = executable ? { content, executable } : content
    }
  }
  return files
}
