#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Replays the corpora of the fuzz targets, built with gcc's sanitizers.
set -eu
cd "$(dirname "$0")/../.."
make --no-print-directory -s SAN=1 -j2 build/asan/librules.a build/asan/libmaatwerk.a
mkdir -p build/asan/fuzz
flags="-std=gnu11 -g -O1 -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -I. -I/usr/include/postgresql -fsanitize=address,undefined"
for source in tests/fuzz/*.c; do
    name=$(basename "$source" .c)
    [ "$name" = replay ] && continue
    gcc $flags "$source" tests/fuzz/replay.c build/asan/librules.a build/asan/libmaatwerk.a \
        -lh2o-evloop -lpq -lhiredis -lcjson -lutf8proc -lssl -lcrypto -lz -lpthread -lm -o "build/asan/fuzz/$name"
    said=$(ASAN_OPTIONS=detect_leaks=0 "build/asan/fuzz/$name" tests/fuzz/corpus/"$name"/*)
    echo "ok fuzz corpus $name ($said)"
done
