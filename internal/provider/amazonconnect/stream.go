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

	"earshot/internal/domain"
	"earshot/internal/provider"
)

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
		if err := json.Unmarshal([]byte(cursor), &at); err != nil || at == nil {
			return provider.Batch{}, domain.Errorf(domain.KindInvalid, "", "%.40q is no place in a stream", string(cursor))
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
			p.Since = d.account.Now().Add(-overlap) // AWS refuses a time to come
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
	in := &kinesis.ListShardsInput{}
	in.StreamName, in.StreamARN = d.stream()
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
	in := &kinesis.GetShardIteratorInput{ShardId: aws.String(id), ShardIteratorType: kinesistypes.ShardIteratorTypeTrimHorizon}
	in.StreamName, in.StreamARN = d.stream()
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
	out, err := d.kinesis.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator.ShardIterator, StreamARN: in.StreamARN, Limit: aws.Int32(streamPage)})
	if err != nil {
		return nil, p, false, problem(err, "kinesis:GetRecords")
	}
	for _, r := range out.Records {
		records = append(records, r.Data)
		p.Sequence, p.Since = cmp.Or(aws.ToString(r.SequenceNumber), p.Sequence), time.Time{}
	}
	p.Done = aws.ToString(out.NextShardIterator) == "" // closed when the stream was split or merged, and read whole
	behind := time.Duration(aws.ToInt64(out.MillisBehindLatest)) * time.Millisecond
	if len(records) > 0 || p.Done || behind <= overlap {
		return records, p, behind > 0 && !p.Done, nil
	}
	// An answer may be empty though there is more later on: what lies before that is not read again, or we never got there.
	since := d.account.Now().Add(-behind - overlap)
	if !since.After(p.Since) {
		return nil, p, false, nil
	}
	return nil, shardPlace{Since: since}, true, nil
}

// overlap is what is read twice after a stretch without records, since clocks differ.
const overlap = 5 * time.Second

// stream is named by its name or ARN.
func (d *driver) stream() (name, arn *string) {
	s := aws.String(d.account.Settings[settingStream])
	if strings.HasPrefix(*s, "arn:") {
		return nil, s
	}
	return s, nil
}
