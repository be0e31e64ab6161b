FROM oven/bun:1.4.5-slim AS dependencies
WORKDIR /app
COPY package.json bun.lock bunfig.toml ./
RUN bun install --frozen-lockfile --production

FROM oven/bun:1.4.5-slim
WORKDIR /app
# The embedded database, where no DATABASE_URL is given, lies in a folder that the user below may write.
RUN mkdir data && chown bun:bun data
COPY --from=dependencies /app/node_modules node_modules
COPY package.json tsconfig.json LICENSE ./
COPY core core
COPY plugins plugins
COPY tui tui
COPY migrations migrations
COPY scripts scripts
RUN bun scripts/bundle-console.ts
ENV NODE_ENV=production
USER bun
EXPOSE 8080 3001
CMD ["bun", "core/main.ts"]
