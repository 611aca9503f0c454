import type { Files } from './git.ts'

const BLOCK = 512

/** A plain ustar archive with one folder at its root, as GitHub makes them; long paths by the pax header. */
export function tarOf(folder: string, files: Files, read: (sha: string) => Buffer): Buffer {
  const parts: Buffer[] = [header(`${folder}/`, 0, '5', 0o775)]
  for (const [name, file] of files) {
    const path = `${folder}/${name}`
    if (file.type === 'commit') {
      parts.push(header(`${path}/`, 0, '5', 0o775))
      continue
    }
    const bytes = read(file.sha)
    const isLink = file.mode === '120000'
    if (Buffer.byteLength(path) > 100) {
      const record = paxRecord(path)
      parts.push(header('pax', record.length, 'x', 0o644), padded(record))
    }
    const mode = file.mode === '100755' ? 0o775 : 0o664
    if (isLink) parts.push(header(path, 0, '2', 0o777, bytes.toString('utf8')))
    else parts.push(header(path, bytes.length, '0', mode), padded(bytes))
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

/** `LENGTH path=VALUE\n`, where the length counts its own digits. */
function paxRecord(path: string): Buffer {
  const rest = Buffer.byteLength(` path=${path}\n`)
  let length = rest + `${rest}`.length
  if (`${length}`.length !== `${rest}`.length) length = rest + `${length}`.length
  return Buffer.from(`${length} path=${path}\n`)
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)])
}

function header(name: string, size: number, type: string, mode: number, link = ''): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, width: number) => value.toString(8).padStart(width - 1, '0')
  block.write(name.slice(0, 100), 0, 100)
  block.write(octal(mode, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(size, 12), 124)
  block.write(octal(1_767_603_600, 12), 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write(link.slice(0, 100), 157, 100)
  block.write('ustar\u000000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 7)}\0 `, 148)
  return block
}
