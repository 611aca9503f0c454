/** Packages by what whoever needs them to run is, lower case, of every ecosystem; their names hardly ever meet. */

const serving = new Set(
  `@nx/node @nx/nest vapor hummingbird express fastify koa @nestjs/core @hapi/hapi restify hono @apollo/server apollo-server apollo-server-express graphql-yoga
   @grpc/grpc-js probot socket.io bullmq kafkajs amqplib @trpc/server moleculer polka @fastify/cors @hono/node-server ws
   fastapi flask django starlette uvicorn gunicorn celery aiohttp sanic tornado grpcio falcon bottle quart litestar hypercorn
   connexion djangorestframework aiokafka faust
   github.com/gin-gonic/gin github.com/labstack/echo github.com/gofiber/fiber github.com/go-chi/chi github.com/gorilla/mux
   google.golang.org/grpc connectrpc.com/connect github.com/go-kit/kit github.com/segmentio/kafka-go
   github.com/julienschmidt/httprouter github.com/valyala/fasthttp github.com/99designs/gqlgen github.com/nats-io/nats.go
   github.com/confluentinc/confluent-kafka-go github.com/ibm/sarama github.com/aws/aws-lambda-go sigs.k8s.io/controller-runtime
   axum actix-web rocket warp tonic poem hyper salvo
   dropwizard-core vertx-web helidon-webserver javalin spark-core ratpack-core jersey-server spring-kafka
   rails sinatra puma hanami grape sidekiq unicorn roda
   laravel/framework symfony/framework-bundle slim/slim laminas/laminas-mvc laravel/lumen-framework api-platform/core
   phoenix plug_cowboy bandit broadway
   swashbuckle.aspnetcore microsoft.aspnetcore.openapi masstransit`.split(/\s+/),
)
const servingBeginnings = [
  'spring-boot-starter-web',
  'spring-cloud-',
  'quarkus-rest',
  'quarkus-resteasy',
  'quarkus-vertx',
  'micronaut-http-server',
  'ktor-server',
  'http4s-',
  'grpc-netty',
]

/** Pages that people look at. */
const showing = new Set(
  `@angular/build @angular-devkit/build-angular @nx/next @nx/angular next nuxt nuxt3 gatsby astro vitepress vuepress @11ty/eleventy react-scripts @angular/platform-browser
   @sveltejs/kit @remix-run/react @docusaurus/core vue react-dom svelte preact solid-js ember-source @vue/cli-service
   hexo gridsome @builder.io/qwik lit @tanstack/react-start @react-router/dev
   jekyll middleman`.split(/\s+/),
)

/** Pages that describe something else. */
const documenting = new Set(
  '@docusaurus/core vitepress vuepress mkdocs mkdocs-material sphinx mkdocs-techdocs-core'.split(' '),
)

const commanding = new Set(
  `commander yargs oclif @oclif/core cac clipanion ink meow click typer
   github.com/spf13/cobra github.com/urfave/cli github.com/alecthomas/kong clap structopt argh picocli
   system.commandline swift-argument-parser  thor symfony/console`.split(/\s+/),
)

const bulk = new Set(
  `apache-airflow dbt-core dbt-snowflake dbt-bigquery dbt-postgres dagster prefect luigi pyspark apache-beam spark-sql_2.12
   spark-core_2.12 flink-java kedro`.split(/\s+/),
)

export type Purpose = 'serving' | 'showing' | 'documenting' | 'commanding' | 'bulk'

const purposes: Record<Purpose, (name: string) => boolean> = {
  serving: name => serving.has(name) || servingBeginnings.some(each => name.startsWith(each)),
  showing: name => showing.has(name),
  documenting: name => documenting.has(name),
  commanding: name => commanding.has(name),
  bulk: name => bulk.has(name),
}

/** The first of these packages that is there for the purpose. */
export const neededFor = (purpose: Purpose, names: readonly string[]): string | undefined =>
  names.find(purposes[purpose])
