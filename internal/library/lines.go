package library

import (
	"context"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/store"
)

// Lines gives lines that hold one of the parts of words, of the calls of a filter that the user may see; newest calls first, at most limit.
func (l *Library) Lines(ctx context.Context, actor domain.User, f store.CallFilter, parts []string, limit int) ([]store.FoundLine, error) {
	if err := identity.Require(actor, domain.PermissionAccessVoice, l.Now()); err != nil {
		return nil, err
	}
	f, err := l.visible(ctx, actor, f)
	if err != nil {
		return nil, err
	}
	return l.Store.SearchLines(ctx, f, parts, limit)
}
