package fake

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

const layout = "2006-01-02T15:04:05.000Z"

func text(t time.Time) string { return t.UTC().Format(layout) }

// paging of a listing; ok is false after an answer was given.
func (s *Server) paging(w http.ResponseWriter, q url.Values) (page, size int, ok bool) {
	page, size = 1, 100
	for name, to := range map[string]*int{"page": &page, "perPage": &size} {
		if v := q.Get(name); v != "" {
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 || n > perPageMax {
				writeError(w, http.StatusBadRequest, "CMN-101", "Parameter ["+name+"] value is invalid", "")
				return 0, 0, false
			}
			*to = n
		}
	}
	return page, size, true
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, records []object, page, size int) {
	from := min((page-1)*size, len(records))
	to := min(from+size, len(records))
	uri := func(n int) object {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		return object{"uri": s.base + r.URL.Path + "?" + q.Encode()}
	}
	navigation := object{"firstPage": uri(1)}
	if to < len(records) {
		navigation["nextPage"] = uri(page + 1)
	}
	one := slices.Clone(records[from:to])
	if one == nil {
		one = []object{}
	}
	writeJSON(w, http.StatusOK, object{"uri": s.base + r.URL.RequestURI(), "records": one,
		"paging": object{"page": page, "perPage": size, "pageStart": from, "pageEnd": max(from, to-1)}, "navigation": navigation})
}

// callLog lists records of finished calls by their start, the newest first.
func (s *Server) callLog(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if s.faults.NoCallLog {
		writeError(w, http.StatusForbidden, "CMN-408", "In order to call this API endpoint, user needs to have [FullCompanyCallLog] permission", "FullCompanyCallLog")
		return
	}
	page, size, ok := s.paging(w, q)
	if !ok {
		return
	}
	now := s.opts.Now()
	to := now
	from := to.Add(-24 * time.Hour)
	for name, at := range map[string]*time.Time{"dateTo": &to, "dateFrom": &from} {
		v := q.Get(name)
		parsed, err := time.Parse(time.RFC3339, v)
		if v == "" && name == "dateFrom" {
			continue
		}
		if v == "" {
			continue
		}
		if err != nil {
			writeError(w, http.StatusBadRequest, "CMN-101", "Parameter ["+name+"] value is invalid", "")
			return
		}
		*at = parsed
	}
	id := q.Get("telephonySessionId")
	records := []object{}
	for _, c := range slices.Backward(s.byStart) {
		if id != "" && c.ID != id || c.StartedAt.After(now) || now.Before(c.endedAt().Add(s.opts.ListedAfter)) || c.endedAt().Before(from) || !c.StartedAt.Before(to) {
			continue
		}
		for _, rec := range slices.Backward(s.recordViews(c, now, q.Get("view") == "Detailed")) {
			at, _ := time.Parse(layout, rec["startTime"].(string))
			if !at.Before(from) && at.Before(to) {
				records = append(records, rec)
			}
		}
	}
	s.list(w, r, records, page, size)
}
