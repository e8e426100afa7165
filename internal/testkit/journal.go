package testkit

import (
	"strings"
	"sync"
)

// journal keeps what was logged. It is safe for concurrent use.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write keeps a line.
func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

// Logged gives all that the Kit's Logger was told, a line each.
func (k *Kit) Logged() string {
	k.log.mu.Lock()
	defer k.log.mu.Unlock()
	return k.log.text.String()
}
