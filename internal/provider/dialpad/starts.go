package dialpad

import (
	"sync"
	"time"
)

// mostStarts is how many calls are remembered: those of a busy hour.
const mostStarts = 4096

// starts remembers when the calls of recent events started, so that they can be found in a listing: Dialpad answers 10
// questions about single calls a minute, but 1,200 listings. What is forgotten costs a question.
type starts struct {
	mu    sync.Mutex
	at    map[ident]time.Time
	order []ident
}

func (s *starts) keep(id ident, at time.Time) {
	if at.IsZero() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == nil {
		s.at = map[ident]time.Time{}
	}
	known, ok := s.at[id]
	if !ok {
		s.order = append(s.order, id)
	}
	if !ok || at.Before(known) {
		s.at[id] = at
	}
	if len(s.order) > mostStarts {
		delete(s.at, s.order[0])
		s.order = s.order[1:]
	}
}

func (s *starts) of(id ident) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.at[id]
	return at, ok
}
