package amazonconnect_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/amazonconnect"
	"earshot/internal/provider/amazonconnect/fake"
	"earshot/internal/provider/providertest"
)

func open(t *testing.T, w *world, clock *providertest.Clock, change func(credential, settings map[string]string)) *provider.Connector {
	t.Helper()
	credential, settings := w.Account()
	if change != nil {
		change(credential, settings)
	}
	c, err := provider.New(provider.Config{Opener: amazonconnect.Opener(), Credential: credential, Settings: settings, Now: clock.Now, Sleep: clock.Sleep})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, p := range w.Problems() {
			t.Errorf("AWS was asked wrongly: %s", p)
		}
	})
	return c
}

func transferred(w *world, at time.Time) fake.Call {
	return fake.Call{Direction: "inbound", Customer: providertest.Customer, StartedAt: at, Ring: 5 * time.Second, Parts: []fake.Part{
		{UserID: w.agent, Talk: time.Minute, Recording: []byte("first part")},
		{UserID: w.colleague, Talk: 2 * time.Minute, Recording: []byte("second part")},
	}}
}

func calls(t *testing.T, c *provider.Connector, from, to time.Time) map[string]domain.ProviderCall {
	t.Helper()
	out := map[string]domain.ProviderCall{}
	for call, err := range c.Calls(t.Context(), provider.Window{From: from, To: to}) {
		if err != nil {
			t.Fatal(err)
		}
		out[call.ID] = call
	}
	return out
}

// TestTransfer: the contacts of a call are one call, of the last agent who was connected, with the recording of each in order; also where
// the first does not name those that follow, as after a transfer by a flow.
func TestTransfer(t *testing.T) {
	t.Parallel()
	for _, unnamed := range []bool{false, true} {
		clock := providertest.NewClock()
		w := newWorld(t, clock, "SQS queue")
		conn := open(t, w, clock, nil)
		start := clock.Now()
		placed := transferred(w, start)
		placed.Unnamed = unnamed
		id := w.Server.Place(placed)
		clock.Advance(time.Hour)
		got, err := conn.GetCall(t.Context(), id, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Agent.ProviderUserID != w.colleague || got.Agent.Username != "carl" || got.Agent.Email != providertest.ColleagueEmail {
			t.Errorf("agent is %+v, want the last", got.Agent)
		}
		if inside := got.Participants[:len(got.Participants)-1]; len(inside) != 2 || inside[0].ProviderUserID != w.agent || got.TalkTime() != 3*time.Minute || !got.EndedAt.Equal(start.Add(185*time.Second)) {
			t.Errorf("call is %+v", got)
		}
		if len(got.Recordings) != 2 || got.Recordings[0].ID != id || !strings.Contains(got.Recordings[0].URL, id+"_") {
			t.Fatalf("recordings are %+v", got.Recordings)
		}
		listed := calls(t, conn, start, start.Add(time.Hour))
		if diff := cmp.Diff(map[string]domain.ProviderCall{id: got}, listed); diff != "" {
			t.Errorf("the listing tells another story:\n%s", diff)
		}
		if none := calls(t, conn, start.Add(30*time.Second), start.Add(time.Hour)); len(none) > 0 {
			t.Errorf("a part of a call that began before the window is told: %+v", none)
		}
		_, err = conn.GetCall(t.Context(), got.Recordings[1].ID, time.Time{})
		if domain.CodeOf(err) != string(domain.PartOfCall) {
			t.Errorf("a part of a call: %v", err)
		}
	}
}

// TestTransferAcrossPages: of a call whose contacts are found on two pages the whole is told in the end.
func TestTransferAcrossPages(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock, "SQS queue")
	conn := open(t, w, clock, nil)
	start := clock.Now()
	for i := range 99 {
		w.Server.Place(fake.Call{Customer: providertest.Customer, StartedAt: start.Add(time.Duration(i) * time.Second)})
	}
	placed := transferred(w, start.Add(99*time.Second))
	placed.Unnamed = true
	id := w.Server.Place(placed)
	clock.Advance(24 * time.Hour)
	got := calls(t, conn, start, clock.Now())
	if len(got) != 100 || got[id].Agent.ProviderUserID != w.colleague || len(got[id].Recordings) != 2 {
		t.Errorf("%d calls, the transferred one is %+v", len(got), got[id])
	}
}

