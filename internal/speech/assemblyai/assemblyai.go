// Package assemblyai is the engine for AssemblyAI's pre-recorded transcription API: upload, ask, poll, and delete afterwards.
package assemblyai

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/secret"
	"earshot/internal/speech"
	"earshot/internal/speech/remote"
)

// Defaults of a Config.
const (
	DefaultURL   = "https://api.assemblyai.com"
	DefaultModel = "universal-2"
)

// maxSeconds of one transcript (assemblyai.com/docs: ten hours).
const maxSeconds = 10 * 3600

// Config of an Engine.
type Config struct {
	BaseURL  string        // https://api.eu.assemblyai.com keeps recordings in Europe
	Model    string        //
	Key      secret.String //
	Local    bool          // private hosts are allowed, as for a simulated service
	At       int           // how many requests at the same time; 0: four
	Timeout  time.Duration // of one request; 0: ten minutes
	Patience time.Duration // until a transcript must be there; 0: half an hour
	Poll     time.Duration // between looks, the first ones sooner; 0: three seconds
	Pause    time.Duration // before the first retry; 0: half a second
	Logger   *slog.Logger  // nil: nothing is logged
}

// Engine is safe for concurrent use.
type Engine struct {
	Config
	client *remote.Client
}

// New checks the address.
func New(c Config) (*Engine, error) {
	c.BaseURL, c.Model = cmp.Or(c.BaseURL, DefaultURL), cmp.Or(c.Model, DefaultModel)
	c.Patience, c.Poll, c.At = cmp.Or(c.Patience, 30*time.Minute), cmp.Or(c.Poll, 3*time.Second), cmp.Or(c.At, 4)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	client, err := remote.New(remote.Config{Service: "AssemblyAI", BaseURL: c.BaseURL, Key: c.Key, Private: c.Local, Timeout: c.Timeout, Pause: c.Pause})
	if err != nil {
		return nil, err
	}
	return &Engine{c, client}, nil
}

// universal3 are the languages of universal-3-pro; universal-2 has those of Whisper
// (assemblyai.com/docs/pre-recorded-audio/universal-2).
var universal3 = []string{"en", "es", "de", "fr", "pt", "it"}

// Info describes the engine.
func (e *Engine) Info() speech.Info {
	languages := remote.WhisperLanguages()
	if strings.HasPrefix(e.Model, "universal-3") {
		languages = universal3
	}
	return speech.Info{Name: "assemblyai", Model: e.Model, Languages: languages, MaxSeconds: maxSeconds, Concurrency: e.At}
}

// Transcribe sends one channel.
func (e *Engine) Transcribe(ctx context.Context, audio speech.Audio, o speech.Options) ([]speech.Utterance, error) {
	out, err := e.TranscribeChannels(ctx, []speech.Audio{audio}, o)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// TranscribeChannels sends all channels in one upload.
func (e *Engine) TranscribeChannels(ctx context.Context, channels []speech.Audio, o speech.Options) ([][]speech.Utterance, error) {
	out := make([][]speech.Utterance, len(channels))
	seconds := remote.Longest(channels)
	if seconds == 0 {
		return out, nil
	}
	if seconds > maxSeconds {
		return nil, domain.Errorf(domain.KindInvalid, "segment_too_long", "%.0f s of audio are longer than %d s", seconds, maxSeconds)
	}
	language, err := remote.LanguageOf(e.Info(), o.Language)
	if err != nil {
		return nil, err
	}
	a, err := e.ask(ctx, channels, language)
	if a.ID != "" {
		defer e.remove(ctx, a.ID)
	}
	if err == nil {
		a, err = e.wait(ctx, a)
	}
	if err != nil {
		return nil, err
	}
	if o.Used != nil {
		o.Used(speech.Usage{Seconds: cmp.Or(max(0, a.AudioDuration), seconds) * float64(len(channels))})
	}
	for i := range out {
		out[i] = remote.Clean(a.channel(i, len(channels)), channels[i].Seconds())
	}
	return out, nil
}

// ask uploads the audio and asks for its transcript.
func (e *Engine) ask(ctx context.Context, channels []speech.Audio, language string) (answer, error) {
	wav := remote.NewWAV(channels...)
	var up struct {
		URL string `json:"upload_url"`
	}
	err := e.client.Do(ctx, remote.Request{Method: "POST", Path: "v2/upload", ContentType: "application/octet-stream", Body: wav.Again, Length: wav.Size()}, &up)
	if err != nil {
		return answer{}, err
	}
	if up.URL == "" {
		return answer{}, unreadable("upload")
	}
	body := map[string]any{"audio_url": up.URL, "speech_models": []string{e.Model}, "punctuate": true, "format_text": true}
	if len(channels) > 1 {
		body["multichannel"] = true
	}
	if language != "" {
		body["language_code"] = language
	}
	text, err := json.Marshal(body)
	if err != nil {
		return answer{}, err
	}
	var a answer
	err = e.client.Do(ctx, remote.Request{Method: "POST", Path: "v2/transcript", ContentType: "application/json", Length: int64(len(text)), Body: func() io.Reader { return bytes.NewReader(text) }}, &a)
	if err == nil && !isID(a.ID) {
		return answer{}, unreadable("transcript")
	}
	return a, err
}

// isID tells whether a text can be part of a path as it is.
func isID(text string) bool {
	for _, r := range text {
		if !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_') {
			return false
		}
	}
	return text != "" && len(text) <= 100
}

// wait looks until the transcript is done.
func (e *Engine) wait(ctx context.Context, a answer) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, e.Patience, domain.Errorf(domain.KindTemporary, string(domain.EngineError), "AssemblyAI did not finish within %s", e.Patience))
	defer cancel()
	pause := e.Poll / 10
	for id := a.ID; ; pause = min(2*pause, e.Poll) {
		switch a.Status {
		case "completed":
			return a, nil
		case "error":
			return a, domain.Errorf(domain.KindPermanent, string(domain.EngineError), "AssemblyAI could not transcribe this: %s", e.client.Clean(a.Error))
		case "queued", "processing":
		default:
			return a, unreadable("transcript")
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return a, context.Cause(ctx)
		case <-timer.C:
		}
		a = answer{}
		if err := e.client.Do(ctx, remote.Request{Method: "GET", Path: "v2/transcript/" + id}, &a); err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return a, err
		}
	}
}

// remove deletes what AssemblyAI keeps of the call; a failure only means that it keeps it as long as it does.
func (e *Engine) remove(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := e.client.Do(ctx, remote.Request{Method: "DELETE", Path: "v2/transcript/" + id}, nil); err != nil {
		e.Logger.WarnContext(ctx, "a transcript stays at AssemblyAI", "error", err)
	}
}

func unreadable(what string) error {
	return domain.Errorf(domain.KindTemporary, string(domain.EngineError), "AssemblyAI's answer to the %s cannot be understood; it is tried again", what)
}
