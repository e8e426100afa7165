package troubleshoot

import (
	"context"
	"slices"
	"time"

	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/phone"
	"earshot/internal/provider"
	"earshot/internal/store"
)

// Limits of a question.
const (
	shownCalls  = 20   // VC Calls of each connector
	eventsRead  = 5000 // stored events that are looked through for a call
	eventsPage  = 500
	maxWindow   = 7 * 24 * time.Hour
	plainWindow = time.Hour
)

// Question is what is known of a call that is not there; see domain.MissingQuestion. Number may be written in any way.
type Question struct {
	Provider domain.Provider
	CallID   string
	Number   string
	At       time.Time
	Window   time.Duration // before and after At; zero: an hour
}

// WhyMissing says where a call is, or what the rows say of why it did not come.
func (s *Service) WhyMissing(ctx context.Context, actor domain.User, in Question) (domain.MissingAnswer, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return domain.MissingAnswer{}, err
	}
	q, err := s.question(in)
	if err != nil {
		return domain.MissingAnswer{}, err
	}
	facts, err := s.missingFacts(ctx, actor, q)
	if err != nil {
		return domain.MissingAnswer{}, err
	}
	var people domain.People
	if people.Users, err = s.Store.Users(ctx); err != nil {
		return domain.MissingAnswer{}, err
	}
	if people.Excluded, err = s.Store.ExcludedNumbers(ctx); err != nil {
		return domain.MissingAnswer{}, err
	}
	return domain.WhyMissing(q, facts, people, s.Now()), nil
}

func (s *Service) question(in Question) (domain.MissingQuestion, error) {
	q := domain.MissingQuestion{Provider: in.Provider, CallID: in.CallID, At: in.At, Window: in.Window}
	if in.CallID == "" && in.Number == "" && in.At.IsZero() {
		return q, domain.Errorf(domain.KindInvalid, "nothing_known", "say at least one thing of the call: its id at the provider, a number on it, or about when it began")
	}
	if _, known := s.Openers[in.Provider]; !known && in.Provider != "" {
		return q, domain.Errorf(domain.KindInvalid, "unknown_provider", "Earshot has no driver for %q", in.Provider)
	}
	if in.Number != "" {
		e164, ok := phone.E164(in.Number, "US")
		if !ok {
			return q, domain.Errorf(domain.KindInvalid, "bad_number", "%q is not a phone number; write it with its country code, as +1 212 555 0123", in.Number)
		}
		q.Number = e164
	}
	if q.Window <= 0 {
		q.Window = plainWindow
	}
	q.Window = min(q.Window, maxWindow)
	if q.At.IsZero() {
		q.Window = 0
	}
	return q, nil
}

func (s *Service) missingFacts(ctx context.Context, actor domain.User, q domain.MissingQuestion) ([]domain.MissingFacts, error) {
	views, err := s.Connector.List(ctx, actor)
	if err != nil {
		return nil, err
	}
	var out []domain.MissingFacts
	for _, v := range views {
		if !v.Configured || q.Provider != "" && v.Provider != q.Provider {
			continue
		}
		a := v.Info.Abilities
		f := domain.MissingFacts{Connector: v.Connector, Name: v.Info.Name, Late: a.EventDelay, Events: a.Subscriptions && v.Site != ""}
		if f.Jobs, err = s.Store.ScheduledJobs(ctx, v.ID); err != nil {
			return nil, err
		}
		if err := s.findCalls(ctx, q, &f); err != nil {
			return nil, err
		}
		if len(f.Calls) == 0 {
			if f.News, err = s.findNews(ctx, q, v); err != nil {
				return nil, err
			}
			if f.Refused, err = s.refused(ctx, q, v); err != nil {
				return nil, err
			}
		}
		out = append(out, f)
	}
	return out, nil
}

func (s *Service) findCalls(ctx context.Context, q domain.MissingQuestion, f *domain.MissingFacts) error {
	var found []domain.VCCall
	if q.CallID != "" {
		vc, err := s.Store.VCCallByProviderID(ctx, f.Connector.ID, q.CallID)
		if domain.IsKind(err, domain.KindNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		found = append(found, vc)
	} else {
		search := store.CallSearch{ConnectorID: f.Connector.ID, Number: q.Number, Limit: shownCalls}
		if !q.At.IsZero() {
			search.From, search.To = q.At.Add(-q.Window), q.At.Add(q.Window)
		}
		var err error
		if found, f.More, err = s.Store.SearchVCCalls(ctx, search); err != nil {
			return err
		}
	}
	for _, vc := range found {
		log, err := s.Store.VCLogs(ctx, vc.ID)
		if err != nil {
			return err
		}
		f.Calls = append(f.Calls, domain.FoundCall{VCCall: vc, Log: log})
	}
	return nil
}

// refused gives what the site refused when events of the call may have come.
func (s *Service) refused(ctx context.Context, q domain.MissingQuestion, v connector.View) ([]domain.Refusal, error) {
	from, to := s.eventSpan(q, v)
	return s.Store.Refusals(ctx, v.ID, from, to)
}

// eventSpan is when events of the call may have come: it may have gone on for hours, and events may come late.
func (s *Service) eventSpan(q domain.MissingQuestion, v connector.View) (from, to time.Time) {
	if q.At.IsZero() {
		return time.Time{}, s.Now()
	}
	return q.At.Add(-q.Window), q.At.Add(q.Window + v.Info.Abilities.EventDelay + 12*time.Hour)
}

// findNews looks through the stored events for a call that none of them made a VC Call of.
func (s *Service) findNews(ctx context.Context, q domain.MissingQuestion, v connector.View) ([]domain.FoundEvent, error) {
	pc, err := s.Open(v.Connector)
	if err != nil {
		return nil, err
	}
	from, to := s.eventSpan(q, v)
	var out []domain.FoundEvent
	before := ""
	for read := 0; read < eventsRead && len(out) < shownCalls; {
		page, err := s.Store.KeptEvents(ctx, v.ID, from, to, before, eventsPage)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			out = append(out, newsIn(pc, e, q)...)
			before = e.ID
		}
		if read += len(page); len(page) < eventsPage {
			break
		}
	}
	return out[:min(len(out), shownCalls)], nil
}

// newsIn gives what an event says of calls that fit the question; nothing of one that cannot be read.
func newsIn(pc *provider.Connector, e store.KeptEvent, q domain.MissingQuestion) []domain.FoundEvent {
	calls, err := pc.Parse(e.Body, e.ReceivedAt)
	if err != nil {
		return nil
	}
	var out []domain.FoundEvent
	for _, c := range calls {
		if fits(c, q) {
			out = append(out, domain.FoundEvent{CallID: c.CallID, Name: c.Name, ReceivedAt: e.ReceivedAt, ObservedAt: c.ObservedAt, Understood: !e.ProcessedAt.IsZero()})
		}
	}
	return out
}

func fits(c provider.EventCall, q domain.MissingQuestion) bool {
	if q.CallID != "" {
		return c.CallID == q.CallID
	}
	if q.Number != "" && (c.Call == nil || !slices.Contains(c.Call.Numbers(), q.Number)) {
		return false
	}
	began := c.ObservedAt
	if c.Call != nil {
		began = c.Call.StartedAt
	}
	return q.At.IsZero() || began.Sub(q.At).Abs() <= q.Window
}
