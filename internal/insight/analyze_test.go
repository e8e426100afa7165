package insight_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/insight"
)

var monday = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)

// checkSound fails if something cites a line that is not there, quotes words that are not in its lines, or if a slice, a map
// or a number is none.
func checkSound(t *testing.T, tr domain.Transcript, in domain.Insights) {
	t.Helper()
	texts := map[int]string{}
	for _, l := range tr.Lines {
		texts[l.ID] += " " + l.Text
	}
	cites := func(kind, quote string, lines ...int) {
		var all strings.Builder
		for _, id := range lines {
			if _, ok := texts[id]; !ok {
				t.Fatalf("%s %q cites line %d, which is not there", kind, quote, id)
			}
			all.WriteString(texts[id] + " ")
		}
		if len(lines) == 0 || !holds(all.String(), quote) {
			t.Fatalf("%s: %q is not in lines %v: %q", kind, quote, lines, all.String())
		}
	}
	if in.Summary == nil || in.NextSteps == nil || in.Questions == nil || in.Mentions == nil || in.Metrics.TalkRatio == nil || in.Metrics.TalkSeconds == nil {
		t.Fatalf("nil in %+v", in)
	}
	for _, m := range in.Summary {
		cites("moment", m.Text, m.Lines...)
	}
	for _, s := range in.NextSteps {
		cites("next step", s.Text, s.Lines...)
	}
	for _, q := range in.Questions {
		cites("question", q.Text, q.Line)
		if !strings.Contains(texts[q.Line], q.Text) {
			t.Fatalf("question %q is not verbatim in %q", q.Text, texts[q.Line])
		}
	}
	for _, m := range in.Mentions {
		cites("mention", "", m.Line)
		if math.IsNaN(m.Start) {
			t.Fatalf("mention %+v", m)
		}
	}
	if _, err := json.Marshal(in); err != nil {
		t.Fatalf("cannot be written as JSON: %v", err)
	}
}

// holds tells whether the words of quote stand in text in their order.
func holds(text, quote string) bool {
	all := wordsOf(text)
	for _, w := range wordsOf(quote) {
		i := slices.Index(all, w)
		if i < 0 {
			return false
		}
		all = all[i+1:]
	}
	return true
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func lineOf(id int, speaker domain.Speaker, start float64, text string) domain.Line {
	return domain.Line{ID: id, Speaker: speaker, Start: start, End: start + 2, Text: text}
}

func TestAnyInputWorks(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for name, tr := range map[string]domain.Transcript{
		"nothing":       {},
		"one line":      {Lines: []domain.Line{lineOf(1, domain.Agent, 0, "Can you send it by Friday?")}},
		"empty lines":   {Lines: []domain.Line{lineOf(1, domain.Agent, 0, ""), lineOf(2, domain.Customer, 2, " \n?!… ")}},
		"IDs repeat":    {Lines: []domain.Line{lineOf(7, domain.Agent, 0, "What is it?"), lineOf(7, domain.Agent, 2, "I'll send it tomorrow.")}},
		"out of order":  {Lines: []domain.Line{lineOf(9, domain.Agent, 50, "What is it?"), lineOf(1, domain.Customer, 2, "It's a price.")}},
		"other letters": {Lines: []domain.Line{lineOf(1, domain.Agent, 0, "Как дела? 你好吗？ ¿Qué tal? 👋🏽 I’ll send “it” tomorrow… ʼtis İstanbul K"), lineOf(2, domain.Customer, 3, "\xff\xfe broken \xc3 'll 's n't ''' can't’ll")}},
		"odd times":     {Duration: nan, Lines: []domain.Line{{ID: 1, Speaker: domain.Agent, Start: nan, End: inf, Text: "the price?"}, {ID: 2, Speaker: domain.Customer, Start: 5, End: -3, Text: "I'll call you tomorrow"}}, Speech: domain.Speech{domain.Agent: {{Start: nan, End: 2}, {Start: 5, End: 1}, {Start: 0, End: inf}}}},
		"huge line":     {Lines: []domain.Line{lineOf(1, domain.Agent, 0, strings.Repeat("can you send me the price list tomorrow and i will call you on friday if it is okay ", 200)), lineOf(2, domain.Customer, 3, strings.Repeat("x", 1<<20))}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []insight.Context{{}, {StartedAt: monday}, {StartedAt: monday, Categories: []insight.Category{}}, {Categories: []insight.Category{{Name: "x", Keywords: []insight.Keyword{{}, {Text: "…"}, {Text: "Ünïcode Nämé", Aliases: []string{""}}}}}}} {
				checkSound(t, tr, insight.Analyze(tr, c))
			}
		})
	}
}

