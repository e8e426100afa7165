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
	"strconv"
	"time"

	"earshot/internal/app"
	"earshot/internal/connector"
	"earshot/internal/demo/company"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/provider/aircall/fake"
)

// adminEmail signs in to the demo; the password is made anew each time.
const adminEmail = "admin@earshot.example"

// Demo is a running demonstration.
type Demo struct {
	App      *app.App
	Company  company.Company
	Password string

	admin  domain.User
	fake   *fake.Server
	base   string // of the simulated provider
	lines  map[string]int64
	agents map[string]int64
	slugs  map[string]company.Call // by provider call id
}

// Start sets up the company, connects its provider as an admin would, and lets the first calls happen. The provider is
// simulated on a loopback port of its own until ctx ends.
func Start(ctx context.Context, a *app.App, logger *slog.Logger) (*Demo, error) {
	c, err := company.Load()
	if err != nil {
		return nil, err
	}
	d := &Demo{App: a, Company: c, Password: rand.Text(), lines: map[string]int64{}, agents: map[string]int64{}, slugs: map[string]company.Call{}}
	if err := d.hire(ctx); err != nil {
		return nil, err
	}
	if err := d.openProvider(ctx, logger); err != nil {
		return nil, err
	}
	if err := d.place("hourly"); err != nil {
		return nil, err
	}
	if err := d.connect(ctx); err != nil {
		return nil, err
	}
	go d.fake.Run(ctx)
	return d, nil
}

// hire makes the admin and the company's users in Earshot.
func (d *Demo) hire(ctx context.Context) (err error) {
	if d.admin, err = d.App.Identity.CreateAdmin(ctx, "Demo Admin", adminEmail, d.Password); err != nil {
		return err
	}
	for _, u := range d.Company.Users {
		in := identity.UserInput{Name: u.Name, Email: u.Email, Profile: u.Profile, Phones: u.Phones, PermissionSets: u.PermissionSets, Identifiers: map[domain.Provider]string{domain.Aircall: u.AircallID}}
		if _, err := d.App.Identity.SaveUser(ctx, d.admin, "", in); err != nil {
			return fmt.Errorf("user %s: %w", u.Email, err)
		}
	}
	_, err = d.App.Connector.Exclude(ctx, d.admin, d.Company.Excluded, "Law firm of the company")
	return err
}

// openProvider starts the simulated provider with the company's people and lines.
func (d *Demo) openProvider(ctx context.Context, logger *slog.Logger) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d.base = "http://" + l.Addr().String()
	d.fake = fake.New(fake.Options{Company: d.Company.Name})
	d.fake.SetBaseURL(d.base)
	d.fake.SetFaults(fake.Faults{Drop: d.eventsLost})
	for _, line := range d.Company.Lines {
		d.lines[line.Number] = d.fake.AddNumber(fake.Number{Name: line.Name, E164: line.Number, Country: line.Country, Silent: line.Silent})
	}
	for _, u := range d.Company.Agents {
		id, err := strconv.ParseInt(u.AircallID, 10, 64)
		if err != nil {
			return fmt.Errorf("provider id of %s: %w", u.Email, err)
		}
		d.agents[u.Email] = d.fake.AddUser(fake.User{ID: id, Name: u.Name, Email: u.Email})
	}
	server := &http.Server{Handler: d.fake, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() {
		if err := server.Serve(l); err != nil && ctx.Err() == nil {
			logger.Error("the simulated provider stopped", "error", err)
		}
	}()
	return nil
}

// connect does what an admin does in the wizard. The connector is enabled before the provider's switch, so that calls of the
// last week count.
func (d *Demo) connect(ctx context.Context) error {
	service := d.App.Connector
	_, err := service.SaveCredential(ctx, d.admin, domain.Aircall, map[string]string{"api_id": "fake-id", "api_token": "fake-token"}, map[string]string{"base_url": d.base})
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
			return err
		}
	}
	return nil
}

// PlaceAll lets all calls happen whose events arrive, one after another with a pause between them, so that they can be watched.
func (d *Demo) PlaceAll(ctx context.Context, pause time.Duration) error {
	for _, c := range d.Company.Calls {
		if c.Via != "realtime" {
			continue
		}
		if err := d.placeCall(c); err != nil {
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

func (d *Demo) place(via string) error {
	for _, c := range d.Company.Calls {
		if c.Via != via {
			continue
		}
		if err := d.placeCall(c); err != nil {
			return err
		}
	}
	return nil
}

// firstCallID begins the numbers of calls, apart from those of users and lines.
const firstCallID = 700_001

func (d *Demo) placeCall(c company.Call) error {
	id := int64(firstCallID + slices.IndexFunc(d.Company.Calls, func(o company.Call) bool { return o.Slug == c.Slug }))
	call := fake.Call{
		ID: id, Direction: c.Direction, NumberID: d.lines[c.Line], UserID: d.agents[c.AgentEmail], ColleagueID: d.agents[c.ColleagueEmail], Customer: c.External,
		FirstName: c.ContactFirst, LastName: c.ContactLast, Ring: c.Ring, Talk: c.Talk, AssetsAfter: c.RecordingDelay,
	}
	call.StartedAt = time.Now().Add(-c.StartedAgo - c.Ring - c.Talk)
	if c.RecordingDelay > 0 {
		call.AssetsAfter = c.StartedAgo + c.RecordingDelay // counted from now, so that it is late while somebody watches
	}
	if c.AudioFile != "" {
		audio, err := c.Audio()
		if err != nil {
			return err
		}
		if c.Voicemail {
			call.Voicemail = audio
		} else {
			call.Recording = audio
		}
	}
	d.slugs[strconv.FormatInt(id, 10)] = c
	d.fake.Place(call)
	return nil
}

// eventsLost tells calls whose events never arrive, so that the hourly listing must find them.
func (d *Demo) eventsLost(_ string, callID int64) bool {
	i := callID - firstCallID
	return i >= 0 && i < int64(len(d.Company.Calls)) && d.Company.Calls[i].Via != "realtime"
}
