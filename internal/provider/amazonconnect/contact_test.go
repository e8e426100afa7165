package amazonconnect

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

var began = time.Date(2026, 1, 5, 17, 0, 0, 0, time.UTC)

func after(s int) *time.Time { return aws.Time(began.Add(time.Duration(s) * time.Second)) }

// contact that began and ended so many seconds after the call began; end 0: it goes on.
func contact(id string, method types.ContactInitiationMethod, start, connected, end int, agent string) part {
	p := part{Contact: types.Contact{Id: aws.String(id), InitiationMethod: method, InitiationTimestamp: after(start),
		CustomerEndpoint: &types.EndpointInfo{Type: types.EndpointTypeTelephoneNumber, Address: aws.String("+12125550123"), DisplayName: aws.String("Grace")},
		SystemEndpoint:   &types.EndpointInfo{Type: types.EndpointTypeTelephoneNumber, Address: aws.String("212-555-0100")}}}
	if end > 0 {
		p.DisconnectTimestamp = after(end)
	}
	if agent != "" {
		p.AgentInfo = &types.AgentInfo{Id: aws.String(agent)}
		if connected > 0 {
			p.AgentInfo.ConnectedToAgentTimestamp = after(connected)
		}
		p.agent = domain.Participant{ProviderUserID: agent, Name: agent, Internal: true}
	}
	return p
}

func recorded(p part, r ...types.RecordingInfo) part {
	p.Recordings = r
	return p
}

// worked ends after-contact work.
func worked(p part, end int) part {
	info := *p.AgentInfo
	info.AfterContactWorkEndTimestamp = after(end)
	p.AgentInfo = &info
	return p
}

func recording(change func(*types.RecordingInfo)) types.RecordingInfo {
	r := types.RecordingInfo{StorageType: types.StorageTypeS3, MediaStreamType: types.MediaStreamTypeAudio, ParticipantType: types.ParticipantTypeAll, Status: types.RecordingStatusAvailable, Location: aws.String("bucket/a/b_c.wav")}
	if change != nil {
		change(&r)
	}
	return r
}

func TestDirection(t *testing.T) {
	t.Parallel()
	for method, want := range map[types.ContactInitiationMethod]domain.Direction{
		"INBOUND": domain.Inbound, "OUTBOUND": domain.Outbound, "TRANSFER": domain.Inbound, "QUEUE_TRANSFER": domain.Inbound, "CALLBACK": domain.Outbound, "API": domain.Outbound,
		"EXTERNAL_OUTBOUND": domain.Outbound, "WEBRTC_API": domain.Inbound, "FLOW": domain.Inbound, "": domain.Inbound,
	} {
		if got := direction(method); got != want {
			t.Errorf("%s is %s, want %s", method, got, want)
		}
		call := chainOf{contact(idA, method, 0, 5, 60, "a")}.convert(began.Add(time.Hour), "US")
		if call.InternalNumber() != "+12125550100" || call.ExternalNumber() != "+12125550123" {
			t.Errorf("%s: from %s to %s", method, call.From, call.To)
		}
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind    types.EndpointType
		address string
		want    string
	}{
		{"TELEPHONE_NUMBER", "+33199001234", "+33199001234"},
		{"TELEPHONE_NUMBER", "anonymous", "anonymous"},
		{"TELEPHONE_NUMBER", "", ""},
		{"VOIP", "Softphone", ""},
		{"CONTACT_FLOW", "arn:aws:connect:x", ""},
		{"", "(212) 555-0123", "+12125550123"},
	} {
		if got := address(&types.EndpointInfo{Type: c.kind, Address: aws.String(c.address)}, "US"); got != c.want {
			t.Errorf("%s %q is %q, want %q", c.kind, c.address, got, c.want)
		}
	}
	if got := address(nil, "US"); got != "" {
		t.Errorf("no endpoint is %q", got)
	}
}

