package insight

import (
	"fmt"
	"testing"
	"time"

	"earshot/internal/domain"
)

// products makes n names of products that look like names, each its own.
func products(n int) []Category {
	c := Category{Name: domain.CategoryProduct}
	for i := range n {
		name := ""
		for k := i + 7; k > 0; k /= 9 {
			name += []string{"ba", "ker", "ti", "lon", "mur", "ves", "dro", "pla", "nix"}[k%9]
		}
		c.Keywords = append(c.Keywords, Keyword{Text: "X" + name + fmt.Sprint(i%7) + "tor"})
	}
	return []Category{c}
}

// manyWords is a call of 800 lines with many words of its own.
func manyWords() domain.Transcript {
	var texts []string
	for i := range 800 {
		texts = append(texts, fmt.Sprintf("we looked at the order w%da and the tabel%d with my colleague, could you send the quote number %d by friday", i, i%900, i))
	}
	return talk(texts...)
}

// Ten times the keywords must cost far less than ten times the time.
func TestThousandsOfKeywords(t *testing.T) {
	tr := manyWords()
	few, many := time.Hour, time.Hour
	cost := func(categories []Category) time.Duration {
		from := time.Now()
		Analyze(tr, Context{Categories: categories})
		return time.Since(from)
	}
	for range 3 { // by turns, as other programs slow down both
		few, many = min(few, cost(products(500))), min(many, cost(products(5000)))
	}
	t.Logf("500 names in %v, 5,000 in %v", few, many)
	if many > 5*few {
		t.Errorf("ten times the names took %.1f times as long", float64(many)/float64(few))
	}
}
