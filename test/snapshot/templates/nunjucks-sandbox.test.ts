// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Backstage's
import nunjucks from 'nunjucks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  openSandbox,
  type RenderOptions,
  type Sandbox,
  TemplateError,
} from '../../../src/snapshot/templates/nunjucks-sandbox.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await openSandbox()
})
afterAll(() => sandbox.close())

/** Nunjucks in this process, set up as Backstage sets it up: only for templates of ours. */
const here = (text: string, context: object, options: RenderOptions = {}): string => {
  const tags = { variableStart: '${{', variableEnd: '}}' }
  const { trimBlocks, lstripBlocks } = options
  return new nunjucks.Environment([], {
    autoescape: false,
    trimBlocks: trimBlocks === true,
    lstripBlocks: lstripBlocks === true,
    tags,
  }).renderString(text, context)
}

const values = {
  name: 'orders',
  list: ['a', 'b'],
  description: 'Says "no" & <yes>',
  nested: { deep: { er: 1 } },
  port: 8080,
  empty: null,
  on: true,
}

describe('a text is filled in as nunjucks does it', () => {
  it.each<[string, RenderOptions?]>([
    ['name: ${{ values.name }}\n'],
    ['name: ${{ values.name | upper }}, ${{ values.missing }}, ${{ values.empty }}'],
    ['a {{ not.ours }} b'],
    ['{%- if values.on %}\nyes\n{%- else %}\nno\n{%- endif %}\nafter\n'],
    [
      '{% for each in values.list %}\n  - ${{ each }}\n{% endfor %}\nend',
      { trimBlocks: true, lstripBlocks: true },
    ],
    ['{% for each in values.list -%}\n  - ${{ loop.index }} ${{ each }}\n{% endfor %}'],
    ['${{ values.description }} ${{ values.nested | dump }} ${{ values.list | join("-") }}'],
    ['{% set x = values.port + 1 %}${{ x }}{# gone #}'],
    ['{% raw %}${{ github.sha }}{% endraw %} ${{ "${{" }} github.ref }}'],
    ['{% macro tag(x) %}<${{ x }}>{% endmacro %}${{ tag("b") }}'],
    ['uses: actions/checkout@v4 # ${{ values.nested.deep.er }}\r\nnext\r\n'],
    ['${{ values.name | replace("o", "0") }} ${{ values.list | length }} ${{ [1, 2] | last }}'],
  ])('%j', (text, options) => {
    expect(sandbox.render(text, { values }, options)).toBe(here(text, { values }, options))
  })

  it("has Backstage's filters", () => {
    const context = {
      values: { url: 'github.com?owner=acme&repo=pay%20it', owner: 'group:default/payments' },
    }
    const shown = (text: string) => sandbox.render(text, context)
    expect(shown('${{ values.url | parseRepoUrl | pick("repo") }}')).toBe('pay it')
    expect(shown('${{ values.url | projectSlug }}')).toBe('acme/pay it')
    expect(shown('${{ (values.owner | parseEntityRef).name }}')).toBe('payments')
    expect(shown('${{ "payments" | parseEntityRef({ defaultKind: "group" }) | dump }}')).toBe(
      '{"kind":"group","namespace":"default","name":"payments"}',
    )
    expect(shown('${{ values | pick("none.of.it") }}.')).toBe('.')
    expect(() => shown('${{ "payments" | parseEntityRef }}')).toThrow(/missing or empty kind/)
  })

  it('fills in what was written for cookiecutter, and goes back', () => {
    const context = { cookiecutter: { name: 'orders' } }
    const text = '{{ cookiecutter.name }} {{ [1] | jsonify }} {{ True }}'
    expect(sandbox.render(text, context, { cookiecutterCompat: true })).toBe('orders [1] true')
    expect(sandbox.render('${{ True }}|{{ x }}', {})).toBe('|{{ x }}')
  })

  it("keeps the type of an input's only expression", () => {
    const parameters = { port: 8080, tags: ['a'], repoUrl: 'github.com?owner=acme&repo=pay', on: false }
    const input = {
      port: '${{ parameters.port }}',
      text: 'port ${{ parameters.port }}',
      tags: ['${{ parameters.tags }}'],
      gone: '${{ parameters.missing }}',
      on: '${{ parameters.on }}',
      repo: '${{ parameters.repoUrl | parseRepoUrl }}',
      plain: '{{ untouched }}',
      broken: '${{ parameters.port',
      fixed: 3,
    }
    expect(sandbox.renderInput(input, { parameters })).toEqual({
      port: 8080,
      text: 'port 8080',
      tags: [['a']],
      on: false,
      repo: { host: 'github.com', owner: 'acme', repo: 'pay' },
      plain: '{{ untouched }}',
      broken: '${{ parameters.port',
      fixed: 3,
    })
  })

  it('says where a template is broken, and which filter it lacks', () => {
    const error = (text: string): TemplateError => {
      try {
        sandbox.render(text, {})
      } catch (thrown) {
        if (thrown instanceof TemplateError) return thrown
      }
      throw new Error(`${text} did not break`)
    }
    expect(error('a\nb\n  ${{ values..x }}')).toMatchObject({ line: 3, column: 14 })
    expect(error('{% if x %}').message).toMatch(/^parseIf: expected elif, else, or endif/)
    expect(error('${{ x | ourOwn }}').unknownFilter).toBe('ourOwn')
    expect(error('{% include "/etc/passwd" %}').message).toMatch(/template not found/)
  })
})

