# dynaudit in an image without a shell, as a user who is not root.
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends cmake=3.* make=4.* gcc=4:* g++=4:* \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked --no-default-features --features aws

# Has CA certificates, glibc and libgcc, and nothing to run beside.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/dynaudit /usr/local/bin/dynaudit
USER 65532:65532
WORKDIR /state
ENTRYPOINT ["/usr/local/bin/dynaudit"]
CMD ["--help"]
