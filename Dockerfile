# The service: Node 24 runs the TypeScript as it is, so nothing is built; production packages only, no compiler, no root.
#   docker build -t golden-path .
#   docker run -p 3000:3000 -v golden-path:/data -v "$PWD/private-key.pem:/private-key.pem:ro" \
#     -e PRIVATE_KEY_PATH=/private-key.pem -e APP_ID=... -e WEBHOOK_SECRET=... golden-path
# docs/operating.md has the environment, and when to use DATABASE_URL instead of the volume.

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The lock file speaks of this workspace too; its packages (the demo's Backstage, 300 MB) are not installed.
COPY demo/package.json demo/
# Optional packages are the demo's PostgreSQL binaries, 60 MB; nothing of the service has an install script.
RUN npm ci --omit=dev --omit=optional --workspaces=false --include-workspace-root --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json app.yml LICENSE ./
COPY bin bin
COPY src src
# `golden-path controls ID` prints the page.
COPY docs/controls docs/controls
RUN install -d -o node -g node /data
USER node
VOLUME /data
EXPOSE 3000
# Alive, not ready: a database that is away for a minute is no reason to be killed.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm, which would swallow SIGTERM: the worker drains on it.
CMD ["node", "src/main.ts"]
