package insight

import (
	"cmp"
	"math"
	"slices"

	"earshot/internal/domain"
)

// Limits of the talk metrics, in seconds; docs/metrics.md explains each.
const (
	monologueBreak   = 2.0 // a shorter break is part of a monologue
	turnBreak        = 0.5 // a shorter break is part of a turn
	backchannel      = 1.0 // shorter speech of the other side ends no monologue and is no turn
	leastOverlap     = 0.5 // before it counts as cutting in
	yieldWithin      = 1.5 // the one cut off stops within this
	leastTalk        = 3.0 // for words a minute
	yieldOpportunity = 1.0 // the one cut off stays silent for this long
)

// measure computes the talk metrics from voice activity, or from the times of the lines where there is none.
func measure(t domain.Transcript, c *call, asked []question) domain.Metrics {
	m := domain.Metrics{TalkRatio: map[domain.Speaker]float64{}, TalkSeconds: map[domain.Speaker]float64{}}
	if !c.timed() && !anySpeech(t.Speech) {
		if len(c.lines) == 0 {
			m.SilenceRatio, m.LongestSilence = silence(nil, t.Duration)
			return m
		}
		m.TalkRatio = c.wordShares()
		m.Questions = c.questionCounts(asked)
		return m
	}
	tracks := speechOf(t)
	all := merged(slices.Concat(values(tracks)...), 0)
	duration := t.Duration
	if len(all) > 0 {
		duration = max(duration, all[len(all)-1].End)
	}
	m.SilenceRatio, m.LongestSilence = silence(all, duration)
	total := 0.0
	for s, spans := range tracks {
		m.TalkSeconds[s] = round(seconds(spans), 1)
		total += seconds(spans)
	}
	if len(tracks) == 0 || len(tracks) == 1 && !c.apart {
		return m // voices that are not told apart have no shares
	}
	for s, spans := range tracks {
		m.TalkRatio[s] = 0
		if total > 0 {
			m.TalkRatio[s] = round(seconds(spans)/total, 3)
		}
	}
	c.perSpeaker(&m, tracks, asked)
	return m
}

func (c *call) perSpeaker(m *domain.Metrics, tracks domain.Speech, asked []question) {
	m.LongestMonologue, m.Interruptions = map[domain.Speaker]float64{}, map[domain.Speaker]int{}
	m.WordsPerMinute = map[domain.Speaker]float64{}
	m.Questions = c.questionCounts(asked)
	said := c.wordCounts()
	for s, spans := range tracks {
		others := othersOf(tracks, s)
		m.LongestMonologue[s] = round(longestMonologue(spans, others), 1)
		m.Interruptions[s] = interruptions(spans, others)
		m.Questions[s] += 0
		if talk := seconds(spans); talk >= leastTalk && said[s] > 0 {
			m.WordsPerMinute[s] = math.Round(float64(said[s]) / talk * 60)
		}
	}
	m.Patience = patience(tracks)
}

func anySpeech(s domain.Speech) bool {
	for _, spans := range s {
		if len(spans) > 0 {
			return true
		}
	}
	return false
}

// speechOf is the voice activity with odd spans mended; where there is none, the lines.
func speechOf(t domain.Transcript) domain.Speech {
	out := domain.Speech{}
	if anySpeech(t.Speech) {
		for s, spans := range t.Speech {
			out[s] = merged(spans, 0)
		}
		return out
	}
	for _, l := range t.Lines {
		out[l.Speaker] = append(out[l.Speaker], domain.Span{Start: l.Start, End: l.End})
	}
	for s, spans := range out {
		out[s] = merged(spans, 0)
	}
	return out
}

