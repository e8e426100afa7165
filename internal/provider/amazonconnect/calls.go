package amazonconnect

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

const (
	page100     = 100              // the most that a list gives at once
	userLife    = time.Hour        // that a user who was read is believed
	presignLife = 15 * time.Minute // of a link to a recording; made for each download
)

// contactPattern is what contact ids look like.
var contactPattern = regexp.MustCompile(`^[0-9a-fA-F-]{36}$`)

func (d *driver) country() string { return cmp.Or(d.account.Settings[settingCountry], "US") }

// GetCall describes a contact and those that it was transferred to.
func (d *driver) GetCall(ctx context.Context, id string) (domain.ProviderCall, error) {
	if !contactPattern.MatchString(id) {
		return domain.ProviderCall{}, domain.Errorf(domain.KindNotFound, "", "%q is no contact id of Amazon Connect", id)
	}
	return d.call(ctx, id, true)
}

// call reads a contact and, where it may have been transferred, what became of it. The contact itself names only those it was transferred to
// by a quick connect.
func (d *driver) call(ctx context.Context, id string, transferred bool) (domain.ProviderCall, error) {
	first, err := d.describe(ctx, id)
	if err != nil {
		return domain.ProviderCall{}, err
	}
	if root := aws.ToString(first.InitialContactId); root != "" && root != id {
		return domain.ProviderCall{}, domain.Errorf(domain.KindNotFound, string(domain.PartOfCall), "the contact %s is part of the call %s", id, root)
	}
	chain := chainOf{first}
	if first.DisconnectTimestamp != nil && (transferred || len(first.NextContacts) > 0) {
		if chain, err = d.further(ctx, first); err != nil {
			return domain.ProviderCall{}, err
		}
	}
	return chain.convert(d.account.Now(), d.country()), nil
}

func (d *driver) describe(ctx context.Context, id string) (part, error) {
	out, err := d.connect.DescribeContact(ctx, &connect.DescribeContactInput{InstanceId: aws.String(d.instance), ContactId: aws.String(id)})
	if err != nil {
		return part{}, problem(err, "connect:DescribeContact")
	}
	if out.Contact == nil || aws.ToString(out.Contact.Id) != id {
		return part{}, domain.Errorf(domain.KindTemporary, "", "AWS's answer about contact %s could not be read", id)
	}
	p := part{Contact: *out.Contact}
	if p.AgentInfo != nil && aws.ToString(p.AgentInfo.Id) != "" {
		p.agent, err = d.user(ctx, aws.ToString(p.AgentInfo.Id))
	}
	return p, err
}

// further adds the contacts that belong to the same call; supervisors who listened are none of it.
func (d *driver) further(ctx context.Context, first part) (chainOf, error) {
	chain := chainOf{first}
	in := &connect.ListAssociatedContactsInput{InstanceId: aws.String(d.instance), ContactId: first.Id, MaxResults: aws.Int32(page100)}
	for {
		out, err := d.connect.ListAssociatedContacts(ctx, in)
		if err != nil {
			return nil, problem(err, "connect:ListAssociatedContacts")
		}
		for _, c := range out.ContactSummaryList {
			if aws.ToString(c.ContactId) == aws.ToString(first.Id) || c.Channel != types.ChannelVoice || c.InitiationMethod == types.ContactInitiationMethodMonitor {
				continue
			}
			p, err := d.describe(ctx, aws.ToString(c.ContactId))
			if err != nil {
				return nil, err
			}
			chain = append(chain, p)
		}
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			chain.sort()
			return chain, nil
		}
	}
}

// user names an agent; what was read lately is believed. One who was deleted keeps the id.
func (d *driver) user(ctx context.Context, id string) (domain.Participant, error) {
	now := d.account.Now()
	d.mu.Lock()
	known, ok := d.users[id]
	d.mu.Unlock()
	if ok && now.Sub(known.readAt) < userLife {
		return known.Participant, nil
	}
	out, err := d.connect.DescribeUser(ctx, &connect.DescribeUserInput{InstanceId: aws.String(d.instance), UserId: aws.String(id)})
	p := domain.Participant{ProviderUserID: id, Internal: true}
	switch err = problem(err, "connect:DescribeUser"); {
	case domain.IsKind(err, domain.KindNotFound):
	case err != nil:
		return p, err
	case out.User != nil:
		p.Username = aws.ToString(out.User.Username)
		if i := out.User.IdentityInfo; i != nil {
			p.Name, p.Email = strings.TrimSpace(aws.ToString(i.FirstName)+" "+aws.ToString(i.LastName)), cmp.Or(aws.ToString(i.Email), aws.ToString(i.SecondaryEmail))
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.users[id] = knownUser{p, now}
	return p, nil
}

// OpenRecording downloads the object with a link that is signed for it. What is not there yet, or not any more, is told by describing the
// contact anew.
func (d *driver) OpenRecording(ctx context.Context, ref domain.RecordingRef) (io.ReadCloser, provider.RecordingInfo, error) {
	none := provider.RecordingInfo{Size: -1}
	bucket, key, ok := strings.Cut(strings.TrimPrefix(ref.URL, "s3://"), "/")
	if !ok || bucket == "" || key == "" {
		return nil, none, domain.Errorf(domain.KindGone, provider.CodeLinkExpired, "where the recording is kept is not known any more")
	}
	link, err := d.presign.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)}, s3.WithPresignExpires(presignLife))
	if err != nil {
		return nil, none, problem(err, "s3:GetObject")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link.URL, nil)
	if err != nil {
		return nil, none, domain.Errorf(domain.KindPermanent, "bad_link", "where the recording is kept is no address")
	}
	resp, err := d.account.Media.Do(req)
	if err != nil {
		return nil, none, unreachable(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, provider.RecordingInfo{ContentType: resp.Header.Get("Content-Type"), Size: resp.ContentLength}, nil
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16)) // only explains
	return nil, none, refusedObject(resp.StatusCode, string(body))
}

// refusedObject says why an object is not given (Amazon S3 error responses).
func refusedObject(status int, body string) error {
	switch {
	case status == http.StatusNotFound:
		return domain.Errorf(domain.KindGone, provider.CodeLinkExpired, "the recording is not in the bucket")
	case strings.Contains(body, "InvalidObjectState"):
		return domain.Errorf(domain.KindGone, string(domain.RecordingGone), "the recording was moved to an archive (Glacier); restore it in S3, then retry the call")
	case strings.Contains(body, "InvalidAccessKeyId") || strings.Contains(body, "SignatureDoesNotMatch") || strings.Contains(body, "ExpiredToken"):
		return domain.Errorf(domain.KindUnauthorized, "", "AWS rejects the credential; enter keys that are active, or check the role")
	case status == http.StatusForbidden:
		return domain.Errorf(domain.KindScopeMissing, "", "the credential may not read the recording: it needs s3:GetObject on the bucket and kms:Decrypt on its key")
	default:
		return domain.Errorf(domain.KindTemporary, "", "S3 has a problem (%d)", status)
	}
}

func unreachable(err error) error {
	var known *domain.Error
	if errors.As(err, &known) {
		return known
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the link, which is signed
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &domain.Error{Kind: domain.KindTemporary, Message: "the recording cannot be downloaded from S3 at the moment", Err: err}
}
