// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

const bodyMax = 64 << 10

// moment and day are written as the contract has them.
type (
	moment struct{ time.Time }
	day    struct{ time.Time }
)

func (m *moment) ScanTimestamptz(v pgtype.Timestamptz) error { m.Time = v.Time.UTC(); return nil }
func (m moment) MarshalJSON() ([]byte, error) {
	return m.AppendFormat(make([]byte, 0, 32), `"2006-01-02T15:04:05.000Z"`), nil
}
func (d *day) ScanDate(v pgtype.Date) error { d.Time = v.Time; return nil }
func (d day) MarshalJSON() ([]byte, error) {
	return d.AppendFormat(make([]byte, 0, 16), `"2006-01-02"`), nil
}

type link struct {
	Href string `json:"href"`
}

type links struct {
	Self link `json:"self"`
}

// vacancy is the resource; the names of the columns are those of the statements.
type vacancy struct {
	ID                     string          `json:"id" db:"id"`
	EmployerID             string          `json:"employerId" db:"employer_id"`
	Title                  string          `json:"title" db:"title"`
	Description            *string         `json:"description,omitempty" db:"description"`
	Kind                   string          `json:"kind" db:"kind"`
	State                  string          `json:"state" db:"state"`
	OccupationID           string          `json:"occupationId" db:"occupation_id"`
	Competences            json.RawMessage `json:"competences,omitempty" db:"competences"`
	Conditions             json.RawMessage `json:"conditions,omitempty" db:"conditions"`
	HoursMin               int             `json:"hoursMin" db:"hours_min"`
	HoursMax               int             `json:"hoursMax" db:"hours_max"`
	Shifts                 []string        `json:"shifts,omitempty" db:"shifts"`
	Postcode4              string          `json:"pc4" db:"postcode4"`
	Positions              int             `json:"positions" db:"positions"`
	PositionsTaken         *int            `json:"positionsTaken,omitempty" db:"positions_taken"`
	CandidatesWanted       int             `json:"candidatesWanted" db:"candidates_wanted"`
	StartDate              *day            `json:"startDate,omitempty" db:"start_date"`
	NeededBy               *day            `json:"neededBy,omitempty" db:"needed_by"`
	WageText               *string         `json:"wageText,omitempty" db:"wage_text"`
	InternalNote           *string         `json:"internalNote,omitempty" db:"internal_note"`
	AssigneeID             *string         `json:"assigneeId,omitempty" db:"assignee_id"`
	Neighbourhood          *string         `json:"neighbourhood,omitempty" db:"neighbourhood"`
	SiteID                 *string         `json:"siteId,omitempty" db:"site_id"`
	HandOverDate           *day            `json:"handOverDate,omitempty" db:"hand_over_date"`
	FirstLookUntil         *day            `json:"firstLookUntil,omitempty" db:"first_look_until"`
	OffSeason              *string         `json:"offSeason,omitempty" db:"off_season"`
	OffSeasonMonths        []string        `json:"offSeasonMonths,omitempty" db:"off_season_months"`
	ResidenceNeighbourhood *string         `json:"residenceNeighbourhood,omitempty" db:"residence_neighbourhood"`
	ClientEmployerID       *string         `json:"clientEmployerId,omitempty" db:"client_employer_id"`
	ClientOrganisationID   *string         `json:"clientOrganisationId,omitempty" db:"client_organisation_id"`
	CarvedFromID           *string         `json:"carvedFromId,omitempty" db:"carved_from_id"`
	ProjectID              *string         `json:"projectId,omitempty" db:"project_id"`
	DueAt                  moment          `json:"dueAt" db:"due_at"`
	Source                 string          `json:"source" db:"source"`
	ReportedAt             moment          `json:"reportedAt" db:"reported_at"`
	MatchInput             *int64          `json:"matchVersion,omitempty" db:"match_input"`
	Version                int64           `json:"version" db:"version"`
	ChangedAt              moment          `json:"changedAt" db:"changed_at"`
	Links                  links           `json:"_links" db:"-"`
}

