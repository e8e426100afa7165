package fake

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// recordViews are a call's records: one for the call, and one for each transfer, which begins when the next person takes over.
func (s *Server) recordViews(c *Call, now time.Time, detailed bool) []object {
	n := max(1, len(c.Parts))
	out := make([]object, 0, n)
	for i := range n {
		out = append(out, s.recordView(c, i, now, detailed))
	}
	return out
}

func (s *Server) recordView(c *Call, i int, now time.Time, detailed bool) object {
	start, end := c.StartedAt, c.endedAt()
	if i > 0 {
		start = c.partAt(i)
	}
	if i+1 < len(c.Parts) {
		end = c.partAt(i + 1)
	}
	o := object{
		"uri": s.base + "/restapi/v1.0/account/" + accountID + "/call-log/" + c.recordID, "id": c.recordID + suffix(i), "sessionId": "1" + c.recordID[1:], "telephonySessionId": c.ID,
		"startTime": text(start), "duration": int(end.Sub(start).Seconds()), "durationMs": end.Sub(start).Milliseconds(), "type": "Voice", "internalType": "Local",
		"direction": strings.ToUpper(c.Direction[:1]) + c.Direction[1:], "action": "Phone Call", "result": result(c), "transport": "PSTN", "lastModifiedTime": text(end.Add(s.opts.ListedAfter)),
	}
	if i > 0 {
		o["action"] = "Transfer"
	}
	o["from"], o["to"] = s.ends(c, i)
	if len(c.Parts) > 0 {
		s.addRecording(o, c, i, now)
	}
	if detailed {
		o["legs"] = s.legViews(c, i, o, end)
	}
	return o
}

func suffix(i int) string {
	if i == 0 {
		return ""
	}
	return "-" + strconv.Itoa(i)
}

func result(c *Call) string {
	switch {
	case len(c.Parts) > 0 && c.Direction == "inbound":
		return "Accepted"
	case len(c.Parts) > 0:
		return "Call connected"
	case c.Direction == "inbound":
		return "Missed"
	default:
		return "No Answer"
	}
}

// ends of a record: from and to.
func (s *Server) ends(c *Call, i int) (from, to object) {
	ours, theirs := object{"phoneNumber": c.Line}, object{"phoneNumber": c.Customer}
	if len(c.Parts) > 0 && c.Parts[i].UserID != 0 {
		ours["name"] = s.user(c.Parts[i].UserID).Name
	}
	if c.CustomerName != "" {
		theirs["name"] = c.CustomerName
	}
	if c.ColleagueID != 0 {
		me, other := c.Parts[i].UserID, c.ColleagueID
		ours = object{"extensionId": strconv.FormatInt(me, 10), "extensionNumber": "101", "name": s.user(me).Name}
		theirs = object{"extensionId": strconv.FormatInt(other, 10), "extensionNumber": "102", "name": s.user(other).Name}
	}
	if c.Direction == "inbound" {
		return theirs, ours
	}
	return ours, theirs
}

func (s *Server) addRecording(o object, c *Call, i int, now time.Time) {
	p := c.Parts[i]
	switch {
	case p.Recording == nil:
	case p.Talk < minRecorded:
		o["shortRecording"] = true
	case !now.Before(c.partAt(i).Add(p.Talk + p.RecordingAfter)):
		uri := s.base + "/restapi/v1.0/account/" + accountID + "/recording/" + p.recordingID
		o["recording"] = object{"uri": uri, "id": p.recordingID, "type": "Automatic", "contentUri": uri + "/content"}
	}
}

// legViews: one that rings, and one on which a user talks, with the recording once more.
func (s *Server) legViews(c *Call, i int, record object, end time.Time) []object {
	leg := func(start time.Time, kind string, master bool) object {
		o := object{}
		for _, name := range []string{"from", "to", "type", "internalType", "direction", "result", "transport"} {
			o[name] = record[name]
		}
		o["startTime"], o["duration"], o["durationMs"] = text(start), int(end.Sub(start).Seconds()), end.Sub(start).Milliseconds()
		o["legType"], o["master"], o["action"] = kind, master, "Phone Call"
		return o
	}
	if len(c.Parts) == 0 {
		return []object{leg(c.StartedAt, "PstnToSip", true)}
	}
	talking := leg(c.partAt(i), "Accept", true)
	if id := c.Parts[i].UserID; id != 0 {
		talking["extension"] = object{"uri": s.base + "/restapi/v1.0/account/" + accountID + "/extension/" + strconv.FormatInt(id, 10), "id": id}
	}
	for _, name := range []string{"recording", "shortRecording"} {
		if v, ok := record[name]; ok {
			talking[name] = v
		}
	}
	return []object{talking}
}

// sessionStatus tells of a session that goes on, and for two minutes after.
func (s *Server) sessionStatus(w http.ResponseWriter, r *http.Request) {
	c := s.calls[r.PathValue("session")]
	now := s.opts.Now()
	if c == nil || now.Before(c.StartedAt) || now.After(c.endedAt().Add(2*time.Minute)) {
		writeError(w, http.StatusNotFound, "TAS-106", "Call session not found", "")
		return
	}
	code := "Proceeding"
	switch {
	case !now.Before(c.endedAt()):
		code = "Disconnected"
	case len(c.Parts) > 0 && !now.Before(c.answeredAt()):
		code = "Answered"
	}
	i := 0
	from, to := s.ends(c, i)
	writeJSON(w, http.StatusOK, object{"id": c.ID, "creationTime": text(c.StartedAt), "origin": object{"type": "Call"}, "voiceCallToken": "token",
		"parties": []object{{"id": "p-" + c.ID[2:] + "-2", "direction": strings.ToUpper(c.Direction[:1]) + c.Direction[1:], "status": object{"code": code, "rcc": false},
			"from": from, "to": to, "missedCall": false, "standAlone": false, "muted": false}}})
}
