package moonshine

import (
	"cmp"
	"math"
	"slices"
)

// beamWidth is how many continuations are followed at a time. The library follows one; more cost little, as the sound is encoded once,
// and hear better (docs/adr/0014).
const beamWidth = 5

// Tokens that begin and end a text.
const (
	tokenStart = 1
	tokenEnd   = 2
)

// hypothesis is a text on its way.
type hypothesis struct {
	tokens []int
	sum    float64 // log probability
	from   int     // the place of what it continues among those of the step before
}

// steps gives the scores of all tokens after each of the hypotheses, row by row; the first time after none.
type steps func(alive []hypothesis) (logits []float32, err error)

// beamSearch gives the likeliest text that ends within most tokens, and its log probability.
func beamSearch(width, most int, next steps) (best hypothesis, err error) {
	alive := []hypothesis{{}}
	best.sum = math.Inf(-1)
	for range most {
		logits, err := next(alive)
		if err != nil {
			return hypothesis{}, err
		}
		rows := len(logits) / len(alive)
		var all []hypothesis
		for i, h := range alive {
			all = append(all, h.continued(i, logits[i*rows:(i+1)*rows], width+1)...)
		}
		slices.SortStableFunc(all, func(a, b hypothesis) int { return cmp.Compare(b.sum, a.sum) })
		alive = alive[:0:0]
		for _, h := range all {
			switch ended := h.tokens[len(h.tokens)-1] == tokenEnd; {
			case ended && h.sum > best.sum && len(alive) < width:
				best = h
			case !ended && len(alive) < width:
				alive = append(alive, h)
			}
		}
		if len(alive) == 0 || best.sum >= alive[0].sum {
			return best, nil
		}
	}
	return alive[0], nil // it is likelier than all that ended, and longer than anybody speaks
}

// continued gives the likeliest continuations of a hypothesis.
func (h hypothesis) continued(place int, logits []float32, most int) []hypothesis {
	total := logSum(logits)
	out := make([]hypothesis, 0, most)
	for _, token := range highest(logits, most) {
		out = append(out, hypothesis{tokens: append(slices.Clip(h.tokens), token), sum: h.sum + float64(logits[token]) - total, from: place})
	}
	return out
}

// highest gives the places of the n highest values, the highest first.
func highest(values []float32, n int) []int {
	places := make([]int, 0, n+1)
	for i, v := range values {
		if len(places) == n && v <= values[places[n-1]] {
			continue
		}
		at, _ := slices.BinarySearchFunc(places, v, func(p int, v float32) int { return cmp.Compare(v, values[p]) })
		places = slices.Insert(places, at, i)
		places = places[:min(len(places), n)]
	}
	return places
}

// logSum is the logarithm of the sum of the exponentials.
func logSum(values []float32) float64 {
	const nothing = 20 // below the highest, e to the power of it counts for nothing
	top := slices.Max(values)
	sum := 0.0
	for _, v := range values {
		if v > top-nothing {
			sum += math.Exp(float64(v - top))
		}
	}
	return float64(top) + math.Log(sum)
}
