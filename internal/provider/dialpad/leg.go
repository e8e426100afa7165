package dialpad

import (
	"cmp"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/phone"
)

// key is the id of the conversation that a leg says it belongs to: of the call that it was transferred or merged from, else of
// the group's call that it answers, else its own.
func (c call) key() ident {
	for _, id := range []ident{c.Master, c.EntryPoint} {
		if id != 0 {
			return id
		}
	}
	return c.ID
}

// start is when the leg entered Dialpad; zero where no time is told at all.
func (c call) start() time.Time {
	for _, at := range []millis{c.Started, c.FirstRang, c.Rang, c.Connected} {
		if !at.IsZero() {
			return at.Time
		}
	}
	return time.Time{}
}

// end is when it was hung up; zero while it goes on. A leg that is said to be over without a time ended when that was said.
func (c call) end() time.Time {
	switch {
	case !c.Ended.IsZero():
		return c.Ended.Time
	case c.State != "hangup" && c.State != "missed":
		return time.Time{}
	case c.TotalDuration > 0 && !c.start().IsZero():
		return c.start().Add(time.Duration(c.TotalDuration))
	default:
		return c.EventAt.Time
	}
}

// voicemail tells that the caller spoke to a machine: nobody took the call, even if it was connected.
func (c call) voicemail() bool {
	for _, d := range c.Details {
		if d.kind() == kindVoicemail {
			return true
		}
	}
	return c.VoicemailLink != "" || c.VoicemailID != "" || strings.HasPrefix(string(c.State), "voicemail")
}

// answered tells that people were connected.
func (c call) answered() bool { return !c.Connected.IsZero() && !c.voicemail() }

// talked tells that one of our people was.
func (c call) talked() bool { return c.answered() && c.Target.V.isUser() }

// alone tells that a leg is a whole conversation: it belongs to a person and refers to no other leg.
func (c call) alone() bool {
	refers := c.key() != c.ID || c.Operator != 0 && c.Operator != c.ID || c.EntryPoint != 0 && c.EntryPoint != c.ID
	return c.Target.V.isUser() && !refers && !c.Transferred.yes() && c.From.V == party{}
}

// handedOn tells that the leg ended by a transfer. One that came by a transfer may be marked as well; it says from whom.
func (c call) handedOn() bool { return c.Transferred.yes() && c.From.V == party{} }

// direction keeps to the two that there are; anything else is unknown.
func (c call) direction() domain.Direction {
	d := domain.Direction(strings.ToLower(string(c.Direction)))
	if d == domain.Inbound || d == domain.Outbound {
		return d
	}
	return ""
}

// outside is the number at the other end.
func (c call) outside(region string) string { return normal(region, c.External, c.Contact.V.Phone) }

// line is the company's number: the one that was dialled, or called from.
func (c call) line(region string) string {
	return normal(region, c.Internal, c.EntryTarget.V.Phone, c.Target.V.Phone)
}

// normal gives the first number that can be told, in E.164, else the first that is there, such as "anonymous".
func normal(region string, numbers ...text) string {
	word := ""
	for _, n := range numbers {
		if e164, ok := phone.E164(string(n), region); ok {
			return e164
		}
		word = cmp.Or(word, strings.TrimSpace(string(n)))
	}
	return word
}

// named gives a contact's name, unless it is only the number, written nicely.
func (p party) named(region string) string {
	name := strings.TrimSpace(string(p.Name))
	if _, ok := phone.E164(name, region); ok {
		return ""
	}
	return name
}