// TestAgents: the last agent who took it has the call; whoever took it before is a participant, each once.
func TestAgents(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		chain    chainOf
		agent    string
		inside   []string
		answered int
		ended    int
	}{
		"nobody":               {chainOf{contact(idA, "INBOUND", 0, 0, 30, "")}, "", []string{""}, 0, 30},
		"one":                  {chainOf{contact(idA, "INBOUND", 0, 5, 60, "a")}, "a", []string{"a"}, 5, 60},
		"transfer":             {chainOf{contact(idA, "INBOUND", 0, 5, 60, "a"), contact(idB, "TRANSFER", 50, 61, 90, "b")}, "b", []string{"a", "b"}, 5, 90},
		"and back":             {chainOf{contact(idA, "INBOUND", 0, 5, 60, "a"), contact(idB, "TRANSFER", 50, 61, 90, "b"), contact("c", "TRANSFER", 80, 91, 99, "a")}, "a", []string{"a", "b"}, 5, 99},
		"to a queue, hung up":  {chainOf{contact(idA, "INBOUND", 0, 5, 60, "a"), contact(idB, "QUEUE_TRANSFER", 60, 0, 90, "")}, "a", []string{"a"}, 5, 90},
		"from queue to queue":  {chainOf{contact(idA, "INBOUND", 0, 0, 60, ""), contact(idB, "QUEUE_TRANSFER", 60, 70, 90, "b")}, "b", []string{"b"}, 70, 90},
		"transfer goes on":     {chainOf{contact(idA, "INBOUND", 0, 5, 60, "a"), contact(idB, "TRANSFER", 50, 61, 0, "b")}, "b", []string{"a", "b"}, 5, 0},
		"first ended the last": {chainOf{contact(idA, "INBOUND", 0, 5, 99, "a"), contact(idB, "TRANSFER", 50, 61, 90, "b")}, "b", []string{"a", "b"}, 5, 99},
	} {
		got := c.chain.convert(began.Add(time.Hour), "US")
		var inside []string
		for _, p := range got.Participants[:len(got.Participants)-1] {
			inside = append(inside, p.ProviderUserID)
		}
		if diff := cmp.Diff(c.inside, inside); diff != "" || got.Agent.ProviderUserID != c.agent || got.Agent.Phone != "+12125550100" {
			t.Errorf("%s: agent %+v, participants %v", name, got.Agent, inside)
		}
		if c.ended > 0 && !got.EndedAt.Equal(*after(c.ended)) || c.ended == 0 && (got.Ended() || got.Recording != domain.RecordingPending) {
			t.Errorf("%s: ended %v", name, got.EndedAt)
		}
		if c.answered > 0 && !got.AnsweredAt.Equal(*after(c.answered)) || c.answered == 0 && !got.AnsweredAt.IsZero() {
			t.Errorf("%s: answered %v", name, got.AnsweredAt)
		}
	}
}

