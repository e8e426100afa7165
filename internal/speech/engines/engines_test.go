package engines

import (
	"context"
	"errors"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/secret"
	"earshot/internal/speech"
)

// local is an embedded engine that may be missing.
type local struct{ missing bool }

func (local) Info() speech.Info {
	return speech.Info{Name: domain.EmbeddedEngine, Model: "tiny-en", Languages: []string{"en"}}
}

func (l local) err() error {
	if l.missing {
		return speech.Missing()
	}
	return nil
}

func (l local) Transcribe(context.Context, speech.Audio, speech.Options) ([]speech.Utterance, error) {
	return nil, l.err()
}

func (l local) DetectVoice(context.Context, domain.Samples) ([]domain.Span, error) {
	return []domain.Span{{Start: 1, End: 2}}, l.err()
}

func (l local) SeparateVoices(context.Context, domain.Samples, int) ([]domain.Turn, error) {
	return []domain.Turn{{Voice: 1}}, l.err()
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config Config
		code   string
	}{
		"embedded":                          {Config{Name: "moonshine"}, ""},
		"unknown":                           {Config{Name: "siri"}, "unknown_engine"},
		"one's own server without a key":    {Config{Name: "openai", BaseURL: "http://10.0.0.5:8000/v1"}, ""},
		"its maker's":                       {Config{Name: "deepgram", Key: "k"}, ""},
		"without a key":                     {Config{Name: "deepgram"}, "engine_key"},
		"not encrypted":                     {Config{Name: "assemblyai", Key: "k", BaseURL: "http://api.assemblyai.com"}, "bad_base_url"},
		"not an address":                    {Config{Name: "openai", BaseURL: "somewhere"}, "bad_base_url"},
		"with a password":                   {Config{Name: "openai", BaseURL: "https://a:b@example.com/v1"}, "bad_base_url"},
		"a file":                            {Config{Name: "openai", BaseURL: "file:///etc/passwd"}, "bad_base_url"},
		"a simulated service of this maker": {Config{Name: "deepgram", Key: "k", BaseURL: "http://127.0.0.1:1/v1", Local: true}, ""},
	} {
		if err := Check(c.config); domain.CodeOf(err) != c.code && (err != nil || c.code != "") {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

// TestOpened: what is opened has the ears of the embedded engine, and does without where that is not installed.
func TestOpened(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		if k.Leaves == "" || k.Title == "" || len(k.Languages) == 0 {
			t.Errorf("%s says too little of itself", k.Name)
		}
		for _, missing := range []bool{false, true} {
			o := &Opener{Local: local{missing}}
			c := Config{Name: k.Name, Key: secret.String("k")}
			e, err := o.Open(c)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := o.Open(c); err != nil || again != e {
				t.Errorf("%s is opened anew for the same settings: %v", k.Name, err)
			}
			if !k.Remote {
				continue
			}
			if _, ok := e.(speech.ChannelTranscriber); ok == (k.Name == "openai") {
				t.Errorf("%s takes channels together: %v", k.Name, ok)
			}
			spans, err := e.(speech.VoiceDetector).DetectVoice(context.Background(), make(speech.Audio, 5*speech.SampleRate))
			if missing != errors.Is(err, speech.ErrNoDetector) || !missing && (err != nil || len(spans) != 1 || spans[0] != (domain.Span{Start: 1, End: 2})) {
				t.Errorf("%s hears %v, %v", k.Name, spans, err)
			}
			if turns, err := e.(speech.VoiceSeparator).SeparateVoices(context.Background(), nil, 2); err != nil || (len(turns) == 0) != missing {
				t.Errorf("%s tells apart %v, %v", k.Name, turns, err)
			}
		}
	}
	o := &Opener{Local: local{}}
	first, _ := o.Open(Config{Name: "deepgram", Key: "one"})
	if second, err := o.Open(Config{Name: "deepgram", Key: "two"}); err != nil || second == first {
		t.Errorf("the old key is still used: %v", err)
	}
}
