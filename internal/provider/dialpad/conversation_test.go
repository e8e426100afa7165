package dialpad

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

// zero of the tests' times; legs tell them as milliseconds after it.
var zero = time.UnixMilli(1767225600000).UTC()

func after0(s float64) time.Time { return zero.Add(time.Duration(s * float64(time.Second))) }

var seconds = regexp.MustCompile(`:@[0-9.]+`)

// legOf reads a leg; a number with @ before it is seconds after zero.
func legOf(t *testing.T, fields string) call {
	t.Helper()
	fields = seconds.ReplaceAllStringFunc(fields, func(s string) string {
		n, err := strconv.ParseFloat(s[2:], 64)
		if err != nil {
			t.Fatal(err)
		}
		return ":" + strconv.FormatInt(after0(n).UnixMilli(), 10)
	})
	var c call
	if err := json.Unmarshal([]byte("{"+fields+"}"), &c); err != nil {
		t.Fatalf("%v: %s", err, fields)
	}
	return c
}

// What legs are made of: the center's call 1, which takes from 0 to 100, people's legs, and who calls.
const (
	caller  = `"direction":"inbound","external_number":"+12125550123","internal_number":"+12125550100","contact":{"id":9,"type":"local","name":"Grace Client","phone":"+12125550123"},`
	center  = `"target":{"id":70,"type":"callcenter","name":"Service","phone":"+12125550100"},`
	ada     = `"target":{"id":7,"type":"User","name":"Ada","email":"ada@example.com","phone":"+12125550111"},`
	bob     = `"target":{"id":8,"type":"user","name":"Bob","phone":"+12125550112"},`
	byQueue = `"call_id":1,"operator_call_id":2,` + caller + center + `"date_started":@0,"date_connected":@10,"date_ended":@100`
	byAda   = `"call_id":2,"entry_point_call_id":1,` + caller + ada + `"date_started":@1,"date_connected":@10,"date_ended":@60,"is_transferred":true`
	byBob   = `"call_id":3,"master_call_id":1,"entry_point_call_id":1,` + caller + bob + `"date_started":@60,"date_connected":@65,"date_ended":@100`
	rang    = `"call_id":4,"entry_point_call_id":1,` + caller + bob + `"date_started":@2,"date_ended":@9`
	direct  = `"call_id":1,` + caller + ada + `"date_started":@0,"date_connected":@10,"date_ended":@100`
	anybody = `"call_id":1,` + caller + center + `"date_started":@0,"date_connected":@10,"date_ended":@100`
	missed  = `"call_id":1,` + caller + ada + `"date_started":@0,"date_ended":@30`
	dialled = `"call_id":1,"direction":"outbound","external_number":"+12125550123","internal_number":"blocked","contact":{"name":"(212) 555-0123"},` + ada + `"date_started":@0,"date_connected":@10,"date_ended":@100`
	inner   = `"call_id":1,"direction":"outbound","external_number":"+12125550112","internal_number":"+12125550111","contact":{"id":8,"type":"user","name":"Bob","phone":"+12125550112"},` + ada + `"date_started":@0,"date_connected":@10,"date_ended":@100`
)

func join(t *testing.T, legs ...string) conversation {
	t.Helper()
	var own []call
	for _, l := range legs {
		own = append(own, legOf(t, l))
	}
	return newConversation(1, own...)
}

