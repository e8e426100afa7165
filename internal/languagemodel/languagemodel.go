// Package languagemodel is the list of the services that can write about calls, and opens them.
package languagemodel

import (
	"cmp"
	"context"
	"slices"
	"time"

	"earshot/internal/domain"
	"earshot/internal/insight/llm"
	"earshot/internal/languagemodel/anthropic"
	"earshot/internal/languagemodel/ollama"
	"earshot/internal/languagemodel/openai"
	"earshot/internal/secret"
	"earshot/internal/speech/remote"
)

// Kind is a kind of service that can be chosen.
type Kind struct {
	Name, Title  string
	DefaultURL   string
	DefaultModel string
	KeyOptional  bool   // servers of one's own often have none
	Private      bool   // its address may be inside
	Leaves       string // what leaves the machine, for people
	header       string
	scheme       string
	version      [2]string
	open         func(*remote.Client, string) llm.Model
}

const leaves = "The transcript of every call it writes about: what each side said, line by line, names and numbers spoken aloud included, the day of the call, and your insight prompts. " +
	"For the Call Explorer: the question, the lines that fit it, and the day of their calls. Recordings, phone numbers and the names of users are not sent. "

// Kinds in the order in which they are offered.
func Kinds() []Kind {
	return []Kind{
		{Name: "openai", Title: "OpenAI-compatible", DefaultURL: openai.DefaultURL, DefaultModel: openai.DefaultModel, KeyOptional: true, Private: true, scheme: "Bearer ", Leaves: leaves + "It goes to the address below.",
			open: func(c *remote.Client, m string) llm.Model { return openai.New(c, m) }},
		{Name: "anthropic", Title: "Anthropic", DefaultURL: anthropic.DefaultURL, DefaultModel: anthropic.DefaultModel, header: "x-api-key", version: [2]string{"anthropic-version", anthropic.Version}, Leaves: leaves + "It goes to Anthropic.",
			open: func(c *remote.Client, m string) llm.Model { return anthropic.New(c, m) }},
		{Name: "ollama", Title: "Ollama", DefaultURL: ollama.DefaultURL, DefaultModel: ollama.DefaultModel, KeyOptional: true, Private: true, scheme: "Bearer ", Leaves: leaves + "It goes to the address below; at the usual one, nothing leaves this machine.",
			open: func(c *remote.Client, m string) llm.Model { return ollama.New(c, m) }},
	}
}

// Config of a service.
type Config struct {
	Kind, Model, BaseURL string
	Key                  secret.String
	Local                bool          // private addresses for all, as for simulated services
	Timeout              time.Duration // 0: DefaultTimeout
	Pause                time.Duration // before the first retry; 0: the client's own
}

// DefaultTimeout of one request. A small machine writes few words a second.
const DefaultTimeout = 5 * time.Minute

// Lookup finds a kind; KindInvalid if there is none of the name.
func Lookup(name string) (Kind, error) {
	all := Kinds()
	if i := slices.IndexFunc(all, func(k Kind) bool { return k.Name == name }); i >= 0 {
		return all[i], nil
	}
	return Kind{}, domain.Errorf(domain.KindInvalid, "unknown_model_kind", "there is no kind of language model %q", name)
}

// Open gives the model of a configuration. Errors are KindInvalid.
func Open(c Config) (llm.Model, error) {
	k, err := Lookup(c.Kind)
	if err != nil {
		return nil, err
	}
	if c.Key == "" && !k.KeyOptional {
		return nil, domain.Errorf(domain.KindInvalid, "model_key", "%s needs a key", k.Title)
	}
	client, err := remote.New(remote.Config{Service: k.Title, BaseURL: cmp.Or(c.BaseURL, k.DefaultURL), Key: c.Key, Header: k.header, Scheme: k.scheme, Version: k.version, Page: "Setup > Language Model",
		Private: k.Private || c.Local, Timeout: cmp.Or(c.Timeout, DefaultTimeout), Pause: c.Pause})
	if err != nil {
		return nil, err
	}
	return k.open(client, c.Model), nil
}

// Test asks a model for the next steps of a call of two lines, and says how it did.
func Test(ctx context.Context, m llm.Model) (string, error) {
	s := llm.Source{StartedAt: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), Lines: []domain.Line{
		{ID: 1, Speaker: domain.Customer, Text: "Could you send me the price list?"},
		{ID: 2, Speaker: domain.Agent, Text: "Yes, I will send you the price list by Friday."},
	}}
	w, usage, err := llm.Write(ctx, m, s, llm.Options{})
	if err != nil {
		return "", err
	}
	if len(w.NextSteps)+len(w.Summary) == 0 {
		return "", domain.Errorf(domain.KindPermanent, "model_weak", "the model answers, but nothing that it wrote about a test call passed the checks (%d items were dropped); choose a larger model", len(w.Dropped))
	}
	return testResult(w, usage), nil
}
