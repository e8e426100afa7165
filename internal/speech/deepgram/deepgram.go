// Package deepgram is the engine for Deepgram's pre-recorded transcription API, to which all channels of a call go together.
package deepgram

import (
	"cmp"
	"context"
	"math"
	"net/url"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/secret"
	"earshot/internal/speech"
	"earshot/internal/speech/remote"
)

// Defaults of a Config.
const (
	DefaultURL   = "https://api.deepgram.com/v1"
	DefaultModel = "nova-3"
)

// maxSeconds of one request: Deepgram gives up on what takes it longer than ten minutes (developers.deepgram.com/docs/errors).
const maxSeconds = 4 * 3600

// Config of an Engine.
type Config struct {
	BaseURL string        // of another region; public hosts by https only, unless Local
	Model   string        //
	Key     secret.String //
	Local   bool          // private hosts are allowed, as for a simulated service
	At      int           // how many requests at the same time; 0: four
	Timeout time.Duration // of one request; 0: ten minutes
	Pause   time.Duration // before the first retry; 0: half a second
}

// Engine is safe for concurrent use.
type Engine struct {
	Config
	client *remote.Client
}

// New checks the address.
func New(c Config) (*Engine, error) {
	c.BaseURL, c.Model = cmp.Or(c.BaseURL, DefaultURL), cmp.Or(c.Model, DefaultModel)
	if c.At <= 0 {
		c.At = 4
	}
	client, err := remote.New(remote.Config{Service: "Deepgram", BaseURL: c.BaseURL, Key: c.Key, Scheme: "Token ", Private: c.Local, Timeout: c.Timeout, Pause: c.Pause})
	if err != nil {
		return nil, err
	}
	return &Engine{c, client}, nil
}

// languages of its general models (developers.deepgram.com/docs/models-languages-overview).
var languages = strings.Fields(`en es fr de hi ru pt ja it nl bg ca cs da el et fi hu id ko lt lv ms no pl ro sk sv tr uk vi`)

// Info describes the engine.
func (e *Engine) Info() speech.Info {
	return speech.Info{Name: "deepgram", Model: e.Model, Languages: languages, MaxSeconds: maxSeconds, Concurrency: e.At}
}

// Transcribe sends one channel.
func (e *Engine) Transcribe(ctx context.Context, audio speech.Audio, o speech.Options) ([]speech.Utterance, error) {
	out, err := e.TranscribeChannels(ctx, []speech.Audio{audio}, o)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// TranscribeChannels sends all channels in one request.
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
	wav := remote.NewWAV(channels...)
	var a answer
	err = e.client.Do(ctx, remote.Request{Method: "POST", Path: "listen", Query: e.query(len(channels), language), ContentType: "audio/wav", Body: wav.Again, Length: wav.Size()}, &a)
	if err != nil {
		return nil, err
	}
	if o.Used != nil {
		o.Used(speech.Usage{Seconds: a.billed(seconds) * float64(len(channels))})
	}
	if a.Results == nil {
		return nil, domain.Errorf(domain.KindTemporary, string(domain.EngineError), "the answer of Deepgram holds no results; it is tried again")
	}
	for i := range out {
		out[i] = remote.Clean(a.channel(i), channels[i].Seconds())
	}
	return out, nil
}

func (e *Engine) query(channels int, language string) url.Values {
	q := url.Values{"model": {e.Model}, "punctuate": {"true"}, "smart_format": {"true"}, "utterances": {"true"}}
	if language != "" {
		q.Set("language", language)
	}
	if channels > 1 {
		q.Set("multichannel", "true")
	}
	return q
}

// answer is what is read of one (developers.deepgram.com/reference/speech-to-text/listen-pre-recorded).
type answer struct {
	Metadata struct {
		Duration float64 `json:"duration"`
	} `json:"metadata"`
	Results *struct {
		Channels []struct {
			Alternatives []struct {
				Words []word `json:"words"`
			} `json:"alternatives"`
		} `json:"channels"`
		Utterances []utterance `json:"utterances"`
	} `json:"results"`
}

type utterance struct {
	Channel    int     `json:"channel"`
	Start      float64 `json:"start"`
	End        float64 `json:"end"`
	Transcript string  `json:"transcript"`
	Confidence float64 `json:"confidence"`
}

type word struct {
	Word       string  `json:"word"`
	Punctuated string  `json:"punctuated_word"`
	Start      float64 `json:"start"`
	End        float64 `json:"end"`
	Confidence float64 `json:"confidence"`
}

// billed is the length of the audio as Deepgram tells it; each channel costs.
func (a answer) billed(seconds float64) float64 {
	if d := a.Metadata.Duration; d > 0 && !math.IsInf(d, 0) {
		return d
	}
	return seconds
}

// channel gives the utterances of one, else lines of its words.
func (a answer) channel(i int) []speech.Utterance {
	var out []speech.Utterance
	for _, u := range a.Results.Utterances {
		if u.Channel == i {
			out = append(out, speech.Utterance{Start: u.Start, End: u.End, Text: u.Transcript, Confidence: u.Confidence})
		}
	}
	if len(out) > 0 || i >= len(a.Results.Channels) || len(a.Results.Channels[i].Alternatives) == 0 {
		return out
	}
	var words []remote.Word
	for _, w := range a.Results.Channels[i].Alternatives[0].Words {
		words = append(words, remote.Word{Text: cmp.Or(w.Punctuated, w.Word), Start: w.Start, End: w.End, Confidence: w.Confidence})
	}
	return remote.Lines(words)
}
