// Package engines is the list of the services that can write transcripts, and opens them.
package engines

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"

	"earshot/internal/domain"
	"earshot/internal/secret"
	"earshot/internal/speech"
	"earshot/internal/speech/assemblyai"
	"earshot/internal/speech/deepgram"
	"earshot/internal/speech/openai"
	"earshot/internal/speech/remote"
)

// Kind is an engine that can be chosen.
type Kind struct {
	Name, Title  string
	DefaultURL   string
	DefaultModel string
	Remote       bool
	KeyOptional  bool     // servers of one's own often have none
	Private      bool     // its address may be inside
	Leaves       string   // what leaves the machine, for people
	Languages    []string // of its usual model
	open         func(Config) (speech.Engine, error)
}

// Kinds in the order in which they are offered.
func Kinds() []Kind {
	return []Kind{
		{Name: domain.EmbeddedEngine, Title: "Embedded (Moonshine)", DefaultModel: "tiny-en", Languages: []string{"en"}, Leaves: "Nothing: recordings are transcribed on this machine."},
		{Name: "openai", Title: "OpenAI-compatible server", DefaultURL: openai.DefaultURL, DefaultModel: openai.DefaultModel, Remote: true, KeyOptional: true, Private: true, Languages: remote.WhisperLanguages(), open: openOpenAI,
			Leaves: "The speech of every call, cut into pieces of a few seconds, goes to the address below. Who called whom is not sent with it; what is said is."},
		{Name: "deepgram", Title: "Deepgram", DefaultURL: deepgram.DefaultURL, DefaultModel: deepgram.DefaultModel, Remote: true, open: openDeepgram, Languages: languages(openDeepgram),
			Leaves: "The speech of every call goes to Deepgram, all sides together. Who called whom is not sent with it; what is said is."},
		{Name: "assemblyai", Title: "AssemblyAI", DefaultURL: assemblyai.DefaultURL, DefaultModel: assemblyai.DefaultModel, Remote: true, open: openAssemblyAI, Languages: languages(openAssemblyAI),
			Leaves: "The speech of every call is uploaded to AssemblyAI, all sides together. The transcript is deleted there once it is fetched. Who called whom is not sent with it; what is said is."},
	}
}

// Lookup finds a kind; KindInvalid if there is none of the name.
func Lookup(name string) (Kind, error) {
	all := Kinds()
	if i := slices.IndexFunc(all, func(k Kind) bool { return k.Name == name }); i >= 0 {
		return all[i], nil
	}
	return Kind{}, domain.Errorf(domain.KindInvalid, "unknown_engine", "there is no speech engine %q", name)
}

// Config of a service.
type Config struct {
	Name, Model, BaseURL string
	Key                  secret.String
	Local                bool // private addresses for all, as for simulated services
}

// Check tells what is wrong with a configuration, as KindInvalid.
func Check(c Config) error {
	k, err := Lookup(c.Name)
	switch {
	case err != nil || !k.Remote:
		return err
	case c.Key == "" && !k.KeyOptional:
		return domain.Errorf(domain.KindInvalid, "engine_key", "%s needs a key", k.Title)
	}
	_, err = remote.CheckURL(cmp.Or(c.BaseURL, k.DefaultURL), k.Private || c.Local)
	return err
}

func openOpenAI(c Config) (speech.Engine, error) {
	return openai.New(openai.Config{BaseURL: c.BaseURL, Model: c.Model, Key: c.Key})
}

func openDeepgram(c Config) (speech.Engine, error) {
	return deepgram.New(deepgram.Config{BaseURL: c.BaseURL, Model: c.Model, Key: c.Key, Local: c.Local})
}

func openAssemblyAI(c Config) (speech.Engine, error) {
	return assemblyai.New(assemblyai.Config{BaseURL: c.BaseURL, Model: c.Model, Key: c.Key, Local: c.Local})
}

// languages of a service's usual model.
func languages(open func(Config) (speech.Engine, error)) []string {
	e, err := open(Config{})
	if err != nil {
		return nil
	}
	return e.Info().Languages
}

// Local is what the embedded engine does for the others: it finds speech and tells voices apart on this machine.
type Local interface {
	speech.Engine
	speech.VoiceDetector
	speech.VoiceSeparator
}

// Opener opens services and keeps the last, so that it need not learn its server's ways for each call. It is safe for
// concurrent use.
type Opener struct {
	Local  Local
	Logger *slog.Logger
	mu     sync.Mutex
	last   Config
	engine speech.Engine
}

// Open gives the engine of a configuration: the embedded one, or a service with the ears of the embedded one. Errors are KindInvalid.
func (o *Opener) Open(c Config) (speech.Engine, error) {
	if c.Name == "" || c.Name == domain.EmbeddedEngine {
		return o.Local, nil
	}
	if err := Check(c); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.engine != nil && o.last == c {
		return o.engine, nil
	}
	kind, err := Lookup(c.Name)
	if err != nil {
		return nil, err
	}
	service, err := kind.open(c)
	if err != nil {
		return nil, err
	}
	o.last, o.engine = c, withEars(service, o.Local)
	return o.engine, nil
}

// ears are the embedded engine's, if it is installed. Without it, speech is found by its level and voices stay together.
type ears struct{ local Local }

// DetectVoice is speech.VoiceDetector's.
func (e ears) DetectVoice(ctx context.Context, channel domain.Samples) ([]domain.Span, error) {
	spans, err := e.local.DetectVoice(ctx, channel)
	if domain.CodeOf(err) == speech.CodeEngineMissing {
		return nil, speech.ErrNoDetector
	}
	return spans, err
}

// SeparateVoices is speech.VoiceSeparator's.
func (e ears) SeparateVoices(ctx context.Context, channel domain.Samples, voices int) ([]domain.Turn, error) {
	turns, err := e.local.SeparateVoices(ctx, channel, voices)
	if domain.CodeOf(err) == speech.CodeEngineMissing {
		return nil, nil
	}
	return turns, err
}

type apart struct {
	speech.Engine
	ears
}

type together struct {
	speech.Engine
	speech.ChannelTranscriber
	ears
}

func withEars(service speech.Engine, local Local) speech.Engine {
	if c, ok := service.(speech.ChannelTranscriber); ok {
		return together{service, c, ears{local}}
	}
	return apart{service, ears{local}}
}
