package transcript

import (
	"regexp"
	"strings"

	"earshot/internal/domain"
)

// label is "Name: text", also "**Name:** text", "[00:12] Name: text" and "Name (00:12): text". A name has at most four words
// and starts with a capital letter or is a role.
var label = regexp.MustCompile(`^[ \t>*_-]*(?:\[?(\d{1,2}(?::\d{2}){1,2}(?:[.,]\d{1,3})?)\]?[ \t-]+)?[*_]*(\p{L}[\p{L}\p{N}_.'’&-]*(?: [\p{L}\p{N}_.'’&()-]+){0,3})[*_]*(?:[ \t]*[(\[](\d{1,2}(?::\d{2}){1,2}(?:[.,]\d{1,3})?)[)\]])?[*_]*[ \t]*:[*_]*(?:[ \t]+|$)(.*)$`)

var notNames = map[string]bool{"note": true, "notes": true, "subject": true, "date": true, "time": true, "duration": true, "title": true, "summary": true, "re": true, "from": true, "to": true,
	"call": true, "topic": true, "participants": true, "language": true, "recording": true, "started_at": true, "start": true, "end": true}

// said is what one speaker says without a break. At is its time in seconds, -1 where none stands.
type said struct {
	name, text string
	at         float64
}

// readLabel reads a row that starts with a speaker's name.
func readLabel(row string) (said, bool) {
	if len(row) > 1<<20 {
		return said{}, false
	}
	m := label.FindStringSubmatch(row)
	if m == nil {
		return said{}, false
	}
	key := keyOf(m[2])
	_, role := roleOf(key)
	if first := m[2][:1]; notNames[key] || !role && strings.ToLower(first) == first && first[0] < 0x80 {
		return said{}, false
	}
	s := said{name: m[2], text: m[4], at: -1}
	if stamp := m[1] + m[3]; stamp != "" && (m[1] == "" || m[3] == "") {
		s.at = secondsOf(stamp)
	}
	return s, true
}

// hasLabel tells whether one of the first rows starts with a speaker's name.
func hasLabel(text string) bool {
	n := 0
	for row := range strings.SplitSeq(text, "\n") {
		if _, ok := readLabel(row); ok {
			return true
		}
		if strings.TrimSpace(row) != "" {
			n++
		}
		if n > 40 {
			return false
		}
	}
	return false
}

// parts cuts text at its labels; rows without one belong to the row before.
func parts(text string) []said {
	var out []said
	for row := range strings.SplitSeq(text, "\n") {
		if s, ok := readLabel(row); ok {
			out = append(out, s)
			continue
		}
		if len(out) == 0 {
			out = append(out, said{at: -1})
		}
		out[len(out)-1].text += " " + row
	}
	return out
}

// demote makes text again of what looked like a speaker: a name that is no role, stands once, and is not one of two.
func demote(all []said) []said {
	count := map[string]int{}
	for _, s := range all {
		count[keyOf(s.name)]++
	}
	delete(count, "")
	if len(count) <= 2 {
		return all
	}
	var out []said
	for _, s := range all {
		key := keyOf(s.name)
		if _, role := roleOf(key); !role && count[key] == 1 && len(out) > 0 {
			out[len(out)-1].text += " " + s.name + ": " + s.text
			continue
		}
		out = append(out, s)
	}
	return out
}

// readSpeakerLines reads "Agent: Hello." What stands before the first name is a title and left out. Where every line has a time, each ends
// where the next starts; else none has one.
func readSpeakerLines(name, text string) (domain.Transcript, error) {
	all := parts(text)
	if all[0].name == "" {
		all = all[1:]
	}
	all = demote(all)
	var names []string
	timed := len(all) > 0
	for i, s := range all {
		names = append(names, s.name)
		timed = timed && s.at >= 0 && s.at <= maxSeconds && (i == 0 || s.at >= all[i-1].at)
	}
	cast := castOf(names)
	var t domain.Transcript
	for i, s := range all {
		l := domain.Line{Speaker: cast.speaker(s.name), Text: plainLine(s.text)}
		if l.Text == "" {
			continue
		}
		if timed {
			l.Start, l.End = s.at, s.at
			if i+1 < len(all) {
				l.End = all[i+1].at
			}
		}
		t.Lines = append(t.Lines, l)
	}
	if len(t.Lines) == 0 {
		return t, broken(name, "there are names of speakers but nothing that they say")
	}
	return t, nil
}

func plainLine(text string) string { return strings.Join(strings.Fields(text), " ") }
