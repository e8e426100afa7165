package connector

import (
	"context"
	"time"

	"earshot/internal/domain"
	"earshot/internal/ingest"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// recheckEvery is how often a credential that works is tested again without being asked to.
const recheckEvery = 24 * time.Hour

// Watch looks after a connector that is on: a credential that was refused may work again, and the subscription may have been disabled
// or removed at the provider, or be about to end. It says in words what it found.
func (s *Service) Watch(ctx context.Context, c domain.Connector) (string, error) {
	if c.Credential.Usable() != nil || s.Now().Sub(c.Credential.CheckedAt) > recheckEvery {
		if _, err := s.test(ctx, c); err != nil {
			return "", err
		}
		fresh, err := s.Store.Connector(ctx, c.ID)
		if err != nil {
			return "", err
		}
		if err := fresh.Credential.Usable(); err != nil {
			return "", err
		}
		c = fresh
	}
	if err := s.subscribeOrRemove(ctx, c); err != nil {
		return "", err
	}
	return s.watched(c), nil
}

func (s *Service) watched(c domain.Connector) string {
	switch a := s.Openers[c.Provider].Info.Abilities; {
	case a.Polls:
		return "the credential works; events are taken from the provider's queue or stream"
	case !a.Subscriptions:
		return "the credential works"
	case s.siteAddress(c) == "":
		return "the credential works; there is no public address, so calls are pulled hourly"
	default:
		return "the credential works and the subscription is alive"
	}
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
		if sub.Repaired != "" {
			s.Logger.WarnContext(ctx, "subscription repaired", "provider", c.Provider, "what", sub.Repaired)
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

// RemoveSubscriptions ends those at the provider that outlived their connector's switches, because the provider could not be reached then.
func (s *Service) RemoveSubscriptions(ctx context.Context) error {
	connectors, err := s.Store.Connectors(ctx)
	if err != nil {
		return err
	}
	for _, c := range connectors {
		if c.On() || c.SubscriptionID == "" || c.Credential.Usable() != nil {
			continue
		}
		if err := s.subscribeOrRemove(ctx, c); err != nil {
			s.Logger.WarnContext(ctx, "the subscription is not removed at the provider yet", "provider", c.Provider, "error", err)
		}
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

// Rejected notes that a provider has refused the credential: it is not asked again until the credential works, or was changed.
func (s *Service) Rejected(ctx context.Context, connectorID string, refusal error) {
	err := s.setStatus(ctx, connectorID, func(n *domain.NamedCredential) {
		n.Status, n.Problem, n.CheckedAt = statusOf(refusal), domain.MessageOf(refusal), s.Now()
	})
	if err != nil {
		s.Logger.ErrorContext(ctx, "the refusal of a credential is not kept", "connector", connectorID, "error", err)
	}
}

func (s *Service) setStatus(ctx context.Context, connectorID string, change func(*domain.NamedCredential)) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Connector(ctx, connectorID)
		if err != nil {
			return err
		}
		change(&c.Credential)
		return tx.SaveConnector(ctx, c)
	})
}

// statusOf a credential that was refused.
func statusOf(refusal error) domain.AuthStatus {
	switch domain.CodeOf(refusal) {
	case provider.CodeTokenExpired:
		return domain.AuthExpired
	case provider.CodeLoginNeeded:
		return domain.AuthNot
	default:
		return domain.AuthRevoked
	}
}

// ScheduledJobs lists what the connectors do by themselves.
func (s *Service) ScheduledJobs(ctx context.Context, actor domain.User) ([]domain.ScheduledJob, error) {
	if err := s.mayCustomize(actor); err != nil {
		return nil, err
	}
	return s.Store.ScheduledJobs(ctx, "")
}

// DeleteScheduledJob removes one. What it has found stays.
func (s *Service) DeleteScheduledJob(ctx context.Context, actor domain.User, id string) error {
	if err := s.mayCustomize(actor); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		j, err := tx.ScheduledJob(ctx, id)
		if err != nil {
			return err
		}
		return s.deleteJob(ctx, tx, actor, j)
	})
}

func (s *Service) deleteJob(ctx context.Context, tx *store.Tx, actor domain.User, j domain.ScheduledJob) error {
	if err := tx.DeleteScheduledJob(ctx, j.ID); err != nil {
		return err
	}
	return s.auditJob(ctx, tx, actor, domain.ActionJobDeleted, j)
}

// RunScheduledJob starts one now.
func (s *Service) RunScheduledJob(ctx context.Context, actor domain.User, id string) error {
	if err := s.mayCustomize(actor); err != nil {
		return err
	}
	j, err := s.Store.ScheduledJob(ctx, id)
	if err != nil {
		return err
	}
	c, err := s.Store.Connector(ctx, j.ConnectorID)
	if err != nil {
		return err
	}
	if err := mustBeOn(c); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.Ingest.RunNowTx(ctx, tx, id); err != nil {
			return err
		}
		return s.auditJob(ctx, tx, actor, domain.ActionJobStarted, j)
	})
}

// Backfill lists the calls that started in a range, and processes them behind everything that is more urgent.
func (s *Service) Backfill(ctx context.Context, actor domain.User, p domain.Provider, from, to time.Time) (domain.ScheduledJob, error) {
	v, err := s.ask(ctx, actor, p)
	if err != nil {
		return domain.ScheduledJob{}, err
	}
	if now := s.Now(); to.IsZero() || to.After(now) {
		to = now
	}
	if err := mustBeOn(v.Connector); err != nil {
		return domain.ScheduledJob{}, err
	}
	if !from.Before(to) {
		return domain.ScheduledJob{}, domain.Errorf(domain.KindInvalid, "bad_range", "the range ends before it begins; %s is not before %s", from.Format(time.DateTime), to.Format(time.DateTime))
	}
	var job domain.ScheduledJob
	err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		job, err = ingest.Schedule(ctx, tx, domain.ScheduledJob{ConnectorID: v.ID, Provider: p, Kind: domain.ScheduleBackfill, From: from, To: to, CreatedBy: actor.ID}, s.Now())
		if err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionBackfillStarted, s.subject(v.Connector), domain.Facts{}.Changes(domain.Facts{"from": from.UTC().Format(time.RFC3339), "to": to.UTC().Format(time.RFC3339)})...)
	})
	return job, err
}

func mustBeOn(c domain.Connector) error {
	if !c.On() {
		return domain.Errorf(domain.KindConflict, string(domain.ConnectorOff), "the connector is off; turn on both switches first")
	}
	return nil
}

// HourlyJob gives the hourly batch of a connector that is on.
func (s *Service) HourlyJob(ctx context.Context, actor domain.User, p domain.Provider) (domain.ScheduledJob, error) {
	v, err := s.ask(ctx, actor, p)
	if err != nil {
		return domain.ScheduledJob{}, err
	}
	if err := mustBeOn(v.Connector); err != nil {
		return domain.ScheduledJob{}, err
	}
	jobs, err := s.Store.ScheduledJobs(ctx, v.ID)
	if err != nil {
		return domain.ScheduledJob{}, err
	}
	for _, j := range jobs {
		if j.Kind == domain.ScheduleHourly {
			return j, nil
		}
	}
	return domain.ScheduledJob{}, domain.Errorf(domain.KindNotFound, "no_hourly_job", "the hourly batch of %s was deleted; switch the connector off and on to have it again", v.Info.Name)
}
