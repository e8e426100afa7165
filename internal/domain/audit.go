package domain

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// Actions of the audit log: stable codes, thing and what was done with it.
const (
	ActionSignedIn            = "signed_in"
	ActionSignInFailed        = "sign_in_failed"
	ActionSignedOut           = "signed_out"
	ActionSessionEnded        = "session.ended"
	ActionSessionsEnded       = "sessions.ended"
	ActionPasswordChanged     = "password.changed"
	ActionPasswordLink        = "password_link.created"
	ActionTokenCreated        = "token.created"
	ActionTokenRevoked        = "token.revoked"
	ActionUserCreated         = "user.created"
	ActionUserSaved           = "user.saved"
	ActionCredentialSaved     = "credential.saved"
	ActionCredentialSignedIn  = "credential.signed_in"
	ActionIntegrationUser     = "integration_user.assigned"
	ActionConnectorEnabled    = "connector.enabled"
	ActionConnectorDisabled   = "connector.disabled"
	ActionSiteSwitched        = "site.switched"
	ActionSiteRenewed         = "site.renewed"
	ActionExcludedAdded       = "excluded_number.added"
	ActionExcludedRemoved     = "excluded_number.removed"
	ActionSettingsSaved       = "settings.saved"
	ActionJobDeleted          = "job.deleted"
	ActionJobStarted          = "job.started"
	ActionBackfillStarted     = "backfill.started"
	ActionCallRetried         = "call.retried"
	ActionCallImported        = "call.imported"
	ActionPackageInstalled    = "package.installed"
	ActionPackageUninstalled  = "package.uninstalled"
	ActionTermsAccepted       = "terms.accepted"
	ActionGuestMended         = "guest_user.mended"
	ActionTranscriptCorrected = "transcript.corrected"
	ActionReanalysisStarted   = "reanalysis.started"
	ActionReanalysisStopped   = "reanalysis.stopped"
	ActionRetention           = "retention.applied"
	ActionInsightTypeAdded    = "insight_type.added"
	ActionInsightTypeSaved    = "insight_type.saved"
	ActionInsightTypeRemoved  = "insight_type.removed"
)

// Kinds of subjects of the audit log.
const (
	SubjectUser       = "user"
	SubjectSession    = "session"
	SubjectToken      = "api_token"
	SubjectConnector  = "connector"
	SubjectExcluded   = "excluded_number"
	SubjectSettings   = "settings"
	SubjectJob        = "scheduled_job"
	SubjectVCCall     = "vc_call"
	SubjectPackage    = "package"
	SubjectCall       = "call"
	SubjectReanalysis = "reanalysis"

	SubjectInsightType = "insight_type"
)

// Audited is a row of the audit log: who did what to what, when and from where.
type Audited struct {
	ID          string
	At          time.Time
	ActorID     string // empty for the command line, the system and people who are not signed in
	Actor       string
	Token       string // name of the API token that was used
	Action      string
	SubjectKind string
	SubjectID   string
	Subject     string
	Changes     []FieldChange
	Address     string
}

// FieldChange is one field before and after. It holds no secret.
type FieldChange struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Subject is what an action was done to.
type Subject struct{ Kind, ID, Name string }

// Facts are the fields of a thing as the audit log compares them.
type Facts map[string]string

// HiddenFact stands for a secret, of which only is told that it was changed.
const HiddenFact = "(secret)"

// FactsOf takes the fields of a value from its JSON; inner ones are named after their path, as in "identifiers.aircall"; lists stay whole.
func FactsOf(v any) Facts {
	text, err := json.Marshal(v)
	if err != nil {
		return Facts{"value": err.Error()}
	}
	var decoded any
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&decoded); err != nil {
		return Facts{"value": err.Error()}
	}
	facts := Facts{}
	facts.put("", decoded)
	return facts
}

func (f Facts) put(path string, v any) {
	under := func(key string) string { return strings.TrimPrefix(path+"."+key, ".") }
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for key, inner := range v {
			f.put(under(key), inner)
		}
	case string:
		f[path] = v
	default:
		text, _ := json.Marshal(v) // it was decoded from JSON
		f[path] = string(text)
	}
}

// Changes from these facts to others, by field. A fact that is missing is empty.
func (f Facts) Changes(to Facts) []FieldChange {
	all := maps.Clone(to)
	if all == nil {
		all = Facts{}
	}
	for field := range f {
		all[field] = to[field]
	}
	var out []FieldChange
	for field, value := range all {
		if f[field] != value {
			out = append(out, FieldChange{field, f[field], value})
		}
	}
	slices.SortFunc(out, func(a, b FieldChange) int { return cmp.Compare(a.Field, b.Field) })
	return out
}

// Origin is from where something is asked for.
type Origin struct {
	Address string // of the caller
	Token   string // name of the API token; empty for a session
	Session string // id of the session; empty for an API token
	Browser string // as the caller calls itself
}

type originKey struct{}

// WithOrigin keeps from where something is asked for, for the audit log.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf is from where something is asked for; empty for what Earshot does by itself.
func OriginOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}
