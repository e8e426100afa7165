package insight_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/insight"
	"earshot/internal/transcript"
)

// labelled is a call of testdata: a transcript as `earshot process` prints it, with what a person finds in it.
type labelled struct {
	Labels struct {
		Questions []domain.Question `json:"questions"`
		NextSteps []domain.NextStep `json:"next_steps"`
		Mentions  []domain.Mention  `json:"mentions"`
	} `json:"labels"`
}

// tally counts what was found right, found wrong and missed.
type tally struct{ right, wrong, missed int }

func (t tally) precision() float64 { return ratio(t.right, t.right+t.wrong) }
func (t tally) recall() float64    { return ratio(t.right, t.right+t.missed) }
func (t tally) f1() float64 {
	p, r := t.precision(), t.recall()
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// count compares what was found with the labels; each label is matched once.
func count[F, L any](t *testing.T, tally *tally, kind string, found []F, labels []L, same func(F, L) bool) (pairs [][2]int) {
	t.Helper()
	used := map[int]bool{}
	for i, f := range found {
		at := slices.IndexFunc(labels, func(l L) bool { return same(f, l) })
		for at >= 0 && used[at] {
			next := slices.IndexFunc(labels[at+1:], func(l L) bool { return same(f, l) })
			if next < 0 {
				at = -1
				break
			}
			at += 1 + next
		}
		if at < 0 {
			tally.wrong++
			t.Logf("%s found that is none: %+v", kind, show(f))
			continue
		}
		used[at] = true
		tally.right++
		pairs = append(pairs, [2]int{i, at})
	}
	for i, l := range labels {
		if !used[i] {
			tally.missed++
			t.Logf("%s missed: %+v", kind, show(l))
		}
	}
	return pairs
}

func show(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// bare is the words of a text without marks.
func bare(text string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "’", "'")), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '\'' || r > 127)
	})
}

// near tells whether the shorter text's words are mostly in the other.
func near(a, b string) bool {
	x, y := bare(a), bare(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	n := 0
	for _, w := range x {
		if slices.Contains(y, w) {
			n++
		}
	}
	return len(x) > 0 && n*10 >= len(x)*6
}

func labelledPaths(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paths) < 12 {
		t.Fatalf("want at least 12 labelled calls, have %d (%v)", len(paths), err)
	}
	return paths
}

func readLabelled(t testing.TB, path string) (labelled, domain.Transcript, insight.Context) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var l labelled
	if err := json.Unmarshal(data, &l); err != nil {
		t.Fatal(err)
	}
	tr, startedAt, err := transcript.Read(path, data)
	if err != nil {
		t.Fatal(err)
	}
	return l, tr, insight.Context{StartedAt: startedAt}
}

func ownerName(s *domain.Speaker) domain.Speaker {
	if s == nil {
		return ""
	}
	return *s
}

func dueText(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func meets(a, b []int) bool {
	return slices.ContainsFunc(a, func(n int) bool { return slices.Contains(b, n) })
}

// TestLabelledCalls holds the share of right and of missed insights on the hand-labelled calls.
func TestLabelledCalls(t *testing.T) {
	t.Parallel()
	paths := labelledPaths(t)
	var questions, answers, steps, owners, dues, mentions tally
	for _, path := range paths {
		l, tr, c := readLabelled(t, path)
		got := insight.Analyze(tr, c)
		t.Logf("-- %s", path)
		for _, p := range count(t, &questions, "question", got.Questions, l.Labels.Questions, func(a, b domain.Question) bool { return a.Line == b.Line && near(a.Text, b.Text) }) {
			check(t, &answers, "answered", got.Questions[p[0]].Text, got.Questions[p[0]].Answered, l.Labels.Questions[p[1]].Answered)
		}
		for _, p := range count(t, &steps, "next step", got.NextSteps, l.Labels.NextSteps, func(a, b domain.NextStep) bool { return meets(a.Lines, b.Lines) && near(a.Text, b.Text) }) {
			a, b := got.NextSteps[p[0]], l.Labels.NextSteps[p[1]]
			check(t, &owners, "owner", a.Text, ownerName(a.Owner), ownerName(b.Owner))
			check(t, &dues, "due", a.Text, dueText(a.Due), dueText(b.Due))
		}
		count(t, &mentions, "mention", got.Mentions, l.Labels.Mentions, func(a, b domain.Mention) bool {
			return a.Line == b.Line && a.Category == b.Category && a.Keyword == b.Keyword && a.Match == b.Match
		})
	}
	for _, floor := range []struct {
		name        string
		have, least float64
	}{
		{"questions F1", questions.f1(), 0.95}, {"answered", answers.precision(), 0.95},
		{"next steps precision", steps.precision(), 0.9}, {"next steps recall", steps.recall(), 0.85},
		{"owners", owners.precision(), 0.95}, {"due dates", dues.precision(), 0.95},
		{"mentions precision", mentions.precision(), 0.9}, {"mentions recall", mentions.recall(), 0.95},
	} {
		t.Logf("%-22s %.3f", floor.name, floor.have)
		if floor.have < floor.least {
			t.Errorf("%s is %.3f, below %.2f", floor.name, floor.have, floor.least)
		}
	}
}

func check[T comparable](t *testing.T, tally *tally, kind, text string, have, want T) {
	t.Helper()
	if have == want {
		tally.right++
		return
	}
	tally.wrong++
	t.Logf("%s of %q is %v, want %v", kind, text, have, want)
}
