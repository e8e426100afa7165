package fake

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cursor of a listing: a place, which stays the same when something is added before it, and the question it belongs to.
func cursor(q url.Values, place string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(place + "|" + question(q)))
}

func question(q url.Values) string {
	var parts []string
	for name := range q {
		if name != "cursor" {
			parts = append(parts, name+"="+q.Get(name))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "&")
}

// place reads the cursor; a cursor that is used with another question is a mistake.
func (s *Server) place(r *http.Request) (string, bool) {
	q := r.URL.Query()
	if !q.Has("cursor") {
		return "", true
	}
	data, err := base64.RawURLEncoding.DecodeString(q.Get("cursor"))
	place, asked, _ := strings.Cut(string(data), "|")
	if err != nil || asked != question(q) {
		s.problem("GET %s: the cursor belongs to another question", r.URL.Path)
		return "", false
	}
	return place, true
}

// list answers with one page of what fits into memory; the place is a number.
func list[T any](s *Server, r *http.Request, items []T, one func(T) any) (int, any) {
	place, ok := s.place(r)
	if !ok {
		return badRequest("invalid cursor")
	}
	start, _ := strconv.Atoi(place)
	start = min(start, len(items))
	end := min(start+s.opts.PageSize, len(items))
	views := []any{}
	for _, item := range items[start:end] {
		views = append(views, one(item))
	}
	out := object{"items": views}
	if end < len(items) {
		out["cursor"] = cursor(r.URL.Query(), strconv.Itoa(end))
	}
	return http.StatusOK, out
}

func (s *Server) company(*http.Request) (int, any) {
	return http.StatusOK, object{"id": "4508591728425653", "name": s.opts.Company, "account_type": "pro", "country": "us", "domain": "example.com", "office_count": "1", "state": "active"}
}

// listUsers: a limit is deprecated, and answered with an error now and then so that it is noticed.
func (s *Server) listUsers(r *http.Request) (int, any) {
	if r.URL.Query().Has("limit") {
		s.problem("GET %s: limit is deprecated", r.URL.Path)
		if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err != nil || n > 100 && s.random.IntN(5) == 0 {
			return badRequest("limit may be 100 at most")
		}
	}
	state := r.URL.Query().Get("state")
	users := slices.DeleteFunc(slices.Clone(s.users), func(u User) bool { return state != "all" && u.State != state && (state != "" || u.State != "active") })
	return list(s, r, users, userView)
}

func userView(u User) any {
	first, last, _ := strings.Cut(u.Name, " ")
	phones := []any{}
	if u.Phone != "" {
		phones = append(phones, u.Phone)
	}
	return object{
		"id": strconv.FormatInt(u.ID, 10), "company_id": "4508591728425653", "display_name": u.Name, "first_name": first, "last_name": last, "emails": []any{u.Email},
		"phone_numbers": phones, "forwarding_numbers": []any{}, "office_id": "5527348325810176", "state": u.State, "is_admin": false, "is_super_admin": false, "license": "talk",
		"timezone": "US/Pacific", "date_added": "2025-09-15T12:14:21", "group_details": []any{},
	}
}

// span of a question about calls, both ends excluded; a text tells what is wrong with it.
func (s *Server) span(q url.Values) (after, before time.Time, wrong string) {
	after, before = time.Time{}, s.opts.Now().Add(time.Hour)
	for name, at := range map[string]*time.Time{"started_after": &after, "started_before": &before} {
		if !q.Has(name) {
			continue
		}
		n, err := strconv.ParseInt(q.Get(name), 10, 64)
		if err != nil || n < 0 || n > 0 && n < 1e11 { // seconds are no milliseconds
			s.problem("GET /api/v2/call: %s is %q", name, q.Get(name))
			return after, before, name + " is not a timestamp in milliseconds"
		}
		*at = time.UnixMilli(n)
	}
	if q.Has("started_after") && before.Sub(after) >= spanMax {
		return after, before, "the time between started_after and started_before must be less than 30 days"
	}
	return after, before, ""
}

// listCalls gives legs that have ended, the newest first.
func (s *Server) listCalls(r *http.Request) (int, any) {
	q := r.URL.Query()
	after, before, wrong := s.span(q)
	size := s.opts.PageSize
	if n, err := strconv.Atoi(q.Get("limit")); q.Has("limit") {
		if err != nil || n < 1 || n > limitMax {
			return badRequest("Limit cannot be greater than %d", limitMax)
		}
		size = n
	}
	place, ok := s.place(r)
	if wrong != "" || !ok {
		return badRequest("%s", wrong)
	}
	var last leg
	var at int64
	if n, _ := fmt.Sscanf(place, "%d %d", &at, &last.id); n == 2 {
		last.started = time.UnixMilli(at)
	}
	v := view{at: s.opts.Now(), links: s.may(grantOf(r.Context()), scopeRecordings), base: s.base}
	views, out := []any{}, object{}
	start, _ := slices.BinarySearchFunc(s.byStart, &leg{id: 1<<63 - 1, started: before.Add(-1)}, newestFirst)
	for _, l := range s.byStart[start:] {
		if !l.started.After(after) {
			break
		}
		if last.id != 0 && newestFirst(l, &last) <= 0 || v.at.Before(l.ended.Add(s.opts.ListAfter)) || !targets(l, q) {
			continue
		}
		if len(views) == size {
			out["cursor"] = cursor(q, fmt.Sprintf("%d %d", last.started.UnixMilli(), last.id))
			break
		}
		views = append(views, s.legView(l, "hangup", v))
		if len(views) == size {
			last = *l
		}
	}
	out["items"] = views
	return http.StatusOK, out
}

func targets(l *leg, q url.Values) bool {
	id := q.Get("target_id")
	return id == "" || id == strconv.FormatInt(l.target.id, 10)
}

func (s *Server) getCall(r *http.Request) (int, any) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.problem("GET %s: the id is no number", r.URL.Path)
		return badRequest("id is not valid")
	}
	l, now := s.legs[id], s.opts.Now()
	if l == nil || l.started.After(now) {
		return notFound()
	}
	v := view{at: now, links: s.may(grantOf(r.Context()), scopeRecordings), base: s.base}
	return http.StatusOK, s.legView(l, l.state(now), v)
}