// What a body asks, and the same with the names of columns.
type (
	competence struct {
		CompetenceID string `json:"competenceId"`
		Need         string `json:"need"`
		Level        *int   `json:"level"`
		Weight       *int   `json:"weight"`
	}
	competenceRow struct {
		CompetenceID string `json:"competence_id"`
		Need         string `json:"need"`
		Level        *int   `json:"level"`
		Weight       *int   `json:"weight"`
	}
	condition struct {
		Condition string `json:"condition"`
		Hard      bool   `json:"hard"`
	}
)

// vacancyNew is the body of a create.
type vacancyNew struct {
	EmployerID             string       `json:"employerId"`
	Title                  string       `json:"title"`
	Description            *string      `json:"description"`
	Kind                   string       `json:"kind"`
	OccupationID           string       `json:"occupationId"`
	Competences            []competence `json:"competences"`
	Conditions             []condition  `json:"conditions"`
	HoursMin               int          `json:"hoursMin"`
	HoursMax               int          `json:"hoursMax"`
	Shifts                 []string     `json:"shifts"`
	Postcode4              string       `json:"pc4"`
	Positions              int          `json:"positions"`
	CandidatesWanted       *int         `json:"candidatesWanted"`
	StartDate              *string      `json:"startDate"`
	NeededBy               *string      `json:"neededBy"`
	WageText               *string      `json:"wageText"`
	InternalNote           *string      `json:"internalNote"`
	AssigneeID             *string      `json:"assigneeId"`
	Neighbourhood          *string      `json:"neighbourhood"`
	SiteID                 *string      `json:"siteId"`
	HandOverDate           *string      `json:"handOverDate"`
	FirstLookUntil         *string      `json:"firstLookUntil"`
	OffSeason              *string      `json:"offSeason"`
	OffSeasonMonths        []string     `json:"offSeasonMonths"`
	ResidenceNeighbourhood *string      `json:"residenceNeighbourhood"`
	ClientEmployerID       *string      `json:"clientEmployerId"`
	ClientOrganisationID   *string      `json:"clientOrganisationId"`
	CarvedFromID           *string      `json:"carvedFromId"`
	Source                 *string      `json:"source"`
	ProjectID              *string      `json:"projectId"`
}

var kinds = map[string]bool{"regular": true, "temp": true, "secondment": true, "trial_placement": true, "work_experience": true,
	"internship": true, "apprenticeship": true, "subsidised": true, "seasonal": true, "event": true, "successor": true,
	"adoption": true, "redeployment": true}

func between(value, least, most int) bool { return least <= value && value <= most }

func isUUID(text string) bool {
	_, err := uuid.Parse(text)
	return err == nil && len(text) == 36
}

func isDay(text *string) bool {
	if text == nil {
		return true
	}
	_, err := time.Parse("2006-01-02", *text)
	return err == nil
}

func (v *vacancyNew) valid() bool {
	return isUUID(v.EmployerID) && isUUID(v.OccupationID) && between(utf8.RuneCountInString(v.Title), 1, 120) && kinds[v.Kind] &&
		between(v.HoursMin, 1, 48) && between(v.HoursMax, v.HoursMin, 48) && len(v.Postcode4) == 4 && between(v.Positions, 1, 1000) &&
		(v.CandidatesWanted == nil || between(*v.CandidatesWanted, 1, 1000)) && isDay(v.StartDate) && isDay(v.NeededBy)
}

// competenceRows is what is asked as the statement takes it, nil when nothing is.
func (v *vacancyNew) competenceRows() []competenceRow {
	if v.Competences == nil {
		return nil
	}
	rows := make([]competenceRow, len(v.Competences))
	for i, one := range v.Competences {
		rows[i] = competenceRow(one)
	}
	return rows
}

type vacancies struct {
	database
	login *login
	wake  chan struct{}
}

func (s *vacancies) get(w http.ResponseWriter, r *http.Request) {
	who, err := s.login.actor(r)
	id := strings.TrimPrefix(r.URL.Path, "/v1/vacancies/")
	switch {
	case r.Method != http.MethodGet:
		refuse(w, http.StatusMethodNotAllowed)
	case err != nil:
		refuse(w, http.StatusUnauthorized)
	case !isUUID(id):
		refuse(w, http.StatusNotFound)
	default:
		s.show(w, r, who, id, http.StatusOK)
	}
}

