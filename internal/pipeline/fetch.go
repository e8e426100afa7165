package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"earshot/internal/audio"
	"earshot/internal/blob"
	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/store"
)

func recordingKey(vc domain.VCCall) string { return "recordings/" + vc.ID }

// WaveformKey is where the waveform of a call is kept in the blob store.
func WaveformKey(callID string) string { return "waveforms/" + callID }

func (p *Pipeline) fetch(ctx context.Context, vc domain.VCCall) (outcome, error) {
	conn, err := p.Store.Connector(ctx, vc.ConnectorID)
	if err != nil {
		return outcome{}, err
	}
	if vc.Snapshot == nil || len(vc.Snapshot.Recordings) == 0 {
		return outcome{}, domain.Errorf(domain.KindGone, string(domain.RecordingGone), "the provider lists no recording for this call any more")
	}
	object, err := p.download(ctx, conn, vc)
	if err != nil {
		return outcome{}, err
	}
	user, err := p.Store.User(ctx, vc.UserID)
	if err != nil {
		return outcome{}, err
	}
	call := newCall(vc, user, object)
	o := outcome{state: domain.StateProcessing, next: domain.StageTranscribe, text: fmt.Sprintf("recording fetched: %d bytes, %s", object.Size, object.ContentType)}
	o.change = func(vc *domain.VCCall) { vc.CallID = call.ID }
	o.save = func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveCall(ctx, call)
	}
	return o, nil
}

// download keeps the recording under a key made from the VC Call, so that a second run replaces the first and nothing is orphaned.
func (p *Pipeline) download(ctx context.Context, conn domain.Connector, vc domain.VCCall) (blob.Object, error) {
	pc, err := p.reach(conn)
	if err != nil {
		return blob.Object{}, err
	}
	refs := vc.Snapshot.Recordings
	if len(refs) == 1 {
		return p.keep(ctx, pc, refs[0], recordingKey(vc))
	}
	return p.join(ctx, pc, vc, refs)
}

func (p *Pipeline) keep(ctx context.Context, pc *provider.Connector, ref domain.RecordingRef, key string) (blob.Object, error) {
	body, info, err := pc.Fetch(ctx, ref, p.MaxBytes)
	if err != nil {
		return blob.Object{}, err
	}
	defer body.Close()
	return p.Blobs.Put(ctx, key, info.ContentType, body, p.MaxBytes)
}

// join makes one recording of those of a call that has several, such as one that was transferred. The parts are kept until it is
// made, so that a second run does not fetch again what is here.
func (p *Pipeline) join(ctx context.Context, pc *provider.Connector, vc domain.VCCall, refs []domain.RecordingRef) (blob.Object, error) {
	var sounds []*audio.Sound
	var keys []string
	defer func() {
		for _, s := range sounds {
			_ = s.Close() // it was only read
		}
	}()
	for _, ref := range refs {
		key := partKey(vc, ref)
		sound, err := p.part(ctx, pc, ref, key)
		if err != nil {
			return blob.Object{}, err
		}
		sounds, keys = append(sounds, sound), append(keys, key)
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(audio.WriteJoined(w, sounds)) }()
	defer r.Close()
	object, err := p.Blobs.Put(ctx, recordingKey(vc), "audio/wav", r, p.MaxBytes)
	for _, key := range keys {
		if err == nil {
			err = p.Blobs.Delete(ctx, key)
		}
	}
	return object, err
}

func partKey(vc domain.VCCall, ref domain.RecordingRef) string {
	sum := sha256.Sum256([]byte(ref.ProviderCallID + "/" + ref.ID))
	return "parts/" + vc.ID + "-" + hex.EncodeToString(sum[:8])
}

func (p *Pipeline) part(ctx context.Context, pc *provider.Connector, ref domain.RecordingRef, key string) (*audio.Sound, error) {
	path, done, err := p.Blobs.Local(ctx, key)
	if domain.IsKind(err, domain.KindNotFound) {
		if _, err = p.keep(ctx, pc, ref, key); err == nil {
			path, done, err = p.Blobs.Local(ctx, key)
		}
	}
	if err != nil {
		return nil, err
	}
	defer done()
	sound, err := audio.Decode(ctx, path, p.Tools(), p.Limits)
	if domain.CodeOf(err) == string(domain.RecordingUnreadable) {
		err = errors.Join(err, p.Blobs.Delete(ctx, key)) // it may have been sent wrongly
	}
	return sound, err
}

func newCall(vc domain.VCCall, user domain.User, object blob.Object) domain.Call {
	s := vc.Snapshot
	id := vc.CallID
	if id == "" {
		id = store.NewID()
	}
	return domain.Call{
		ID: id, VCCallID: vc.ID, ConnectorID: vc.ConnectorID, Provider: vc.Provider, UserID: user.ID, UserName: user.Name,
		Direction: s.Direction, From: s.From, To: s.To, StartedAt: s.StartedAt, EndedAt: s.EndedAt, ContactName: s.ContactName,
		Voicemail: s.Voicemail, State: domain.StateProcessing,
		Recording: domain.Recording{Key: object.Key, SHA256: object.SHA256, Size: object.Size, ContentType: object.ContentType},
	}
}
