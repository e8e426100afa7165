package company

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"earshot/internal/domain"
)

var direction = regexp.MustCompile(`^\((pause|hold|overtalk)(?: (\d+)s)?\)$`)

// parseScript reads a header of "key: value" lines, an empty line, and then what is said, one line a cue.
func parseScript(slug, text string) (Call, error) {
	head, body, _ := strings.Cut(text, "\n\n")
	c := Call{Slug: slug, Provider: domain.Aircall, Via: "realtime", Channels: 2, Recorded: true, State: domain.StateProcessed}
	for line := range strings.Lines(head) {
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			return c, fmt.Errorf("header line %q has no colon", line)
		}
		if err := c.set(key, strings.TrimSpace(value)); err != nil {
			return c, err
		}
	}
	if c.Recorded {
		c.AudioFile = slug + ".mp3"
	}
	for line := range strings.Lines(body) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		cue, err := parseCue(line)
		if err != nil {
			return c, err
		}
		c.Script = append(c.Script, cue)
	}
	return c, nil
}

func (c *Call) set(key, value string) (err error) {
	switch key {
	case "title":
		c.Title = value
	case "provider":
		c.Provider = domain.Provider(value)
	case "agent_right":
		c.AgentRight = value == "yes"
	case "direction":
		c.Direction = value
	case "agent":
		c.AgentEmail = value
	case "colleague":
		c.ColleagueEmail = value
	case "customer":
		c.External = value
	case "contact":
		c.ContactFirst, c.ContactLast, _ = strings.Cut(value, " ")
	case "line":
		c.Line = value
	case "via":
		c.Via = value
	case "channels":
		_, err = fmt.Sscan(value, &c.Channels)
	case "voicemail":
		c.Voicemail = value == "yes"
	case "recorded":
		c.Recorded = value == "yes"
	case "started_ago":
		c.StartedAgo, err = time.ParseDuration(value)
	case "recording_delay":
		c.RecordingDelay, err = time.ParseDuration(value)
	case "talk":
		c.Talk, err = time.ParseDuration(value)
	case "expect":
		state, reason, _ := strings.Cut(value, " ")
		c.State, c.Reason = domain.State(state), domain.ReasonCode(reason)
	case "words":
		c.Words = strings.Fields(value)
	default:
		return fmt.Errorf("unknown header %q", key)
	}
	return err
}

func parseCue(line string) (Cue, error) {
	if m := direction.FindStringSubmatch(line); m != nil {
		cue := Cue{Do: m[1]}
		if m[2] != "" {
			seconds, err := time.ParseDuration(m[2] + "s")
			cue.For = seconds
			return cue, err
		}
		return cue, nil
	}
	speaker, text, ok := strings.Cut(line, ": ")
	if !ok || speaker != "agent" && speaker != "customer" {
		return Cue{}, fmt.Errorf("line %q is neither said by agent or customer nor a direction", line)
	}
	return Cue{Speaker: speaker, Text: text}, nil
}
