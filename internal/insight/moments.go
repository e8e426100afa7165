package insight

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"earshot/internal/domain"
)

// Settings of the ranking: LexRank (Erkan and Radev 2004) with idf cosine, then maximal marginal relevance.
const (
	damping     = 0.85
	rounds      = 30
	leastAlike  = 0.1 // weaker links are dropped
	relevance   = 0.7 // against 0.3 for being unlike what was taken already
	unitWords   = 40  // adjacent lines of a speaker are merged up to this many words
	fewestWords = 5   // of content that a moment needs
	mostMoments = 6
	startBoost  = 1.2 // first tenth of a call
	endBoost    = 1.35
	stepBoost   = 2.0
	reasonBoost = 2.0 // the first thing of substance that is said
	reasonWords = 8
	mentionGain = 1.15
	politeness  = 0.25
	askLoss     = 0.5
	leastCommon = 60 // a term of more units than this and of a tenth of them links nothing more: it tells little, and costs its square
)

// unit is a candidate for a key moment: some sentences of adjacent lines of one speaker.
type unit struct {
	lines   []int // indexes
	text    string
	words   int
	terms   map[string]float64 // stem to tf-idf, length 1
	rank    float64
	polite  bool
	asks    bool
	marking float64 // of steps and mentions in its lines
	opens   bool    // the first thing of substance
}

// keyMoments are up to six of the sentences that say most of what the call is about, in order of time. A call of a
// single line gives that line.
func (c *call) keyMoments(steps []*step, mentions []domain.Mention) []domain.KeyMoment {
	units := c.units(steps, mentions)
	if len(units) == 0 {
		return []domain.KeyMoment{}
	}
	weigh(units)
	rank(units)
	c.boost(units)
	chosen := choose(units, c.howMany(units))
	slices.SortFunc(chosen, func(a, b *unit) int { return cmp.Compare(a.lines[0], b.lines[0]) })
	out := make([]domain.KeyMoment, 0, len(chosen))
	for _, u := range chosen {
		m := domain.KeyMoment{Text: capital(u.text), Lines: make([]int, 0, len(u.lines)), Rule: u.rule()}
		for _, i := range u.lines {
			m.Lines = append(m.Lines, c.lines[i].ID)
		}
		out = append(out, m)
	}
	return out
}

// rule is why a unit stands out.
func (u *unit) rule() string {
	switch {
	case u.opens:
		return "first"
	case u.marking >= stepBoost:
		return "step"
	case u.marking > 1:
		return "mention"
	}
	return "central"
}

// howMany is 3 to 6 by the length of the call, fewer for a short one.
func (c *call) howMany(units []*unit) int {
	total := 0
	for _, u := range units {
		total += u.words
	}
	return min(mostMoments, max(1, (total+20)/40), 2+len(units)/6+1, len(units))
}

// units are the stretches to choose from; where none has enough content, the longest line.
func (c *call) units(steps []*step, mentions []domain.Mention) []*unit {
	marks := c.marks(steps, mentions)
	var all []*unit
	for i, l := range c.lines {
		for _, s := range l.chunks() {
			u := newUnit(i, l, s)
			if n := len(all); n > 0 && all[n-1].takes(c, u, i) {
				all[n-1].merge(u)
			} else if u.text != "" {
				all = append(all, u)
			}
		}
	}
	for _, u := range all {
		u.marking = 1
		for _, i := range u.lines {
			u.marking = max(u.marking, marks[i])
		}
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(u *unit) bool { return len(u.terms) < 2 || u.words < fewestWords })
	if len(kept) == 0 && len(all) > 0 {
		kept = []*unit{slices.MaxFunc(all, func(a, b *unit) int { return cmp.Compare(a.words, b.words) })}
	}
	return kept
}

func (c *call) marks(steps []*step, mentions []domain.Mention) map[int]float64 {
	marks := map[int]float64{}
	for _, m := range mentions {
		marks[c.order(m.Line)] = mentionGain
	}
	for _, st := range steps {
		marks[st.lines[0]] = stepBoost
	}
	return marks
}

// chunks cuts a long line at its sentences, and a sentence that is far too long at its words.
func (l *line) chunks() []sentence {
	var out []sentence
	for _, s := range l.sentences {
		if n := len(out); n > 0 && s.last-out[n-1].first <= unitWords {
			out[n-1].last, out[n-1].to, out[n-1].asks = s.last, s.to, s.asks
			continue
		}
		for s.last-s.first > 2*unitWords {
			out = append(out, sentence{first: s.first, last: s.first + unitWords, to: l.words[s.first+unitWords-1].to})
			s.first += unitWords
		}
		out = append(out, s)
	}
	return out
}

var leadingFillers = setOf("um uh er erm hmm hm mm mhm oh ah so well okay ok yeah yes no right alright and but great perfect sure")

func newUnit(index int, l *line, s sentence) *unit {
	first := s.first
	for first < s.last && (leadingFillers[l.words[first].text] || l.words[first].text == "please" && first+1 < s.last && l.words[first+1].gap == gapStop) {
		first++
	}
	u := &unit{lines: []int{index}, terms: map[string]float64{}, asks: s.asks}
	if first == s.last {
		return u
	}
	u.text = strings.Join(strings.Fields(l.Text[l.words[first].from:s.to]), " ")
	u.words = s.last - first
	u.polite = findAny(politePhrases, l.words[first:s.last])
	for _, w := range l.words[first:s.last] {
		if !isFunctionWord(w.text) && !leadingFillers[w.text] {
			u.terms[w.stem]++
		}
	}
	return u
}

