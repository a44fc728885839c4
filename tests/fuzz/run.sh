#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Fuzzes each target, or the named one, for the given seconds (clang). New inputs stay in build/fuzz; a finding ends with an
# error.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60} only=${2:-}
make --no-print-directory -s -j2 CC=clang SAN=1 FUZZ=1 build/fuzz/librules.a build/fuzz/libmaatwerk.a
flags="-std=gnu11 -g -O1 -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -I. -I/usr/include/postgresql
       -fsanitize=fuzzer,address,undefined,float-cast-overflow -fno-sanitize-recover=undefined"
for source in tests/fuzz/*.c; do
    name=$(basename "$source" .c)
    [ "$name" = replay ] || [ -n "$only" ] && [ "$name" != "$only" ] && continue
    clang $flags "$source" build/fuzz/librules.a build/fuzz/libmaatwerk.a \
        -lh2o-evloop -lpq -lhiredis -lcjson -lutf8proc -lssl -lcrypto -lz -lpthread -lm -o "build/fuzz/$name"
    mkdir -p "build/fuzz/corpus-$name"
    "build/fuzz/$name" -max_total_time="$seconds" -max_len=8192 -rss_limit_mb=1024 -print_final_stats=0 -verbosity=0 \
        -artifact_prefix="build/fuzz/" "build/fuzz/corpus-$name" "tests/fuzz/corpus/$name"
    echo "ok fuzz $name: $seconds s without a finding"
done
