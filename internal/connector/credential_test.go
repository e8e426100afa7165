package connector

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/ingest"
	"earshot/internal/provider"
	"earshot/internal/provider/memory"
	"earshot/internal/store"
	"earshot/internal/testkit"
)

// twoKinds lets the reference driver have a key, or an app with a login, and two settings.
func twoKinds(o *provider.Opener) {
	o.Info.Kinds = []provider.CredentialKind{{Name: "key", Fields: []string{"key"}}, {Name: "app", Fields: []string{"client_id", "client_secret"}, Login: true}}
	o.Info.Credential = []provider.Field{
		{Name: "key", Label: "Key", Secret: true, Required: true},
		{Name: "client_id", Label: "Client id", Required: true},
		{Name: "client_secret", Label: "Client secret", Secret: true, Required: true},
	}
	o.Info.Settings = []provider.Field{
		{Name: "base_url", Label: "Address", Default: "http://memory.invalid"},
		{Name: "region", Label: "Region", Default: "US", Choices: []string{"US", "FR"}},
	}
}

// TestSaveCredential: what is entered goes over what is kept, and that over the default.
func TestSaveCredential(t *testing.T) {
	t.Parallel()
	type fields = map[string]string
	settings := func(address, region string) fields { return fields{"base_url": address, "region": region} }
	const address = "http://memory.invalid"
	cases := map[string]struct {
		kept, keptSettings fields // first saved
		entered, settings  fields // then saved
		want, wantSettings fields
		code               string // of the error, and nothing is changed
	}{
		"the first kind where none is named":       {nil, nil, fields{"key": "k"}, nil, fields{"kind": "key", "key": "k"}, settings(address, "US"), ""},
		"an empty secret stays":                    {fields{"key": "k"}, nil, fields{"key": ""}, nil, fields{"kind": "key", "key": "k"}, settings(address, "US"), ""},
		"a secret of blanks too":                   {fields{"key": "k"}, nil, fields{"key": " \n"}, nil, fields{"kind": "key", "key": "k"}, settings(address, "US"), ""},
		"one that is left out too":                 {fields{"key": "k"}, nil, fields{}, nil, fields{"kind": "key", "key": "k"}, settings(address, "US"), ""},
		"a new one is taken, without blanks":       {fields{"key": "k"}, nil, fields{"key": " new\t"}, nil, fields{"kind": "key", "key": "new"}, settings(address, "US"), ""},
		"what the driver does not declare":         {nil, nil, fields{"key": "k", "subscription_secret": "x", "other": "y"}, fields{"odd": "z"}, fields{"kind": "key", "key": "k"}, settings(address, "US"), ""},
		"fields of another kind":                   {nil, nil, fields{"key": "k", "client_id": "c"}, nil, fields{"kind": "key", "key": "k"}, settings(address, "US"), ""},
		"the kind stays":                           {fields{"kind": "app", "client_id": "c", "client_secret": "s"}, nil, fields{"client_id": "d"}, nil, fields{"kind": "app", "client_id": "d", "client_secret": "s"}, settings(address, "US"), ""},
		"another kind forgets the first":           {fields{"key": "k"}, nil, fields{"kind": "app", "client_id": "c", "client_secret": "s"}, nil, fields{"kind": "app", "client_id": "c", "client_secret": "s"}, settings(address, "US"), ""},
		"an id may not be emptied":                 {fields{"kind": "app", "client_id": "c", "client_secret": "s"}, nil, fields{"client_id": " "}, nil, nil, nil, "field_missing"},
		"nothing was ever entered":                 {nil, nil, fields{}, nil, nil, nil, "field_missing"},
		"another kind needs its fields":            {fields{"key": "k"}, nil, fields{"kind": "app", "client_id": "c"}, nil, nil, nil, "field_missing"},
		"a kind that there is not":                 {fields{"key": "k"}, nil, fields{"kind": "jwt"}, nil, nil, nil, "unknown_kind"},
		"settings stay":                            {fields{"key": "k"}, settings("http://a.example", "FR"), fields{}, fields{}, fields{"kind": "key", "key": "k"}, settings("http://a.example", "FR"), ""},
		"a setting that is emptied is the default": {fields{"key": "k"}, settings("http://a.example", "FR"), fields{}, settings("", ""), fields{"kind": "key", "key": "k"}, settings(address, "US"), ""},
		"a setting that is no choice":              {fields{"key": "k"}, settings("http://a.example", "FR"), fields{"key": "new"}, fields{"region": "XX"}, nil, nil, "bad_choice"},
	}
	r := named(t, cases, twoKinds)
	ctx := context.Background()
	for name, c := range cases {
		p := domain.Provider(name)
		if c.kept != nil {
			_, err := r.s.SaveCredential(ctx, r.admin, p, c.kept, c.keptSettings)
			testkit.Must(t, err)
		}
		before, _ := r.Store.ConnectorByProvider(ctx, p) // none is zero
		_, err := r.s.SaveCredential(ctx, r.admin, p, c.entered, c.settings)
		after, _ := r.Store.ConnectorByProvider(ctx, p)
		if c.code != "" {
			if domain.CodeOf(err) != c.code || !cmp.Equal(before, after) {
				t.Errorf("%s: %v (-before +after)\n%s", name, err, cmp.Diff(before, after))
			}
			continue
		}
		testkit.Must(t, err)
		c.want[ingest.SubscriptionSecret] = ""
		if diff := cmp.Diff(c.want, after.Credential.Fields) + cmp.Diff(c.wantSettings, after.Settings); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		if after.Credential.Status != domain.AuthNot || after.Credential.Problem == "" {
			t.Errorf("%s: what was not tested is %s: %s", name, after.Credential.Status, after.Credential.Problem)
		}
	}
}