// TestLongWindow: more than AWS searches at once.
func TestLongWindow(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock, "search only")
	conn := open(t, w, clock, nil)
	start := clock.Now()
	var want []string
	for i := range 20 {
		want = append(want, w.Place(providertest.Call{Customer: providertest.Customer, StartedAt: start.Add(time.Duration(i) * 84 * time.Hour), Talk: time.Minute, Agent: providertest.Agent}))
	}
	clock.Advance(71 * 24 * time.Hour)
	got := calls(t, conn, start, clock.Now())
	for _, id := range want {
		if _, ok := got[id]; !ok {
			t.Errorf("%s is missing", id)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d calls, want %d", len(got), len(want))
	}
	if batch, err := conn.Poll(t.Context(), ""); err != nil || len(batch.Bodies) > 0 || batch.More {
		t.Errorf("without queue or stream: %+v, %v", batch, err)
	}
}

// TestSettledCallsCostNothing: a listing describes only the contacts that may still change something here.
func TestSettledCallsCostNothing(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock, "search only")
	conn := open(t, w, clock, nil)
	start := clock.Now()
	var placed []string
	for i := range 20 {
		placed = append(placed, w.Place(providertest.Call{Customer: providertest.Customer, StartedAt: start.Add(time.Duration(i) * time.Minute), Talk: time.Minute, Agent: providertest.Agent}))
	}
	clock.Advance(3 * time.Hour)
	requests := func(settled func(context.Context, []string) (map[string]bool, error)) (int, []domain.ProviderCall, error) {
		before := w.Seen().Requests
		page, err := conn.Page(provider.WithSettled(t.Context(), settled), provider.Window{From: start, To: clock.Now()}, "")
		return w.Seen().Requests - before, page.Calls, err
	}
	all, found, err := requests(func(context.Context, []string) (map[string]bool, error) { return nil, nil })
	if err != nil || len(found) != 20 {
		t.Fatalf("%d calls, %v", len(found), err)
	}
	few, found, err := requests(func(_ context.Context, ids []string) (map[string]bool, error) {
		out := map[string]bool{}
		for _, id := range ids {
			out[id] = id != placed[7]
		}
		return out, nil
	})
	if err != nil || len(found) != 1 || found[0].ID != placed[7] || all < 21 || few != 2 { // searching, and describing each
		t.Errorf("%d requests for all and %d for one, which is %+v, %v", all, few, found, err)
	}
	if _, _, err := requests(func(context.Context, []string) (map[string]bool, error) { return nil, errors.New("no database") }); err == nil {
		t.Error("what cannot be known is taken for settled")
	}
}

// TestAfterWork: while the agent is in after-contact work nothing is told, and the recording is still to come.
func TestAfterWork(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock, "SQS queue")
	conn := open(t, w, clock, nil)
	start := clock.Now()
	id := w.Server.Place(fake.Call{Customer: providertest.Customer, StartedAt: start, AfterWork: 3 * time.Hour, Parts: []fake.Part{{UserID: w.agent, Talk: time.Minute, Recording: []byte("audio")}}})
	look := func() (state domain.RecordingState, listed, told int) {
		w.Deliver(t.Context())
		call, err := conn.GetCall(t.Context(), id, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		batch, err := conn.Poll(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range batch.Bodies {
			events, err := conn.Parse(body, clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			told += len(events)
		}
		return call.Recording, len(calls(t, conn, start, clock.Now())), told
	}
	clock.Advance(2 * time.Hour)
	if state, listed, told := look(); state != domain.RecordingPending || listed+told != 0 {
		t.Errorf("in after-contact work: %q, listed %d, told %d", state, listed, told)
	}
	clock.Advance(2 * time.Hour)
	if state, listed, told := look(); state != domain.RecordingReady || listed != 1 || told != 1 {
		t.Errorf("after it: %q, listed %d, told %d", state, listed, told)
	}
}

// TestRole: a role is assumed with the external ID, and anew before its hour is over; one that may not be is told in words.
func TestRole(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock, "SQS queue")
	assume := func(role, external string) *provider.Connector {
		return open(t, w, clock, func(c, _ map[string]string) {
			clear(c)
			c["kind"], c["role_arn"], c["external_id"] = "assume_role", role, external
			c["access_key_id_source"], c["secret_access_key_source"] = "AKIAFAKEFAKEFAKE", "fake-secret-access-key"
		})
	}
	const role = "arn:aws:iam::111122223333:role/Earshot"
	right := assume(role, "fake-external-id")
	report, err := right.Check(t.Context())
	if err != nil || report.Account != "fake-company" || len(report.Items) != 6 {
		t.Errorf("Check = %+v, %v", report, err)
	}
	for _, external := range []string{"another", ""} {
		_, err := assume(role, external).Check(t.Context())
		if !domain.IsKind(err, domain.KindUnauthorized) || domain.CodeOf(err) != "role_refused" || !strings.Contains(domain.MessageOf(err), "external ID") {
			t.Errorf("external ID %q: %v", external, err)
		}
	}
}

// TestCheckNamesWhatIsMissing: each permission that is taken away is named as IAM does.
func TestCheckNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"SearchContacts", "DescribeContact", "ListAssociatedContacts", "ListInstanceStorageConfigs", "ListUsers", "DescribeUser", "DescribeInstance"} {
		clock := providertest.NewClock()
		w := newWorld(t, clock, "Kinesis stream")
		conn := open(t, w, clock, func(_, s map[string]string) {
			s["stream_name"] = "arn:aws:kinesis:us-east-1:111122223333:stream/contact-records"
		})
		w.Server.SetFaults(fake.Faults{Denied: operation})
		report, err := conn.Check(t.Context())
		said := fmt.Sprint(err)
		for _, i := range report.Items {
			if !i.OK {
				said += i.Detail
			}
		}
		if !strings.Contains(said, "connect:"+operation) {
			t.Errorf("without %s: %s", operation, said)
		}
	}
}

