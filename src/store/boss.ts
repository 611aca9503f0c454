/** What pg-boss asks of a database; its own package exports the type under the name `Db`. */
export type { Db as IDatabase } from 'pg-boss'
