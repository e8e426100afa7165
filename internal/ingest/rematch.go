package ingest

import (
	"context"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// Rematch starts the calls again that nobody was found for, as far as the users are such now that somebody is (BT-3). What the
// provider told is enough to see that; it is asked again for those alone that have a user now.
func (i *Ingest) Rematch(ctx context.Context) error {
	users, err := i.Store.Users(ctx)
	if err != nil {
		return err
	}
	f := store.VCCallFilter{State: domain.StateUnmatched, Limit: 200}
	for {
		calls, next, err := i.Store.VCCalls(ctx, f)
		if err != nil {
			return err
		}
		for _, vc := range calls {
			if err := i.rematch(ctx, vc, users); err != nil {
				return err
			}
		}
		if f.Cursor = next; next == "" {
			return nil
		}
	}
}

func (i *Ingest) rematch(ctx context.Context, vc domain.VCCall, users []domain.User) error {
	if vc.Snapshot == nil {
		return nil
	}
	match := domain.MatchUser(*vc.Snapshot, vc.Provider, users)
	if !match.Found {
		return nil
	}
	_, err := i.Retry(ctx, vc.ID, domain.User{Name: "a change of the user " + match.User.Name})
	if domain.IsKind(err, domain.KindConflict) || domain.IsKind(err, domain.KindNotFound) { // somebody else was faster
		return nil
	}
	return err
}
