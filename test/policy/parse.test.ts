import { describe, expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { builtInPolicy } from '../../src/policy/built-in.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import { policyOf, problemsOf, usual } from './situation.ts'

const said = (text: string): string[] =>
  problemsOf(text).map(({ line, column, message }) => `${line}:${column}: ${message}`)

const rule = (require: string, selector = ''): string =>
  `version: 1\nrules:\n  - name: R\n${selector ? `    for: ${selector}\n` : ''}    require: ${require}\n`

const own = (condition: string): string =>
  `version: 1\ncontrols:\n  mine:\n    title: T\n    why: W\n    require:\n      - ${condition}\n`

const waiver = (text: string): string => `version: 1\nwaivers:\n  - { ${text} }\n`

const fileKeys =
  'version, rules, controls, waivers, max-waiver, waiver-approvers, preview, pull-requests, fix or issues'

const selectorKeys =
  'any, all, not, names, topics, properties, visibility, language, templates, team, owner, entity, age, archived, fork or template'

const levelKeys = 'level, from, rollout, repositories-may-set or accept-heuristic'

/** What is written, and the first problem said about it. */
const mistakes: [string, string, string][] = [
  // The text
  ['an empty file', '', '1:1: The file is empty. Expected "version: 1" and rules.'],
  ['only a comment', '# later\n', '1:1: The file is empty. Expected "version: 1" and rules.'],
  ['a list', '- version: 1\n', '1:1: A list stands here. Expected a mapping.'],
  ['a word', 'hello\n', '1:1: "hello" is text. Expected a mapping.'],
  ['a tab', 'version: 1\nrules:\n\t- name: x\n', '3:1: Not valid YAML: Tabs are not allowed as indentation.'],
  [
    'a bracket left open',
    'version: 1\nrules: [\n',
    '3:1: Not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
  ],
  [
    'a second document',
    'version: 1\n---\nversion: 1\n',
    '2:1: A second document begins here. Expected one document a file; remove the ---.',
  ],
  [
    'a key twice',
    'version: 1\nrules: []\nversion: 1\n',
    '3:1: "version" is here twice; the first is on line 1.',
  ],
  [
    'a control twice in one rule',
    rule('{ techdocs: observe, techdocs: advise }'),
    '4:35: "techdocs" is here twice; the first is on line 4.',
  ],
  ['a tag', 'version: 1\nrules: !mine []\n', '2:8: Unresolved tag: !mine. Expected plain YAML without tags.'],
  ['a mapping as a key', 'version: 1\n? [a]\n: b\n', '2:3: This key is no plain word. Expected a name.'],
  ['a NUL byte', 'version: 1\n\0', '2:1: A NUL byte stands here. Expected plain text.'],
  ['an unknown alias', 'version: 1\nrules: *nowhere\n', '2:8: *nowhere names no &nowhere before it.'],
  [
    'nesting without end',
    `version: 1\nrules: ${'['.repeat(500)}${']'.repeat(500)}\n`,
    '1:1: It is nested too deep to be read. Expected the shape of docs/policy.md.',
  ],
  [
    'a key that JavaScript would take for another thing',
    rule('{ techdocs: { level: advise, __proto__: { approvals: 2 } } }'),
    '4:43: "__proto__" can\'t be a key. Expected another name.',
  ],
  [
    'a merge key',
    'version: 1\nrules:\n  - name: A\n    require: &all { techdocs: advise }\n  - name: B\n    require:\n      <<: *all\n',
    '7:7: Merge keys (<<) are not read. Write out what they stand for.',
  ],
  [
    'a team without quotes',
    'version: 1\nwaiver-approvers: @acme/security\n',
    '2:19: Not valid YAML: Plain value cannot start with reserved character @. A text that begins like this belongs in quotes.',
  ],
  [
    'a message without quotes',
    'version: 1\ncontrols:\n  mine:\n    why: {{ doc.x }} is wrong\n',
    '4:22: Not valid YAML: Unexpected scalar at node end. A text that begins like this belongs in quotes.',
  ],
  [
    'a colon without quotes',
    'version: 1\nrules:\n  - name: PCI: audit\n',
    '3:11: Not valid YAML: Nested mappings are not allowed in compact mappings. A text with a colon and a space in it belongs in quotes.',
  ],
  // The top
  ['no version', 'rules: []\n', '1:1: A policy file has no "version". Expected 1.'],
  ['another version', 'version: 2\n', '1:10: Version 2 is not known. Expected 1.'],
  ['a version in quotes', 'version: "1"\n', '1:10: Version "1" is not known. Expected 1.'],
  [
    'a misspelt section',
    'version: 1\nrule: []\n',
    `2:1: "rule" is no key of a policy file. Expected ${fileKeys}; the nearest is "rules".`,
  ],
  [
    'a foreign section',
    'version: 1\nmembers: {}\n',
    `2:1: "members" is no key of a policy file. Expected ${fileKeys}.`,
  ],
  ['rules as a mapping', 'version: 1\nrules: {}\n', '2:8: A mapping stands here. Expected a list.'],
  ['rules without anything', 'version: 1\nrules:\n', '2:7: Nothing stands here. Expected a list.'],
  // Rules
  ['a rule that is a number', 'version: 1\nrules: [5]\n', '2:9: 5 is a number. Expected a mapping.'],
  [
    'a rule without a name',
    'version: 1\nrules:\n  - require: { techdocs: observe }\n',
    '3:5: A rule has no "name". Expected text.',
  ],
  [
    'a rule with an empty name',
    'version: 1\nrules:\n  - name: ""\n    require: { techdocs: observe }\n',
    '3:11: Name is empty. Expected some text.',
  ],
  [
    'a rule that requires nothing',
    rule('{}'),
    '4:14: This rule requires nothing. Expected at least one control in require, or a pack in packs.',
  ],
  [
    'a rule with a misspelt key',
    'version: 1\nrules:\n  - name: R\n    requires: { techdocs: observe }\n',
    '4:5: "requires" is no key of a rule. Expected name, for, rollout, require or packs; the nearest is "require".',
  ],
  [
    'two rules of one name',
    `${rule('{ techdocs: observe }')}  - name: R\n    require: { techdocs: advise }\n`,
    '5:11: A rule named "R" is already at golden-path.yml:3. Expected another name.',
  ],
  [
    'a misspelt level',
    rule('{ techdocs: enfroce }'),
    '4:26: "enfroce" is no level. Expected observe, advise or enforce; the nearest is "enforce".',
  ],
  [
    'a level in capitals',
    rule('{ techdocs: Advise }'),
    '4:26: "Advise" is no level. Expected observe, advise or enforce; the nearest is "advise".',
  ],
  [
    'a level that is true',
    rule('{ techdocs: true }'),
    '4:26: True stands here. Expected observe, advise or enforce or a mapping.',
  ],
  [
    'a level left out',
    rule('{ techdocs: { from: 2027-01-15 } }'),
    '4:16: A requirement has no "level". Expected observe, advise or enforce.',
  ],
  [
    'a level misspelt in a mapping',
    rule('{ techdocs: { level: advice } }'),
    '4:35: "advice" is no level. Expected observe, advise or enforce; the nearest is "advise".',
  ],
  [
    'an unknown control',
    rule('{ techdoc: observe }'),
    '4:16: "techdoc" is no control. Expected one of the library (golden-path controls lists them) or of "controls:"; the nearest is "techdocs".',
  ],
  [
    'a day that is none',
    rule('{ techdocs: { level: enforce, from: 2027-02-30 } }'),
    '4:50: "2027-02-30" is no day of the calendar. Expected YYYY-MM-DD, as 2027-01-15.',
  ],
  [
    'a day written the German way',
    rule('{ techdocs: { level: enforce, from: 15.1.2027 } }'),
    '4:50: "15.1.2027" is no day of the calendar. Expected YYYY-MM-DD, as 2027-01-15.',
  ],
  [
    'a day for advice',
    rule('{ techdocs: { level: advise, from: 2027-01-15 } }'),
    '4:43: "from" says when enforcing begins, and the level here is advise. Expected level: enforce, or no from.',
  ],
  [
    'an unknown parameter',
    rule('{ techdocs: { level: advise, aprovals: 2 } }'),
    `4:43: "aprovals" is no parameter of techdocs. Expected approvals, ${levelKeys}; the nearest is "approvals".`,
  ],
  [
    'a wrong parameter',
    rule('{ techdocs: { level: advise, approvals: two } }'),
    '4:54: "two" is not what approvals of techdocs may be. Expected a whole number.',
  ],
  // Selectors
  [
    'a misspelt selector',
    rule('{ techdocs: observe }', '{ topcs: [pci] }'),
    `4:12: "topcs" is no key of a selector. Expected ${selectorKeys}; the nearest is "topics".`,
  ],
  [
    'a misspelt selector within',
    rule('{ techdocs: observe }', '{ any: [ { not: { archivd: true } } ] }'),
    `4:28: "archivd" is no key of a selector. Expected ${selectorKeys}; the nearest is "archived".`,
  ],
  [
    'a misspelt visibility',
    rule('{ techdocs: observe }', '{ visibility: [private, publik] }'),
    '4:34: "publik" is no visibility. Expected public, private or internal; the nearest is "public".',
  ],
  [
    'an empty any',
    rule('{ techdocs: observe }', '{ any: [] }'),
    '4:17: Any is empty. Expected at least one.',
  ],
  [
    'a number for a name',
    rule('{ techdocs: observe }', '{ names: [7] }'),
    '4:20: 7 is a number. Expected text; put it in quotes.',
  ],
  [
    'text for a flag',
    rule('{ techdocs: observe }', '{ archived: "no" }'),
    '4:22: "no" is text. Expected true or false.',
  ],
  [
    'an owner in a name',
    rule('{ techdocs: observe }', '{ names: acme/api }'),
    '4:19: "acme/api" has a slash. Expected a repository’s name without its owner.',
  ],
  [
    'a glob left open',
    rule('{ techdocs: observe }', '{ names: ["api-[a"] }'),
    '4:20: "api-[a" has a [ without its ].',
  ],
  // The organisation's own controls
  [
    'an id in capitals',
    'version: 1\ncontrols:\n  Mine: { title: T, why: W, require: [{ file: a, message: m }] }\n',
    '3:3: "Mine" is no id. Expected small letters, digits and hyphens.',
  ],
  [
    'the id of a built-in control',
    'version: 1\ncontrols:\n  techdocs: { title: T, why: W, require: [{ file: a, message: m }] }\n',
    '3:3: "techdocs" is a built-in control. Expected another id for your own.',
  ],
  [
    'the id of the policy check',
    'version: 1\ncontrols:\n  policy-valid: { title: T, why: W, require: [{ file: a, message: m }] }\n',
    '3:3: "policy-valid" is a built-in control. Expected another id for your own.',
  ],
  [
    'a control without conditions',
    'version: 1\ncontrols:\n  mine: { title: T, why: W, require: [] }\n',
    '3:38: Require is empty. Expected at least one.',
  ],
  [
    'a condition without a message',
    own('{ file: a.yaml }'),
    '7:9: A condition has no "message". Expected text.',
  ],
  [
    'a condition with a misspelt key',
    own('{ file: a.yaml, were: doc.a, message: m }'),
    '7:25: "were" is no key of a condition. Expected file, absent, repository, any-of, all-of, where, matches, not-matches, message or for-each; the nearest is "where".',
  ],
  [
    'a path out of the repository',
    own('{ file: ../a.yaml, message: m }'),
    '7:17: "../a.yaml" has an empty, "." or ".." part. Expected a path from the repository’s root.',
  ],
  [
    'a path from the root',
    own('{ file: /etc/passwd, message: m }'),
    '7:17: "/etc/passwd" begins with a slash. Expected a path from the repository’s root.',
  ],
  [
    'too many alternatives',
    own(`{ file: "${'{a,b}'.repeat(9)}", message: m }`),
    '7:17: "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}" stands for more than 64 paths; use fewer {…} alternatives.',
  ],
  [
    'a condition that breaks off',
    own('{ file: a.yaml, where: doc.a ==, message: m }'),
    '7:40: Not a CEL condition: Unexpected token: EOF.',
  ],
  [
    'a condition over a stranger',
    own('{ file: a.yaml, where: doc.a && dco.b, message: m }'),
    '7:41: Not a CEL condition: Unknown variable: dco.',
  ],
  [
    'a condition that gives a number',
    own('{ file: a.yaml, where: "1 + 1", message: m }'),
    '7:33: The condition gives int. Expected true or false (bool).',
  ],
  [
    'a condition on types that differ',
    own('{ file: a.yaml, where: text > 5, message: m }'),
    '7:32: Not a CEL condition: no such overload: string > int.',
  ],
  [
    'a look-around',
    own(`{ file: a.yaml, where: 'text.matches("(?=a)")', message: m }`),
    '7:46: "(?=a)" is no regular expression of RE2 syntax (no look-around, no back references).',
  ],
  [
    'doc of a text file',
    own('{ file: Makefile.x, where: doc.a == 1, message: m }'),
    '7:36: "doc" is there only for .yaml, .yml, .json, .toml and .properties files and Dockerfiles. Expected a condition over text.',
  ],
  [
    'a mistake in a block',
    own('file: a.yaml\n        message: m\n        where: |\n          doc.a &&\n          dco.b'),
    '11:11: Not a CEL condition: Unknown variable: dco.',
  ],
  [
    'a number for a requirement',
    'version: 1\ncontrols:\n  mine: { title: T, why: W, satisfies: { pci: [10.2] }, require: [{ file: a, message: m }] }\n',
    '3:48: 10.2 is a number. Expected text; put it in quotes.',
  ],
  [
    'a number that would lose its nought, as it is written',
    'version: 1\ncontrols:\n  mine: { title: T, why: W, satisfies: { pci: 10.10 }, require: [{ file: a, message: m }] }\n',
    '3:47: 10.10 is a number. Expected text or a list; put it in quotes if it is text.',
  ],
  [
    'a misspelt fix',
    'version: 1\ncontrols:\n  mine: { title: T, why: W, require: [{ file: a, message: m }], fix: { copy: a, too: b } }\n',
    '3:81: "too" is no key of a fix. Expected copy, write, to, set or in; the nearest is "to".',
  ],
  // Waivers
  [
    'a waiver of nothing',
    waiver('repository: a, control: techdosc, until: 2027-03-31, reason: r, approved-by: x'),
    '3:31: "techdosc" is no control. Expected one of the library (golden-path controls lists them) or of "controls:"; the nearest is "techdocs".',
  ],
  [
    'a waiver without an end',
    waiver('repository: a, control: techdocs, reason: r, approved-by: x'),
    '3:5: A waiver has no "until". Expected YYYY-MM-DD, as 2027-01-15.',
  ],
  [
    'a waiver that ends on no day',
    waiver('repository: a, control: techdocs, until: 2027-03-32, reason: r, approved-by: x'),
    '3:48: "2027-03-32" is no day of the calendar. Expected YYYY-MM-DD, as 2027-01-15.',
  ],
  [
    'a waiver nobody approved',
    waiver('repository: a, control: techdocs, until: 2027-03-31, reason: r, approved-by: ""'),
    '3:84: Approved-by is empty. Expected some text.',
  ],
  [
    'a waiver for an owner',
    waiver('repository: acme/a, control: techdocs, until: 2027-03-31, reason: r, approved-by: x'),
    '3:19: "acme/a" has a slash. Expected a repository’s name without its owner.',
  ],
  // Levels that come in step by step
  [
    'a rollout that is a number',
    rule('{ techdocs: { level: advise, rollout: 10 } }'),
    '4:52: 10 is no percentage. Expected a whole one from 0% to 100%, as 10%.',
  ],
  [
    'a rollout of too many',
    rule('{ techdocs: { level: advise, rollout: 110% } }'),
    '4:52: "110%" is no percentage. Expected a whole one from 0% to 100%, as 10%.',
  ],
  [
    'a rollout of what nobody notices',
    rule('{ techdocs: { level: observe, rollout: 10% } }'),
    '4:44: "rollout" says how many repositories more than observe has reached, and the level here is observe. Expected level: advise or enforce, or no rollout.',
  ],
  [
    'a rollout of a rule in words',
    'version: 1\nrules:\n  - name: R\n    rollout: half\n    require: { techdocs: advise }\n',
    '4:14: "half" is no percentage. Expected a whole one from 0% to 100%, as 10%.',
  ],
  [
    'a misspelt rollout',
    rule('{ techdocs: { level: advise, rolout: 10% } }'),
    `4:43: "rolout" is no parameter of techdocs. Expected approvals, ${levelKeys}; the nearest is "rollout".`,
  ],
  [
    'a day without its noughts',
    rule('{ techdocs: { level: enforce, from: 2027-1-5 } }'),
    '4:50: "2027-1-5" is no day of the calendar. Expected YYYY-MM-DD, as 2027-01-15; the nearest is "2027-01-05".',
  ],
  [
    'a day that is a list',
    rule('{ techdocs: { level: enforce, from: [2027-01-15] } }'),
    '4:50: A list stands here. Expected YYYY-MM-DD, as 2027-01-15.',
  ],
  [
    'a parameter for repositories that there is not',
    rule('{ techdocs: { level: advise, repositories-may-set: [approval] } }'),
    '4:66: "approval" is no parameter of techdocs, which has approvals; the nearest is "approvals".',
  ],
  [
    'signs enforced',
    rule('{ seems-fine: enforce }'),
    '4:28: seems-fine judges by signs, which may be wrong. Expected observe or advise, or accept-heuristic: true beside level: enforce.',
  ],
  [
    'signs enforced, and not accepted',
    rule('{ seems-fine: { level: enforce, accept-heuristic: false } }'),
    '4:37: seems-fine judges by signs, which may be wrong. Expected observe or advise, or accept-heuristic: true beside level: enforce.',
  ],
  // Packs
  [
    'a pack that there is not',
    'version: 1\nrules:\n  - name: R\n    packs: { base-line: advise }\n',
    '4:14: "base-line" is no pack. Expected baseline, ownership, pci-dss-4.0.1, soc2, nist-ssdf-1.1 or osps-baseline; the nearest is "baseline".',
  ],
  [
    'a pack at no level',
    'version: 1\nrules:\n  - name: R\n    packs: { baseline: on }\n',
    '4:24: "on" is no level. Expected observe, advise or enforce.',
  ],
  [
    'a pack with a parameter',
    'version: 1\nrules:\n  - name: R\n    packs: { baseline: { level: advise, approvals: 2 } }\n',
    '4:41: "approvals" is no key of a pack’s level. Expected level, from or rollout.',
  ],
  [
    'a pack advised from a day',
    'version: 1\nrules:\n  - name: R\n    packs: { baseline: { level: advise, from: 2027-01-15 } }\n',
    '4:41: "from" says when enforcing begins, and the level here is advise. Expected level: enforce, or no from.',
  ],
  [
    'a rule of no control and no pack',
    'version: 1\nrules:\n  - name: R\n',
    '3:5: This rule requires nothing. Expected at least one control in require, or a pack in packs.',
  ],
  // Selectors by who owns it, what is in it, how old it is
  [
    'a truth value in quotes',
    rule('{ techdocs: observe }', '{ archived: "false" }'),
    '4:22: "false" is text. Expected true or false; take it out of its quotes.',
  ],
  [
    'properties without one',
    rule('{ techdocs: observe }', '{ properties: {} }'),
    '4:24: Properties is empty, which would hold for every repository. Expected at least one property with its value.',
  ],
  [
    'a template that is no ref',
    rule('{ techdocs: observe }', '{ templates: payments-service }'),
    '4:23: "payments-service" is no template. Expected its ref, as template:default/payments-service.',
  ],
  [
    'a pack where a control belongs',
    rule('{ baseline: observe }'),
    '4:16: "baseline" is a pack, not a control. Expected one control; a rule asks for a pack under "packs".',
  ],
  [
    'a control where a pack belongs',
    'version: 1\nrules:\n  - name: R\n    packs: { techdocs: advise }\n',
    '4:14: "techdocs" is a control, not a pack. Expected it under "require".',
  ],
  [
    'a team that is a ref',
    rule('{ techdocs: observe }', '{ team: "group:default/payments" }'),
    '4:18: "group:default/payments" is no team. Expected its slug, as payments, or "@acme/payments".',
  ],
  [
    'an owner glob left open',
    rule('{ techdocs: observe }', '{ owner: ["team-a", "group:[a"] }'),
    '4:30: "group:[a" has a [ without its ].',
  ],
  [
    'a misspelt key of an entity',
    rule('{ techdocs: observe }', '{ entity: { kinds: Component } }'),
    '4:22: "kinds" is no key of an entity. Expected kind, type, lifecycle or system; the nearest is "kind".',
  ],
  [
    'an entity of which nothing is asked',
    rule('{ techdocs: observe }', '{ entity: {} }'),
    '4:20: Entity is empty, which every repository would be. Expected kind, type, lifecycle or system.',
  ],
  [
    'an age that is a number',
    rule('{ techdocs: observe }', '{ age: 30 }'),
    '4:17: 30 is a number. Expected a mapping.',
  ],
  [
    'an age in words',
    rule('{ techdocs: observe }', '{ age: { over: 30 days } }'),
    '4:25: "30 days" is no length of time. Expected a number of days, weeks, months or years, as 30d, 6w, 3m or 2y.',
  ],
  [
    'an age that is nothing',
    rule('{ techdocs: observe }', '{ age: {} }'),
    '4:17: Age is empty. Expected over, under or both.',
  ],
  [
    'an age that nothing has',
    rule('{ techdocs: observe }', '{ age: { over: 1y, under: 6w } }'),
    '4:17: Nothing is older than 1y and younger than 6w. Expected an over that is less than under.',
  ],
  [
    'a misspelt age deep within',
    rule('{ techdocs: observe }', '{ all: [{ not: { any: [{ age: { ovr: 1y } }] } }] }'),
    '4:42: "ovr" is no key of an age. Expected over or under; the nearest is "over".',
  ],
  [
    'a property that is a number',
    rule('{ techdocs: observe }', '{ properties: { tier: 1 } }'),
    '4:32: 1 is a number. Expected text or true or false or a list; put it in quotes if it is text.',
  ],
  [
    'a selector that is a word',
    rule('{ techdocs: observe }', 'all'),
    '4:10: "all" is text. Expected a mapping.',
  ],
  // What stands at the top
  [
    'a longest waiver in days without a d',
    'version: 1\nmax-waiver: 90\n',
    '2:13: 90 is no length of time. Expected a number of days, weeks, months or years, as 30d, 6w, 3m or 2y.',
  ],
  [
    'a longest waiver of nothing',
    'version: 1\nmax-waiver: 0d\n',
    '2:13: "0d" is no length of time. Expected a number of days, weeks, months or years, as 30d, 6w, 3m or 2y.',
  ],
  [
    'an approver without @',
    'version: 1\nwaiver-approvers: [security]\n',
    '2:20: "security" is no team or person. Expected @organisation/team or @person, in quotes.',
  ],
  [
    'nobody who may approve',
    'version: 1\nwaiver-approvers: []\n',
    '2:19: Waiver-approvers is empty. Expected at least one.',
  ],
  [
    'a preview that fails below nothing',
    'version: 1\npreview: { fail-above: -1 }\n',
    '2:24: -1 is no number of repositories. Expected a whole number from 0.',
  ],
  [
    'a misspelt preview',
    'version: 1\npreview: { fail-abov: 25 }\n',
    '2:12: "fail-abov" is no key of a preview. Expected fail-above; the nearest is "fail-above".',
  ],
  [
    'a way of judging pull requests that there is not',
    'version: 1\npull-requests: new\n',
    '2:16: "new" is no way of judging pull requests. Expected introduced or all.',
  ],
  [
    'a way of fixing that there is not',
    'version: 1\nfix: pull-requests\n',
    '2:6: "pull-requests" is no way of fixing. Expected offered or pull-request; the nearest is "pull-request".',
  ],
  [
    'a setting of issues that there is not',
    'version: 1\nissues: { label: bug }\n',
    '2:11: "label" is no key of a set of issue settings. Expected repository, labels, open-on, mention-owners or public-repositories; the nearest is "labels".',
  ],
  [
    'a central repository without its owner',
    'version: 1\nissues: { repository: compliance }\n',
    '2:23: "compliance" is no repository. Expected owner/name, as acme/compliance.',
  ],
  [
    'hours over midnight',
    'version: 1\nissues: { open-on: { hours: 22:00-06:00 } }\n',
    '2:29: "22:00-06:00" is no span of hours. Expected two times of one day, as 08:00-17:00.',
  ],
  [
    'a day that no week has',
    'version: 1\nissues: { open-on: { days: [monday, payday] } }\n',
    '2:37: "payday" is no day of the week. Expected monday, tuesday, wednesday, thursday, friday, saturday or sunday.',
  ],
  [
    'a time zone that is nowhere',
    'version: 1\nissues: { open-on: { time-zone: Europe/Bonn } }\n',
    '2:33: "Europe/Bonn" is no time zone. Expected a name like Europe/Berlin.',
  ],
  [
    'too long a label',
    'version: 1\nissues: { labels: [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx] }\n',
    '2:20: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" is no label. Expected at most 50 characters.',
  ],
  [
    'a way of public issues that there is not',
    'version: 1\nissues: { public-repositories: hidden }\n',
    '2:32: "hidden" is no way of public issues. Expected neutral, full or none.',
  ],
  [
    'a mention that is neither yes nor no',
    "version: 1\nissues: { mention-owners: '@acme/payments' }\n",
    '2:27: "@acme/payments" is text. Expected true or false.',
  ],
  // Waivers that begin
  [
    'a waiver that ends before it begins',
    waiver(
      'repository: a, control: techdocs, from: 2027-04-01, until: 2027-03-31, reason: r, approved-by: x',
    ),
    '3:47: The waiver begins on 2027-04-01, after its end on 2027-03-31. Expected a from that is not after until.',
  ],
  [
    'a waiver that begins on no day',
    waiver('repository: a, control: techdocs, from: soon, until: 2027-03-31, reason: r, approved-by: x'),
    '3:47: "soon" is no day of the calendar. Expected YYYY-MM-DD, as 2027-01-15.',
  ],
  [
    'a waiver approved by two',
    waiver('repository: a, control: techdocs, until: 2027-03-31, reason: r, approved-by: [x, y]'),
    '3:84: A list stands here. Expected text.',
  ],
  [
    'a waiver with a misspelt key',
    waiver('repo: a, control: techdocs, until: 2027-03-31, reason: r, approved-by: x'),
    '3:5: A waiver has no "repository". Expected text.',
  ],
]

describe('a mistake is told with its place and what is right', () => {
  it.each(mistakes)('%s', (_, text, first) => {
    expect(said(text)[0]).toBe(first)
  })

  it('every one of several', () => {
    expect(
      said(rule('{ techdocs: enfroce, owner-exists: { level: x } }', '{ topcs: a }')).map(each =>
        each.slice(0, 5),
      ),
    ).toEqual(['4:12:', '5:26:', '5:58:'])
  })

  it('in hostile text within bounds', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (let level = 0; level < 9; level++) {
      const [name, last] = ['bcdefghij'[level], 'abcdefghi'[level]]
      bomb.push(`${name}: &${name} [${`*${last}, `.repeat(9)}]`)
    }
    expect(said(bomb.join('\n'))).toEqual([
      '1:1: Its aliases (*name) multiply beyond reason. Write out what they stand for.',
    ])
    expect(said('a'.repeat(2_000_000))[0]).toContain('Expected at most 1 MiB')
    expect(said(']'.repeat(1_000_000))).toEqual([
      '1:1: The file has more than 120,000 keys, values and brackets. Expected fewer.',
    ])
    const wide = Array.from({ length: 5_000 }, (_, index) => `k${index}: 1`).join('\n')
    expect(said(`version: 1\n${wide}`)).toHaveLength(100)
  })
})

