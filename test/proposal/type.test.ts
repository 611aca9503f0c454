import { describe, expect, it } from 'vitest'
import { answer, proposed } from './repository.ts'

const npm = (json: object): Record<string, string> => ({ 'package.json': JSON.stringify(json) })

const table: [what: string, type: string, files: Record<string, string>, paths?: string[], name?: string][] =
  [
    [
      'a server on Express',
      'service',
      npm({ private: true, dependencies: { express: '5' }, scripts: { start: 'node .' } }),
    ],
    [
      'an app on Next',
      'website',
      npm({ private: true, dependencies: { next: '16', react: '19', 'react-dom': '19' } }),
    ],
    [
      'a page built by Vite',
      'website',
      npm({ private: true, dependencies: { vue: '3' }, devDependencies: { vite: '7' } }),
    ],
    ['a published package', 'library', npm({ name: '@acme/x', main: 'x.js', files: ['dist'] })],
    [
      'buttons for React',
      'library',
      { ...npm({ name: '@acme/ui', module: 'x.js', peerDependencies: { react: '19' }, publishConfig: {} }) },
    ],
    ['a command', 'tool', npm({ bin: { x: 'x.js' }, dependencies: { commander: '15' } })],
    [
      'a Spring Boot service',
      'service',
      {
        'pom.xml':
          '<project><artifactId>x</artifactId><dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>',
        Dockerfile: 'FROM x\nEXPOSE 8080',
      },
    ],
    [
      'a Java library',
      'library',
      {
        'pom.xml':
          '<project><artifactId>x</artifactId><distributionManagement><repository/></distributionManagement></project>',
      },
    ],
    [
      'a Gradle service',
      'service',
      {
        'build.gradle.kts':
          'plugins { id("org.springframework.boot") version "4.0.0" }\ndependencies { implementation("org.springframework.boot:spring-boot-starter-web") }',
      },
    ],
    [
      'an app for Android',
      'mobile-app',
      {
        'build.gradle': '',
        'settings.gradle': "include ':app'",
        'app/build.gradle': "apply plugin: 'com.android.application'\ndependencies { }",
      },
      ['app/src/main/AndroidManifest.xml'],
    ],
    [
      'a FastAPI service',
      'service',
      {
        'pyproject.toml': '[project]\nname = "x"\ndependencies = ["fastapi>=0.1"]',
        Dockerfile: 'FROM python',
      },
    ],
    [
      'a Python package',
      'library',
      { 'pyproject.toml': '[project]\nname = "x"\n[build-system]\nrequires = []' },
      ['src/x/__init__.py'],
    ],
    [
      'a Django site by requirements.txt',
      'service',
      { 'requirements.txt': 'Django==5.2\ngunicorn' },
      ['manage.py'],
    ],
    [
      'a Go service',
      'service',
      {
        'go.mod': 'module x\nrequire github.com/gin-gonic/gin v1.10.0',
        Dockerfile: 'FROM scratch\nEXPOSE 80',
      },
      ['main.go'],
    ],
    ['a Go module', 'library', { 'go.mod': 'module github.com/acme/retry\n' }, ['retry.go', 'retry_test.go']],
    [
      'a Go command',
      'tool',
      { 'go.mod': 'module x\nrequire github.com/spf13/cobra v1.8.0' },
      ['main.go', 'cmd/root.go', '.goreleaser.yaml'],
    ],
    ['a crate', 'library', { 'Cargo.toml': '[package]\nname = "x"' }, ['src/lib.rs']],
    [
      'a Rust server',
      'service',
      { 'Cargo.toml': '[package]\nname = "x"\n[dependencies]\naxum = "0.8"' },
      ['src/main.rs'],
    ],
    ['an ASP.NET service', 'service', { 'src/X.Api/X.Api.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web">' }],
    [
      'a NuGet package',
      'library',
      {
        'X.csproj':
          '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><PackageId>X</PackageId></PropertyGroup></Project>',
      },
    ],
    ['a gem', 'library', { 'x.gemspec': 's.name = "x"', Gemfile: 'gemspec' }, ['lib/x.rb']],
    ['a Rails application', 'service', { Gemfile: 'gem "rails"\ngem "puma"' }, ['config.ru', 'bin/rails']],
    [
      'a Laravel application',
      'service',
      { 'composer.json': '{"type":"project","require":{"laravel/framework":"12"}}' },
      ['artisan'],
    ],
    ['a Phoenix application', 'service', { 'mix.exs': 'app: :x\n{:phoenix, "~> 1.8"}\nmod: {X, []}' }],
    ['functions', 'service', { 'serverless.yml': 'service: x' }],
    [
      'written pages',
      'documentation',
      { 'README.md': '# Handbook', 'mkdocs.yml': '' },
      ['docs/a.md', 'docs/b.md', 'docs/c.md', 'docs/d.png'],
    ],
    [
      'Terraform for what runs',
      'infrastructure',
      { 'main.tf': '', 'backend.tf': '' },
      ['environments/prod/main.tf', 'README.md'],
    ],
    ['a page without any build', 'website', { 'index.html': '<h1>' }, ['style.css', 'about.html']],
    ['an action', 'github-action', { 'action.yml': '', ...npm({ private: true, main: 'x' }) }],
    [
      'DAGs',
      'data-pipeline',
      { 'requirements.txt': 'apache-airflow==3.0', Dockerfile: 'FROM apache/airflow' },
      ['dags/a.py'],
    ],
    ['charts', 'helm-chart', { 'charts/a/Chart.yaml': 'name: a', 'README.md': '' }],
    ['a Terraform module', 'library', { 'main.tf': '', 'variables.tf': '', 'outputs.tf': '' }],
    [
      'a Swift package',
      'library',
      { 'Package.swift': 'let package = Package(name: "Retry", targets: [.target(name: "Retry")])' },
    ],
    [
      'a command in Swift',
      'tool',
      {
        'Package.swift':
          'Package(name: "x", dependencies: [.package(url: "https://example.org/swift-argument-parser.git", from: "1.0.0")], targets: [.executableTarget(name: "x")])',
      },
    ],
    ['an app for iPhones', 'mobile-app', { Podfile: '' }, ['Shop.xcodeproj/project.pbxproj']],
    [
      'a server in Rust with a named program',
      'service',
      { 'Cargo.toml': '[package]\nname = "x"\n[[bin]]\nname = "x"\n[dependencies]\naxum = "0.8"' },
      ['src/main.rs'],
    ],
    ['nothing that tells', 'left: service, website, library', { 'notes.txt': '' }],
  ]

describe('type', () => {
  it.each(table)('%s is a %s', async (_, type, files, paths, name = 'thing') => {
    expect(answer(await proposed({ name, files, ...(paths ? { paths } : {}) }), 'spec.type')).toBe(type)
  })
})