// TestStream: a stream that is split, and that has long stretches without records, is read whole.
func TestStream(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock, "Kinesis stream")
	conn := open(t, w, clock, nil)
	batch, err := conn.Poll(t.Context(), "")
	if err != nil || len(batch.Bodies) > 0 {
		t.Fatalf("%+v, %v", batch, err)
	}
	cursor, told := batch.Next, map[string]bool{}
	take := func() {
		for more, n := true, 0; more; n++ {
			if n > 50 {
				t.Fatal("there is always more")
			}
			batch, err := conn.Poll(t.Context(), cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, body := range batch.Bodies {
				events, err := conn.Parse(body, clock.Now())
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range events {
					told[e.CallID] = true
				}
			}
			cursor, more = batch.Next, batch.More
		}
	}
	var want []string
	for i := range 6 {
		want = append(want, w.Place(providertest.Call{Customer: providertest.Customer, StartedAt: clock.Now(), Talk: time.Minute, Agent: providertest.Agent}))
		clock.Advance(time.Hour)
		w.Deliver(t.Context())
		switch i {
		case 1, 3:
			w.Reshard()
		case 2:
			w.SetStretches(3)
		}
		if i%2 == 0 {
			take()
		}
	}
	take()
	take()
	for i, id := range want {
		if !told[id] {
			t.Errorf("call %d is lost", i)
		}
	}
	for _, bad := range []provider.Cursor{"null", "7", "x"} {
		if _, err := conn.Poll(t.Context(), bad); !domain.IsKind(err, domain.KindInvalid) {
			t.Errorf("cursor %q: %v", bad, err)
		}
	}
}

// TestRefusedObject: why S3 gives no recording is told in words.
func TestRefusedObject(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		code   string
		kind   domain.Kind
		says   string
	}{
		{http.StatusForbidden, "AccessDenied", domain.KindScopeMissing, "kms:Decrypt"},
		{http.StatusForbidden, "InvalidObjectState", domain.KindGone, "Glacier"},
		{http.StatusForbidden, "InvalidAccessKeyId", domain.KindUnauthorized, "credential"},
		{http.StatusNotFound, "NoSuchKey", domain.KindNotReady, "does not give it yet"},
		{http.StatusServiceUnavailable, "SlowDown", domain.KindTemporary, ""},
	} {
		clock := providertest.NewClock()
		w := newWorld(t, clock, "SQS queue")
		conn := open(t, w, clock, nil)
		id := w.Place(providertest.Call{Customer: providertest.Customer, StartedAt: clock.Now(), Talk: time.Minute, Agent: providertest.Agent, Audio: []byte("audio")})
		clock.Advance(10 * time.Minute)
		call, err := conn.GetCall(t.Context(), id, time.Time{})
		if err != nil || len(call.Recordings) != 1 {
			t.Fatalf("%+v, %v", call, err)
		}
		w.Server.SetFaults(fake.Faults{MediaStatus: c.status, MediaCode: c.code})
		_, _, err = conn.Fetch(t.Context(), call.Recordings[0], 0)
		if !domain.IsKind(err, c.kind) || !strings.Contains(domain.MessageOf(err), c.says) {
			t.Errorf("%d %s: %v, want %s", c.status, c.code, err, c.kind)
		}
	}
}
