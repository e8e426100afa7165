package dialpad_test

import (
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/dialpad/fake"
	"earshot/internal/provider/providertest"
)

func itemOf(r provider.CheckReport, name string) provider.CheckItem {
	for _, i := range r.Items {
		if i.Name == name {
			return i
		}
	}
	return provider.CheckItem{}
}

// TestCheckSaysWhatIsMissing: each lack in words, with what to do.
func TestCheckSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	recorded := fake.Call{Direction: "inbound", Customer: providertest.Customer, Talk: time.Minute, Recording: []byte("ID3")}
	silent := recorded
	silent.Recording = nil
	for _, c := range []struct {
		name, item, want string
		ok               bool
		calls            []fake.Call
		faults           fake.Faults
	}{
		{"no calls", "Recordings", "no calls yet", true, nil, fake.Faults{}},
		{"all is well", "Recordings", "can be downloaded", true, []fake.Call{recorded}, fake.Faults{}},
		{"without recordings_export", "Recordings", "lacks the scope recordings_export", false, []fake.Call{recorded, silent}, fake.Faults{Without: []string{"recordings_export"}}},
		{"nothing is recorded", "Recordings", "None of the newest 2", false, []fake.Call{silent, silent}, fake.Faults{}},
		{"links, but refused", "Recordings", "refuses to give them", false, []fake.Call{recorded}, fake.Faults{Refuse: fake.RefuseLogin}},
		{"links, but gone", "Recordings", "could not be downloaded", true, []fake.Call{recorded}, fake.Faults{MediaStatus: 404}},
		{"without calls:list", "Calls", "may not list calls", false, []fake.Call{recorded}, fake.Faults{Without: []string{"calls:list"}}},
		{"without webhooks", "Webhooks", "every hour", false, nil, fake.Faults{NoWebhooks: true}},
	} {
		clock := providertest.NewClock()
		w := newWorld(t, clock)
		conn := open(t, w, clock)
		for _, call := range c.calls {
			call.UserID = w.agent
			w.Server.Place(call)
		}
		clock.Advance(time.Hour)
		w.Server.SetFaults(c.faults)
		report, err := conn.Check(t.Context())
		if err != nil || report.Account != "Fake Company" {
			t.Errorf("%s: %+v, %v", c.name, report, err)
			continue
		}
		if item := itemOf(report, c.item); item.OK != c.ok || !strings.Contains(item.Detail, c.want) || !c.ok && item.Fix == "" {
			t.Errorf("%s: %+v, want %q in it, OK %v", c.name, item, c.want, c.ok)
		}
		if exports := strings.Contains(report.Scope, "recordings_export"); exports != (c.name == "all is well") {
			t.Errorf("%s: the scopes are said to be %q", c.name, report.Scope)
		}
	}
}

// TestNoAdmin: a key of somebody else is told apart from a wrong one.
func TestNoAdmin(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	w.Server.SetFaults(fake.Faults{NotAdmin: true})
	if _, err := conn.Check(t.Context()); !domain.IsKind(err, domain.KindScopeMissing) || !strings.Contains(domain.MessageOf(err), "Company Admin") {
		t.Errorf("Check = %v", err)
	}
}

// TestRefusedRecordings: the ways in which Dialpad refuses all mean that a right is missing, not that the recording has gone; with
// a key that is no good at all, they mean that.
func TestRefusedRecordings(t *testing.T) {
	t.Parallel()
	for _, refuse := range []string{fake.RefuseLogin, fake.RefusePage, fake.Refuse401, fake.Refuse403} {
		clock := providertest.NewClock()
		w := newWorld(t, clock)
		conn := open(t, w, clock)
		id := w.Server.Place(fake.Call{Direction: "inbound", UserID: w.agent, Customer: providertest.Customer, Talk: time.Minute, Recording: []byte("ID3"), RecordedBy: fake.ByAdmin})
		clock.Advance(time.Hour)
		ref := get(t, conn, id).Recordings[0]
		w.Server.SetFaults(fake.Faults{Refuse: refuse})
		if _, _, err := conn.Fetch(t.Context(), ref, 0); !domain.IsKind(err, domain.KindScopeMissing) || !strings.Contains(domain.MessageOf(err), "recordings_export") {
			t.Errorf("%s: %v", refuse, err)
		}
		settings := map[string]string{"base_url": w.url}
		wrong := openWith(t, w, provider.Config{Opener: w.Opener(), Credential: map[string]string{"api_key": "wrong"}, Settings: settings, Now: clock.Now, Sleep: clock.Sleep})
		if _, _, err := wrong.Fetch(t.Context(), ref, 0); !domain.IsKind(err, domain.KindUnauthorized) {
			t.Errorf("%s, with a wrong key: %v", refuse, err)
		}
	}
}

// TestOtherHosts: no link leads elsewhere, and the key goes nowhere else.
func TestOtherHosts(t *testing.T) {
	t.Parallel()
	clock := providertest.NewClock()
	w := newWorld(t, clock)
	conn := open(t, w, clock)
	other := newSite(t)
	for link, code := range map[string]string{other.URL + "/r/1": "recording_host_refused", "https://dialpad.com.example.com/r/1": "recording_host_refused", "http://dialpad.com/r/1": "recording_host_refused", "ftp://dialpad.com/r": "recording_host_refused", ":": "bad_link"} {
		if _, _, err := conn.Fetch(t.Context(), domain.RecordingRef{ProviderCallID: "1", ID: "1", URL: link}, 0); domain.CodeOf(err) != code {
			t.Errorf("%s: %v", link, err)
		}
	}
	if n := len(other.all()); n > 0 {
		t.Errorf("%d requests went to another host", n)
	}
}
