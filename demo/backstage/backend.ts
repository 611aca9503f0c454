import { createBackend } from '@backstage/backend-defaults'
import { coreServices, createServiceFactory, type RootLoggerService } from '@backstage/backend-plugin-api'
import { ConfigReader } from '@backstage/config'
import catalog from '@backstage/plugin-catalog-backend'
import scaffolderEntities from '@backstage/plugin-catalog-backend-module-scaffolder-entity-model'
import type { BackstageSettings } from './messages.ts'

/**
 * A real Backstage backend with nothing but its catalogue. Its configuration is handed over here: no app-config.yaml, no
 * dependence on the working directory.
 */
export async function startBackend(
  settings: BackstageSettings,
  database: URL,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const url = `http://127.0.0.1:${settings.port}`
  const backend = createBackend()
  backend.add(
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () => new ConfigReader(configuration(settings, url, database)),
    }),
  )
  backend.add(
    createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => quietLogger }),
  )
  // CommonJS packages: their default export is the default of what Node calls the default.
  backend.add(catalog.default)
  // Without it, Template entities are silently ignored.
  backend.add(scaffolderEntities.default)
  await backend.start()
  return { url, stop: () => backend.stop() }
}

function configuration(settings: BackstageSettings, url: string, database: URL) {
  return {
    app: { baseUrl: url, title: 'Golden Path' },
    organization: { name: 'Golden Path' },
    backend: {
      baseUrl: url,
      listen: { host: '127.0.0.1', port: settings.port },
      database: {
        client: 'pg',
        // A schema a plugin in the given database: two Backstages on one server then never share a catalogue.
        pluginDivisionMode: 'schema',
        connection: {
          database: database.pathname.slice(1) || 'postgres',
          host: database.hostname,
          port: Number(database.port),
          user: decodeURIComponent(database.username),
          password: decodeURIComponent(database.password),
        },
      },
      auth: {
        externalAccess: [{ type: 'static', options: { token: settings.token, subject: 'golden-path' } }],
      },
    },
    integrations: {
      github: [
        {
          host: new URL(settings.githubUrl).host,
          apiBaseUrl: `${settings.githubUrl}/api/v3`,
          token: settings.githubToken,
        },
      ],
    },
    catalog: {
      // The default, 100 to 150 s, is for catalogues of thousands.
      processingInterval: { seconds: settings.processingSeconds },
      rules: [
        {
          allow: [
            'Component',
            'API',
            'Resource',
            'System',
            'Domain',
            'Group',
            'User',
            'Location',
            'Template',
          ],
        },
      ],
    },
  }
}

const report = (message: string, meta?: unknown): void => {
  const detail = meta instanceof Error ? (meta.stack ?? meta.message) : meta ? JSON.stringify(meta) : ''
  process.stderr.write(`${message} ${detail}\n`)
}

/** Errors only: the rest says every few seconds that all is well. */
const quietLogger: RootLoggerService = {
  error: report,
  warn: () => {},
  info: () => {},
  debug: () => {},
  child: () => quietLogger,
}
