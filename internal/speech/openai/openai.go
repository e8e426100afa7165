// Package openai is the engine for services that speak OpenAI's transcription API: OpenAI, speaches, LocalAI, vLLM, whisper.cpp.
package openai

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"earshot/internal/domain"
	"earshot/internal/secret"
	"earshot/internal/speech"
	"earshot/internal/speech/remote"
)

// Defaults of a Config.
const (
	DefaultURL   = "https://api.openai.com/v1"
	DefaultModel = "whisper-1"
)

// maxBytes is OpenAI's limit of a file; others follow it.
const maxBytes = 25 << 20

// maxSeconds of one Transcribe: longer audio is cut by some servers at times that they do not tell (vLLM).
const maxSeconds = 30

// shortest audio that is taken everywhere, in seconds; shorter ends in silence.
const shortest = 1

// Config of an Engine.
type Config struct {
	BaseURL string        // up to /v1, or with the path of the transcriptions; private hosts are allowed
	Model   string        //
	Key     secret.String // empty for servers without
	At      int           // how many requests at the same time; 0: four
	Timeout time.Duration // of one request; 0: ten minutes
	Pause   time.Duration // before the first retry; 0: half a second
}

// Engine is safe for concurrent use. It learns which form of answer its server has.
type Engine struct {
	Config
	client *remote.Client
	forms  []form
	form   atomic.Int32 // index of the first of forms that was not refused
}

// form is one way to ask for times.
type form struct {
	format        string
	granularities []string
	chunking      bool
}

// New checks the address.
func New(c Config) (*Engine, error) {
	c.BaseURL, c.Model = cmp.Or(c.BaseURL, DefaultURL), cmp.Or(c.Model, DefaultModel)
	if c.At <= 0 {
		c.At = 4
	}
	client, err := remote.New(remote.Config{Service: "the transcription server", BaseURL: c.BaseURL, Key: c.Key, Scheme: "Bearer ", Private: true, Timeout: c.Timeout, Pause: c.Pause})
	if err != nil {
		return nil, err
	}
	return &Engine{Config: c, client: client, forms: formsOf(c.Model)}, nil
}

// formsOf a model, the best first (speech.md 3.1): OpenAI's newer models refuse verbose_json, others refuse granularities.
func formsOf(model string) []form {
	plain := form{format: "json"}
	switch {
	case strings.Contains(model, "diarize"):
		return []form{{format: "diarized_json", chunking: true}, plain}
	case strings.HasPrefix(model, "gpt-"):
		return []form{plain}
	default:
		return []form{{format: "verbose_json", granularities: []string{"word", "segment"}}, {format: "verbose_json"}, plain}
	}
}

// Info describes the engine. Which languages a server has it does not tell: they are Whisper's, and English alone for models
// that are called so.
func (e *Engine) Info() speech.Info {
	languages := remote.WhisperLanguages()
	if strings.HasSuffix(e.Model, ".en") || strings.HasSuffix(e.Model, "-en") {
		languages = []string{"en"}
	}
	return speech.Info{Name: "openai", Model: e.Model, Languages: languages, MaxSeconds: maxSeconds, Concurrency: e.At}
}

// Transcribe sends one segment.
func (e *Engine) Transcribe(ctx context.Context, audio speech.Audio, o speech.Options) ([]speech.Utterance, error) {
	seconds := audio.Seconds()
	if len(audio) == 0 {
		return nil, nil
	}
	if seconds > maxSeconds {
		return nil, domain.Errorf(domain.KindInvalid, "segment_too_long", "a segment of %.1f s is longer than %d s", seconds, maxSeconds)
	}
	if n := shortest * speech.SampleRate; len(audio) < n {
		audio = append(audio[:len(audio):len(audio)], make(speech.Audio, n-len(audio))...)
	}
	language, err := remote.LanguageOf(e.Info(), o.Language)
	if err != nil {
		return nil, err
	}
	a, err := e.ask(ctx, audio, language)
	if err != nil {
		return nil, err
	}
	if o.Used != nil {
		o.Used(speech.Usage{Seconds: cmp.Or(a.billed(), audio.Seconds())})
	}
	return remote.Clean(a.utterances(seconds), seconds), nil
}

// ask tries the forms until one is not refused.
func (e *Engine) ask(ctx context.Context, audio speech.Audio, language string) (answer, error) {
	for at := int(e.form.Load()); ; at++ {
		var a answer
		req, err := e.request(audio, language, e.forms[at])
		if err == nil {
			err = e.client.Do(ctx, req, &a)
		}
		if domain.CodeOf(err) != remote.CodeRefused || at == len(e.forms)-1 {
			if err == nil {
				e.form.Store(int32(at))
			}
			return a, err
		}
	}
}

func (e *Engine) request(audio speech.Audio, language string, f form) (remote.Request, error) {
	fields := url.Values{"model": {e.Model}, "response_format": {f.format}, "temperature": {"0"}}
	if language != "" {
		fields.Set("language", language)
	}
	if f.chunking {
		fields.Set("chunking_strategy", "auto")
	}
	fields["timestamp_granularities[]"] = f.granularities
	body, kind, err := multipartOf(fields, audio)
	return remote.Request{Method: "POST", Path: e.path(), ContentType: kind, Body: body.again, Length: body.size}, err
}

// path after the base address. whisper.cpp's own is /inference; who gives a whole path means it.
func (e *Engine) path() string {
	if strings.HasSuffix(e.BaseURL, "/inference") || strings.HasSuffix(e.BaseURL, "/transcriptions") {
		return ""
	}
	return "audio/transcriptions"
}
