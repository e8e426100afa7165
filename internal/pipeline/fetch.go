package pipeline

import (
	"context"
	"fmt"

	"earshot/internal/blob"
	"earshot/internal/domain"
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
	body, info, err := pc.Fetch(ctx, vc.Snapshot.Recordings[0], p.MaxBytes)
	if err != nil {
		return blob.Object{}, err
	}
	defer body.Close()
	return p.Blobs.Put(ctx, recordingKey(vc), info.ContentType, body, p.MaxBytes)
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
