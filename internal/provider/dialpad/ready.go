package dialpad

import (
	"time"

	"earshot/internal/domain"
)

// How long after the end something may still come. Dialpad documents no delays of recordings: these are our patience.
const (
	partSettled      = time.Hour     // a further leg, or the recording of one where others have theirs
	voicemailSettled = time.Hour     // a voicemail of a call that nobody took
	recordingSettled = 6 * time.Hour // the first recording of a call; the last of recordingDelays
)

// recordingDelays says when to look again for a recording that is late, counted from the end of the call.
func recordingDelays() []time.Duration {
	return []time.Duration{time.Minute, 3 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, recordingSettled}
}

// addRecordings decides whether the recordings are there: links say so, unless parts of the conversation are missing still.
// Without a link it depends on whether there can be one, and on the age of the call.
func (c conversation) addRecordings(out *domain.ProviderCall, at time.Time) {
	audios := c.recordings()
	switch {
	case !out.Ended() || at.Before(out.EndedAt.Add(partSettled)) && c.partial(audios):
		out.Recording = domain.RecordingPending
	case len(audios) > 0:
		out.Recording, out.Voicemail = domain.RecordingReady, true
		for _, a := range audios {
			voicemail := a.kind == kindVoicemail
			out.Voicemail = out.Voicemail && voicemail
			out.Recordings = append(out.Recordings, domain.RecordingRef{ProviderCallID: out.ID, ID: a.id, URL: a.url, Voicemail: voicemail})
		}
	case at.Before(out.EndedAt.Add(settledAfter(*out))):
		out.Recording = domain.RecordingPending
	default:
		out.Recording = domain.RecordingNone
	}
}

// settledAfter is how long after the end a first link may come; 0 where none can.
func settledAfter(out domain.ProviderCall) time.Duration {
	switch {
	case !out.AnsweredAt.IsZero():
		return recordingSettled
	case out.Direction == domain.Inbound:
		return voicemailSettled
	default:
		return 0
	}
}

// partial tells that something is missing, which may come yet: the leg of the person who took a group's call, the next leg
// after a transfer, or the recording of a leg where others have theirs.
func (c conversation) partial(audios []audio) bool {
	return c.open() || len(audios) > 0 && c.silent(audios)
}

// open tells that the legs speak of another one that is not there.
func (c conversation) open() bool {
	talked, transferred := 0, 0
	known := map[ident]bool{0: true, c.id: true}
	for _, leg := range c.legs {
		known[leg.ID] = true
		if leg.talked() {
			talked++
			if leg.handedOn() {
				transferred++
			}
		}
	}
	for _, leg := range c.legs {
		if !known[leg.Operator] {
			return true
		}
	}
	return talked > 0 && transferred >= talked
}

// silent tells that one of our people talked on a leg that has no recording, and is not in that of another leg either.
func (c conversation) silent(audios []audio) bool {
	for _, leg := range c.legs {
		from, to := leg.talk()
		if leg.talked() && len(leg.audios()) == 0 && covered(from, to, audios) < to.Sub(from)/2 {
			return true
		}
	}
	return false
}
