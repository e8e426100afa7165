package connector

import (
	"context"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// subject names a connector in the audit log.
func (s *Service) subject(c domain.Connector) domain.Subject {
	return domain.Subject{Kind: domain.SubjectConnector, ID: c.ID, Name: s.Openers[c.Provider].Info.Name}
}

// auditSettings notes what was changed on a page of settings; saving them as they are is no change.
func auditSettings(ctx context.Context, tx *store.Tx, actor domain.User, page string, before, after domain.Facts) error {
	changes := before.Changes(after)
	if len(changes) == 0 {
		return nil
	}
	return tx.Audit(ctx, actor, domain.ActionSettingsSaved, domain.Subject{Kind: domain.SubjectSettings, ID: page, Name: page}, changes...)
}

// auditCredential notes which fields were changed; of secrets only that they were.
func (s *Service) auditCredential(ctx context.Context, tx *store.Tx, actor domain.User, before, after domain.Connector) error {
	info := s.Openers[after.Provider].Info
	was, is := domain.Facts{}, domain.Facts{}
	compare := func(declared []provider.Field, old, now map[string]string) {
		for _, f := range declared {
			switch {
			case !f.Secret:
				was[f.Name], is[f.Name] = old[f.Name], now[f.Name]
			case old[f.Name] != now[f.Name]:
				is[f.Name] = domain.HiddenFact
			}
		}
	}
	compare(info.Credential, before.Credential.Fields, after.Credential.Fields)
	compare(info.Settings, before.Settings, after.Settings)
	was[provider.SettingKind], is[provider.SettingKind] = before.Credential.Fields[provider.SettingKind], after.Credential.Fields[provider.SettingKind]
	return tx.Audit(ctx, actor, domain.ActionCredentialSaved, s.subject(after), was.Changes(is)...)
}

// auditSwitches notes which switch was turned; a switch that stays as it is is no change.
func (s *Service) auditSwitches(ctx context.Context, tx *store.Tx, actor domain.User, before, after domain.Connector) error {
	facts := func(c domain.Connector) domain.Facts {
		return domain.FactsOf(map[string]bool{"enabled": c.Enabled, "provider_enabled": c.ProviderEnabled})
	}
	changes := facts(before).Changes(facts(after))
	if len(changes) == 0 {
		return nil
	}
	action := domain.ActionConnectorDisabled
	if after.Enabled && !before.Enabled || after.ProviderEnabled && !before.ProviderEnabled {
		action = domain.ActionConnectorEnabled
	}
	return tx.Audit(ctx, actor, action, s.subject(after), changes...)
}

// auditJob notes what was done to a scheduled job.
func (s *Service) auditJob(ctx context.Context, tx *store.Tx, actor domain.User, action string, j domain.ScheduledJob) error {
	return tx.Audit(ctx, actor, action, domain.Subject{Kind: domain.SubjectJob, ID: j.ID, Name: string(j.Kind) + " of " + s.Openers[j.Provider].Info.Name})
}
