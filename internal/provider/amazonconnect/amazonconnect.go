// Package amazonconnect reads Amazon Connect's contacts, contact records and recordings with the AWS SDK.
package amazonconnect

import (
	"net/http"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Opener is the driver's registration.
func Opener() provider.Opener {
	return provider.Opener{Info: info(), Groups: groups, Open: open}
}

// Kinds of credentials, names of fields and of settings.
const (
	kindKeys, kindInstance, kindRole = "keys", "instance", "assume_role"
	fieldKeyID, fieldSecret          = "access_key_id", "secret_access_key"
	fieldRole, fieldExternalID       = "role_arn", "external_id"

	settingRegion, settingInstance, settingSource = "region", "instance_id", "source"
	settingQueue, settingStream, settingCountry   = "queue_url", "stream_name", "country"

	sourceNone, sourceSQS, sourceKinesis = "search only", "SQS queue", "Kinesis stream"

	// awsItself stands for AWS's own endpoints; any other base address serves all services, as a simulator does.
	awsItself = "https://amazonaws.com"
)

// Groups of limits: those of operations with a quota of their own, and the rest of Amazon Connect (service quotas). A stream lets each shard be read
// five times a second; object storage and queues have limits that are far away.
const (
	groupSearch   = "SearchContacts"
	groupDescribe = "DescribeContact"
	groupOther    = "Amazon Connect"
	groupStream   = "Kinesis" // of each shard
)

func info() provider.Info {
	return provider.Info{
		Provider: domain.AmazonConnect, Name: "Amazon Connect",
		Abilities: provider.Abilities{Events: true, Polls: true, Users: true, AgentChannel: "right", EventDelay: 24 * time.Hour, RecordingDelays: recordingDelays()},
		Quotas: []domain.Quota{
			{Group: groupSearch, Requests: 1, Per: 2 * time.Second}, {Group: groupDescribe, Requests: 10, Per: time.Second}, {Group: groupOther, Requests: 2, Per: time.Second},
			{Group: groupStream, Requests: 5, Per: time.Second},
		},
		Kinds: []provider.CredentialKind{
			{Name: kindKeys, Label: "Access keys", Help: "Keys of an IAM user that may only do what the guide lists.", Fields: []string{fieldKeyID, fieldSecret}},
			{Name: kindInstance, Label: "This machine's role", Help: "The role of the EC2 instance, container or pod that Earshot runs in, or what the AWS environment variables say.", Fields: []string{}},
			{Name: kindRole, Label: "Assume a role", Help: "A role in the account of Amazon Connect that this machine's role, or the keys, may assume.", Fields: []string{fieldRole, fieldExternalID, fieldKeyID + "_source", fieldSecret + "_source"}},
		},
		Credential: []provider.Field{
			{Name: fieldKeyID, Label: "Access key ID", Help: "From IAM > Users > (user) > Security credentials.", Required: true},
			{Name: fieldSecret, Label: "Secret access key", Help: "Shown once when the key is made.", Secret: true, Required: true},
			{Name: fieldRole, Label: "Role ARN", Help: "As arn:aws:iam::111122223333:role/Earshot.", Required: true},
			{Name: fieldExternalID, Label: "External ID", Help: "The one in the trust policy of the role. Choose a long random one: whoever knows it and our account could have the role assumed.", Secret: true},
			{Name: fieldKeyID + "_source", Label: "Access key ID to assume it with", Help: "Empty: this machine's role is used."},
			{Name: fieldSecret + "_source", Label: "Secret access key to assume it with", Help: "Only with the key ID above.", Secret: true},
		},
		Settings: []provider.Field{
			{Name: "base_url", Label: "Endpoint", Help: "Leave as it is, unless you use a simulator.", Default: awsItself, Required: true},
			{Name: settingRegion, Label: "Region", Help: "Of the instance, as us-east-1.", Default: "us-east-1", Required: true},
			{Name: settingInstance, Label: "Instance ID", Help: "The last part of the instance's ARN, or the whole ARN.", Required: true},
			{Name: settingSource, Label: "Where events come from", Help: "A queue that an EventBridge rule fills, a stream of contact records, or neither: then contacts are searched every hour.", Default: sourceNone, Choices: []string{sourceNone, sourceSQS, sourceKinesis}},
			{Name: settingQueue, Label: "Queue URL", Help: "Of the SQS queue."},
			{Name: settingStream, Label: "Stream name", Help: "Of the Kinesis data stream of contact records, or its ARN."},
			{Name: settingCountry, Label: "Country of numbers without country code", Help: "Two letters, as US or FR.", Default: "US"},
		},
		Guide: guide,
		Prepare: []string{
			"An **administrator of the AWS account** of your Amazon Connect instance, and the instance's region and ID.",
			"**Recording** set up in two places: a bucket under *Data storage*, and the block *Set recording and analytics behavior* in the contact flows. Follow the guide closely: without it there is nothing to process.",
			"If you use a separate integration user for Amazon Connect, this user needs an insights permission set too.",
			"Nothing must be asked of Amazon. Calls from before enabling are not processed by themselves.",
		},
		Limits:         "AWS allows a search every two seconds, ten contacts a second and two other requests a second for the whole account and region. A contact is complete only after its agent has left after-contact work. Contacts from before enabling are not processed by themselves.",
		RecordingHosts: []string{"amazonaws.com", "amazonaws.com.cn"},
	}
}

const guide = `### What you need
* An **AWS administrator** of the account of your Amazon Connect instance.
* The block **Set recording and analytics behavior** in your contact flows, for *Agent and Customer*; for outbound calls in the outbound whisper flow. After a transfer it must run again.

### Permissions
Make an IAM user or a role with this policy; put your instance, bucket, key and queue in place of the names:
~~~json
{"Version":"2012-10-17","Statement":[
 {"Effect":"Allow","Action":["connect:DescribeInstance","connect:ListInstanceStorageConfigs","connect:SearchContacts","connect:DescribeContact","connect:ListAssociatedContacts","connect:ListUsers","connect:DescribeUser"],"Resource":"*"},
 {"Effect":"Allow","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::RECORDING-BUCKET/*"},
 {"Effect":"Allow","Action":["s3:ListBucket"],"Resource":"arn:aws:s3:::RECORDING-BUCKET"},
 {"Effect":"Allow","Action":["kms:Decrypt"],"Resource":"arn:aws:kms:REGION:ACCOUNT:key/KEY"},
 {"Effect":"Allow","Action":["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"],"Resource":"arn:aws:sqs:REGION:ACCOUNT:QUEUE"}]}
~~~
For a Kinesis stream: *kinesis:DescribeStreamSummary, ListShards, GetShardIterator, GetRecords* instead of the last line. Recordings are encrypted; without *kms:Decrypt* they cannot be read.

### Events at once
Make an SQS queue and an EventBridge rule with the pattern *{"source":["aws.connect"],"detail-type":["Amazon Connect Contact Event"]}* whose target is the queue. Or switch on *Data streaming* of contact records to a Kinesis data stream in the console of the instance. Without either, contacts are searched every hour.

### Users
Put each agent's login name into **Amazon Connect Username** of their user. Who is not found by it is found by e-mail address, else by phone.
`

// groups tells operations by the service that a request is signed for, and by its path.
func groups(r *http.Request) []string {
	service := signedFor(r)
	switch {
	case service == "kinesis":
		return []string{groupStream}
	case service != "connect":
		return nil
	case r.URL.Path == "/search-contacts":
		return []string{groupSearch}
	case strings.HasPrefix(r.URL.Path, "/contacts/"):
		return []string{groupDescribe}
	default:
		return []string{groupOther}
	}
}

// signedFor is the service in the credential's scope (Signature Version 4): key/date/region/service/aws4_request.
func signedFor(r *http.Request) string {
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	scope, _, _ = strings.Cut(scope, ",")
	if parts := strings.Split(scope, "/"); len(parts) == 5 {
		return parts[3]
	}
	return ""
}
