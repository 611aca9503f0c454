import { logRetentionDeclared } from '../../src/controls/log-retention-declared.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'
import { component } from '../support/snapshot.ts'

const facts = { metadata: metadata({ primaryLanguage: 'HCL' }) }
const sink = component('pay', 'payments', '  annotations:\n    golden-path.dev/log-sink: platform-siem')
const group = (retention: string): string =>
  `resource "aws_cloudwatch_log_group" "pay" {\n  name = "pay"\n  retention_in_days = ${retention}\n}\n`

controlTable(logRetentionDeclared, {
  pass: {
    'an annotation': {
      facts,
      files: { 'catalog-info.yaml': sink },
      says: 'Its logs go to "platform-siem", which keeps them.',
    },
    Terraform: {
      facts,
      files: { 'infra/logs.tf': group('400 # a year and more') },
      says: 'infra/logs.tf:3 keeps logs for at least 365 days.',
    },
    'Terraform, for ever': {
      facts,
      files: { 'logs.tf': group('0') },
      says: 'logs.tf:3 keeps logs for at least 365 days.',
    },
    'a logging configuration, where less is asked for': {
      facts,
      files: { 'config/logging.yaml': 'audit:\n  retentionDays: "90"\n' },
      parameters: { days: 90 },
      says: 'config/logging.yaml:2 keeps logs for at least 90 days.',
    },
    CloudFormation: {
      facts,
      files: { 'template.yaml': 'Properties:\n  RetentionInDays: 3653\n' },
      says: 'template.yaml:2 keeps logs for at least 365 days.',
    },
  },
  fail: {
    'too short': {
      facts,
      files: {
        'config/logging.json': '{\n  "audit": {\n    "retentionDays": 30,\n    "x": 1 } }',
        'a.tf': group('365'),
      },
      says: 'config/logging.json:3 Logs are kept 30 days, 365 are asked for. Expected a retention of at least 365 days.',
      next: 'Keep logs for at least 365 days in line 3 of config/logging.json',
    },
    nothing: {
      facts,
      files: { 'catalog-info.yaml': component('pay'), 'main.tf': '# retention_in_days = 400\n' },
      says: 'Nothing says how long logs are kept. Expected the annotation golden-path.dev/log-sink, or a retention of at least 365 days in a file that is read for it.',
      next: 'Add golden-path.dev/log-sink with where the platform keeps the logs, or write the retention down',
    },
    'an annotation of one Component of two': {
      facts,
      files: { 'catalog-info.yaml': `${sink}---\n${component('bill')}` },
      says: 'Nothing says how long logs are kept. Expected the annotation golden-path.dev/log-sink, or a retention of at least 365 days in a file that is read for it.',
    },
  },
  unknown: {
    'a variable': {
      facts,
      files: { 'main.tf': group('var.days') },
      says: 'main.tf:3 sets the retention to "var.days", which only the deployment knows.',
    },
    'no list of files': {
      facts,
      tree: unknown('offline', 'The list of files was not asked for'),
      says: 'The list of files was not asked for.',
    },
    'a catalogue file that is withheld': {
      facts,
      files: { 'catalog-info.yaml': unknown('permission', 'The app may not read contents') },
      says: 'The app may not read contents.',
    },
  },
  'not-applicable': {
    'a repository without code': {
      facts: { metadata: metadata() },
      says: 'GitHub finds no programming language in the repository.',
    },
    'an archived one': {
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})
