package connector

import (
	"context"
	"net/http"
	"slices"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// siteRequests is how many of the last requests to a site are shown.
const siteRequests = 20

// Site is a connector's public address with what came to it last, newest first.
type Site struct {
	View
	Requests []domain.SiteRequest
}

// Sites gives the site of each connector that was set up.
func (s *Service) Sites(ctx context.Context, actor domain.User) ([]Site, error) {
	if err := s.mayCustomize(actor); err != nil {
		return nil, err
	}
	views, err := s.List(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := []Site{}
	for _, v := range views {
		if v.ID == "" {
			continue
		}
		requests, err := s.requests(ctx, v.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, Site{v, requests})
	}
	return out, nil
}

func (s *Service) requests(ctx context.Context, connectorID string) ([]domain.SiteRequest, error) {
	taken, err := s.Store.KeptEvents(ctx, connectorID, time.Time{}, s.Now(), "", siteRequests)
	if err != nil {
		return nil, err
	}
	refused, err := s.Store.Refusals(ctx, connectorID, time.Time{}, s.Now())
	if err != nil {
		return nil, err
	}
	out := make([]domain.SiteRequest, 0, len(taken)+len(refused))
	for _, e := range taken {
		out = append(out, domain.SiteRequest{At: e.ReceivedAt, Status: http.StatusOK})
	}
	for _, r := range refused {
		out = append(out, domain.SiteRequest{At: r.At, Status: r.Status, Why: r.Why})
	}
	slices.SortStableFunc(out, func(a, b domain.SiteRequest) int { return b.At.Compare(a.At) })
	return out[:min(len(out), siteRequests)], nil
}

// RenewSite gives the site of a connector another secret path, for the case that the old one is known to a stranger; the old one ends at
// once. The provider is told where Earshot subscribes by itself; if it cannot be now, the watch tells it.
func (s *Service) RenewSite(ctx context.Context, actor domain.User, p domain.Provider) (View, error) {
	v, err := s.ask(ctx, actor, p)
	if err != nil {
		return View{}, err
	}
	if v.ID == "" {
		return View{}, domain.Errorf(domain.KindConflict, "not_configured", "%s is not set up, so that it has no site yet", v.Info.Name)
	}
	var changed domain.Connector
	if _, err = s.changeTx(ctx, actor, p, func(ctx context.Context, tx *store.Tx, c *domain.Connector) error {
		c.SiteSecret = newSiteSecret()
		changed = *c
		return tx.Audit(ctx, actor, domain.ActionSiteRenewed, s.subject(*c))
	}); err != nil {
		return View{}, err
	}
	if changed.On() && changed.Credential.Usable() == nil {
		if err := s.subscribeOrRemove(ctx, changed); err != nil {
			s.Logger.WarnContext(ctx, "the provider is not told of the new address yet; the watch does it", "provider", p, "error", err)
		}
	}
	return s.view(ctx, p)
}
