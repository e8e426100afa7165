package openai

import (
	"context"
	"testing"

	"earshot/internal/secret"
	"earshot/internal/speech"
	"earshot/internal/speech/fakes"
	"earshot/internal/speech/openai/fake"
	"earshot/internal/speech/transcribetest"
)

func engineAt(t testing.TB, d fake.Dialect, model string, s transcribetest.Setup) (speech.Engine, *fakes.Server) {
	t.Helper()
	server := fake.Start(d, transcribetest.Key, s.Fault)
	base := server.URL + "/v1"
	if d == fake.WhisperCPP {
		base = server.URL + d.Path()
	}
	e, err := New(Config{BaseURL: base, Model: model, Key: secret.String(s.Key), Timeout: s.Timeout, Pause: s.Pause})
	if err != nil {
		t.Fatal(err)
	}
	return e, server
}

func TestSuite(t *testing.T) {
	t.Parallel()
	transcribetest.Run(t, transcribetest.Harness{New: func(t testing.TB, s transcribetest.Setup) (speech.Engine, *fakes.Server) {
		return engineAt(t, fake.OpenAI, "whisper-1", s)
	}})
}

// TestDialects: the same sound gives the same words from every server, whatever form its answers have.
func TestDialects(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dialect fake.Dialect
		model   string
		times   bool   // it tells times of segments
		format  string // that it is asked for in the end
	}{
		"OpenAI whisper-1":          {fake.OpenAI, "whisper-1", true, "verbose_json"},
		"OpenAI gpt-4o-transcribe":  {fake.OpenAI, "gpt-4o-transcribe", false, "json"},
		"OpenAI mini":               {fake.OpenAI, "gpt-4o-mini-transcribe", false, "json"},
		"OpenAI diarize":            {fake.OpenAI, "gpt-4o-transcribe-diarize", true, "diarized_json"},
		"speaches":                  {fake.Speaches, "Systran/faster-whisper-small", true, "verbose_json"},
		"LocalAI":                   {fake.LocalAI, "whisper-small", true, "verbose_json"},
		"vLLM":                      {fake.VLLM, "openai/whisper-large-v3", true, "verbose_json"},
		"vLLM without segments":     {fake.VLLM, "mistralai/Voxtral-Mini-3B", false, "json"},
		"whisper.cpp":               {fake.WhisperCPP, "", true, "verbose_json"},
		"whisper.cpp, its own path": {fake.WhisperCPP, "ggml-base", true, "verbose_json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, server := engineAt(t, c.dialect, c.model, transcribetest.Setup{Key: transcribetest.Key, Pause: 1})
			t.Cleanup(server.Close)
			audio := transcribetest.Tone(6, span(1, 2.5), span(3.5, 5))
			for range 2 {
				got, err := engine.Transcribe(context.Background(), audio, speech.Options{Language: "en-US"})
				if err != nil {
					t.Fatal(err)
				}
				transcribetest.Sound(t, got, 6)
				check(t, got, c.times)
			}
			calls := server.Calls()
			if last := calls[len(calls)-1]; last.Fields["response_format"] != c.format || last.Fields["language"] != "en" {
				t.Errorf("last asked %v", last.Fields)
			}
			// What was refused once is not asked again.
			if n := len(calls); n > 4 {
				t.Errorf("%d requests for two segments", n)
			}
		})
	}
}

func check(t *testing.T, got []speech.Utterance, times bool) {
	t.Helper()
	want := []speech.Utterance{{Start: 1, End: 2.5, Text: "w1 w2 w3."}, {Start: 3.5, End: 5, Text: "w1 w2 w3."}}
	if !times {
		want = []speech.Utterance{{Start: 0, End: 6, Text: "w1 w2 w3. w1 w2 w3."}}
	}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i, u := range got {
		if u.Text != want[i].Text || u.Start < want[i].Start-0.05 || u.Start > want[i].Start+0.05 || u.End < want[i].End-0.05 || u.End > want[i].End+0.05 {
			t.Errorf("got %+v, want %+v", u, want[i])
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"":                                 "https://api.openai.com/v1/audio/transcriptions",
		"http://10.0.0.5:8000/v1/":         "http://10.0.0.5:8000/v1/audio/transcriptions",
		"http://127.0.0.1:8080/inference":  "http://127.0.0.1:8080/inference",
		"http://h/v1/audio/transcriptions": "http://h/v1/audio/transcriptions",
		"ftp://h":                          "", "localhost:8000": "", "https://user:pw@h/v1": "", "https://h/v1?key=1": "",
	} {
		e, err := New(Config{BaseURL: base})
		if (err == nil) != (want != "") {
			t.Errorf("%q: %v", base, err)
		}
		if err == nil {
			if got := base; base != "" && e.path() == "" && got != want {
				t.Errorf("%q is asked as it is", base)
			}
		}
	}
}
