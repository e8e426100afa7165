package amazonconnect

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

type driver struct {
	account  provider.Account
	instance string
	connect  *connect.Client
	s3       *s3.Client
	presign  *s3.PresignClient
	sqs      *sqs.Client
	kinesis  *kinesis.Client

	mu    sync.Mutex
	users map[string]knownUser
}

type knownUser struct {
	domain.Participant
	readAt time.Time
}

// renewEarly is how long before its end a role is assumed anew.
const renewEarly = 5 * time.Minute

// Info declares the driver.
func (d *driver) Info() provider.Info { return info() }

func open(a provider.Account) (provider.Driver, error) {
	cfg := aws.Config{Region: a.Settings[settingRegion], HTTPClient: a.Client, Retryer: func() aws.Retryer { return aws.NopRetryer{} }}
	simulated := a.BaseURL != awsItself
	if simulated {
		cfg.BaseEndpoint = aws.String(a.BaseURL)
	}
	cfg.Credentials = aws.NewCredentialsCache(chain(a, cfg), func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = renewEarly })
	d := &driver{account: a, instance: lastPart(a.Settings[settingInstance]), users: map[string]knownUser{},
		connect: connect.NewFromConfig(cfg), sqs: sqs.NewFromConfig(cfg), kinesis: kinesis.NewFromConfig(cfg)}
	d.s3 = s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = simulated })
	d.presign = s3.NewPresignClient(d.s3)
	return d, nil
}

// chain gives the credentials of the chosen kind. A role is assumed anew before its hour is over.
func chain(a provider.Account, cfg aws.Config) aws.CredentialsProvider {
	c := a.Credential
	switch c[provider.SettingKind] {
	case kindInstance:
		return machine{cfg.Region}
	case kindRole:
		cfg.Credentials = machine{cfg.Region}
		if c[fieldKeyID+"_source"] != "" {
			cfg.Credentials = credentials.NewStaticCredentialsProvider(c[fieldKeyID+"_source"], c[fieldSecret+"_source"], "")
		}
		return role{stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), c[fieldRole], func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName = "earshot"
			if c[fieldExternalID] != "" {
				o.ExternalID = aws.String(c[fieldExternalID])
			}
		})}
	default:
		return credentials.NewStaticCredentialsProvider(c[fieldKeyID], c[fieldSecret], "")
	}
}

// machine finds the credentials of the machine when they are first needed: environment, files, and the role of instance, container or pod.
type machine struct{ region string }

// Retrieve is aws.CredentialsProvider's.
func (m machine) Retrieve(ctx context.Context) (aws.Credentials, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(m.region))
	if err == nil {
		var found aws.Credentials
		if found, err = cfg.Credentials.Retrieve(ctx); err == nil {
			return found, nil
		}
	}
	return aws.Credentials{}, &domain.Error{Kind: domain.KindUnauthorized, Code: "no_machine_role", Message: "this machine has no AWS role or keys; give it a role, or choose another kind of credential", Err: err}
}

// role says why a role cannot be assumed: whatever was asked of AWS, this came before it.
type role struct{ aws.CredentialsProvider }

// Retrieve is aws.CredentialsProvider's.
func (r role) Retrieve(ctx context.Context) (aws.Credentials, error) {
	got, err := r.CredentialsProvider.Retrieve(ctx)
	err = problem(err, "sts:AssumeRole")
	if domain.IsKind(err, domain.KindScopeMissing) {
		err = &domain.Error{Kind: domain.KindUnauthorized, Code: "role_refused", Message: "AWS does not let the role be assumed; check the role's ARN, its trust policy and the external ID", Err: err}
	}
	return got, err
}
