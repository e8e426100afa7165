package amazonconnect

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Check names the instance, and tries each permission that contacts, recordings and events take.
func (d *driver) Check(ctx context.Context) (provider.CheckReport, error) {
	out, err := d.connect.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: aws.String(d.instance)})
	if err != nil {
		return provider.CheckReport{}, problem(err, "connect:DescribeInstance")
	}
	name := aws.ToString(out.Instance.InstanceAlias)
	report := provider.CheckReport{Account: name, Scope: "connect s3", Items: []provider.CheckItem{
		{Name: "Credential", OK: true, Detail: "The credential is valid and sees the instance " + name + ".", Fix: "If this is not your instance, enter the ID of the right one."},
	}}
	for _, look := range []func(context.Context) (provider.CheckItem, error){d.searchItem, d.contactItem, d.storageItem, d.usersItem, d.sourceItem} {
		item, err := look(ctx)
		if err != nil {
			return report, err
		}
		report.Items = append(report.Items, item)
	}
	return report, nil
}

// item turns a missing permission, or something that is not there, into a red line; any other error ends the check.
func item(name, fine string, err error) (provider.CheckItem, error) {
	if domain.IsKind(err, domain.KindScopeMissing) || domain.IsKind(err, domain.KindNotFound) {
		return provider.CheckItem{Name: name, Detail: domain.MessageOf(err), Fix: "Add it to the policy of the user or role, as the guide shows."}, nil
	}
	return provider.CheckItem{Name: name, OK: err == nil, Detail: fine}, err
}

func (d *driver) searchItem(ctx context.Context) (provider.CheckItem, error) {
	now := d.account.Now()
	_, err := d.connect.SearchContacts(ctx, &connect.SearchContactsInput{InstanceId: aws.String(d.instance), MaxResults: aws.Int32(1),
		TimeRange: &types.SearchContactsTimeRange{Type: types.SearchContactsTimeRangeTypeInitiationTimestamp, StartTime: aws.Time(now.Add(-time.Hour)), EndTime: aws.Time(now)}})
	return item("Contacts", "Contacts can be searched.", problem(err, "connect:SearchContacts"))
}

// nothing is an id that no contact or user has: whoever may ask for it is told that there is none.
const nothing = "00000000-0000-0000-0000-000000000000"

// allowed tells of what was asked for nothing whether it may be asked.
func allowed(err error, what string) error {
	if err = problem(err, what); domain.IsKind(err, domain.KindNotFound) || domain.CodeOf(err) == codeRefused {
		return nil
	}
	return err
}

// contactItem tries what reading one contact takes.
func (d *driver) contactItem(ctx context.Context) (provider.CheckItem, error) {
	_, err := d.connect.DescribeContact(ctx, &connect.DescribeContactInput{InstanceId: aws.String(d.instance), ContactId: aws.String(nothing)})
	if err = allowed(err, "connect:DescribeContact"); err == nil {
		_, err = d.connect.ListAssociatedContacts(ctx, &connect.ListAssociatedContactsInput{InstanceId: aws.String(d.instance), ContactId: aws.String(nothing)})
		err = allowed(err, "connect:ListAssociatedContacts")
	}
	return item("Single contacts", "Contacts, and those that they are transferred to, can be read.", err)
}

// storageItem looks where recordings are kept.
func (d *driver) storageItem(ctx context.Context) (provider.CheckItem, error) {
	out, err := d.connect.ListInstanceStorageConfigs(ctx, &connect.ListInstanceStorageConfigsInput{InstanceId: aws.String(d.instance), ResourceType: types.InstanceStorageResourceTypeCallRecordings})
	line, err := item("Recordings", "", problem(err, "connect:ListInstanceStorageConfigs"))
	if err != nil || !line.OK {
		return line, err
	}
	for _, c := range out.StorageConfigs {
		if c.S3Config != nil {
			line.Detail = fmt.Sprintf("Recordings are kept in the bucket %s under %s.", aws.ToString(c.S3Config.BucketName), aws.ToString(c.S3Config.BucketPrefix))
			return line, nil
		}
	}
	return provider.CheckItem{Name: "Recordings", Detail: "The instance keeps no call recordings.", Fix: "Switch them on in the AWS console: Amazon Connect > (instance) > Data storage > Call recordings."}, nil
}

func (d *driver) usersItem(ctx context.Context) (provider.CheckItem, error) {
	_, err := d.connect.ListUsers(ctx, &connect.ListUsersInput{InstanceId: aws.String(d.instance), MaxResults: aws.Int32(1)})
	if err = problem(err, "connect:ListUsers"); err == nil {
		_, err = d.connect.DescribeUser(ctx, &connect.DescribeUserInput{InstanceId: aws.String(d.instance), UserId: aws.String(nothing)})
		err = allowed(err, "connect:DescribeUser")
	}
	return item("Users", "Users can be read.", err)
}

// sourceItem looks at the queue or stream.
func (d *driver) sourceItem(ctx context.Context) (provider.CheckItem, error) {
	switch d.account.Settings[settingSource] {
	case sourceSQS:
		_, err := d.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: aws.String(d.account.Settings[settingQueue]), AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameApproximateNumberOfMessages}})
		return item("Events", "The queue can be read, so calls arrive at once.", problem(err, "sqs:GetQueueAttributes"))
	case sourceKinesis:
		name, arn := d.stream()
		_, err := d.kinesis.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: name, StreamARN: arn})
		return item("Events", "The stream can be read, so calls arrive at once.", problem(err, "kinesis:DescribeStreamSummary"))
	default:
		return provider.CheckItem{Name: "Events", OK: true, Detail: "No queue or stream is set, so contacts are searched every hour."}, nil
	}
}

// ListUsers reads all users, one by one: the list itself has neither name nor e-mail address.
func (d *driver) ListUsers(ctx context.Context) ([]provider.User, error) {
	users := []provider.User{}
	in := &connect.ListUsersInput{InstanceId: aws.String(d.instance), MaxResults: aws.Int32(page100)}
	for {
		page, err := d.connect.ListUsers(ctx, in)
		if err != nil {
			return nil, problem(err, "connect:ListUsers")
		}
		for _, u := range page.UserSummaryList {
			p, err := d.user(ctx, aws.ToString(u.Id))
			if err != nil {
				return nil, err
			}
			users = append(users, provider.User{ID: p.ProviderUserID, Login: p.Username, Name: strings.TrimSpace(p.Name), Email: p.Email})
		}
		if in.NextToken = page.NextToken; aws.ToString(in.NextToken) == "" {
			return users, nil
		}
	}
}
