# Builds with any engine and needs a registry only for the two base images:
#   docker build -t localhost/skupper:0.1.0 .
FROM docker.io/library/node:26-trixie-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY package.json package-lock.json ./
# The Node of the lock file comes with it, for the machine this is built on.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run bundle && strip -o /node "$(node_modules/.bin/node -p process.execPath)"

# The C and C++ libraries that Node needs, CA certificates, and a user without rights; no shell.
FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=build /node /usr/local/bin/node
COPY --from=build /src/dist/app /app
ENV NODE_ENV=production
USER 65532
ENTRYPOINT ["/usr/local/bin/node", "/app/main.mjs"]
