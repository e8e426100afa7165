package provider

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"earshot/internal/domain"
)

// How long a request waits for its turn; whoever has to wait longer is told when to come back. What is not urgent holds nobody up.
const (
	maxPause   = 2 * time.Minute
	quietPause = 20 * time.Second
)

// CodePaced is the code of a KindRateLimited error that says that no request was made: our own pace leaves no turn before its time.
const CodePaced = "paced"

// Ledger keeps the paces of accounts. All processes that use an account share one, in the database.
type Ledger interface {
	// Pace lets change work on the paces of the groups, keyed by group, while nobody else can, and keeps what it leaves. change may
	// run again, on paces that are read anew.
	// A group that was not heard of comes with a zero quota.
	Pace(ctx context.Context, account string, groups []string, change func(map[string]*domain.Pace)) error
}

// Pacer keeps one credential within its provider's limits, group by group. It is safe for concurrent use.
type Pacer struct {
	account string
	quotas  map[string]domain.Quota
	ledger  Ledger
	now     func() time.Time
	sleep   SleepFunc
	logger  *slog.Logger
}

// SleepFunc waits for a duration or until the context ends, and then gives its error.
type SleepFunc func(context.Context, time.Duration) error

func newPacer(c Config) *Pacer {
	p := &Pacer{account: c.Account, quotas: map[string]domain.Quota{}, ledger: c.Ledger, now: c.Now, sleep: c.Sleep, logger: c.Logger}
	for _, q := range c.Opener.Info.Quotas {
		p.quotas[q.Group] = q
	}
	return p
}

type urgencyKey struct{}

// WithPriority says how urgent the requests are that are made with the context. Without it they are the most urgent.
func WithPriority(ctx context.Context, p domain.Priority) context.Context {
	return context.WithValue(ctx, urgencyKey{}, p)
}

func urgency(ctx context.Context) domain.Priority {
	p, _ := ctx.Value(urgencyKey{}).(domain.Priority)
	return p
}

// Wait blocks until a request that counts in the groups may go. Where that takes too long it gives CodePaced with the time at once.
func (p *Pacer) Wait(ctx context.Context, groups []string) error {
	turn := turn{groups: groups, at: p.now(), urgency: urgency(ctx)}
	start := p.now()
	for {
		now := p.now()
		next := turn
		if err := p.change(ctx, groups, func(paces map[string]*domain.Pace) { next = turn.renewed(paces, now) }); err != nil {
			return err
		}
		turn = next
		if !turn.at.After(now) {
			return nil
		}
		if turn.at.Sub(start) > turn.patience() || tooLate(ctx, turn.at.Sub(now)) {
			p.giveBack(ctx, turn)
			return &domain.Error{Kind: domain.KindRateLimited, Code: CodePaced, RetryAt: turn.at, Message: "the provider's limit of requests is used up for now; it goes on by itself"}
		}
		if err := p.sleep(ctx, turn.at.Sub(now)); err != nil {
			p.giveBack(ctx, turn)
			return err
		}
	}
}

// turn of one request. What is urgent holds its place while it waits; the rest comes again and asks.
type turn struct {
	groups  []string
	urgency domain.Priority
	at      time.Time
	held    bool
}

func (t turn) patience() time.Duration {
	if t.urgency == domain.PriorityRealtime {
		return maxPause
	}
	return quietPause
}

// renewed finds the turn's time. One that is held stays, unless the provider has asked for a pause meanwhile.
func (t turn) renewed(paces map[string]*domain.Pace, now time.Time) turn {
	if t.held && !t.paused(paces) {
		return t
	}
	t.leave(paces)
	t.at = now
	for _, p := range paces {
		if next := p.Next(now, t.urgency); next.After(t.at) {
			t.at = next
		}
	}
	t.at = t.at.Add(time.Millisecond - 1).Truncate(time.Millisecond) // ledgers keep milliseconds
	if t.held = t.urgency == domain.PriorityRealtime || t.at.Sub(now) < time.Millisecond; t.held {
		for _, p := range paces {
			p.Take(t.at, now)
		}
	}
	return t
}

func (t turn) paused(paces map[string]*domain.Pace) bool {
	for _, p := range paces {
		if p.Until.After(t.at) {
			return true
		}
	}
	return false
}

func (t turn) leave(paces map[string]*domain.Pace) {
	for _, p := range paces {
		if t.held {
			p.Return(t.at)
		}
	}
}

func (p *Pacer) giveBack(ctx context.Context, t turn) {
	if !t.held {
		return
	}
	err := p.change(context.WithoutCancel(ctx), t.groups, t.leave)
	if err != nil {
		p.logger.WarnContext(ctx, "a turn is lost", "error", err)
	}
}

// change works on the paces of groups that have a quota; the others are not limited.
func (p *Pacer) change(ctx context.Context, groups []string, f func(map[string]*domain.Pace)) error {
	var limited []string
	for _, g := range groups {
		if _, ok := p.quotas[g]; ok {
			limited = append(limited, g)
		}
	}
	if len(limited) == 0 {
		return nil
	}
	return p.ledger.Pace(ctx, p.account, limited, func(paces map[string]*domain.Pace) {
		for g, pace := range paces {
			if pace.Quota.Requests <= 0 || pace.Quota.Per <= 0 {
				pace.Quota = p.quotas[g]
			}
		}
		f(paces)
	})
}

// Obey takes in what an answer said about the limit of a group.
func (p *Pacer) Obey(ctx context.Context, r Rate) {
	if r.Quota.Requests <= 0 && r.Until.IsZero() {
		return
	}
	known, said := p.quotas[r.Quota.Group], r.Quota
	if r.Until.IsZero() && said.Requests == known.Requests && (said.Per == 0 || said.Per == known.Per) {
		return // nothing new, nothing to keep
	}
	err := p.change(ctx, []string{r.Quota.Group}, func(paces map[string]*domain.Pace) {
		for _, pace := range paces {
			if said.Requests > 0 {
				pace.Quota.Requests = said.Requests
			}
			if said.Per > 0 {
				pace.Quota.Per = said.Per
			}
			if r.Until.After(pace.Until) {
				pace.Until = r.Until
			}
		}
	})
	if err != nil {
		p.logger.WarnContext(ctx, "the provider's limit is not kept", "error", err)
	}
}

// tooLate tells that the context ends before the wait does: better to say so at once than to hang until then.
func tooLate(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < wait
}

// Sleep waits in real time.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// MemoryLedger is the Ledger of one process. Its zero value is ready.
type MemoryLedger struct {
	mu    sync.Mutex
	paces map[string]map[string]*domain.Pace
}

// Pace is Ledger's.
func (l *MemoryLedger) Pace(_ context.Context, account string, groups []string, change func(map[string]*domain.Pace)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paces == nil {
		l.paces = map[string]map[string]*domain.Pace{}
	}
	if l.paces[account] == nil {
		l.paces[account] = map[string]*domain.Pace{}
	}
	asked := map[string]*domain.Pace{}
	for _, g := range groups {
		if l.paces[account][g] == nil {
			l.paces[account][g] = &domain.Pace{}
		}
		asked[g] = l.paces[account][g]
	}
	change(asked)
	return nil
}
