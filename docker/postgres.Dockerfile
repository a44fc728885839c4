FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-15 && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /data && chown postgres /data
COPY docker/postgresql.conf /etc/maatwerk/postgresql.conf
COPY docker/postgres-start /usr/local/bin/postgres-start
USER postgres
CMD ["postgres-start"]
