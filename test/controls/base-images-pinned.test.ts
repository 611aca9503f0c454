import { describe, expect, it } from 'vitest'
import { baseImagesPinned } from '../../src/controls/base-images-pinned.ts'
import { known, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'
import { checked, snapshotOf, told } from '../support/snapshot.ts'

const digest = `sha256:${'c'.repeat(64)}`
const one = 'The Dockerfile begins from images by their digests.'
const unpinned = (at: string, image: string): string =>
  `${at} "${image}" is whatever stands under that name on the day of the build. Expected the image by its digest (@sha256:…).`

controlTable(baseImagesPinned, {
  pass: {
    'a digest, an earlier stage and scratch': {
      files: {
        Dockerfile: `FROM --platform=linux/amd64 node:22@${digest} AS Build\nRUN x\nFROM build\nFROM scratch\nCOPY --from=build / /\n`,
      },
      says: one,
    },
    'nothing but one image, beside those of tests, examples and the editor': {
      files: {
        Dockerfile: `FROM node@${digest}\n`,
        'examples/web/Dockerfile': 'FROM node:22\n',
        'test/it/Dockerfile': 'FROM node:22\n',
        '.devcontainer/Dockerfile': 'FROM node:22\n',
      },
      says: one,
    },
    'an ARG whose default has a digest': {
      files: { Dockerfile: `ARG TAG=22@${digest}\nARG BASE\nFROM node:\${TAG}\n` },
      says: one,
    },
    'FROM within a script and over several lines': {
      files: {
        'a/Dockerfile': `FROM \\\n  node@${digest}\nRUN <<EOF\nFROM nobody\nEOF\n`,
        'b/Containerfile': 'FROM scratch',
      },
      says: 'All 2 Dockerfiles begin from images by their digests.',
    },
  },
  fail: {
    'a tag, no tag, and a digest that is none': {
      files: { Dockerfile: 'FROM node:22\nFROM alpine\nFROM x@sha256:abc\n' },
      says: [
        unpinned('Dockerfile:1', 'node:22'),
        unpinned('Dockerfile:2', 'alpine'),
        unpinned('Dockerfile:3', 'x@sha256:abc'),
      ],
      next: 'Write the digest of node:22 after it: @sha256: and 64 digits',
    },
    'a stage that comes later': {
      files: { 'build.Dockerfile': `FROM base\nFROM x@${digest} AS base\n` },
      says: unpinned('build.Dockerfile:1', 'base'),
    },
    'a default that is a tag': {
      files: { 'Dockerfile.web': `ARG TAG=22\n# ours\nFROM node:$TAG\nFROM nginx:\${V:-1}\n` },
      says: [
        'Dockerfile.web:3 "node:$TAG" is "node:22" unless the build says otherwise. Expected an image by its digest (@sha256:…).',
        `Dockerfile.web:4 "nginx:\${V:-1}" is "nginx:1" unless the build says otherwise. Expected an image by its digest (@sha256:…).`,
      ],
    },
    'one that nobody can read': {
      files: { Dockerfile: unknown('too-large', 'Dockerfile has 5.0 MiB, at most 512 KiB are read') },
      says: 'Dockerfile Dockerfile has 5.0 MiB, at most 512 KiB are read.',
    },
  },
  unknown: {
    'an ARG without a default': {
      files: { Dockerfile: 'ARG BASE\nFROM $BASE\n' },
      says: 'Dockerfile:2 begins from "$BASE", which only the build knows.',
    },
    'no list of files': {
      tree: unknown('offline', 'The list of files was not asked for'),
      says: 'The list of files was not asked for.',
    },
    'a Dockerfile that GitHub did not send': {
      files: { Dockerfile: unknown('partial-answer', 'Dockerfile was not read') },
      says: 'Dockerfile was not read.',
    },
  },
  'not-applicable': {
    'no Dockerfile of ours': {
      files: { 'vendor/x/Dockerfile': 'FROM a', 'Dockerfile.dockerignore': 'a' },
      says: 'There is no Dockerfile but those that are left out, as of tests and examples.',
    },
    'no Dockerfile': {
      tree: ['README.md'],
      says: 'There is no Dockerfile.',
    },
    'an archived repository': {
      files: { Dockerfile: 'FROM a' },
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})

describe('Dockerfiles of more than 1 MiB together', () => {
  it('are read up to there, and the rest fails', async () => {
    const text = `FROM scratch\n${'# a\n'.repeat(100_000)}`
    const files = Object.fromEntries(
      ['a', 'b', 'c'].map(name => [
        `${name}/Dockerfile`,
        known({ exists: true as const, oid: '', bytes: text.length, text }, 'test'),
      ]),
    )
    const snapshot = await snapshotOf({ files, tree: Object.keys(files) })
    expect(told(checked(baseImagesPinned, snapshot))).toEqual([
      'fail c/Dockerfile:1 c/Dockerfile is not read: the Dockerfiles of the repository have more than 1 MiB together. Expected less.',
    ])
  })
})
