package dialpad

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Check tries the credential, names its company, and looks at users, calls, recordings and webhooks.
func (d *driver) Check(ctx context.Context) (provider.CheckReport, error) {
	var company struct {
		Name text `json:"name"`
	}
	if err := d.client.get(ctx, companyPath, nil, &company); err != nil {
		return provider.CheckReport{}, err
	}
	report := provider.CheckReport{Account: string(company.Name), Items: []provider.CheckItem{
		{Name: "Credential", OK: true, Detail: fmt.Sprintf("The credential is valid and belongs to the company %s.", company.Name), Fix: "If this is not your company, use a key of the right one."},
	}}
	for _, look := range []func(context.Context) ([]provider.CheckItem, error){d.usersItem, d.callItems, d.webhooksItem} {
		items, err := look(ctx)
		if err != nil {
			return report, err
		}
		report.Items = append(report.Items, items...)
	}
	report.Scope = proven(report.Items)
	return report, nil
}

// proven are the scopes without which the checks would not have gone well. Dialpad does not tell which a key has.
func proven(items []provider.CheckItem) string {
	var out []string
	for _, i := range items {
		switch {
		case i.Name == itemCalls && i.OK:
			out = append(out, "calls:list")
		case i.Name == itemRecordings && i.OK && i.Detail == downloadable:
			out = append(out, "recordings_export")
		}
	}
	return strings.Join(out, " ")
}

// Names and words that proven looks for.
const (
	itemCalls      = "Calls"
	itemRecordings = "Recordings"
	downloadable   = "Recordings can be downloaded."
)

func (d *driver) usersItem(ctx context.Context) ([]provider.CheckItem, error) {
	users, err := d.ListUsers(ctx)
	return []provider.CheckItem{{Name: "Users", OK: len(users) > 0, Detail: fmt.Sprintf("%d users can be read.", len(users)), Fix: "Add users in Dialpad."}}, err
}

func (d *driver) webhooksItem(ctx context.Context) ([]provider.CheckItem, error) {
	item := provider.CheckItem{Name: "Webhooks", OK: true, Detail: "Webhooks can be managed, so calls can arrive at once."}
	err := d.client.get(ctx, webhooksPath, nil, nil)
	if domain.IsKind(err, domain.KindScopeMissing) {
		item.OK, item.Detail, item.Fix = false, "The key may not manage webhooks, so calls are pulled every hour only.", "Use a key that a Company Admin made."
		err = nil
	}
	return []provider.CheckItem{item}, err
}

// What the check looks at.
const (
	lookBack  = 28 * 24 * time.Hour
	lookPages = 8
)

// found is what the newest calls tell of recordings.
type found struct {
	calls, recorded int
	first           domain.RecordingRef // with a link
}

// callItems looks whether calls can be listed, and whether those that were recorded come with a link that can be followed. Dialpad
// leaves links out where the scope recordings_export is missing, and says nothing.
func (d *driver) callItems(ctx context.Context) ([]provider.CheckItem, error) {
	item := provider.CheckItem{Name: itemCalls, OK: true}
	f, err := d.newest(ctx)
	if domain.IsKind(err, domain.KindScopeMissing) {
		item.OK, item.Detail, item.Fix = false, "The key may not list calls: those whose events are lost would never come.", "Make a key as a Company Admin, with the scope calls:list."
		return []provider.CheckItem{item}, nil
	}
	if err != nil {
		return nil, err
	}
	item.Detail = fmt.Sprintf("Calls can be listed; looked at the newest %d of the last %d days.", f.calls, int(lookBack.Hours()/24))
	recordings, err := d.recordingsItem(ctx, f)
	return []provider.CheckItem{item, recordings}, err
}

func (d *driver) newest(ctx context.Context) (f found, err error) {
	now, read := d.client.Now(), 0
	query := url.Values{
		"started_after":  {strconv.FormatInt(now.Add(-lookBack).UnixMilli(), 10)},
		"started_before": {strconv.FormatInt(now.UnixMilli(), 10)},
	}
	err = pages(ctx, d.client, "/call", query, func(calls []call) bool {
		for _, c := range calls {
			f.add(c)
		}
		read++
		return read < lookPages && f.first.URL == ""
	})
	return f, err
}

func (f *found) add(c call) {
	f.calls++
	audios := c.audios()
	if c.Recorded.yes() || len(c.Details) > 0 || len(audios) > 0 {
		f.recorded++
	}
	if len(audios) > 0 && f.first.URL == "" {
		f.first = domain.RecordingRef{ProviderCallID: c.ID.String(), ID: audios[0].id, URL: audios[0].url}
	}
}

func (d *driver) recordingsItem(ctx context.Context, f found) (provider.CheckItem, error) {
	item := provider.CheckItem{Name: itemRecordings, OK: true}
	switch {
	case f.first.URL != "":
		return d.tryRecording(ctx, item, f.first)
	case f.recorded > 0:
		item.OK, item.Fix = false, fixRecordings
		item.Detail = fmt.Sprintf("%d of the newest %d calls were recorded, but Dialpad gives no link to any recording: the key lacks the scope recordings_export. No call can be processed.", f.recorded, f.calls)
	case f.calls > 0:
		item.OK, item.Fix = false, "Switch call recording on in Dialpad's Admin Settings, for the office, department or contact center. Then make a call of half a minute and test again. If it was recorded, the key lacks the scope recordings_export."
		item.Detail = fmt.Sprintf("None of the newest %d calls was recorded.", f.calls)
	default:
		item.Detail = "There are no calls yet. Make one that is recorded and test again: only then it shows whether the key may read recordings."
	}
	return item, nil
}

// tryRecording opens a recording and closes it again.
func (d *driver) tryRecording(ctx context.Context, item provider.CheckItem, ref domain.RecordingRef) (provider.CheckItem, error) {
	body, _, err := d.OpenRecording(ctx, ref)
	switch domain.KindOf(err) {
	case "":
		item.Detail = downloadable
		return item, body.Close()
	case domain.KindScopeMissing:
		item.OK, item.Detail, item.Fix = false, "Dialpad names recordings, but refuses to give them to this key.", fixRecordings
		return item, nil
	case domain.KindGone, domain.KindPermanent:
		item.Detail = "Recordings are linked; the newest could not be downloaded: " + domain.MessageOf(err)
		return item, nil
	default:
		return item, err
	}
}
