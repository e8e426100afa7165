package main

import (
	"bufio"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"earshot/internal/app"
	"earshot/internal/audio"
	"earshot/internal/domain"
)

//go:embed labels/*.txt
var labelFiles embed.FS

// label says that a voice speaks in a stretch.
type label struct {
	domain.Span
	voice string
}

// told is how much of a recording's speech went to the right speaker, in seconds.
type told struct {
	labelled, heard, right, missed, extra, confused float64
}

// share of the speech that is labelled and heard.
func (t told) share() float64 { return t.right / max(t.heard, 1e-9) }

// errorRate is the diarization error rate, without a collar.
func (t told) errorRate() float64 { return (t.missed + t.extra + t.confused) / max(t.labelled, 1e-9) }

// compare looks every 10 ms, with the better of the two ways to name the voices.
func compareSpeakers(labels []label, heard domain.Speech) told {
	names := []domain.Speaker{domain.Agent, domain.Customer}
	var best told
	for _, first := range names {
		var t told
		for at := 0.0; at < labels[len(labels)-1].End; at += 0.01 {
			want, got, both := map[domain.Speaker]bool{}, map[domain.Speaker]bool{}, 0
			for _, l := range labels {
				if l.Start <= at && at < l.End {
					want[names[(slices.Index(names, first)+strings.Index("ab", l.voice))%2]] = true
				}
			}
			for speaker, spans := range heard {
				if slices.ContainsFunc(spans, func(s domain.Span) bool { return s.Start <= at && at < s.End }) {
					got[speaker] = true
					if want[speaker] {
						both++
					}
				}
			}
			t.count(len(want), len(got), both)
		}
		if t.right >= best.right {
			best = t
		}
	}
	return best
}

func (t *told) count(want, got, both int) {
	const step = 0.01
	t.labelled += step * float64(want)
	t.missed += step * float64(max(0, want-got))
	t.extra += step * float64(max(0, got-want))
	t.confused += step * float64(min(want, got)-both)
	t.right += step * float64(both)
	t.heard += step * float64(min(want, got))
}

// labelsOf gives the labels of a recording: ours, the turns that came with it, or what each channel of its stereo form says.
func (b *bench) labelsOf(ctx context.Context, name string) ([]label, error) {
	switch name {
	case "auto_repairs_40_mono_mulaw":
		return b.stereoLabels(ctx, "auto_repairs_40_mulaw.wav")
	case "azure_sales_call":
		return b.turnLabels(name + ".json")
	}
	f, err := labelFiles.Open("labels/" + name + ".txt")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []label
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var l label
		if _, err := fmt.Sscan(lines.Text(), &l.Start, &l.End, &l.voice); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

func (b *bench) turnLabels(name string) ([]label, error) {
	data, err := os.ReadFile(filepath.Join(b.data, "calls", name))
	if err != nil {
		return nil, err
	}
	var known struct {
		Turns []struct {
			Speaker    int
			Start, End float64
		}
	}
	if err := json.Unmarshal(data, &known); err != nil {
		return nil, err
	}
	var out []label
	for _, t := range known.Turns {
		out = append(out, label{domain.Span{Start: t.Start, End: t.End}, "ab"[t.Speaker : t.Speaker+1]})
	}
	return out, nil
}

func (b *bench) stereoLabels(ctx context.Context, name string) ([]label, error) {
	sound, err := audio.Decode(ctx, filepath.Join(b.data, "calls", name), app.Tools(b.cfg), audio.Limits{})
	if err != nil {
		return nil, err
	}
	defer sound.Close()
	left, right, err := audio.RemoveBleed(sound.Channels[0], sound.Channels[1], audio.EnergySpeech(sound.Channels[0]), audio.EnergySpeech(sound.Channels[1]))
	if err != nil {
		return nil, err
	}
	var out []label
	for i, spans := range [][]domain.Span{left, right} {
		for _, s := range spans {
			out = append(out, label{s, "ab"[i : i+1]})
		}
	}
	slices.SortFunc(out, func(a, b label) int { return int(1000 * (a.End - b.End)) })
	return out, nil
}

// monoFiles are recordings in which two people share a channel.
var monoFiles = []string{"mono_u8_auto0", "azure_sales_call", "diarization_test", "auto_repairs_40_mono_mulaw"}

func (b *bench) speakers(ctx context.Context) error {
	fmt.Fprintf(&b.report, "\n## Speakers of mono calls\n\nShare of the speech that went to the right speaker, and the diarization error rate (missed, added and confused speech, no collar):\n\n| recording | right | error rate |\n|---|---|---|\n")
	for _, name := range monoFiles {
		t, err := b.toldApart(ctx, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b.report, "| %s | %.1f %% | %.1f %% |\n", name, 100*t.share(), 100*t.errorRate())
	}
	return nil
}

func (b *bench) toldApart(ctx context.Context, name string) (told, error) {
	labels, err := b.labelsOf(ctx, name)
	if err != nil {
		return told{}, err
	}
	t, err := b.transcribe(ctx, filepath.Join(b.data, "calls", name+".wav"))
	if err != nil {
		return told{}, err
	}
	return compareSpeakers(labels, t.Speech), nil
}
