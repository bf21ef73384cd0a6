package record

import "testing"

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://u:tok@github.com/a/b.git": "https://github.com/a/b.git",
		"https://tok@github.com/a/b":       "https://github.com/a/b",
		"https://u:p@ss@h/a":               "https://h/a",
		"ssh://git@h:22/a":                 "ssh://git@h:22/a",
		"ssh://git:pw@h/a":                 "ssh://git@h/a",
		"git@github.com:a/b.git":           "git@github.com:a/b.git",
		"/srv/git/a":                       "/srv/git/a",
		"https://h":                        "https://h/",
	} {
		if got := Address(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
