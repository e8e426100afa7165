// Package config holds the few settings that come from flags and environment. All else is edited in the product.
package config

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"earshot/internal/domain"
)

// DefaultAddr is where the server listens unless it is told otherwise.
const DefaultAddr = "127.0.0.1:8080"

// Config is read by kong: one declaration serves flag, environment variable and help.
type Config struct {
	DataDir         string `help:"Folder for the SQLite database, recordings, models and keys. Default: the user's data folder." env:"EARSHOT_DATA_DIR" type:"path"`
	Addr            string `help:"Address to listen on." env:"EARSHOT_ADDR" default:"127.0.0.1:8080"`
	PublicURL       string `help:"Address under which providers reach this server, as https://earshot.example.com. Without one, calls are pulled every hour." env:"EARSHOT_PUBLIC_URL"`
	DatabaseURL     string `help:"postgres://… ; empty: SQLite in the data folder." env:"EARSHOT_DATABASE_URL"`
	DatabaseURLFile string `help:"File that holds the database address." env:"EARSHOT_DATABASE_URL_FILE" type:"path"`
	BlobURL         string `help:"Where recordings are kept, as s3://bucket?region=eu-west-1; empty: in the data folder." env:"EARSHOT_BLOB_URL"`
	MasterKeyFile   string `help:"Key that seals stored credentials. Default: master-key.json in the data folder, made on the first run." env:"EARSHOT_MASTER_KEY_FILE" type:"path"`
	ModelsDir       string `help:"Folder of the speech engines. Default: the data folder." env:"EARSHOT_MODELS_DIR" type:"path" hidden:""`
	FFmpeg          string `help:"Path of ffmpeg. Default: bin/ffmpeg in the data folder, else the one on the PATH." env:"EARSHOT_FFMPEG" type:"path" name:"ffmpeg"`
	SpeechWorkers   int    `help:"Worker processes of the speech engine; 0: one a core." env:"EARSHOT_SPEECH_WORKERS" default:"0"`
	SMTP            string `help:"Mail server, as smtp://name:password@mail.example.com:587?from=earshot@example.com, or smtps://… ; empty: mails are kept and can be read in the product." env:"EARSHOT_SMTP" name:"smtp"`
	SMTPFile        string `help:"File that holds the address of the mail server." env:"EARSHOT_SMTP_FILE" type:"path" name:"smtp-file"`
	LogLevel        string `help:"Least level that is logged: debug, info, warn, error." env:"EARSHOT_LOG_LEVEL" default:"info" enum:"debug,info,warn,error"`
}

// Complete fills in what depends on the machine and checks the whole before anything starts.
func (c *Config) Complete() error {
	if c.DataDir == "" {
		dir, err := userDataDir()
		if err != nil {
			return domain.Errorf(domain.KindInvalid, "no_data_dir", "no data folder is set and this user has no home; set EARSHOT_DATA_DIR")
		}
		c.DataDir = dir
	}
	if c.ModelsDir == "" {
		c.ModelsDir = c.DataDir
	}
	if c.MasterKeyFile == "" {
		c.MasterKeyFile = filepath.Join(c.DataDir, "master-key.json")
	}
	for _, secret := range []struct {
		value      *string
		file, name string
	}{{&c.DatabaseURL, c.DatabaseURLFile, "EARSHOT_DATABASE_URL_FILE"}, {&c.SMTP, c.SMTPFile, "EARSHOT_SMTP_FILE"}} {
		if err := fromFile(secret.value, secret.file, secret.name); err != nil {
			return err
		}
	}
	return c.checkPublicURL()
}

// fromFile reads a setting that is a secret from its file, where one is named.
func fromFile(value *string, file, name string) error {
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return domain.Errorf(domain.KindInvalid, "bad_setting", "%s cannot be read: %v", name, err)
	}
	*value = strings.TrimSpace(string(data))
	return nil
}

func (c *Config) checkPublicURL() error {
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return domain.Errorf(domain.KindInvalid, "bad_setting", "EARSHOT_PUBLIC_URL is %q; it must be an address such as https://earshot.example.com", c.PublicURL)
	}
	return nil
}

// userDataDir follows the XDG base directories.
func userDataDir() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "earshot"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "share", "earshot"), nil
}
