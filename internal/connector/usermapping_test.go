package connector

import (
	"testing"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/testkit"
)

// TestUserMappings: the provider's people stand beside ours, with who is alike; once linked, they are linked.
func TestUserMappings(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	ctx := t.Context()
	if _, err := r.s.UserMappings(ctx, r.admin, domain.Dialpad); !domain.IsKind(err, domain.KindConflict) {
		t.Errorf("without a credential: %v", err)
	}
	r.ready(t, domain.Dialpad)
	zoe := r.Company.AddUser("Zoe Unknown", "zoe@other.example")
	maria := r.Company.AddUser("Maria L", "MARIA@x.example")
	people, err := identity.New(identity.Config{Store: r.Store, Logger: r.Logger, Now: r.Clock.Now})
	testkit.Must(t, err)
	ours, err := people.SaveUser(ctx, r.admin, "", identity.UserInput{Name: "Maria Lindqvist", Email: "maria@x.example"})
	testkit.Must(t, err)
	if _, err := r.s.UserMappings(ctx, ours, domain.Dialpad); !domain.IsKind(err, domain.KindForbidden) {
		t.Errorf("a rep may not see them: %v", err)
	}
	found := func() map[string]domain.UserMapping {
		out := map[string]domain.UserMapping{}
		all, err := r.s.UserMappings(ctx, r.admin, domain.Dialpad)
		testkit.Must(t, err)
		for _, m := range all {
			out[m.Identifier] = m
		}
		return out
	}
	before := found()
	if m := before[maria]; m.UserID != "" || m.SuggestedID != ours.ID || m.By != domain.SuggestedByEmail {
		t.Errorf("Maria is %+v, want %s suggested by e-mail", m, ours.ID)
	}
	if m, ok := before[zoe]; !ok || m.UserID != "" || m.SuggestedID != "" {
		t.Errorf("Zoe is %+v, %v; nobody is like her", m, ok)
	}
	_, err = people.LinkUsers(ctx, r.admin, domain.Dialpad, []identity.Link{{UserID: ours.ID, Identifier: maria}})
	testkit.Must(t, err)
	if m := found()[maria]; m.UserID != ours.ID || m.SuggestedID != "" {
		t.Errorf("Maria is %+v after she was linked", m)
	}
	if _, err := people.LinkUsers(ctx, r.admin, "none", []identity.Link{{UserID: ours.ID, Identifier: "1"}}); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("of an unknown provider: %v", err)
	}
}
