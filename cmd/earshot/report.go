package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"earshot/internal/domain"
)

// report prints a call for people.
func report(w io.Writer, p processed) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s  %s, %s, %d lines (%s %s, %.1f s)\n\n", p.File, clock(p.Duration), strings.ReplaceAll(string(p.Layout), "_", " "), len(p.Transcript), p.Engine.Name, p.Engine.Model, p.Timings.Total)
	for _, l := range p.Transcript {
		fmt.Fprintf(b, "%7s  %-10s %s\n", clock(l.Start), speaker(l.Speaker), l.Text)
	}
	if len(p.Transcript) == 0 {
		b.WriteString("Nobody speaks in this recording.\n")
	}
	section(b, "Key moments", p.Insights.Summary, func(k domain.KeyMoment) string { return k.Text })
	section(b, "Next steps", p.Insights.NextSteps, nextStep)
	section(b, "Questions", p.Insights.Questions, func(q domain.Question) string {
		return fmt.Sprintf("%s: %s%s", speaker(q.Speaker), q.Text, map[bool]string{false: "  (not answered)"}[q.Answered])
	})
	section(b, "Mentions", p.Insights.Mentions, func(m domain.Mention) string {
		return fmt.Sprintf("%s: %s, %s at %s", m.Category, m.Keyword, speaker(m.Speaker), clock(m.Start))
	})
	talk(b, p.Insights.Metrics)
	_, err := fmt.Fprintln(w, b.String())
	return err
}

func section[T any](b *strings.Builder, title string, items []T, text func(T) string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, item := range items {
		fmt.Fprintf(b, "  - %s\n", text(item))
	}
}

func nextStep(s domain.NextStep) string {
	text := s.Text
	if s.Owner != nil {
		text = speaker(*s.Owner) + ": " + text
	}
	if s.Due != nil {
		text += " (by " + *s.Due + ")"
	}
	return text
}

func talk(b *strings.Builder, m domain.Metrics) {
	if len(m.TalkRatio) == 0 {
		return
	}
	var parts []string
	for _, s := range slices.Sorted(maps.Keys(m.TalkRatio)) {
		parts = append(parts, fmt.Sprintf("%s %.0f %%", speaker(s), m.TalkRatio[s]*100))
	}
	fmt.Fprintf(b, "\nTalk: %s; silence %.0f %%\n", strings.Join(parts, ", "), m.SilenceRatio*100)
}

func speaker(s domain.Speaker) string {
	name := strings.ReplaceAll(string(s), "_", " ")
	return strings.ToUpper(name[:min(1, len(name))]) + name[min(1, len(name)):]
}

func clock(seconds float64) string { return fmt.Sprintf("%d:%02d", int(seconds)/60, int(seconds)%60) }

// progress shows a bar in a terminal and nothing elsewhere.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(what string) *progress {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return &progress{}
	}
	return &progress{progressbar.NewOptions(1000, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription(filepath.Base(what)), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))}
}

func (p *progress) update(done, total float64) {
	if p.bar != nil && total > 0 {
		_ = p.bar.Set(int(1000 * done / total)) // a bar that cannot be drawn is no failure
	}
}

func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
