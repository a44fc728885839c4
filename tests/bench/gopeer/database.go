// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// statements are those of sql/queries, with their parameters numbered in the order in which they are bound here.
type statements struct {
	ContextSet         string `json:"context_set"`
	IdempotencyBegin   string `json:"idempotency_begin"`
	IdempotencyOutcome string `json:"idempotency_outcome"`
	VacancyGet         string `json:"vacancy_get"`
	VacancyInsert      string `json:"vacancy_insert"`
}

type database struct {
	pool *pgxpool.Pool
	sql  statements
}

type operation struct {
	id       string
	readOnly string // "on" or "off"
}

// begin starts the batch of a request: its first statement says who asks, for row-level security and the audit.
func (d *database) begin(who actor, op operation) (*pgx.Batch, error) {
	request, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	batch := &pgx.Batch{}
	batch.Queue(d.sql.ContextSet, who.tenant, who.user, who.organisation, who.role, who.user, who.version, who.scope, op.id+"/"+request.String()+"/", op.readOnly)
	return batch, nil
}

// run sends the batch as one transaction, and reads its results.
func (d *database) run(ctx context.Context, batch *pgx.Batch) error {
	return d.pool.SendBatch(ctx, batch).Close()
}

// sqlState is the code of an error that PostgreSQL gave, or nothing.
func sqlState(err error) string {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}
