# A Manytabs server. It needs nothing but Node; what npm installs brings SQLite and WebRTC with it.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci --no-audit --no-fund && npm run build

FROM node:20-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build --chown=node:node /app /app
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 4600
HEALTHCHECK --interval=5s --start-period=30s \
  CMD node -e "fetch('http://127.0.0.1:4600/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
ENTRYPOINT ["node", "dist/node/manytabs.mjs"]
CMD ["up", "--host", "0.0.0.0", "--data", "/data", "--log", "-"]