describe('a policy of several files', () => {
  const parse = (files: Record<string, string>) =>
    parsePolicy(
      Object.entries(files).map(([path, text]) => ({ path, text })),
      { version: 'test', library: usual },
    )
  const main = 'version: 1\nrules:\n  - { name: R, require: { mine: advise } }\n'
  const mine = 'controls:\n  mine: { title: T, why: W, require: [{ file: a, message: m }] }\n'

  it('is one, and only the main file needs a version', () => {
    const parsed = parse({ 'golden-path/controls.yml': mine, 'golden-path.yml': main })
    expect(parsed.problems).toEqual([])
    expect(parsed.ok && parsed.policy.rules.map(each => each.source)).toEqual([
      { name: 'R', path: 'golden-path.yml', line: 3 },
    ])
  })

  it('blames the file that has the mistake, and no other for what it lacks meanwhile', () => {
    const parsed = parse({ 'golden-path.yml': main, 'golden-path/controls.yml': `${mine}x: 1\n` })
    expect(parsed.problems.map(({ path, line }) => `${path}:${line}`)).toEqual(['golden-path/controls.yml:3'])
  })

  it('has each control once', () => {
    const parsed = parse({ 'golden-path.yml': main, 'golden-path/a.yml': mine, 'golden-path/b.yml': mine })
    expect(parsed.problems.map(({ path, message }) => [path, message])).toEqual([
      ['golden-path/b.yml', 'The control "mine" is there twice; the first is at golden-path/a.yml:2.'],
    ])
  })

  it('needs at least one', () => {
    expect(parse({}).problems[0]?.message).toBe('There is no policy file. Expected golden-path.yml.')
  })
})

