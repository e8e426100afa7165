package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"

	"earshot/internal/api"
	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/domain"
)

type serveCmd struct{}

// Run serves until it is told to stop.
func (serveCmd) Run(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	a, err := app.Open(ctx, cfg, logger, app.Options{})
	if err != nil {
		return err
	}
	defer func() {
		if err := a.Close(); err != nil {
			logger.Warn("not closed cleanly", "error", err)
		}
	}()
	l, err := listen(cfg.Addr)
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	if err := greet(ctx, a, l.Addr()); err != nil {
		return err
	}
	return a.Serve(ctx, l)
}

func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, &domain.Error{Kind: domain.KindInvalid, Code: "cannot_listen", Err: err,
			Message: fmt.Sprintf("cannot listen on %s; another program may use it: choose another with --addr or EARSHOT_ADDR", addr)}
	}
	return l, nil
}

// greet says where to go, and with which code the first admin is made.
func greet(ctx context.Context, a *app.App, addr net.Addr) error {
	needed, err := a.Identity.SetupNeeded(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("Earshot listens on http://%s\n", addr)
	if needed {
		fmt.Printf("Make the first admin: http://%s/first-run?code=%s\n", addr, a.Identity.SetupCode())
	}
	return nil
}

type openapiCmd struct{}

// Run prints openapi.yaml.
func (openapiCmd) Run() error {
	description, err := api.Register(http.NewServeMux(), api.Config{}).YAML()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(description)
	return err
}
