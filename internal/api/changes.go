package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"earshot/internal/store"
)

// How often the feed is looked at, and how often a quiet connection gets a sign of life.
const (
	changePoll = 300 * time.Millisecond
	changePing = 15 * time.Second
)

// Change tells the UI what to ask for again.
type Change struct {
	Topic string `json:"topic"`
	ID    string `json:"id"`
}

// changes streams what changed as server-sent events, from the moment of the request.
func (a *API) changes(w http.ResponseWriter, r *http.Request) {
	if _, _, err := a.requestUser(r); err != nil {
		a.writeError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	stream := http.NewResponseController(w)
	_ = stream.SetWriteDeadline(time.Time{}) // not every writer has one
	fmt.Fprint(w, ": here\n\n")
	a.stream(w, r, stream)
}

func (a *API) stream(w http.ResponseWriter, r *http.Request, stream *http.ResponseController) {
	poll, ping := time.NewTicker(changePoll), time.NewTicker(changePing)
	defer poll.Stop()
	defer ping.Stop()
	told := map[string]time.Time{}
	start := a.Now()
	for {
		if stream.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-ping.C:
			fmt.Fprint(w, ": still here\n\n")
		case <-poll.C:
			if a.tell(w, r, start, told) != nil {
				return // the browser connects again
			}
		}
	}
}

// changeOverlap is how far each look reaches back: a transaction that began earlier may commit later.
const changeOverlap = 5 * time.Second

func (a *API) tell(w http.ResponseWriter, r *http.Request, start time.Time, told map[string]time.Time) error {
	since := a.Now().Add(-changeOverlap)
	if since.Before(start) {
		since = start
	}
	changes, err := a.Store.ChangesSince(r.Context(), store.IDAt(since))
	if err != nil {
		return err
	}
	for _, c := range changes {
		if _, done := told[c.ID]; done {
			continue
		}
		told[c.ID] = a.Now()
		data, _ := json.Marshal(Change{c.Topic, c.Ref}) // two strings always encode
		fmt.Fprintf(w, "event: change\ndata: %s\n\n", data)
	}
	for id, at := range told {
		if at.Before(a.Now().Add(-2 * changeOverlap)) {
			delete(told, id)
		}
	}
	return nil
}
