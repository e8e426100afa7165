package memory

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// pageSize is small, so that listings have several pages.
const pageSize = 20

// Opener of the driver for a company.
func (c *Company) Opener() provider.Opener {
	return provider.Opener{Info: info(), Open: func(a provider.Account) (provider.Driver, error) {
		return &driver{c, a.Credential["key"]}, nil
	}}
}

func info() provider.Info {
	return provider.Info{
		Provider: Provider, Name: "Memory", Quotas: []domain.Quota{{Requests: 600, Per: time.Minute}},
		Abilities: provider.Abilities{
			Events: true, Subscriptions: true, Users: true, Backfill: true, Voicemail: true, EventDelay: time.Minute,
			RecordingDelays: []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour},
		},
		Credential: []provider.Field{{Name: "key", Label: "Key", Help: "The constant Key of this package.", Secret: true, Required: true}},
		Settings:   []provider.Field{{Name: "base_url", Label: "Address", Help: "Not used.", Default: "http://memory.invalid"}},
		Guide:      "Nothing to set up.",
		Prepare:    []string{"Nothing."},
		Limits:     "As many requests a minute as a test allows.",
	}
}

type driver struct {
	company *Company
	key     string
}

// Info declares the driver.
func (d *driver) Info() provider.Info { return info() }

// in does one request.
func in[T any](ctx context.Context, d *driver, do func(c *Company) (T, error)) (T, error) {
	d.company.mu.Lock()
	defer d.company.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return *new(T), err
	}
	if err := d.company.enter(d.key); err != nil {
		return *new(T), err
	}
	return do(d.company)
}

// Check tells whether the key works.
func (d *driver) Check(ctx context.Context) (provider.CheckReport, error) {
	return in(ctx, d, func(c *Company) (provider.CheckReport, error) {
		r := provider.CheckReport{Account: "Memory", Scope: "all", Items: []provider.CheckItem{{Name: "Credential", OK: true, Detail: "The key is right."}}}
		if c.faults.NoSubscriptions {
			return r, domain.Errorf(domain.KindScopeMissing, "", "the key may not subscribe to events; use another")
		}
		return r, nil
	})
}

// ListCalls gives the calls of a window; the cursor is the number of those given.
func (d *driver) ListCalls(ctx context.Context, w provider.Window, cursor provider.Cursor) (provider.Page, error) {
	skip, err := strconv.Atoi("0" + string(cursor))
	if err != nil {
		return provider.Page{}, domain.Errorf(domain.KindInvalid, "", "%q is no cursor", cursor)
	}
	return in(ctx, d, func(c *Company) (provider.Page, error) {
		var page provider.Page
		now := c.now()
		for _, call := range c.calls {
			at := call.Facts.StartedAt
			if at.Before(w.From) || !at.Before(w.To) || at.After(now) {
				continue
			}
			if skip--; skip >= 0 {
				continue
			}
			if len(page.Calls) == pageSize {
				page.Next = provider.Cursor(fmt.Sprint(parse(cursor) + pageSize))
				break
			}
			page.Calls = append(page.Calls, c.view(call, now))
		}
		return page, nil
	})
}

func parse(c provider.Cursor) int {
	n, _ := strconv.Atoi("0" + string(c)) // ListCalls has refused what is no number
	return n
}

// GetCall tells a call as it is now.
func (d *driver) GetCall(ctx context.Context, id string) (domain.ProviderCall, error) {
	return in(ctx, d, func(c *Company) (domain.ProviderCall, error) {
		call := c.find(id)
		if call == nil || call.Facts.StartedAt.After(c.now()) {
			return domain.ProviderCall{}, domain.Errorf(domain.KindNotFound, "", "there is no call %q", id)
		}
		return c.view(call, c.now()), nil
	})
}

// ListUsers lists the users.
func (d *driver) ListUsers(ctx context.Context) ([]provider.User, error) {
	return in(ctx, d, func(c *Company) ([]provider.User, error) { return slices.Clone(c.users), nil })
}

// OpenRecording reads the audio while the link is valid.
func (d *driver) OpenRecording(ctx context.Context, ref domain.RecordingRef) (io.ReadCloser, provider.RecordingInfo, error) {
	type opened struct {
		body io.ReadCloser
		info provider.RecordingInfo
	}
	o, err := in(ctx, d, func(c *Company) (opened, error) {
		until, err := strconv.ParseInt(ref.URL, 10, 64)
		call := c.find(ref.ProviderCallID)
		if err != nil || !c.now().Before(time.UnixMilli(until)) || call == nil || call.audio(ref.ID) == nil {
			return opened{}, domain.Errorf(domain.KindGone, provider.CodeLinkExpired, "the link has expired")
		}
		audio := call.audio(ref.ID)
		o := opened{io.NopCloser(bytes.NewReader(audio)), provider.RecordingInfo{ContentType: "audio/mpeg", Size: int64(len(audio))}}
		if c.faults.Truncate {
			o.body = io.NopCloser(bytes.NewReader(audio[:len(audio)/2]))
		}
		if c.faults.NotAudio {
			o.info.ContentType = "text/html"
		}
		return o, nil
	})
	return o.body, o.info, err
}
