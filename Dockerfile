# Builds Rebound in one stage and runs it in another that holds no compiler.
# The same base in both: better-sqlite3 is compiled against this Node. `npm run check:runtimes` tests this version.
FROM node:26.10.0-bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
# Dependencies have their own layer, so that a change of the source does not compile SQLite again.
RUN npm ci --ignore-scripts && npm rebuild better-sqlite3
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY migrations ./migrations
RUN npm run build && rm dist/.tsbuildinfo && npm prune --omit=dev --ignore-scripts
# Only the library itself is needed to run, not SQLite's sources and objects: this saves 27 MB.
RUN cd node_modules/better-sqlite3 \
  && mv build/Release/better_sqlite3.node . && rm -rf build deps src \
  && mkdir -p build/Release && mv better_sqlite3.node build/Release
# Files from a checkout made under umask 077 would be unreadable to the image's user.
RUN chmod -R a+rX .

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production REBOUND_DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY mappings ./mappings
COPY assets ./assets
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 2525 9925
STOPSIGNAL SIGTERM
# Asks at the address where the server listens; on Linux a connection to 0.0.0.0 or :: reaches the machine itself.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["node", "-e", "require('node:http').get({ host: process.env.REBOUND_HTTP_HOST || '127.0.0.1', port: process.env.REBOUND_HTTP_PORT || 9925, path: '/healthz' }, answer => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
CMD ["node", "dist/src/main.js", "serve"]