// A line of 170 kB, as a broken source may hold it, ends.
func TestHugeLineEnds(t *testing.T) {
	t.Parallel()
	tr := domain.Transcript{Lines: []domain.Line{lineOf(1, domain.Agent, 0, strings.Repeat("can you send me the price list tomorrow and i will call you on friday if it is okay ", 2000))}}
	if in := insight.Analyze(tr, insight.Context{StartedAt: monday}); len(in.Questions) == 0 || len(in.NextSteps) == 0 {
		t.Errorf("%d questions, %d next steps", len(in.Questions), len(in.NextSteps))
	}
}

func TestLabelledCallsAreSoundAndDeterministic(t *testing.T) {
	t.Parallel()
	for _, path := range labelledPaths(t) {
		_, tr, c := readLabelled(t, path)
		first := insight.Analyze(tr, c)
		checkSound(t, tr, first)
		for range 5 {
			if diff := cmp.Diff(first, insight.Analyze(tr, c)); diff != "" {
				t.Fatalf("%s differs from run to run:\n%s", path, diff)
			}
		}
		if n := len(first.Summary); n == 0 || n > 6 {
			t.Errorf("%s has %d moments", path, n)
		}
	}
}

func FuzzAnalyze(f *testing.F) {
	f.Add("Can you send me the quote by Friday?\nSure, I'll email it tomorrow.", int64(1795426200))
	f.Add("what is your name\nmary\nwhats that isnt it\nill call on the 31st at noon between monday and friday", int64(0))
	f.Add("’ll n't 's ? … 你好？ this call is recorded is that ok\nno\nin 99999 years by february the 30th 2/30 13/13/13 2026-02-30", int64(-62135596800))
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		if len(text) > 5000 {
			t.Skip()
		}
		var tr domain.Transcript
		for i, row := range strings.Split(text, "\n") {
			tr.Lines = append(tr.Lines, lineOf(i+1, []domain.Speaker{domain.Agent, domain.Customer, domain.Speaker1}[i%3], float64(i*3), row))
		}
		c := insight.Context{}
		if unix != 0 {
			c.StartedAt = time.Unix(unix%100_000_000_000, 0).UTC()
		}
		checkSound(t, tr, insight.Analyze(tr, c))
	})
}

// long is a call made of the labelled ones, with words of their own in every line, as long calls have.
func long(t testing.TB, lines int) domain.Transcript {
	t.Helper()
	var tr domain.Transcript
	var texts []domain.Line
	for _, path := range labelledPaths(t) {
		_, one, _ := readLabelled(t, path)
		texts = append(texts, one.Lines...)
	}
	for i := range lines {
		l := texts[i%len(texts)]
		l.ID, l.Start, l.End = i+1, float64(i)*2.4, float64(i)*2.4+2.1
		l.Text += " " + spell(i) + " " + spell(i/7+1000)
		tr.Lines = append(tr.Lines, l)
		tr.Duration = l.End
	}
	return tr
}

func spell(n int) string {
	word := ""
	for ; n > 0; n /= 5 {
		word += []string{"ba", "ke", "ti", "lo", "mur"}[n%5]
	}
	return word
}

// Four times the lines cost about four times the time; a way that compares all lines with all would cost sixteen times as much here.
func TestTimeGrowsWithLines(t *testing.T) {
	short, much := long(t, 500), long(t, 2000)
	a, b := time.Hour, time.Hour
	for range 5 { // by turns, as other programs slow down both
		a, b = min(a, timeOf(short)), min(b, timeOf(much))
	}
	t.Logf("500 lines in %v, 2000 in %v", a, b)
	if b > 10*a {
		t.Errorf("four times the lines took %.1f times as long", float64(b)/float64(a))
	}
}

func timeOf(tr domain.Transcript) time.Duration {
	from := time.Now()
	insight.Analyze(tr, insight.Context{StartedAt: monday})
	return time.Since(from)
}

func BenchmarkTwoHourCall(b *testing.B) {
	tr := long(b, 3000)
	for b.Loop() {
		insight.Analyze(tr, insight.Context{StartedAt: monday})
	}
}
