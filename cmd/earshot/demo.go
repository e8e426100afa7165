package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/demo"
)

type demoCmd struct {
	ExitWhenDone bool   `help:"End when all calls have ended as their scripts say; fail if one did not."`
	JSON         string `help:"Write every VC Call and call to this file when done." name:"json" type:"path" placeholder:"FILE"`
	Keep         bool   `help:"Go on with the data of the last demo." hidden:""`
}

// demoPause lets calls come one after another, to be watched.
const demoPause = 3 * time.Second

// Run shows Earshot at work, with data of its own that is made anew each time.
func (c demoCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	cfg.DataDir = filepath.Join(cfg.DataDir, "demo")
	cfg.MasterKeyFile, cfg.DatabaseURL, cfg.BlobURL = filepath.Join(cfg.DataDir, "master-key.json"), "", ""
	l, err := listen(cfg.Addr)
	if err != nil {
		return err
	}
	cfg.PublicURL = "http://" + l.Addr().String()
	if err := removeDemo(cfg.DataDir); err != nil {
		return err
	}
	a, err := app.Open(ctx, cfg, logger, app.Options{Demo: true})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx, l) }()
	err = c.show(ctx, a, logger, served)
	cancel()
	return errors.Join(err, a.Close())
}

// removeDemo clears what the last demo left. The folder is the demo's own.
func removeDemo(dir string) error {
	for _, name := range []string{"earshot.db", "earshot.db-wal", "earshot.db-shm", "blobs"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

func (c demoCmd) show(ctx context.Context, a *app.App, logger *slog.Logger, served <-chan error) error {
	if err := a.Start(ctx); err != nil {
		return err
	}
	d, err := demo.Start(ctx, a, logger)
	if err != nil {
		return err
	}
	fmt.Printf("\nEarshot demo: http://%s\nSign in with  %s\npassword      %s\n\n", a.Config.PublicURL[len("http://"):], d.Email(), d.Password)
	pause := demoPause
	if c.ExitWhenDone {
		pause = 0
	}
	if err := d.PlaceAll(ctx, pause); err != nil {
		return err
	}
	result, err := d.Wait(ctx)
	if err != nil {
		return err
	}
	if c.JSON != "" {
		if err := result.Write(c.JSON); err != nil {
			return err
		}
	}
	result.Print(os.Stdout)
	if c.ExitWhenDone {
		return result.Err()
	}
	fmt.Println("All calls have arrived. Press Ctrl-C to end.")
	return <-served
}
