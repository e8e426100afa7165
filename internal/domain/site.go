package domain

import "time"

// SiteRequest is something that the site of a connector received from outside.
type SiteRequest struct {
	At     time.Time
	Status int    // of the answer (HTTP)
	Why    string // why it was refused, in words; empty if it was taken
}
