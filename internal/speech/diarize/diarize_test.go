package diarize

import (
	"math"
	"math/rand/v2"
	"testing"

	"earshot/internal/domain"
)

// conversation makes windows of 10 s every 5 s of what people say: turns in seconds, each voice a direction with noise. Voices
// come in another order in each window, as models give them.
func conversation(rng *rand.Rand, seconds float64, turns []domain.Turn) []Window {
	var out []Window
	for start := 0.0; start < seconds-5; start += 5 {
		w := Window{Start: start, End: min(start+10, seconds)}
		for _, voice := range rng.Perm(4) {
			v := Voice{}
			for _, t := range turns {
				if from, to := max(t.Start, w.Start), min(t.End, w.End); t.Voice == voice && from < to {
					v.Spans = append(v.Spans, domain.Span{Start: from - start, End: to - start})
				}
			}
			if v.Spans == nil {
				continue
			}
			if total(v.Spans) >= 0.4 {
				v.Vector = make([]float32, 64)
				for i := range v.Vector {
					v.Vector[i] = float32(rng.NormFloat64() * 0.08)
				}
				v.Vector[voice]++
			}
			w.Voices = append(w.Voices, v)
		}
		out = append(out, w)
	}
	return out
}

func total(spans []domain.Span) float64 { return seconds(spans) }

func turn(start, end float64, voice int) domain.Turn {
	return domain.Turn{Span: domain.Span{Start: start, End: end}, Voice: voice}
}

// right is the share of speech given to its speaker, the voices being numbered alike.
func right(turns, want []domain.Turn) float64 {
	hit, all := 0.0, 0.0
	for _, w := range want {
		all += w.Duration()
		for _, t := range turns {
			if t.Voice == w.Voice {
				hit += max(0, min(t.End, w.End)-max(t.Start, w.Start))
			}
		}
	}
	return hit / all
}

func TestTwoPeopleAreToldApart(t *testing.T) {
	t.Parallel()
	for name, turns := range map[string][]domain.Turn{
		"by turns":              {turn(1, 6, 0), turn(7, 15, 1), turn(16, 22, 0), turn(22.5, 31, 1), turn(33, 58, 0)},
		"short answers":         {turn(0, 20, 0), turn(20.4, 21, 1), turn(22, 30, 0), turn(31, 34, 1), turn(35, 58, 0)},
		"both at once":          {turn(0, 20, 0), turn(18, 30, 1), turn(32, 50, 0), turn(45, 48, 1)},
		"one speaks much more":  {turn(0, 40, 0), turn(41, 44, 1), turn(45, 58, 0)},
		"one alone":             {turn(2, 25, 0), turn(27, 55, 0)},
		"a noise is no speaker": {turn(0, 19, 0), turn(20, 38, 1), turn(38.5, 38.8, 2), turn(40, 57, 0)},
	} {
		for seed := range uint64(5) {
			turns := turns
			got := Turns(conversation(rand.New(rand.NewPCG(seed, 1)), 60, turns), 2)
			if r := right(got, turns); r < 0.97 {
				t.Errorf("%s: %.1f %% of the speech is right: %v", name, 100*r, got)
			}
			for i, g := range got {
				if i > 0 && g.Start < got[i-1].Start || g.Voice > 1 {
					t.Errorf("%s: %+v after %+v", name, g, got[max(0, i-1)])
				}
			}
		}
	}
}

func TestAThirdPersonGoesToOneOfTwo(t *testing.T) {
	t.Parallel()
	turns := []domain.Turn{turn(0, 19, 0), turn(20, 39, 1), turn(40, 45, 2), turn(46, 58, 0)}
	got := Turns(conversation(rand.New(rand.NewPCG(1, 1)), 60, turns), 2)
	covered := 0.0
	for _, g := range got {
		covered += max(0, min(g.End, 45)-max(g.Start, 40))
	}
	if math.Abs(covered-5) > 0.1 {
		t.Errorf("%.1f of 5 s of the third person were kept", covered)
	}
	three := Turns(conversation(rand.New(rand.NewPCG(1, 1)), 60, turns), 3)
	if r := right(three, turns); r < 0.97 {
		t.Errorf("three people: %.2f right", r)
	}
}

func TestALongCall(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 4))
	var turns []domain.Turn
	for at, i := 0.0, 0; at < 3590; i++ {
		length := 1 + rng.ExpFloat64()*5
		turns = append(turns, turn(at, at+length, i%2))
		at += length + 0.4
	}
	if r := right(Turns(conversation(rng, 3600, turns), 2), turns); r < 0.97 {
		t.Errorf("%.1f %% of the speech of an hour is right", 100*r)
	}
}

func TestNothingHeard(t *testing.T) {
	t.Parallel()
	if got := Turns(nil, 2); got != nil {
		t.Errorf("turns of nothing: %v", got)
	}
	for name, voice := range map[string]Voice{
		"too short to be judged":  {Spans: []domain.Span{{Start: 1, End: 1.2}}},
		"too short to be trusted": {Spans: []domain.Span{{Start: 1, End: 1.6}}, Vector: []float32{1, 0}},
	} {
		if got := Turns([]Window{{Start: 0, End: 3, Voices: []Voice{voice}}}, 2); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	odd := Voice{Spans: []domain.Span{{Start: 0, End: 2}}, Vector: []float32{0, 0}}
	if got := Turns([]Window{{Start: 0, End: 3, Voices: []Voice{odd, odd}}}, 2); len(got) == 0 {
		t.Error("voices without any likeness are lost")
	}
}
