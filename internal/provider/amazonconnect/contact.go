package amazonconnect

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"earshot/internal/domain"
	"earshot/internal/phone"
)

// recordingDelays says when to look again for a recording, counted from the end of the call. It shows in a contact after after-contact
// work, which has no limit.
func recordingDelays() []time.Duration {
	return []time.Duration{time.Minute, 3 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, recordingSettled}
}

const (
	recordingSettled = 6 * time.Hour
	recordingShown   = 10 * time.Minute // after after-contact work; about one was met
)

// part is one contact of a chain, with who took it.
type part struct {
	types.Contact
	agent domain.Participant // zero if nobody did
}

// chain of contacts of one call: transfers make further contacts that bear the id of the first.
type chainOf []part

func (c chainOf) sort() {
	slices.SortStableFunc(c, func(a, b part) int {
		return cmp.Or(aws.ToTime(a.InitiationTimestamp).Compare(aws.ToTime(b.InitiationTimestamp)), cmp.Compare(aws.ToString(a.Id), aws.ToString(b.Id)))
	})
}

// direction by how the first contact began; TRANSFER and the like say nothing about the call.
func direction(m types.ContactInitiationMethod) domain.Direction {
	switch m {
	case types.ContactInitiationMethodOutbound, types.ContactInitiationMethodExternalOutbound, types.ContactInitiationMethodCallback, types.ContactInitiationMethodApi:
		return domain.Outbound
	default:
		return domain.Inbound
	}
}

// address of an endpoint that is a number; others, such as the softphone of a callback, are none.
func address(e *types.EndpointInfo, country string) string {
	if e == nil || e.Type != types.EndpointTypeTelephoneNumber && e.Type != "" {
		return ""
	}
	number := aws.ToString(e.Address)
	if e164, ok := phone.E164(number, country); ok {
		return e164
	}
	return strings.TrimSpace(number)
}

// convert gives our form of a chain as it was at the time.
func (c chainOf) convert(at time.Time, country string) domain.ProviderCall {
	first := c[0]
	out := domain.ProviderCall{ID: aws.ToString(first.Id), Direction: direction(first.InitiationMethod), StartedAt: aws.ToTime(first.InitiationTimestamp).UTC()}
	customer, line := address(first.CustomerEndpoint, country), address(first.SystemEndpoint, country)
	out.From, out.To = customer, line
	if out.Direction == domain.Outbound {
		out.From, out.To = line, customer
	}
	if first.CustomerEndpoint != nil {
		out.ContactName = aws.ToString(first.CustomerEndpoint.DisplayName)
	}
	out.Agent = domain.Participant{Phone: line, Internal: true}
	out.EndedAt = c.endedAt()
	for _, p := range c {
		if p.agent.ProviderUserID == "" {
			continue
		}
		if connected := p.AgentInfo.ConnectedToAgentTimestamp; out.AnsweredAt.IsZero() && connected != nil {
			out.AnsweredAt = connected.UTC()
		}
		out.Agent = p.agent // the last who took it
		out.Agent.Phone = line
		out.Participants = appendNew(out.Participants, p.agent)
	}
	out.Participants = appendNew(out.Participants, out.Agent)
	if first.CustomerEndpoint != nil {
		out.Participants = append(out.Participants, domain.Participant{Name: out.ContactName, Phone: customer})
	}
	c.addRecordings(&out, at)
	return out
}

func appendNew(all []domain.Participant, p domain.Participant) []domain.Participant {
	i := slices.IndexFunc(all, func(known domain.Participant) bool { return known.ProviderUserID == p.ProviderUserID })
	switch {
	case i < 0:
		return append(all, p)
	case p.Phone != "":
		all[i].Phone = p.Phone
	}
	return all
}

// endedAt is the end of the last contact; zero while one goes on.
func (c chainOf) endedAt() time.Time {
	var end time.Time
	for _, p := range c {
		if p.DisconnectTimestamp == nil {
			return time.Time{}
		}
		if p.DisconnectTimestamp.After(end) {
			end = p.DisconnectTimestamp.UTC()
		}
	}
	return end
}

// addRecordings takes the recording of each contact's agent interaction, in order. Those of the automated part (IVR) are not taken: nobody
// of the company speaks on them.
func (c chainOf) addRecordings(out *domain.ProviderCall, at time.Time) {
	deleted, missing := false, false
	for _, p := range c {
		missing = missing || p.mayStillBeRecorded(at)
		for _, r := range p.Recordings {
			if r.StorageType != types.StorageTypeS3 || r.MediaStreamType == types.MediaStreamTypeVideo || string(r.ParticipantType) == "IVR" || aws.ToString(r.Location) == "" {
				continue
			}
			if r.Status == types.RecordingStatusDeleted {
				deleted = true
				continue
			}
			out.Recordings = append(out.Recordings, domain.RecordingRef{ProviderCallID: out.ID, ID: aws.ToString(p.Id), URL: "s3://" + aws.ToString(r.Location)})
			break
		}
	}
	switch {
	case !out.Ended():
		out.Recording, out.Recordings = domain.RecordingPending, nil
	case len(out.Recordings) > 0 && missing:
		out.Recording, out.Recordings = domain.RecordingPending, nil
	case len(out.Recordings) > 0:
		out.Recording = domain.RecordingReady
	case deleted || out.AnsweredAt.IsZero() || !at.Before(out.EndedAt.Add(recordingSettled)):
		out.Recording = domain.RecordingNone
	default:
		out.Recording = domain.RecordingPending
	}
}

// mayStillBeRecorded tells of a contact that an agent talked in whether its recording may yet show, while those of others do. It does shortly
// after after-contact work; where the end of that is not told we wait as long as for any recording.
func (p part) mayStillBeRecorded(at time.Time) bool {
	if p.agent.ProviderUserID == "" || p.AgentInfo.ConnectedToAgentTimestamp == nil || len(p.Recordings) > 0 {
		return false
	}
	if p.AgentInfo.AfterContactWorkEndTimestamp != nil {
		return at.Before(p.AgentInfo.AfterContactWorkEndTimestamp.Add(recordingShown))
	}
	return at.Before(aws.ToTime(p.DisconnectTimestamp).Add(recordingSettled))
}

// lastPart of an ARN, or the whole of what is none.
func lastPart(s string) string {
	return s[strings.LastIndex(s, "/")+1:]
}
