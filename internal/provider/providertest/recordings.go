package providertest

import (
	"bytes"
	"io"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

func (b *bundle) download(t *testing.T, ref domain.RecordingRef, limit int64) ([]byte, provider.RecordingInfo, error) {
	t.Helper()
	body, info, err := b.conn.Fetch(t.Context(), ref, limit)
	if err != nil {
		return nil, info, err
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	return data, info, err
}

func testRecording(t *testing.T, h Harness) {
	b := h.setup(t)
	id, c := b.finished(t)
	if ref := c.Recordings[0]; ref.ProviderCallID != id || ref.ID == "" || ref.Voicemail {
		t.Errorf("the recording is %+v", ref)
	}
	got, info, err := b.download(t, c.Recordings[0], int64(len(audio())))
	if err != nil || !bytes.Equal(got, audio()) {
		t.Fatalf("downloaded %d bytes, %v; want %d", len(got), err, len(audio()))
	}
	if info.ContentType == "" || info.Size != -1 && info.Size != int64(len(got)) {
		t.Errorf("info is %+v", info)
	}
}

// testLateRecording: as long as a recording may come it is pending, at the times that the driver names as well; then it is ready.
func testLateRecording(t *testing.T, h Harness) {
	b := h.setup(t)
	delays := b.info.Abilities.RecordingDelays
	late := delays[len(delays)-1] - time.Second
	id := b.world.Place(b.call(func(c *Call) { c.AudioAfter = late }))
	b.clock.Advance(45 * time.Second) // its end
	end := b.clock.Now()
	for _, d := range delays[:len(delays)-1] {
		b.clock.Advance(end.Add(d).Sub(b.clock.Now()))
		if c := b.get(t, id); c.Recording != domain.RecordingPending {
			t.Errorf("%v after the call the recording is %q, want pending", d, c.Recording)
		}
	}
	b.clock.Advance(end.Add(delays[len(delays)-1]).Sub(b.clock.Now()))
	c := b.get(t, id)
	if c.Recording != domain.RecordingReady {
		t.Fatalf("%v after the call the recording is %q, want ready", late, c.Recording)
	}
	if got, _, err := b.download(t, c.Recordings[0], 0); err != nil || !bytes.Equal(got, audio()) {
		t.Errorf("downloaded %d bytes, %v", len(got), err)
	}
}

// testNoRecording: after the last delay nobody waits any more.
func testNoRecording(t *testing.T, h Harness) {
	b := h.setup(t)
	id := b.world.Place(b.call(func(c *Call) { c.Audio = nil }))
	delays := b.info.Abilities.RecordingDelays
	b.clock.Advance(45*time.Second + delays[len(delays)-1])
	if c := b.get(t, id); c.Recording != domain.RecordingNone || len(c.Recordings) > 0 {
		t.Errorf("the recording is %q with %d links, want none", c.Recording, len(c.Recordings))
	}
}

func testVoicemail(t *testing.T, h Harness) {
	b := h.setup(t)
	id := b.world.Place(b.call(func(c *Call) { c.Talk, c.Ring, c.Voicemail, c.Agent = 0, 30*time.Second, true, Nobody }))
	b.clock.Advance(10 * time.Minute)
	c := b.get(t, id)
	if !c.Voicemail || c.Recording != domain.RecordingReady || len(c.Recordings) != 1 || !c.Recordings[0].Voicemail || !c.AnsweredAt.IsZero() {
		t.Fatalf("voicemail is told as %+v", c)
	}
	if got, _, err := b.download(t, c.Recordings[0], 0); err != nil || !bytes.Equal(got, audio()) {
		t.Errorf("downloaded %d bytes, %v", len(got), err)
	}
}

// testExpiredLink: a link that was kept for long, or lost, is renewed without anybody noticing.
func testExpiredLink(t *testing.T, h Harness) {
	b := h.setup(t)
	_, c := b.finished(t)
	b.clock.Advance(48 * time.Hour)
	kept := c.Recordings[0]
	lost := kept
	lost.URL = ""
	for _, ref := range []domain.RecordingRef{kept, lost} {
		if got, _, err := b.download(t, ref, 0); err != nil || !bytes.Equal(got, audio()) {
			t.Errorf("downloaded %d bytes, %v", len(got), err)
		}
	}
	b.world.SetFaults(Faults{ExpiredLinks: true})
	_, _, err := b.download(t, kept, 0)
	wantKind(t, "a fresh link that has expired already", err, domain.KindGone)
}

func testGone(t *testing.T, h Harness) {
	b := h.setup(t)
	id, c := b.finished(t)
	b.clock.Advance(48 * time.Hour)
	b.world.DeleteRecording(id)
	_, _, err := b.download(t, c.Recordings[0], 0)
	wantKind(t, "a deleted recording", err, domain.KindGone)
	b.world.DeleteCall(id)
	_, _, err = b.download(t, c.Recordings[0], 0)
	wantKind(t, "the recording of a deleted call", err, domain.KindGone, domain.KindNotFound)
}

func testBadDownloads(t *testing.T, h Harness) {
	b := h.setup(t)
	_, c := b.finished(t)
	b.world.SetFaults(Faults{Truncate: true})
	got, _, err := b.download(t, c.Recordings[0], 0)
	wantKind(t, "a download that breaks off", err, domain.KindTemporary)
	if len(got) >= len(audio()) {
		t.Errorf("a download that breaks off gave %d of %d bytes", len(got), len(audio()))
	}
	b.world.SetFaults(Faults{NotAudio: true})
	_, _, err = b.download(t, c.Recordings[0], 0)
	wantKind(t, "a page instead of audio", err, domain.KindTemporary)
	b.world.SetFaults(Faults{})
	_, _, err = b.download(t, c.Recordings[0], int64(len(audio())-1))
	wantKind(t, "a recording over the limit", err, domain.KindTooLarge)
}
