import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { newQuickJSWASMModuleFromVariant, type QuickJSContext } from 'quickjs-emscripten-core'

/** How a `fetch:template` step wants its text filled in. */
export interface RenderOptions {
  /** `{{ cookiecutter.x }}` instead of `${{ values.x }}`. */
  cookiecutterCompat?: boolean
  trimBlocks?: boolean
  lstripBlocks?: boolean
}

export interface Sandbox {
  /** One text filled in. Throws `TemplateError` where Backstage would fail, or where a bound is reached. */
  render: (text: string, context: unknown, options?: RenderOptions) => string
  /** A step's input as Backstage's task runner fills it in: a string that is one expression keeps the type of its value. */
  renderInput: (input: unknown, context: unknown) => unknown
  close: () => void
}

/** What is wrong with a text, in nunjucks' words, or which bound it reached. */
export class TemplateError extends Error {
  line?: number
  column?: number
  /** A filter that nunjucks and Backstage do not have: the organisation's own, perhaps. */
  unknownFilter?: string
}

/** A skeleton takes two mebibytes; Backstage used to give 128. */
const mostMemory = 32 * 1_048_576
const mostStack = 256 * 1024

/** QuickJS asks some thousand times a second whether to go on; a text of a few kilobytes takes six of these. Of one text. */
const mostInterrupts = 2_000

/** Of one text. A skeleton of 1 MiB that grows to more than this is no skeleton. */
const mostCharacters = 2 * 1_048_576

const nunjucks = (): string =>
  readFileSync(createRequire(import.meta.url).resolve('nunjucks/browser/nunjucks.js'), 'utf8')

/**
 * Nunjucks as Backstage sets it up, inside an interpreter of its own. A template is a program: `range.constructor("…")()`
 * runs any JavaScript. In here that reaches nothing: no function of ours, no file, no network, no clock of the process;
 * what comes out is text. One string method can still run for hours without asking, so that whoever opens this does so
 * in a thread that can be ended from outside.
 */
export const openSandbox = async (): Promise<Sandbox> => {
  const module = await newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-wasmfile-release-sync'))
  const runtime = module.newRuntime()
  runtime.setMemoryLimit(mostMemory)
  runtime.setMaxStackSize(mostStack)
  let interrupts = 0
  runtime.setInterruptHandler(() => {
    interrupts += 1
    return interrupts > mostInterrupts
  })
  const vm = runtime.newContext()
  run(vm, `${environment}\n${nunjucks()}\n${backstage}`)
  const call = (request: unknown): string => {
    const given = vm.newString(JSON.stringify(request))
    vm.setProp(vm.global, 'request', given)
    given.dispose()
    interrupts = 0
    const answer = run(vm, 'golden(request)')
    // Caught inside, perhaps, and the next text would be cut off for it.
    if (interrupts > mostInterrupts) throw new TemplateError(tooLong)
    return answer
  }
  return {
    render: (text, context, options = {}) => call({ what: 'text', text, context, options }),
    renderInput: (input, context) => {
      const answer: unknown = JSON.parse(call({ what: 'input', input, context }))
      return typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : undefined
    },
    close: () => {
      vm.dispose()
      runtime.dispose()
    },
  }
}

/** Runs code that ends in a text, and takes nothing but a text of bearable length from it. */
const run = (vm: QuickJSContext, code: string): string => {
  const result = evaluated(vm, code)
  if (result.error) {
    const thrown: unknown = vm.dump(result.error)
    result.error.dispose()
    throw templateError(thrown)
  }
  const value = result.value
  try {
    if (vm.typeof(value) !== 'string') throw new TemplateError('It gives something else than text')
    const length = vm.getProp(value, 'length')
    const characters = vm.getNumber(length)
    length.dispose()
    if (characters > mostCharacters) throw new TemplateError('It grows to more than 2 MiB')
    return vm.getString(value)
  } finally {
    value.dispose()
  }
}

const evaluated = (vm: QuickJSContext, code: string): ReturnType<QuickJSContext['evalCode']> => {
  try {
    return vm.evalCode(code, 'skeleton')
  } catch (error) {
    // The interpreter itself ran out of our stack.
    if (error instanceof RangeError) throw new TemplateError(tooDeep)
    throw error
  }
}

const tooLong = 'It takes longer than any skeleton should: perhaps a loop without an end'
const tooDeep = 'It calls itself without an end'

const templateError = (thrown: unknown): TemplateError => {
  const message = (
    typeof thrown === 'object' && thrown !== null && 'message' in thrown
      ? String(thrown.message)
      : String(thrown)
  ).slice(0, 2_000)
  if (/\binterrupted\b/.test(message)) return new TemplateError(tooLong)
  if (/\bout of memory\b/.test(message)) return new TemplateError('It takes more than 32 MiB of memory')
  if (/\bstack overflow\b/.test(message)) return new TemplateError(tooDeep)
  // `(unknown path) [Line 3, Column 5]\n  unexpected token: }}`
  const [, line, column] = /\[Line (\d{1,9}), Column (\d{1,9})\]/.exec(message) ?? []
  const error = new TemplateError(
    message
      .replace(/\(unknown path\)|\[Line \d+, Column \d+\]|\b(?:Template render error|\w*Error): /g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 300),
  )
  if (line && column) {
    error.line = Number(line)
    error.column = Number(column)
  }
  const filter = /filter not found: ([\w.-]{1,80})/.exec(message)?.[1]
  if (filter) error.unknownFilter = filter
  return error
}

