package connector

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// testWithin is how long a test call may take before another may be begun.
const testWithin = 10 * time.Minute

// StartTestCall begins a test call of a connector, of the actor or, where the provider does not know them, of the integration user. The
// steps are told as they are done; no call comes of it (VC-26).
func (s *Service) StartTestCall(ctx context.Context, actor domain.User, p domain.Provider) (domain.TestCall, error) {
	v, err := s.ask(ctx, actor, p)
	if err != nil {
		return domain.TestCall{}, err
	}
	if err := s.mustBeInstalled(ctx); err != nil {
		return domain.TestCall{}, err
	}
	if v.ID == "" {
		return domain.TestCall{}, domain.Errorf(domain.KindConflict, "not_configured", "accept the terms and enter the credential of %s first", v.Info.Name)
	}
	user, err := s.tester(ctx, actor, v.Connector)
	if err != nil {
		return domain.TestCall{}, err
	}
	test := domain.TestCall{UserID: user.ID, UserName: user.Name, StartedAt: s.Now()}
	for _, name := range domain.TestSteps() {
		test.Steps = append(test.Steps, domain.TestStep{Name: name, State: domain.StepWaiting})
	}
	return test, s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		last, err := tx.TestCall(ctx, p)
		if err != nil {
			return err
		}
		if !last.StartedAt.IsZero() && last.FinishedAt.IsZero() && s.Now().Sub(last.StartedAt) < testWithin {
			return domain.Errorf(domain.KindConflict, "test_call_running", "a test call of %s is on its way; wait until it has ended", v.Info.Name)
		}
		if err := tx.SaveTestCall(ctx, p, test); err != nil {
			return err
		}
		return tx.Enqueue(ctx, domain.TestCallJob{Provider: p})
	})
}

// tester is whose call a test call is.
func (s *Service) tester(ctx context.Context, actor domain.User, c domain.Connector) (domain.User, error) {
	known := func(u domain.User) bool {
		return u.Identifiers[c.Provider] != "" || slices.ContainsFunc(u.Phones, func(p domain.UserPhone) bool { _, ok := u.HasPhone(p.Number, s.Now()); return ok })
	}
	id := cmp.Or(c.IntegrationUserID, actor.ID)
	if known(actor) && actor.ID != "" {
		id = actor.ID
	}
	if id == "" {
		return domain.User{}, domain.Errorf(domain.KindConflict, "no_test_user", "assign an integration user first: a test call is somebody's call")
	}
	return s.Store.User(ctx, id)
}

// TestCall gives the last test call of a connector; the zero value where there is none of the last day.
func (s *Service) TestCall(ctx context.Context, actor domain.User, p domain.Provider) (domain.TestCall, error) {
	if _, err := s.ask(ctx, actor, p); err != nil {
		return domain.TestCall{}, err
	}
	test, err := s.Store.TestCall(ctx, p)
	if s.Now().Sub(test.StartedAt) > domain.TestCallLife {
		return domain.TestCall{}, err
	}
	return test, err
}

// ForgetTestCalls removes the test calls of the day before.
func (s *Service) ForgetTestCalls(ctx context.Context) error {
	var errs []error
	for p := range s.Openers {
		test, err := s.Store.TestCall(ctx, p)
		if err == nil && !test.StartedAt.IsZero() && s.Now().Sub(test.StartedAt) > domain.TestCallLife {
			err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SaveTestCall(ctx, p, domain.TestCall{}) })
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
