import type { Manifest } from './manifest.ts'

/** A part of the repository that gets an entity of its own. */
export interface Component {
  /** `''` for the whole repository. */
  directory: string
  /** Those that say what it is, its own before those of its parts; may be empty. */
  manifests: readonly Manifest[]
  /** Files below it that are its own, with the whole path. */
  paths: readonly string[]
  /** There is more than one. */
  isPart: boolean
}
