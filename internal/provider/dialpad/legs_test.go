package dialpad_test

import (
	"io"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/dialpad/fake"
	"earshot/internal/provider/providertest"
)

// audioOf downloads all parts.
func audioOf(t *testing.T, c *provider.Connector, call domain.ProviderCall) []string {
	t.Helper()
	var out []string
	for _, ref := range call.Recordings {
		body, _, err := c.Fetch(t.Context(), ref, 0)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		body.Close()
		out = append(out, string(data))
	}
	return out
}

// TestConversations: however many legs a call has, GetCall, GetCall with a time, and the listing tell the same one call, with all
// parties, the last who talked, and each part of the audio once and in order.
func TestConversations(t *testing.T) {
	t.Parallel()
	sound := func(s string) []byte { return []byte("ID3" + s) }
	for name, c := range map[string]struct {
		call   func(*world) fake.Call
		agent  string
		inside int
		audio  []string
		legs   int
		talk   time.Duration // at least
	}{
		"direct": {func(w *world) fake.Call {
			return fake.Call{Direction: "inbound", UserID: w.agent, Line: providertest.Line, Recording: sound("a")}
		}, providertest.AgentName, 1, []string{"ID3a"}, 1, time.Minute},
		"by a center": {func(w *world) fake.Call {
			return fake.Call{Direction: "inbound", GroupID: w.center, UserID: w.agent, Recording: sound("a")}
		}, providertest.AgentName, 1, []string{"ID3a"}, 2, time.Minute},
		"by a center, recorded by both": {func(w *world) fake.Call {
			return fake.Call{Direction: "inbound", GroupID: w.center, UserID: w.agent, Recording: sound("a"), RecordedBy: fake.ByBoth}
		}, providertest.AgentName, 1, []string{"ID3a"}, 2, time.Minute},
		"direct, recorded by both": {func(w *world) fake.Call {
			return fake.Call{Direction: "outbound", UserID: w.agent, Line: providertest.Line, Recording: sound("a"), RecordedBy: fake.ByBoth}
		}, providertest.AgentName, 1, []string{"ID3a"}, 1, time.Minute},
		"transferred": {func(w *world) fake.Call {
			return fake.Call{Direction: "inbound", UserID: w.agent, Line: providertest.Line, Recording: sound("a"),
				Transfers: []fake.Transfer{{UserID: w.colleague, Ring: 5 * time.Second, Talk: 2 * time.Minute, Recording: sound("b")}}}
		}, providertest.ColleagueName, 2, []string{"ID3a", "ID3b"}, 2, 3 * time.Minute},
		"transferred back, by a center, by admins": {func(w *world) fake.Call {
			return fake.Call{Direction: "inbound", GroupID: w.center, UserID: w.agent, Recording: sound("a"), RecordedBy: fake.ByAdmin,
				Transfers: []fake.Transfer{
					{UserID: w.colleague, Ring: 5 * time.Second, Talk: time.Minute, Recording: sound("b"), RecordedBy: fake.ByBoth},
					{UserID: w.agent, Ring: 5 * time.Second, Talk: time.Minute, Recording: sound("c")},
				}}
		}, providertest.AgentName, 2, []string{"ID3a", "ID3b", "ID3c"}, 4, 3 * time.Minute},
		"parked for long": {func(w *world) fake.Call {
			return fake.Call{Direction: "inbound", UserID: w.agent, Line: providertest.Line, Recording: sound("a"),
				Transfers: []fake.Transfer{{UserID: w.colleague, Parked: 40 * time.Minute, Talk: time.Minute, Recording: sound("b")}}}
		}, providertest.ColleagueName, 2, []string{"ID3a", "ID3b"}, 2, 42 * time.Minute},
		"handed on to one who did not answer": {func(w *world) fake.Call {
			return fake.Call{Direction: "inbound", UserID: w.agent, Line: providertest.Line, Recording: sound("a"),
				Transfers: []fake.Transfer{{UserID: w.colleague, Ring: 20 * time.Second}}}
		}, providertest.AgentName, 1, []string{"ID3a"}, 2, time.Minute},
		"stopped and started": {func(w *world) fake.Call {
			return fake.Call{Direction: "outbound", UserID: w.agent, Line: providertest.Line, Pieces: [][]byte{sound("1"), sound("2"), sound("3")}}
		}, providertest.AgentName, 1, []string{"ID31", "ID32", "ID33"}, 1, time.Minute},
		"links without details": {func(w *world) fake.Call {
			return fake.Call{Direction: "inbound", UserID: w.agent, Line: providertest.Line, Recording: sound("a"), RecordedBy: fake.ByBoth, NoDetails: true}
		}, providertest.AgentName, 1, []string{"ID3a"}, 1, time.Minute},
		"voicemail of a center": {func(w *world) fake.Call {
			return fake.Call{Direction: "inbound", GroupID: w.center, Ring: time.Minute, Voicemail: sound("v")}
		}, "", 1, []string{"ID3v"}, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := providertest.NewClock()
			w := newWorld(t, clock)
			conn := open(t, w, clock)
			start := clock.Now()
			call := c.call(w)
			call.Customer, call.ContactName, call.StartedAt = providertest.Customer, "Grace Client", start.Add(20*time.Minute)
			if call.Voicemail == nil {
				call.Ring, call.Talk = 10*time.Second, time.Minute
			}
			noise(w, start)
			id := w.Server.Place(call)
			if legs := w.Legs(id); len(legs) != c.legs {
				t.Fatalf("the fake made %d legs, want %d", len(legs), c.legs)
			}
			clock.Advance(5 * time.Hour)
			got := get(t, conn, id)
			near, err := conn.GetCall(t.Context(), got.ID, got.StartedAt)
			if diff := cmp.Diff(got, near); diff != "" || err != nil {
				t.Errorf("with a time it is told differently: %v\n%s", err, diff)
			}
			listed := list(t, conn, start, clock.Now())
			i := slices.IndexFunc(listed, func(l domain.ProviderCall) bool { return l.ID == got.ID })
			if i < 0 {
				t.Fatal("it is not in the listing")
			}
			if diff := cmp.Diff(got, listed[i]); diff != "" {
				t.Errorf("the listing tells it differently:\n%s", diff)
			}
			if len(listed) != 1+noises {
				t.Errorf("%d calls are listed, want %d: a leg is told as a call", len(listed), 1+noises)
			}
			if got.Agent.Name != c.agent && c.agent != "" || got.To != providertest.Line && got.From != providertest.Line || got.TalkTime() < c.talk {
				t.Errorf("agent %+v from %s to %s, talked %v", got.Agent, got.From, got.To, got.TalkTime())
			}
			inside := 0
			for _, p := range got.Participants {
				if p.Internal {
					inside++
				}
			}
			if inside != c.inside || len(got.Participants) != c.inside+1 {
				t.Errorf("%d of ours among %+v, want %d and one other", inside, got.Participants, c.inside)
			}
			if diff := cmp.Diff(c.audio, audioOf(t, conn, got)); diff != "" {
				t.Errorf("audio:\n%s", diff)
			}
		})
	}
}

