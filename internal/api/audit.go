package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// FieldChange is one field before and after; secrets are never shown.
type FieldChange struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// AuditEntry says who did what to what.
type AuditEntry struct {
	ID          string        `json:"id"`
	At          time.Time     `json:"at"`
	ActorID     string        `json:"actor_id" doc:"Empty for the command line, the system and people who are not signed in"`
	Actor       string        `json:"actor"`
	Token       string        `json:"token" doc:"Name of the API token that was used; empty for a person in the browser"`
	Action      string        `json:"action" doc:"Stable code"`
	SubjectKind string        `json:"subject_kind"`
	SubjectID   string        `json:"subject_id"`
	Subject     string        `json:"subject"`
	Changes     []FieldChange `json:"changes"`
	Address     string        `json:"address"`
}

// AuditFilter selects entries; what is left out selects all.
type AuditFilter struct {
	Actor   string    `query:"actor" maxLength:"200" doc:"Id of a user, or the name of who has none, such as command line"`
	Action  string    `query:"action" maxLength:"64"`
	Subject string    `query:"subject" maxLength:"64" doc:"Id of the thing that was changed"`
	From    time.Time `query:"from" doc:"At this time or later"`
	To      time.Time `query:"to" doc:"Before this time"`
	Query   string    `query:"q" maxLength:"200" doc:"Part of any text"`
}

type auditIn struct {
	AuditFilter
	Cursor string `query:"cursor" maxLength:"200"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (f AuditFilter) filter() store.AuditFilter {
	out := store.AuditFilter{Action: f.Action, SubjectID: f.Subject, From: f.From, To: f.To, Query: f.Query}
	if strings.Count(f.Actor, "-") == 4 && len(f.Actor) == 36 {
		out.ActorID = f.Actor
	} else {
		out.Actor = f.Actor
	}
	return out
}

func auditBody(a domain.Audited) AuditEntry {
	out := AuditEntry{ID: a.ID, At: a.At.UTC(), ActorID: a.ActorID, Actor: a.Actor, Token: a.Token, Action: a.Action, SubjectKind: a.SubjectKind, SubjectID: a.SubjectID, Subject: a.Subject, Address: a.Address, Changes: make([]FieldChange, 0, len(a.Changes))}
	for _, c := range a.Changes {
		out.Changes = append(out.Changes, FieldChange(c))
	}
	return out
}

func (a *API) registerAudit(h huma.API) {
	huma.Register(h, op("GET", "/audit-log", "list-audit-log", "Who did what, newest first", "audit log", 422), func(ctx context.Context, in *auditIn) (*listOut[AuditEntry], error) {
		f := in.filter()
		f.Cursor, f.Limit = in.Cursor, in.Limit
		rows, next, err := a.Identity.AuditLog(ctx, actor(ctx), f)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(rows, next, auditBody), nil
	})
	huma.Register(h, op("GET", "/audit-log/actions", "list-audit-actions", "The actions that the audit log holds", "audit log"), func(ctx context.Context, _ *empty) (*listOut[string], error) {
		actions, err := a.Identity.AuditActions(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(actions, "", func(action string) string { return action }), nil
	})
	export := op("GET", "/audit-log/export", "export-audit-log", "The audit log as CSV, newest first", "audit log")
	export.Responses = map[string]*huma.Response{"200": {Description: "One row a changed field", Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	huma.Register(h, export, func(ctx context.Context, in *AuditFilter) (*huma.StreamResponse, error) {
		if _, _, err := a.Identity.AuditLog(ctx, actor(ctx), store.AuditFilter{Limit: 1}); err != nil {
			return nil, a.fail(ctx, err)
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			hc.SetHeader("Content-Type", "text/csv; charset=utf-8")
			hc.SetHeader("Content-Disposition", `attachment; filename="audit-log.csv"`)
			hc.SetStatus(http.StatusOK)
			if err := a.Identity.ExportAudit(ctx, actor(ctx), in.filter(), hc.BodyWriter()); err != nil {
				a.Logger.WarnContext(ctx, "the export of the audit log ended early", "error", err)
			}
		}}, nil
	})
}
