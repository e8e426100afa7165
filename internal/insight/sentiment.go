package insight

import "earshot/internal/domain"

// Words of sentiment, as stems. A "not" up to three words before one turns it round.
var (
	pleased = stems("great good glad happy love lovely perfect excellent wonderful awesome amazing fantastic helpful appreciate thank thanks pleased delighted easy " +
		"nice brilliant cool satisfied impressed enjoy smooth works worked relieved kind")
	displeased = stems("bad terrible awful horrible frustrated frustrating angry upset annoyed annoying disappointed disappointing ridiculous unacceptable worst hate " +
		"broken problem issue trouble complaint wrong slow late delay delayed confusing confused difficult complicated expensive fail failed failing error lost damaged " +
		"poor useless painful unfortunately worried stuck tired cancel hassle mistake")
)

const (
	quarters     = 4
	negationSpan = 3
)

// sentiment is the balance of pleased and displeased words a side and quarter; nil where no line has any.
func (c *call) sentiment() *domain.Sentiment {
	out := &domain.Sentiment{Trust: "low", Trend: map[domain.Speaker][]float64{}, Lines: []int{}}
	good, bad := map[domain.Speaker]*[quarters]float64{}, map[domain.Speaker]*[quarters]float64{}
	for i, l := range c.lines {
		if good[l.Speaker] == nil {
			good[l.Speaker], bad[l.Speaker] = &[quarters]float64{}, &[quarters]float64{}
		}
		plus, minus := l.feelings()
		q := min(quarters-1, int(c.late(i)*quarters))
		good[l.Speaker][q] += plus
		bad[l.Speaker][q] += minus
		if plus+minus > 0 {
			out.Lines = append(out.Lines, l.ID)
		}
	}
	if len(out.Lines) == 0 {
		return nil
	}
	for s := range good {
		for q := range quarters {
			v := 0.0
			if sum := good[s][q] + bad[s][q]; sum > 0 {
				v = round((good[s][q]-bad[s][q])/sum, 2)
			}
			out.Trend[s] = append(out.Trend[s], v)
		}
	}
	return out
}

// feelings counts the pleased and the displeased words of a line.
func (l *line) feelings() (plus, minus float64) {
	for i, w := range l.words {
		st := w.stem
		up, down := pleased[st], displeased[st]
		if !up && !down {
			continue
		}
		for k := max(0, i-negationSpan); k < i; k++ {
			if l.is(k, negations) {
				up, down = down, up
				break
			}
		}
		if up {
			plus++
		} else {
			minus++
		}
	}
	return plus, minus
}
