/** Where GitHub looks for the security policy, in its order; then what a reader finds and GitHub doesn't show. */
export const securityPolicyPaths = [
  '.github/SECURITY.md',
  'SECURITY.md',
  'docs/SECURITY.md',
  'security.md',
  'SECURITY.rst',
  'SECURITY.adoc',
  'SECURITY.txt',
] as const
