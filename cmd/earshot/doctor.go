package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/identity"
)

type doctorCmd struct {
	JSON bool `help:"Print one JSON object." name:"json"`
}

// diagnosis is what --json prints.
type diagnosis struct {
	OK      bool         `json:"ok"`
	Running bool         `json:"running"` // a server uses the data folder
	DataDir string       `json:"data_dir"`
	Checks  []doctorLine `json:"checks"`
}

type doctorLine struct {
	ID       string `json:"id"`
	Provider string `json:"provider,omitempty"`
	Title    string `json:"title"`
	Status   string `json:"status"`
	Found    string `json:"found"`
	Why      string `json:"why"`
	Fix      string `json:"fix,omitempty"`
	Page     string `json:"page,omitempty"`
}

// Run looks at the installation and fails if something is wrong. It changes nothing, and works beside a running server.
func (c doctorCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	d := app.OpenDoctor(ctx, cfg, logger)
	checks, err := d.Checks(ctx, identity.Operator())
	if err := errors.Join(err, d.Close()); err != nil {
		return err
	}
	out := diagnosis{OK: !domain.AnyRed(checks), Running: d.Running, DataDir: cfg.DataDir, Checks: make([]doctorLine, 0, len(checks))}
	for _, k := range checks {
		out.Checks = append(out.Checks, doctorLine{k.ID, string(k.Provider), k.Title, string(k.Status), k.Found, k.Why, k.Fix, k.Page})
	}
	if err := c.print(os.Stdout, out); err != nil {
		return err
	}
	if !out.OK {
		return errReported
	}
	return nil
}

func (c doctorCmd) print(w io.Writer, d diagnosis) error {
	if c.JSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(d)
	}
	_, err := io.WriteString(w, d.text())
	return err
}

// text is the diagnosis for people: what is wrong at the end, where a terminal shows it.
func (d diagnosis) text() string {
	b := &strings.Builder{}
	state := "does not run"
	if d.Running {
		state = "runs"
	}
	fmt.Fprintf(b, "Data folder %s; Earshot %s.\n", d.DataDir, state)
	var wrong []doctorLine
	provider := ""
	for _, l := range d.Checks {
		if l.Provider != provider {
			provider = l.Provider
			fmt.Fprintf(b, "\n%s\n", providerName(provider))
		}
		fmt.Fprintf(b, "  %-9s %s: %s\n", marks[l.Status], l.Title, l.Found)
		if l.Status == string(domain.CheckRed) {
			wrong = append(wrong, l)
		}
	}
	if len(wrong) == 0 {
		b.WriteString("\nNothing is wrong.\n")
		return b.String()
	}
	fmt.Fprintf(b, "\nTo mend (%d):\n", len(wrong))
	for i, l := range wrong {
		fmt.Fprintf(b, "%3d. %s%s\n     %s\n", i+1, where(l), l.Found, l.Fix)
		if l.Page != "" {
			fmt.Fprintf(b, "     Page: %s\n", l.Page)
		}
	}
	return b.String()
}

// marks say the status in words, since colours are not everywhere.
var marks = map[string]string{
	string(domain.CheckGreen): "ok", string(domain.CheckRed): "WRONG", string(domain.CheckNotApplicable): "-", string(domain.CheckUnknown): "?",
}

func where(l doctorLine) string {
	if l.Provider == "" {
		return l.Title + ": "
	}
	return providerName(l.Provider) + ", " + l.Title + ": "
}

func providerName(p string) string {
	if o, ok := app.Openers()[domain.Provider(p)]; ok {
		return o.Info.Name
	}
	return p
}
