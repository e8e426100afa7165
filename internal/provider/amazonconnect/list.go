package amazonconnect

import (
	"context"
	"encoding/json"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// searchSpan is the most that is searched at once. The search page of the console shows 10,000 contacts of a search and no more; AWS does not
// say whether that holds for the API, so a search is kept far smaller.
const searchSpan = 12 * time.Hour

// searched is a place in a listing: a span of time, and AWS's own place in what was found there.
type searched struct {
	From  time.Time `json:"from"`
	Token string    `json:"token,omitempty"`
}

func placeIn(w provider.Window, cursor provider.Cursor) (searched, error) {
	at := searched{From: w.From}
	if cursor == "" {
		return at, nil
	}
	if err := json.Unmarshal([]byte(cursor), &at); err != nil {
		return at, domain.Errorf(domain.KindInvalid, "", "%.40q is no place in a listing", string(cursor))
	}
	return at, nil
}

// ListCalls searches completed contacts by their start, half a day after the other, and describes the first of each call.
func (d *driver) ListCalls(ctx context.Context, w provider.Window, cursor provider.Cursor) (provider.Page, error) {
	at, err := placeIn(w, cursor)
	if err != nil || !at.From.Before(w.To) {
		return provider.Page{}, err
	}
	until := at.From.Add(searchSpan)
	if until.After(w.To) {
		until = w.To
	}
	in := &connect.SearchContactsInput{
		InstanceId: aws.String(d.instance), MaxResults: aws.Int32(page100),
		TimeRange:      &types.SearchContactsTimeRange{Type: types.SearchContactsTimeRangeTypeInitiationTimestamp, StartTime: aws.Time(at.From), EndTime: aws.Time(until)},
		SearchCriteria: &types.SearchCriteria{Channels: []types.Channel{types.ChannelVoice}},
		Sort:           &types.Sort{FieldName: types.SortableFieldNameInitiationTimestamp, Order: types.SortOrderAscending},
	}
	if at.Token != "" {
		in.NextToken = aws.String(at.Token)
	}
	found, err := d.connect.SearchContacts(ctx, in)
	if err != nil {
		return provider.Page{}, problem(err, "connect:SearchContacts")
	}
	next := searched{From: at.From, Token: aws.ToString(found.NextToken)}
	if next.Token == "" {
		next.From = until
	}
	page := provider.Page{}
	page.Calls, err = d.callsOf(ctx, found.Contacts, provider.Window{From: at.From, To: until}, d.edge(found, until))
	if err == nil && next.From.Before(w.To) {
		text, _ := json.Marshal(next) // a time and a string always encode
		page.Next = provider.Cursor(text)
	}
	return page, err
}

// Of contacts that ended so lately, those that they were transferred to may still go on, and are not found yet.
const transferSettled = time.Hour

// edge is the time from which on a contact may have been transferred to one that is not among those that were found: such a one begins when the
// first ends, give or take a minute.
func (d *driver) edge(found *connect.SearchContactsOutput, until time.Time) time.Time {
	edge := until
	if n := len(found.Contacts); n > 0 && aws.ToString(found.NextToken) != "" {
		edge = aws.ToTime(found.Contacts[n-1].InitiationTimestamp)
	}
	if settled := d.account.Now().Add(-transferSettled); settled.Before(edge) {
		edge = settled
	}
	return edge.Add(-time.Minute)
}

// callsOf reads the calls that begin among the contacts that were found. A contact that another was transferred to names the first of its call.
func (d *driver) callsOf(ctx context.Context, found []types.ContactSearchSummary, w provider.Window, edge time.Time) ([]domain.ProviderCall, error) {
	transferred := map[string]bool{}
	for _, c := range found {
		if first := aws.ToString(c.InitialContactId); first != "" && first != aws.ToString(c.Id) && c.InitiationMethod != types.ContactInitiationMethodMonitor {
			transferred[first] = true
		}
	}
	var ids []string
	ended := map[string]time.Time{}
	for _, c := range found {
		id, first, started := aws.ToString(c.Id), aws.ToString(c.InitialContactId), aws.ToTime(c.InitiationTimestamp)
		if first != "" && first != id || c.InitiationMethod == types.ContactInitiationMethodMonitor || started.Before(w.From) || !started.Before(w.To) {
			continue
		}
		ids, ended[id] = append(ids, id), aws.ToTime(c.DisconnectTimestamp)
	}
	settled, err := provider.Settled(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []domain.ProviderCall
	for _, id := range ids {
		if settled[id] {
			continue
		}
		call, err := d.call(ctx, id, transferred[id] || !ended[id].Before(edge))
		if domain.IsKind(err, domain.KindNotFound) {
			continue // deleted since it was found
		}
		if err != nil {
			return nil, err
		}
		out = append(out, call)
	}
	return out, nil
}
