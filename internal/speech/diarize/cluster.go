package diarize

import (
	"cmp"
	"math"
	"slices"

	"earshot/internal/domain"
)

const (
	sameVoice  = 0.45 // cosine of two stretches of one voice; on telephone lines two people are mostly below
	leastVoice = 1.0  // seconds of speech in a window that a voice is judged by
	leastShare = 0.02 // of the speech: less is no speaker but a noise, or a stretch that was heard wrongly
	rounds     = 10   // of moving the centres
)

// cluster is a group of voices that are taken for one person.
type cluster struct {
	vector  []float64 // sum of unit vectors, each weighted by its seconds
	seconds float64
	windows []int // sorted
}

// centres gives the unit vectors of at most n people: voices are joined, the most alike first, as long as they are alike and not
// heard beside each other in a window; then those who speak most are kept and moved to the middle of what is nearest to them.
func centres(windows []Window, n int) [][]float64 {
	clusters := joined(judged(windows))
	slices.SortStableFunc(clusters, func(a, b *cluster) int { return cmp.Compare(b.seconds, a.seconds) })
	total := 0.0
	for _, c := range clusters {
		total += c.seconds
	}
	var out [][]float64
	for _, c := range clusters[:min(n, len(clusters))] {
		if len(out) == 0 || c.seconds >= leastShare*total {
			out = append(out, unit(c.vector))
		}
	}
	if len(out) == 0 {
		return nil
	}
	for range rounds {
		out = moved(windows, out)
	}
	return out
}

// judged gives each voice that speaks long enough as a cluster of its own.
func judged(windows []Window) []*cluster {
	var out []*cluster
	for i, w := range windows {
		for _, v := range w.Voices {
			if s := seconds(v.Spans); v.Vector != nil && s >= leastVoice {
				c := &cluster{seconds: s, windows: []int{i}, vector: make([]float64, len(v.Vector))}
				add(c.vector, v.Vector, s)
				out = append(out, c)
			}
		}
	}
	return out
}

// block is how many voices are joined at once: the work grows with the cube of it, and a long call has thousands.
const block = 200

// joined joins the most alike clusters until none are alike, first among those of one part of the call.
func joined(clusters []*cluster) []*cluster {
	var out []*cluster
	for part := range slices.Chunk(clusters, block) {
		out = append(out, joinedBlock(slices.Clone(part))...)
	}
	if len(out) < len(clusters) && len(clusters) > block {
		return joined(out)
	}
	return out
}

func joinedBlock(clusters []*cluster) []*cluster {
	alike := make([][]float64, len(clusters)) // of each with those before it
	for i, c := range clusters {
		alike[i] = make([]float64, i)
		for j, d := range clusters[:i] {
			alike[i][j] = c.alike(d)
		}
	}
	for {
		a, b, best := 0, 0, sameVoice
		for i := range alike {
			for j, v := range alike[i] {
				if v > best {
					a, b, best = j, i, v
				}
			}
		}
		if a == b {
			return slices.DeleteFunc(clusters, func(c *cluster) bool { return c == nil })
		}
		clusters[a].join(clusters[b])
		clusters[b] = nil
		update(alike, clusters, a, b)
	}
}

// update compares a cluster that grew, and takes one away that is no more.
func update(alike [][]float64, clusters []*cluster, grown, gone int) {
	at := func(i, j int) *float64 { return &alike[max(i, j)][min(i, j)] }
	for i, c := range clusters {
		if i != gone {
			*at(i, gone) = -1
		}
		if c != nil && i != grown {
			*at(i, grown) = clusters[grown].alike(c)
		}
	}
}

// alike is the cosine of two clusters, -1 if they were heard beside each other.
func (c *cluster) alike(d *cluster) float64 {
	for i, j := 0, 0; i < len(c.windows) && j < len(d.windows); {
		switch {
		case c.windows[i] == d.windows[j]:
			return -1
		case c.windows[i] < d.windows[j]:
			i++
		default:
			j++
		}
	}
	return cosine(c.vector, d.vector)
}

func (c *cluster) join(d *cluster) {
	for i, v := range d.vector {
		c.vector[i] += v
	}
	c.seconds += d.seconds
	c.windows = append(c.windows, d.windows...)
	slices.Sort(c.windows)
}

// moved gives the middles of what each centre wins.
func moved(windows []Window, centres [][]float64) [][]float64 {
	sums := make([][]float64, len(centres))
	for i, c := range centres {
		sums[i] = make([]float64, len(c))
		add(sums[i], c, 1)
	}
	for _, w := range windows {
		for i, speaker := range assign(w, centres, nil) {
			if v := w.Voices[i]; speaker >= 0 && v.Vector != nil {
				add(sums[speaker], v.Vector, seconds(v.Spans))
			}
		}
	}
	for i := range sums {
		sums[i] = unit(sums[i])
	}
	return sums
}

func seconds(spans []domain.Span) (sum float64) {
	for _, s := range spans {
		sum += s.Duration()
	}
	return sum
}

// add adds the unit vector of v, weighted.
func add[T float32 | float64](sum []float64, v []T, weight float64) {
	length := 0.0
	for _, x := range v {
		length += float64(x) * float64(x)
	}
	if length == 0 {
		return
	}
	weight /= math.Sqrt(length)
	for i, x := range v {
		sum[i] += weight * float64(x)
	}
}

func unit(v []float64) []float64 {
	out := make([]float64, len(v))
	add(out, v, 1)
	return out
}

func cosine(a, b []float64) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += a[i] * b[i]
		aa += a[i] * a[i]
		bb += b[i] * b[i]
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}
