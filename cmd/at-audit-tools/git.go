package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// settings keep git from running what a repository sets up, and make its output
// the same whatever it says.
var settings = []string{
	"core.fsmonitor=false", "core.hooksPath=" + os.DevNull, "core.attributesFile=" + os.DevNull, "core.pager=cat", "core.quotePath=false",
	"protocol.allow=never", "log.showSignature=false", "log.showRoot=true", "log.mailmap=false", "log.follow=false", "log.diffMerges=separate", "log.date=default", "format.pretty=medium", "format.notes=false", "diff.external=",
	"diff.orderFile=" + os.DevNull, "diff.renames=false", "i18n.logOutputEncoding=UTF-8", "submodule.recurse=false", "status.submoduleSummary=false", "color.ui=false", "core.untrackedCache=false",
}

// A repo is a git repository.
type repo struct {
	dir  string // where git runs
	root string // the top of the working tree; "" for a bare one
}

// git returns a command. It starts nothing but itself: no pager, no hooks, no
// helper, and it fetches nothing.
func (r *repo) git(args ...string) *exec.Cmd {
	all := []string{"--no-pager", "--no-replace-objects", "--literal-pathspecs"}
	for _, s := range settings {
		all = append(all, "-c", s)
	}
	cmd := exec.Command("git", append(all, args...)...)
	cmd.Dir = r.dir
	for _, e := range os.Environ() {
		// What a hook of git or a person has set may lead elsewhere. The
		// configuration is theirs: it may say that the directory is safe.
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "GIT_") && !strings.HasPrefix(name, "GIT_CONFIG_") && name != "GIT_EXEC_PATH" && name != "GIT_CEILING_DIRECTORIES" {
			continue
		}
		cmd.Env = append(cmd.Env, e)
	}
	cmd.Env = append(cmd.Env, "GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "LC_ALL=C")
	return cmd
}

// pipe runs git, with what write writes as its input, and hands its output to
// read.
func (r *repo) pipe(write func(io.Writer) error, read func(io.Reader) error, args ...string) error {
	cmd := r.git(args...)
	var msg tail
	cmd.Stderr = &msg
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	var in io.WriteCloser
	if write != nil {
		if in, err = cmd.StdinPipe(); err != nil {
			return err
		}
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot run git: %w", err)
	}
	wrote := make(chan error, 1)
	if write == nil {
		wrote <- nil
	} else {
		go func() { wrote <- errors.Join(write(in), in.Close()) }()
	}
	readErr := read(out)
	_, _ = io.Copy(io.Discard, out)
	writeErr := <-wrote
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("git %s: %w%s", args[0], err, msg.because())
	}
	return errors.Join(readErr, writeErr)
}

// output runs git and returns what it printed.
func (r *repo) output(args ...string) (out []byte, err error) {
	err = r.pipe(nil, func(rd io.Reader) (err error) { out, err = io.ReadAll(rd); return err }, args...)
	return out, err
}

// A tail keeps the end of what git says on its standard error.
type tail struct{ b bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	if room := 4096 - t.b.Len(); room > 0 {
		t.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (t *tail) because() string {
	line, _, _ := strings.Cut(strings.TrimSpace(t.b.String()), "\n")
	if line == "" {
		return ""
	}
	return ": " + strings.TrimPrefix(line, "fatal: ")
}

// open finds the repository that a directory is in.
func open(dir string) (*repo, bool, error) {
	r := &repo{dir: dir}
	if info, err := os.Stat(dir); err != nil {
		return nil, false, err
	} else if !info.IsDir() {
		return nil, false, errors.New("not a directory")
	}
	out, err := r.output("rev-parse", "--is-bare-repository", "--is-shallow-repository", "--is-inside-work-tree")
	if err != nil {
		return nil, false, err
	}
	f := strings.Fields(string(out))
	if len(f) != 3 {
		return nil, false, fmt.Errorf("git rev-parse says %q", out)
	}
	if f[2] == "true" {
		if out, err = r.output("rev-parse", "--show-toplevel"); err != nil {
			return nil, false, err
		}
		r.root = strings.TrimSuffix(string(out), "\n")
		// A configuration may name another tree: it must be this one.
		if _, err := os.Lstat(filepath.Join(r.root, ".git")); err != nil {
			return nil, false, fmt.Errorf("its working tree is elsewhere: %s", r.root)
		}
		r.dir = r.root
	} else if f[0] != "true" {
		return nil, false, errors.New("neither a bare repository nor in a working tree")
	}
	return r, f[1] == "true", nil
}

// commit returns the id of a commit. It is "" if rev is "HEAD" and there is no
// commit yet.
func (r *repo) commit(rev string) (string, error) {
	out, err := r.output("rev-parse", "--verify", "--end-of-options", rev+"^{commit}")
	if err == nil {
		return strings.TrimSpace(string(out)), nil
	}
	if rev == "HEAD" {
		if ref, e := r.output("symbolic-ref", "-q", "HEAD"); e == nil {
			// A branch that is not there yet, and not one that is broken.
			if list, e := r.output("for-each-ref", "--format=%(refname)", strings.TrimSpace(string(ref))); e == nil && len(list) == 0 {
				return "", nil
			}
		}
	}
	return "", err
}
