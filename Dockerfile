# The image ghively/thehub: docs/deploy.md says how it is used, docs/decisions/0008-image.md why it is as it is.
#
#   docker build -t ghively/thehub .                              node and npx
#   docker build -t ghively/thehub:full --target full .           with python3, uv and git as well
#
# Needs BuildKit, which is the default since Docker 23 (DOCKER_BUILDKIT=1 before).

# Any image of Debian's family with the Node that should run the hub, npm, and tini or apt-get.
ARG BASE_IMAGE=node:24-bookworm-slim
# Where the full image gets uv from: static binaries /uv and /uvx.
ARG UV_IMAGE=ghcr.io/astral-sh/uv:0.9

# The same files for every architecture, so they are made once, on the machine's own.
FROM --platform=$BUILDPLATFORM ${BASE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/build.ts scripts/code-cache.ts scripts/warm-up.cjs ./scripts/
COPY schemas ./schemas
COPY src ./src
# dist holds the packages that it needs: the image has no node_modules.
RUN npm run build && chmod 755 dist/cli/main.js

FROM ${BASE_IMAGE} AS runtime
# First process: reaps what Cores leave behind when they crash, and passes SIGTERM on to the hub.
RUN command -v tini >/dev/null \
  || { apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*; }
# The one place that is written to: the hub's own state, closed to Cores, and in it a HOME for each, with the caches of npx and uvx.
# Cores are fenced by perl, which every Debian has.
RUN mkdir -p /etc/hub /var/lib/thehub/home \
  && chown -R 1000:1000 /var/lib/thehub && chmod 700 /var/lib/thehub /var/lib/thehub/home \
  && perl -e 1 \
  && npm config set --location=global update-notifier=false \
  && ln -s /opt/thehub/dist/cli/main.js /usr/local/bin/thehub
WORKDIR /opt/thehub
COPY package.json LICENSE CHANGELOG.md README.md ./
COPY schemas ./schemas
COPY examples ./examples
COPY --from=build /build/dist ./dist
ENV NODE_ENV=production \
    HOME=/var/lib/thehub/home \
    HUB_STATE_DIR=/var/lib/thehub
# A manifest mounted as /etc/hub/hub.yaml is found here without HUB_MANIFEST.
WORKDIR /etc/hub
VOLUME /var/lib/thehub
# By number, so that an orchestrator can see that it is not root.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["thehub", "health"]
STOPSIGNAL SIGTERM
# No shell in between: tini, then node (-s: reaps also where another init is first, by docker run --init or in a pod). With HUB_LISTEN the hub serves, without it speaks STDIO; or name another command.
ENTRYPOINT ["tini", "-s", "--", "node", "/opt/thehub/dist/cli/main.js"]
ARG VERSION=0.0.0-dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="TheHub" \
      org.opencontainers.image.description="One MCP endpoint in front of many MCP servers." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/ghively/thehub" \
      org.opencontainers.image.documentation="https://github.com/ghively/thehub/blob/main/docs/deploy.md" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM ${UV_IMAGE} AS uv

FROM runtime AS full
USER root
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git python3 python3-venv \
  && rm -rf /var/lib/apt/lists/*
COPY --from=uv /uv /uvx /usr/local/bin/
USER 1000:1000

# The last stage is what a build without --target makes.
FROM runtime AS default