func TestRecordings(t *testing.T) {
	t.Parallel()
	one := contact(idA, "INBOUND", 0, 5, 60, "a")
	two := contact(idB, "TRANSFER", 60, 61, 90, "b")
	unanswered := contact(idA, "INBOUND", 0, 0, 60, "")
	fine := recording(nil)
	video := recording(func(r *types.RecordingInfo) { r.MediaStreamType = types.MediaStreamTypeVideo })
	live := recording(func(r *types.RecordingInfo) { r.StorageType = types.StorageTypeKinesisVideoStream })
	machine := recording(func(r *types.RecordingInfo) { r.ParticipantType = "IVR" })
	deleted := recording(func(r *types.RecordingInfo) { r.Status = types.RecordingStatusDeleted })
	nowhere := recording(func(r *types.RecordingInfo) { r.Location = nil })
	for name, c := range map[string]struct {
		chain chainOf
		later time.Duration
		state domain.RecordingState
		ids   []string
	}{
		"ready":               {chainOf{recorded(one, fine)}, time.Minute, domain.RecordingReady, []string{idA}},
		"automated part too":  {chainOf{recorded(one, machine, fine)}, time.Minute, domain.RecordingReady, []string{idA}},
		"automated part":      {chainOf{recorded(one, machine)}, time.Minute, domain.RecordingPending, nil},
		"live and video":      {chainOf{recorded(one, live, video, nowhere)}, time.Minute, domain.RecordingPending, nil},
		"not yet":             {chainOf{one}, 5 * time.Hour, domain.RecordingPending, nil},
		"never":               {chainOf{one}, 6*time.Hour + time.Minute, domain.RecordingNone, nil},
		"deleted":             {chainOf{recorded(one, deleted)}, time.Minute, domain.RecordingNone, nil},
		"nobody":              {chainOf{unanswered}, time.Minute, domain.RecordingNone, nil},
		"of each contact":     {chainOf{recorded(one, fine), recorded(two, fine)}, time.Minute, domain.RecordingReady, []string{idA, idB}},
		"one of two":          {chainOf{recorded(one, fine), two}, time.Hour, domain.RecordingPending, nil},
		"one of two, settled": {chainOf{recorded(one, fine), two}, 7 * time.Hour, domain.RecordingReady, []string{idA}},
		"one, work is over":   {chainOf{recorded(one, fine), worked(two, 120)}, 13 * time.Minute, domain.RecordingReady, []string{idA}},
		"one, work just over": {chainOf{recorded(one, fine), worked(two, 120)}, 9 * time.Minute, domain.RecordingPending, nil},
		"of the second":       {chainOf{recorded(one, deleted), recorded(two, fine)}, time.Minute, domain.RecordingReady, []string{idB}},
	} {
		got := c.chain.convert(began.Add(time.Minute+c.later), "US")
		var ids []string
		for _, r := range got.Recordings {
			ids = append(ids, r.ID)
			if r.ProviderCallID != idA || r.URL != "s3://bucket/a/b_c.wav" {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if diff := cmp.Diff(c.ids, ids); diff != "" || got.Recording != c.state {
			t.Errorf("%s: %s %v, want %s %v", name, got.Recording, ids, c.state, c.ids)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]domain.Kind{
		"ThrottlingException": domain.KindRateLimited, "TooManyRequestsException": domain.KindRateLimited, "ProvisionedThroughputExceededException": domain.KindRateLimited,
		"AccessDeniedException": domain.KindScopeMissing, "AccessDenied": domain.KindScopeMissing,
		"UnrecognizedClientException": domain.KindUnauthorized, "InvalidClientTokenId": domain.KindUnauthorized, "ExpiredTokenException": domain.KindUnauthorized,
		"ExpiredToken": domain.KindUnauthorized, "InvalidSignatureException": domain.KindUnauthorized,
		"ResourceNotFoundException": domain.KindNotFound, "AWS.SimpleQueueService.NonExistentQueue": domain.KindNotFound,
		"InternalServiceException": domain.KindTemporary, "InvalidRequestException": domain.KindInvalid, "InvalidParameterException": domain.KindInvalid,
	} {
		err := problem(&smithy.GenericAPIError{Code: code, Message: "said"}, "connect:SearchContacts")
		if !domain.IsKind(err, want) {
			t.Errorf("%s is %v, want %s", code, err, want)
		}
	}
	for status, want := range map[int]domain.Kind{401: domain.KindUnauthorized, 403: domain.KindScopeMissing, 500: domain.KindTemporary, 400: domain.KindInvalid} {
		err := problem(&smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: &smithy.GenericAPIError{Code: "UnknownError"}}, "x")
		if !domain.IsKind(err, want) {
			t.Errorf("%d is %v, want %s", status, err, want)
		}
	}
	if err := problem(nil, "x"); err != nil {
		t.Errorf("nothing is %v", err)
	}
	if err := problem(errors.New("connection refused"), "x"); !domain.IsKind(err, domain.KindTemporary) {
		t.Errorf("an unreachable service is %v", err)
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ service, path, want string }{
		{"connect", "/search-contacts", groupSearch},
		{"connect", "/contacts/i/c", groupDescribe},
		{"connect", "/contact/associated/i", groupOther},
		{"connect", "/users/i/u", groupOther},
		{"kinesis", "/", groupStream},
		{"sqs", "/", ""},
		{"s3", "/bucket/contacts/x", ""},
	} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://x.example"+c.path, nil)
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20260105/us-east-1/"+c.service+"/aws4_request, SignedHeaders=host, Signature=00")
		got := groups(r)
		if c.want == "" && got != nil || c.want != "" && (len(got) != 1 || got[0] != c.want) {
			t.Errorf("%s%s counts in %v, want %q", c.service, c.path, got, c.want)
		}
	}
}
