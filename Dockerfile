# Two images: `perezvon`, the daemon and its commands, and `asterisk`, the PBX beside it. See docs/running.md.

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY prisma prisma
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-bookworm-slim AS perezvon
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates espeak-ng ffmpeg sox \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY prisma/migrations prisma/migrations
COPY prisma/journal.sql prisma/
RUN ln -s /app/dist/cli/main.js /usr/local/bin/perezvon && chmod +x dist/cli/main.js \
  && install -d -o node -g node /var/lib/perezvon
USER node
ENV NODE_ENV=production PEREZVON_CONFIG=/etc/perezvon PEREZVON_DATA=/var/lib/perezvon PEREZVON_LOG_FORMAT=json
VOLUME /var/lib/perezvon
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]

FROM debian:forky-slim AS asterisk
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    asterisk asterisk-core-sounds-en-wav asterisk-core-sounds-ru-wav asterisk-moh-opsound-wav \
  && rm -rf /var/lib/apt/lists/* /etc/asterisk/*
COPY asterisk-config /usr/share/perezvon/asterisk-config
COPY scripts/docker-asterisk /usr/local/bin/docker-asterisk
# Call records of its own, and AstDB with the doorbell book.
VOLUME /var/lib/asterisk
EXPOSE 5060/udp 10000-10099/udp
STOPSIGNAL SIGTERM
CMD ["docker-asterisk"]
