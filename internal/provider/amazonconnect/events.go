package amazonconnect

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// message is either a contact record (contact trace records data model) or an EventBridge event (contact events). encoding/json looks at
// names without their case, as the documentation writes them either way.
type message struct {
	ContactID           string    `json:"ContactId"`
	InitialContactID    string    `json:"InitialContactId"`
	Channel             string    `json:"Channel"`
	InitiationMethod    string    `json:"InitiationMethod"`
	LastUpdateTimestamp time.Time `json:"LastUpdateTimestamp"`
	DetailType          string    `json:"detail-type"`
	Time                time.Time `json:"time"`
	Detail              *detail   `json:"detail"`
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
	if at.IsZero() || at.After(receivedAt) {
		at = receivedAt
	}
	return []provider.EventCall{{CallID: id, Name: name, ObservedAt: at}}, nil
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
	for _, m := range out.Messages {
		b.Bodies = append(b.Bodies, []byte(aws.ToString(m.Body)))
		done = append(done, sqstypes.DeleteMessageBatchRequestEntry{Id: m.MessageId, ReceiptHandle: m.ReceiptHandle})
	}
	if len(done) > 0 {
		b.Ack = func(ctx context.Context) error {
			_, err := d.sqs.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: queue, Entries: done})
			return problem(err, "sqs:DeleteMessage")
		}
	}
	return b, nil
}

// place in a stream, by shard. A shard that is new since the first look is read from its beginning.
type place map[string]shardPlace

type shardPlace struct {
	Sequence string    `json:"sequence,omitempty"` // of the last record read
	Since    time.Time `json:"since,omitzero"`     // before the first one
	Done     bool      `json:"done,omitempty"`     // closed and read whole
}

// streamPage is how many records are asked for at once.
const streamPage = 1000

func (d *driver) pollStream(ctx context.Context, cursor provider.Cursor) (provider.Batch, error) {
	at := place{}
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &at); err != nil {
			return provider.Batch{}, domain.Errorf(domain.KindInvalid, "", "%q is no place in a stream", cursor)
		}
	}
	shards, err := d.shards(ctx)
	if err != nil {
		return provider.Batch{}, err
	}
	var b provider.Batch
	for _, id := range shards {
		p, known := at[id]
		if !known && cursor == "" {
			p.Since = d.account.Now()
		}
		if p.Done {
			continue
		}
		records, next, more, err := d.readShard(ctx, id, p)
		if err != nil {
			return provider.Batch{}, err
		}
		for _, r := range records {
			if json.Valid(bytes.TrimSpace(r)) {
				b.Bodies = append(b.Bodies, r)
			}
		}
		at[id], b.More = next, b.More || more
	}
	maps.DeleteFunc(at, func(id string, _ shardPlace) bool { return !slices.Contains(shards, id) })
	text, err := json.Marshal(at)
	b.Next = provider.Cursor(text)
	return b, err
}

func (d *driver) shards(ctx context.Context) ([]string, error) {
	in := &kinesis.ListShardsInput{StreamName: aws.String(d.account.Settings[settingStream])}
	var out []string
	for {
		page, err := d.kinesis.ListShards(ctx, in)
		if err != nil {
			return nil, problem(err, "kinesis:ListShards")
		}
		for _, s := range page.Shards {
			out = append(out, aws.ToString(s.ShardId))
		}
		if aws.ToString(page.NextToken) == "" {
			return out, nil
		}
		in = &kinesis.ListShardsInput{NextToken: page.NextToken}
	}
}

func (d *driver) readShard(ctx context.Context, id string, p shardPlace) (records [][]byte, next shardPlace, more bool, err error) {
	in := &kinesis.GetShardIteratorInput{StreamName: aws.String(d.account.Settings[settingStream]), ShardId: aws.String(id), ShardIteratorType: kinesistypes.ShardIteratorTypeTrimHorizon}
	switch {
	case p.Sequence != "":
		in.ShardIteratorType, in.StartingSequenceNumber = kinesistypes.ShardIteratorTypeAfterSequenceNumber, aws.String(p.Sequence)
	case !p.Since.IsZero():
		in.ShardIteratorType, in.Timestamp = kinesistypes.ShardIteratorTypeAtTimestamp, aws.Time(p.Since)
	}
	iterator, err := d.kinesis.GetShardIterator(ctx, in)
	if err != nil {
		return nil, p, false, problem(err, "kinesis:GetShardIterator")
	}
	out, err := d.kinesis.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator.ShardIterator, Limit: aws.Int32(streamPage)})
	if err != nil {
		return nil, p, false, problem(err, "kinesis:GetRecords")
	}
	for _, r := range out.Records {
		records = append(records, r.Data)
		p.Sequence, p.Since = cmp.Or(aws.ToString(r.SequenceNumber), p.Sequence), time.Time{}
	}
	p.Done = aws.ToString(out.NextShardIterator) == "" && len(out.Records) == 0
	return records, p, aws.ToInt64(out.MillisBehindLatest) > 0 && len(out.Records) > 0, nil
}
