package audio

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"earshot/internal/domain"
)

func turn(start, end float64, voice int) domain.Turn {
	return domain.Turn{Span: domain.Span{Start: start, End: end}, Voice: voice}
}

func sameTurns(a, b []domain.Turn) bool {
	return slices.EqualFunc(a, b, func(a, b domain.Turn) bool {
		return a.Voice == b.Voice && math.Abs(a.Start-b.Start)+math.Abs(a.End-b.End) < 1e-6
	})
}

func TestShare(t *testing.T) {
	t.Parallel()
	speech := []domain.Span{{Start: 1, End: 9}, {Start: 12, End: 15}}
	for _, c := range []struct {
		name        string
		turns, want []domain.Turn
	}{
		{"nobody was told", nil, nil},
		{"one voice", []domain.Turn{turn(0, 20, 1)}, []domain.Turn{turn(1, 9, 1), turn(12, 15, 1)}},
		{"one after the other", []domain.Turn{turn(1, 4, 0), turn(4, 15, 1)}, []domain.Turn{turn(1, 4, 0), turn(4, 9, 1), turn(12, 15, 1)}},
		{"a gap goes to the nearer one", []domain.Turn{turn(1, 4, 0), turn(6, 9, 1), turn(12, 15, 0)}, []domain.Turn{turn(1, 5, 0), turn(5, 9, 1), turn(12, 15, 0)}},
		{"who goes on keeps the turn", []domain.Turn{turn(1, 6, 0), turn(5, 9, 1), turn(12, 15, 1)}, []domain.Turn{turn(1, 6, 0), turn(6, 9, 1), turn(12, 15, 1)}},
		{"a word within another's turn", []domain.Turn{turn(1, 9, 0), turn(3, 4, 1), turn(12, 15, 1)}, []domain.Turn{turn(1, 9, 0), turn(12, 15, 1)}},
		{"too short to be read", []domain.Turn{turn(1, 5, 0), turn(5, 5.1, 1), turn(5.1, 15, 0)}, []domain.Turn{turn(1, 9, 0), turn(12, 15, 0)}},
		{"far from any turn", []domain.Turn{turn(30, 31, 1)}, []domain.Turn{turn(1, 9, 1), turn(12, 15, 1)}},
	} {
		if got := Share(speech, c.turns); !sameTurns(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestShareLosesNoSpeech(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 3))
	ch := make([]float32, 60*SampleRate)
	for range 50 {
		var speech []domain.Span
		for at := rng.Float64(); at < 55; at += 1 + rng.ExpFloat64() {
			end := at + 0.2 + rng.ExpFloat64()*4
			speech = append(speech, domain.Span{Start: at, End: min(end, 59)})
			at = end
		}
		turns := []domain.Turn{turn(0, rng.Float64(), 0)}
		for at := 0.0; at < 60; at += rng.ExpFloat64() * 5 {
			turns = append(turns, turn(at, at+rng.ExpFloat64()*4, rng.IntN(2)))
		}
		parts := Share(speech, turns)
		var shared, cut []domain.Span
		for i, p := range parts {
			if i > 0 && p.Start < parts[i-1].End-1e-9 {
				t.Fatalf("%v overlaps %v", p, parts[i-1])
			}
			shared = append(shared, p.Span)
		}
		if missing := total(subtract(speech, merge(shared, 1e-6))); missing > 1e-3 {
			t.Fatalf("%.3f s of speech went to nobody", missing)
		}
		for i, s := range TurnSegments(parts, TrackOf(ch), SegmentOptions{}) {
			if s.Duration() > longestSegment+1e-6 || i > 0 && s.Start < cut[i-1].End-1e-6 {
				t.Fatalf("segment %v", s)
			}
			cut = append(cut, s.Span)
		}
		if missing := total(dropShort(subtract(shared, merge(cut, 1e-6)), dropUnder+1e-6)); missing > 1e-3 {
			t.Fatalf("%.3f s of speech are in no segment", missing)
		}
	}
}

func TestSpeechOfAVoiceIsAlsoWhatItSaysWhileAnotherSpeaks(t *testing.T) {
	t.Parallel()
	heard := []domain.Span{{Start: 1, End: 9}}
	turns := []domain.Turn{turn(1, 9, 0), turn(3, 4, 1), turn(20, 25, 1)}
	parts := Share(heard, turns)
	if got := SpeechOf(1, parts, turns, heard); len(got) != 1 || got[0] != (domain.Span{Start: 3, End: 4}) {
		t.Errorf("speech of the second voice: %v", got)
	}
	if got := SpeechOf(0, parts, turns, heard); len(got) != 1 || got[0] != heard[0] {
		t.Errorf("speech of the first voice: %v", got)
	}
}
