/**
 * A value as text for a `jsonb` parameter (`$1::text::jsonb`). What `jsonb` refuses and hostile files hold,
 * NUL and lone surrogates, becomes U+FFFD.
 */
export const toJson = (value: unknown): string => {
  const json = JSON.stringify(value)
  if (!json.includes('\\u')) return json
  // JSON.stringify writes a surrogate as an escape only when it stands alone; every other escape is passed over whole.
  return json.replace(/\\(?:(u0000|ud[89a-f][0-9a-f]{2})|.)/g, (sequence, refused) =>
    refused ? '\\ufffd' : sequence,
  )
}
