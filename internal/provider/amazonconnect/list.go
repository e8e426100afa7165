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
	page.Calls, err = d.callsOf(ctx, found.Contacts, provider.Window{From: at.From, To: until})
	if err == nil && next.From.Before(w.To) {
		text, _ := json.Marshal(next) // a time and a string always encode
		page.Next = provider.Cursor(text)
	}
	return page, err
}

// callsOf reads the calls that begin among the contacts that were found. A contact that another was transferred to names the first of its
// call, which is then read whole; should that have been on an earlier page it is told once more, now whole.
func (d *driver) callsOf(ctx context.Context, found []types.ContactSearchSummary, w provider.Window) ([]domain.ProviderCall, error) {
	transferred, seen := map[string]bool{}, map[string]bool{}
	for _, c := range found {
		if first := aws.ToString(c.InitialContactId); first != "" && first != aws.ToString(c.Id) && c.InitiationMethod != types.ContactInitiationMethodMonitor {
			transferred[first] = true
		}
	}
	var out []domain.ProviderCall
	for _, c := range found {
		id := aws.ToString(c.Id)
		if first := aws.ToString(c.InitialContactId); first != "" {
			id = first
		}
		if seen[id] || c.InitiationMethod == types.ContactInitiationMethodMonitor {
			continue
		}
		seen[id] = true
		call, err := d.call(ctx, id, transferred[id])
		if domain.IsKind(err, domain.KindNotFound) {
			continue // deleted since it was found
		}
		if err != nil {
			return nil, err
		}
		if !call.StartedAt.Before(w.From) && call.StartedAt.Before(w.To) {
			out = append(out, call)
		}
	}
	return out, nil
}
