package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// record in a shard of the stream.
type record struct {
	sequence int // of the whole stream
	shard    int
	at       time.Time
	data     []byte
}

func shardID(n int) string { return fmt.Sprintf("shardId-%012d", n) }

// Reshard closes the stream's open shard and opens another, as a split or merge does. What is in the old one stays.
func (s *Server) Reshard() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shards++
}

// SetStretches makes GetRecords give so many empty answers before each that has records, as it may where a stream has long stretches without.
func (s *Server) SetStretches(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stretches = n
}

type streamRequest struct {
	StreamName, StreamARN, ShardId, ShardIteratorType, StartingSequenceNumber, ShardIterator, NextToken string
	Timestamp                                                                                           float64
	Limit                                                                                               int
}

// serveStream is Kinesis.
func (s *Server) serveStream(w http.ResponseWriter, r *http.Request, body []byte) {
	var in streamRequest
	named := func() bool {
		return in.StreamName == Stream || strings.HasSuffix(in.StreamARN, ":stream/"+Stream)
	}
	if err := json.Unmarshal(body, &in); err != nil || in.ShardIterator == "" && in.NextToken == "" && !named() {
		fail(w, "kinesis", http.StatusBadRequest, "ResourceNotFoundException", "Stream not found")
		return
	}
	switch target := r.Header.Get("X-Amz-Target"); target {
	case "Kinesis_20131202.ListShards":
		list := []object{}
		for n := range s.shards + 1 {
			list = append(list, object{"ShardId": shardID(n), "HashKeyRange": object{"StartingHashKey": "0", "EndingHashKey": "1"}, "SequenceNumberRange": object{"StartingSequenceNumber": "1"}})
		}
		answer(w, json11, object{"Shards": list})
	case "Kinesis_20131202.DescribeStreamSummary":
		answer(w, json11, object{"StreamDescriptionSummary": object{"StreamName": Stream, "StreamARN": "arn:aws:kinesis:" + Region + ":111122223333:stream/" + Stream, "StreamStatus": "ACTIVE", "RetentionPeriodHours": 24, "OpenShardCount": 1, "StreamCreationTimestamp": 1, "EnhancedMonitoring": []object{}}})
	case "Kinesis_20131202.GetShardIterator":
		s.shardIterator(w, in)
	case "Kinesis_20131202.GetRecords":
		s.getRecords(w, in)
	default:
		s.problem("kinesis: %q", target)
		fail(w, "kinesis", http.StatusBadRequest, "UnknownOperationException", "no such operation")
	}
}

// shardIterator gives a place in a shard, as iterator:shard:sequence of the last record before it:when it was made.
func (s *Server) shardIterator(w http.ResponseWriter, in streamRequest) {
	shard, err := strconv.Atoi(strings.TrimPrefix(in.ShardId, "shardId-"))
	if err != nil || shard > s.shards {
		fail(w, "kinesis", http.StatusBadRequest, "ResourceNotFoundException", "Shard not found")
		return
	}
	after := 0
	switch in.ShardIteratorType {
	case "TRIM_HORIZON":
	case "AFTER_SEQUENCE_NUMBER":
		after, err = strconv.Atoi(in.StartingSequenceNumber)
	case "AT_TIMESTAMP":
		at := time.UnixMilli(int64(in.Timestamp * 1000))
		if at.After(s.opts.Now()) {
			err = fmt.Errorf("%v is to come", at)
		}
		for _, rec := range s.stream {
			if rec.at.Before(at) {
				after = rec.sequence
			}
		}
	case "LATEST":
		after = len(s.stream)
	default:
		err = fmt.Errorf("no such type")
	}
	if err != nil {
		s.problem("GetShardIterator %+v: %v", in, err)
		fail(w, "kinesis", http.StatusBadRequest, "InvalidArgumentException", err.Error())
		return
	}
	answer(w, json11, object{"ShardIterator": s.iterator(shard, after)})
}

func (s *Server) iterator(shard, after int) string {
	return fmt.Sprintf("iterator:%d:%d:%d", shard, after, s.opts.Now().Unix())
}

func (s *Server) getRecords(w http.ResponseWriter, in streamRequest) {
	var shard, after int
	var made int64
	_, err := fmt.Sscanf(in.ShardIterator, "iterator:%d:%d:%d", &shard, &after, &made)
	if err != nil || s.opts.Now().Sub(time.Unix(made, 0)) > 5*time.Minute {
		fail(w, "kinesis", http.StatusBadRequest, "ExpiredIteratorException", "Iterator expired")
		return
	}
	if in.Limit < 1 || in.Limit > 10000 {
		s.problem("GetRecords: limit %d", in.Limit)
	}
	rest := slices.Clone(s.stream[min(after, len(s.stream)):])
	rest = slices.DeleteFunc(rest, func(r record) bool { return r.shard != shard })
	if len(rest) > 0 && s.skipped[shard] < s.stretches {
		s.skipped[shard]++
		behind := s.opts.Now().Sub(rest[0].at) + time.Minute/time.Duration(s.skipped[shard])
		answer(w, json11, object{"Records": []object{}, "NextShardIterator": s.iterator(shard, after), "MillisBehindLatest": behind.Milliseconds()})
		return
	}
	s.skipped[shard] = 0
	list := []object{}
	for _, rec := range rest[:min(in.Limit, len(rest))] {
		list = append(list, object{"SequenceNumber": strconv.Itoa(rec.sequence), "Data": rec.data, "PartitionKey": "p", "ApproximateArrivalTimestamp": epoch(rec.at)})
		after = rec.sequence
	}
	out := object{"Records": list, "MillisBehindLatest": 0}
	if len(list) < len(rest) {
		out["MillisBehindLatest"] = 1000
	}
	if shard == s.shards || len(list) < len(rest) {
		out["NextShardIterator"] = s.iterator(shard, after)
	}
	answer(w, json11, out)
}
