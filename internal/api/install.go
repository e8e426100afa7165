package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/connector"
	"earshot/internal/domain"
)

// Package is the Voice Connector app as an installed package.
type Package struct {
	Name         string     `json:"name"`
	Installed    bool       `json:"installed"`
	For          string     `json:"for" enum:",all,admins,sets" doc:"Who sees the app: all users, admins only, or holders of the sets"`
	Sets         []string   `json:"sets"`
	Version      string     `json:"version"`
	By           string     `json:"by" doc:"Name of who installed it"`
	InstalledAt  *time.Time `json:"installed_at,omitempty"`
	Guest        *UserRef   `json:"guest,omitempty"`
	GuestMissing []string   `json:"guest_missing" doc:"Permission sets that the guest user lacks"`
	Fields       []string   `json:"fields" doc:"User fields that it adds"`
	Removes      []string   `json:"removes" doc:"What uninstalling takes away"`
	Keeps        []string   `json:"keeps"`
	Blocked      string     `json:"blocked" doc:"Why it cannot be uninstalled now; empty if it can"`
}

// Mail is one of the outbox.
type Mail struct {
	ID        string     `json:"id"`
	To        string     `json:"to"`
	Subject   string     `json:"subject"`
	Body      string     `json:"body"`
	State     string     `json:"state" enum:"waiting,sent,failed,not_sent"`
	Problem   string     `json:"problem"`
	Attempts  int        `json:"attempts"`
	CreatedAt time.Time  `json:"created_at"`
	SentAt    *time.Time `json:"sent_at,omitempty"`
}

type installIn struct {
	Body struct {
		For  string   `json:"for" enum:"all,admins,sets"`
		Sets []string `json:"sets,omitempty" maxItems:"50"`
	}
}

func packageBody(p connector.Package) Package {
	out := Package{Name: connector.PackageName, Installed: p.Installed(), For: string(p.For), Sets: append([]string{}, p.Sets...), Version: p.Version, By: p.By, InstalledAt: optional(p.InstalledAt),
		GuestMissing: append([]string{}, p.GuestMissing...), Fields: append([]string{}, p.Fields...), Removes: append([]string{}, p.Removes...), Keeps: append([]string{}, p.Keeps...), Blocked: p.Blocked}
	if p.Guest.ID != "" {
		out.Guest = &UserRef{p.Guest.ID, p.Guest.Name}
	}
	return out
}

func mailBody(m domain.Mail) Mail {
	return Mail{m.ID, m.To, m.Subject, m.Body, string(m.State), m.Problem, m.Attempts, m.CreatedAt.UTC(), optional(m.SentAt)}
}

func (a *API) packageAnswer(ctx context.Context, p connector.Package, err error) (*bodyOut[Package], error) {
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	return &bodyOut[Package]{packageBody(p)}, nil
}

func (a *API) registerInstall(h huma.API) {
	huma.Register(h, op("GET", "/package", "get-package", "The Voice Connector app, installed or not", "installation"), func(ctx context.Context, _ *empty) (*bodyOut[Package], error) {
		p, err := a.Connector.Package(ctx, actor(ctx))
		return a.packageAnswer(ctx, p, err)
	})
	huma.Register(h, op("PUT", "/package", "install-package", "Install the Voice Connector app, or change who sees it", "installation", 422), func(ctx context.Context, in *installIn) (*bodyOut[Package], error) {
		p, err := a.Connector.Install(ctx, actor(ctx), domain.Audience(in.Body.For), in.Body.Sets)
		return a.packageAnswer(ctx, p, err)
	})
	remove := op("DELETE", "/package", "uninstall-package", "Uninstall the Voice Connector app; calls stay", "installation", 409)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(h, remove, func(ctx context.Context, _ *empty) (*empty, error) {
		if err := a.Connector.Uninstall(ctx, actor(ctx)); err != nil {
			return nil, a.fail(ctx, err)
		}
		return nil, nil
	})
	huma.Register(h, op("POST", "/package/guest", "mend-guest", "Give the guest user its permission sets back", "installation", 409), func(ctx context.Context, _ *empty) (*bodyOut[Package], error) {
		p, err := a.Connector.MendGuest(ctx, actor(ctx))
		return a.packageAnswer(ctx, p, err)
	})
	huma.Register(h, op("GET", "/mails", "list-mails", "What Earshot wrote to people, newest first", "installation"), func(ctx context.Context, _ *empty) (*listOut[Mail], error) {
		mails, err := a.Mail.List(ctx, actor(ctx))
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return listOf(mails, "", mailBody), nil
	})
	huma.Register(h, op("POST", "/mails/{id}/send", "send-mail", "Send a mail that was not sent", "installation", 404, 409), func(ctx context.Context, in *IDPath) (*bodyOut[Mail], error) {
		m, err := a.Mail.Resend(ctx, actor(ctx), in.ID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &bodyOut[Mail]{mailBody(m)}, nil
	})
}