// TestCredentialOfARunningConnector: events are still verified with the secret of the subscription.
func TestCredentialOfARunningConnector(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.ready(t, domain.Aircall)
	r.turn(t, domain.Aircall, enable, general)
	before := r.connector(t, domain.Aircall)
	r.credential(t, domain.Aircall, map[string]string{"key": "another"})
	after := r.connector(t, domain.Aircall)
	secret := before.Credential.Fields[ingest.SubscriptionSecret]
	if secret == "" || after.Credential.Fields[ingest.SubscriptionSecret] != secret || after.SubscriptionID != before.SubscriptionID || after.SiteSecret != before.SiteSecret || !after.On() {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	if after.Credential.Status != domain.AuthNot || after.Credential.Fields["key"] != "another" {
		t.Errorf("the credential is %+v", after.Credential)
	}
}

// TestTestOfACredential keeps what the provider says, and nothing where it says nothing.
func TestTestOfACredential(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, nil)
	if _, err := r.s.Test(ctx, r.admin, domain.RingCentral); domain.CodeOf(err) != "not_configured" {
		t.Errorf("before anything was entered: %v", err)
	}
	for _, c := range []struct {
		name, key string
		faults    memory.Faults
		status    domain.AuthStatus
		scope     string
		ok        bool // the report is fine
		kind      domain.Kind
	}{
		{"wrong", "wrong", memory.Faults{}, domain.AuthRevoked, "", false, ""},
		{"right", memory.Key, memory.Faults{}, domain.AuthAuthenticated, "all", true, ""},
		{"an outage, and it was right before", "", memory.Faults{Outage: true}, domain.AuthAuthenticated, "all", false, domain.KindTemporary},
		{"a scope is missing", "", memory.Faults{NoSubscriptions: true}, domain.AuthAuthenticated, "all", true, ""},
		{"wrong again", "wrong", memory.Faults{}, domain.AuthRevoked, "", false, ""},
	} {
		if c.key != "" {
			r.credential(t, domain.RingCentral, map[string]string{"key": c.key})
		}
		r.Company.SetFaults(c.faults)
		report, err := r.s.Test(ctx, r.admin, domain.RingCentral)
		kept := r.connector(t, domain.RingCentral).Credential
		if kept.Status != c.status || kept.Scope != c.scope || domain.KindOf(err) != c.kind {
			t.Errorf("%s: %s, scope %q, %v", c.name, kept.Status, kept.Scope, err)
		}
		if ok := len(report.Items) > 0 && report.Items[0].OK; ok != c.ok || c.status == domain.AuthRevoked && c.kind == "" && report.Items[0].Fix == "" {
			t.Errorf("%s: %+v", c.name, report)
		}
		if problem := c.status != domain.AuthAuthenticated || c.faults.NoSubscriptions; problem != (kept.Problem != "") {
			t.Errorf("%s: the problem is %q", c.name, kept.Problem)
		}
	}
}

