package main

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/term"

	"earshot/internal/config"
	"earshot/internal/speech/models"
)

type modelsCmd struct {
	List modelsListCmd `cmd:"" help:"What is installed."`
	Pull modelsPullCmd `cmd:"" help:"Download and install the embedded engine (tiny-en, with pip), or a larger model of it."`
	Add  modelsAddCmd  `cmd:"" help:"Install the embedded engine from its wheel, or from a folder in which that was unpacked; or a larger model from a folder with its files."`
}

type modelsListCmd struct{}

// Run lists the installed engines.
func (modelsListCmd) Run(cfg config.Config) error {
	installed, err := models.List(cfg.ModelsDir)
	if err != nil {
		return err
	}
	if _, ok := models.Find(cfg.ModelsDir); !ok {
		fmt.Println("No speech engine is installed. Install one: earshot models pull")
	}
	for _, m := range installed {
		state := "ready"
		if m.Problem != "" {
			state = m.Problem
		}
		fmt.Printf("%s  %s  %s  (%s)\n", m.Name, state, m.Dir, m.Licence)
	}
	for _, w := range models.Catalogue() {
		if _, ok := models.FindWeights(cfg.ModelsDir, w.Name); !ok {
			fmt.Printf("%s  not installed, %d MB: earshot models pull %s\n", w.Name, w.Size()>>20, w.Name)
		}
	}
	return nil
}

type modelsPullCmd struct {
	Name string `arg:"" optional:"" default:"tiny-en" help:"tiny-en (the engine with its own model), tiny-streaming-en, base-en, small-streaming-en or medium-streaming-en."`
	From string `help:"Download address of the larger models, such as a mirror; default: their maker's." env:"EARSHOT_MODELS_URL"`
}

// Run downloads and installs the engine.
func (c modelsPullCmd) Run(ctx context.Context, cfg config.Config) error {
	if c.Name != models.DefaultModel {
		return installed(models.PullWeights(ctx, cfg.ModelsDir, c.Name, c.From, say))
	}
	var terminal *os.File
	if term.IsTerminal(int(os.Stderr.Fd())) {
		terminal = os.Stderr
	}
	return installed(models.Pull(ctx, cfg.ModelsDir, say, terminal))
}

type modelsAddCmd struct {
	File string `arg:"" help:"Wheel or folder." type:"path"`
}

// Run installs the engine without a network.
func (c modelsAddCmd) Run(ctx context.Context, cfg config.Config) error {
	if models.IsWeights(c.File) {
		return installed(models.AddWeights(ctx, cfg.ModelsDir, c.File, say))
	}
	return installed(models.Add(ctx, cfg.ModelsDir, c.File, say))
}

func installed(m models.Model, err error) error {
	if term.IsTerminal(int(os.Stderr.Fd())) {
		fmt.Fprint(os.Stderr, "\r\033[K")
	}
	if err != nil {
		return err
	}
	fmt.Printf("%s is installed in %s\n", m.Name, m.Dir)
	return nil
}

// say shows what is being done; a terminal sees it change in place.
func say(what string, done, total int64) {
	amount := ""
	if total > 0 {
		amount = fmt.Sprintf(" %3d %%", 100*done/total)
	}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		fmt.Fprintf(os.Stderr, "\r\033[K%s%s", what, amount)
		return
	}
	fmt.Fprintln(os.Stderr, what+amount)
}
