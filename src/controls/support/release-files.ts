/** What a release's file is, by its name: nothing of it is read. */
export type ReleaseFileKind = 'checksums' | 'signature' | 'attestation' | 'sbom'

export const releaseFileKinds = [
  'checksums',
  'signature',
  'attestation',
  'sbom',
] as const satisfies readonly ReleaseFileKind[]

const patterns: Record<ReleaseFileKind, RegExp> = {
  checksums: /(^|[._-])(checksums?|sha(2|3|256|384|512)(sums?)?)([._-]|$)/i,
  signature: /\.(asc|sig|sigstore|minisig|p7s|gpg|pgp)$|\.sigstore\.json$|\.(cosign|sigstore)\.bundle$/i,
  attestation: /\.intoto\.jsonl$|(^|[._-])(provenance|attestations?)([._-]|$)/i,
  sbom: /(^|[._-])(sbom|s?bom|cyclonedx|cdx|spdx)([._-]|$)/i,
}

/** GitHub allows 255 characters in a file's name; the expressions never see more. */
export const kindsOf = (name: string): ReleaseFileKind[] =>
  releaseFileKinds.filter(kind => patterns[kind].test(name.slice(0, 255)))
