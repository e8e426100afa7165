package moonshine

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// grammar gives the probabilities of what comes after a text of tokens 3 and up.
type grammar func(text []int) map[int]float64

func (g grammar) steps(vocabulary int) steps {
	return func(alive []hypothesis) ([]float32, error) {
		var out []float32
		for _, h := range alive {
			row := make([]float32, vocabulary)
			for i := range row {
				row[i] = -30
			}
			for token, p := range g(h.tokens) {
				row[token] = float32(math.Log(p)) + 7 // scores are not normalised
			}
			out = append(out, row...)
		}
		return out, nil
	}
}

// TestBeamSearchLooksFurther: the likeliest first token leads to an unlikely text.
func TestBeamSearchLooksFurther(t *testing.T) {
	t.Parallel()
	g := grammar(func(text []int) map[int]float64 {
		switch {
		case len(text) == 0:
			return map[int]float64{3: 0.6, 4: 0.4}
		case len(text) == 1 && text[0] == 3:
			return map[int]float64{5: 0.3, 6: 0.3, 7: 0.4}
		case len(text) == 1:
			return map[int]float64{8: 0.9, 5: 0.1}
		default:
			return map[int]float64{tokenEnd: 1}
		}
	})
	for width, want := range map[int][]int{1: {3, 7, tokenEnd}, 2: {4, 8, tokenEnd}, 5: {4, 8, tokenEnd}} {
		best, err := beamSearch(width, 10, g.steps(12))
		if err != nil || !slices.Equal(best.tokens, want) {
			t.Errorf("width %d: %v, %v, want %v", width, best.tokens, err, want)
		}
	}
	best, err := beamSearch(2, 10, g.steps(12))
	if err != nil || math.Abs(best.sum-math.Log(0.36)) > 1e-3 {
		t.Errorf("probability %v, %v, want 0.36", math.Exp(best.sum), err)
	}
}

// TestBeamSearchFindsTheBest of all texts, when it is wide enough to follow every one.
func TestBeamSearchFindsTheBest(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		table := map[string]map[int]float64{}
		g := grammar(func(text []int) map[int]float64 {
			if len(text) == 3 {
				return map[int]float64{tokenEnd: 1}
			}
			key := string(rune(len(text)))
			for _, token := range text {
				key += string(rune(token))
			}
			if table[key] == nil {
				p, q, r := rng.Float64()+0.01, rng.Float64()+0.01, rng.Float64()+0.01
				table[key] = map[int]float64{tokenEnd: p / (p + q + r), 3: q / (p + q + r), 4: r / (p + q + r)}
			}
			return table[key]
		})
		want := math.Inf(-1)
		var try func(text []int, sum float64)
		try = func(text []int, sum float64) {
			for token, p := range g(text) {
				if token == tokenEnd {
					want = max(want, sum+math.Log(p))
					continue
				}
				try(append(slices.Clone(text), token), sum+math.Log(p))
			}
		}
		try(nil, 0)
		best, err := beamSearch(8, 10, g.steps(5))
		if err != nil || math.Abs(best.sum-want) > 1e-3 {
			t.Fatalf("found %v with %v, the best has %v (%v)", best.tokens, best.sum, want, err)
		}
	}
}

func TestBeamSearchEnds(t *testing.T) {
	t.Parallel()
	endless := grammar(func([]int) map[int]float64 { return map[int]float64{3: 0.5, 4: 0.5} })
	best, err := beamSearch(3, 7, endless.steps(6))
	if err != nil || len(best.tokens) != 7 {
		t.Errorf("a text without an end has %d tokens, %v", len(best.tokens), err)
	}
	broken := errors.New("broken")
	if _, err := beamSearch(3, 7, func([]hypothesis) ([]float32, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("a failure gives %v", err)
	}
}

// TestBeamSearchTellsWhatIsContinued: who keeps states by place must be told from where.
func TestBeamSearchTellsWhatIsContinued(t *testing.T) {
	t.Parallel()
	var before []hypothesis
	next := grammar(func(text []int) map[int]float64 {
		p := 0.5 + 0.1*float64(len(text)%3)
		return map[int]float64{3: p, 4: 0.9 - p, tokenEnd: 0.1}
	}).steps(6)
	_, err := beamSearch(4, 9, func(alive []hypothesis) ([]float32, error) {
		for _, h := range alive {
			if len(h.tokens) > 0 && !slices.Equal(before[h.from].tokens, h.tokens[:len(h.tokens)-1]) {
				t.Errorf("%v continues %v", h.tokens, before[h.from].tokens)
			}
		}
		before = slices.Clone(alive)
		return next(alive)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestHighest(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		values := make([]float32, 1+rng.IntN(40))
		for i := range values {
			values[i] = float32(rng.IntN(12))
		}
		n := 1 + rng.IntN(8)
		var got []float32
		for _, place := range highest(values, n) {
			got = append(got, values[place])
		}
		slices.Sort(values)
		slices.Reverse(values)
		if want := values[:min(n, len(values))]; !slices.Equal(got, want) {
			t.Fatalf("the %d highest are %v, want %v", n, got, want)
		}
	}
}

func TestTokenizer(t *testing.T) {
	t.Parallel()
	long := make([]byte, 300)
	for i := range long {
		long[i] = 'x'
	}
	file := []byte("\x05<unk>\x03<s>\x04</s>\x06" + wordStart + "Hel\x02lo\x04" + wordStart + "a")
	file = append(append(file, 300%128+128, 300/128), long...)
	tokens, err := readTokenizer(file)
	if err != nil || len(tokens) != 7 {
		t.Fatalf("%d tokens, %v", len(tokens), err)
	}
	if got := tokens.text([]int{tokenStart, 3, 4, 5, 99, tokenEnd}); got != "Hello a" {
		t.Errorf("%q", got)
	}
	if got := tokens.text([]int{6}); got != string(long) {
		t.Errorf("a long token has %d bytes", len(got))
	}
	for _, bad := range []string{"", "\x05<unk", "\x80", "\x01a\x01b"} {
		if _, err := readTokenizer([]byte(bad)); !errors.Is(err, errTokenizer) {
			t.Errorf("%q gives %v", bad, err)
		}
	}
}

func FuzzReadTokenizer(f *testing.F) {
	f.Add([]byte("\x05<unk>\x03<s>\x04</s>\x02ab"))
	f.Add([]byte("\x81\x02"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if tokens, err := readTokenizer(file); err == nil {
			_ = tokens.text([]int{0, 1, 2, 3, len(tokens) - 1, len(tokens)})
		}
	})
}