/** What nunjucks' bundle for browsers looks for when it is loaded. */
const environment = `
globalThis.self = globalThis.window = globalThis.global = globalThis
var module = { exports: {} }, exports = module.exports;
`

/**
 * Runs inside. Settings, filters and the handling of inputs are those of Backstage's scaffolder (scaffolder-backend 4.2:
 * templating/SecureTemplater, templating/filters, tasks/NunjucksWorkflowRunner), written anew.
 */
const backstage = String.raw`
globalThis.golden = (() => {
  const nunjucks = module.exports
  const parseRepoUrl = url => {
    const [, host, query] = /^([^/?#]+)[^?#]*(?:\?([^#]*))?/.exec(String(url)) ?? []
    if (!host) throw new Error('Invalid repo URL passed to publisher, got ' + url)
    const given = {}
    for (const part of (query ?? '').split('&')) {
      const at = part.indexOf('=')
      if (at > 0) given[decodeURIComponent(part.slice(0, at))] ??= decodeURIComponent(part.slice(at + 1).replace(/\+/g, ' '))
    }
    const { owner, repo, organization, workspace, project } = given
    return { host: host.toLowerCase(), owner, repo, organization, workspace, project }
  }
  const parseEntityRef = (ref, context) => {
    if (!ref) throw new Error('Entity reference must not be empty')
    let parts = ref
    if (typeof ref === 'string') {
      const colon = ref.indexOf(':'), slash = ref.indexOf('/')
      const hasKind = colon !== -1 && (slash === -1 || colon < slash)
      parts = {
        kind: hasKind ? ref.slice(0, colon) : undefined,
        namespace: slash === -1 ? undefined : ref.slice(hasKind ? colon + 1 : 0, slash),
        name: ref.slice(Math.max(hasKind ? colon : -1, slash) + 1),
      }
    }
    const kind = parts.kind ?? context?.defaultKind
    const namespace = parts.namespace ?? context?.defaultNamespace ?? 'default'
    if (!kind) throw new Error('Entity reference "' + ref + '" had missing or empty kind (e.g. did not start with "component:" or similar)')
    if (!namespace) throw new Error('Entity reference "' + ref + '" had missing or empty namespace')
    if (!parts.name) throw new Error('Entity reference "' + ref + '" had missing or empty name')
    return { kind, namespace, name: parts.name }
  }
  const pick = (value, path) =>
    (Array.isArray(path) ? path : String(path).replace(/\[["']?([^\]"']*)["']?\]/g, '.$1').split('.').filter((step, index) => step !== '' || index > 0))
      .reduce((at, step) => (at === null || at === undefined ? undefined : at[step]), value)
  const filters = {
    parseRepoUrl,
    parseEntityRef,
    pick,
    projectSlug: url => {
      const { owner, repo } = parseRepoUrl(url)
      return owner + '/' + repo
    },
  }

  const environments = {}
  const environmentFor = ({ cookiecutterCompat, trimBlocks, lstripBlocks }) => {
    const key = JSON.stringify([!!cookiecutterCompat, !!trimBlocks, !!lstripBlocks])
    if (environments[key]) return environments[key]
    const environment = new nunjucks.Environment([], {
      autoescape: false,
      trimBlocks: !!trimBlocks,
      lstripBlocks: !!lstripBlocks,
      tags: { variableStart: cookiecutterCompat ? '{{' : '$' + '{{', variableEnd: '}}' },
    })
    if (cookiecutterCompat) environment.addFilter('jsonify', environment.getFilter('dump'))
    else for (const [name, filter] of Object.entries(filters)) {
      // Through JSON, as it goes there: what a filter returns is data.
      environment.addFilter(name, (...given) => JSON.parse(JSON.stringify(filter(...given)) ?? '""'))
    }
    return (environments[key] = environment)
  }

  let uninstall
  const render = (text, context, options) => {
    if (options.cookiecutterCompat && !uninstall) uninstall = nunjucks.installJinjaCompat()
    if (!options.cookiecutterCompat && uninstall) {
      uninstall()
      uninstall = undefined
    }
    return environmentFor(options).renderString(text, JSON.parse(context))
  }

  const tags = { variableStart: '$' + '{{', variableEnd: '}}' }
  const isOneExpression = text => {
    const { children } = nunjucks.parser.parse(text, [], { autoescape: false, tags })
    return children.length === 1 && !(children[0]?.children?.[0] instanceof nunjucks.nodes.TemplateData)
  }
  const renderInput = (input, context) =>
    JSON.parse(JSON.stringify({ value: input }), (_key, value) => {
      if (typeof value !== 'string') return value
      try {
        try {
          if (isOneExpression(value)) {
            const text = render(value.replace(/[$]{{(.+)}}/g, (_whole, inner) => '$' + '{{ (' + inner + ') | dump }}'), context, {})
            return text === '' ? undefined : JSON.parse(text)
          }
        } catch {}
        const text = render(value, context, {})
        return text === '' ? undefined : text
      } catch {
        return value
      }
    })

  return json => {
    const { what, text, input, context, options } = JSON.parse(json)
    if (what === 'text') return render(text, JSON.stringify(context), options)
    return JSON.stringify(renderInput(input, JSON.stringify(context)))
  }
})()
'ready'
`
