// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"log"
	"os"

	"github.com/redis/go-redis/v9"
)

// wakeDispatcher tells the dispatcher that there is a job, whenever a create has committed one. Nothing is lost when
// that fails: the dispatcher also looks by itself.
func wakeDispatcher(ctx context.Context, socket string, wake <-chan struct{}) {
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, Username: "maatwerk_employers",
		Password: os.Getenv("GOPEER_REDIS_SECRET")})
	for range wake {
		pipe := client.Pipeline()
		pipe.LPush(ctx, "mw:{s0}:wake", 1)
		pipe.LTrim(ctx, "mw:{s0}:wake", 0, 0)
		if _, err := pipe.Exec(ctx); err != nil {
			log.Print(err)
		}
	}
}
