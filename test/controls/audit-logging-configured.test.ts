import { auditLoggingConfigured } from '../../src/controls/audit-logging-configured.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const facts = { metadata: metadata({ primaryLanguage: 'Java' }) }
const logback = 'src/main/resources/logback-spring.xml'

controlTable(auditLoggingConfigured, {
  pass: {
    'an appender for audit': {
      facts,
      files: { 'logging.yaml': 'level: info\n', [logback]: '<appender name="AUDIT"/>' },
      says: `${logback} sets up an audit log, by its words.`,
    },
    'a file that is called so': {
      facts,
      files: { 'config/audit-log.yaml': 'sink: kafka\n' },
      says: 'config/audit-log.yaml sets up an audit log, by its words.',
    },
    'what Kubernetes is told to log': {
      facts,
      files: { 'deploy/audit-policy.yaml': 'apiVersion: audit.k8s.io/v1\n' },
      says: 'deploy/audit-policy.yaml sets up an audit log, by its words.',
    },
    'the file that the policy names': {
      facts,
      files: { 'deploy/siem.yaml': 'x' },
      parameters: { files: ['deploy/siem.{yaml,json}'] },
      says: 'deploy/siem.yaml is there.',
    },
  },
  fail: {
    'logging that says nothing of it': {
      facts,
      files: { 'config/logging.yaml': 'level: info\n' },
      says: 'config/logging.yaml:1 config/logging.yaml sets up logging and says nothing of an audit log. Expected a logger or an appender for audit.',
      next: 'Set up an audit log in config/logging.yaml, or have the policy name the file that does (files)',
    },
    'a workflow that audits the dependencies': {
      facts,
      files: {
        '.github/workflows/audit.yml': 'jobs: { audit: { steps: [{ run: npm audit > logs/audit.log }] } }\n',
        'audit-ci.json': '{ "high": true }\n',
      },
      says: 'audit-ci.json:1 audit-ci.json sets up logging and says nothing of an audit log. Expected a logger or an appender for audit.',
    },
    'nothing, but in the tests': {
      facts,
      files: { 'src/test/resources/logback.xml': '<appender name="AUDIT"/>' },
      says: 'There is no file that sets up audit logging. Expected one at logback.xml, log4j2.xml, logging.yaml or audit.yaml.',
    },
    'not the file that the policy names': {
      facts,
      files: { [logback]: '<appender name="AUDIT"/>' },
      parameters: { files: ['deploy/siem.yaml'] },
      says: 'There is no file that sets up audit logging. Expected one at deploy/siem.yaml.',
      next: 'Add deploy/siem.yaml',
    },
  },
  unknown: {
    'whether there is code, offline': {
      facts: { metadata: metadata({ untold: ['primaryLanguage'] }) },
      files: { 'README.md': '# Notes\n' },
      says: 'Whether there is any code here was not told: GitHub was not asked, and no manifest shows it.',
    },
    'no list of files': {
      facts,
      tree: unknown('offline', 'The list of files was not asked for'),
      says: 'The list of files was not asked for.',
    },
    'a file that is withheld': {
      facts,
      files: { [logback]: unknown('permission', 'The app may not read contents') },
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
