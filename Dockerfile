# bellhop as an image: docker build -t bellhop . && docker run -v "$PWD/bellhop.yaml:/etc/bellhop/bellhop.yaml:ro" bellhop
# What of this folder the build sees is listed in .dockerignore. A digest in NODE_IMAGE makes the base exact.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && chmod 755 dist/main.js

# The compressions' native parts are packages of their own, prebuilt for each platform: no script is needed for them.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
# As process 1, tini passes signals on and reaps what dies.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/bellhop
COPY package.json LICENSE ./
COPY --from=dependencies /build/node_modules ./node_modules
COPY schemas ./schemas
COPY pages ./pages
COPY --from=build /build/dist ./dist
RUN ln -s /opt/bellhop/dist/main.js /usr/local/bin/bellhop

ENV NODE_ENV=production \
    BELLHOP_CONFIG=/etc/bellhop/bellhop.yaml \
    BELLHOP_HEALTH_URL=http://127.0.0.1:9464/healthz

# The base image's user "node", by number: Kubernetes' runAsNonRoot cannot judge a name.
USER 1000:1000
# Where the configuration says http: 0.0.0.0:9464; by default only the container itself gets an answer.
EXPOSE 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.BELLHOP_HEALTH_URL).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/usr/bin/tini", "--", "bellhop"]
CMD ["run"]
