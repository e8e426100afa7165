package pipeline

import (
	"testing"

	"earshot/internal/audio"
	"earshot/internal/domain"
)

func TestEchoesAreDropped(t *testing.T) {
	t.Parallel()
	loud, half, quiet := talk(20, domain.Span{Start: 0, End: 20}), talk(20, domain.Span{Start: 0, End: 20}), talk(20, domain.Span{Start: 0, End: 20})
	for i := range quiet {
		half[i] *= 0.4   // 8 dB below
		quiet[i] *= 0.05 // 26 dB below
	}
	line := func(channel int, start, end float64, text string) said {
		return said{voice: channel, Line: domain.Line{Channel: channel, Start: start, End: end, Text: text}}
	}
	for _, c := range []struct {
		name  string
		other []float32
		lines []said
		drops int
	}{
		{"the same words, far quieter", quiet, []said{line(0, 1, 5, "Can I help you with anything?"), line(1, 1.2, 5.1, "can I help you with anything")}, 1},
		{"a part of them", half, []said{line(0, 1, 9, "Can I help you with anything else today?"), line(1, 2, 4, "help you with, anything")}, 1},
		{"other words", quiet, []said{line(0, 1, 5, "Can I help you with anything?"), line(1, 1.2, 5.1, "yes please I want a refund")}, 0},
		{"at another time", quiet, []said{line(0, 1, 5, "Can I help you?"), line(1, 6, 8, "Can I help you?")}, 0},
		{"as loud", loud, []said{line(0, 1, 5, "See you on Monday."), line(1, 1, 5, "See you on Monday.")}, 0},
		{"a short answer", half, []said{line(0, 1, 5, "Okay, okay."), line(1, 2, 3, "Okay.")}, 0},
		{"one side twice", quiet, []said{line(0, 1, 5, "I see what you mean."), line(0, 4, 8, "I see what you mean.")}, 0},
	} {
		kept, echoes := withoutEchoes(c.lines, audio.NewSound(loud, c.other))
		if len(echoes) != c.drops || len(kept)+len(echoes) != len(c.lines) {
			t.Errorf("%s: %d dropped, %d kept", c.name, len(echoes), len(kept))
		}
		for _, e := range echoes {
			if e.Channel != 1 {
				t.Errorf("%s: the louder side was dropped", c.name)
			}
		}
	}
}
