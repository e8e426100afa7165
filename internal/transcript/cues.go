package transcript

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"earshot/internal/domain"
)

var (
	timing  = regexp.MustCompile(`^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})`)
	voice   = regexp.MustCompile(`<v(?:\.[^\s>]*)?\s+([^>]*)>`)
	markup  = regexp.MustCompile(`<[^>]{0,200}>|\{\\[^}]{0,100}\}`)
	comment = regexp.MustCompile(`^(NOTE|STYLE|REGION)(\s|$)`)
)

// cue is a cue, or the part of one that one voice says.
type cue struct {
	name, text string
	start, end float64
	tagged     bool // the name is that of a <v> tag
}

// readCues reads WebVTT (W3C) and SubRip: blocks parted by empty lines, each with a line of times. The speaker is that of
// a <v> tag or of "Name: text".
func readCues(name, text string) (domain.Transcript, error) {
	var cues []cue
	for block := range strings.SplitSeq(text, "\n\n") {
		block = strings.Trim(block, "\n")
		if comment.MatchString(block) {
			continue
		}
		found, err := readBlock(name, block)
		if err != nil {
			return domain.Transcript{}, err
		}
		cues = append(cues, found...)
	}
	names := settle(cues)
	cast := castOf(names)
	var t domain.Transcript
	for _, c := range cues {
		t.Lines = append(t.Lines, domain.Line{Speaker: cast.speaker(c.name), Start: c.start, End: c.end, Text: c.text})
	}
	return t, nil
}

// settle gives cues without a name that of the cue before, makes text again of what looked like a name but stands once among
// several, and lists the names.
func settle(cues []cue) []string {
	count := map[string]int{}
	for _, c := range cues {
		count[keyOf(c.name)]++
	}
	delete(count, "")
	names := make([]string, 0, len(cues))
	for i := range cues {
		c := &cues[i]
		if _, role := roleOf(keyOf(c.name)); !c.tagged && !role && c.name != "" && count[keyOf(c.name)] == 1 && len(count) > 2 {
			c.text = c.name + ": " + c.text
			c.name = ""
		}
		if c.name == "" && i > 0 {
			c.name = cues[i-1].name
		}
		names = append(names, c.name)
	}
	return names
}

// readBlock reads the cues of a block; a block without a line of times is none, one whose times are odd is an error.
func readBlock(name, block string) ([]cue, error) {
	rows := strings.Split(block, "\n")
	for i, row := range rows {
		if !strings.Contains(row, "-->") {
			continue
		}
		m := timing.FindStringSubmatch(row)
		if m == nil {
			return nil, broken(name, "the times %q cannot be read; they must look like 00:01:02.500 --> 00:01:04.000", clip(row))
		}
		start, end := secondsOf(m[1]), secondsOf(m[2])
		if !timeOK(start) || !timeOK(end) {
			return nil, broken(name, "the times %q are longer than any call", clip(row))
		}
		return voices(cue{start: start, end: max(start, end)}, strings.Join(rows[i+1:], "\n")), nil
	}
	return nil, nil
}

// voices parts the payload of a cue by its <v> tags, else by its "Name: text" rows, and shares the time by length.
func voices(c cue, payload string) []cue {
	var out []cue
	add := func(name, text string, tagged bool) {
		if text = plain(text); text != "" {
			out = append(out, cue{name: name, text: text, tagged: tagged})
		}
	}
	if at := voice.FindAllStringSubmatchIndex(payload, -1); at != nil {
		add("", payload[:at[0][0]], false)
		for i, m := range at {
			end := len(payload)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			add(plain(payload[m[2]:m[3]]), payload[m[1]:end], true)
		}
	} else {
		for _, s := range parts(payload) {
			add(s.name, s.text, false)
		}
	}
	return share(c, out)
}

func share(c cue, out []cue) []cue {
	total, done := 0, 0
	for _, o := range out {
		total += len(o.text)
	}
	for i := range out {
		out[i].start = c.start + (c.end-c.start)*float64(done)/float64(total)
		done += len(out[i].text)
		out[i].end = c.start + (c.end-c.start)*float64(done)/float64(total)
	}
	return out
}

// plain is text without tags, entities and line breaks.
func plain(text string) string {
	return strings.Join(strings.Fields(html.UnescapeString(markup.ReplaceAllString(text, ""))), " ")
}

// secondsOf reads [hours:]minutes:seconds.milliseconds, which timing has matched.
func secondsOf(text string) float64 {
	total := 0.0
	for part := range strings.SplitSeq(strings.Replace(text, ",", ".", 1), ":") {
		v, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return -1
		}
		total = total*60 + v
	}
	return total
}
