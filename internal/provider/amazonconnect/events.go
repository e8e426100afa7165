package amazonconnect

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// message is either a contact record (contact trace records data model) or an EventBridge event (contact events). encoding/json looks at
// names without their case, as the documentation writes them either way.
type message struct {
	ContactID           string  `json:"ContactId"`
	InitialContactID    string  `json:"InitialContactId"`
	Channel             string  `json:"Channel"`
	InitiationMethod    string  `json:"InitiationMethod"`
	LastUpdateTimestamp string  `json:"LastUpdateTimestamp"`
	DetailType          string  `json:"detail-type"`
	Time                string  `json:"time"`
	Detail              *detail `json:"detail"`
}

type detail struct {
	EventType        string `json:"eventType"`
	ContactID        string `json:"contactId"`
	InitialContactID string `json:"initialContactId"`
	Channel          string `json:"channel"`
	InitiationMethod string `json:"initiationMethod"`
}

const (
	contactEvent = "Amazon Connect Contact Event"
	completed    = "COMPLETED" // after after-contact work: only then the recording shows
)

// ParseEvent reads a contact record or a contact event. Neither tells all of a call that has several contacts, so they carry no facts. Other
// channels, agents' states and supervisors who listen give none.
func (d *driver) ParseEvent(body []byte, receivedAt time.Time) ([]provider.EventCall, error) {
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, &domain.Error{Kind: domain.KindInvalid, Message: "the event is not readable", Err: err}
	}
	id, initial, channel, method, name, at := m.ContactID, m.InitialContactID, m.Channel, m.InitiationMethod, "contact record", m.LastUpdateTimestamp
	if m.Detail != nil {
		id, initial, channel, method, name, at = m.Detail.ContactID, m.Detail.InitialContactID, m.Detail.Channel, m.Detail.InitiationMethod, "contact event "+m.Detail.EventType, m.Time
		if m.DetailType != contactEvent || m.Detail.EventType != completed {
			return nil, nil
		}
	}
	if initial != "" {
		id = initial
	}
	if !contactPattern.MatchString(id) || !strings.EqualFold(channel, "VOICE") || strings.EqualFold(method, "MONITOR") {
		return nil, nil
	}
	observed, err := time.Parse(time.RFC3339, at)
	if err != nil || observed.After(receivedAt) {
		observed = receivedAt
	}
	return []provider.EventCall{{CallID: id, Name: name, ObservedAt: observed}}, nil
}

// Poll takes what is new from the queue or the stream; without either there is nothing to take.
func (d *driver) Poll(ctx context.Context, cursor provider.Cursor) (provider.Batch, error) {
	switch d.account.Settings[settingSource] {
	case sourceSQS:
		return d.pollQueue(ctx)
	case sourceKinesis:
		return d.pollStream(ctx, cursor)
	default:
		return provider.Batch{}, nil
	}
}

// queuePage is the most that SQS gives at once.
const queuePage = 10

func (d *driver) pollQueue(ctx context.Context) (provider.Batch, error) {
	queue := aws.String(d.account.Settings[settingQueue])
	out, err := d.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: queue, MaxNumberOfMessages: queuePage, VisibilityTimeout: 60})
	if err != nil {
		return provider.Batch{}, problem(err, "sqs:ReceiveMessage")
	}
	b := provider.Batch{More: len(out.Messages) == queuePage}
	var done []sqstypes.DeleteMessageBatchRequestEntry
	for i, m := range out.Messages {
		b.Bodies = append(b.Bodies, []byte(aws.ToString(m.Body)))
		done = append(done, sqstypes.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: m.ReceiptHandle})
	}
	if len(done) > 0 {
		b.Ack = func(ctx context.Context) error {
			_, err := d.sqs.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: queue, Entries: done})
			return problem(err, "sqs:DeleteMessage")
		}
	}
	return b, nil
}
