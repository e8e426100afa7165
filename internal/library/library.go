// Package library shows calls and VC Calls to the people who may see them.
package library

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"earshot/internal/blob"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/ingest"
	"earshot/internal/pipeline"
	"earshot/internal/store"
)

// Library is safe for concurrent use.
type Library struct {
	Store  *store.Store
	Blobs  *blob.Store
	Ingest *ingest.Ingest
	// Analyze finds the insights of a call anew, after somebody corrected its transcript.
	Analyze func(context.Context, domain.Call) (domain.Insights, error)
	// Analyzed is told in the transaction that commits them; nil: nobody.
	Analyzed func(context.Context, *store.Tx, domain.Call) error
	Now      func() time.Time
}

// Calls lists voice calls, newest first, as far as the user may see them (CI-12).
func (l *Library) Calls(ctx context.Context, actor domain.User, f store.CallFilter) ([]store.CallRow, string, error) {
	if err := identity.Require(actor, domain.PermissionAccessVoice, l.Now()); err != nil {
		return nil, "", err
	}
	f, err := l.visible(ctx, actor, f)
	if err != nil {
		return nil, "", err
	}
	return l.Store.Calls(ctx, f)
}

// visible narrows a filter to what a user may see: all, what people below did, or one's own (CI-12).
func (l *Library) visible(ctx context.Context, actor domain.User, f store.CallFilter) (store.CallFilter, error) {
	if actor.Can(domain.PermissionModifyAll, l.Now()) {
		return f, nil
	}
	manages, err := l.Store.HasReports(ctx, actor.ID)
	switch {
	case err != nil:
		return f, err
	case manages:
		f.TreeOf = actor.ID
	default: // one's own are found faster by their index; asking for another's gives one's own
		f.UserID = actor.ID
	}
	return f, nil
}

// mayHear tells whether a user may see the calls of another.
func (l *Library) mayHear(ctx context.Context, actor domain.User, userID string) (bool, error) {
	if userID == actor.ID || actor.Can(domain.PermissionModifyAll, l.Now()) {
		return true, nil
	}
	return l.Store.Manages(ctx, actor.ID, userID)
}

// Call gives one whole. A call that the user may not see is not found, so that its existence does not show.
func (l *Library) Call(ctx context.Context, actor domain.User, id string) (domain.Call, error) {
	if err := identity.Require(actor, domain.PermissionAccessVoice, l.Now()); err != nil {
		return domain.Call{}, err
	}
	call, err := l.Store.Call(ctx, id)
	may := false
	if err == nil {
		may, err = l.mayHear(ctx, actor, call.UserID)
	}
	if err == nil && !may || domain.IsKind(err, domain.KindNotFound) {
		return domain.Call{}, domain.Errorf(domain.KindNotFound, "", "there is no such call, or it is not yours")
	}
	return call, err
}

// Waveform gives the peaks of a call; not_found until its recording is decoded.
func (l *Library) Waveform(ctx context.Context, actor domain.User, id string) (pipeline.Waveform, error) {
	var w pipeline.Waveform
	if _, err := l.Call(ctx, actor, id); err != nil {
		return w, err
	}
	r, err := l.Blobs.Get(ctx, pipeline.WaveformKey(id))
	if err != nil {
		return w, err
	}
	defer r.Close()
	return w, json.NewDecoder(r).Decode(&w)
}

// Audio is an open recording.
type Audio struct {
	io.ReadSeekCloser
	ContentType string
	StoredAt    time.Time
}

// Recording opens the audio of a call.
func (l *Library) Recording(ctx context.Context, actor domain.User, id string) (Audio, error) {
	call, err := l.Call(ctx, actor, id)
	if err != nil {
		return Audio{}, err
	}
	r, err := l.Blobs.Get(ctx, call.Recording.Key)
	return Audio{r, call.Recording.ContentType, call.CreatedAt}, err
}

// VCCalls lists VC Calls, newest first.
func (l *Library) VCCalls(ctx context.Context, actor domain.User, f store.VCCallFilter) ([]domain.VCCall, string, error) {
	if err := l.admin(actor); err != nil {
		return nil, "", err
	}
	return l.Store.VCCalls(ctx, f)
}

// VCCallCounts counts them by state.
func (l *Library) VCCallCounts(ctx context.Context, actor domain.User) (map[domain.State]int, error) {
	if err := l.admin(actor); err != nil {
		return nil, err
	}
	return l.Store.VCCallCounts(ctx)
}

// VCCall gives one.
func (l *Library) VCCall(ctx context.Context, actor domain.User, id string) (domain.VCCall, error) {
	if err := l.admin(actor); err != nil {
		return domain.VCCall{}, err
	}
	return l.Store.VCCall(ctx, id)
}

// Retry starts a VC Call again.
func (l *Library) Retry(ctx context.Context, actor domain.User, id string) (domain.VCCall, error) {
	if err := l.admin(actor); err != nil {
		return domain.VCCall{}, err
	}
	return l.Ingest.Retry(ctx, id, actor)
}

// RetryAll retries all that a filter selects and that are not processed, and gives how many those are.
func (l *Library) RetryAll(ctx context.Context, actor domain.User, f store.VCCallFilter) (int, error) {
	if err := l.admin(actor); err != nil {
		return 0, err
	}
	return l.Ingest.RetryAll(ctx, f, actor)
}

// Import asks a provider for one call by its id.
func (l *Library) Import(ctx context.Context, actor domain.User, p domain.Provider, providerCallID string) (domain.VCCall, error) {
	if err := l.admin(actor); err != nil {
		return domain.VCCall{}, err
	}
	return l.Ingest.Import(ctx, p, providerCallID, actor)
}

func (l *Library) admin(actor domain.User) error {
	return identity.Require(actor, domain.PermissionCustomize, l.Now())
}
