// SPDX-License-Identifier: EUPL-1.2

// Command gopeer is the reference of `make bench`: what a good Go programmer would write for two operations of
// our contract, with net/http, pgx and golang-jwt. It reads and creates vacancies in the same database, as the
// same login role, with the same statements and the same context for row-level security.
//
// Where a choice had to be made, the quicker of the idiomatic ones was taken:
//   - The statements of a request are one pgx.Batch. pgx runs a batch as one implicit transaction, in one round
//     trip and with prepared statements; Begin and Commit around it would make that three.
//   - A verified token is remembered for a minute, as our services do.
//   - The dispatcher is woken by a goroutine of its own, once for all the creates since the last time.
//   - It does not log or count requests, which our services do.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	ctx := context.Background()
	uuid.EnableRandPool()
	pool, err := pgxpool.New(ctx, os.Getenv("GOPEER_PG"))
	if err != nil {
		log.Fatal(err)
	}
	var sql statements
	if err := json.Unmarshal([]byte(os.Getenv("GOPEER_SQL")), &sql); err != nil {
		log.Fatal(err)
	}
	login, err := newLogin(ctx, pool, os.Getenv("MAATWERK_KEYS"))
	if err != nil {
		log.Fatal(err)
	}
	vacancies := &vacancies{database: database{pool: pool, sql: sql}, login: login, wake: make(chan struct{}, 1)}
	go wakeDispatcher(ctx, os.Getenv("GOPEER_REDIS"), vacancies.wake)
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/vacancies", vacancies.create)
	mux.HandleFunc("/v1/vacancies/", vacancies.get)
	server := &http.Server{Addr: os.Getenv("GOPEER_LISTEN"), Handler: mux, ReadTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	log.Fatal(server.ListenAndServe())
}