describe('a policy that is right', () => {
  it('is what it says', () => {
    const policy = policyOf(`version: 1
rules:
  - name: R
    for: { names: api-*, properties: { pci: true, tier: [gold, silver] } }
    require:
      owner-exists: { level: enforce, from: 2027-01-15, approvals: 2 }
waivers:
  - { repository: legacy, control: techdocs, until: 2027-03-31, reason: Gone soon, approved-by: "@acme/security" }
`)
    expect(policy.rules).toEqual([
      {
        source: { name: 'R', path: 'golden-path.yml', line: 3 },
        selector: { names: ['api-*'], properties: { pci: 'true', tier: ['gold', 'silver'] } },
        require: [
          {
            control: 'owner-exists',
            level: 'enforce',
            from: '2027-01-15',
            parameters: { approvals: 2 },
            repositoriesMaySet: [],
            line: 6,
          },
        ],
      },
    ])
    expect(policy.waivers).toEqual([
      {
        repository: 'legacy',
        control: 'techdocs',
        until: '2027-03-31',
        reason: 'Gone soon',
        approvedBy: '@acme/security',
        source: { path: 'golden-path.yml', line: 8 },
      },
    ])
  })

  it('can not be changed', () => {
    const policy = policyOf(rule('{ techdocs: { level: advise, approvals: 1 } }', '{ names: [a] }'))
    expect(() => Object.assign(policy.rules[0]?.require[0]?.parameters ?? {}, { approvals: 9 })).toThrow(
      TypeError,
    )
    expect(() => Object.assign(policy.rules[0]?.selector ?? {}, { names: [] })).toThrow(TypeError)
  })

  it('may be written with a byte order mark, CRLF, anchors and comments', () => {
    const text = `\ufeff# ours\r\nversion: 1\r\nrules:\r\n  - name: A\r\n    for: &ours { names: [a] }\r\n    require: { techdocs: advise }\r\n  - name: B\r\n    for: *ours\r\n    require: { owner-exists: advise }\r\n`
    expect(policyOf(text).rules.map(each => each.selector)).toEqual([{ names: ['a'] }, { names: ['a'] }])
  })

  it('is the built-in one', () => {
    expect(builtInPolicy.rules[0]?.require.map(each => each.control)).toContain('catalog-info-valid')
  })
})

