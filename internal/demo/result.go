package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// Result is how all calls of a demo ended; its JSON is the contract of `demo --json`.
type Result struct {
	VCCalls []VCCall `json:"vc_calls"`
	Calls   []Call   `json:"calls"`

	problems []string
}

// VCCall in the result.
type VCCall struct {
	ID             string `json:"id"`
	Provider       string `json:"provider"`
	ProviderCallID string `json:"provider_call_id"`
	ReceivedVia    string `json:"received_via"`
	State          string `json:"state"`
	Reason         string `json:"reason"`
	User           string `json:"user"`
	CallID         string `json:"call_id"`
}

// Call in the result: what `process --json` gives, and whose call it is.
type Call struct {
	ID         string            `json:"id"`
	VCCallID   string            `json:"vc_call_id"`
	Provider   string            `json:"provider"`
	User       string            `json:"user"`
	Direction  string            `json:"direction"`
	From       string            `json:"from"`
	To         string            `json:"to"`
	StartedAt  time.Time         `json:"started_at"`
	Duration   float64           `json:"duration"`
	Channels   int               `json:"channels"`
	Layout     domain.Layout     `json:"layout"`
	Engine     domain.EngineInfo `json:"engine"`
	Language   string            `json:"language"`
	Transcript []domain.Line     `json:"transcript"`
	Insights   *domain.Insights  `json:"insights"`
}

// Email signs in to the demo.
func (d *Demo) Email() string { return d.admin.Email }

// Wait returns when every call has ended, or says which do not.
func (d *Demo) Wait(ctx context.Context) (*Result, error) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		found, _, err := d.App.Store.VCCalls(ctx, store.VCCallFilter{Limit: 200})
		if err != nil {
			return nil, err
		}
		if len(found) >= len(d.Company.Calls) && allEnded(found) {
			return d.result(ctx, found)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-ticker.C:
		}
	}
}

// allEnded counts a call as ended too when it waits for something that does not come by itself, such as an engine.
func allEnded(found []domain.VCCall) bool {
	for _, v := range found {
		stuck := v.State == domain.StateFailed || v.Reason == domain.EngineMissing || v.Reason == domain.DecoderMissing
		if !v.State.Final() && !stuck {
			return false
		}
	}
	return true
}

func (d *Demo) result(ctx context.Context, found []domain.VCCall) (*Result, error) {
	r := &Result{VCCalls: []VCCall{}, Calls: []Call{}}
	users, err := d.App.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	for _, v := range found {
		r.VCCalls = append(r.VCCalls, VCCall{v.ID, string(v.Provider), v.ProviderCallID, string(v.Via), string(v.State), string(v.Reason), names[v.UserID], v.CallID})
		words := ""
		if v.CallID != "" {
			call, err := d.App.Store.Call(ctx, v.CallID)
			if err != nil {
				return nil, err
			}
			r.Calls = append(r.Calls, callOf(call))
			words = spoken(call)
		}
		d.compare(r, v, words)
	}
	return r, nil
}

func callOf(c domain.Call) Call {
	out := Call{ID: c.ID, VCCallID: c.VCCallID, Provider: string(c.Provider), User: c.UserName, Direction: string(c.Direction), From: c.From, To: c.To,
		StartedAt: c.StartedAt.UTC(), Transcript: []domain.Line{}, Insights: c.Insights}
	if t := c.Transcript; t != nil {
		out.Duration, out.Channels, out.Layout, out.Engine, out.Language = t.Duration, t.Channels, t.Layout, t.Engine, t.Language
		out.Transcript = append(out.Transcript, t.Lines...)
	}
	return out
}

func spoken(c domain.Call) string {
	var b strings.Builder
	if c.Transcript != nil {
		for _, l := range c.Transcript.Lines {
			b.WriteString(strings.ToLower(l.Text) + " ")
		}
	}
	return b.String()
}

// compare notes where a call did not end as its script says.
func (d *Demo) compare(r *Result, v domain.VCCall, words string) {
	script, known := d.script(v)
	if !known {
		r.problems = append(r.problems, fmt.Sprintf("call %s is in no script", v.ProviderCallID))
		return
	}
	if string(v.Via) != script.Via {
		r.problems = append(r.problems, fmt.Sprintf("%s: came by %s, expected %s", script.Slug, v.Via, script.Via))
	}
	if v.State != script.State || v.Reason != script.Reason {
		r.problems = append(r.problems, fmt.Sprintf("%s: %s %s (%s), expected %s %s", script.Slug, v.State, v.Reason, v.Detail, script.State, script.Reason))
		return
	}
	for _, w := range script.Words {
		if script.State == domain.StateProcessed && !strings.Contains(words, strings.ToLower(w)) {
			r.problems = append(r.problems, fmt.Sprintf("%s: the word %q is not in the transcript", script.Slug, w))
		}
	}
}

// Err is nil if all calls ended as their scripts say.
func (r *Result) Err() error {
	if len(r.problems) == 0 {
		return nil
	}
	return domain.Errorf(domain.KindPermanent, "demo_failed", "not all calls ended as their scripts say:\n  %s", strings.Join(r.problems, "\n  "))
}

// Write stores the result as JSON.
func (r *Result) Write(path string) error {
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

// Print sums the result up.
func (r *Result) Print(w io.Writer) {
	counts := map[string]int{}
	for _, v := range r.VCCalls {
		counts[strings.TrimSpace(v.State+" "+v.Reason)]++
	}
	fmt.Fprintf(w, "%d calls: ", len(r.VCCalls))
	var parts []string
	for _, v := range r.VCCalls {
		key := strings.TrimSpace(v.State + " " + v.Reason)
		if n := counts[key]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, key))
			delete(counts, key)
		}
	}
	fmt.Fprintln(w, strings.Join(parts, ", "))
}
