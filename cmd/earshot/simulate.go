package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"earshot/internal/config"
	"earshot/internal/demo"
)

type simulateCmd struct {
	Provider string `arg:"" enum:"aircall" help:"Which provider."`
	Listen   string `help:"Address to listen on." default:"127.0.0.1:8090"`
}

// Run simulates a provider until it is told to stop. POST /_simulate/place lets the next scripted call happen.
func (c simulateCmd) Run(ctx context.Context, _ config.Config) error {
	l, err := listen(c.Listen)
	if err != nil {
		return err
	}
	provider, err := demo.NewProvider("http://" + l.Addr().String())
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
	fmt.Printf("A simulated Aircall listens on http://%s\nAPI id %s, API token %s\nLet a call happen: curl -X POST http://%s/_simulate/place\n", l.Addr(), demo.APIID, demo.APIToken, l.Addr())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}