// merged sorts spans and joins those at most gap apart; what is no span (not a number, or empty) is dropped.
func merged(in []domain.Span, gap float64) []domain.Span {
	sorted := slices.DeleteFunc(slices.Clone(in), func(s domain.Span) bool { return !(s.Duration() > 0) || math.IsInf(s.Duration(), 0) || s.Start < 0 })
	slices.SortFunc(sorted, func(a, b domain.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	out := sorted[:0]
	for _, s := range sorted {
		if n := len(out); n > 0 && s.Start-out[n-1].End <= gap {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

func values(tracks domain.Speech) [][]domain.Span {
	out := make([][]domain.Span, 0, len(tracks))
	for _, spans := range tracks {
		out = append(out, spans)
	}
	return out
}

func othersOf(tracks domain.Speech, s domain.Speaker) []domain.Span {
	var out []domain.Span
	for other, spans := range tracks {
		if other != s {
			out = append(out, spans...)
		}
	}
	return merged(out, 0)
}

func seconds(spans []domain.Span) float64 {
	sum := 0.0
	for _, s := range spans {
		sum += s.Duration()
	}
	return sum
}

// silence is the share of the recording in which nobody speaks, and the longest such stretch in seconds.
func silence(all []domain.Span, duration float64) (share, longest float64) {
	if !(duration > 0) || math.IsInf(duration, 0) {
		return 0, 0
	}
	at := 0.0
	for _, s := range all {
		longest = max(longest, s.Start-at)
		at = s.End
	}
	longest = max(longest, duration-at)
	return round(1-seconds(all)/duration, 3), round(longest, 1)
}

// longestMonologue is the longest stretch of one's speech with breaks under 2 s, in which others say no more than "mhm".
func longestMonologue(own, others []domain.Span) float64 {
	turns := slices.DeleteFunc(slices.Clone(others), func(s domain.Span) bool { return s.Duration() < backchannel })
	longest, start, k := 0.0, 0.0, 0
	for i, s := range own {
		for k < len(turns) && turns[k].End <= s.Start {
			k++
		}
		if i == 0 || s.Start-own[i-1].End >= monologueBreak || k > 0 && turns[k-1].End > own[i-1].Start {
			start = s.Start
		}
		for ; k < len(turns) && turns[k].Start < s.End; k++ {
			longest = max(longest, turns[k].Start-start)
			start = max(start, turns[k].Start)
		}
		longest = max(longest, s.End-start)
	}
	return longest
}

// interruptions counts how often one starts while another speaks, both speak for half a second, and the other one stops
// within 1.5 s and stays silent for a second, while oneself goes on.
func interruptions(own, others []domain.Span) int {
	n, k := 0, 0
	for _, s := range own {
		for k < len(others) && others[k].End <= s.Start {
			k++
		}
		if k == len(others) || others[k].Start >= s.Start {
			continue
		}
		both := others[k].End - s.Start
		silent := k+1 == len(others) || others[k+1].Start-others[k].End >= yieldOpportunity
		if both >= leastOverlap && both <= yieldWithin && s.End > others[k].End && s.Duration() >= backchannel && silent {
			n++
		}
	}
	return n
}

// patience is the median of the seconds between the end of another's turn and the start of one's own; starting earlier counts as 0.
func patience(tracks domain.Speech) map[domain.Speaker]float64 {
	type turn struct {
		domain.Span
		speaker domain.Speaker
	}
	var turns []turn
	for s, spans := range tracks {
		for _, span := range merged(spans, turnBreak) {
			if span.Duration() >= backchannel {
				turns = append(turns, turn{span, s})
			}
		}
	}
	slices.SortFunc(turns, func(a, b turn) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.speaker, b.speaker))
	})
	gaps := map[domain.Speaker][]float64{}
	for i := 1; i < len(turns); i++ {
		if a, b := turns[i-1], turns[i]; a.speaker != b.speaker {
			gaps[b.speaker] = append(gaps[b.speaker], max(0, b.Start-a.End))
		}
	}
	out := map[domain.Speaker]float64{}
	for s, g := range gaps {
		out[s] = round(median(g), 2)
	}
	return out
}

func median(v []float64) float64 {
	slices.Sort(v)
	mid := len(v) / 2
	if len(v)%2 == 1 {
		return v[mid]
	}
	return (v[mid-1] + v[mid]) / 2
}

// wordCounts counts words as written: "I'll" is one.
func (c *call) wordCounts() map[domain.Speaker]int {
	out := map[domain.Speaker]int{}
	for _, l := range c.lines {
		for i, w := range l.words {
			if i == 0 || w.from > l.words[i-1].to {
				out[l.Speaker]++
			}
		}
	}
	return out
}

// wordShares stands for the talk ratio where lines have no times.
func (c *call) wordShares() map[domain.Speaker]float64 {
	out := map[domain.Speaker]float64{}
	counts := c.wordCounts()
	total := 0
	for _, n := range counts {
		total += n
	}
	if !c.apart || total == 0 {
		return out
	}
	for s, n := range counts {
		out[s] = round(float64(n)/float64(total), 3)
	}
	return out
}

func (c *call) questionCounts(asked []question) map[domain.Speaker]int {
	if !c.apart {
		return nil
	}
	out := map[domain.Speaker]int{}
	for _, l := range c.lines {
		out[l.Speaker] += 0
	}
	for _, q := range asked {
		out[c.lines[q.index].Speaker]++
	}
	return out
}

func round(v float64, places int) float64 {
	scale := math.Pow10(places)
	return math.Round(v*scale) / scale
}
