// Package connector holds the use cases of the Voice Connector app: credential, test, integration user, switches, site,
// excluded numbers and settings. Each checks the permission it needs.
package connector

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/ingest"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// Config is what a Service works with.
type Config struct {
	Store     *store.Store
	Openers   map[domain.Provider]provider.Opener
	Open      func(domain.Connector) (*provider.Connector, error)
	Account   func(domain.Connector) string // names the account in the ledger of paces
	Ingest    *ingest.Ingest
	PublicURL string // where providers reach this server; empty: polling alone
	Version   string // of the Voice Connector app
	Logger    *slog.Logger
	Now       func() time.Time
}

// Service is safe for concurrent use.
type Service struct{ Config }

// New makes a Service.
func New(c Config) *Service { return &Service{c} }

// View is a connector with what its driver declares. Connector is zero but for its provider until it is first saved. It is configured
// once it has a credential.
type View struct {
	domain.Connector
	Info       provider.Info
	Configured bool
	Site       string // whole address; empty without a public address
	Callback   string // address of CallbackPath; empty where nobody signs in
	Paces      []domain.Pace
	Terms      Terms
}

// Kind of credential that is used; empty where there is one only.
func (v View) Kind() string {
	if kept := v.Credential.Fields[provider.SettingKind]; kept != "" || len(v.Info.Kinds) == 0 {
		return kept
	}
	return v.Info.Kinds[0].Name
}

// List gives a view of each provider that Earshot has a driver for.
func (s *Service) List(ctx context.Context, actor domain.User) ([]View, error) {
	whole, err := s.maySee(ctx, actor)
	if err != nil {
		return nil, err
	}
	names := make([]domain.Provider, 0, len(s.Openers))
	for p := range s.Openers {
		names = append(names, p)
	}
	slices.Sort(names)
	views := make([]View, 0, len(names))
	for _, p := range names {
		v, err := s.view(ctx, p)
		if err != nil {
			return nil, err
		}
		views = append(views, v.shownTo(whole))
	}
	return views, nil
}

// Get gives the view of one provider.
func (s *Service) Get(ctx context.Context, actor domain.User, p domain.Provider) (View, error) {
	whole, err := s.maySee(ctx, actor)
	if err != nil {
		return View{}, err
	}
	v, err := s.view(ctx, p)
	return v.shownTo(whole), err
}

// ask gives the view of one provider to who may change it.
func (s *Service) ask(ctx context.Context, actor domain.User, p domain.Provider) (View, error) {
	if err := s.mayCustomize(actor); err != nil {
		return View{}, err
	}
	return s.view(ctx, p)
}

// maySee tells whether the actor sees all of a connector; an error where they see nothing of it.
func (s *Service) maySee(ctx context.Context, actor domain.User) (whole bool, err error) {
	refusal := s.mayCustomize(actor)
	if refusal == nil {
		return true, nil
	}
	sees, err := s.Sees(ctx, actor)
	if err == nil && !sees {
		err = refusal
	}
	return false, err
}

// shownTo leaves out what only those need who may change it, and what lets somebody send events.
func (v View) shownTo(whole bool) View {
	if !whole {
		v.Connector.Settings, v.Info.Settings, v.Info.Credential, v.Info.Kinds = nil, nil, nil, nil
		v.SiteSecret, v.Site, v.Callback, v.Credential.Fields, v.Credential.Scope = "", "", "", nil, ""
	}
	return v
}

func (s *Service) view(ctx context.Context, p domain.Provider) (View, error) {
	opener, ok := s.Openers[p]
	if !ok {
		return View{}, domain.Errorf(domain.KindNotFound, "unknown_provider", "Earshot has no driver for %q", p)
	}
	conn, err := s.Store.ConnectorByProvider(ctx, p)
	if err != nil && !domain.IsKind(err, domain.KindNotFound) {
		return View{}, err
	}
	conn.Provider = p
	conn.Credential.Status = cmp.Or(conn.Credential.Status, domain.AuthNot)
	v := View{Connector: conn, Info: opener.Info, Configured: len(conn.Credential.Fields) > 0, Site: s.siteAddress(conn)}
	if slices.ContainsFunc(opener.Info.Kinds, func(k provider.CredentialKind) bool { return k.Login }) {
		v.Callback = s.Callback("")
	}
	if v.Terms, err = s.terms(ctx, p); err != nil {
		return v, err
	}
	v.Paces, err = s.paces(ctx, conn)
	return v, err
}

// paces gives what is known of the provider's limits, by group.
func (s *Service) paces(ctx context.Context, c domain.Connector) ([]domain.Pace, error) {
	if c.ID == "" {
		return nil, nil
	}
	known, err := s.Store.Paces(ctx, s.Account(c))
	out := slices.Collect(maps.Values(known))
	for i := range out {
		out[i].Forget(s.Now())
	}
	slices.SortFunc(out, func(a, b domain.Pace) int { return cmp.Compare(a.Quota.Group, b.Quota.Group) })
	return out, err
}

func (s *Service) siteAddress(c domain.Connector) string {
	if s.PublicURL == "" || c.SiteSecret == "" {
		return ""
	}
	return strings.TrimRight(s.PublicURL, "/") + "/site/" + c.SiteSecret
}

// changeTx loads a connector, or makes it, lets edit change it and other rows, and saves it, all in one transaction: what is asked
// from the provider meanwhile, such as a subscription, is not overwritten. A connector that is made is saved before edit is called.
func (s *Service) changeTx(ctx context.Context, actor domain.User, p domain.Provider, edit func(context.Context, *store.Tx, *domain.Connector) error) (View, error) {
	if err := s.mayCustomize(actor); err != nil {
		return View{}, err
	}
	v, err := s.view(ctx, p)
	if err != nil {
		return View{}, err
	}
	if err := s.mustBeInstalled(ctx); err != nil {
		return View{}, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		conn := s.fresh(v.Connector)
		if v.ID != "" {
			conn, err = tx.Connector(ctx, v.ID)
		} else {
			err = tx.SaveConnector(ctx, conn)
		}
		if err != nil {
			return err
		}
		if err := edit(ctx, tx, &conn); err != nil {
			return err
		}
		conn.UpdatedAt = s.Now()
		return tx.SaveConnector(ctx, conn)
	})
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, p)
}

func (s *Service) mayCustomize(actor domain.User) error {
	return identity.Require(actor, domain.PermissionCustomize, s.Now())
}

// fresh is a connector that is saved for the first time, with the secret path of its site.
func (s *Service) fresh(c domain.Connector) domain.Connector {
	c.ID, c.SiteSecret, c.SiteActive, c.CreatedAt = store.NewID(), newSiteSecret(), true, s.Now()
	return c
}

func newSiteSecret() string { return strings.ToLower(rand.Text() + rand.Text()) }
