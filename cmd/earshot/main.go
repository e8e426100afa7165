// Command earshot is a voice connector and conversation-insights server in one binary.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // a call's time zone must be known on any machine

	"github.com/alecthomas/kong"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/speech/moonshine"
)

// cli is all commands; each has its own file.
type cli struct {
	config.Config

	Process      processCmd      `cmd:"" help:"Analyse audio files or transcripts; no server, no database."`
	Serve        serveCmd        `cmd:"" help:"Run the product."`
	Demo         demoCmd         `cmd:"" help:"Run the product with a simulated company, provider and calls."`
	Simulate     simulateCmd     `cmd:"" help:"Run a simulated provider alone, to try a connector against."`
	Models       modelsCmd       `cmd:"" help:"Speech engines: list, pull, add."`
	Users        usersCmd        `cmd:"" help:"Users: list and import."`
	Connectors   connectorsCmd   `cmd:"" help:"Connectors: list, back-fill a range, scheduled jobs."`
	Calls        callsCmd        `cmd:"" help:"VC Calls: list, show, retry, fetch."`
	Admin        adminCmd        `cmd:"" help:"Admins: create, or reset a password."`
	Openapi      openapiCmd      `cmd:"" help:"Print the API's description." hidden:""`
	Providers    providersCmd    `cmd:"" help:"Print what each driver declares, as Markdown." hidden:""`
	Doctor       doctorCmd       `cmd:"" help:"What is wrong with this installation, and how to mend it; works beside a running server."`
	Version      versionCmd      `cmd:"" help:"Print the version."`
	SpeechWorker speechWorkerCmd `cmd:"" hidden:""`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		if !errors.Is(err, errReported) {
			fmt.Fprintln(os.Stderr, "earshot: "+describe(err))
		}
		os.Exit(1)
	}
}

// errReported ends the program with a failure that has been told already.
var errReported = errors.New("reported")

// describe gives the message for people, and the cause behind it where there is one.
func describe(err error) string {
	var e *domain.Error
	if errors.As(err, &e) {
		return e.Error()
	}
	return err.Error()
}

func run(ctx context.Context, args []string) error {
	var c cli
	parser, err := kong.New(&c, kong.Name("earshot"), kong.Description("Voice connector and conversation insights, self-hosted."), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return fmt.Errorf("%w; see: earshot --help", err)
	}
	if err := c.Config.Complete(); err != nil {
		return err
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run(c.Config, newLogger(c.Config))
}

func newLogger(c config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	fmt.Println("earshot " + app.Version())
	return nil
}

type speechWorkerCmd struct {
	Dir string `arg:""`
}

// Run is the body of a worker process of the speech engine.
func (c speechWorkerCmd) Run() error { return moonshine.RunWorker(c.Dir) }
