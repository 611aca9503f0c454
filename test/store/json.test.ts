import { expect, it } from 'vitest'
import { toJson } from '../../src/store/json.ts'

it.each([
  ['plain text', { a: 'b' }, '{"a":"b"}'],
  ['NUL in a value', ['a\u0000b'], '["a\\ufffdb"]'],
  ['NUL in a key', { 'a\u0000': 1 }, '{"a\\ufffd":1}'],
  ['a lone surrogate', ['\ud800x', 'x\udc00'], '["\\ufffdx","x\\ufffd"]'],
  ['a whole pair', ['😀'], '["😀"]'],
  ['other control characters', ['\u0001\n'], '["\\u0001\\n"]'],
  // A backslash before the letters is text, not an escape.
  ['text that looks like an escape', ['\\u0000 \\ud800'], '["\\\\u0000 \\\\ud800"]'],
])('%s becomes what jsonb takes', (_, value, json) => {
  expect(toJson(value)).toBe(json)
})
