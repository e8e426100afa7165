// Package demo runs Earshot with a simulated company: users, a simulated provider on loopback, and calls with real audio.
package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"earshot/internal/app"
	"earshot/internal/connector"
	"earshot/internal/demo/company"
	"earshot/internal/domain"
	"earshot/internal/identity"
)

// adminEmail signs in to the demo; the password is made anew each time.
const adminEmail = "admin@earshot.example"

// Demo is a running demonstration.
type Demo struct {
	App      *app.App
	Company  company.Company
	Password string

	admin    domain.User
	provider *Provider
	base     string // of the simulated provider
}

// Start sets up the company, connects its provider as an admin would, and lets the calls happen that the listing must find.
// The provider is simulated on a loopback port of its own until ctx ends.
func Start(ctx context.Context, a *app.App, logger *slog.Logger) (*Demo, error) {
	d := &Demo{App: a, Password: rand.Text()}
	if err := d.openProvider(ctx, logger); err != nil {
		return nil, err
	}
	d.Company = d.provider.Company
	if err := d.hire(ctx); err != nil {
		return nil, err
	}
	if err := d.place(ctx, "hourly", 0); err != nil {
		return nil, err
	}
	if err := d.connect(ctx); err != nil {
		return nil, err
	}
	if err := d.firstListing(ctx); err != nil {
		return nil, err
	}
	go d.provider.Run(ctx)
	return d, nil
}

// firstListing waits until the calls before the connector was enabled have been listed. What comes then comes by events.
func (d *Demo) firstListing(ctx context.Context) error {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		jobs, err := d.App.Store.ScheduledJobs(ctx, "")
		if err != nil || !slices.ContainsFunc(jobs, func(j domain.ScheduledJob) bool { return j.LastRunAt.IsZero() }) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func (d *Demo) openProvider(ctx context.Context, logger *slog.Logger) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d.base = "http://" + l.Addr().String()
	if d.provider, err = NewProvider(d.base); err != nil {
		return err
	}
	server := &http.Server{Handler: d.provider, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() {
		if err := server.Serve(l); err != nil && ctx.Err() == nil {
			logger.Error("the simulated provider stopped", "error", err)
		}
	}()
	return nil
}

// hire makes the admin and the company's users in Earshot. They held their permission sets before the demo's calls.
func (d *Demo) hire(ctx context.Context) (err error) {
	if d.admin, err = d.App.Identity.CreateAdmin(ctx, "Demo Admin", adminEmail, d.Password); err != nil {
		return err
	}
	if err := d.App.Identity.Import(ctx, d.admin, d.users()); err != nil {
		return err
	}
	_, err = d.App.Connector.Exclude(ctx, d.admin, d.Company.Excluded, "Law firm of the company")
	return err
}

func (d *Demo) users() []identity.Imported {
	var out []identity.Imported
	for _, u := range d.Company.Users {
		out = append(out, identity.Imported{Since: time.Now().AddDate(0, -1, 0), UserInput: identity.UserInput{
			Name: u.Name, Email: u.Email, Profile: u.Profile, Phones: u.Phones, PermissionSets: u.PermissionSets, Identifiers: map[domain.Provider]string{domain.Aircall: u.AircallID}}})
	}
	return out
}

// connect does what an admin does. The connector is enabled before the provider's switch, so that calls of the last week count.
func (d *Demo) connect(ctx context.Context) error {
	service := d.App.Connector
	_, err := service.SaveCredential(ctx, d.admin, domain.Aircall, map[string]string{"api_id": APIID, "api_token": APIToken}, map[string]string{"base_url": d.base})
	if err != nil {
		return err
	}
	if _, err := service.Test(ctx, d.admin, domain.Aircall); err != nil {
		return err
	}
	admin, err := d.App.Store.User(ctx, d.admin.ID)
	if err != nil {
		return err
	}
	if _, err := service.AssignIntegrationUser(ctx, admin, domain.Aircall); err != nil {
		return err
	}
	on := true
	for _, step := range []connector.Switches{{Enabled: &on}, {ProviderEnabled: &on}} {
		if _, err := service.SetSwitches(ctx, d.admin, domain.Aircall, step); err != nil {
			return fmt.Errorf("enable the connector: %w", err)
		}
	}
	return nil
}

// PlaceAll lets all calls happen whose events arrive, one after another with a pause between them, so that they can be watched.
func (d *Demo) PlaceAll(ctx context.Context, pause time.Duration) error {
	return d.place(ctx, "realtime", pause)
}

func (d *Demo) place(ctx context.Context, via string, pause time.Duration) error {
	for _, c := range d.Company.Calls {
		if c.Via != via {
			continue
		}
		if err := d.provider.place(c); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return nil
}