func TestTell(t *testing.T) {
	t.Parallel()
	agent := domain.Participant{ProviderUserID: "7", Name: "Ada", Email: "ada@example.com", Phone: "+12125550111", Internal: true}
	other := domain.Participant{ProviderUserID: "8", Name: "Bob", Phone: "+12125550112", Internal: true}
	client := domain.Participant{Name: "Grace Client", Phone: "+12125550123"}
	base := domain.ProviderCall{ID: "1", Direction: domain.Inbound, From: "+12125550123", To: "+12125550100", StartedAt: after0(0), AnsweredAt: after0(10), EndedAt: after0(100), Recording: domain.RecordingPending, ContactName: "Grace Client"}
	with := func(change func(*domain.ProviderCall)) domain.ProviderCall {
		c := base
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		legs []string
		want domain.ProviderCall
	}{
		"direct": {[]string{direct}, with(func(c *domain.ProviderCall) {
			c.Agent, c.Participants = agent, []domain.Participant{agent, client}
		})},
		"a group never is the agent, whatever came last": {[]string{byAda, byQueue}, with(func(c *domain.ProviderCall) {
			c.Agent, c.Participants = agent, []domain.Participant{agent, client}
		})},
		"the last who talked is, and who only rang is nobody": {[]string{byBob, byQueue, rang, byAda}, with(func(c *domain.ProviderCall) {
			c.Agent, c.Participants = other, []domain.Participant{other, client, agent}
		})},
		"rang later, but did not talk": {[]string{byQueue, byAda, strings.Replace(rang, "@2", "@70", 1)}, with(func(c *domain.ProviderCall) {
			c.Agent, c.Participants = agent, []domain.Participant{agent, client}
		})},
		"the center's menu answers first": {[]string{strings.Replace(byQueue, `"date_connected":@10`, `"date_connected":@1`, 1), byAda}, with(func(c *domain.ProviderCall) {
			c.Agent, c.Participants = agent, []domain.Participant{agent, client}
		})},
		"nobody is named": {[]string{anybody}, with(func(c *domain.ProviderCall) {
			c.Agent = domain.Participant{Name: "Service", Phone: "+12125550100", Internal: true}
			c.Participants = []domain.Participant{c.Agent, client}
		})},
		"missed": {[]string{missed}, with(func(c *domain.ProviderCall) {
			c.AnsweredAt, c.EndedAt, c.Agent, c.Participants = time.Time{}, after0(30), agent, []domain.Participant{agent, client}
		})},
		"outbound, with a hidden number, to one without a name": {[]string{dialled}, with(func(c *domain.ProviderCall) {
			c.Direction, c.From, c.To, c.ContactName = domain.Outbound, "+12125550111", "+12125550123", ""
			c.Agent, c.Participants = agent, []domain.Participant{agent, {Phone: "+12125550123"}}
		})},
		"internal": {[]string{inner}, with(func(c *domain.ProviderCall) {
			c.Direction, c.From, c.To, c.ContactName = domain.Outbound, "+12125550111", "+12125550112", ""
			c.Agent, c.Participants = agent, []domain.Participant{agent, other}
		})},
		"one leg goes on": {[]string{byQueue, strings.Replace(byAda, `"date_ended":@60`, `"state":"connected"`, 1)}, with(func(c *domain.ProviderCall) {
			c.EndedAt, c.Agent, c.Participants = time.Time{}, agent, []domain.Participant{agent, client}
		})},
		"labels of all": {[]string{byQueue + `,"labels":["a"," b "]`, byAda + `,"labels":["b","","c"]`}, with(func(c *domain.ProviderCall) {
			c.Agent, c.Participants, c.Tags = agent, []domain.Participant{agent, client}, []string{"a", "b", "c"}
		})},
	} {
		got := join(t, c.legs...).tell(after0(101), "US")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// TestEnd: a leg that is over has an end, though Dialpad leaves it out.
func TestEnd(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]time.Time{
		`"date_started":@1,"date_ended":@5,"state":"hangup","event_timestamp":@9`:          after0(5),
		`"date_started":@1,"state":"hangup","total_duration":2500.2,"event_timestamp":@9`:  after0(3.5),
		`"state":"hangup","event_timestamp":@9`:                                            after0(9),
		`"state":"missed","event_timestamp":@9`:                                            after0(9),
		`"date_started":@1,"state":"connected","total_duration":2500,"event_timestamp":@9`: {},
		`"date_started":@1`: {},
	} {
		if got := legOf(t, fields).end(); !got.Equal(want) {
			t.Errorf("%s ends %v, want %v", fields, got, want)
		}
	}
}

// TestKey: master before entry point before the call itself; who names one that names another belongs to that.
func TestKey(t *testing.T) {
	t.Parallel()
	l := newLegs(client{})
	for _, fields := range []string{
		`"call_id":1`, `"call_id":2,"entry_point_call_id":1`, `"call_id":3,"master_call_id":2,"entry_point_call_id":99`, `"call_id":4,"master_call_id":"3"`,
		`"call_id":5,"master_call_id":50`, `"call_id":6,"master_call_id":7`, `"call_id":7,"master_call_id":6`, `"call_id":8,"master_call_id":8`, `"call_id":0`,
	} {
		l.add(legOf(t, fields))
	}
	for id, want := range map[ident]ident{1: 1, 2: 1, 3: 1, 4: 1, 5: 50, 8: 8} {
		if got := l.root(l.known[id]); got != want {
			t.Errorf("leg %d belongs to %d, want %d", id, got, want)
		}
	}
	if c, ok := l.conversation(1); !ok || len(c.legs) != 4 || c.legs[0].ID != 1 {
		t.Errorf("conversation 1 is %+v", c)
	}
	l.root(l.known[6]) // a ring ends
	if n := len(l.known); n != 8 {
		t.Errorf("%d legs, want 8: one has no id", n)
	}
}
