package insight

import (
	"strings"

	"earshot/internal/domain"
)

// pointRule is a way to agree with or to dispute what the other side said.
type pointRule struct {
	name     string
	kind     domain.PointKind
	start    bool // only where a sentence starts
	patterns []pattern
}

var pointRules = []pointRule{
	{"says_agreed", domain.PointAgreed, true, patterns(`
agreed
deal
i|we ~ agree
you 're|are ~ right|correct
fair enough
that 's|is ~ fair|right|correct
that ~ makes sense
makes sense
sounds good|great|fair|reasonable|better
that|it ~ sounds good|great|fair|reasonable|better
that|it ~ works for me|us
exactly
i|we can live with that
let 's do it|that
`)},
	{"denies", domain.PointDisputed, false, patterns(`
i|we ~ disagree
i|we do n't|not ~ agree
that|it|this is|'s|was ~ n't|not ~ true|right|correct|fair|acceptable|accurate
that|it|this 's|is|was ~ wrong|incorrect|unacceptable|unfair
i|we did n't|not ~ ask|order|say|agree|sign|authorize|approve
i|we do n't|not ~ accept|agree
i|we ~ never asked|ordered|said|agreed|signed|authorized|approved
i 'm not ~ going to pay|accept
but you|they|your|somebody|someone ~ said|told|promised
your website ~ said|says
nobody|no told one? me|us
`)},
}

// findPoints finds what the sides agree on or dispute: what one answers to a statement of the other.
func (c *call) findPoints() []domain.Point {
	var out []domain.Point
	if !c.apart {
		return nil
	}
	for i, l := range c.lines {
		for _, s := range l.sentences {
			if p, ok := c.pointIn(i, l, s); ok {
				out = append(out, p)
				break // one a line
			}
		}
	}
	return out
}

func (c *call) pointIn(index int, l *line, s sentence) (domain.Point, bool) {
	if s.asks {
		return domain.Point{}, false
	}
	for _, r := range pointRules {
		last := s.last
		if r.start {
			last = min(s.last, s.first+4)
		}
		for i := s.first; i < last; i++ {
			if matchAny(r.patterns, l.words[:s.last], i) <= i || r.start && i > s.first && !leadingFillers[l.words[i-1].text] {
				continue
			}
			return c.point(index, l, s, r)
		}
	}
	return domain.Point{}, false
}

// point cites what was agreed on: the statement before; or the words that dispute, with the statement before if there is one.
func (c *call) point(index int, l *line, s sentence, r pointRule) (domain.Point, bool) {
	p := domain.Point{Kind: r.kind, Speaker: l.Speaker, Rule: r.name, Lines: []int{l.ID}, Text: plainQuote(l, s)}
	before := index - 1
	if before < 0 || !c.opposite(before, index) || len(c.lines[before].sentences) == 0 {
		return p, r.kind == domain.PointDisputed
	}
	p.Lines = []int{c.lines[before].ID, l.ID}
	if r.kind == domain.PointAgreed {
		b := c.lines[before]
		said := b.sentences[len(b.sentences)-1]
		p.Text = plainQuote(b, said)
		return p, said.last-said.first > 2
	}
	return p, true
}

func plainQuote(l *line, s sentence) string {
	first := s.first
	for first < s.last-1 && leadingFillers[l.words[first].text] {
		first++
	}
	return capital(strings.Join(strings.Fields(l.quote(first, s.last)), " "))
}
