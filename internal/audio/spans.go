package audio

import (
	"cmp"
	"slices"

	"earshot/internal/domain"
)

func sortSpans(spans []domain.Span) {
	slices.SortFunc(spans, func(a, b domain.Span) int { return cmp.Compare(a.Start, b.Start) })
}

func dropShort(spans []domain.Span, least float64) []domain.Span {
	return slices.DeleteFunc(spans, func(s domain.Span) bool { return s.Duration() < least })
}

// merge joins sorted spans whose gap is at most gap.
func merge(spans []domain.Span, gap float64) []domain.Span {
	var out []domain.Span
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start-out[n-1].End <= gap {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// intersect gives the parts that are in both sorted lists.
func intersect(a, b []domain.Span) []domain.Span {
	var out []domain.Span
	for i, j := 0, 0; i < len(a) && j < len(b); {
		from, to := max(a[i].Start, b[j].Start), min(a[i].End, b[j].End)
		if from < to {
			out = append(out, domain.Span{Start: from, End: to})
		}
		if a[i].End < b[j].End {
			i++
		} else {
			j++
		}
	}
	return out
}

// subtract gives the parts of a that are not in b; both sorted and without overlap.
func subtract(a, b []domain.Span) []domain.Span {
	var out []domain.Span
	j := 0
	for _, s := range a {
		for j < len(b) && b[j].End <= s.Start {
			j++
		}
		for k := j; k < len(b) && b[k].Start < s.End; k++ {
			if b[k].Start > s.Start {
				out = append(out, domain.Span{Start: s.Start, End: b[k].Start})
			}
			s.Start = max(s.Start, b[k].End)
		}
		if s.Start < s.End {
			out = append(out, s)
		}
	}
	return out
}
