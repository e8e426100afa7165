package openai

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/domain"
	"earshot/internal/speech"
	"earshot/internal/speech/remote"
	"earshot/internal/speech/transcribetest"
)

func span(from, to float64) domain.Span { return domain.Span{Start: from, End: to} }

// TestAnswers reads one answer of each kind of server (speech.md 3.1, 3.2).
func TestAnswers(t *testing.T) {
	t.Parallel()
	u := func(from, to float64, text string, confidence float64) speech.Utterance {
		return speech.Utterance{Start: from, End: to, Text: text, Confidence: confidence}
	}
	p := math.Exp(-0.28)
	for file, c := range map[string]struct {
		want   []speech.Utterance
		billed float64
	}{
		"openai.json":          {[]speech.Utterance{u(0, 3.3, "The price is ten.", p)}, 9},
		"openai_json.json":     {[]speech.Utterance{u(0, 8, "The price is ten.", 0)}, 9},
		"openai_diarized.json": {[]speech.Utterance{u(0.5, 1.5, "Hello.", 0), u(2, 3, "Hi.", 0)}, 8.47},
		"speaches_null.json":   {[]speech.Utterance{u(0, 3.3, "The price is ten.", p)}, 8.47},
		"localai.json":         {[]speech.Utterance{u(0.5, 2.5, "The price is ten.", 0)}, 8},
		"localai_words.json":   {[]speech.Utterance{u(0.5, 1.1, "The price.", 0), u(3, 3.5, "Ten.", 0)}, 0},
		"vllm.json":            {[]speech.Utterance{u(0, 3.3, "The price is ten.", p)}, 8.47},
		"whispercpp.json":      {[]speech.Utterance{u(0.5, 2, "The price", 0.9)}, 8},
		"whispercpp_text.json": {[]speech.Utterance{u(0.2, 1, "Invoice please", 0.8)}, 0},
		"silence.json":         {[]speech.Utterance{u(5, 6, "Yes.", math.Exp(-0.1))}, 8},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join("testdata", file))
			if err != nil {
				t.Fatal(err)
			}
			var a answer
			if err := json.Unmarshal(data, &a); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, remote.Clean(a.utterances(8), 8), cmpopts.EquateApprox(0, 1e-6)); d != "" {
				t.Error(d)
			}
			if got := a.billed(); got != c.billed {
				t.Errorf("billed %v, want %v", got, c.billed)
			}
		})
	}
}

func FuzzAnswer(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"segments":[{"start":"NaN","end":-1e308,"text":"x"}],"duration":"1e999"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var a answer
		if json.Unmarshal(data, &a) == nil {
			transcribetest.Sound(t, remote.Clean(a.utterances(8), 8), 8)
		}
	})
}
