package connector

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/ingest"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// SaveCredential keeps a named credential and the driver's settings. An empty secret keeps the one that is there.
func (s *Service) SaveCredential(ctx context.Context, actor domain.User, p domain.Provider, fields, settings map[string]string) (View, error) {
	opener, ok := s.Openers[p]
	if !ok {
		return s.ask(ctx, actor, p)
	}
	return s.changeTx(ctx, actor, p, func(ctx context.Context, tx *store.Tx, c *domain.Connector) error {
		before := *c
		kind, needed, err := fieldsOfKind(opener.Info, cmp.Or(fields[provider.SettingKind], c.Credential.Fields[provider.SettingKind]))
		if err != nil {
			return err
		}
		merged, err := merge(needed, c.Credential.Fields, fields)
		if err != nil {
			return err
		}
		if kind != "" {
			merged[provider.SettingKind] = kind
		}
		merged[ingest.SubscriptionSecret] = c.Credential.Fields[ingest.SubscriptionSecret]
		if c.Settings, err = merge(opener.Info.Settings, c.Settings, settings); err != nil {
			return err
		}
		c.Credential = domain.NamedCredential{Fields: merged, Status: domain.AuthNot, Problem: "not tested since it was changed"}
		return s.auditCredential(ctx, tx, actor, before, *c)
	})
}

// fieldsOfKind gives the fields that a kind of credential needs; the first kind where none is named.
func fieldsOfKind(info provider.Info, name string) (string, []provider.Field, error) {
	if len(info.Kinds) == 0 {
		return "", info.Credential, nil
	}
	i := 0
	if name != "" {
		i = slices.IndexFunc(info.Kinds, func(k provider.CredentialKind) bool { return k.Name == name })
	}
	if i < 0 {
		return "", nil, domain.Errorf(domain.KindInvalid, "unknown_kind", "%s has no credential of the kind %q", info.Name, name)
	}
	kind := info.Kinds[i]
	var needed []provider.Field
	for _, f := range info.Credential {
		if slices.Contains(kind.Fields, f.Name) {
			needed = append(needed, f)
		}
	}
	return kind.Name, needed, nil
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
		if value != "" && len(f.Choices) > 0 && !slices.Contains(f.Choices, value) {
			return nil, domain.Errorf(domain.KindInvalid, "bad_choice", "%s must be one of %s", f.Label, strings.Join(f.Choices, ", "))
		}
		out[f.Name] = value
	}
	return out, nil
}

// Test asks the provider whether the credential works, keeps the answer as its authentication status, and sees to the
// subscription where the credential is fine.
func (s *Service) Test(ctx context.Context, actor domain.User, p domain.Provider) (provider.CheckReport, error) {
	if err := s.mayCustomize(actor); err != nil {
		return provider.CheckReport{}, err
	}
	v, err := s.view(ctx, p)
	if err != nil {
		return provider.CheckReport{}, err
	}
	if !v.Configured {
		return provider.CheckReport{}, domain.Errorf(domain.KindInvalid, "not_configured", "enter and save the credential of %s first", v.Info.Name)
	}
	return s.test(ctx, v.Connector)
}

// test is Test for whoever may: people who ask, and the watch.
func (s *Service) test(ctx context.Context, c domain.Connector) (provider.CheckReport, error) {
	report, err := s.check(ctx, c)
	status, problem := authStatus(err)
	if status == "" {
		return report, err // nothing was learnt about the credential
	}
	wasRefused := c.Credential.Usable() != nil
	saveErr := s.setStatus(ctx, c.ID, func(n *domain.NamedCredential) {
		n.Status, n.Problem, n.Scope, n.CheckedAt = status, problem, report.Scope, s.Now()
	})
	if err == nil && saveErr == nil {
		saveErr = s.goOn(ctx, c.ID, wasRefused)
	}
	if domain.IsKind(err, domain.KindUnauthorized) {
		return rejected(problem), saveErr
	}
	return report, saveErr
}

// goOn sees to the subscription of a connector whose credential works, and to the calls that waited for it.
func (s *Service) goOn(ctx context.Context, connectorID string, wasRefused bool) error {
	c, err := s.Store.Connector(ctx, connectorID)
	if err != nil || !c.On() {
		return err
	}
	if err := s.subscribeOrRemove(ctx, c); err != nil || !wasRefused {
		return err
	}
	if err := s.Ingest.Resume(ctx, connectorID); err != nil {
		return err
	}
	jobs, err := s.Store.ScheduledJobs(ctx, connectorID)
	for _, j := range jobs {
		if err == nil && j.Kind != domain.ScheduleWatch {
			err = s.Ingest.RunNow(ctx, j.ID)
		}
	}
	return err
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
		return statusOf(err), domain.MessageOf(err)
	case domain.KindScopeMissing:
		return domain.AuthAuthenticated, domain.MessageOf(err)
	default:
		return "", ""
	}
}
