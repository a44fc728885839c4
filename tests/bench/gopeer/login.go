// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	rememberFor    = time.Minute
	rememberAtMost = 4096
)

// scopes tells how far the right to read a vacancy reaches. reporters are the roles that may also create one.
var (
	scopes = map[string]string{
		"consultant": "tenant", "account_manager": "tenant", "team_lead": "tenant", "case_manager": "tenant",
		"coach": "tenant", "sector_coach": "tenant", "hub": "tenant",
		"firm": "organisation", "agency": "organisation", "employer": "organisation",
	}
	reporters  = map[string]bool{"employer": true, "account_manager": true, "consultant": true, "firm": true, "agency": true, "hub": true}
	colleagues = map[string]bool{"consultant": true, "account_manager": true, "team_lead": true}
)

var errUnauthenticated = errors.New("unauthenticated")

// actor is who asks.
type actor struct {
	tenant       string // the number, as text
	user         string
	organisation string
	role         string
	version      string // of the hats; that of the account has the identifier of the user
	scope        string
}

type claims struct {
	Tenant       string `json:"tenant"`
	Role         string `json:"role"`
	Organisation string `json:"org"`
	jwt.RegisteredClaims
}

type remembered struct {
	actor actor
	until time.Time
}

// login verifies tokens and remembers those that it has verified.
type login struct {
	pool    *pgxpool.Pool
	key     *ecdsa.PublicKey
	parser  *jwt.Parser
	tenants map[string]string

	mutex sync.RWMutex
	known map[string]remembered
}

func newLogin(ctx context.Context, pool *pgxpool.Pool, folder string) (*login, error) {
	pem, err := os.ReadFile(filepath.Join(folder, "issuer.pub.pem"))
	if err != nil {
		return nil, err
	}
	key, err := jwt.ParseECPublicKeyFromPEM(pem)
	if err != nil {
		return nil, err
	}
	l := &login{pool: pool, key: key, tenants: map[string]string{}, known: map[string]remembered{}}
	l.parser = jwt.NewParser(jwt.WithValidMethods([]string{"ES256"}), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithIssuer("https://issuer.maatwerk.example"), jwt.WithAudience("maatwerk"))
	rows, err := pool.Query(ctx, "select id::text, tenant_id::text from ref.tenant where status = 'active'")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, number string
		if err := rows.Scan(&id, &number); err != nil {
			return nil, err
		}
		l.tenants[id] = number
	}
	return l, rows.Err()
}

// actor tells who sent this request.
func (l *login) actor(r *http.Request) (actor, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return actor{}, errUnauthenticated
	}
	now := time.Now()
	l.mutex.RLock()
	found, ok := l.known[token]
	l.mutex.RUnlock()
	if ok && now.Before(found.until) {
		return found.actor, nil
	}
	fresh, err := l.verify(r.Context(), token, now)
	if err != nil {
		return actor{}, errUnauthenticated
	}
	l.remember(token, fresh)
	return fresh.actor, nil
}

func (l *login) verify(ctx context.Context, token string, now time.Time) (remembered, error) {
	var c claims
	if _, err := l.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return l.key, nil }); err != nil {
		return remembered{}, err
	}
	if _, err := uuid.Parse(c.Subject); err != nil {
		return remembered{}, err
	}
	who := actor{tenant: l.tenants[c.Tenant], user: c.Subject, organisation: c.Organisation, role: c.Role, scope: scopes[c.Role]}
	if who.tenant == "" || who.scope == "" {
		return remembered{}, errUnauthenticated
	}
	hat := l.pool.QueryRow(ctx, "select version::text from entry.hat where user_id = $1 and tenant_id = $2::text::int and id = $1 and role = $3",
		who.user, who.tenant, who.role)
	if err := hat.Scan(&who.version); err != nil {
		return remembered{}, err
	}
	until := now.Add(rememberFor)
	if c.ExpiresAt.Before(until) {
		until = c.ExpiresAt.Time
	}
	return remembered{who, until}, nil
}

func (l *login) remember(token string, fresh remembered) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if len(l.known) >= rememberAtMost {
		l.known = map[string]remembered{}
	}
	l.known[token] = fresh
}
