package origin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/proc"
)

const commit = "9f2c1d0a9f2c1d0a9f2c1d0a9f2c1d0a9f2c1d0a"

// write makes files below dir.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func git(cwd string) gjson.Result {
	var o event.Object
	addGit(&o, cwd)
	return gjson.ParseBytes(o.Bytes()).Get("git")
}

func TestGit(t *testing.T) {
	for name, tt := range map[string]struct {
		files          map[string]string
		branch, commit string
	}{
		"a branch":             {map[string]string{"HEAD": "ref: refs/heads/main\n", "refs/heads/main": commit + "\n"}, "main", commit},
		"with slashes":         {map[string]string{"HEAD": "ref: refs/heads/a/b\n", "refs/heads/a/b": commit + "\n"}, "a/b", commit},
		"packed":               {map[string]string{"HEAD": "ref: refs/heads/main\n", "packed-refs": "# pack-refs\n" + strings.Repeat("0", 40) + " refs/heads/main2\n" + commit + " refs/heads/main\n^" + commit + "\n"}, "main", commit},
		"detached":             {map[string]string{"HEAD": commit + "\n"}, "", commit},
		"no commit yet":        {map[string]string{"HEAD": "ref: refs/heads/main\n"}, "main", ""},
		"empty":                {map[string]string{"x": ""}, "", ""},
		"a secret in the ref":  {map[string]string{"HEAD": "ref: refs/heads/main\n", "refs/heads/main": "password\n"}, "main", ""},
		"a ref that leads out": {map[string]string{"HEAD": "ref: ../../secret\n", "../secret": commit}, "../../secret", ""},
		"SHA-256":              {map[string]string{"HEAD": strings.Repeat("ab", 32)}, "", strings.Repeat("ab", 32)},
	} {
		top := t.TempDir()
		deep := filepath.Join(top, "repo", "a", "b")
		os.MkdirAll(deep, 0o700)
		write(t, filepath.Join(top, "repo", ".git"), tt.files)
		g := git(deep)
		if g.Get("repo").Str != filepath.Join(top, "repo") || g.Get("branch").Str != tt.branch || g.Get("commit").Str != tt.commit {
			t.Errorf("%s: %s", name, g.Raw)
		}
	}
	if g := git(""); g.Exists() {
		t.Errorf("nowhere: %s", g.Raw)
	}
	if g := git("/proc/self"); g.Exists() {
		t.Errorf("outside of any: %s", g.Raw)
	}
}

func TestWorktree(t *testing.T) {
	top := t.TempDir()
	write(t, top, map[string]string{
		"repo/.git/HEAD": "ref: refs/heads/main\n", "repo/.git/refs/heads/side": commit,
		"repo/.git/worktrees/w/HEAD": "ref: refs/heads/side\n", "repo/.git/worktrees/w/commondir": "../..\n",
		"w/.git": "gitdir: ../repo/.git/worktrees/w\n", "odd/.git": "junk",
	})
	if g := git(filepath.Join(top, "w")); g.Get("branch").Str != "side" || g.Get("commit").Str != commit || g.Get("repo").Str != filepath.Join(top, "w") {
		t.Errorf("%s", g.Raw)
	}
	if g := git(filepath.Join(top, "odd")); g.Get("branch").Exists() {
		t.Errorf("%s", g.Raw)
	}
}

func TestAdd(t *testing.T) {
	t.Setenv("USER", "")
	t.Setenv("LOGNAME", "me")
	var o event.Object
	Add(&o, t.TempDir(), "no such agent")
	g := gjson.ParseBytes(o.Bytes())
	host, _ := os.Hostname()
	if g.Get("user").Str != "me" || g.Get("host").Str != host || g.Get("process").Exists() {
		t.Errorf("%s", o.Bytes())
	}
	self, err := proc.Look(os.Getpid())
	if err != nil {
		t.Skip(err)
	}
	var x event.Object
	addProcess(&x, os.Getpid(), self.Name)
	p := gjson.ParseBytes(x.Bytes()).Get("process")
	start := time.Unix(int64(p.Get("start_time").Num), 0)
	if p.Get("pid").Int() != int64(os.Getpid()) || !p.Get("ancestry.0").Exists() || time.Since(start).Abs() > 10*time.Minute {
		t.Errorf("%s", p.Raw)
	}
}