/** Each runs JavaScript: nunjucks reaches the `Function` constructor from any function that it knows. */
const run = (code: string): string => `\${{ range.constructor("${code}")() }}`

describe('a hostile template', () => {
  it('runs what it likes and reaches nothing', () => {
    const names =
      'process require fetch Buffer XMLHttpRequest WebAssembly setTimeout queueMicrotask Worker'.split(' ')
    for (const name of names) expect(sandbox.render(run(`return typeof ${name}`), {})).toBe('undefined')
    expect(sandbox.render(run("return import('node:fs') instanceof Promise"), {})).toBe('true')
    expect(
      sandbox.render(
        run(
          'return Object.getOwnPropertyNames(globalThis).filter(n => /node|host|deno|bun/i.test(n)).join()',
        ),
        {},
      ),
    ).toBe('')
    // The error's own stack tells no path of this machine.
    expect(sandbox.render(run('return new Error().stack'), {})).not.toMatch(/work|src|node_modules|file:/)
  })

  it('changes nothing outside of its own interpreter', async () => {
    const other = await openSandbox()
    other.render(run('Array.prototype.map = String.prototype.split = JSON.parse = () => 1; return 1'), {})
    expect([1].map(each => each + 1)).toEqual([2])
    expect(sandbox.render('${{ [1, 2] | join("+") }}', {})).toBe('1+2')
    other.close()
  })

  it.each<[string, string, RegExp]>([
    ['loops', run('while (true) {}'), /longer than any skeleton/],
    [
      'loops, and catches being stopped',
      run('for (;;) try { for (;;) {} } catch {}'),
      /longer than any skeleton/,
    ],
    [
      'doubles a text',
      '{% set x = "aaaaaaaa" %}{% for i in range(60) %}{% set x = x + x %}{% endfor %}',
      /too long|memory/,
    ],
    ['fills the memory', run('var a = []; a.push(new Uint8Array(4e7))'), /32 MiB/],
    ['calls itself', run('function f() { return f() + 1 } return f()'), /calls itself without an end/],
    ['grows', '${{ range.constructor("return \'x\'.repeat(5e6)")() }}', /more than 2 MiB/],
    [
      'expands by backtracking',
      run("return /(a+)+$/.test('a'.repeat(40) + 'b')"),
      /longer than any skeleton/,
    ],
  ])('that %s is cut off', async (_name, text, expected) => {
    const own = await openSandbox()
    expect(() => own.render(text, {})).toThrow(expected)
    own.close()
  })
})
