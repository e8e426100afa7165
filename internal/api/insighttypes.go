package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/domain"
)

// InsightType is a product, competitor or custom mention that is looked for in calls.
type InsightType struct {
	ID           string    `json:"id"`
	Kind         string    `json:"kind" enum:"product,competitor,mention"`
	Name         string    `json:"name"`
	Aliases      []string  `json:"aliases" nullable:"false" doc:"Other ways to say it"`
	Language     string    `json:"language" doc:"BCP 47; empty: calls in any language"`
	SaidBy       string    `json:"said_by" enum:"rep,customer,either"`
	FirstSeconds int       `json:"first_seconds" doc:"Counts only in so many first seconds of a call; 0: in all of it"`
	Active       bool      `json:"active"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

// TypeMatch is where a text is taken for an insight type.
type TypeMatch struct {
	TypeID string  `json:"type_id"`
	Kind   string  `json:"kind" enum:"product,competitor,mention"`
	Name   string  `json:"name"`
	Match  string  `json:"match" enum:"exact,word_form,fuzzy,phonetic"`
	Score  float64 `json:"score" doc:"How alike what was said is to the name or alias: 1 for exact words and their forms"`
	Heard  string  `json:"heard" doc:"The words of the text"`
}

type addTypeIn struct {
	Body struct {
		Kind         string   `json:"kind" enum:"product,competitor,mention"`
		Name         string   `json:"name" minLength:"1" maxLength:"400"`
		Aliases      []string `json:"aliases,omitempty" nullable:"false" maxItems:"1000" doc:"Other ways to say it"`
		Language     string   `json:"language,omitempty" maxLength:"35" doc:"BCP 47; empty: calls in any language"`
		SaidBy       string   `json:"said_by,omitempty" enum:"rep,customer,either" default:"either"`
		FirstSeconds int      `json:"first_seconds,omitempty" minimum:"0" maximum:"86400"`
		Active       bool     `json:"active,omitempty" default:"true"`
	}
}

type importTypesIn struct {
	Body struct {
		Kind         string `json:"kind" enum:"product,competitor,mention"`
		Text         string `json:"text" maxLength:"900000" doc:"A type a line: its name, and its aliases behind it, parted by commas, semicolons or tabs; at most 5,000 lines"`
		Language     string `json:"language,omitempty" maxLength:"35"`
		SaidBy       string `json:"said_by,omitempty" enum:"rep,customer,either" default:"either"`
		FirstSeconds int    `json:"first_seconds,omitempty" minimum:"0" maximum:"86400"`
	}
}

// ImportedTypes is what an import did.
type ImportedTypes struct {
	Added   int `json:"added"`
	Skipped int `json:"skipped" doc:"Lines whose name is there already"`
}

type changeTypeIn struct {
	IDPath
	Body struct {
		Kind         *string   `json:"kind,omitempty" enum:"product,competitor,mention"`
		Name         *string   `json:"name,omitempty" minLength:"1" maxLength:"400"`
		Aliases      *[]string `json:"aliases,omitempty" nullable:"false" maxItems:"1000"`
		Language     *string   `json:"language,omitempty" maxLength:"35"`
		SaidBy       *string   `json:"said_by,omitempty" enum:"rep,customer,either"`
		FirstSeconds *int      `json:"first_seconds,omitempty" minimum:"0" maximum:"86400"`
		Active       *bool     `json:"active,omitempty"`
	}
}

type tryTypesIn struct {
	Body struct {
		Text     string  `json:"text" maxLength:"5000" doc:"What somebody says"`
		SaidBy   string  `json:"said_by,omitempty" enum:"rep,customer,either" default:"either"`
		Second   float64 `json:"second,omitempty" minimum:"0" maximum:"86400" doc:"When in the call it is said"`
		Language string  `json:"language,omitempty" maxLength:"35" doc:"Of the call; empty: types of all languages"`
	}
}

// saidBy maps what people say to speakers.
var saidBy = map[string]domain.Speaker{"rep": domain.Agent, "customer": domain.Customer, "either": ""}

func saidByName(s domain.Speaker) string {
	for name, speaker := range saidBy {
		if speaker == s {
			return name
		}
	}
	return string(s)
}

func typeBody(t domain.InsightType) InsightType {
	return InsightType{t.ID, string(t.Kind), t.Name, t.Aliases, t.Language, saidByName(t.SaidBy), t.FirstSeconds, t.Active, t.CreatedAt.UTC(), t.UpdatedAt.UTC()}
}

func matchBody(m domain.TypeMatch) TypeMatch {
	return TypeMatch{m.Type.ID, string(m.Type.Kind), m.Type.Name, string(m.Match), m.Score, m.Heard}
}

// put changes what was sent.
func put[T any](field *T, sent *T) {
	if sent != nil {
		*field = *sent
	}
}

func (in *changeTypeIn) apply(t *domain.InsightType) {
	b := in.Body
	put(&t.Name, b.Name)
	put(&t.Aliases, b.Aliases)
	put(&t.Language, b.Language)
	put(&t.FirstSeconds, b.FirstSeconds)
	put(&t.Active, b.Active)
	if b.Kind != nil {
		t.Kind = domain.InsightKind(*b.Kind)
	}
	if b.SaidBy != nil {
		t.SaidBy = saidBy[*b.SaidBy]
	}
}

const tagTypes = "insight types"

func (a *API) registerInsightTypes(h huma.API) {
	answer := func(ctx context.Context, t domain.InsightType, err error) (*bodyOut[InsightType], error) {
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[InsightType]{typeBody(t)}, nil
	}
	huma.Register(h, op("GET", "/insight-types", "list-insight-types", "Products, competitors and custom mentions, by kind and name", tagTypes), func(ctx context.Context, _ *empty) (*listOut[InsightType], error) {
		types, err := a.InsightTypes.List(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(types, "", typeBody), nil
	})
	huma.Register(h, op("POST", "/insight-types", "add-insight-type", "Look for something in calls from now on", tagTypes, 409, 422), func(ctx context.Context, in *addTypeIn) (*bodyOut[InsightType], error) {
		b := in.Body
		t, err := a.InsightTypes.Add(ctx, actor(ctx), domain.InsightType{Kind: domain.InsightKind(b.Kind), Name: b.Name, Aliases: b.Aliases, Language: b.Language, SaidBy: saidBy[b.SaidBy], FirstSeconds: b.FirstSeconds, Active: b.Active})
		return answer(ctx, t, err)
	})
	huma.Register(h, op("PATCH", "/insight-types/{id}", "change-insight-type", "Change what is sent of an insight type", tagTypes, 404, 409, 422), func(ctx context.Context, in *changeTypeIn) (*bodyOut[InsightType], error) {
		t, err := a.InsightTypes.Change(ctx, actor(ctx), in.ID, in.apply)
		return answer(ctx, t, err)
	})
	remove := op("DELETE", "/insight-types/{id}", "remove-insight-type", "Delete an insight type; calls keep what it found until they are analysed again", tagTypes, 404)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(h, remove, func(ctx context.Context, in *IDPath) (*empty, error) {
		if err := a.InsightTypes.Remove(ctx, actor(ctx), in.ID); err != nil {
			return nil, a.fail(ctx, err)
		}
		return nil, nil
	})
	huma.Register(h, op("POST", "/insight-types/import", "import-insight-types", "Add many insight types; all or none", tagTypes, 422), func(ctx context.Context, in *importTypesIn) (*bodyOut[ImportedTypes], error) {
		b := in.Body
		like := domain.InsightType{Kind: domain.InsightKind(b.Kind), Language: b.Language, SaidBy: saidBy[b.SaidBy], FirstSeconds: b.FirstSeconds, Active: true}
		added, skipped, err := a.InsightTypes.Import(ctx, actor(ctx), b.Text, like)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[ImportedTypes]{ImportedTypes{len(added), skipped}}, nil
	})
	huma.Register(h, op("POST", "/insight-types/try", "try-insight-types", "Which active types a sentence matches, and how; nothing is stored", tagTypes, 422), func(ctx context.Context, in *tryTypesIn) (*listOut[TypeMatch], error) {
		b := in.Body
		found, err := a.InsightTypes.Try(ctx, actor(ctx), b.Text, saidBy[b.SaidBy], b.Second, b.Language)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(found, "", matchBody), nil
	})
}
