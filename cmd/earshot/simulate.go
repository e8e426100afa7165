package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"earshot/internal/config"
	"earshot/internal/demo"
	"earshot/internal/domain"
)

type simulateCmd struct {
	Provider string `arg:"" help:"Which provider: aircall, amazonconnect, dialpad or ringcentral."`
	Listen   string `help:"Address to listen on. Default: that of --addr, or port 8090 where it is not given."`
}

// Run simulates a provider until it is told to stop. POST /_simulate/place lets the next scripted call happen.
func (c simulateCmd) Run(ctx context.Context, cfg config.Config) error {
	l, err := listen(c.address(cfg))
	if err != nil {
		return err
	}
	provider, err := demo.NewProvider(domain.Provider(c.Provider), "http://"+l.Addr().String())
	if err != nil {
		return err
	}
	go provider.Run(ctx)
	mux := http.NewServeMux()
	mux.Handle("/", provider)
	mux.HandleFunc("POST /_simulate/place", func(w http.ResponseWriter, _ *http.Request) {
		title, err := provider.PlaceNext()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"placed": title}) // the client has gone if this fails
	})
	c.explain(provider, l.Addr().String())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}

// besideServer leaves the address of the server itself to the server.
const besideServer = "127.0.0.1:8090"

func (c simulateCmd) address(cfg config.Config) string {
	switch {
	case c.Listen != "":
		return c.Listen
	case cfg.Addr == config.DefaultAddr:
		return besideServer
	default:
		return cfg.Addr
	}
}

// explain says what to enter on the connector's page.
func (c simulateCmd) explain(p *demo.Provider, address string) {
	fmt.Printf("A simulated %s listens on http://%s. Enter on its connector's page:\n", c.Provider, address)
	credential, settings := p.Account()
	for _, fields := range []map[string]string{credential, settings} {
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			fmt.Printf("  %-20s %s\n", name, fields[name])
		}
	}
	fmt.Printf("Let a call happen: curl -X POST http://%s/_simulate/place\n", address)
}