describe('what stands once, in the main file', () => {
  const settings = (...lines: string[]) => {
    const parsed = parsePolicy([{ path: 'golden-path.yml', text: ['version: 1', ...lines, ''].join('\n') }], {
      version: '1',
      library: builtInControls,
    })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    const { pullRequests, fix, issues } = parsed.policy
    return { pullRequests, fix, issues }
  }

  it('is the quietest where nothing is said', () => {
    expect(settings()).toEqual({
      pullRequests: 'introduced',
      fix: 'offered',
      issues: { labels: [], mentionOwners: false, publicRepositories: 'neutral' },
    })
  })

  it('is read as it is written', () => {
    expect(
      settings(
        'pull-requests: all',
        'fix: pull-request',
        'issues:',
        '  repository: acme/compliance',
        '  labels: golden path',
        '  open-on: { days: [monday, friday], hours: 08:30-24:00, time-zone: Europe/Berlin }',
        '  mention-owners: true',
        '  public-repositories: none',
      ),
    ).toEqual({
      pullRequests: 'all',
      fix: 'pull-request',
      issues: {
        repository: { owner: 'acme', name: 'compliance' },
        labels: ['golden path'],
        openOn: { days: [1, 5], from: 510, to: 1440, timeZone: 'Europe/Berlin' },
        mentionOwners: true,
        publicRepositories: 'none',
      },
    })
    expect(settings('issues: { open-on: { hours: 08:00-17:00 } }').issues.openOn).toEqual({
      days: [1, 2, 3, 4, 5, 6, 7],
      from: 480,
      to: 1020,
      timeZone: 'UTC',
    })
  })
})
