package troubleshoot

import (
	"context"
	"slices"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/store"
)

// Explain says which rules let a VC Call pass or stop it, and what mends it, from what is stored.
func (s *Service) Explain(ctx context.Context, actor domain.User, vc domain.VCCall) (domain.Explanation, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return domain.Explanation{}, err
	}
	f := domain.ExplainFacts{Name: s.Openers[vc.Provider].Info.Name}
	var err error
	if f.Connector, err = s.Store.Connector(ctx, vc.ConnectorID); err != nil {
		return domain.Explanation{}, err
	}
	if f.Users, err = s.Store.Users(ctx); err != nil {
		return domain.Explanation{}, err
	}
	if f.Excluded, err = s.Store.ExcludedNumbers(ctx); err != nil {
		return domain.Explanation{}, err
	}
	return domain.Explain(vc, f), nil
}

// MendRequest names one of the ways to mend that Explain offers.
type MendRequest struct {
	Action domain.MendAction
	Value  string // of the Mend; tells two of one action apart; empty: the first
	UserID string // whom to assign
	Set    string // which permission set to give; empty: Conversation Insights for Sales
}

// Mend does what a person chose of what Explain offers, and lets the calls start again that it helps. It gives the VC Call as it is
// then.
func (s *Service) Mend(ctx context.Context, actor domain.User, vcCallID string, in MendRequest) (domain.VCCall, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return domain.VCCall{}, err
	}
	vc, err := s.Store.VCCall(ctx, vcCallID)
	if err != nil {
		return vc, err
	}
	e, err := s.Explain(ctx, actor, vc)
	if err != nil {
		return vc, err
	}
	n := slices.IndexFunc(e.Mends, func(m domain.Mend) bool {
		return m.Action == in.Action && m.Action != domain.MendOpen && (in.Value == "" || m.Value == in.Value)
	})
	if n < 0 {
		return vc, domain.Errorf(domain.KindConflict, "not_offered", "this does not help the call any more, since it has changed; look at it again")
	}
	if err := s.mend(ctx, actor, vc, e.Mends[n], in); err != nil {
		return vc, err
	}
	return s.Store.VCCall(ctx, vcCallID)
}

func (s *Service) mend(ctx context.Context, actor domain.User, vc domain.VCCall, m domain.Mend, in MendRequest) error {
	switch m.Action {
	case domain.MendAssignUser:
		return s.assign(ctx, actor, vc, m, in.UserID)
	case domain.MendGrant:
		set := in.Set
		if set == "" {
			set = domain.PermForSales
		}
		_, err := s.Identity.GrantSet(ctx, actor, m.UserID, set)
		return err
	case domain.MendInclude:
		return s.include(ctx, actor, vc, m.Value)
	case domain.MendSeparation:
		return s.separate(ctx, actor)
	case domain.MendSwitches:
		on := true
		if _, err := s.Connector.SetSwitches(ctx, actor, vc.Provider, connector.Switches{Enabled: &on, ProviderEnabled: &on}); err != nil {
			return err
		}
		return s.again(ctx, actor, store.VCCallFilter{ConnectorID: vc.ConnectorID, Reason: domain.ConnectorOff})
	case domain.MendTest:
		return s.test(ctx, actor, vc)
	default:
		_, err := s.Ingest.Retry(ctx, vc.ID, actor)
		return err
	}
}

// assign fills the field that the call would find its user by, and lets it start again.
func (s *Service) assign(ctx context.Context, actor domain.User, vc domain.VCCall, m domain.Mend, userID string) error {
	if userID == "" {
		return domain.Errorf(domain.KindInvalid, "user_missing", "choose the user to whom the call belongs")
	}
	var err error
	if m.Field == domain.FieldPhone {
		_, err = s.Identity.AddPhone(ctx, actor, userID, m.Value, vc.Snapshot.StartedAt)
	} else {
		_, err = s.Identity.LinkUsers(ctx, actor, vc.Provider, []identity.Link{{UserID: userID, Identifier: m.Value}})
	}
	if err != nil {
		return err
	}
	_, err = s.Ingest.Retry(ctx, vc.ID, actor) // the others follow by a job of their own
	return err
}

func (s *Service) include(ctx context.Context, actor domain.User, vc domain.VCCall, number string) error {
	numbers, err := s.Store.ExcludedNumbers(ctx)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		if n.Number == number {
			if err := s.Connector.Include(ctx, actor, n.ID); err != nil {
				return err
			}
		}
	}
	if err := s.again(ctx, actor, store.VCCallFilter{Reason: domain.ExcludedParty, Query: number}); err != nil {
		return err
	}
	if vc, err = s.Store.VCCall(ctx, vc.ID); err == nil && vc.Reason == domain.ExcludedParty { // excluded for a party of another leg
		_, err = s.Ingest.Retry(ctx, vc.ID, actor)
	}
	return err
}

func (s *Service) separate(ctx context.Context, actor domain.User) error {
	settings, err := s.Connector.Settings(ctx, actor)
	if err != nil {
		return err
	}
	settings.OptimalSpeakerSeparation = true
	if err := s.Connector.SaveSettings(ctx, actor, settings); err != nil {
		return err
	}
	return s.again(ctx, actor, store.VCCallFilter{Reason: domain.SeparationOff})
}

// test asks the provider; calls that wait for the credential go on by themselves then, those that lacked a scope are retried.
func (s *Service) test(ctx context.Context, actor domain.User, vc domain.VCCall) error {
	report, err := s.Connector.Test(ctx, actor, vc.Provider)
	if err != nil {
		return err
	}
	for _, item := range report.Items {
		if !item.OK {
			return domain.Errorf(domain.KindConflict, "still_missing", "%s: %s. %s", item.Name, item.Detail, item.Fix)
		}
	}
	if vc.Reason != domain.ScopeMissing {
		return nil
	}
	return s.again(ctx, actor, store.VCCallFilter{ConnectorID: vc.ConnectorID, Reason: domain.ScopeMissing})
}

func (s *Service) again(ctx context.Context, actor domain.User, f store.VCCallFilter) error {
	f.Limit = 500
	_, err := s.Ingest.RetryAll(ctx, f, actor)
	return err
}
