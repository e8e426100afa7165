package connector

import (
	"context"
	"fmt"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/ingest"
	"earshot/internal/store"
)

// lookBack is how far back calls are processed when the connector is switched on before General Settings (VC-9).
const lookBack = 7 * 24 * time.Hour

// Switches of a connector; nil leaves one as it is. Both at once count as General Settings first. DeleteJobs removes scheduled jobs that would stand in the way.
type Switches struct {
	Enabled, ProviderEnabled *bool
	DeleteJobs               bool
}

// SetSwitches turns the two switches. The order decides whether calls of the last seven days are processed:
// "If you don't want to process voice calls, do steps 2-3 first, and then step 1" (Voice Connector Guide p. 6). What a connector
// does by itself becomes scheduled jobs when both are on; those of a connector that was switched off must be deleted before it may be
// switched on again.
func (s *Service) SetSwitches(ctx context.Context, actor domain.User, p domain.Provider, in Switches) (View, error) {
	v, err := s.changeTx(ctx, actor, p, func(ctx context.Context, tx *store.Tx, c *domain.Connector) error {
		was, before := c.On(), *c
		lastIsProvider := in.ProviderEnabled != nil && *in.ProviderEnabled && c.Enabled
		if err := s.mayEnable(ctx, tx, *c, in); err != nil {
			return err
		}
		if !was {
			if err := s.clearJobs(ctx, tx, actor, c.ID, in); err != nil {
				return err
			}
		}
		turn(&c.Enabled, in.Enabled)
		turn(&c.ProviderEnabled, in.ProviderEnabled)
		if err := s.auditSwitches(ctx, tx, actor, before, *c); err != nil {
			return err
		}
		if !c.On() || was {
			return nil
		}
		return s.start(ctx, tx, c, lastIsProvider)
	})
	if err != nil {
		return v, err
	}
	if err := s.subscribeOrRemove(ctx, v.Connector); err != nil && v.On() {
		return v, err
	} else if err != nil { // it is off all the same; what still comes is set aside
		s.Logger.WarnContext(ctx, "the subscription is not removed at the provider", "provider", p, "error", err)
	}
	return s.view(ctx, p)
}

// clearJobs deletes the scheduled jobs of a connector that is to be switched on, if that was asked for, and refuses while some remain
// otherwise: "delete the scheduled jobs" (Voice Connector Guide, Disable).
func (s *Service) clearJobs(ctx context.Context, tx *store.Tx, actor domain.User, connectorID string, in Switches) error {
	on := func(b *bool) bool { return b != nil && *b }
	if connectorID == "" || !on(in.Enabled) && !on(in.ProviderEnabled) {
		return nil
	}
	jobs, err := tx.ScheduledJobs(ctx, connectorID)
	if err != nil {
		return err
	}
	remaining := 0
	for _, j := range jobs {
		if !j.DoneAt.IsZero() {
			continue
		}
		if remaining++; in.DeleteJobs {
			if err := s.deleteJob(ctx, tx, actor, j); err != nil {
				return err
			}
		}
	}
	if remaining > 0 && !in.DeleteJobs {
		return domain.Errorf(domain.KindConflict, "jobs_remain", "%s from before the connector was switched off; delete what remains on the page Scheduled Jobs, then switch it on", remain(remaining))
	}
	return nil
}

func turn(value *bool, to *bool) {
	if to != nil {
		*value = *to
	}
}

// start makes the scheduled jobs of a connector that has been switched on.
func (s *Service) start(ctx context.Context, tx *store.Tx, c *domain.Connector, withLastWeek bool) error {
	now := s.Now()
	c.EnabledAt, c.SyncCursor, c.FirstDayUntil = now, now, now.Add(24*time.Hour)
	abilities := s.Openers[c.Provider].Info.Abilities
	jobs := []domain.ScheduledJob{{Kind: domain.ScheduleHourly}, {Kind: domain.ScheduleWatch}}
	if abilities.Polls {
		jobs = append(jobs, domain.ScheduledJob{Kind: domain.SchedulePoll})
	}
	if withLastWeek && abilities.Backfill {
		c.EnabledAt = now.Add(-lookBack)
		jobs = append(jobs, domain.ScheduledJob{Kind: domain.ScheduleBackfill, From: c.EnabledAt, To: now})
	}
	for _, j := range jobs {
		j.ConnectorID = c.ID
		if _, err := ingest.Schedule(ctx, tx, j, now); err != nil {
			return err
		}
	}
	return nil
}

// mayEnable refuses to switch a connector on while something is missing, and names it.
func (s *Service) mayEnable(ctx context.Context, tx *store.Tx, c domain.Connector, in Switches) error {
	if in.Enabled == nil || !*in.Enabled {
		return nil
	}
	accepted, err := tx.TermsAccepted(ctx, c.Provider)
	if err != nil {
		return err
	}
	blocked := Blockers(c, Terms{Version: TermsVersion, Acceptance: accepted})
	if len(blocked) == 0 {
		return nil
	}
	words := make([]string, len(blocked))
	for i, b := range blocked {
		words[i] = b.Text
	}
	code := "not_ready_to_enable"
	if len(blocked) == 1 {
		code = blocked[0].Code
	}
	return domain.Errorf(domain.KindConflict, code, "the connector cannot be enabled yet: %s", strings.Join(words, "; "))
}

// Blocker is what stands in the way of enabling a connector. Step is the step of the wizard that mends it.
type Blocker struct{ Code, Step, Text string }

// Blockers lists all that stands in the way, in the order of the steps.
func Blockers(c domain.Connector, terms Terms) []Blocker {
	var out []Blocker
	if !terms.Accepted() {
		out = append(out, Blocker{"terms_not_accepted", "terms", "the terms are not accepted"})
	}
	if c.Credential.Status != domain.AuthAuthenticated {
		out = append(out, Blocker{"not_ready_to_enable", "credential", "the named credential is not authenticated: save it and press Test"})
	}
	if c.IntegrationUserID == "" {
		out = append(out, Blocker{"not_ready_to_enable", "integration-user", "no integration user is assigned"})
	}
	return out
}

// SetSite turns the site of a connector on or off.
func (s *Service) SetSite(ctx context.Context, actor domain.User, p domain.Provider, active bool) (View, error) {
	return s.changeTx(ctx, actor, p, func(ctx context.Context, tx *store.Tx, c *domain.Connector) error {
		before := c.SiteActive
		c.SiteActive = active
		return tx.Audit(ctx, actor, domain.ActionSiteSwitched, s.subject(*c), domain.FactsOf(map[string]bool{"active": before}).Changes(domain.FactsOf(map[string]bool{"active": active}))...)
	})
}

// AssignIntegrationUser makes the signed-in user the integration user, unless something that it needs is missing (VC-7).
func (s *Service) AssignIntegrationUser(ctx context.Context, actor domain.User, p domain.Provider) (View, error) {
	if missing := MissingForIntegration(actor, s.Now()); len(missing) > 0 {
		return View{}, &IncompleteError{Missing: missing}
	}
	return s.changeTx(ctx, actor, p, func(ctx context.Context, tx *store.Tx, c *domain.Connector) error {
		before := c.IntegrationUserID
		c.IntegrationUserID = actor.ID
		return tx.Audit(ctx, actor, domain.ActionIntegrationUser, s.subject(*c), domain.Facts{"user_id": before}.Changes(domain.Facts{"user_id": actor.ID})...)
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

func remain(n int) string {
	if n == 1 {
		return "1 scheduled job remains"
	}
	return fmt.Sprintf("%d scheduled jobs remain", n)
}
