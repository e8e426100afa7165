package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
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
	if _, err := a.requestUser(r); err != nil {
		a.writeError(w, r, err)
		return
	}
	seq, err := a.Store.LastChange(r.Context())
	if err != nil {
		a.writeError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	stream := http.NewResponseController(w)
	_ = stream.SetWriteDeadline(time.Time{}) // not every writer has one
	fmt.Fprint(w, ": here\n\n")
	a.stream(w, r, stream, seq)
}

func (a *API) stream(w http.ResponseWriter, r *http.Request, stream *http.ResponseController, seq int64) {
	poll, ping := time.NewTicker(changePoll), time.NewTicker(changePing)
	defer poll.Stop()
	defer ping.Stop()
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
			changes, err := a.Store.ChangesSince(r.Context(), seq, 500)
			if err != nil {
				return // the browser connects again
			}
			for _, c := range changes {
				seq = c.Seq
				data, _ := json.Marshal(Change{c.Topic, c.ID}) // two strings always encode
				fmt.Fprintf(w, "event: change\ndata: %s\n\n", data)
			}
		}
	}
}
