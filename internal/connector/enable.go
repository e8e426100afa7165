package connector

import (
	"context"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/ingest"
	"earshot/internal/store"
)

// lookBack is how far back calls are processed when the connector is switched on before General Settings (VC-9).
const lookBack = 7 * 24 * time.Hour

// Switches of a connector; nil leaves one as it is.
type Switches struct{ Enabled, ProviderEnabled *bool }

// SetSwitches turns the two switches. The order decides whether calls of the last seven days are processed:
// "If you don't want to process voice calls, do steps 2-3 first, and then step 1" (Voice Connector Guide p. 6).
func (s *Service) SetSwitches(ctx context.Context, actor domain.User, p domain.Provider, in Switches) (View, error) {
	turnedOn := false
	v, err := s.change(ctx, actor, p, func(c *domain.Connector) error {
		was := c.On()
		lastIsProvider := in.ProviderEnabled != nil && *in.ProviderEnabled && c.Enabled
		if err := s.mayEnable(*c, in); err != nil {
			return err
		}
		turn(&c.Enabled, in.Enabled)
		turn(&c.ProviderEnabled, in.ProviderEnabled)
		turnedOn = c.On() && !was
		if turnedOn {
			s.start(c, lastIsProvider && s.Openers[p].Info.Abilities.Backfill)
		}
		return nil
	})
	if err != nil || !v.Configured {
		return v, err
	}
	if turnedOn {
		err = s.Ingest.StartSync(ctx, v.Connector)
	}
	if err == nil {
		err = s.subscribeOrRemove(ctx, v.Connector)
	}
	if err != nil {
		return v, err
	}
	return s.view(ctx, p)
}

func turn(value *bool, to *bool) {
	if to != nil {
		*value = *to
	}
}

func (s *Service) start(c *domain.Connector, withLastWeek bool) {
	now := s.Now()
	c.EnabledAt, c.SyncCursor, c.FirstDayUntil = now, time.Time{}, now.Add(24*time.Hour)
	if withLastWeek {
		c.EnabledAt = now.Add(-lookBack)
	}
}

// mayEnable lists what is missing before a connector may be switched on.
func (s *Service) mayEnable(c domain.Connector, in Switches) error {
	if in.Enabled == nil || !*in.Enabled {
		return nil
	}
	var missing []string
	if c.Credential.Status != domain.AuthAuthenticated {
		missing = append(missing, "the named credential is not authenticated: save it and press Test")
	}
	if c.IntegrationUserID == "" {
		missing = append(missing, "no integration user is assigned")
	}
	if len(missing) > 0 {
		return domain.Errorf(domain.KindConflict, "not_ready_to_enable", "the connector cannot be enabled yet: %s", strings.Join(missing, "; "))
	}
	return nil
}

// subscribeIfOn creates or repairs the subscription of a connector that is on and can be reached.
func (s *Service) subscribeIfOn(ctx context.Context, connectorID string) error {
	c, err := s.Store.Connector(ctx, connectorID)
	if err != nil || !c.On() {
		return err
	}
	return s.subscribeOrRemove(ctx, c)
}

// subscribeOrRemove keeps the provider's events coming while the connector is on, and stops them when it is off.
func (s *Service) subscribeOrRemove(ctx context.Context, c domain.Connector) error {
	pc, err := s.Open(c)
	if err != nil || !pc.Info().Abilities.Subscriptions {
		return err
	}
	address := s.siteAddress(c)
	switch {
	case c.On() && address != "":
		sub, err := pc.Subscribe(ctx, address, c.SubscriptionID)
		if err != nil {
			return err
		}
		return s.keepSubscription(ctx, c.ID, sub.ID, sub.Secret)
	case !c.On() && c.SubscriptionID != "":
		if err := pc.Unsubscribe(ctx, c.SubscriptionID); err != nil && !domain.IsKind(err, domain.KindNotFound) {
			return err
		}
		return s.keepSubscription(ctx, c.ID, "", "")
	}
	return nil
}

// keepSubscription changes the connector as it is now, since asking the provider took a while.
func (s *Service) keepSubscription(ctx context.Context, connectorID, id, secret string) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Connector(ctx, connectorID)
		if err != nil {
			return err
		}
		if c.SubscriptionID == id && c.Credential.Fields[ingest.SubscriptionSecret] == secret {
			return nil
		}
		c.SubscriptionID = id
		c.Credential.Fields[ingest.SubscriptionSecret] = secret
		return tx.SaveConnector(ctx, c)
	})
}

// RepairSubscriptions looks after the subscription of each connector that is on: it may have been disabled or removed at the provider.
func (s *Service) RepairSubscriptions(ctx context.Context) error {
	connectors, err := s.Store.Connectors(ctx)
	if err != nil {
		return err
	}
	for _, c := range connectors {
		if !c.On() {
			continue
		}
		if err := s.subscribeOrRemove(ctx, c); err != nil {
			s.Logger.WarnContext(ctx, "subscription not repaired; calls are pulled hourly", "provider", c.Provider, "error", err)
		}
	}
	return nil
}

// SetSite turns the site of a connector on or off.
func (s *Service) SetSite(ctx context.Context, actor domain.User, p domain.Provider, active bool) (View, error) {
	return s.change(ctx, actor, p, func(c *domain.Connector) error {
		c.SiteActive = active
		return nil
	})
}

// SyncNow pulls missed calls at once.
func (s *Service) SyncNow(ctx context.Context, actor domain.User, p domain.Provider) error {
	v, err := s.Get(ctx, actor, p)
	if err != nil {
		return err
	}
	if !v.On() {
		return domain.Errorf(domain.KindConflict, string(domain.ConnectorOff), "the connector is off; turn on both switches first")
	}
	return s.Ingest.StartSync(ctx, v.Connector)
}

// AssignIntegrationUser makes the signed-in user the integration user, unless something that it needs is missing (VC-7).
func (s *Service) AssignIntegrationUser(ctx context.Context, actor domain.User, p domain.Provider) (View, error) {
	if missing := MissingForIntegration(actor, s.Now()); len(missing) > 0 {
		return View{}, &IncompleteError{Missing: missing}
	}
	return s.change(ctx, actor, p, func(c *domain.Connector) error {
		c.IntegrationUserID = actor.ID
		return nil
	})
}

// IncompleteError lists what an integration user lacks.
type IncompleteError struct{ Missing []string }

// Error names all that is missing.
func (e *IncompleteError) Error() string {
	return "you cannot be the integration user yet: " + strings.Join(e.Missing, "; ")
}

// MissingForIntegration is what a user lacks to be the integration user (guide p. 5).
func MissingForIntegration(u domain.User, now time.Time) []string {
	var missing []string
	if u.InsightSetAt(now) == "" {
		missing = append(missing, "an insights permission set, such as "+domain.PermForSales)
	}
	if !u.HasSet(domain.PermIntegrationUser, now) {
		missing = append(missing, "the permission set "+domain.PermIntegrationUser)
	}
	if u.Profile != domain.ProfileAdministrator {
		missing = append(missing, "the profile "+domain.ProfileAdministrator)
	}
	for _, permission := range []string{domain.PermissionAPIEnabled, domain.PermissionAccessVoice} {
		if identity.Require(u, permission, now) != nil {
			missing = append(missing, "the permission "+permission)
		}
	}
	return missing
}
