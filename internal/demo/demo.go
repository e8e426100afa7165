// Package demo runs Earshot with a simulated company: users, simulated providers on loopback, and calls with real audio.
package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"earshot/internal/app"
	"earshot/internal/connector"
	"earshot/internal/demo/company"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/store"
)

// adminEmail signs in to the demo; the password is made anew each time.
const adminEmail = "admin@earshot.example"

// Demo is a running demonstration.
type Demo struct {
	App      *app.App
	Company  company.Company
	Password string

	admin     domain.User
	providers map[domain.Provider]Simulated

	mu      sync.Mutex
	scripts map[string]company.Call // by provider and the provider's id of the call
}

// Start sets up the company, connects its providers as an admin would, and lets the calls happen that the back-fill must find.
// Each provider is simulated on a loopback port of its own until ctx ends.
func Start(ctx context.Context, a *app.App, logger *slog.Logger) (*Demo, error) {
	d := &Demo{App: a, Password: rand.Text(), providers: map[domain.Provider]Simulated{}, scripts: map[string]company.Call{}}
	var err error
	if d.Company, err = company.Load(); err != nil {
		return nil, err
	}
	if err := d.openProviders(ctx, logger); err != nil {
		return nil, err
	}
	if err := d.hire(ctx); err != nil {
		return nil, err
	}
	if err := d.place(ctx, "backfill", 0); err != nil {
		return nil, err
	}
	for _, p := range Providers() {
		if err := d.connect(ctx, p); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
	}
	if err := d.firstListing(ctx); err != nil {
		return nil, err
	}
	for _, p := range d.providers {
		go p.Run(ctx)
	}
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

func (d *Demo) openProviders(ctx context.Context, logger *slog.Logger) error {
	for _, name := range Providers() {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		p, err := makers()[name](d.Company, "http://"+l.Addr().String())
		if err != nil {
			return err
		}
		d.providers[name] = p
		server := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
		context.AfterFunc(ctx, func() { _ = server.Close() })
		go func() {
			if err := server.Serve(l); err != nil && ctx.Err() == nil {
				logger.Error("a simulated provider stopped", "provider", name, "error", err)
			}
		}()
	}
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
	if _, err := d.App.Connector.Install(ctx, d.admin, domain.ForAll, nil); err != nil {
		return err
	}
	_, err = d.App.Connector.Exclude(ctx, d.admin, d.Company.Excluded, "Law firm of the company")
	return err
}

func (d *Demo) users() []identity.Imported {
	var out []identity.Imported
	for _, u := range d.Company.Users {
		out = append(out, identity.Imported{Since: time.Now().AddDate(0, -1, 0), UserInput: identity.UserInput{
			Name: u.Name, Email: u.Email, Profile: u.Profile, Phones: u.Phones, PermissionSets: u.PermissionSets, Identifiers: identifiers(u)}})
	}
	return out
}

// identifiers of a user at each provider; without one a user is found by phone.
func identifiers(u company.User) map[domain.Provider]string {
	out := map[domain.Provider]string{}
	for _, p := range Providers() {
		switch {
		case u.ProviderID == "":
		case p == domain.AmazonConnect:
			out[p] = u.Email
		default:
			out[p] = u.ProviderID
		}
	}
	return out
}

// connect does what an admin does. The connector is enabled before the provider's switch, so that calls of the last week count.
func (d *Demo) connect(ctx context.Context, p domain.Provider) error {
	service := d.App.Connector
	credential, settings := d.providers[p].Account()
	if _, err := service.SaveCredential(ctx, d.admin, p, credential, settings); err != nil {
		return err
	}
	if _, err := service.Test(ctx, d.admin, p); err != nil {
		return err
	}
	admin, err := d.App.Store.User(ctx, d.admin.ID)
	if err != nil {
		return err
	}
	if _, err := service.AcceptTerms(ctx, admin, p, connector.TermsVersion); err != nil {
		return err
	}
	if _, err := service.AssignIntegrationUser(ctx, admin, p); err != nil {
		return err
	}
	on := true
	for _, step := range []connector.Switches{{Enabled: &on}, {ProviderEnabled: &on}} {
		if _, err := service.SetSwitches(ctx, d.admin, p, step); err != nil {
			return fmt.Errorf("enable the connector: %w", err)
		}
	}
	return nil
}

// PlaceAll lets all other calls happen, one after another with a pause between them, so that they can be watched. Those whose events are lost
// are found by the hourly batch, which is not waited for.
func (d *Demo) PlaceAll(ctx context.Context, pause time.Duration) error {
	if err := d.place(ctx, "realtime", pause); err != nil {
		return err
	}
	if err := d.known(ctx, "realtime"); err != nil {
		return err
	}
	if err := d.place(ctx, "hourly", pause); err != nil {
		return err
	}
	for _, p := range Providers() {
		j, err := d.App.Connector.HourlyJob(ctx, d.admin, p)
		if err == nil {
			err = d.App.Connector.RunScheduledJob(ctx, d.admin, j.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// known waits until all calls that come in a way have come.
func (d *Demo) known(ctx context.Context, via string) error {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		missing := 0
		found, _, err := d.App.Store.VCCalls(ctx, store.VCCallFilter{Limit: 200})
		if err != nil {
			return err
		}
		for _, c := range d.Company.Calls {
			if c.Via == via && !slices.ContainsFunc(found, func(v domain.VCCall) bool { s, ok := d.script(v); return ok && s.Slug == c.Slug }) {
				missing++
			}
		}
		if missing == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func (d *Demo) place(ctx context.Context, via string, pause time.Duration) error {
	for _, c := range d.Company.Calls {
		if c.Via != via {
			continue
		}
		ago := c.StartedAgo
		if c.Provider == domain.AmazonConnect { // calls that began before it was enabled are not processed
			c.Ring, c.Talk = quickRing, quickTalk
			ago = -c.Ring - c.Talk
		} else if via == "realtime" && c.Provider != domain.Aircall {
			ago = 0 // its event is sent now, and tells when it ended
		}
		id, err := d.providers[c.Provider].Place(c, ago, via != "realtime")
		if err != nil {
			return err
		}
		d.mu.Lock()
		d.scripts[string(c.Provider)+"/"+id] = c
		d.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return nil
}

// script gives the script of a provider's call.
func (d *Demo) script(v domain.VCCall) (company.Call, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.scripts[string(v.Provider)+"/"+v.ProviderCallID]
	return c, ok
}
