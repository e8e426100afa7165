package fake

import (
	"net/http"
	"strconv"
	"strings"
)

func (s *Server) account(w http.ResponseWriter, _ *http.Request) {
	id, _ := strconv.ParseInt(accountID, 10, 64)
	writeJSON(w, http.StatusOK, object{"uri": s.base + "/restapi/v1.0/account/" + accountID, "id": id, "mainNumber": s.opts.MainNumber, "status": "Confirmed",
		"serviceInfo": object{"uri": s.base + "/restapi/v1.0/account/" + accountID + "/service-info", "brand": object{"id": "1210", "name": s.opts.Company}}})
}

func (s *Server) recordingSettings(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, object{
		"onDemand":  object{"enabled": true, "retentionPeriod": 90},
		"automatic": object{"enabled": true, "outboundCallTones": false, "outboundCallAnnouncement": true, "allowMute": false, "extensionCount": len(s.users), "retentionPeriod": 90, "maxNumberLimit": 100000},
		"greetings": []object{},
	})
}

func (s *Server) extensions(w http.ResponseWriter, r *http.Request) {
	page, size, ok := s.paging(w, r.URL.Query())
	if !ok {
		return
	}
	records := []object{}
	for i, u := range s.users {
		first, last, _ := strings.Cut(u.Name, " ")
		records = append(records, object{"uri": s.base + "/restapi/v1.0/account/" + accountID + "/extension/" + strconv.FormatInt(u.ID, 10), "id": u.ID, "extensionNumber": strconv.Itoa(101 + i), "name": u.Name,
			"type": "User", "status": "Enabled", "contact": object{"firstName": first, "lastName": last, "email": u.Email}})
	}
	s.list(w, r, records, page, size)
}

func (s *Server) phoneNumbers(w http.ResponseWriter, r *http.Request) {
	page, size, ok := s.paging(w, r.URL.Query())
	if !ok {
		return
	}
	records := []object{{"id": int64(1), "phoneNumber": s.opts.MainNumber, "usageType": "MainCompanyNumber", "type": "VoiceFax", "paymentType": "Local", "status": "Normal"}}
	for _, u := range s.users {
		if u.Number != "" {
			records = append(records, object{"id": u.ID + 1_000_000, "phoneNumber": u.Number, "usageType": "DirectNumber", "type": "VoiceFax", "paymentType": "Local", "status": "Normal",
				"extension": object{"id": u.ID, "extensionNumber": "101"}})
		}
	}
	s.list(w, r, records, page, size)
}

// content is the audio of a recording that the call log lists.
func (s *Server) content(w http.ResponseWriter, r *http.Request) {
	if s.faults.MediaStatus != 0 {
		writeError(w, s.faults.MediaStatus, "CMN-102", "Resource for parameter [recordingId] is not found", "")
		return
	}
	id, now := r.PathValue("recording"), s.opts.Now()
	for _, c := range s.byStart {
		for i, p := range c.Parts {
			if p.recordingID != id || id == "" || p.Talk < minRecorded || now.Before(c.partAt(i).Add(p.Talk+p.RecordingAfter)) {
				continue
			}
			kind, body := c.ContentType, p.Recording
			if s.faults.MediaType != "" {
				kind, body = s.faults.MediaType, []byte("<html>sign in</html>")
			}
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			if s.faults.Truncate {
				body = body[:len(body)/2]
			}
			_, _ = w.Write(body) // a client that has gone needs no answer
			return
		}
	}
	writeError(w, http.StatusNotFound, "CMN-102", "Resource for parameter [recordingId] is not found", "")
}
