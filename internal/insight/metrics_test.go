package insight

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

func spans(pairs ...float64) []domain.Span {
	var out []domain.Span
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, domain.Span{Start: pairs[i], End: pairs[i+1]})
	}
	return out
}

func TestLongestMonologue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		own, others []domain.Span
		want        float64
	}{
		{"one span", spans(0, 5), nil, 5},
		{"a short break belongs to it", spans(0, 5, 6.5, 10), nil, 10},
		{"a long break ends it", spans(0, 5, 7, 10), nil, 5},
		{"mhm ends nothing", spans(0, 5, 6, 10), spans(5.2, 5.8), 10},
		{"the other in the break ends it", spans(0, 5, 6.5, 10), spans(5.2, 6.4), 5},
		{"the other talking over it cuts it", spans(0, 10), spans(4, 5.5), 6},
		{"nothing", nil, spans(0, 1), 0},
	} {
		if got := longestMonologue(c.own, c.others); got != c.want {
			t.Errorf("%s: %g s, want %g", c.name, got, c.want)
		}
	}
}

func TestInterruptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		own, others []domain.Span
		want        int
	}{
		{"cuts in and goes on", spans(9.2, 14), spans(5, 10), 1},
		{"half a second is needed", spans(9.7, 14), spans(5, 10), 0},
		{"the other does not yield", spans(7, 14), spans(5, 10), 0},
		{"mhm", spans(9.2, 9.9), spans(5, 10), 0},
		{"gives up itself", spans(8.9, 9.9), spans(5, 10), 0},
		{"the other goes on after a breath", spans(9.2, 14), spans(5, 10, 10.4, 12), 0},
		{"after the other", spans(10.2, 14), spans(5, 10), 0},
		{"twice", spans(1.2, 4, 9.2, 14), spans(0, 2, 5, 10), 2},
	} {
		if got := interruptions(c.own, c.others); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// The example of docs/metrics.md.
func TestMetrics(t *testing.T) {
	t.Parallel()
	tr := domain.Transcript{Duration: 40, Speech: domain.Speech{
		domain.Agent:    spans(1, 5, 6, 9, 20, 26),
		domain.Customer: spans(10, 19, 25, 31),
	}, Lines: []domain.Line{
		{ID: 1, Speaker: domain.Agent, Start: 1, End: 9, Text: "Thank you for calling Acme. What can I do for you today?"},
		{ID: 2, Speaker: domain.Customer, Start: 10, End: 19, Text: "My heater has been broken since Monday and I have no hot water at all."},
		{ID: 3, Speaker: domain.Agent, Start: 20, End: 26, Text: "I'm sorry, that is bad in this weather."},
		{ID: 4, Speaker: domain.Customer, Start: 25, End: 31, Text: "It is. Could somebody come?"},
	}}
	want := domain.Metrics{
		TalkRatio:        map[domain.Speaker]float64{"agent": 0.464, "customer": 0.536},
		TalkSeconds:      map[domain.Speaker]float64{"agent": 13, "customer": 15},
		LongestMonologue: map[domain.Speaker]float64{"agent": 8, "customer": 9},
		Interruptions:    map[domain.Speaker]int{"agent": 0, "customer": 1},
		Patience:         map[domain.Speaker]float64{"agent": 1, "customer": 0.5},
		WordsPerMinute:   map[domain.Speaker]float64{"agent": 92, "customer": 80},
		Questions:        map[domain.Speaker]int{"agent": 1, "customer": 1},
		SilenceRatio:     0.325,
		LongestSilence:   9,
	}
	if diff := cmp.Diff(want, Analyze(tr, Context{}).Metrics); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMetricsOfLessKnownCalls(t *testing.T) {
	t.Parallel()
	none := domain.Metrics{TalkRatio: map[domain.Speaker]float64{}, TalkSeconds: map[domain.Speaker]float64{}}
	voices := none
	voices.TalkSeconds, voices.SilenceRatio, voices.LongestSilence = map[domain.Speaker]float64{"speaker_1": 4}, 0.6, 5
	silent := none
	silent.SilenceRatio, silent.LongestSilence = 1, 60
	line := domain.Line{ID: 1, Speaker: domain.Speaker1, Text: "one two three four"}
	for _, c := range []struct {
		name string
		in   domain.Transcript
		want domain.Metrics
	}{
		{"nothing", domain.Transcript{}, none},
		{"a silent recording", domain.Transcript{Duration: 60}, silent},
		{"voices not told apart have no shares", domain.Transcript{Duration: 10, Lines: []domain.Line{line}, Speech: domain.Speech{domain.Speaker1: spans(0, 2, 7, 9)}}, voices},
		{"lines without times give shares of words", domain.Transcript{Lines: []domain.Line{{ID: 1, Speaker: domain.Agent, Text: "one two three"}, {ID: 2, Speaker: domain.Customer, Text: "that's four"}}},
			domain.Metrics{TalkRatio: map[domain.Speaker]float64{"agent": 0.6, "customer": 0.4}, TalkSeconds: map[domain.Speaker]float64{}, Questions: map[domain.Speaker]int{"agent": 0, "customer": 0}}},
	} {
		if diff := cmp.Diff(c.want, Analyze(c.in, Context{}).Metrics); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	// Without voice activity the times of the lines stand for it.
	got := Analyze(talk("hello there", "hello", "good bye"), Context{}).Metrics
	if got.TalkSeconds[domain.Agent] != 4 || got.TalkRatio[domain.Customer] != 0.333 || got.LongestSilence != 0.5 {
		t.Errorf("from lines: %+v", got)
	}
	// A side that never speaks is still a side.
	got = Analyze(domain.Transcript{Duration: 9, Speech: domain.Speech{domain.Agent: spans(0, 3), domain.Customer: nil}, Lines: []domain.Line{{ID: 1, Speaker: domain.Agent, End: 3, Text: "hello"}}}, Context{}).Metrics
	if r, ok := got.TalkRatio[domain.Customer]; !ok || r != 0 || got.TalkRatio[domain.Agent] != 1 {
		t.Errorf("with a silent side: %+v", got)
	}
}
