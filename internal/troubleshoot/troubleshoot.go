// Package troubleshoot looks live at whatever keeps calls from arriving, and says of each what was found and how it is mended.
package troubleshoot

import (
	"context"
	"log/slog"
	"time"

	"earshot/internal/audio"
	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/ingest"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// Config is what a Service works with.
type Config struct {
	Store      *store.Store // nil: it could not be opened, see StoreError
	StoreError error
	KeyError   error // why the master key cannot be used; nil if it can
	Connector  *connector.Service
	Identity   *identity.Identity
	Ingest     *ingest.Ingest
	Openers    map[domain.Provider]provider.Opener
	Open       func(domain.Connector) (*provider.Connector, error)
	Recordings func(context.Context) (where string, err error) // writes to the recordings' store, and says where that is
	Tools      func() audio.Tools
	PublicURL  string
	DataDir    string
	ModelsDir  string
	MinFree    uint64      // bytes that the data folder's disk must have free; 0: one GiB
	Running    func() bool // whether jobs are worked: by this server, or by one that runs beside
	Logger     *slog.Logger
	Now        func() time.Time
}

// Service is safe for concurrent use.
type Service struct {
	Config
	models modelsCache
}

// New makes a Service.
func New(c Config) *Service {
	if c.MinFree == 0 {
		c.MinFree = 1 << 30
	}
	return &Service{Config: c}
}

// Checks runs all checks on what is stored, asking no provider: those of the installation first, then connector by connector.
func (s *Service) Checks(ctx context.Context, actor domain.User) ([]domain.Check, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return nil, err
	}
	return s.checks(ctx, actor, nil)
}

// CheckProviders asks each connected provider first whether its credential works, as Test does, and keeps the answers.
func (s *Service) CheckProviders(ctx context.Context, actor domain.User) ([]domain.Check, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return nil, err
	}
	views, err := s.Connector.List(ctx, actor)
	if err != nil {
		return nil, err
	}
	answers := map[domain.Provider]answer{}
	for _, v := range views {
		if !v.Configured {
			continue
		}
		report, err := s.Connector.Test(ctx, actor, v.Provider)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		answers[v.Provider] = answer{report, err}
	}
	return s.checks(ctx, actor, answers)
}

// answer of a provider that was just asked.
type answer struct {
	report provider.CheckReport
	err    error
}

func (s *Service) checks(ctx context.Context, actor domain.User, answers map[domain.Provider]answer) ([]domain.Check, error) {
	out := s.installation(ctx)
	if s.Store == nil {
		return append(out, blind("the database cannot be opened")), nil
	}
	if s.KeyError != nil {
		return append(out, blind("the stored credentials cannot be opened")), nil
	}
	rest, err := s.connected(ctx, actor, answers)
	if domain.CodeOf(err) == codeCannotUnseal {
		return append(out, blind(domain.MessageOf(err))), nil
	}
	return append(out, rest...), err
}

// blind stands for the checks of all connectors where none can be read.
func blind(why string) domain.Check {
	return domain.Check{ID: "connectors", Title: "Connectors", Status: domain.CheckUnknown, Found: "The connectors cannot be looked at: " + why + ".",
		Why: "Each connector has checks of its own.", Fix: "Mend what is red above first."}
}

// connected gives the checks of people and of each connector that is set up.
func (s *Service) connected(ctx context.Context, actor domain.User, answers map[domain.Provider]answer) ([]domain.Check, error) {
	views, err := s.Connector.List(ctx, actor)
	if err != nil {
		return nil, err
	}
	users, err := s.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	var out []domain.Check
	for _, v := range views {
		if !v.Configured {
			continue
		}
		f, err := s.facts(ctx, v, users)
		if err != nil {
			return nil, err
		}
		if a, asked := answers[v.Provider]; asked {
			f.asked = &a
		}
		for _, r := range connectorRules() {
			out = append(out, r.apply(f))
		}
	}
	return append([]domain.Check{guestRule().apply(facts{now: s.Now(), users: users, connected: len(out) > 0})}, out...), nil
}

// facts of a connector.
func (s *Service) facts(ctx context.Context, v connector.View, users []domain.User) (facts, error) {
	f := facts{now: s.Now(), view: v, users: users, publicURL: s.PublicURL, opener: s.Openers[v.Provider], running: s.Running(), connected: true}
	var err error
	if f.jobs, err = s.Store.ScheduledJobs(ctx, v.ID); err != nil {
		return f, err
	}
	if f.listed, err = s.Store.FoundByListing(ctx, v.ID, f.now.Add(-missedWithin)); err != nil {
		return f, err
	}
	if f.refused, err = s.Store.Refusals(ctx, v.ID, latest(v.LastEventAt, f.now.Add(-missedWithin)), f.now); err != nil {
		return f, err
	}
	f.unread, f.unreadAt, err = s.Store.UnreadEvents(ctx, v.ID, f.now.Add(-missedWithin), f.now.Add(-patience))
	return f, err
}
