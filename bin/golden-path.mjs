#!/usr/bin/env node
// Plain JavaScript for the Node that the machine has: the program itself is TypeScript, which Node runs from 22.18 on.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = join(dirname(fileURLToPath(import.meta.url)), '../src/cli/main.ts')
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 18)) {
  await import(main)
} else {
  const node = ownNode()
  if (!node) {
    process.stderr.write(
      `golden-path runs on Node 22.18 or later, this is ${process.versions.node}. ` +
        'Run "npm install" in its directory: that brings a Node of its own.\n',
    )
    process.exitCode = 2
  } else {
    const child = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
    process.exitCode = child.status ?? 2
  }
}

/** The `node` package's binary, which is a dependency for the machines that have an older one. */
function ownNode() {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node')
    return [path, `${path}.exe`].find(each => existsSync(each))
  } catch {
    return undefined
  }
}
