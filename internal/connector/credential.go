package connector

import (
	"context"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/ingest"
	"earshot/internal/provider"
)

// SaveCredential keeps a named credential and the driver's settings. An empty secret keeps the one that is there.
func (s *Service) SaveCredential(ctx context.Context, actor domain.User, p domain.Provider, fields, settings map[string]string) (View, error) {
	opener, ok := s.Openers[p]
	if !ok {
		return s.view(ctx, p)
	}
	return s.change(ctx, actor, p, func(c *domain.Connector) error {
		merged, err := merge(opener.Info.Credential, c.Credential.Fields, fields)
		if err != nil {
			return err
		}
		merged[ingest.SubscriptionSecret] = c.Credential.Fields[ingest.SubscriptionSecret]
		if c.Settings, err = merge(opener.Info.Settings, c.Settings, settings); err != nil {
			return err
		}
		c.Credential = domain.NamedCredential{Fields: merged, Status: domain.AuthNot, Problem: "not tested since it was changed"}
		return nil
	})
}

// merge takes the declared fields from what was entered, else from what is kept, else their default.
func merge(declared []provider.Field, kept, entered map[string]string) (map[string]string, error) {
	out := map[string]string{}
	for _, f := range declared {
		value, given := entered[f.Name]
		value = strings.TrimSpace(value)
		if !given || value == "" && f.Secret {
			value = kept[f.Name]
		}
		if value == "" {
			value = f.Default
		}
		if value == "" && f.Required {
			return nil, domain.Errorf(domain.KindInvalid, "field_missing", "%s is missing", f.Label)
		}
		out[f.Name] = value
	}
	return out, nil
}

// Test asks the provider whether the credential works, keeps the answer as its authentication status, and sees to the
// subscription where the credential is fine.
func (s *Service) Test(ctx context.Context, actor domain.User, p domain.Provider) (provider.CheckReport, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return provider.CheckReport{}, err
	}
	v, err := s.view(ctx, p)
	if err != nil {
		return provider.CheckReport{}, err
	}
	if !v.Configured {
		return provider.CheckReport{}, domain.Errorf(domain.KindInvalid, "not_configured", "enter and save the credential of %s first", v.Info.Name)
	}
	report, err := s.check(ctx, v.Connector)
	status, problem := authStatus(err)
	if status == "" {
		return report, err // nothing was learnt about the credential
	}
	_, saveErr := s.change(ctx, actor, p, func(c *domain.Connector) error {
		c.Credential.Status, c.Credential.Problem = status, problem
		c.Credential.Scope, c.Credential.CheckedAt = report.Scope, s.Now()
		return nil
	})
	if err == nil && saveErr == nil {
		saveErr = s.subscribeIfOn(ctx, v.Connector.ID)
	}
	if err != nil && domain.IsKind(err, domain.KindUnauthorized) {
		return rejected(problem), saveErr
	}
	return report, saveErr
}

func (s *Service) check(ctx context.Context, c domain.Connector) (provider.CheckReport, error) {
	pc, err := s.Open(c)
	if err != nil {
		return provider.CheckReport{}, err
	}
	return pc.Check(ctx)
}

func rejected(problem string) provider.CheckReport {
	return provider.CheckReport{Items: []provider.CheckItem{{Name: "Credential", Detail: problem, Fix: "Make a new key at the provider and enter it here."}}}
}

// authStatus of the answer; empty where the provider could not be asked.
func authStatus(err error) (domain.AuthStatus, string) {
	switch domain.KindOf(err) {
	case "":
		return domain.AuthAuthenticated, ""
	case domain.KindUnauthorized:
		return domain.AuthRevoked, domain.MessageOf(err)
	case domain.KindScopeMissing:
		return domain.AuthAuthenticated, domain.MessageOf(err)
	default:
		return "", ""
	}
}
