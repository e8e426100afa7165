package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// addCall stores a VC Call and its call, changed by change.
func (b *bundle) addCall(t *testing.T, providerCallID string, change func(*domain.Call)) domain.Call {
	t.Helper()
	v := b.arrive(t, providerCallID, nil)
	c := domain.Call{ID: store.NewID(), VCCallID: v.ID, ConnectorID: testConnector, Provider: domain.Aircall, StartedAt: start, State: domain.StateProcessing}
	change(&c)
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveCall(ctx, c) })
	c.CreatedAt, c.UpdatedAt = b.clock.Now(), b.clock.Now()
	return c
}

func transcript(lines int) domain.Transcript {
	tr := domain.Transcript{
		Duration: 245.4, Channels: 2, Layout: domain.LayoutStereo, Engine: domain.EngineInfo{Name: "moonshine", Model: "tiny-en"}, Language: "en",
		Lines: []domain.Line{}, SpeakersEstimated: true, Dropped: []domain.Line{{Speaker: domain.Customer, Start: 1, End: 2, Text: "echo", Confidence: 0.25}}, Speech: domain.Speech{domain.Agent: {{Start: 0.5, End: 1.25}}},
	}
	for i := range lines {
		tr.Lines = append(tr.Lines, domain.Line{ID: i + 1, Speaker: domain.Customer, Channel: 1, Start: float64(i), End: float64(i) + 0.4, Confidence: float64(i%3) / 2, Text: fmt.Sprintf("line %d – “quoted” 100%%", i+1)})
	}
	return tr
}

func insights() domain.Insights {
	due := "2026-11-30"
	return domain.Insights{
		Summary: []domain.KeyMoment{{Text: "a", Lines: []int{1}}}, NextSteps: []domain.NextStep{{Text: "send it", Due: &due, Lines: []int{2}}},
		Questions: []domain.Question{{Text: "why", Speaker: domain.Agent, Line: 1, Answered: true}, {Text: "how", Speaker: domain.Agent, Line: 2}},
		Mentions:  []domain.Mention{}, Metrics: domain.Metrics{TalkRatio: map[domain.Speaker]float64{domain.Agent: 0.43}, TalkSeconds: map[domain.Speaker]float64{domain.Agent: 3}},
	}
}

func testCalls(t *testing.T, b *bundle) {
	b.addConnector(t)
	want := b.addCall(t, "1", func(c *domain.Call) {
		c.UserID, c.UserName, c.Direction, c.From, c.To, c.ContactName = "u", "Ada", domain.Outbound, "+1", "+2", "Bob"
		c.EndedAt, c.Voicemail, c.Reason = start.Add(time.Minute), true, domain.EngineMissing
		c.Recording = domain.Recording{Key: "recordings/1", SHA256: "ab", Size: 5, ContentType: "audio/mpeg", Duration: 2.5}
	})
	b.checkCall(t, want)
	tr, in := transcript(250), insights()
	b.clock.add(time.Second)
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveTranscript(ctx, want.ID, transcript(300)) })
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveTranscript(ctx, want.ID, tr) })
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveInsights(ctx, want.ID, in) })
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetCallState(ctx, want.ID, domain.StateProcessed, "")
	})
	want.Transcript, want.Insights, want.State, want.Reason, want.Recording.Duration, want.UpdatedAt = &tr, &in, domain.StateProcessed, "", tr.Duration, b.clock.Now()
	b.checkCall(t, want)

	rows, _, err := b.Calls(t.Context(), store.CallFilter{})
	if err != nil {
		t.Fatal(err)
	}
	short := tr
	short.Lines, short.Speech = nil, nil
	row := store.CallRow{Call: want, Questions: 2, NextSteps: 1}
	row.Transcript = &short
	if diff := cmp.Diff([]store.CallRow{row}, rows); diff != "" {
		t.Errorf("list (-want +got)\n%s", diff)
	}
	again := want
	again.ID, again.ContactName = store.NewID(), "Carol"
	b.must(t, func(ctx context.Context, tx *store.Tx) error { return tx.SaveCall(ctx, again) })
	want.ContactName = "Carol"
	b.checkCall(t, want) // the first id stays, and so does what was found in the lines
}

