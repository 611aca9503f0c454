import { absentFile, type Fact, type FileState, known, unknown } from '../snapshot.ts'

/** GitHub's GraphQL cuts a blob's text at 512 KiB; what is longer can't be judged, wherever it was read. */
export const maximumFileBytes = 512 * 1024

export interface RawFile {
  kind: 'absent' | 'file' | 'directory' | 'symbolic-link' | 'submodule'
  oid?: string
  bytes?: number
  isBinary?: boolean
  /** The text is not all of it. */
  isCut?: boolean
  text?: string
}

/** What a path turned out to be, as a fact: readable text, known absence, or why it can't be read. Pure. */
export function fileFact(path: string, raw: RawFile, source: string): Fact<FileState> {
  if (raw.kind === 'absent') return absentFile(source)
  if (raw.kind === 'directory') return unknown('directory', `${path} is a directory, a file is expected`)
  if (raw.kind === 'submodule') return unknown('submodule', `${path} is a submodule, a file is expected`)
  if (raw.kind === 'symbolic-link')
    return unknown('symbolic-link', `${path} is a symbolic link, and links are not followed`)
  const bytes = raw.bytes ?? raw.text?.length ?? 0
  if (raw.isCut || bytes > maximumFileBytes)
    return unknown('too-large', `${path} has ${sizeInWords(bytes)}, at most 512 KiB are read`)
  if (raw.isBinary || raw.text === undefined || raw.text.includes('\0'))
    return unknown('binary', `${path} is not a text file`)
  if (raw.text.startsWith('version https://git-lfs.github.com/spec/v1'))
    return unknown('lfs-pointer', `${path} is kept in Git LFS, only its pointer is in the repository`)
  return known({ exists: true, oid: raw.oid ?? '', bytes, text: raw.text }, source)
}

function sizeInWords(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${(bytes / (1024 * 1024)).toFixed(1)} MiB` : `${Math.ceil(bytes / 1024)} KiB`
}
