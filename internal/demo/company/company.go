// Package company is the simulated company of the demo: its people, lines and calls, with scripts and audio embedded.
// The audio is made from the scripts by: make demo-audio (needs flite and ffmpeg).
package company

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
)

//go:embed users.json calls
var files embed.FS

// Company is what the demo begins with.
type Company struct {
	Name     string      `json:"name"`
	Excluded []string    `json:"excluded"` // E.164
	Lines    []PhoneLine `json:"lines"`
	Users    []User      `json:"users"`  // as Earshot knows them
	Agents   []User      `json:"agents"` // as the provider knows them
	Calls    []Call      `json:"-"`
}

// PhoneLine is a number of the company at its provider.
type PhoneLine struct {
	Name    string `json:"name"`
	Number  string `json:"number"` // E.164
	Country string `json:"country"`
	Silent  bool   `json:"silent"` // does not record
}

// User is a person of the company.
type User struct {
	Name           string   `json:"name"`
	Email          string   `json:"email"`
	Profile        string   `json:"profile"`
	ProviderID     string   `json:"provider_id"` // the same at all providers; Amazon Connect knows people by their e-mail address
	Phones         []string `json:"phones"`
	PermissionSets []string `json:"permission_sets"`
}

// Call is one call with its script, and how it must end in Earshot.
type Call struct {
	Slug           string
	Title          string
	Provider       domain.Provider
	Direction      string
	AgentEmail     string // empty: nobody took it
	ColleagueEmail string // set: an internal call
	External       string // the other side as the provider shows it
	ContactFirst   string
	ContactLast    string
	Line           string
	Via            string        // realtime, hourly (its events are lost), or backfill (before the connector was enabled)
	Channels       int           //
	AgentRight     bool          // the agent is on the right channel, as at Amazon Connect
	Voicemail      bool          //
	Recorded       bool          //
	StartedAgo     time.Duration // how long ago it ended when the demo places it
	RecordingDelay time.Duration // how late its recording is
	Ring           time.Duration //
	Talk           time.Duration // zero for a voicemail
	State          domain.State
	Reason         domain.ReasonCode
	Words          []string // that its transcript must hold
	Script         []Cue
	AudioFile      string // empty where nothing is recorded
}

// Cue is one step of a script: something said, or a direction (Speaker empty).
type Cue struct {
	Speaker string // agent or customer
	Text    string
	Do      string        // pause, hold or overtalk
	For     time.Duration // of a pause or hold
}

// Load reads the company and its calls.
func Load() (Company, error) {
	var c Company
	data, err := files.ReadFile("users.json")
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, err
	}
	c.Calls, err = loadCalls()
	return c, err
}

func loadCalls() ([]Call, error) {
	entries, err := files.ReadDir("calls")
	if err != nil {
		return nil, err
	}
	durations, err := loadDurations()
	if err != nil {
		return nil, err
	}
	var calls []Call
	for _, e := range entries {
		if path.Ext(e.Name()) != ".txt" {
			continue
		}
		text, err := files.ReadFile("calls/" + e.Name())
		if err != nil {
			return nil, err
		}
		call, err := parseScript(strings.TrimSuffix(e.Name(), ".txt"), string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		call.setTimes(durations[call.Slug])
		calls = append(calls, call)
	}
	slices.SortFunc(calls, func(a, b Call) int { return int(b.StartedAgo - a.StartedAgo) })
	return calls, nil
}

// loadDurations reads how long each recording is, in seconds, as synth measured it.
func loadDurations() (map[string]float64, error) {
	data, err := files.ReadFile("calls/durations.json")
	if err != nil {
		return nil, err
	}
	var out map[string]float64
	return out, json.Unmarshal(data, &out)
}

// setTimes makes talk last as long as its recording, unless the script says how long. A voicemail is left while nobody answers.
func (c *Call) setTimes(seconds float64) {
	recorded := time.Duration(seconds * float64(time.Second)).Round(time.Second)
	c.Ring = 5 * time.Second
	switch {
	case c.Voicemail:
		c.Ring += recorded
	case c.Talk == 0:
		c.Talk = recorded
	}
}

// Audio gives the recording as the provider serves it.
func (c Call) Audio() ([]byte, error) { return files.ReadFile("calls/" + c.AudioFile) }