// TestRefusedCredential: the provider is left alone, what arrived waits, and goes on when the credential works.
func TestRefusedCredential(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, nil)
	r.ready(t, domain.Dialpad)
	r.User(t, "Maria", func(u *domain.User) { u.Identifiers = map[domain.Provider]string{domain.Dialpad: "maria"} }, domain.PermForSales)
	r.turn(t, domain.Dialpad, general, enable)
	conn := r.connector(t, domain.Dialpad)
	var vc domain.VCCall
	id := r.place(0)
	r.InTx(t, func(ctx context.Context, tx *store.Tx) (err error) {
		vc, _, err = tx.UpsertVCCall(ctx, store.Arrival{ConnectorID: conn.ID, Provider: domain.Dialpad, ProviderCallID: id, Via: domain.ViaRealtime})
		return err
	})
	r.s.Rejected(ctx, conn.ID, domain.Errorf(domain.KindUnauthorized, "", "the key was deleted"))
	if c := r.connector(t, domain.Dialpad).Credential; c.Status != domain.AuthRevoked || c.Problem != "the key was deleted" || !c.CheckedAt.Equal(r.Clock.Now()) {
		t.Errorf("%+v", c)
	}
	asked := r.Company.Seen().Requests
	testkit.Must(t, r.p.Describe(ctx, vc.ID))
	r.Company.SetFaults(memory.Faults{Outage: true}) // the watch may ask; an outage says nothing of the credential
	if _, err := r.s.Watch(ctx, r.connector(t, domain.Dialpad)); err == nil {
		t.Error("the watch says that all is well")
	}
	if vc, err := r.Store.VCCall(ctx, vc.ID); err != nil || vc.State != domain.StateWaiting || vc.Reason != domain.CredentialRejected {
		t.Errorf("the call is %s %s, %v", vc.State, vc.Reason, err)
	}
	if n := r.Company.Seen().Requests - asked; n > 3 {
		t.Errorf("%d requests with a refused credential, want those of one check", n)
	}
	r.run(t)
	if j := r.scheduled(t, domain.Dialpad)[domain.ScheduleHourly]; j.Failures == 0 || !j.NextRunAt.After(r.Clock.Now()) {
		t.Errorf("the hourly batch ran: %+v", j)
	}
	r.Company.SetFaults(memory.Faults{})
	r.Clock.Advance(5 * time.Minute)
	if said, err := r.s.Watch(ctx, r.connector(t, domain.Dialpad)); err != nil || said != "the credential works and the subscription is alive" {
		t.Errorf("the watch says %q, %v", said, err)
	}
	if vc, err := r.Store.VCCall(ctx, vc.ID); err != nil || vc.State != domain.StateReceived || vc.Reason != "" {
		t.Errorf("now that the credential works, the call is %s %s, %v", vc.State, vc.Reason, err)
	}
	if j := r.scheduled(t, domain.Dialpad)[domain.ScheduleHourly]; !j.NextRunAt.Equal(r.Clock.Now()) {
		t.Errorf("the hourly batch, which failed meanwhile, runs at %v", j.NextRunAt)
	}
	testkit.Must(t, r.p.Describe(ctx, vc.ID))
	if vc, err := r.Store.VCCall(ctx, vc.ID); err != nil || vc.Reason == domain.CredentialRejected || vc.UserID == "" {
		t.Errorf("the call is %s %s of user %q, %v", vc.State, vc.Reason, vc.UserID, err)
	}
}
