package dialpad

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// Kinds of recordings (developers.dialpad.com/docs/downloading-call-recordings).
const (
	kindAdmin     = "admincallrecording" // made by rule for the whole call, seen by admins only
	kindUser      = "callrecording"      // started by a person, or by rule for a person or group
	kindVoicemail = "voicemail"
)

// audio is one recording, and the time that it covers.
type audio struct {
	id, url, kind string
	leg           ident
	from, to      time.Time
	timed         bool // else the time is that of its leg
}

func (d detail) kind() string { return strings.ToLower(string(d.Type)) }

// audios are the recordings of a leg for which there is a link. Links without details come from payloads that leave the details
// out; they are not added to details, which name the same audio.
func (c call) audios() []audio {
	var out []audio
	from, to := c.talk()
	for _, d := range c.Details {
		if d.URL == "" {
			continue
		}
		a := audio{cmp.Or(string(d.ID), nameOf(string(d.URL))), string(d.URL), d.kind(), c.ID, from, to, false}
		if d.Duration > 0 {
			a.from, a.timed = cmp.Or(d.Start.Time, from), true
			a.to = a.from.Add(time.Duration(d.Duration))
		}
		out = append(out, a)
	}
	if len(out) > 0 {
		return out
	}
	add := func(kind, id, link string) {
		out = append(out, audio{cmp.Or(id, nameOf(link)), link, kind, c.ID, from, to, false})
	}
	for _, link := range c.AdminURLs {
		add(kindAdmin, "", link)
	}
	for _, link := range c.UserURLs {
		add(kindUser, "", link)
	}
	if c.VoicemailLink != "" {
		add(kindVoicemail, string(c.VoicemailID), string(c.VoicemailLink))
	}
	return out
}

// talk is the time that a recording of the leg would cover.
func (c call) talk() (from, to time.Time) {
	from = cmp.Or(c.Connected.Time, c.start())
	return from, cmp.Or(c.end(), from)
}

// nameOf is the last part of a link without its ending, which names a recording: the rest may be signed anew each time.
func nameOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	name := path.Base(u.Path)
	return strings.TrimSuffix(name, path.Ext(name))
}

// recordings are those to take, in order of time. One conversation may be recorded twice, by an admin's rule and by a person,
// on one leg or on two: the longest is taken first, at equal length the admin's, and one of which more than half was taken
// already is left out. Voicemails stand for themselves.
func (c conversation) recordings() []audio {
	var all, kept []audio
	for _, leg := range c.legs {
		all = append(all, leg.audios()...)
	}
	slices.SortStableFunc(all, func(a, b audio) int {
		return cmp.Or(-cmp.Compare(a.to.Sub(a.from), b.to.Sub(b.from)), strings.Compare(a.kind, b.kind), a.from.Compare(b.from))
	})
	for _, a := range all {
		again := slices.ContainsFunc(kept, func(k audio) bool { return k.id == a.id || k.url == a.url })
		if a.id != "" && !again && !a.coveredBy(kept) {
			kept = append(kept, a)
		}
	}
	slices.SortFunc(kept, func(a, b audio) int { return cmp.Or(a.from.Compare(b.from), strings.Compare(a.id, b.id)) })
	return kept
}

// coveredBy tells that more than half of a is in others. Links of one kind and leg, whose own times are not known, are parts
// of one recording that was stopped and started: they do not cover each other.
func (a audio) coveredBy(others []audio) bool {
	if a.kind == kindVoicemail {
		return false
	}
	others = slices.DeleteFunc(slices.Clone(others), func(o audio) bool {
		return o.kind == kindVoicemail || !a.timed && !o.timed && a.leg == o.leg && a.kind == o.kind
	})
	return covered(a.from, a.to, others) > a.to.Sub(a.from)/2
}

// covered is how much of a time is in recordings.
func covered(from, to time.Time, by []audio) time.Duration {
	by = slices.Clone(by)
	slices.SortFunc(by, func(a, b audio) int { return a.from.Compare(b.from) })
	var sum time.Duration
	for _, o := range by {
		start, end := o.from, o.to
		if start.Before(from) {
			start = from
		}
		if end.After(to) {
			end = to
		}
		if end.After(start) {
			sum += end.Sub(start)
			from = end
		}
	}
	return sum
}
