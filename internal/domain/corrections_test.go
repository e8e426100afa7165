package domain

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// written is what an engine wrote of a short call.
func written() Transcript {
	return Transcript{
		Duration: 20, Channels: 2, Layout: LayoutStereo,
		Lines: []Line{
			{ID: 1, Speaker: Agent, Start: 0, End: 2, Text: "Hello."},
			{ID: 2, Speaker: Customer, Channel: 1, Start: 2, End: 5, Text: "I have a lemon."},
			{ID: 3, Speaker: Customer, Channel: 1, Start: 6, End: 8, Text: "It is new."},
		},
		Speech: Speech{Agent: {{0, 2}}, Customer: {{2, 5}, {6, 8}}},
	}
}

func texts(t Transcript) (out []string) {
	for _, l := range t.Lines {
		out = append(out, string(l.Speaker)+": "+l.Text)
	}
	return out
}

func TestCorrectionsApply(t *testing.T) {
	t.Parallel()
	lease := LineCorrection{Span: Span{2, 5}, Channel: 1, Speaker: Customer, Text: "I have a lease.", Was: "I have a lemon."}
	for name, c := range map[string]struct {
		change func(*Corrections)
		want   []string
	}{
		"none":           {func(*Corrections) {}, []string{"agent: Hello.", "customer: I have a lemon.", "customer: It is new."}},
		"a line":         {func(c *Corrections) { c.Correct(lease) }, []string{"agent: Hello.", "customer: I have a lease.", "customer: It is new."}},
		"and reverted":   {func(c *Corrections) { c.Correct(lease); *c = c.Revert(1, Span{2.1, 4.9}) }, []string{"agent: Hello.", "customer: I have a lemon.", "customer: It is new."}},
		"nothing said":   {func(c *Corrections) { l := lease; l.Text = ""; c.Correct(l) }, []string{"agent: Hello.", "customer: It is new."}},
		"swapped":        {func(c *Corrections) { c.Swap() }, []string{"customer: Hello.", "agent: I have a lemon.", "agent: It is new."}},
		"swapped later":  {func(c *Corrections) { c.Correct(lease); c.Swap() }, []string{"customer: Hello.", "agent: I have a lease.", "agent: It is new."}},
		"swapped twice":  {func(c *Corrections) { c.Correct(lease); c.Swap(); c.Swap() }, []string{"agent: Hello.", "customer: I have a lease.", "customer: It is new."}},
		"joined":         {func(c *Corrections) { c.Merge(Customer, Agent) }, []string{"agent: Hello.", "agent: I have a lemon.", "agent: It is new."}},
		"joined and not": {func(c *Corrections) { c.Merge(Customer, Agent); c.Merge(Agent, Customer) }, []string{"customer: Hello.", "customer: I have a lemon.", "customer: It is new."}},
		"another's channel is left alone": {func(c *Corrections) { l := lease; l.Channel = 0; l.Text = ""; c.Correct(l) },
			[]string{"agent: Hello.", "customer: I have a lemon.", "customer: It is new."}},
	} {
		var corrections Corrections
		c.change(&corrections)
		if diff := cmp.Diff(c.want, texts(corrections.Apply(written()))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestCorrectionsSurvive what an engine makes of the call the next time: other borders, more lines, or none.
func TestCorrectionsSurvive(t *testing.T) {
	t.Parallel()
	var c Corrections
	c.Correct(LineCorrection{Span: Span{2, 5}, Channel: 1, Speaker: Customer, Text: "I have a lease.", Was: "I have a lemon.", By: "Ada", At: time.Unix(1, 0)})
	c.Rename(Customer, "Mrs. Lee")
	for name, lines := range map[string][]Line{
		"other borders": {{Speaker: Agent, End: 1.9, Text: "Hello."}, {Speaker: Customer, Channel: 1, Start: 1.8, End: 5.2, Text: "I have a lemming."}, {Speaker: Customer, Channel: 1, Start: 6, End: 8, Text: "It is new."}},
		"in two":        {{Speaker: Agent, End: 2, Text: "Hello."}, {Speaker: Customer, Channel: 1, Start: 2, End: 3, Text: "I have"}, {Speaker: Customer, Channel: 1, Start: 3.2, End: 5, Text: "a lemon."}, {Speaker: Customer, Channel: 1, Start: 6, End: 8, Text: "It is new."}},
		"missed":        {{Speaker: Agent, End: 2, Text: "Hello."}, {Speaker: Customer, Channel: 1, Start: 6, End: 8, Text: "It is new."}},
	} {
		again := written()
		again.Lines = lines
		got := c.Apply(again)
		if diff := cmp.Diff([]string{"agent: Hello.", "customer: I have a lease.", "customer: It is new."}, texts(got)); diff != "" || !got.Lines[1].Corrected || got.Names[Customer] != "Mrs. Lee" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestCorrectionsHoldTheirPromises: lines are in order and numbered, no line of the engine stays under a corrected one, what is put
// in is not changed, and the speech of each speaker is in order.
func TestCorrectionsHoldTheirPromises(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 9))
	speakers := []Speaker{Agent, Customer, Speaker1, Speaker2}
	for range 2000 {
		tr := Transcript{Speech: Speech{}}
		at := 0.0
		for range rng.IntN(12) {
			at += rng.Float64() * 3
			l := Line{Speaker: speakers[rng.IntN(4)], Channel: rng.IntN(2), Start: at, End: at + 0.2 + rng.Float64()*4, Text: "x"}
			tr.Lines = append(tr.Lines, l)
			tr.Speech[l.Speaker] = append(tr.Speech[l.Speaker], Span{l.Start, l.End})
		}
		before := slices.Clone(tr.Lines)
		var c Corrections
		for range rng.IntN(6) {
			switch rng.IntN(3) {
			case 0:
				c.Swap()
			case 1:
				c.Merge(speakers[rng.IntN(4)], speakers[rng.IntN(4)])
			default:
				from := rng.Float64() * 20
				c.Correct(LineCorrection{Span: Span{from, from + 0.1 + rng.Float64()*3}, Channel: rng.IntN(2), Speaker: speakers[rng.IntN(4)], Text: "y"})
			}
		}
		got := c.Apply(tr)
		if !slices.Equal(tr.Lines, before) {
			t.Fatal("the engine's lines were changed")
		}
		for i, l := range got.Lines {
			_, under := c.At(l.Channel, Span{l.Start, l.End})
			if l.ID != i+1 || i > 0 && l.Start < got.Lines[i-1].Start || under && !l.Corrected {
				t.Fatalf("line %+v of %+v", l, got.Lines)
			}
		}
		for s, spans := range got.Speech {
			for i, span := range spans {
				if i > 0 && span.Start <= spans[i-1].End {
					t.Fatalf("speech of %s: %v", s, spans)
				}
			}
		}
	}
}
