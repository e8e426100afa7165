package insight_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/insight"
	"earshot/internal/transcript"
)

const dataDir = "../../../shared/data"

type realText struct{ Content, StartTime string }

// realTexts gives the call texts by path, each wording once.
func realTexts(t *testing.T) map[string]realText {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(dataDir, "text/calls/*.json"))
	if len(paths) == 0 {
		t.Skip("no call texts in " + dataDir)
	}
	out, seen := map[string]realText{}, map[string]bool{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var call realText
		if err := json.Unmarshal(data, &call); err != nil {
			t.Fatal(err)
		}
		if !seen[call.Content] {
			seen[call.Content], out[path] = true, call
		}
	}
	return out
}

func (r realText) read(t *testing.T) (domain.Transcript, time.Time) {
	t.Helper()
	tr, _, err := transcript.Read("call.txt", []byte(r.Content))
	if err != nil {
		t.Fatal(err)
	}
	startedAt, err := time.Parse(time.DateTime, r.StartTime)
	if err != nil {
		t.Fatal(err)
	}
	return tr, startedAt
}

// Real texts: everything found is sound, and next to every marked question is found.
func TestRealTexts(t *testing.T) {
	t.Parallel()
	marks, found := 0, 0
	for path, call := range realTexts(t) {
		tr, startedAt := call.read(t)
		in := insight.Analyze(tr, insight.Context{StartedAt: startedAt})
		checkSound(t, tr, in)
		if n := len(in.Summary); n < 3 || n > 6 {
			t.Errorf("%s: %d moments", path, n)
		}
		if n := len(in.NextSteps); n > 6 {
			t.Errorf("%s: %d next steps: %+v", path, n, in.NextSteps)
		}
		found += len(in.Questions)
		for _, l := range tr.Lines {
			marks += strings.Count(l.Text, "?")
		}
	}
	t.Logf("%d question marks, %d questions", marks, found)
	if r := float64(found) / float64(marks); r < 0.95 || r > 1.1 {
		t.Errorf("%d questions for %d question marks", found, marks)
	}
}

// A real sales call as another engine heard it.
func TestRealSalesCall(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(dataDir, "calls/azure_sales_call.json"))
	if err != nil {
		t.Skip("no sales call in " + dataDir)
	}
	var o struct {
		Turns []struct {
			Role, Text string
			Start, End float64
		}
	}
	if err := json.Unmarshal(data, &o); err != nil {
		t.Fatal(err)
	}
	var tr domain.Transcript
	for i, u := range o.Turns {
		tr.Lines = append(tr.Lines, domain.Line{ID: i + 1, Speaker: domain.Speaker(u.Role), Start: u.Start, End: u.End, Text: u.Text})
	}
	in := insight.Analyze(tr, insight.Context{StartedAt: monday})
	checkSound(t, tr, in)
	has := map[string]bool{}
	for _, m := range in.Mentions {
		has[m.Category] = true
	}
	if !has[domain.CategoryConsent] || !has[domain.CategoryPricing] || has[domain.CategoryCompetitor] || len(in.NextSteps) > 0 || len(in.Questions) < 4 {
		t.Errorf("mentions %+v, next steps %+v, questions %+v", in.Mentions, in.NextSteps, in.Questions)
	}
}

// Without any punctuation the same lines must be found to ask as have a question mark with it.
func TestRealTextsWithoutPunctuation(t *testing.T) {
	t.Parallel()
	var lines tally
	for _, call := range realTexts(t) {
		tr, _ := call.read(t)
		countBare(&lines, tr)
	}
	t.Logf("precision %.3f, recall %.3f of %d lines that ask", lines.precision(), lines.recall(), lines.right+lines.missed)
	if lines.precision() < 0.97 || lines.recall() < 0.9 {
		t.Errorf("precision %.3f, recall %.3f", lines.precision(), lines.recall())
	}
}

var unmark = strings.NewReplacer("?", "", ".", "", ",", "", "!", "", ";", "", ":", " ", "…", " ", "“", "", "”", "", "\"", "")

func countBare(lines *tally, tr domain.Transcript) {
	marked, asks := map[int]bool{}, map[int]bool{}
	for i := range tr.Lines {
		l := &tr.Lines[i]
		marked[l.ID] = strings.Contains(l.Text, "?")
		l.Text = strings.ToLower(unmark.Replace(l.Text))
	}
	for _, q := range insight.Analyze(tr, insight.Context{}).Questions {
		asks[q.Line] = true
	}
	for id, m := range marked {
		switch {
		case m && asks[id]:
			lines.right++
		case m:
			lines.missed++
		case asks[id]:
			lines.wrong++
		}
	}
}
