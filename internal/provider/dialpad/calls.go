package dialpad

import (
	"context"
	"time"

	"earshot/internal/domain"
)

// GetCall reads a conversation: the call that it began with, and a listing of the time around it for the other legs. Where an
// event told when it was, the listing alone will do.
func (d *driver) GetCall(ctx context.Context, id string) (domain.ProviderCall, error) {
	n := readIdent(id)
	if n == 0 {
		return domain.ProviderCall{}, domain.Errorf(domain.KindNotFound, "", "%q is no call id of Dialpad, which are numbers", id)
	}
	if at, ok := d.starts.of(n); ok {
		return d.near(ctx, n, at)
	}
	return d.byID(ctx, n)
}

// GetCallNear finds a conversation in the listing: 1,200 requests a minute may be made for that, but 10 for a call by its id.
func (d *driver) GetCallNear(ctx context.Context, id string, startedAt time.Time) (domain.ProviderCall, error) {
	n := readIdent(id)
	if n == 0 || startedAt.IsZero() {
		return d.GetCall(ctx, id)
	}
	return d.near(ctx, n, startedAt)
}

// near asks for the call by its id where it is not listed: it may be going on, or not be listed yet. That may be no call at all, but
// a name that legs have in common.
func (d *driver) near(ctx context.Context, id ident, at time.Time) (domain.ProviderCall, error) {
	l := newLegs(d.client)
	if err := l.reach(ctx, at.Add(-before), at.Add(before)); err != nil {
		return domain.ProviderCall{}, err
	}
	if _, ok := l.known[id]; !ok {
		call, err := d.byID(ctx, id)
		if _, named := l.conversation(id); !named || !domain.IsKind(err, domain.KindNotFound) || domain.CodeOf(err) == codePart {
			return call, err
		}
	}
	return d.complete(ctx, l, id)
}

func (d *driver) byID(ctx context.Context, id ident) (domain.ProviderCall, error) {
	var c call
	if err := d.client.get(ctx, "/call/"+id.String(), nil, &c); err != nil {
		return domain.ProviderCall{}, err
	}
	if c.ID != id {
		return domain.ProviderCall{}, domain.Errorf(domain.KindTemporary, "", "Dialpad's answer about call %s could not be read", id)
	}
	l := newLegs(d.client)
	l.add(c)
	if key := l.root(c); key != id {
		return domain.ProviderCall{}, domain.Errorf(domain.KindNotFound, codePart, "call %s is a part of call %s at Dialpad, and is processed with it", id, key)
	}
	if c.end().IsZero() || c.start().IsZero() {
		return newConversation(id, c).tell(d.client.Now(), d.client.region()), nil
	}
	if err := l.reach(ctx, c.start().Add(-before), c.start().Add(before)); err != nil {
		return domain.ProviderCall{}, err
	}
	return d.complete(ctx, l, id)
}

// codePart is the code of a KindNotFound error about a leg: its conversation has another id.
const codePart = "part_of_call"

// complete finds all legs of a conversation of which one is known.
func (d *driver) complete(ctx context.Context, l *legs, id ident) (domain.ProviderCall, error) {
	if err := l.back(ctx, func() bool { _, ok := l.known[id]; return !ok }); err != nil {
		return domain.ProviderCall{}, err
	}
	err := l.forth(ctx, func() time.Time {
		c, _ := l.conversation(id)
		return c.horizon()
	})
	if err != nil {
		return domain.ProviderCall{}, err
	}
	c, ok := l.conversation(id)
	if !ok {
		return domain.ProviderCall{}, domain.Errorf(domain.KindNotFound, codePart, "call %s is a part of another call at Dialpad, and is processed with it", id)
	}
	return c.tell(d.client.Now(), d.client.region()), nil
}
