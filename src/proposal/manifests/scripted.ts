import { isRecord } from '../../snapshot/plain-record.ts'
import { mostDependencies, type Read, type Saying } from '../manifest.ts'

/** composer.json */
export const readComposer = (text: string): Read => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return {}
  }
  if (!isRecord(json)) return {}
  const name = typeof json.name === 'string' ? json.name : undefined
  const isLibrary =
    json.type === 'library' || json.type === 'symfony-bundle' || json.type === 'composer-plugin'
  return {
    ...(name ? { name: name.slice(name.lastIndexOf('/') + 1) } : {}),
    ...(typeof json.description === 'string' ? { description: json.description } : {}),
    uses: isRecord(json.require) ? Object.keys(json.require).slice(0, mostDependencies).map(lower) : [],
    says: [
      ...(isLibrary ? (['imported', 'published'] as const) : []),
      ...(json.type === 'project' ? (['runs'] as const) : []),
      ...(json.bin !== undefined ? (['command'] as const) : []),
    ],
  }
}

/** Gemfile */
export const readGemfile = (text: string): Read => ({
  uses: [...text.matchAll(/^[ \t]*gem\s+["']([\w-]{1,80})["']/gm)]
    .slice(0, mostDependencies)
    .map(match => lower(match[1] ?? '')),
  says: /^[ \t]*gemspec\b/m.test(text) ? ['imported'] : [],
})

/** *.gemspec: that there is one says enough. */
export const readGemspec = (text: string): Read => {
  const name = /\.name\s*=\s*["']([\w-]{1,80})["']/.exec(text)?.[1]
  const summary = /\.(?:summary|description)\s*=\s*["']([^"'\n]{1,300})["']/.exec(text)?.[1]
  const says: Saying[] = [
    'imported',
    'published',
    ...(/\.executables\b/.test(text) ? (['command'] as const) : []),
  ]
  return { ...(name ? { name } : {}), ...(summary ? { description: summary } : {}), says }
}

/** mix.exs */
export const readMix = (text: string): Read => {
  const name = /\bapp:\s*:(\w{1,80})/.exec(text)?.[1]
  return {
    ...(name ? { name: name.replaceAll('_', '-') } : {}),
    uses: [...text.matchAll(/\{\s*:(\w{1,80})\s*,/g)]
      .slice(0, mostDependencies)
      .map(match => lower(match[1] ?? '')),
    says: [
      ...(/\bpackage:|\bdefp? package\b/.test(text) ? (['imported', 'published'] as const) : []),
      ...(/\bescript:/.test(text) ? (['command'] as const) : []),
      ...(/\bmod:\s*\{/.test(text) ? (['runs'] as const) : []),
    ],
  }
}

/** pubspec.yaml */
export const readPubspec = (text: string): Read => {
  const name = /^name:\s*["']?([\w-]{1,80})/m.exec(text)?.[1]
  const flutter = /^[ \t]+flutter:\s*$/m.test(text) || /^flutter:/m.test(text)
  const isPrivate = /^publish_to:\s*["']?none/m.test(text)
  return {
    ...(name ? { name } : {}),
    says: flutter && isPrivate ? ['mobile', 'private'] : ['imported'],
  }
}

/** Package.swift */
export const readSwift = (text: string): Read => {
  const name = /\bname:\s*"([\w-]{1,80})"/.exec(text)?.[1]
  return {
    ...(name ? { name } : {}),
    uses: [...text.matchAll(/\.package\([^)]{0,200}\/([\w-]{1,80})(?:\.git)?"/g)]
      .slice(0, mostDependencies)
      .map(match => lower(match[1] ?? '')),
    says: /\.executableTarget\b/.test(text) ? ['command'] : ['imported'],
  }
}

/** Dockerfile: whether what it runs listens. */
export const readDocker = (text: string): Read => ({
  says: /^[ \t]*EXPOSE\s/im.test(text)
    ? ['runs', 'serves']
    : /^[ \t]*(?:CMD|ENTRYPOINT)\b/im.test(text)
      ? ['runs']
      : [],
})

/** Chart.yaml */
export const readChart = (text: string): Read => {
  const name = /^name:\s*["']?([\w.-]{1,80})/m.exec(text)?.[1]
  return { ...(name ? { name } : {}), says: /^type:\s*["']?library/m.test(text) ? ['imported'] : ['runs'] }
}

/** serverless.yml */
export const readServerless = (text: string): Read => {
  const name = /^service:\s*["']?([\w-]{1,80})/m.exec(text)?.[1]
  return { ...(name ? { name } : {}), says: ['serves', 'runs'] }
}

const lower = (text: string): string => text.toLowerCase()
