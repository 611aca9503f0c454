import { readFileSync } from 'node:fs'
import { buildASTSchema, type GraphQLSchema, isScalarType, parse } from 'graphql'

let schema: GraphQLSchema | undefined

/**
 * GitHub's published schema: no field is added or loosened, so a query that GitHub would refuse is refused here.
 * The package's own entry point also parses a 5 MB JSON form of it, hence the file is read directly. Building takes
 * 150 ms (1.2 MB), once a process and only when a query comes; validating GitHub's own SDL again would double that.
 */
export function githubSchema(): GraphQLSchema {
  schema ??= build()
  return schema
}

function build(): GraphQLSchema {
  const file = new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema'))
  const built = buildASTSchema(parse(readFileSync(file, 'utf8'), { noLocation: true }), {
    assumeValid: true,
    assumeValidSDL: true,
  })
  // The rows keep milliseconds, which GitHub never shows.
  for (const name of ['DateTime', 'GitTimestamp']) {
    const type = built.getType(name)
    if (isScalarType(type)) type.serialize = value => String(value).replace(/\.\d+Z$/, 'Z')
  }
  return built
}