func (s *vacancies) show(w http.ResponseWriter, r *http.Request, who actor, id string, status int) {
	batch, err := s.begin(who, operation{"getVacancy", "on"})
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	var found vacancy
	batch.Queue(s.sql.VacancyGet, id).Query(one(&found))
	if err := s.run(r.Context(), batch); err != nil {
		refuse(w, statusOf(err))
		return
	}
	answer(w, who, status, &found)
}

func (s *vacancies) create(w http.ResponseWriter, r *http.Request) {
	who, err := s.login.actor(r)
	key := r.Header.Get("Idempotency-Key")
	body, readErr := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	var asked vacancyNew
	switch {
	case r.Method != http.MethodPost:
		refuse(w, http.StatusMethodNotAllowed)
	case err != nil:
		refuse(w, http.StatusUnauthorized)
	case !reporters[who.role]:
		refuse(w, http.StatusForbidden)
	case readErr != nil, !between(len(key), 8, 100), json.Unmarshal(body, &asked) != nil:
		refuse(w, http.StatusBadRequest)
	case !asked.valid():
		refuse(w, http.StatusUnprocessableEntity)
	default:
		s.insert(w, r, who, key, body, &asked)
	}
}

func (s *vacancies) insert(w http.ResponseWriter, r *http.Request, who actor, key string, body []byte, v *vacancyNew) {
	op := operation{"createVacancy", "off"}
	id, err := uuid.NewV7()
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	batch, err := s.begin(who, op)
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(body)
	fingerprint := hex.EncodeToString(sum[:])
	var made vacancy
	batch.Queue(s.sql.IdempotencyBegin, op.id, key, fingerprint, http.StatusCreated, id.String())
	batch.Queue(s.sql.VacancyInsert, id.String(), v.EmployerID, v.Title, v.Description, v.Kind, v.OccupationID, v.HoursMin, v.HoursMax,
		v.Shifts, v.Postcode4, v.Positions, v.CandidatesWanted, v.StartDate, v.NeededBy, v.WageText, v.InternalNote, v.AssigneeID,
		v.competenceRows(), v.Conditions, v.Neighbourhood, v.SiteID, v.HandOverDate, v.FirstLookUntil, v.OffSeason, v.OffSeasonMonths,
		v.ResidenceNeighbourhood, v.ClientEmployerID, v.ClientOrganisationID, v.CarvedFromID, v.Source, v.ProjectID).Query(one(&made))
	err = s.run(r.Context(), batch)
	switch {
	case sqlState(err) == "MW001":
		s.replay(w, r, who, key, fingerprint)
	case err != nil:
		refuse(w, statusOf(err))
	default:
		select {
		case s.wake <- struct{}{}:
		default: // it will be woken already
		}
		answer(w, who, http.StatusCreated, &made)
	}
}

// replay answers a request that was done before: with what it made.
func (s *vacancies) replay(w http.ResponseWriter, r *http.Request, who actor, key, fingerprint string) {
	batch, err := s.begin(who, operation{"createVacancy", "on"})
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	var before, resource string
	var status int
	batch.Queue(s.sql.IdempotencyOutcome, "createVacancy", key).QueryRow(func(row pgx.Row) error {
		return row.Scan(&before, &status, &resource)
	})
	err = s.run(r.Context(), batch)
	switch {
	case err != nil:
		refuse(w, statusOf(err))
	case before != fingerprint:
		refuse(w, http.StatusUnprocessableEntity)
	default:
		s.show(w, r, who, resource, status)
	}
}

// one reads the only row of a statement.
func one(into *vacancy) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectOneRow(rows, pgx.RowToStructByNameLax[vacancy])
		return err
	}
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return http.StatusNotFound
	case sqlState(err) == "MW409":
		return http.StatusConflict
	case strings.HasPrefix(sqlState(err), "23"):
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}

func refuse(w http.ResponseWriter, status int) {
	http.Error(w, http.StatusText(status), status)
}

func answer(w http.ResponseWriter, who actor, status int, v *vacancy) {
	if !colleagues[who.role] {
		v.InternalNote, v.MatchInput = nil, nil
	}
	v.Links.Self.Href = "/v1/vacancies/" + v.ID
	text, err := json.Marshal(v)
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	header.Set("ETag", `"`+strconv.FormatInt(v.Version, 10)+`"`)
	if status == http.StatusCreated {
		header.Set("Location", v.Links.Self.Href)
	}
	w.WriteHeader(status)
	w.Write(text)
}
