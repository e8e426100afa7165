package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// supervise runs the server as long as its standard input is open. The system closes that when the test process ends, however
// it ends, so neither server nor files are left behind.
const supervise = `
dir=$1 bin=$2
cd "$dir"
if "$bin/initdb" -D "$dir/data" -U earshot -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/log" 2>&1; then
	"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c max_connections=300 \
		-c fsync=off -c synchronous_commit=off -c full_page_writes=off >>"$dir/log" 2>&1 </dev/null &
	server=$!
else
	touch "$dir/failed"
fi
cat >/dev/null
if [ -n "${server:-}" ]; then
	while kill -INT "$server" 2>/dev/null; do # one that has only just begun ignores it
		sleep 0.1
	done
fi
cd /
rm -rf "$dir"
`

// startTimeout allows for a machine that is busy with other tests.
const startTimeout = 2 * time.Minute

// binaries finds the folder with initdb and postgres, the newest version first; "" without one.
func binaries() string {
	var folders []string
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well-formed
	slices.Reverse(installed)
	for _, dir := range append(folders, installed...) {
		if isFile(filepath.Join(dir, "initdb")) && isFile(filepath.Join(dir, "postgres")) {
			return dir
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// server of this process. Its life ends when nothing refers to it any more.
type server struct {
	address string
	life    io.Closer // the other end of the supervisor's standard input
}

// start launches a server and waits until it answers.
func start() (*server, error) {
	s, dir, err := launch()
	if err != nil {
		return nil, err
	}
	return s, ready(s.address, dir)
}

// launch runs a server that listens on a socket in its own folder alone: no port to collide on, no password to leak.
func launch() (s *server, dir string, err error) {
	dir, err = os.MkdirTemp("/tmp", "earshot-pg-") // a socket's path must be short, whatever TMPDIR says
	if err != nil {
		return nil, "", err
	}
	cmd := exec.Command("/bin/sh", "-c", supervise, "sh", dir, binaries())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C reaches the test alone
	if err := dropRoot(cmd, dir); err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(dir))
	}
	life, err := cmd.StdinPipe()
	if err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(dir))
	}
	if err := cmd.Start(); err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(dir))
	}
	address := (&url.URL{Scheme: "postgres", User: url.User("earshot"), Path: "/postgres", RawQuery: url.Values{"host": {dir}}.Encode()}).String()
	return &server{address, life}, dir, nil
}

// dropRoot makes cmd run as somebody else if we are root: initdb refuses root.
func dropRoot(cmd *exec.Cmd, dir string) error {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return err
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(dir, int(uid), int(gid))
}

// ready waits until the server answers.
func ready(address, dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn.Close(ctx)
		}
		if ctx.Err() != nil || isFile(filepath.Join(dir, "failed")) {
			log, _ := os.ReadFile(filepath.Join(dir, "log")) // without a log the error has to do
			return fmt.Errorf("%w; its log:\n%s", err, log)
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}
