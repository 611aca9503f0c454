import type { OrganisationSeed } from './github/seed.ts'

/** An organisation that has installed the App a moment ago, and has neither a policy nor a place for one. */
export const newcomer: OrganisationSeed = {
  login: 'umbrella',
  owner: 'ada',
  teams: [{ slug: 'weather', members: ['ada'], repositories: { forecast: 'maintain', radar: 'maintain' } }],
  repositories: {
    forecast: {
      files: {
        'README.md': '# Forecast\n\nTells what the weather will be, every hour, for the next ten days.\n',
        CODEOWNERS: '* @umbrella/weather\n',
        'catalog-info.yaml': component('forecast', 'weather'),
      },
    },
    radar: {
      files: {
        'README.md': '# Radar\n\nShows where it rains now. Run it with `npm start`.\n',
        CODEOWNERS: '* @umbrella/weather\n',
        'catalog-info.yaml': component('radar', 'wether'),
      },
    },
  },
}

function component(name: string, owner: string): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
spec:
  type: service
  lifecycle: production
  owner: ${owner}
`
}
