package domain

import "time"

// Refusal is an event that a site did not take.
type Refusal struct {
	ConnectorID string
	At          time.Time
	Status      int    // of the answer (HTTP)
	Why         string // in words
}
