package connector

import (
	"context"
	"testing"

	"earshot/internal/domain"
)

// TestSaveSpeechSettings: what cannot work is refused and changes nothing; a key stays with its engine and address.
func TestSaveSpeechSettings(t *testing.T) {
	t.Parallel()
	key := func(s string) *string { return &s }
	type step struct {
		in   domain.SpeechSettings
		key  *string
		code string // of the error
		set  bool   // a key is there afterwards
	}
	deepgram, own := domain.SpeechSettings{Engine: "deepgram"}, domain.SpeechSettings{Engine: "openai", BaseURL: "http://10.0.0.5:8000/v1"}
	elsewhere := domain.SpeechSettings{Engine: "deepgram", BaseURL: "https://evil.example/v1"}
	rule := func(kind domain.RuleKind, key, language string) domain.SpeechSettings {
		return domain.SpeechSettings{Engine: "moonshine", Languages: []domain.LanguageRule{{Kind: kind, Key: key, Language: language}}}
	}
	for name, steps := range map[string][]step{
		"a key is kept":                       {{deepgram, key(" k "), "", true}, {deepgram, nil, "", true}},
		"a service that needs a key":          {{deepgram, nil, "engine_key", false}},
		"a key that is forgotten":             {{own, key("k"), "", true}, {own, key(""), "", false}},
		"another address needs its own key":   {{deepgram, key("k"), "", true}, {elsewhere, nil, "engine_key", true}},
		"and back again it is there":          {{deepgram, key("k"), "", true}, {own, nil, "", false}, {deepgram, nil, "", true}},
		"one's own server, no key":            {{own, nil, "", false}},
		"an unknown engine":                   {{domain.SpeechSettings{Engine: "siri"}, nil, "unknown_engine", false}},
		"an unknown model":                    {{domain.SpeechSettings{Engine: "moonshine", EmbeddedModel: "large"}, nil, "unknown_model", false}},
		"a model that is known":               {{domain.SpeechSettings{Engine: "moonshine", EmbeddedModel: "base-en"}, nil, "", false}},
		"a service in the house that is none": {{domain.SpeechSettings{Engine: "deepgram", BaseURL: "http://10.0.0.5"}, key("k"), "bad_base_url", false}},
		"a number in any format":              {{rule(domain.LanguageOfNumber, "+33 1 55 50 00 00", "fr"), nil, "", false}},
		"a number that is none":               {{rule(domain.LanguageOfNumber, "soon", "fr"), nil, "bad_number", false}},
		"a rule for nobody":                   {{rule(domain.LanguageOfUser, " ", "fr"), nil, "bad_language", false}},
		"a rule without a language":           {{rule(domain.LanguageOfConnector, "aircall", " "), nil, "bad_language", false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil, nil)
			admin, ctx := role(domain.ProfileAdministrator), context.Background()
			for i, s := range steps {
				before, err := r.s.SpeechSettings(ctx, admin)
				if err != nil {
					t.Fatal(err)
				}
				_, err = r.s.SaveSpeechSettings(ctx, admin, s.in, s.key)
				if (err == nil) != (s.code == "") || err != nil && domain.CodeOf(err) != s.code {
					t.Fatalf("step %d: %v, want %q", i, err, s.code)
				}
				after, viewErr := r.s.SpeechSettings(ctx, admin)
				if viewErr != nil || after.KeySet != s.set {
					t.Errorf("step %d: %+v, %v", i, after, viewErr)
				}
				if err != nil && after.Engine+after.BaseURL != before.Engine+before.BaseURL {
					t.Errorf("step %d was refused and changed %+v", i, after)
				}
				for _, l := range after.Languages {
					if l.Kind == domain.LanguageOfNumber && l.Key != "+33155500000" {
						t.Errorf("kept %+v", l)
					}
				}
			}
		})
	}
}
