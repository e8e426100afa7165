package fake

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

type paging struct {
	page, per int
	from, to  int64
	desc      bool
}

// paging reads the parameters that all listings share; a text tells what is wrong with them.
func (s *Server) paging(r *http.Request) (paging, string) {
	p := paging{page: 1, per: 20, to: 1 << 40}
	q := r.URL.Query()
	for _, f := range []struct {
		name string
		set  func(int64)
		low  int64
	}{
		{"page", func(n int64) { p.page = int(n) }, 1},
		{"per_page", func(n int64) { p.per = int(n) }, 1},
		{"from", func(n int64) { p.from = n }, 0},
		{"to", func(n int64) { p.to = n }, 0},
	} {
		if !q.Has(f.name) {
			continue
		}
		n, err := strconv.ParseInt(q.Get(f.name), 10, 64)
		if err != nil || n < f.low || n > 1e11 { // milliseconds are no seconds
			s.problem("%s: %s is %q", r.URL.Path, f.name, q.Get(f.name))
			return p, f.name + " is not valid"
		}
		f.set(n)
	}
	if p.per > pageMax {
		s.problem("%s: per_page is %d, at most %d are given", r.URL.Path, p.per, pageMax)
		p.per = pageMax
	}
	p.desc = q.Get("order") == "desc"
	if order := q.Get("order"); order != "" && order != "asc" && order != "desc" {
		return p, "order is asc or desc"
	}
	if p.page*p.per > queryMax {
		return p, fmt.Sprintf("page %d is beyond the first %d items", p.page, queryMax)
	}
	return p, ""
}

func (p paging) bounds(total int) (int, int) {
	start := min((p.page-1)*p.per, total)
	return start, min(start+p.per, total)
}

// list answers with one page under the name that the listing has.
func list[T any](r *http.Request, base, name string, p paging, items []T, one func(T) any) (int, any) {
	start, end := p.bounds(len(items))
	views := []any{}
	for _, item := range items[start:end] {
		views = append(views, one(item))
	}
	meta := object{"count": end - start, "total": len(items), "current_page": p.page, "per_page": p.per, "next_page_link": nil, "previous_page_link": nil}
	if end < len(items) {
		meta["next_page_link"] = pageLink(base, r.URL, p.page+1)
	}
	if p.page > 1 {
		meta["previous_page_link"] = pageLink(base, r.URL, p.page-1)
	}
	return http.StatusOK, object{name: views, "meta": meta}
}

func pageLink(base string, u *url.URL, page int) string {
	q := u.Query()
	q.Set("page", strconv.Itoa(page))
	return base + u.Path + "?" + q.Encode()
}

func (s *Server) company(*http.Request) (int, any) {
	return http.StatusOK, object{"company": object{"name": s.opts.Company, "users_count": len(s.users), "numbers_count": len(s.numbers)}}
}

func (s *Server) listUsers(r *http.Request) (int, any) {
	p, wrong := s.paging(r)
	if wrong != "" {
		return badRequest("%s", wrong)
	}
	return list(r, s.base, "users", p, s.users, func(u User) any { return userView(u, s.base) })
}

func (s *Server) listNumbers(r *http.Request) (int, any) {
	p, wrong := s.paging(r)
	if wrong != "" {
		return badRequest("%s", wrong)
	}
	return list(r, s.base, "numbers", p, s.numbers, func(n Number) any {
		o := s.numberView(n.ID, view{base: s.base}).(object)
		users := []any{}
		for _, id := range n.UserIDs {
			if u, ok := s.user(id); ok {
				users = append(users, userView(u, s.base))
			}
		}
		o["users"] = users
		return o
	})
}

// listCalls serves the listing and the search. Both bounds count; the date is that of creation.
func (s *Server) listCalls(r *http.Request) (int, any) {
	p, wrong := s.paging(r)
	if wrong != "" {
		return badRequest("%s", wrong)
	}
	now := s.opts.Now()
	from, to := time.Unix(p.from, 0), time.Unix(p.to, 0)
	if to.After(now) {
		to = now
	}
	first, _ := slices.BinarySearchFunc(s.byStart, from, func(c *Call, at time.Time) int { return c.StartedAt.Compare(at) })
	last, _ := slices.BinarySearchFunc(s.byStart, to.Add(time.Nanosecond), func(c *Call, at time.Time) int { return c.StartedAt.Compare(at) })
	calls := matching(s.byStart[first:max(first, last)], r.URL.Query())
	if p.desc {
		calls = slices.Clone(calls)
		slices.Reverse(calls)
	}
	contact := r.URL.Query().Get("fetch_contact") == "true"
	return list(r, s.base, "calls", p, calls, func(c *Call) any { return s.callView(c, view{now, false, contact, s.base}) })
}

func matching(calls []*Call, q url.Values) []*Call {
	direction, user, phone := q.Get("direction"), q.Get("user_id"), digits(q.Get("phone_number"))
	if direction == "" && user == "" && phone == "" {
		return calls
	}
	return slices.DeleteFunc(slices.Clone(calls), func(c *Call) bool {
		return direction != "" && c.Direction != direction || user != "" && strconv.FormatInt(c.UserID, 10) != user || phone != "" && digits(c.Customer) != phone
	})
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func (s *Server) getCall(r *http.Request) (int, any) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.problem("GET %s: the id is no number", r.URL.Path)
		return badRequest("id is not valid")
	}
	c, now := s.calls[id], s.opts.Now()
	if c == nil || c.StartedAt.After(now) {
		return notFound()
	}
	return http.StatusOK, object{"call": s.callView(c, view{now, false, r.URL.Query().Get("fetch_contact") == "true", s.base})}
}