var politePhrases = patterns(`
thank you|thanks for calling
thanks for calling
how can|may i help|assist
have a great|good|nice|wonderful|lovely
good bye
goodbye
bye
take care
my name is
you 're welcome
nice talking|speaking|to
how are you
for your patience|help|time
glad i|we could|to
hesitate
further|other|more questions
`)

// takes tells whether u, from line index, goes on where the unit ends.
func (u *unit) takes(c *call, next *unit, index int) bool {
	last := u.lines[len(u.lines)-1]
	return c.lines[last].Speaker == c.lines[index].Speaker && index-last <= 1 && u.words+next.words <= unitWords && !(u.asks && index != last)
}

func (u *unit) merge(next *unit) {
	if next.text == "" {
		return
	}
	if i := next.lines[0]; i != u.lines[len(u.lines)-1] {
		u.lines = append(u.lines, i)
	}
	if u.text == "" || strings.ContainsAny(u.text[len(u.text)-1:], ".?!…") {
		next.text = capital(next.text)
	}
	u.text += " " + next.text
	u.words += next.words
	u.polite = u.polite || next.polite
	u.asks = next.asks
	for t, n := range next.terms {
		u.terms[t] += n
	}
}

// weigh turns counts of terms into unit vectors of tf-idf.
func weigh(units []*unit) {
	df := map[string]int{}
	for _, u := range units {
		for t := range u.terms {
			df[t]++
		}
	}
	for _, u := range units {
		keys := sortedTerms(u)
		square := 0.0
		for _, t := range keys {
			u.terms[t] *= math.Log(1 + float64(len(units))/float64(df[t]))
			square += u.terms[t] * u.terms[t]
		}
		for _, t := range keys {
			u.terms[t] /= math.Sqrt(max(square, 1e-12))
		}
	}
}

// sortedTerms keeps sums of floats the same from run to run.
func sortedTerms(u *unit) []string {
	keys := make([]string, 0, len(u.terms))
	for t := range u.terms {
		keys = append(keys, t)
	}
	slices.Sort(keys)
	return keys
}

type link struct {
	to     int
	weight float64
}

// links joins units that share terms, by an index of terms, so that a long call costs what it shares.
func links(units []*unit) [][]link {
	index := map[string][]link{}
	common := max(leastCommon, len(units)/10)
	out := make([][]link, len(units))
	for i, u := range units {
		sums := map[int]float64{}
		for _, t := range sortedTerms(u) {
			if len(index[t]) > common {
				continue
			}
			for _, other := range index[t] {
				sums[other.to] += other.weight * u.terms[t]
			}
			index[t] = append(index[t], link{i, u.terms[t]})
		}
		for _, j := range sortedKeys(sums) {
			if w := sums[j]; w >= leastAlike {
				out[i] = append(out[i], link{j, w})
				out[j] = append(out[j], link{i, w})
			}
		}
	}
	return out
}

func sortedKeys(m map[int]float64) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// rank is the stationary share of a walk along the links.
func rank(units []*unit) {
	graph := links(units)
	n := float64(len(units))
	out := make([]float64, len(units))
	for i, ls := range graph {
		for _, l := range ls {
			out[i] += l.weight
		}
		units[i].rank = 1 / n
	}
	for range rounds {
		next := make([]float64, len(units))
		for i, ls := range graph {
			for _, l := range ls {
				next[i] += units[l.to].rank * l.weight / out[l.to]
			}
		}
		for i, u := range units {
			u.rank = (1-damping)/n + damping*next[i]
		}
	}
}

// boost prefers the start, where the reason of a call is said, its end, and what was promised or mentioned.
func (c *call) boost(units []*unit) {
	top := 0.0
	for _, u := range units {
		top = max(top, u.rank)
	}
	if i := slices.IndexFunc(units, func(u *unit) bool { return !u.polite && !u.asks && u.words >= reasonWords }); i >= 0 {
		units[i].marking *= reasonBoost
		units[i].opens = true
	}
	for _, u := range units {
		// The square root keeps a few long turns from outweighing everything.
		u.rank = math.Sqrt(u.rank/top) * u.marking * math.Min(1, float64(u.words)/12)
		switch late := c.late(u.lines[0]); {
		case late < 0.1:
			u.rank *= startBoost
		case late > 0.85:
			u.rank *= endBoost
		}
		if u.polite {
			u.rank *= politeness * min(2, max(1, float64(u.words)/15))
		}
		if u.asks {
			u.rank *= askLoss
		}
	}
}

// choose takes n units one by one: what ranks high and is unlike those taken before.
func choose(units []*unit, n int) []*unit {
	var chosen []*unit
	closest := make([]float64, len(units))
	for len(chosen) < n {
		best, score := -1, math.Inf(-1)
		for i, u := range units {
			if v := relevance*u.rank - (1-relevance)*closest[i]; closest[i] < 2 && v > score {
				best, score = i, v
			}
		}
		if best < 0 {
			break
		}
		chosen = append(chosen, units[best])
		for i, u := range units {
			closest[i] = max(closest[i], cosine(u, units[best]))
		}
		closest[best] = 2 // taken
	}
	return chosen
}

func cosine(a, b *unit) float64 {
	sum := 0.0
	for _, t := range sortedTerms(a) {
		sum += a.terms[t] * b.terms[t]
	}
	return sum
}
