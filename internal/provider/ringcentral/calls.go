package ringcentral

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

const (
	callLogPath = "/account/~/call-log"
	perPage     = 1000
	maxPages    = 1000 // EnumeratedPagingModel: page is at most 1000

	// A slice of a window is read whole, since RingCentral gives the newest first; one with too many pages is made smaller. pad is how far
	// around it records are looked at: those of one session may begin at different times.
	firstSlice = 7 * 24 * time.Hour
	leastSlice = time.Hour
	slicePages = 3
	pad        = 2 * time.Hour
)

// sessionPattern is what telephony session ids look like.
var sessionPattern = regexp.MustCompile(`^s-[A-Za-z0-9-]{1,100}$`)

func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// records reads at most so many pages of a query, and tells whether there are more.
func (d *driver) records(ctx context.Context, q url.Values, pages int) (out []record, more bool, err error) {
	q.Set("view", "Detailed")
	q.Set("perPage", strconv.Itoa(perPage))
	for page := 1; page <= pages; page++ {
		q.Set("page", strconv.Itoa(page))
		var a listing
		if err := d.client.get(ctx, callLogPath, q, &a); err != nil {
			return nil, false, err
		}
		out = append(out, a.Records...)
		if a.Navigation.NextPage == nil || len(a.Records) == 0 {
			return out, false, nil
		}
	}
	return out, true, nil
}

func between(from, to time.Time) url.Values {
	return url.Values{"type": {"Voice"}, "dateFrom": {timeText(from)}, "dateTo": {timeText(to)}}
}

// place in a window: where the next slice begins, and how long it is.
type place struct {
	from  time.Time
	slice time.Duration
}

func (p place) cursor() provider.Cursor {
	return provider.Cursor(fmt.Sprintf("%d.%d", p.from.UnixMilli(), p.slice/time.Second))
}

func readPlace(c provider.Cursor, w provider.Window) (place, error) {
	if c == "" {
		return place{w.From, firstSlice}, nil
	}
	var ms, seconds int64
	if _, err := fmt.Sscanf(string(c), "%d.%d", &ms, &seconds); err != nil || seconds <= 0 {
		return place{}, domain.Errorf(domain.KindInvalid, "", "%q is no cursor of RingCentral", c)
	}
	return place{time.UnixMilli(ms).UTC(), time.Duration(seconds) * time.Second}, nil
}

// ListCalls gives the sessions that began in a slice of the window. A slice with too many records gives none, and a smaller one next.
func (d *driver) ListCalls(ctx context.Context, w provider.Window, cursor provider.Cursor) (provider.Page, error) {
	at, err := readPlace(cursor, w)
	if err != nil {
		return provider.Page{}, err
	}
	to := at.from.Add(at.slice)
	if to.After(w.To) {
		to = w.To
	}
	pages := slicePages
	if at.slice <= leastSlice {
		pages = maxPages
	}
	records, more, err := d.records(ctx, between(at.from.Add(-pad), to.Add(pad)), pages)
	if err != nil {
		return provider.Page{}, err
	}
	if more {
		return provider.Page{Next: place{at.from, max(leastSlice, to.Sub(at.from)/4)}.cursor()}, nil
	}
	page := provider.Page{}
	now := d.client.Now()
	for _, s := range sessions(records) {
		if start := s.startedAt(); !start.Before(at.from) && start.Before(to) {
			page.Calls = append(page.Calls, s.convert(now, d.region()))
		}
	}
	if to.Before(w.To) {
		page.Next = place{to, at.slice}.cursor()
	}
	return page, nil
}

func (d *driver) region() string { return cmp.Or(d.client.Settings[settingRegion], "US") }

// GetCall reads a session from the call log. One that goes on, or ended a moment ago, is not there yet; the session's status tells it.
func (d *driver) GetCall(ctx context.Context, id string) (domain.ProviderCall, error) {
	if !sessionPattern.MatchString(id) {
		return domain.ProviderCall{}, domain.Errorf(domain.KindNotFound, "", "%q is no telephony session id of RingCentral", id)
	}
	going, err := d.goingOn(ctx, id)
	if err != nil || going != nil {
		return orZero(going), err
	}
	// Without dates RingCentral looks at the last day only.
	q := between(d.client.Now().AddDate(-1, 0, 0), d.client.Now().Add(time.Minute))
	q.Set("telephonySessionId", id)
	records, _, err := d.records(ctx, q, maxPages)
	if err != nil {
		return domain.ProviderCall{}, err
	}
	for _, s := range sessions(records) {
		if s.id() == id {
			return s.convert(d.client.Now(), d.region()), nil
		}
	}
	return domain.ProviderCall{}, domain.Errorf(domain.KindNotFound, "", "RingCentral's call log does not have the session %s", id)
}

func orZero(c *domain.ProviderCall) domain.ProviderCall {
	if c == nil {
		return domain.ProviderCall{}
	}
	return *c
}

// GetCallNear finds the session among those of its time, which are read once for all that are asked for in a moment: a listing costs as
// much of the limit as a single call. A session that was transferred may have records elsewhere, and is asked for by itself.
func (d *driver) GetCallNear(ctx context.Context, id string, startedAt time.Time) (domain.ProviderCall, error) {
	found, err := d.near.read(ctx, startedAt, func(ctx context.Context, from, to time.Time) ([]session, error) {
		records, _, err := d.records(ctx, between(from, to), maxPages)
		return sessions(records), err
	})
	if err != nil {
		return domain.ProviderCall{}, err
	}
	for _, s := range found {
		if s.id() == id && !s.transferred() {
			return s.convert(d.client.Now(), d.region()), nil
		}
	}
	return d.GetCall(ctx, id)
}

// status of a session (readCallSessionStatus).
type status struct {
	CreationTime moment `json:"creationTime"`
	Parties      []struct {
		Direction string `json:"direction"`
		From      party  `json:"from"`
		To        party  `json:"to"`
		Status    struct {
			Code string `json:"code"`
		} `json:"status"`
	} `json:"parties"`
}

// goingOn gives a session in which somebody is still connected; nil if it has ended or cannot be looked at.
func (d *driver) goingOn(ctx context.Context, id string) (*domain.ProviderCall, error) {
	var s status
	err := d.client.get(ctx, "/account/~/telephony/sessions/"+url.PathEscape(id), nil, &s)
	if domain.IsKind(err, domain.KindNotFound) || domain.IsKind(err, domain.KindScopeMissing) || domain.IsKind(err, domain.KindGone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, p := range s.Parties {
		if p.Status.Code != "Disconnected" && p.Status.Code != "Gone" {
			return &domain.ProviderCall{
				ID: id, Direction: direction(p.Direction), StartedAt: s.CreationTime.Time, Recording: domain.RecordingPending,
				From: normal(p.From.PhoneNumber, d.region()), To: normal(p.To.PhoneNumber, d.region()),
			}, nil
		}
	}
	return nil, nil
}
