#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Fuzzes each target for the given seconds (clang). New inputs stay in build/fuzz; a finding ends with an error.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
mkdir -p build/fuzz
flags="-std=gnu11 -g -O1 -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -I. -I/usr/include/postgresql -fsanitize=fuzzer,address,undefined"
sources="lib/base/*.c lib/json/*.c lib/http/*.c lib/auth/*.c lib/db/plan.c services/employers/gen/*.c openapi/gen/role.c services/employers/*_http.c services/employers/vacancy.c"
for source in tests/fuzz/*.c; do
    name=$(basename "$source" .c)
    [ "$name" = replay ] && continue
    clang $flags "$source" $sources -lcjson -lcrypto -lpq -lm -o "build/fuzz/$name"
    mkdir -p "build/fuzz/corpus-$name"
    "build/fuzz/$name" -max_total_time="$seconds" -max_len=8192 -rss_limit_mb=1024 -print_final_stats=0 -verbosity=0 \
        -artifact_prefix="build/fuzz/" "build/fuzz/corpus-$name" "tests/fuzz/corpus/$name"
    echo "ok fuzz $name: $seconds s without a finding"
done