const noises = 60

// noise are other calls around, so that a listing has pages.
func noise(w *world, start time.Time) {
	for i := range noises {
		w.Server.Place(fake.Call{Direction: "outbound", UserID: w.colleague, Line: "+12125550177", Customer: "+12125550188", StartedAt: start.Add(time.Duration(i) * time.Minute), Talk: 20 * time.Second, Recording: []byte("ID3 other")})
	}
}

// TestTransferAsItHappens: while the second part goes on the first is not taken for the whole; the event of the second brings it.
func TestTransferAsItHappens(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	id := w.Server.Place(fake.Call{Direction: "inbound", UserID: w.agent, Line: providertest.Line, Customer: providertest.Customer, Talk: time.Minute, AssetsAfter: -1, Recording: []byte("ID3a"),
		Transfers: []fake.Transfer{{UserID: w.colleague, Ring: 5 * time.Second, Talk: 10 * time.Minute, Recording: []byte("ID3b")}}})
	clock.Advance(30 * time.Second)
	if c := get(t, conn, id); c.Ended() {
		t.Errorf("during the first part it ended at %v", c.EndedAt)
	}
	clock.Advance(5 * time.Minute)
	for _, c := range append(list(t, conn, clock.Now().Add(-time.Hour), clock.Now()), get(t, conn, id)) {
		if c.Recording != domain.RecordingPending {
			t.Errorf("during the second part the recording is %q", c.Recording)
		}
	}
	clock.Advance(10 * time.Minute)
	if c := get(t, conn, id); c.Recording != domain.RecordingReady || len(c.Recordings) != 2 || c.Agent.Name != providertest.ColleagueName {
		t.Errorf("in the end it is %+v", c)
	}
}

// TestLegIsNoCall: a leg's own id is not that of a call.
func TestLegIsNoCall(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	legs := w.Legs(w.Server.Place(fake.Call{Direction: "inbound", GroupID: w.center, UserID: w.agent, Customer: providertest.Customer, Talk: time.Minute}))
	start := clock.Now()
	for _, after := range []time.Duration{30 * time.Second, time.Hour} {
		clock.Advance(after)
		for _, near := range []time.Time{{}, start} {
			_, err := conn.GetCall(t.Context(), strconv.FormatInt(legs[1], 10), near)
			if !domain.IsKind(err, domain.KindNotFound) || domain.CodeOf(err) != "part_of_call" {
				t.Errorf("%v on, the leg's id gives %v", after, err)
			}
		}
	}
}
