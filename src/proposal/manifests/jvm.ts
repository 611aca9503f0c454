import { mostDependencies, type Read, type Saying } from '../manifest.ts'

/** pom.xml, read by its outermost elements; no XML parser is needed for names. */
export const readPom = (text: string): Read => {
  const own = withoutSections(text, [
    'parent',
    'dependencies',
    'dependencyManagement',
    'build',
    'profiles',
    'modules',
    'reporting',
    'distributionManagement',
  ])
  const modules = [...section(text, 'modules').matchAll(/<module>\s*([\w./-]{1,200})\s*<\/module>/g)]
  const build = section(text, 'build')
  const packaging = element(own, 'packaging') ?? 'jar'
  const serves =
    /<artifactId>\s*(?:spring-boot-maven-plugin|quarkus-maven-plugin|micronaut-maven-plugin)\s*</.test(build)
  const says: Saying[] = [
    ...(serves ? (['runs'] as const) : []),
    ...(packaging === 'war' ? (['serves', 'runs'] as const) : []),
    ...(packaging === 'pom' ? (['workspace-only'] as const) : []),
    ...(packaging === 'jar' && !serves ? (['imported'] as const) : []),
    ...(section(text, 'distributionManagement') !== '' ? (['published'] as const) : []),
  ]
  const [name, description, version] = ['artifactId', 'description', 'version'].map(each =>
    element(own, each),
  )
  return {
    ...(name ? { name } : {}),
    ...(description ? { description } : {}),
    ...(version ? { version } : {}),
    uses: [...text.matchAll(/<artifactId>\s*([\w.-]{1,100})\s*<\/artifactId>/g)]
      .slice(0, mostDependencies)
      .map(match => (match[1] ?? '').toLowerCase()),
    says,
    members: modules.slice(0, 100).map(match => match[1] ?? ''),
  }
}

const element = (text: string, name: string): string | undefined => {
  const value = section(text, name).trim()
  return value === '' || value.includes('${') || value.includes('<') ? undefined : value
}

/** What stands between the first opening and the first closing tag after it. */
const section = (text: string, name: string): string => {
  const from = text.indexOf(`<${name}>`)
  const to = from === -1 ? -1 : text.indexOf(`</${name}>`, from)
  return to === -1 ? '' : text.slice(from + name.length + 2, to)
}

const withoutSections = (text: string, names: readonly string[]): string =>
  names.reduce((left, name) => {
    const from = left.indexOf(`<${name}>`)
    const to = left.lastIndexOf(`</${name}>`)
    return from === -1 || to < from ? left : left.slice(0, from) + left.slice(to)
  }, text)

/** build.gradle and build.gradle.kts: code, of which plugins and dependencies are read where they are plainly written. */
export const readGradle = (text: string): Read => {
  const has = (pattern: RegExp): boolean => pattern.test(text)
  const mobile = has(/com\.android\.application/)
  const isLibrary = has(
    /\bjava-library\b|com\.android\.library|\bmaven-publish\b|`java-library`|`maven-publish`/,
  )
  const runs = has(
    /org\.springframework\.boot|io\.quarkus|io\.micronaut\.application|io\.ktor\.plugin|^[ \t]*(?:id\s*[( ]\s*["'])?application\b/m,
  )
  const says: Saying[] = [
    ...(mobile ? (['mobile'] as const) : []),
    ...(runs && !has(/org\.springframework\.boot["')\s][^\n]{0,60}apply false/) ? (['runs'] as const) : []),
    ...(isLibrary ? (['imported'] as const) : []),
    ...(has(/maven-publish/) ? (['published'] as const) : []),
    ...(has(/\bdependencies\b/) || isLibrary || runs || mobile ? [] : (['workspace-only'] as const)),
  ]
  const version = /^version\s*=\s*["']([\w.-]{1,30})["']/m.exec(text)?.[1]
  return {
    ...(version ? { version } : {}),
    uses: [...text.matchAll(/["'][\w.-]{1,100}:([\w.-]{1,100})(?::[^"'\n]{0,60})?["']/g)]
      .slice(0, mostDependencies)
      .map(match => (match[1] ?? '').toLowerCase()),
    says,
  }
}

/** settings.gradle: its modules by `include`. */
export const readGradleSettings = (text: string): Read => {
  const name = /rootProject\.name\s*=\s*["']([\w.-]{1,100})["']/.exec(text)?.[1]
  const members = text
    .split('\n')
    .filter(line => /^[ \t]*include\b/.test(line) || /^[ \t]*["']:?[\w:./-]+["']\s*,?\)?\s*$/.test(line))
    .flatMap(line =>
      [...line.matchAll(/["']:?([\w:./-]{1,200})["']/g)].map(match => (match[1] ?? '').replaceAll(':', '/')),
    )
  return { ...(name ? { name } : {}), says: ['workspace-only'], members: members.slice(0, 100) }
}
