# syntax=docker/dockerfile:1
# The backend with its pages and the custom element, and in the stage `simulator` a DingTalk in a box. docs/deployment.md.

# rustup is what matters of this image: scripts/setup installs the toolchain of rust-toolchain.toml, and the tools of scripts/versions.
FROM rust:1.95-bookworm AS build
WORKDIR /src
ENV CARGO_HOME=/usr/local/cargo CARGO_NET_RETRY=5

# The tools, before the sources: they change less often.
COPY rust-toolchain.toml Cargo.lock ./
COPY scripts/setup scripts/versions scripts/
RUN --mount=type=cache,target=/usr/local/cargo/registry scripts/setup page
COPY frontend/package/package.json frontend/package/package-lock.json frontend/package/
RUN scripts/setup embed

COPY . .
# The page and the element; then the programs. What is compiled stays in the cache of the builder, so results are moved out of it.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo +stable fetch --locked && make embed && mv dist /dist
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo +stable build --release --locked -p dingtalk-qr-backend -p dingtalk-qr-simulator && \
    install -D -t /programs target/release/dingtalk-qr target/release/dingtalk-qr-simulator

# Nothing but libc, the roots that TLS to DingTalk is checked against, and a user without rights.
FROM debian:bookworm-slim AS runtime
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* && \
    groupadd --system --gid 10001 dingtalk-qr && \
    useradd --system --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin dingtalk-qr && \
    install -d -o 10001 -g 10001 -m 0700 /data
USER 10001:10001
STOPSIGNAL SIGTERM

FROM runtime AS simulator
COPY --from=build /programs/dingtalk-qr-simulator /usr/local/bin/
EXPOSE 9080
ENTRYPOINT ["dingtalk-qr-simulator"]
CMD ["--listen", "0.0.0.0:9080"]

FROM runtime AS backend
COPY --from=build /programs/dingtalk-qr /usr/local/bin/
COPY --from=build /dist /opt/dingtalk-qr/dist
# Credentials go to the store only, unless ENV_FILE names a file of a volume.
ENV LISTEN_ADDR=0.0.0.0:3000 \
    DIST_DIR=/opt/dingtalk-qr/dist \
    DATA_DIR=/data \
    ENV_FILE=""
WORKDIR /data
VOLUME /data
EXPOSE 3000
# There is no curl, and bash speaks TCP.
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3000 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["dingtalk-qr"]
CMD ["serve"]
