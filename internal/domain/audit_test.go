package domain

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFacts(t *testing.T) {
	t.Parallel()
	type inner struct {
		Key string `json:"key"`
	}
	type thing struct {
		Name  string            `json:"name"`
		On    bool              `json:"on"`
		Price float64           `json:"price"`
		IDs   map[string]string `json:"ids"`
		List  []inner           `json:"list"`
		None  *int              `json:"none"`
	}
	before := FactsOf(thing{Name: "A", Price: 0.25, IDs: map[string]string{"x": "1", "y": "2"}, List: []inner{{"k"}}})
	want := Facts{"name": "A", "on": "false", "price": "0.25", "ids.x": "1", "ids.y": "2", "list": `[{"key":"k"}]`}
	if diff := cmp.Diff(want, before); diff != "" {
		t.Errorf("facts (-want +got)\n%s", diff)
	}
	after := FactsOf(thing{Name: "B", On: true, Price: 0.25, IDs: map[string]string{"x": "1"}, List: []inner{{"k"}}})
	if diff := cmp.Diff([]FieldChange{{"ids.y", "2", ""}, {"name", "A", "B"}, {"on", "false", "true"}}, before.Changes(after)); diff != "" {
		t.Errorf("changes (-want +got)\n%s", diff)
	}
	if got := before.Changes(before); got != nil {
		t.Errorf("what stayed has changes %v", got)
	}
	if got := Facts(nil).Changes(Facts{"a": "1", "b": ""}); len(got) != 1 || got[0].New != "1" {
		t.Errorf("from nothing: %v", got)
	}
	if got := (Facts{"a": "1"}).Changes(nil); len(got) != 1 || got[0].Old != "1" || got[0].New != "" {
		t.Errorf("to nothing: %v", got)
	}
	if got := FactsOf(make(chan int))["value"]; got == "" {
		t.Error("what is no JSON has no fact that says so")
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	o := Origin{Address: "192.0.2.1", Token: "nightly"}
	if got := OriginOf(WithOrigin(context.Background(), o)); got != o {
		t.Errorf("got %+v", got)
	}
	if got := OriginOf(context.Background()); got != (Origin{}) {
		t.Errorf("out of nothing came %+v", got)
	}
}