func (b *bundle) checkCall(t *testing.T, want domain.Call) {
	t.Helper()
	got, err := b.Call(t.Context(), want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Call (-want +got)\n%s", diff)
	}
	if byVC, err := b.CallByVCCall(t.Context(), want.VCCallID); err != nil || !cmp.Equal(got, byVC) {
		t.Errorf("CallByVCCall: %v\n%s", err, cmp.Diff(got, byVC))
	}
}

func testCallSearch(t *testing.T, b *bundle) {
	b.addConnector(t)
	ada := b.addCall(t, "1", func(c *domain.Call) {
		c.UserID, c.UserName, c.From, c.ContactName = "u1", "Ada Lovelace", "+15550001", "Bob_1"
	})
	eve := b.addCall(t, "2", func(c *domain.Call) {
		c.UserID, c.UserName, c.To, c.StartedAt, c.State = "u2", "Eve", "+15550002", start.Add(-time.Hour), domain.StateFailed
	})
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		tr := transcript(2)
		tr.Lines[1].Text = "What does the Premium plan cost?"
		return tx.SaveTranscript(ctx, eve.ID, tr)
	})
	tests := map[string]struct {
		filter store.CallFilter
		want   []string
	}{
		"all, newest first": {store.CallFilter{}, []string{ada.ID, eve.ID}},
		"user":              {store.CallFilter{UserID: "u2"}, []string{eve.ID}},
		"state":             {store.CallFilter{State: domain.StateFailed}, []string{eve.ID}},
		"number":            {store.CallFilter{Query: "5550001"}, []string{ada.ID}},
		"user's name":       {store.CallFilter{Query: "LOVE"}, []string{ada.ID}},
		"contact":           {store.CallFilter{Query: "bob_"}, []string{ada.ID}},
		"words of a line":   {store.CallFilter{Query: "premium PLAN"}, []string{eve.ID}},
		"other user's":      {store.CallFilter{Query: "premium", UserID: "u1"}, nil},
		"no pattern":        {store.CallFilter{Query: "b%1"}, nil},
	}
	for name, test := range tests {
		rows, _, err := b.Calls(t.Context(), test.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows {
			got = append(got, r.ID)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	if _, _, err := b.Calls(t.Context(), store.CallFilter{Cursor: "nonsense"}); !domain.IsKind(err, domain.KindInvalid) {
		t.Errorf("a bad cursor: %v", err)
	}
}

// testCallPages walks through the list in pages of any size: each call comes once, in order, though many start at the same time.
func testCallPages(t *testing.T, b *bundle) {
	b.addConnector(t)
	random := rand.New(rand.NewPCG(3, 4))
	const n = 40
	for i := range n {
		b.addCall(t, fmt.Sprint(i), func(c *domain.Call) { c.StartedAt = start.Add(time.Duration(random.IntN(8)) * time.Minute) })
	}
	for _, limit := range []int{1, 3, 39, 40, 41} {
		seen := map[string]bool{}
		var last store.CallRow
		for cursor := ""; ; {
			page, next, err := b.Calls(t.Context(), store.CallFilter{Cursor: cursor, Limit: limit})
			if err != nil || len(page) > limit {
				t.Fatalf("limit %d: %d rows, %v", limit, len(page), err)
			}
			for _, c := range page {
				if last.ID != "" && (c.StartedAt.After(last.StartedAt) || c.StartedAt.Equal(last.StartedAt) && c.ID >= last.ID) {
					t.Errorf("limit %d: %s at %v comes after %s at %v", limit, c.ID, c.StartedAt, last.ID, last.StartedAt)
				}
				seen[c.ID], last = true, c
			}
			if cursor = next; cursor == "" {
				break
			}
		}
		if len(seen) != n {
			t.Errorf("limit %d: %d calls, want %d", limit, len(seen), n)
		}
	}
}
